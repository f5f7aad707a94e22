"""Which code page some bytes are in: the one under which they read most like text.

Every candidate decodes the same bytes, so that the total ln P of the readings can be compared. Chinese
is judged by the shared model in `plausibility`; letters of other scripts, which that model does not
count, cost what they cost inside and at the start of words of their own script.
"""

import string
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import accumulate
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
# Scripts from here on are not mixed with Latin letters inside a word; no hanzi or hangul stands alone behind a
# letter or digit and before another or a space: what does is an apostrophe or a degree sign.
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
# The apostrophe inside a word, which is the closing quotation mark.
INNER_APOSTROPHE = -5.0
# A capital inside a word of small letters: rare in text, common in wrong decodings.
INNER_CAPITAL = -6.0


# What else matters in a character.
WORD, ASIDE, SYLLABLE, LATIN, UNMIXED, CAPITAL, REGIONAL_FORM, APOSTROPHE = (1 << bit for bit in range(8))


class _Tables(NamedTuple):
    script: NDArray[np.uint8]  # by code point: its place in SCRIPTS, from 1 on; 0 for none
    kind: NDArray[np.uint8]  # by code point: WORD, ASIDE, ...
    rarity: NDArray[np.float64]  # ln P by which a letter is rarer than most of its script
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
    starts = [0, *accumulate(len(text) + 1 for text in texts)]
    values = _lnp("\n".join(texts) + "\n")
    values[[start - 1 for start in starts[1:]]] = 0.0
    sums: list[float] = np.add.reduceat(values, starts[:-1]).tolist()
    return sums


def of_sample(sample: Sample, encoding: str) -> float:
    """ln P of `sample` read in `encoding`, where each piece begins with a whole character or half a one."""
    return total(sample.aligned.decode(encoding, "replace")) + sum(
        max(total(piece[cut:].decode(encoding, "replace")) for cut in (0, 1)) for piece in sample.unaligned
    )


def _lnp(text: str) -> NDArray[np.float64]:
    """ln P of each character of `text` given the one before it."""
    values = plausibility.lnp(text).astype(np.float64)
    tables = _tables()
    place = np.minimum(codes(text), 0xFFFF)
    kind = tables.kind.take(place)
    met = int(np.bitwise_or.reduce(kind))
    if met & REGIONAL_FORM:
        values[kind & REGIONAL_FORM > 0] = REGIONAL
    script = tables.script.take(place)
    letters = script.nonzero()[0]
    if len(letters):
        own = script[letters]
        last = np.append(0, script)[letters]
        values[letters] = np.where(last == own, tables.inside[own], tables.starting[own])
        values += tables.rarity.take(place)
        if met & CAPITAL:
            capital = kind & CAPITAL > 0
            inner = capital[1:] & ~capital[:-1] & (script[1:] == script[:-1]) & (script[1:] > 0)
            values[1:] += inner * INNER_CAPITAL
        if met & UNMIXED and met & LATIN:
            foreign, latin = kind & UNMIXED > 0, kind & LATIN > 0
            values[1:] += (foreign[1:] & latin[:-1] | latin[1:] & foreign[:-1]) * MIXED_WORD
    if met & APOSTROPHE and met & LATIN:
        latin = kind & LATIN > 0
        values[1:-1][(kind[1:-1] & APOSTROPHE > 0) & latin[:-2] & latin[2:]] = INNER_APOSTROPHE
    if met & WORD and met & SYLLABLE:
        syllable, word, other = kind & SYLLABLE > 0, kind & WORD > 0, kind & ASIDE > 0
        values[1:-1] += syllable[1:-1] * (word[:-2] & other[2:]) * MIXED_WORD
    return values


@cache
def _tables() -> _Tables:
    script, kind = np.zeros(0x10000, np.uint8), np.zeros(0x10000, np.uint8)
    rarity = np.zeros(0x10000)
    for number, (first, last, *_, letters_only) in enumerate(SCRIPTS, start=1):
        for code_point in range(first, last + 1):
            # Vowel signs and points (category M) belong to the words that they stand in.
            if unicodedata.category(chr(code_point))[0] in "LM" or not letters_only:
                script[code_point] = number
                kind[code_point] |= CAPITAL * chr(code_point).isupper()
                kind[code_point] |= UNMIXED * (number >= FIRST_UNMIXED) | LATIN * (number == ACCENTED)
    for character in string.ascii_letters:
        kind[ord(character)] |= LATIN
    for character in string.ascii_letters + string.digits:
        kind[ord(character)] |= WORD | ASIDE
    kind[ord(" ")] |= ASIDE
    kind[ord("’")] |= APOSTROPHE
    kind[0x3400:0xA000] |= SYLLABLE
    kind[0xAC00:0xD7A4] |= SYLLABLE
    kind[0xFFFF] |= SYLLABLE  # all hanzi behind it, too
    for code_point in range(0xAC00, 0xD7A4):
        if len(chr(code_point).encode("euc_kr", "ignore")) != 2:
            rarity[code_point] = RARE_HANGUL
    for code_point in range(0x400, 0x500):
        if script[code_point] and chr(code_point).lower() not in COMMON_CYRILLIC:
            rarity[code_point] = RARE_CYRILLIC
    for pair in FIRST_LEVEL:
        kanji = pair.to_bytes(2, "big").decode("shift_jis", "ignore")[-1:]
        if kanji and not kanji.encode("gb2312", "ignore") and not kanji.encode("big5", "ignore"):
            kind[ord(kanji)] |= REGIONAL_FORM
    for hanzi in CANTONESE:
        kind[ord(hanzi)] |= REGIONAL_FORM
    inside = np.array([0.0, *(script.inside for script in SCRIPTS)])
    starting = np.array([0.0, *(script.starting for script in SCRIPTS)])
    return _Tables(script, kind, rarity, inside, starting)
