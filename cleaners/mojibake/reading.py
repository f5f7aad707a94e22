"""What a garbled run spells, read at once where it is sure where its characters begin.

What is whole is decoded, where bytes were lost the likeliest characters are taken, and where damage begins and ends
is where the text gains most.
"""

import math
import re
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleaners.characters import codes
from cleaners.mojibake import scripts
from cleaners.mojibake.code_pages import SINGLE_BYTE
from cleaners.mojibake.guesses import candidates, cost_of_pairs, costs_of, filled
from cleaners.mojibake.spelling import Damage
from cleaners.mojibake.units import NOTHING, Units, fragments, lost_across, parted

# Costs in nats, beside those of the language model.
ENTER = 10.0  # a run begins: damage is rare
LEAVE = 1.5  # and ends: there are more characters in a run than runs
NEVER = 1000.0

# What is garbled gains not more than this by being read: two bytes of a hanzi as it was cost 5 to 6, and 11 when
# they are read from the wrong one on. Half-width kana follow each other easily, but not in Chinese text.
WORTH_OF_A_BYTE = 5.0
# What follows may be clean, and its first characters look well by chance.
SHORT_OF = 3
REST_OF_LINE = re.compile("[\0-\t\x0b->@-\x7f]*(?:\n|\\Z)")  # where it is ASCII it is surely not damaged
# This much on both sides says which script a text is in, and may be garbled in the same way.
CONTEXT = 200
# Damage neither begins nor ends at a character that gains this much by being read, nor behind it.
STEADY = 4.0


class Reading(NamedTuple):
    """A part of a text that is surely garbled, and what it was."""

    start: int
    end: int
    after: str
    cost_before: float  # in nats under the language model
    cost_after: float  # with what speaks against guesses


def read(text: str, start: int, end: int, damage: Damage) -> list[Reading]:
    """What of `text[start:end]` has surely suffered `damage`, in order.

    Where a run ends within a line is not sure, so its last characters are left out there.
    """
    if start >= end:
        return []
    # Question marks may be what they are, or stand for lost bytes.
    ways = (False, True) if damage.true != "utf-8" and "?" in text[start:end] else (False,)
    return max((_read(text, start, end, damage, asked) for asked in ways), key=_gain)


def _gain(readings: list[Reading]) -> float:
    return sum(reading.cost_before - reading.cost_after for reading in readings)


def _read(text: str, start: int, end: int, damage: Damage, asked: bool) -> list[Reading]:
    units = parted(text, start, end, damage.true, damage.wrong, asked)
    code_points = units.code_points.copy()
    holes = units.lacking.nonzero()[0]
    guesses = [candidates(fragment, damage) for fragment in fragments(units, holes)]
    around = partial(_around, code_points, units)
    symbols, extra = filled(code_points, holes, guesses, around, damage, lost_across(units, holes, damage))
    extra[code_points == NOTHING] = NEVER
    return list(_runs(text, start, end, code_points, symbols, extra, units))


def _around(
    code_points: NDArray[np.uint32], units: Units, holes: NDArray[np.int64], symbols: NDArray[np.uint16]
) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """What stands before and behind each hole: beside what is not damaged it is what is written there."""
    last = len(symbols) - 1
    before, behind = symbols[holes - 1], symbols[np.minimum(holes + 1, last)]
    clean = (holes == 0) | (code_points[holes - 1] == NOTHING)
    before[clean] = units.symbols[units.bound[units.begin[holes[clean]]]]
    clean = (holes == last) | (code_points[np.minimum(holes + 1, last)] == NOTHING)
    behind[clean] = units.symbols[units.bound[units.begin[holes[clean] + 1]] + 1]
    return before, behind


def _runs(
    text: str,
    start: int,
    end: int,
    code_points: NDArray[np.uint32],
    symbols: NDArray[np.uint16],
    extra: NDArray[np.float32],
    units: Units,
) -> Iterator[Reading]:
    """What gains by being read so."""
    written = units.symbols
    costs = costs_of(text)[start : end + 1]  # the last one is of what stands behind
    worth = np.minimum(costs[:-1], WORTH_OF_A_BYTE * (units.offsets[1:] - units.offsets[:-1]))
    kana = codes(text[start:end])
    worth[(kana >= 0xFF61) & (kana < 0xFFA0)] = WORTH_OF_A_BYTE
    # What is ASCII in both texts gains nothing and loses nothing; but question marks may stand for bytes.
    is_plain = (code_points < 0x80) & (code_points != ord("?")) & (units.need == 1)
    plain = units.bound[units.begin[:-1][is_plain]]
    plain = plain[plain >= 0]
    worth[plain] = costs[plain]
    as_it_stands, worth = added(costs), added(worth)
    before, behind = np.append(written[0], symbols), np.append(symbols, written[-1])
    as_read = added(cost_of_pairs(before[:-1], symbols) + extra)
    # Where a character ends in both texts, and what is gained up to there.
    bounds = units.bound[units.begin]
    shared = (bounds >= 0).nonzero()[0]
    gain = worth[bounds[shared]] - as_read[shared]
    turns = _turns(gain)
    ends, gain = shared[turns], gain[turns]
    at = bounds[ends]
    left, right = before[ends], behind[ends]
    # The model is asked once, since each question takes its time.
    entered, stayed, left_behind = cost_of_pairs(
        np.array((written[at], left, left)), np.array((right, right, written[at + 1]))
    )
    enter, leave = ENTER + entered - stayed, LEAVE + left_behind - costs[at]
    for a, b, _ in _best_stretches(gain.tolist(), enter.tolist(), leave.tolist()):
        first, last = int(ends[a]), int(ends[b])
        if not REST_OF_LINE.match(text, start + int(at[b])):
            last = int(shared[max(0, int(shared.searchsorted(last - SHORT_OF, "right")) - 1)])
        if last > first:
            spelt = code_points[first:last].astype("<u4").tobytes().decode("utf-32-le")
            i, j = int(bounds[first]), int(bounds[last])
            cost_before, cost_after = as_it_stands[j] - as_it_stands[i], as_read[last] - as_read[first]
            yield Reading(start + i, start + j, spelt, float(cost_before), float(cost_after))


def added(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """The sum of all `values` before each of them, and of all."""
    sums = np.zeros(len(values) + 1)
    np.cumsum(values, out=sums[1:])
    return sums


def _turns(gain: NDArray[np.float64]) -> NDArray[np.int64]:
    """Where a stretch may begin or end: what is well within garbled text gains more and more."""
    slow = gain[1:] - gain[:-1] < STEADY
    here = np.ones(len(gain), dtype=np.bool_)
    here[1:-1] = slow[:-1] | slow[1:]
    return here.nonzero()[0]


# First and last place of a stretch, and the stretches before it.
_Stretch: TypeAlias = tuple[int, int, "_Stretch | None"]


def _best_stretches(gain: list[float], enter: list[float], leave: list[float]) -> list[_Stretch]:
    """Where to enter and to leave so that it gains most; `gain` adds up from the beginning."""
    best = 0.0
    entered, first = -math.inf, 0
    found: _Stretch | None = None
    before: _Stretch | None = None
    for k, (gained, entry, exit) in enumerate(zip(gain, enter, leave, strict=True)):
        if entered + gained - exit > best:
            best, found = entered + gained - exit, (first, k, before)
        if best - entry - gained > entered:
            entered, first, before = best - entry - gained, k, found
    stretches = []
    while found:
        stretches.append(found)
        found = found[2]
    return stretches[::-1]


def script_of(text: str, start: int, end: int, damage: Damage) -> str:
    """The script of a text in which `text[start:end]` is damaged; empty where it is not clear."""
    before, after = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
    if damage.true == damage.wrong:
        piece = ""  # half of it is not what it was
    elif damage.wrong in SINGLE_BYTE:
        piece = text[start : min(end, start + 2 * CONTEXT)]
    else:
        units = parted(text, start, end, damage.true, damage.wrong, False)
        is_whole = ~units.lacking[: 2 * CONTEXT]
        piece = units.code_points[: 2 * CONTEXT][is_whole].astype("<u4").tobytes().decode("utf-32-le")
    return scripts.of(before + piece + after)
