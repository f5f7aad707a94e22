"""One look at every character of a text, so that clean text costs no more: where may it be mojibake at all?

What characters cost on their own tells most places apart: wrong decodings are rare hanzi in a row, or such as are
commoner once they are read in another page. Only there is the language model asked how well they follow each other.
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
from cleaners.mojibake.guesses import CAP
from cleaners.mojibake.languages import KANA_IN_CHINESE, KANA_RANGES, is_in
from cleaners.mojibake.misalignment import anywhere, between
from cleaners.mojibake.quick import CHINESE
from cleaners.mojibake.realignment import AS_MISALIGNED
from cleaners.mojibake.spelling import Damage
from cleaners.plausibility import STEPS_PER_NAT

# A window of this many characters with a mean ln P below this is suspect, whatever it may be.
WINDOW = 2
IMPLAUSIBLE = -11.5
# Less must do for one that holds what Chinese text has not, as half-width kana, Hangul, and signs of loss.
WITH_OTHERS = -10.0
# Nor are its characters common: their mean ln P, wherever they stand, is below this. The model is asked about
# one window of 35 in clean text; of misaligned runs 6 % have no such window.
RARE = -9.25
# With a mean ln P below this a window is suspect if it is likelier as misaligned bytes, of which one character is known.
UNUSUAL = -9.0
# What is not running text goes on: of so many characters around the window some in a row have a mean ln P below these
# too. Of what may be of a page in clean text half is left, of what may be misaligned two thirds; of misaligned runs 98 %.
AROUND = 5
LASTING = -8.0
LASTING_OF_PAGE = -9.0
# Hanzi read in another page of two bytes need not be rare, but so many in a row are commoner as what they were, by so
# much in all (nats): that is asked of every character and page. EUC-JP has common hanzi for other common ones, which need
# more; then one row of 500 in clean text is commoner. With a mean ln P below LASTING, and likelier by so much as what they
# were, rows are suspect: in clean text one of 50,000 is, and of runs of six characters 3 of 2,000 have none.
ROW = 3
COMMONER = dict.fromkeys(CHINESE, 3.0) | {Damage("euc-jp", "gb18030"): 7.0}
LIKELIER = 4.0
# From here on Unicode has radicals, kana, hanzi, hangul: what a double-byte page reads into foreign bytes.
FAR_EAST = 0x2E80
# Such windows this close to each other are one stretch.
GAP = 8

# Where bytes are lost one place of ten characters is odd; in clean text one of 1,500.
SELDOM = 50

# Costs of single characters are counted in steps, so that those of a window or a row fit into one byte.
STEPS_A_NAT = 6
ODD, LOST = 85, 84
ASIDE = 42  # seven nats: three letters of another script are no window
MOST_IN_ROW = 42  # a character is no commoner and no rarer than that by itself
PLACES = np.arange(-1, ROW)[:, None]
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
    commoner: NDArray[np.int64]  # where rows begin whose characters are commoner in another page
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
        none = np.zeros(0, dtype=np.int64)
        return Glance(False, False, none, none, code_points)
    costs = _costs().take(code_points, mode="clip")
    every = costs.tobytes()
    odd, lost = ODD in every, LOST in every
    sums = costs[1:] + costs[:-1]
    rare = (sums > int(WINDOW * STEPS_A_NAT * -RARE)).nonzero()[0]  # an integer is compared without a copy
    if odd:
        rare = rare[(code_points.take(rare) >= FAR_EAST) | (code_points.take(rare + WINDOW - 1) >= FAR_EAST)]
    gains = _gains_in_pages().take(code_points, mode="clip").view(np.int8)
    is_commoner = (gains[8:] + gains[4:-4] + gains[:-8] > 0).view(np.uint32)
    commoner = is_commoner.astype(np.bool_).nonzero()[0]
    return Glance(odd, lost, rare, commoner, code_points)


def look(text: str, seen: Glance, parts: Sequence[tuple[int, int]]) -> list[Stretch]:
    """The stretches in `parts` of `text`, which are in order, that may be mojibake; `seen` is a glance at the text.

    >>> text = "他说，浠婂勾鐨勫伐浣滐細很多。"
    >>> look(text, glance(text), [(0, len(text))])
    [Stretch(start=3, end=11, of_page=True)]
    """
    rare, commoner = seen.rare, seen.commoner
    if parts != [(0, len(text))]:
        rare, commoner = _within(rare, WINDOW, parts), _within(commoner, ROW, parts)
    starts = np.concatenate((rare, commoner)) if len(commoner) else rare
    if not len(starts):
        return []
    steps = _steps(text, seen, starts)
    of_windows, of_rows = steps[:WINDOW, : len(rare)], steps[:, len(rare) :]
    windows, of_pages = _odd_windows(seen, rare, np.add(*of_windows, dtype=np.uint16))
    rows = _odd_rows(seen, commoner, np.add.reduce(of_rows, dtype=np.uint16))
    if len(rows):
        windows, ends = np.concatenate((windows, rows)), np.concatenate((windows + WINDOW, rows + ROW))
        of_pages = np.concatenate((of_pages, np.ones(len(rows), dtype=np.bool_)))
        order = windows.argsort(kind="stable")
        return _joined(windows[order], ends[order], of_pages[order], parts)
    return _joined(windows, windows + WINDOW, of_pages, parts) if len(windows) else []


def reads_well(text: str) -> bool:
    """Whether `text` is as seldom odd as clean text, so that no bytes are missing."""
    return len(look(text, glance(text), [(0, len(text))])) <= len(text) / SELDOM


def _within(starts: NDArray[np.int64], length: int, parts: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
    """Those of `starts` from which so many characters are in one of `parts`."""
    first, last = np.array(parts).reshape(-1, 2).T
    part = first.searchsorted(starts, "right") - 1
    return starts[(part >= 0) & (starts + length <= last[part])]


def _steps(text: str, seen: Glance, starts: NDArray[np.int64]) -> NDArray[np.uint8]:
    """[place, start]: what the characters of a row from each of `starts` on cost, each behind the one before it.

    In steps of the language model.
    """
    places = starts + PLACES
    around = seen.code_points.take(places, mode="wrap")
    most = _most().take(around[1:], mode="clip")
    if ROW * len(starts) > len(text):
        # They overlap so much that all of the text is read, once.
        symbols = plausibility.symbols(f"\n{text}")
        return np.minimum(plausibility.steps(symbols[:-1], symbols[1:]).take(places[1:], mode="clip"), most)
    symbols = plausibility.symbols_of(around)
    symbols[0, starts == 0] = plausibility.symbol("\n")
    return np.minimum(plausibility.steps(symbols[:-1], symbols[1:]), most)


def _odd_windows(
    seen: Glance, starts: NDArray[np.int64], steps: NDArray[np.uint16]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Where of `starts` windows begin that no text is likely to hold, and which of them misaligned bytes are not all.

    `steps` are what they cost.
    """
    which = (steps > int(WINDOW * STEPS_PER_NAT * -UNUSUAL)).nonzero()[0]
    if not len(which):
        return which, np.zeros(0, dtype=np.bool_)
    starts, cost = starts[which], steps[which] / np.float32(STEPS_PER_NAT)
    window = seen.code_points.take(starts + PLACES[1 : WINDOW + 1])
    of_pages = cost > WINDOW * -IMPLAUSIBLE
    if seen.odd or seen.lost:
        has_others = (_costs().take(window, mode="clip") >= LOST).any(axis=0)
        of_pages |= has_others & (cost > WINDOW * -WITH_OTHERS)
    misaligned = cost > anywhere().take(between(window[0], window[1])) + AS_MISALIGNED
    which = (of_pages | misaligned).nonzero()[0]
    starts, of_pages = starts[which], of_pages[which]
    if not len(starts):
        return starts, of_pages
    around = _around(seen.code_points, starts)
    lasting = around > -LASTING
    return starts[lasting], (of_pages & (around > -LASTING_OF_PAGE))[lasting]


def _odd_rows(seen: Glance, starts: NDArray[np.int64], steps: NDArray[np.uint16]) -> NDArray[np.int64]:
    """Where of `starts` rows begin that are odd, and likelier in another page; `steps` are what they cost."""
    which = (steps > int(ROW * STEPS_PER_NAT * -LASTING)).nonzero()[0]
    starts = starts[which]
    if not len(starts):
        return starts
    row = seen.code_points.take(starts + PLACES[1:])
    others = [reading(damage.true, damage.wrong).take(row, mode="clip") for damage in COMMONER]
    read = np.stack(others, axis=1, dtype=np.uint32)
    symbols = plausibility.symbols_of(read)
    costs = np.where(read[1:] > 0, np.minimum(-plausibility.pairs(symbols[:-1], symbols[1:]), CAP), CAP)
    cost = anywhere().take(read[0]) + np.add.reduce(costs)
    is_likelier: NDArray[np.bool_] = steps[which] > STEPS_PER_NAT * (np.min(cost, axis=0) + LIKELIER)
    return starts[is_likelier]


def _around(text: NDArray[np.uint32], starts: NDArray[np.int64]) -> NDArray[np.float32]:
    """What a character costs on average (nats) in the oddest stretch around each window that begins at one of `starts`."""
    # At the ends of a text there are less, and what stands there is looked at again.
    inside = np.minimum(np.maximum(starts, AROUND - 1), max(AROUND - 1, len(text) - AROUND))
    code_points = text.take(inside + np.arange(WINDOW - AROUND - 1, AROUND)[:, None], mode="clip")
    symbols = plausibility.symbols_of(code_points)
    steps = plausibility.steps(symbols[:-1], symbols[1:])
    steps = np.minimum(
        np.maximum(steps, _least().take(code_points[1:], mode="clip")), int(CAP * STEPS_PER_NAT)
    )
    sums = steps.cumsum(axis=0, dtype=np.uint16)
    sums[AROUND:] -= sums[:-AROUND].copy()
    most: NDArray[np.float32] = np.maximum.reduce(sums[AROUND - 1 :]) / np.float32(AROUND * STEPS_PER_NAT)
    return most


def _joined(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    of_pages: NDArray[np.bool_],
    parts: Sequence[tuple[int, int]],
) -> list[Stretch]:
    """Stretches of what is near each other in one of `parts`."""
    apart = starts[1:] - starts[:-1] > GAP
    if len(parts) > 1:
        part = np.array(parts)[:, 0].searchsorted(starts, "right")
        apart |= part[1:] != part[:-1]
    begin = np.append(0, apart.nonzero()[0] + 1)
    last, of_page = np.maximum.reduceat(ends, begin), np.logical_or.reduceat(of_pages, begin)
    return [*map(Stretch, starts[begin].tolist(), last.tolist(), of_page.tolist())]


@cache
def _gains_in_pages() -> NDArray[np.uint32]:
    """[code point]: how much commoner (steps) a character is as what its bytes are in other pages, over what it must be.

    Each of the four bytes says that of one, so that all are looked up together.
    """
    gains = np.empty((0x10001, len(COMMONER)), dtype=np.int8)
    standing = anywhere()[: len(gains)]
    for byte, (damage, needed) in enumerate(COMMONER.items()):
        nats = standing - anywhere().take(reading(damage.true, damage.wrong)) - needed / ROW
        gains[:, byte] = np.rint(nats * STEPS_A_NAT).clip(-MOST_IN_ROW, MOST_IN_ROW)
    return gains.view(np.uint32).ravel()


@cache
def _most() -> NDArray[np.uint8]:
    """[code point]: what it costs at most (steps of the language model): what anything may where Chinese text has none."""
    nats = np.where(_costs() >= LOST, np.float32(CAP), anywhere())
    most: NDArray[np.uint8] = np.rint(nats * STEPS_PER_NAT).astype(np.uint8)
    return most


@cache
def _least() -> NDArray[np.uint8]:
    """[code point]: what it costs at the least (steps of the model), for which letters of some kinds are one symbol."""
    least = np.zeros(0x10001, dtype=np.uint8)
    least[is_in(np.arange(len(least)), *KANA_RANGES)] = round(KANA_IN_CHINESE * STEPS_PER_NAT)
    return least


@cache
def _costs() -> NDArray[np.uint8]:
    """[code point]: what it costs wherever it stands; the last one stands for all that lie behind."""
    nats = np.minimum(-plausibility.alone(), CAP)
    costs: NDArray[np.uint8] = np.rint(nats * STEPS_A_NAT).astype(np.uint8)
    costs[:FAR_EAST] = np.minimum(costs[:FAR_EAST], ASIDE)
    costs[CONTROLS] = costs[letters.odd_code_points()] = ODD
    costs[[ord(c) for c in OF_LOSS]] = LOST
    return costs
