"""What a garbled run spells, read at once where it is sure where its characters begin.

What is whole is decoded, where bytes were lost the likeliest characters are taken, and where damage begins and ends
is where the text gains most.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleaners import plausibility
from cleaners.characters import codes
from cleaners.mojibake.guesses import Candidates, candidates, chosen, cost_of_pairs
from cleaners.mojibake.spelling import Damage
from cleaners.mojibake.units import NOTHING, Units, parted, read_whole, spellings

# Costs in nats, beside those of the language model.
ENTER = 10.0  # a run begins: damage is rare
LEAVE = 1.5  # and ends: there are more characters in a run than runs
NEVER = 1000.0

# What is garbled gains not more than this by being read: two bytes of a hanzi as it was cost 5 to 6, and 11 when
# they are read from the wrong one on. Half-width kana follow each other easily, but not in Chinese text.
WORTH_OF_A_BYTE = 5.0
# What follows may be clean, and its first characters look well by chance.
SHORT_OF = 3


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
    units = parted(text, start, end, damage, asked)
    code_points, lacking = read_whole(units, damage.true)
    holes, guesses = list[int](), list[Candidates]()
    for k in lacking.nonzero()[0].tolist():
        found = candidates(spellings(units, k, damage), damage)
        if len(found.symbols):
            holes.append(k)
            guesses.append(found)
        else:
            code_points[k] = NOTHING
    clean = code_points == NOTHING
    extra = np.where(clean, NEVER, np.float32(0))
    if holes:
        code_points[holes], extra[holes] = chosen(
            np.array(holes), guesses, _around(code_points, clean, units)
        )
    return list(_runs(text, start, code_points, extra, units))


def _around(
    code_points: NDArray[np.uint32], clean: NDArray[np.bool_], units: Units
) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """What stands before and behind each unit: beside what is not damaged it is what is written there."""
    symbols = plausibility.symbols_of(code_points)
    before, behind = np.roll(symbols, 1), np.roll(symbols, -1)
    before[0], behind[-1] = units.symbols[0], units.symbols[-1]
    k = clean[:-1].nonzero()[0] + 1
    before[k] = units.symbols[units.bound[units.begin[k]]]
    k = clean[1:].nonzero()[0]
    behind[k] = units.symbols[units.bound[units.begin[k + 1]] + 1]
    return before, behind


def _runs(
    text: str, start: int, code_points: NDArray[np.uint32], extra: NDArray[np.float32], units: Units
) -> Iterator[Reading]:
    """What gains by being read so."""
    written = units.symbols
    costs = cost_of_pairs(written[:-2], written[1:-1])
    kana = codes(text[start : start + len(written) - 2])
    as_it_stands = np.append(0, np.cumsum(costs, dtype=np.float64))
    worth = np.minimum(costs, WORTH_OF_A_BYTE * np.diff((units.bound >= 0).nonzero()[0]))
    worth[(kana >= 0xFF61) & (kana < 0xFFA0)] = WORTH_OF_A_BYTE
    worth = np.append(0, np.cumsum(worth, dtype=np.float64))
    after = plausibility.symbols_of(code_points)
    costs = cost_of_pairs(np.append(written[0], after[:-1]), after) + extra
    as_read = np.append(0, np.cumsum(costs, dtype=np.float64))
    # Where a character ends in both texts.
    at = units.bound[units.begin]
    both = (at >= 0).nonzero()[0]
    at = at[both]
    gain = worth[at] - as_read[both]
    left, right = np.append(written[0], after)[both], np.append(after, written[-1])[both]
    enter = ENTER + cost_of_pairs(written[at], right) - cost_of_pairs(left, right)
    leave = LEAVE + cost_of_pairs(left, written[at + 1]) - cost_of_pairs(written[at], written[at + 1])
    for a, b, _ in _best_stretches(gain.tolist(), enter.tolist(), leave.tolist()):
        last = start + int(at[b])
        if text[last : last + 1] not in ("", "\n"):
            b = int(both.searchsorted(both[b] - SHORT_OF, "right")) - 1
        if b > a:
            spelt = code_points[both[a] : both[b]].astype("<u4").tobytes().decode("utf-32-le")
            cost_before = float(as_it_stands[at[b]] - as_it_stands[at[a]])
            cost_after = float(as_read[both[b]] - as_read[both[a]])
            yield Reading(start + int(at[a]), start + int(at[b]), spelt, cost_before, cost_after)


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
