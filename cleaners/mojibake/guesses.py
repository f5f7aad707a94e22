"""What the characters of a run were that lack bytes: the likeliest chain of those that fit what is left."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaners import plausibility
from cleaners.characters import codes as code_points_of
from cleaners.mojibake.spelling import Damage, Pending, spelt_by

# No character is less likely than this: what no text holds must not buy itself a repair.
CAP = 13.0
# Of the characters that fit what is left so many of the commonest are tried; and behind one that is guessed
# itself so many of its likeliest.
CANDIDATES = 400
PASTS = 48


class Candidates(NamedTuple):
    code_points: NDArray[np.uint32]
    symbols: NDArray[np.uint16]
    costs: NDArray[np.float32]


@lru_cache(maxsize=1 << 14)
def candidates(spellings: tuple[tuple[Pending, float], ...], damage: Damage) -> Candidates:
    """The commonest characters that one of `spellings`, each with what it costs, may be."""
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
    return Candidates(code_points, symbols, costs)


def chosen(
    places: NDArray[np.int64],
    guesses: list[Candidates],
    around: tuple[NDArray[np.uint16], NDArray[np.uint16]],
) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """The likeliest chain of candidates: their code points and costs. `around` is what stands before and behind."""
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
    total[rows] += cost_of_pairs(before[places[rows], None], symbols[rows])
    chains = [rows]
    while len(rows := chains[-1][before_another[chains[-1]]]):
        best = total[rows].argsort(axis=1)[:, :PASTS]
        steps = cost_of_pairs(
            np.take_along_axis(symbols[rows], best, 1)[:, :, None], symbols[rows + 1][:, None]
        )
        sums = np.take_along_axis(total[rows], best, 1)[:, :, None] + steps
        total[rows + 1] += sums.min(axis=1)
        past[rows + 1] = np.take_along_axis(best, sums.argmin(axis=1), 1)
        chains.append(rows + 1)
    last = (~before_another).nonzero()[0]
    total[last] += cost_of_pairs(symbols[last], behind[places[last], None])
    choice = total.argmin(axis=1)
    for rows in chains[:0:-1]:
        choice[rows - 1] = past[rows, choice[rows]]
    every = np.arange(n)
    return code_points[every, choice], costs[every, choice]


def cost_of_pairs(first: NDArray[np.uint16], second: NDArray[np.uint16]) -> NDArray[np.float32]:
    nats: NDArray[np.float32] = np.minimum(-plausibility.pairs(*np.broadcast_arrays(first, second)), CAP)
    return nats
