"""What the characters of a run were that lack bytes: the likeliest chain of those that fit what is left."""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaners import plausibility
from cleaners.characters import codes as code_points_of
from cleaners.mojibake import scripts
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
    script: str,
) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """The likeliest of each of `guesses` (none empty) at `places` in a row of characters, and what it costs.

    `before` and `behind` are the symbols beside each place; no matter where that is another place.
    """
    *columns, sizes = zip(*guesses, strict=True)
    code_points, symbols, costs = map(np.concatenate, columns)
    ends = np.cumsum(sizes)
    starts = ends - sizes
    forms = _forms(script)
    symbols = forms[:, symbols]
    past = _costs(forms[:, before.repeat(sizes)], symbols)
    total = costs + past + _costs(symbols, forms[:, behind.repeat(sizes)])
    # The first of those that cost least.
    least = (total == np.minimum.reduceat(total, starts).repeat(sizes)).nonzero()[0]
    choice = least[least.searchsorted(starts)]
    links = (places[1:] - places[:-1] == 1).nonzero()[0]  # where the next one is a guess too
    for chain in np.split(links, (np.diff(links) > 1).nonzero()[0] + 1) if len(links) else ():
        members = slice(chain[0], chain[-1] + 2)
        parts = [slice(start, end) for start, end in zip(starts[members], ends[members], strict=True)]
        own = [costs[part] for part in parts]
        own[0] = own[0] + past[parts[0]]
        own[-1] = total[parts[-1]] - past[parts[-1]]
        choice[members] = starts[members] + _likeliest([symbols[:, part] for part in parts], own)
    return code_points[choice], costs[choice]


def _likeliest(symbols: Sequence[NDArray[np.uint16]], costs: Sequence[NDArray[np.float32]]) -> list[int]:
    """Of each of `symbols`, which follow each other, the one that is likeliest whatever the others are."""
    behind_all, steps = [-costs[0]], []
    for first, second, cost in zip(symbols, symbols[1:], costs[1:], strict=False):
        best = behind_all[-1].argsort()[-PASTS:]
        step = np.mean(
            [
                np.maximum(plausibility.table(*pair), -CAP)
                for pair in zip(first[:, best], second, strict=True)
            ],
            axis=0,
        )
        behind_all.append(_log_sum(behind_all[-1][best, None] + step, axis=0) - cost)
        steps.append((best, step))
    likely = behind_all.pop()
    choice = [int(likely.argmax())]
    before_all = np.zeros_like(likely)
    for (best, step), cost in zip(reversed(steps), reversed(costs), strict=False):
        rest = _log_sum(step + (before_all - cost), axis=1)
        likely = behind_all.pop()
        before_all = np.full_like(likely, -np.inf)
        before_all[best] = rest
        choice.append(int((likely + before_all).argmax()))
    return choice[::-1]


def _log_sum(values: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
    """ln of the sum of what these are logarithms of."""
    most = values.max(axis=axis, keepdims=True)
    sums: NDArray[np.float32] = np.log(np.exp(values - most).sum(axis=axis)) + most.squeeze(axis)
    return sums


def _costs(first: NDArray[np.uint16], second: NDArray[np.uint16]) -> NDArray[np.float32]:
    """What each character costs behind the one before it, both given in several forms."""
    nats: NDArray[np.float32] = cost_of_pairs(first, second).sum(axis=0) / len(first)
    return nats


@cache
def _forms(script: str) -> NDArray[np.uint16]:
    """[form, symbol]: the symbols by which one is judged in a script: the mean of what they cost counts.

    The traditional text that was counted is Taiwan's. Words of other places are told by what they are in simplified
    text, and variants that Taiwan has not by those that it has.
    """
    forms = np.arange(1 << 16, dtype=np.uint16)[None].repeat(2 if script == "traditional" else 1, axis=0)
    symbols = plausibility.symbols(scripts.HANZI)
    alone = np.bincount(symbols) == 1  # what was not counted has one symbol for all
    for form, conversion in zip(forms, ("t2tw", "t2s") if script == "traditional" else (), strict=False):
        others = plausibility.symbols(scripts.converted(conversion))
        counted = alone[symbols] & alone[others]
        form[symbols[counted]] = others[counted]
    return forms


@lru_cache(maxsize=2)  # of the text that is at work
def costs_of(text: str) -> NDArray[np.float32]:
    """What each character of `text` costs behind the one before it, and a line's end behind all, in nats."""
    symbols = plausibility.symbols(f"\n{text}\n")
    return cost_of_pairs(symbols[:-1], symbols[1:])


def cost_of_pairs(first: NDArray[np.uint16], second: NDArray[np.uint16]) -> NDArray[np.float32]:
    """What each symbol of `second` costs behind the one of `first`, in nats."""
    nats: NDArray[np.float32] = np.minimum(-plausibility.pairs(first, second), CAP)
    return nats
