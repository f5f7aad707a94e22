"""GBK that lost a byte: behind it second bytes pair with first ones, until the decoder finds into step again.

All but the ends of such a run is known, since its bytes are, and how they pair. It begins with a character that lost
one of its bytes. At its end a byte is left over, and the decoder, which finds no character there, reads it as a
letter, replaces it, or drops it. So two characters are guessed at most, each between two that are known, and what
a run gains is a sum: what its beginning is worth, and what its end is worth.
"""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaners import plausibility
from cleaners.characters import codes as code_points_of
from cleaners.mojibake.acceptance import by_chance
from cleaners.mojibake.beam import AS_IT_STANDS
from cleaners.mojibake.code_pages import characters, codes, defined
from cleaners.mojibake.guesses import CAP, cost_of_pairs
from cleaners.mojibake.reading import added
from cleaners.mojibake.spelling import (
    HALF_WIDTH,
    INDENTATION,
    REPLACED,
    Damage,
    any_lead,
    any_trail,
    spelt_by,
)

PAGE = "gb18030"
MISALIGNED = Damage(PAGE, PAGE, dropped=True)

# A character costs no more than this over what it costs anywhere (nats), since names put together what the model has
# never seen side by side.
OVER_ANYWHERE = 1.0
# With a guess before it a character costs so much more than that at least, in 19 of 20 runs (nats): where even this
# is more than a run may cost, nothing is guessed.
GUESS = 1.0
# A byte was lost though there is a character that begins with it and the next one (nats).
UNEXPLAINED = 4.0
# What is read as kana, of which Chinese text has none, may have a stray byte first and no character (nats).
KANA_LEAD = 0xA4  # and the next one
STRAY = 5.0
# Few runs reach a line's end, but names in lists do (nats).
AT_LINE_END = 2.0
NEVER = 1e6  # more than any text costs
# So many characters behind a piece tell how its last byte was lost.
BEHIND = 3
# Guesses are made for so many places at a time, which bounds the memory that it takes.
ROWS = 1024
PRIVATE = slice(0xE000, 0xF900)


class Read(NamedTuple):
    """A piece of text, and some characters behind it, as it stands and as misaligned bytes."""

    code_points: NDArray[np.uint32]
    past: NDArray[np.uint16]  # the symbol before each character
    symbols: NDArray[np.uint16]
    most: NDArray[np.float32]  # what each character costs at most as it stands (nats)
    costs: NDArray[np.float32]  # and what it costs
    lead: NDArray[np.integer[Any]]
    trail: NDArray[np.integer[Any]]
    spelt: NDArray[np.uint32]  # what the second byte of each of the piece and the next one's first are
    easiest: NDArray[np.float32]  # what that costs at least with a guess before it


class Candidates(NamedTuple):
    """[byte]: the characters that may be guessed where one byte is known, in rows of one length."""

    code_points: NDArray[np.uint32]
    symbols: NDArray[np.uint16]
    costs: NDArray[np.float32]  # what speaks against each but for its neighbours (nats)


class Runs(NamedTuple):
    """What may be misaligned in a text: from each of its characters on, and up to each of them."""

    begin: NDArray[np.float64]  # what a run is worth that begins there (nats)
    end: NDArray[np.float64]  # what a run is worth of which the last character that is known begins there
    limit: NDArray[np.int64]  # where that run ends
    spelt: NDArray[np.uint32]  # as in `Read`
    first: NDArray[np.uint32]  # the guess with which a run begins
    last: NDArray[np.uint32]  # what was left over with which it ends; 0 for nothing
    standing: NDArray[np.float64]  # what all before it costs as it stands


def read(before: str, piece: str, behind: str) -> Read:
    """`piece` between `before`, one character, and `behind`."""
    n = len(piece)
    code_points = code_points_of(before + piece + behind.ljust(BEHIND, "\n"))
    symbols = plausibility.symbols_of(code_points)
    code_points, past, symbols = code_points[1:], symbols[:-1], symbols[1:]
    most = anywhere().take(code_points, mode="clip")
    most[code_points == ord(REPLACED)] = AS_IT_STANDS
    costs = np.minimum(-plausibility.pairs(past, symbols), most)
    code = _bytes().take(code_points, mode="clip")
    lead, trail = code >> 8, code & 0xFF
    spelt = characters(PAGE)[trail[:n], lead[1 : n + 1]]
    return Read(code_points, past, symbols, most, costs, lead, trail, spelt, anywhere().take(spelt) + GUESS)


def runs(read: Read, damage: Damage, needed: float, *, closely: bool = False) -> Runs:
    """The runs of what was read that may gain what is needed (nats); `closely`, what is guessed is to be written."""
    n = len(read.spelt)
    known, chance = plausibility.symbols_of(read.spelt), by_chance().take(read.spelt)
    costs = np.full(n, NEVER)
    costs[1:] = np.minimum(-plausibility.pairs(known[:-1], known[1:]), CAP) + chance[1:]
    costs[read.spelt == 0] = NEVER
    sums = np.cumsum(read.costs[:n] - costs)
    # Where damage begins, but for the guess.
    entered = read.costs[:n] - chance - sums
    entered[(read.lead[:n] < 0x81) | (read.spelt == 0)] = -np.inf

    limit, last, is_lost = _left_over(read)
    standing = added(read.costs)
    end = sums + standing[limit + 1] - standing[1 : n + 1] - AT_LINE_END * (read.code_points[limit] <= 0x20)
    easiest = read.most[limit] + GUESS

    first, begin = np.zeros(n, dtype=np.uint32), np.full(n, -np.inf)
    worth = (entered - read.easiest + best_behind(end - easiest) >= needed).nonzero()[0]
    stray = ((read.lead[:n] >> 1 == KANA_LEAD >> 1) & np.isfinite(entered)).nonzero()[0]
    if not len(worth) and not len(stray):
        return Runs(begin, end, limit, read.spelt, first, last, standing)
    if len(worth):
        guesses = _candidates(damage, True)
        around = [read.past[worth], known[worth], known[np.minimum(worth + 1, n - 1)]]
        first[worth], cost = _guessed(guesses, read.lead[worth], around, 1, closely=closely)
        begin[worth] = entered[worth] - cost
    if len(stray):
        worth_of_stray = entered[stray] - STRAY - cost_of_pairs(read.past[stray], known[stray])
        first[stray] *= begin[stray] > worth_of_stray
        begin[stray] = np.maximum(begin[stray], worth_of_stray)

    end[end - easiest + np.maximum.accumulate(begin) < needed] = -np.inf
    worth = np.isfinite(end).nonzero()[0]
    if len(worth):
        following = read.symbols[limit[worth]]
        cost = cost_of_pairs(known[worth], following)
        if len(ended := (last[worth] > 0).nonzero()[0]):
            symbol, places = plausibility.symbols_of(last[worth[ended]]), worth[ended]
            cost[ended] = cost_of_pairs(known[places], symbol) + cost_of_pairs(symbol, following[ended])
            cost[ended] += by_chance().take(last[places])
        if len(lost := is_lost[worth].nonzero()[0]):
            places = worth[lost]
            next_byte = _first_byte(read)[limit[places]]
            guesses = _candidates(damage, False)
            around = [known[np.maximum(places - 1, 0)], known[places], following[lost]]
            last[places], cost[lost] = _guessed(
                guesses, read.trail[places + 1], around, 2, next_byte, closely=closely
            )
        end[worth] -= cost
    return Runs(begin, end, limit, read.spelt, first, last, standing)


def _left_over(read: Read) -> tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.bool_]]:
    """Where runs end of which each character is the last that is known, with what, and whether a byte of that is lost.

    What is left over is nothing, or a letter, or with a letter behind it a character; or a byte of it is lost.
    """
    n = len(read.spelt)
    left, behind = read.trail[1 : n + 1], read.code_points[2 : n + 2]
    letter = np.where(behind < 0x80, behind, 0)
    last = np.where(left < 0x80, left, characters(PAGE)[left, letter])
    is_lost = (left >= 0x80) & (last == 0)
    limit = np.arange(2, n + 2)
    limit += (left >= 0x80) & (~is_lost | (behind == ord(REPLACED)))
    return limit, last, is_lost


def _first_byte(read: Read) -> NDArray[np.int64]:
    return np.where(read.code_points < 0x80, read.code_points, read.lead)


def _guessed(
    guesses: Candidates,
    byte: NDArray[np.integer[Any]],
    around: list[NDArray[np.uint16]],
    at: int,
    next_byte: NDArray[np.integer[Any]] | None = None,
    *,
    closely: bool,
) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """The likeliest of `guesses` for each byte, and what the likeliest of pairs costs with what is behind it (nats).

    It stands in the place `at` of the symbols `around`; `closely` says that three in a row tell too. Behind what is
    guessed, `next_byte` was read alone, mostly since no character begins with the byte before it.
    """
    found, least = np.zeros(len(byte), dtype=np.uint32), np.zeros(len(byte), dtype=np.float32)
    for rows in (slice(k, k + ROWS) for k in range(0, len(byte), ROWS)):
        code_points, symbols = guesses.code_points[byte[rows]], guesses.symbols[byte[rows]]
        row = [beside[rows, None].repeat(symbols.shape[1], axis=1) for beside in around]
        row.insert(at, symbols)
        costs = cost_of_pairs(row[at - 1], symbols) + cost_of_pairs(symbols, row[at + 1])
        costs += guesses.costs[byte[rows]]
        if next_byte is not None:
            second = codes(PAGE).take(code_points) & 0xFF
            costs += UNEXPLAINED * defined(PAGE)[second, next_byte[rows, None]]
        least[rows] = costs.min(axis=1)
        if closely:
            costs -= plausibility.triples(*row[:3]) + plausibility.triples(*row[1:])
        found[rows] = np.take_along_axis(code_points, costs.argmin(axis=1)[:, None], axis=1)[:, 0]
    return found, least


@cache
def _candidates(damage: Damage, is_first: bool) -> Candidates:
    """What may be guessed: of the last character of a run the first byte is known, of the first one either."""
    rows = []
    for byte in range(0x81, 0xFF):
        pending = [(byte, any_trail(damage))] + [(any_lead(damage), byte)] * is_first
        rows.append([spelt for spelling in pending if (spelt := spelt_by(spelling, damage))])
    shape = (0x100, max(sum(len(spelt[0]) for spelt in row) for row in rows))
    code_points, costs = np.zeros(shape, dtype=np.uint32), np.full(shape, NEVER, dtype=np.float32)
    for byte, row in enumerate(rows, 0x81):
        found = code_points_of("".join(characters for characters, _, _ in row))
        code_points[byte, : len(found)] = found
        costs[byte, : len(found)] = by_chance().take(found) + np.concatenate([extra for _, _, extra in row])
    return Candidates(code_points, plausibility.symbols_of(code_points), costs)


def best_behind(worth: NDArray[np.float64]) -> NDArray[np.float64]:
    """[character]: the most of what stands from there on."""
    most: NDArray[np.float64] = np.maximum.accumulate(worth[::-1])[::-1]
    return most


def between(first: NDArray[np.uint32], second: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """What the second bytes of some characters are with the first ones of others; 0 for nothing."""
    table = _bytes()
    spelt: NDArray[np.uint32] = characters(PAGE)[
        table.take(first, mode="clip") & 0xFF, table.take(second, mode="clip") >> 8
    ]
    return spelt


@cache
def _bytes() -> NDArray[np.uint16]:
    """[code point]: its two bytes as one number; the second is 0 where it has one only, and both where it has more.

    Half-width marks, which are no second bytes, were full-width ones before.
    """
    table = codes(PAGE).copy()
    table[:0x80] = np.arange(0x80) << 8
    for half, full in HALF_WIDTH.items():
        table[ord(half)] = table[ord(full)]
    table[PRIVATE] = table[ord(INDENTATION)] = 0
    return table


@cache
def anywhere() -> NDArray[np.float32]:
    """[code point]: the most that a character costs as it stands, wherever it does (nats)."""
    nats: NDArray[np.float32] = np.minimum(OVER_ANYWHERE - plausibility.alone(), CAP)
    return nats
