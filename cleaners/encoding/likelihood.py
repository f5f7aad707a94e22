"""Which code page some bytes are in: the one under which they read most like text.

Every candidate decodes the same bytes, so that the total ln P of the readings can be compared. Chinese
is judged by the shared model in `plausibility`; letters of other scripts, which that model does not
count, cost what they cost inside and at the start of words of their own script.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaners import plausibility
from cleaners.characters import codes
from cleaners.encoding.sampling import Sample


class Script(NamedTuple):
    """How dear the letters of a script are."""

    first: int  # code points
    last: int
    inside: float  # ln P after a letter of the same script
    starting: float  # ln P after anything else
    letters_only: bool = True


# ln P inside a word is near that of a uniform draw from the letters in use (33 Cyrillic ones: -3.5; of the
# 2,350 hangul syllables of KS X 1001 some 500 are common: -6.3). A word's start costs more, so that single
# letters of another script, which wrong decodings are full of, are dear.
SCRIPTS = (
    Script(0x00C0, 0x024F, -9.0, -5.0),  # accented Latin: beside plain letters, seldom beside each other
    Script(0x00A1, 0x00B6, -7.5, -7.5, letters_only=False),  # signs: pounds, degrees, paragraphs
    Script(0x00B8, 0x00BF, -7.5, -7.5, letters_only=False),  # (between them, the middle dot of Chinese names)
    Script(0x2460, 0x249B, -7.0, -7.0, letters_only=False),  # numbers in circles and brackets, as in lists
    Script(0x3041, 0x30FF, -3.4, -8.0),  # kana
    Script(0xFF61, 0xFF9F, -3.6, -8.5, letters_only=False),  # half-width katakana and its marks
    Script(0xAC00, 0xD7A3, -6.3, -9.0),  # hangul
    Script(0x0370, 0x03FF, -3.3, -8.0),  # Greek
    Script(0x0400, 0x04FF, -2.9, -8.0),  # Cyrillic, but for RARE_CYRILLIC
    Script(0x0530, 0x058F, -3.5, -8.0),  # Armenian
    Script(0x0590, 0x05FF, -2.9, -8.0),  # Hebrew
    Script(0x0600, 0x06FF, -3.9, -8.0),  # Arabic
    Script(0x0E00, 0x0E7F, -4.3, -8.0),  # Thai
    Script(0x10A0, 0x10FF, -3.3, -8.0),  # Georgian
)
# Scripts from here on are not mixed with Latin letters inside a word; no hanzi stands between small letters.
ACCENTED, FIRST_UNMIXED = 1, 8
MIXED_WORD = -6.0
# A hangul syllable that KS X 1001 does not have is met in a few words only.
RARE_HANGUL = -6.0
# Cyrillic letters that are not among these are 8 % of Russian, but half of what wrong decodings make.
COMMON_CYRILLIC, RARE_CYRILLIC = "оеаинтсрвлкмдпуяыьгз", -2.6
# Kanji in the form that only Japanese has (歩, 毎, 図): the model of Chinese has hardly met them.
REGIONAL = -9.5
# The same of what only Cantonese is written with.
CANTONESE = "佢哋嘅咗嘢啲喺嚟咁乜冇睇畀咩啦喎嗰唔噉攞搵瞓啱嘥揸"
# The bytes that JIS X 0208 has its commoner kanji at, in Shift_JIS.
FIRST_LEVEL = range(0x889F, 0x9873)
# A capital inside a word of small letters: rare in text, common in wrong decodings.
INNER_CAPITAL = -6.0


class _Tables(NamedTuple):
    script: NDArray[np.uint8]  # by code point: its place in SCRIPTS, from 1 on; 0 for none
    is_capital: NDArray[np.bool_]
    rarity: NDArray[np.float64]  # ln P by which a letter is rarer than most of its script
    is_regional: NDArray[np.bool_]
    inside: NDArray[np.float64]  # by script
    starting: NDArray[np.float64]


def total(text: str) -> float:
    """ln P of `text` as text of any script."""
    return totals((text,))[0]


def totals(texts: Iterable[str]) -> list[float]:
    """`total` of each of `texts`, which costs hardly more than that of one of them where they are short."""
    texts = tuple(texts)
    if not texts:
        return []
    sums = np.concatenate(([0.0], np.cumsum(_lnp("\n".join(texts)))))
    ends = np.cumsum([len(text) + 1 for text in texts]) - 1
    starts = np.append(0, ends[:-1] + 1)
    return [float(value) for value in sums[ends] - sums[starts]]


def of_sample(sample: Sample, encoding: str) -> float:
    """ln P of `sample` read in `encoding`, where each piece begins with a whole character or half a one."""
    return total(sample.aligned.decode(encoding, "replace")) + sum(
        max(total(piece[cut:].decode(encoding, "replace")) for cut in (0, 1)) for piece in sample.unaligned
    )


def _lnp(text: str) -> NDArray[np.float64]:
    """ln P of each character of `text` given the one before it."""
    values = plausibility.lnp(text).astype(np.float64)
    code_points = codes(text)
    place = np.minimum(code_points, 0xFFFF)
    tables = _tables()
    script = tables.script[place]
    values[tables.is_regional[place]] = REGIONAL
    small = (code_points >= ord("a")) & (code_points <= ord("z"))
    if small.any():
        hanzi = (code_points >= 0x3400) & (code_points < 0xA000)
        values[1:-1] += (hanzi[1:-1] & small[:-2] & small[2:]) * MIXED_WORD
    letters = np.flatnonzero(script)
    if len(letters):
        own = script[letters]
        last = np.append(0, script)[letters]
        values[letters] = np.where(last == own, tables.inside[own], tables.starting[own])
        values += tables.rarity[place]
        capital, foreign = tables.is_capital[place], script >= FIRST_UNMIXED
        latin = small | (script == ACCENTED) | ((code_points >= ord("A")) & (code_points <= ord("Z")))
        inner_capital = capital[1:] & ~capital[:-1] & (script[1:] == script[:-1]) & (script[1:] > 0)
        mixed_word = foreign[1:] & latin[:-1] | latin[1:] & foreign[:-1]
        values[1:] += inner_capital * INNER_CAPITAL + mixed_word * MIXED_WORD
    return values


@cache
def _tables() -> _Tables:
    script = np.zeros(0x10000, np.uint8)
    is_capital, rarity = np.zeros(0x10000, np.bool_), np.zeros(0x10000)
    for number, (first, last, *_, letters_only) in enumerate(SCRIPTS, start=1):
        for code_point in range(first, last + 1):
            # Vowel signs and points (category M) belong to the words that they stand in.
            if unicodedata.category(chr(code_point))[0] in "LM" or not letters_only:
                script[code_point] = number
                is_capital[code_point] = chr(code_point).isupper()
    for code_point in range(0xAC00, 0xD7A4):
        if len(chr(code_point).encode("euc_kr", "ignore")) != 2:
            rarity[code_point] = RARE_HANGUL
    for code_point in range(0x400, 0x500):
        if script[code_point] and chr(code_point).lower() not in COMMON_CYRILLIC:
            rarity[code_point] = RARE_CYRILLIC
    is_regional = np.zeros(0x10000, np.bool_)
    for pair in FIRST_LEVEL:
        kanji = pair.to_bytes(2, "big").decode("shift_jis", "ignore")[-1:]
        if kanji and not kanji.encode("gb2312", "ignore") and not kanji.encode("big5", "ignore"):
            is_regional[ord(kanji)] = True
    for hanzi in CANTONESE:
        is_regional[ord(hanzi)] = True
    inside = np.array([0.0, *(script.inside for script in SCRIPTS)])
    starting = np.array([0.0, *(script.starting for script in SCRIPTS)])
    return _Tables(script, is_capital, rarity, is_regional, inside, starting)
