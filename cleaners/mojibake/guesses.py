"""What the characters of a run were that lack bytes: the likeliest chain of those that fit what is left."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaners import plausibility
from cleaners.characters import codes as code_points_of
from cleaners.mojibake.spelling import Damage, spelt_by
from cleaners.mojibake.units import Fragment, spellings

# No character is less likely than this: what no text holds must not buy itself a repair.
CAP = 13.0
# Of the characters that fit what is left so many of the commonest are tried; and behind one that is guessed
# itself so many of its likeliest.
CANDIDATES = 400
PASTS = 48


class Candidates(NamedTuple):
    """What a character may have been."""

    code_points: NDArray[np.uint32]
    symbols: NDArray[np.uint16]
    costs: NDArray[np.float32]  # what speaks against it but for its neighbours, in nats
    size: int


@lru_cache(maxsize=1 << 14)
def candidates(fragment: Fragment, damage: Damage) -> Candidates:
    """The commonest characters that `fragment` may be left of."""
    spelt = [(s, cost) for pending, cost in spellings(fragment, damage) if (s := spelt_by(pending, damage))]
    if not spelt:
        return Candidates(np.zeros(0, np.uint32), np.zeros(0, np.uint16), np.zeros(0, np.float32), 0)
    code_points = np.concatenate([code_points_of(s[0]) for s, _ in spelt])
    symbols = np.concatenate([s[1] for s, _ in spelt])
    costs = np.concatenate([s[2] + np.float32(cost) for s, cost in spelt])
    if len(symbols) > CANDIDATES:
        nats = costs - plausibility.alone().take(code_points, mode="clip")
        best = nats.argsort(kind="stable")[:CANDIDATES]
        code_points, symbols, costs = code_points[best], symbols[best], costs[best]
    return Candidates(code_points, symbols, costs, len(symbols))


def chosen(
    places: NDArray[np.int64],
    guesses: Sequence[Candidates],
    before: NDArray[np.uint16],
    behind: NDArray[np.uint16],
) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """The likeliest of each of `guesses` (none empty) at `places` in a row of characters, and what it costs.

    `before` and `behind` are the symbols beside each place; no matter where that is another place.
    """
    *columns, sizes = zip(*guesses, strict=True)
    code_points, symbols, costs = map(np.concatenate, columns)
    ends = np.cumsum(sizes)
    starts = ends - sizes
    links = (np.diff(places) == 1).nonzero()[0]  # where the next one is a guess too
    total = costs + cost_of_pairs(symbols, behind.repeat(sizes))
    past = cost_of_pairs(before.repeat(sizes), symbols)
    total += past
    # The first of those that cost least.
    least = (total == np.minimum.reduceat(total, starts).repeat(sizes)).nonzero()[0]
    choice = least[least.searchsorted(starts)]
    for chain in np.split(links, (np.diff(links) > 1).nonzero()[0] + 1) if len(links) else ():
        parts = [slice(starts[k], ends[k]) for k in range(chain[0], chain[-1] + 2)]
        own = [costs[part] for part in parts]
        own[0] = own[0] + past[parts[0]]
        own[-1] = total[parts[-1]] - past[parts[-1]]
        best = _best_chain([symbols[part] for part in parts], own)
        choice[chain[0] : chain[-1] + 2] = starts[chain[0] : chain[-1] + 2] + best
    return code_points[choice], costs[choice]


def _best_chain(symbols: Sequence[NDArray[np.uint16]], costs: Sequence[NDArray[np.float32]]) -> list[int]:
    """Of each of `symbols`, which follow each other, the one that is in the cheapest chain."""
    total, pasts = costs[0], []
    for k in range(1, len(symbols)):
        best = total.argsort()[:PASTS]
        table = total[best, None] + np.minimum(-plausibility.table(symbols[k - 1][best], symbols[k]), CAP)
        past = table.argmin(axis=0)
        pasts.append(best[past])
        total = costs[k] + table.min(axis=0)
    choice = [int(total.argmin())]
    for past in reversed(pasts):
        choice.append(int(past[choice[-1]]))
    return choice[::-1]


def cost_of_pairs(first: NDArray[np.uint16], second: NDArray[np.uint16]) -> NDArray[np.float32]:
    """What each symbol of `second` costs behind the one of `first`, in nats."""
    nats: NDArray[np.float32] = np.minimum(-plausibility.pairs(first, second), CAP)
    return nats
