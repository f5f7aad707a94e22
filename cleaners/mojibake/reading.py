"""What a garbled run of UTF-8 spells, read at once: its first bytes say where characters begin, also where bytes
are lost.

All that is whole is decoded; where bytes were lost a character has candidates, of which the likeliest chain
between its neighbours is taken. Where damage begins and ends is where the text gains most.
"""

import math
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaners import plausibility
from cleaners.characters import codes as code_points_of
from cleaners.mojibake.code_pages import SINGLE_BYTE, bytes_of, codes
from cleaners.mojibake.spelling import Damage, Pending, any_lead, any_trail, lost_before, spelt_by

# Costs in nats, beside those of the language model.
ENTER = 10.0  # a run begins: damage is rare
LEAVE = 1.5  # and ends: there are more characters in a run than runs
DROPPED_BYTE = 4.0  # a byte is missing without a trace
DROPPED_PAIR = 6.0
REPLACED_PAIR = 4.0  # one U+FFFD stands for two bytes
# No character is less likely than this: what no text holds must not buy itself a repair.
CAP = 13.0
NEVER = 1000.0

# What follows may be clean, and its first characters look well by chance.
SHORT_OF = 3

# Of the characters that fit what is left so many of the commonest are tried; and behind one that is guessed
# itself so many of its likeliest.
CANDIDATES = 64
PASTS = 16

HOLE = 0xFF  # stands for a byte that was lost, as nothing is 0xFF in UTF-8
NOTHING = 0xFFFD  # what no UTF-8 explains
ABSENT = 0  # a character that the wrong page has not


class Reading(NamedTuple):
    """A part of a text that is surely garbled, and what it was."""

    start: int
    end: int
    after: str
    cost_before: float  # in nats under the language model
    cost_after: float  # with what speaks against guesses


class _Units(NamedTuple):
    """The bytes of a piece of text, parted into what should be characters."""

    raw: NDArray[np.uint8]
    begin: NDArray[np.int64]  # of each unit, and where the last one ends
    need: NDArray[np.uint8]  # how many bytes each should have; 0 where the first is lost
    bound: NDArray[np.int64]  # [byte]: which character of the piece begins there; -1 within one
    symbols: NDArray[np.uint16]  # of the piece, with one more on either side


def read(text: str, start: int, end: int, damage: Damage) -> list[Reading]:
    """What of `text[start:end]` is surely UTF-8 read as another page, in order.

    Where a run ends within a line is not sure, so its last characters are left out there.
    """
    if start >= end:
        return []
    units = _units(text, start, end, damage)
    code_points, holes, candidates = _characters(units, damage)
    clean = code_points == NOTHING
    extra = np.where(clean, NEVER, np.float32(0))
    code_points[holes], extra[holes] = _chosen(holes, candidates, _around(code_points, clean, units))
    return list(_runs(text, start, code_points, extra, units))


def _around(
    code_points: NDArray[np.uint32], clean: NDArray[np.bool_], units: _Units
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


def encoded(piece: str, page: str) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The bytes of `piece` in `page`, and where each character begins in them, and where the last one ends."""
    values = _bytes(page).take(code_points_of(piece), mode="clip")
    wide = values > 0xFF
    there = np.ones((len(values), 2), dtype=np.bool_)
    there[:, 0] = wide
    raw = values.astype(">u2").view(np.uint8).reshape(-1, 2)[there]
    offsets = np.zeros(len(values) + 1, dtype=np.int64)
    np.cumsum(wide + np.int64(1), out=offsets[1:])
    return raw, offsets


@cache
def _bytes(page: str) -> NDArray[np.uint16]:
    """[code point]: its bytes in `page` as one number."""
    one = {
        character: bytes_of(character, page)
        for character in map(chr, (*range(0x3000), *range(0xFF61, 0xFFA0)))
    }
    table = np.zeros(0x10001, dtype=np.uint16) if page in SINGLE_BYTE else codes(page).copy()
    for character, raw in one.items():
        if len(raw) == 1 and raw[0] != HOLE:
            table[ord(character)] = raw[0]
    table[0xFFFD] = HOLE
    return table


@cache
def _lengths() -> NDArray[np.uint8]:
    """[byte]: how many bytes a character has that begins with it; 0 where none does."""
    lengths = np.zeros(256, dtype=np.uint8)
    lengths[:0x80], lengths[0xC2:0xE0], lengths[0xE0:0xF0] = 1, 2, 3
    return lengths


def _units(text: str, start: int, end: int, damage: Damage) -> _Units:
    piece = text[start:end]
    raw, offsets = encoded(piece, damage.wrong)
    need = _lengths().take(raw)
    marks = _marks_of_loss(raw, need)
    raw[marks], need[marks] = HOLE, 0
    begin = need.nonzero()[0]
    if not len(begin) or begin[0]:
        begin = np.append(0, begin)
    length = np.diff(begin, append=len(raw))
    longer = (length > need[begin]).nonzero()[0]
    if len(longer):
        # What is left behind whole characters are others without their first bytes.
        rest = [
            np.arange(b + n, b + more, 3)
            for b, n, more in zip(
                begin[longer].tolist(), need[begin[longer]].tolist(), length[longer].tolist(), strict=True
            )
        ]
        begin = np.union1d(begin, np.concatenate(rest))
    bound = np.full(len(raw) + 1, -1)
    bound[offsets] = np.arange(len(offsets))
    before, behind = text[start - 1 : start] or "\n", text[end : end + 1] or "\n"
    symbols = plausibility.symbols(before + piece + behind)
    return _Units(raw, np.append(begin, len(raw)), need[begin], bound, symbols)


def _marks_of_loss(raw: NDArray[np.uint8], need: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Where question marks stand for bytes: within characters, if most that are not whole have one."""
    asked = (raw == ord("?")).nonzero()[0]
    if not len(asked):
        return asked
    begin = need.nonzero()[0]
    short = np.diff(begin, append=len(raw)) < need[begin]
    inside = np.append(False, short[:-1])[begin.searchsorted(asked)]
    if 2 * inside.sum() < (short & (need[begin] == 3)).sum():
        return asked[:0]
    # Two may stand for the second and the third byte.
    behind = np.append(False, inside[:-1] & (np.diff(asked) == 1)) & (need.take(asked - 2) == 3)
    return asked[inside | behind]


def _characters(
    units: _Units, damage: Damage
) -> tuple[NDArray[np.uint32], NDArray[np.int64], list["_Candidates"]]:
    """The code point of each unit, which of them lack bytes, and what these may be."""
    raw, need = units.raw, units.need
    first, second, third = (raw.take(units.begin[:-1] + i, mode="clip").astype(np.uint32) for i in range(3))
    code_points = np.where(
        need == 3,
        (first & 0xF) << 12 | (second & 0x3F) << 6 | third & 0x3F,
        np.where(need == 2, (first & 0x1F) << 6 | second & 0x3F, first),
    )
    wrong = (np.diff(units.begin) != need) | (code_points == ABSENT)
    wrong |= (need == 3) & ((code_points < 0x800) | (code_points >= 0xD800) & (code_points < 0xE000))
    wrong[units.begin.searchsorted((raw == HOLE).nonzero()[0], "right") - 1] = True
    places, candidates = list[int](), list[_Candidates]()
    for k in wrong.nonzero()[0].tolist():
        spellings = _spellings(units, k, damage)
        found = _candidates(spellings, damage) if spellings else None
        if found and len(found.symbols):
            places.append(k)
            candidates.append(found)
        else:
            code_points[k] = NOTHING
    return code_points, np.array(places, dtype=np.int64), candidates


def _spellings(units: _Units, k: int, damage: Damage) -> tuple[tuple[Pending, float], ...]:
    """The bytes, with holes, that may have stood where these are left, and what each costs."""
    begin, end = units.begin[k : k + 2].tolist()
    unit = units.raw[begin : end + 1].tolist()
    bounds = (units.bound[begin : end + 1] >= 0).tolist()
    more = [*unit, ABSENT]
    del unit[end - begin :]

    def lost(i: int) -> int:
        after = more[i]
        return lost_before(after if after not in (HOLE, ABSENT) else None, damage)

    headless, need = not units.need[k], int(units.need[k]) or 3
    if need == 1 or ABSENT in unit or (headless and unit[0] != HOLE and not bounds[0]):
        return ()
    spelling = tuple(lost(i + 1) if byte == HOLE else byte for i, byte in enumerate(unit))
    missing = need - len(unit)
    if not missing:
        return ((spelling, 0.0),) if not headless or unit[0] == HOLE else ()
    if missing == 1 and HOLE in unit:
        i = unit.index(HOLE)
        return (((*spelling[:i], any_lead(damage), any_trail(damage), *spelling[i + 1 :]), REPLACED_PAIR),)
    places = [i for i in ((0,) if headless else range(1, len(unit) + 1)) if bounds[i]]
    if missing == 1:
        return tuple(((*spelling[:i], lost(i), *spelling[i:]), DROPPED_BYTE) for i in places)
    any_byte = any_lead(damage)
    return tuple(((*spelling[:i], any_byte, any_byte, *spelling[i:]), DROPPED_PAIR) for i in places)


class _Candidates(NamedTuple):
    code_points: NDArray[np.uint32]
    symbols: NDArray[np.uint16]
    costs: NDArray[np.float32]


@lru_cache(maxsize=1 << 14)
def _candidates(spellings: tuple[tuple[Pending, float], ...], damage: Damage) -> _Candidates:
    """The commonest characters that one of `spellings` may be."""
    found = [(spelt_by(pending, damage), cost) for pending, cost in spellings]
    spelt = [(s, cost) for s, cost in found if s]
    code_points = (
        np.concatenate([code_points_of(s[0]) for s, _ in spelt]) if spelt else np.zeros(0, np.uint32)
    )
    symbols = np.concatenate([s[1] for s, _ in spelt]) if spelt else np.zeros(0, np.uint16)
    costs = (
        np.concatenate([s[2] + np.float32(cost) for s, cost in spelt]) if spelt else np.zeros(0, np.float32)
    )
    if len(symbols) > CANDIDATES:
        best = (costs - plausibility.alone().take(code_points, mode="clip")).argsort(kind="stable")[
            :CANDIDATES
        ]
        code_points, symbols, costs = code_points[best], symbols[best], costs[best]
    return _Candidates(code_points, symbols, costs)


def _chosen(
    places: NDArray[np.int64],
    guesses: list[_Candidates],
    around: tuple[NDArray[np.uint16], NDArray[np.uint16]],
) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """The likeliest chain of candidates: their code points and costs. `around` is what stands before and behind."""
    if not guesses:
        return np.zeros(0, dtype=np.uint32), np.zeros(0, dtype=np.float32)
    before, behind = around
    width = max(len(g.symbols) for g in guesses)
    n = len(places)
    code_points = np.zeros((n, width), dtype=np.uint32)
    symbols = np.zeros((n, width), dtype=np.uint16)
    costs = np.full((n, width), np.inf, dtype=np.float32)
    for row, guess in enumerate(guesses):
        size = len(guess.symbols)
        code_points[row, :size], symbols[row, :size], costs[row, :size] = guess
    behind_another = np.append(False, np.diff(places) == 1)
    before_another = np.append(behind_another[1:], False)
    total = costs.copy()
    past = np.zeros((n, width), dtype=np.int64)
    rows = (~behind_another).nonzero()[0]
    total[rows] += _cost_of_pairs(before[places[rows], None], symbols[rows])
    chains = [rows]
    while len(rows := chains[-1][before_another[chains[-1]]]):
        best = total[rows].argsort(axis=1)[:, :PASTS]
        steps = _cost_of_pairs(
            np.take_along_axis(symbols[rows], best, 1)[:, :, None], symbols[rows + 1][:, None]
        )
        sums = np.take_along_axis(total[rows], best, 1)[:, :, None] + steps
        total[rows + 1] += sums.min(axis=1)
        past[rows + 1] = np.take_along_axis(best, sums.argmin(axis=1), 1)
        chains.append(rows + 1)
    last = (~before_another).nonzero()[0]
    total[last] += _cost_of_pairs(symbols[last], behind[places[last], None])
    choice = total.argmin(axis=1)
    for rows in chains[:0:-1]:
        choice[rows - 1] = past[rows, choice[rows]]
    every = np.arange(n)
    return code_points[every, choice], costs[every, choice]


def _cost_of_pairs(first: NDArray[np.uint16], second: NDArray[np.uint16]) -> NDArray[np.float32]:
    nats: NDArray[np.float32] = np.minimum(-plausibility.pairs(*np.broadcast_arrays(first, second)), CAP)
    return nats


def _runs(
    text: str, start: int, code_points: NDArray[np.uint32], extra: NDArray[np.float32], units: _Units
) -> Iterator[Reading]:
    """What gains by being read so."""
    written = units.symbols
    as_it_stands = np.append(0, np.cumsum(_cost_of_pairs(written[:-2], written[1:-1]), dtype=np.float64))
    after = plausibility.symbols_of(code_points)
    costs = _cost_of_pairs(np.append(written[0], after[:-1]), after) + extra
    as_read = np.append(0, np.cumsum(costs, dtype=np.float64))
    # Where a character ends in both texts.
    at = units.bound[units.begin]
    both = (at >= 0).nonzero()[0]
    at = at[both]
    gain = as_it_stands[at] - as_read[both]
    left, right = np.append(written[0], after)[both], np.append(after, written[-1])[both]
    enter = ENTER + _cost_of_pairs(written[at], right) - _cost_of_pairs(left, right)
    leave = LEAVE + _cost_of_pairs(left, written[at + 1]) - _cost_of_pairs(written[at], written[at + 1])
    for a, b in _best_stretches(gain.tolist(), enter.tolist(), leave.tolist()):
        last = start + int(at[b])
        if text[last : last + 1] not in ("", "\n"):
            b = int(both.searchsorted(both[b] - SHORT_OF, "right")) - 1
        if b > a:
            after = code_points[both[a] : both[b]].astype("<u4").tobytes().decode("utf-32-le")
            costs = as_it_stands[at[b]] - as_it_stands[at[a]], as_read[both[b]] - as_read[both[a]]
            yield Reading(start + int(at[a]), start + int(at[b]), after, *map(float, costs))


def _best_stretches(gain: list[float], enter: list[float], leave: list[float]) -> list[tuple[int, int]]:
    """Where to enter and to leave so that it gains most; `gain` adds up from the beginning."""
    best, found = 0.0, None
    entered, begun = -math.inf, (0, None)
    for k, (gained, entry, exit) in enumerate(zip(gain, enter, leave, strict=True)):
        if entered + gained - exit > best:
            best, found = entered + gained - exit, (begun, k)
        if best - entry - gained > entered:
            entered, begun = best - entry - gained, (k, found)
    stretches = []
    while found:
        (first, before), last = found
        stretches.append((first, last))
        found = before
    return stretches[::-1]
