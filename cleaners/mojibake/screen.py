"""One look at every character of a text, so that clean text costs no more: where may it be mojibake at all?

What characters cost on their own tells most places apart: wrong decodings are rare hanzi in a row. Only where
the costs of a few neighbours are high is the language model asked how well they follow each other.
"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaners import plausibility
from cleaners.characters import codes
from cleaners.mojibake import letters
from cleaners.mojibake.code_pages import reading
from cleaners.mojibake.guesses import CAP, costs_of
from cleaners.mojibake.languages import KANA_RANGES, is_in
from cleaners.mojibake.misalignment import anywhere, between
from cleaners.mojibake.quick import CHINESE, NOT_CHINESE
from cleaners.mojibake.realignment import AS_MISALIGNED

# A window of this many characters with a mean ln P below this is suspect, whatever it may be.
WINDOW = 2
IMPLAUSIBLE = -11.5
# Less must do for one that holds what Chinese text has not, as half-width kana, Hangul, and signs of loss.
WITH_OTHERS = -10.0
# Nor are its characters common: their mean ln P, wherever they stand, is below this. The model is asked about
# one window of 60 in clean text; of misaligned runs that can be mended 2 % have no such window.
RARE = -9.0
# With a mean ln P below this a window is suspect if it is so much likelier (nats) as something else: its characters
# as those of another page, wherever these stand, or as misaligned bytes, of which one character is known.
UNUSUAL = -9.0
AS_ANOTHER_PAGE = 3.0
# What is not running text goes on: of so many characters around the window some in a row have a mean ln P below these
# too. Of what may be of a page in clean text half is left, of what may be misaligned two thirds; of runs of six
# characters 99 %, of misaligned ones 98 %.
AROUND = 5
LASTING = -8.0
LASTING_OF_PAGE = -9.0
# From here on Unicode has radicals, kana, hanzi, hangul: what a double-byte page reads into foreign bytes.
FAR_EAST = 0x2E80
# Such windows this close to each other are one stretch.
GAP = 8

# Where bytes are lost one place of ten characters is odd; in clean text one of 1,500.
SELDOM = 50

# Costs are counted in steps, so that those of a window fit into one byte.
STEPS_A_NAT = 6
ODD, LOST = 85, 84
ASIDE = 42  # seven nats: three letters of another script are no window
OFFSETS = np.arange(-1, WINDOW)[:, None]
CONTROLS = [
    *range(9), 11, *range(14, 32), *range(127, 0xA0), *range(0xD800, 0xE000),
    0xFEFF, *range(0xFFF9, 0xFFFC), *range(0x206A, 0x2070),
    *range(0xFF61, 0xFFA0), *range(0xAC00, 0xD7A4),
]  # fmt: skip


# What stands where bytes are lost: U+FFFD itself, read as GBK, and memory never written, read as GBK.
OF_LOSS = "\ufffd锟烫屯"


class Glance(NamedTuple):
    """What the characters of a text say, wherever they stand."""

    odd: bool  # controls, or letters and signs of Western pages that Chinese text has not
    lost: bool  # signs of loss
    rare: NDArray[np.int64]  # where windows begin whose characters are rare, with a letter of the Far East
    code_points: NDArray[np.uint32]


class Stretch(NamedTuple):
    """A part of a text that no text is likely to hold."""

    start: int
    end: int
    of_page: bool  # it may be anything else than misaligned bytes


def glance(text: str) -> Glance:
    """Where `text` may be mojibake, without a question to the language model."""
    code_points = codes(text)
    if not text:
        return Glance(False, False, np.zeros(0, dtype=np.int64), code_points)
    costs = _costs().take(code_points, mode="clip")
    every = costs.tobytes()
    odd, lost = ODD in every, LOST in every
    sums = costs[1:] + costs[:-1]
    rare = (sums > int(WINDOW * STEPS_A_NAT * -RARE)).nonzero()[0]  # an integer is compared without a copy
    if odd:
        rare = rare[(code_points.take(rare) >= FAR_EAST) | (code_points.take(rare + WINDOW - 1) >= FAR_EAST)]
    return Glance(odd, lost, rare, code_points)


def look(text: str, seen: Glance, parts: Sequence[tuple[int, int]]) -> list[Stretch]:
    """The stretches in `parts` of `text`, which are in order, that may be mojibake; `seen` is a glance at the text.

    >>> text = "他说，浠婂勾鐨勫伐浣滐細很多。"
    >>> look(text, glance(text), [(0, len(text))])
    [Stretch(start=3, end=11, of_page=True)]
    """
    starts, part = seen.rare, np.zeros(len(seen.rare), dtype=np.int64)
    if len(starts) and parts != [(0, len(text))]:
        first, last = np.array(parts).reshape(-1, 2).T
        part = first.searchsorted(starts, "right") - 1
        within = (part >= 0) & (starts + WINDOW <= last[part])
        starts, part = starts[within], part[within]
    if not len(starts):
        return []
    which, of_pages = _kinds(text, seen, starts)
    if not len(which):
        return []
    starts, part = starts[which], part[which]
    around = _around(seen.code_points, starts)
    of_pages &= around > -LASTING_OF_PAGE
    lasting = around > -LASTING
    return _joined(starts[lasting], part[lasting], of_pages[lasting])


def reads_well(text: str) -> bool:
    """Whether `text` is as seldom odd as clean text, so that no bytes are missing."""
    return len(look(text, glance(text), [(0, len(text))])) <= len(text) / SELDOM


def _kinds(text: str, seen: Glance, starts: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Which windows that begin at `starts` no text is likely to hold, and of which of them misaligned bytes are not all."""
    around = seen.code_points.take(starts + OFFSETS, mode="wrap")
    if WINDOW * len(starts) > len(text):
        # They overlap so much that all of the text is read, once.
        costs = costs_of(text).take(starts + OFFSETS[1:])
    else:
        symbols = plausibility.symbols_of(around)
        if starts[0] == 0:
            symbols[0, 0] = plausibility.symbol("\n")
        costs = -plausibility.pairs(symbols[:-1], symbols[1:])
    costs = np.minimum(costs, _most().take(around[1:], mode="clip"))
    cost = np.add.reduce(costs)
    which = (cost > WINDOW * -UNUSUAL).nonzero()[0]
    window, cost = around[1:, which], cost[which]
    in_other_pages = np.add.reduce(_in_other_pages().take(window, axis=1, mode="clip"), axis=1)
    of_pages = cost > np.minimum(np.minimum.reduce(in_other_pages) + AS_ANOTHER_PAGE, WINDOW * -IMPLAUSIBLE)
    if seen.odd or seen.lost:
        has_others = (_costs().take(window, mode="clip") >= LOST).any(axis=0)
        of_pages |= has_others & (cost > WINDOW * -WITH_OTHERS)
    misaligned = cost > anywhere().take(between(window[0], window[1])) + AS_MISALIGNED
    is_odd = of_pages | misaligned
    return which[is_odd], of_pages[is_odd]


def _around(text: NDArray[np.uint32], starts: NDArray[np.int64]) -> NDArray[np.float32]:
    """What a character costs on average (nats) in the oddest stretch around each window that begins at one of `starts`."""
    # At the ends of a text there are less, and what stands there is looked at again.
    inside = np.clip(starts, AROUND - 1, max(AROUND - 1, len(text) - AROUND))
    code_points = text.take(inside + np.arange(WINDOW - AROUND - 1, AROUND)[:, None], mode="clip")
    symbols = plausibility.symbols_of(code_points)
    costs = np.maximum(
        -plausibility.pairs(symbols[:-1], symbols[1:]), _least().take(code_points[1:], mode="clip")
    )
    sums = np.minimum(costs, CAP).cumsum(axis=0)
    sums[AROUND:] -= sums[:-AROUND].copy()
    most: NDArray[np.float32] = np.maximum.reduce(sums[AROUND - 1 :]) / np.float32(AROUND)
    return most


def _joined(starts: NDArray[np.int64], part: NDArray[np.int64], of_pages: NDArray[np.bool_]) -> list[Stretch]:
    if not len(starts):
        return []
    apart = (starts[1:] - starts[:-1] > GAP) | (part[1:] != part[:-1])
    begin = np.append(0, apart.nonzero()[0] + 1)
    first, last = starts[begin], starts[np.append(begin[1:] - 1, -1)] + WINDOW
    of_page = np.logical_or.reduceat(of_pages, begin)
    return [*map(Stretch, first.tolist(), last.tolist(), of_page.tolist())]


@cache
def _in_other_pages() -> NDArray[np.float32]:
    """[page, code point]: what a character costs anywhere (nats) that was read in a wrong page of two bytes."""
    return np.stack([anywhere().take(reading(damage.true, damage.wrong)) for damage in CHINESE])


@cache
def _most() -> NDArray[np.float32]:
    """[code point]: what it costs at most (nats): no less than anything may where Chinese text has no such character."""
    return np.where(_costs() >= LOST, np.float32(CAP), anywhere())


@cache
def _least() -> NDArray[np.float32]:
    """[code point]: what it costs at the least, which is something for letters that are one symbol for the model."""
    is_kana = is_in(np.arange(0x10001), *KANA_RANGES)
    return np.where(is_kana, np.float32(NOT_CHINESE), np.float32(0))


@cache
def _costs() -> NDArray[np.uint8]:
    """[code point]: what it costs wherever it stands; the last one stands for all that lie behind."""
    nats = np.minimum(-plausibility.alone(), CAP)
    costs: NDArray[np.uint8] = np.rint(nats * STEPS_A_NAT).astype(np.uint8)
    costs[:FAR_EAST] = np.minimum(costs[:FAR_EAST], ASIDE)
    costs[CONTROLS] = costs[letters.odd_code_points()] = ODD
    costs[[ord(c) for c in OF_LOSS]] = LOST
    return costs
