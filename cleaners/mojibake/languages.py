"""What text in Japanese and Korean costs: for the language model any kana is one symbol, and any Hangul another.

Their letters have one cost each, wherever they stand (`data/japanese_korean.toml`). That tells text from chance:
running text costs 5.4 nats a letter, what wrong bytes spell 9 and more.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from cleaners import plausibility
from cleaners.characters import codes
from cleaners.mojibake.code_pages import pairs
from cleaners.mojibake.guesses import CAP

# Which languages but Chinese a page is for.
LANGUAGES = {
    "cp932": ("japanese",),
    "euc-jp": ("japanese",),
    "cp949": ("korean",),
    "utf-8": ("japanese", "korean"),
}
# The letters that nearly all their text is written in are in the standard below this first byte; and what each of them
# costs that was not counted (nats).
STANDARDS = {"japanese": ("euc-jp", 0xD0, 10.5), "korean": ("euc-kr", 0xC9, 12.0)}
# The letters that Chinese text has not.
KANA_RANGES = ((0x3041, 0x3100), (0xFF61, 0xFFA0))  # full-width, half-width
HANGUL_RANGES = ((0xAC00, 0xD7A4),)
# What kana cost that stand in Chinese text (nats), as they may: the language model has one symbol for all.
KANA_IN_CHINESE = 9.0
# Half-width kana are rarer than full-width ones (nats).
HALF_WIDTH = 2.0
# What it costs that a letter stands right beside a hanzi that text of the language has not: few in Korean, none that
# the standard has not in Japanese (nats).
SWITCH = 4.0


def cost_of_pairs(
    first: NDArray[np.uint16],
    second: NDArray[np.uint16],
    code_points: NDArray[np.uint32],
    page: str = "",
    cap: float = CAP,
) -> NDArray[np.float32]:
    """What symbols cost, each of `second` behind that of `first`, in text that is in `page` (nats).

    `code_points` are those of `second`; without a page the text is Chinese. The language model says no more than `cap`.
    """
    nats: NDArray[np.float32] = np.minimum(-plausibility.pairs(first, second), cap)
    if page not in LANGUAGES:
        return nats
    alone, is_own = _alone(page)
    place = np.minimum(code_points, len(alone) - 1)
    own = alone.take(place)
    second_is_own = is_own.take(place)
    nats = np.where(second_is_own, own, np.minimum(nats, own))
    if page != "utf-8":  # what is well-formed needs no other evidence
        is_odd, letter = _odd_beside_letters(page)
        nats += SWITCH * (is_odd.take(first) & second_is_own | (first == letter) & is_odd.take(second))
    return nats


def cost(past: str, text: str, page: str = "") -> float:
    """What `text` costs behind `past` in text that is in `page` (nats); three characters in a row tell too."""
    symbols, costs = _read(past, text, page)
    told = plausibility.triples(symbols[:-2], symbols[1:-1], symbols[2:])
    return float(costs.sum() - told.sum())


def costs_of_pairs(past: str, text: str, page: str = "") -> NDArray[np.float32]:
    """What each character of `text` costs behind the one before it (nats)."""
    return _read(past, text, page)[1]


def _read(past: str, text: str, page: str) -> tuple[NDArray[np.uint16], NDArray[np.float32]]:
    """The symbols of `past` and `text`, and what each of `text` costs behind the one before it (nats)."""
    code_points = codes((past or "\n") + text)
    symbols = plausibility.symbols_of(code_points)
    return symbols, cost_of_pairs(symbols[:-1], symbols[1:], code_points[1:], page)


def is_in(code_points: NDArray[np.integer[Any]], *ranges: tuple[int, int]) -> NDArray[np.bool_]:
    """Which of `code_points` lie in one of `ranges`, from the first of each to before the last."""
    found = np.zeros(code_points.shape, dtype=np.bool_)
    for start, end in ranges:
        found |= (code_points >= start) & (code_points < end)
    return found


@cache
def _alone(page: str) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """[code point]: what a letter costs wherever it stands, and whether the language model is not asked for more."""
    is_own = is_in(np.arange(0x10001), *KANA_RANGES, *HANGUL_RANGES)
    nats = np.full(0x10001, CAP, dtype=np.float32)
    for language in LANGUAGES[page]:
        codec, end, uncounted = STANDARDS[language]
        letters = pairs(codec)[0xA1:end, 0xA1:]
        nats[letters[letters > 0]] = uncounted
    for language in LANGUAGES[page]:
        for tier, characters in _tiers(language).items():
            nats[codes(characters)] = np.minimum(nats[codes(characters)], float(tier))
    for half_width in range(0xFF66, 0xFF9E):
        nats[half_width] = HALF_WIDTH + nats[ord(normalize("NFKC", chr(half_width)))]
    return nats, is_own


@cache
def _odd_beside_letters(page: str) -> tuple[NDArray[np.bool_], int]:
    """[symbol of the language model]: whether its hanzi stand beside no letter of the language; and the letters' symbol."""
    hanzi = np.arange(0x4E00, 0xA000, dtype=np.uint32)
    alone, _ = _alone(page)
    is_odd = np.zeros(0x10000, dtype=np.bool_)
    is_japanese = LANGUAGES[page] == ("japanese",)
    is_odd[plausibility.symbols_of(hanzi[alone[hanzi] == CAP] if is_japanese else hanzi)] = True
    return is_odd, plausibility.symbol("の" if is_japanese else "가")


@cache
def _tiers(language: str) -> dict[str, str]:
    with (files("cleaners") / "data" / "japanese_korean.toml").open("rb") as file:
        tiers: dict[str, str] = tomllib.load(file)[language]
    return tiers
