"""What the characters of a run were that lack bytes: the likeliest of those that fit what is left."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaners import plausibility
from cleaners.characters import codes as code_points_of
from cleaners.mojibake import scripts
from cleaners.mojibake.code_pages import codes, defined
from cleaners.mojibake.spelling import Damage, spelt_by
from cleaners.mojibake.units import NOTHING, Fragment, spellings

# No character is less likely than this: what no text holds must not buy itself a repair.
CAP = 13.0
# Nobody would guess a rarer one than so many, which make up 996 of 1,000 hanzi in running text.
GUESSABLE = 5000
# Of the characters that fit what is left so many of the commonest are tried; and behind one that is guessed
# itself so many of its likeliest.
CANDIDATES = 300
PASTS = 100
# Two bytes that are a character of the wrong page are lost this seldom.
NOT_LOST = np.float32(1e-5)
# Its neighbours decide too little, so what is guessed is guessed anew so many times with more that stands around: one
# in five lines of UTF-8 with bytes replaced that were not read exactly is then, and GBK as Big5 gains 8 % and 1 %.
# In texts of more characters than a line, where it would take most of the time, that is done if more than one in so many
# lost more than a byte.
ONCE_MORE = 2
LINE = 400
ONE_BYTE = 64
SELDOM = 30
# What two characters in a row are worth (nats) that stand elsewhere, times the logarithm of how often and once more.
ELSEWHERE = 1.5
# What costs so much more than the likeliest, beside what was guessed first, is not likely.
LIKELY = 10.0


class Candidates(NamedTuple):
    """What a character may have been."""

    code_points: NDArray[np.uint32]
    symbols: NDArray[np.uint16]
    costs: NDArray[np.float32]  # what speaks against it but for its neighbours, in nats
    told: NDArray[np.float32]  # what else speaks for it where it stands
    size: int


@lru_cache(maxsize=1 << 14)
def candidates(fragment: Fragment, damage: Damage) -> Candidates:
    """The commonest characters that `fragment` may be left of."""
    spelt = [
        (s, cost)
        for pending, cost in spellings(fragment, damage)
        if (s := spelt_by(pending, damage, GUESSABLE))
    ]
    if not spelt:
        none = np.zeros(0, np.float32)
        return Candidates(np.zeros(0, np.uint32), np.zeros(0, np.uint16), none, none, 0)
    code_points = np.concatenate([code_points_of(s[0]) for s, _ in spelt])
    symbols = np.concatenate([s[1] for s, _ in spelt])
    costs = np.concatenate([s[2] + np.float32(cost) for s, cost in spelt])
    if len(symbols) > CANDIDATES:
        nats = costs - plausibility.alone().take(code_points, mode="clip")
        best = nats.argsort(kind="stable")[:CANDIDATES]
        code_points, symbols, costs = code_points[best], symbols[best], costs[best]
    return Candidates(code_points, symbols, costs, np.zeros_like(costs), len(symbols))


def filled(
    code_points: NDArray[np.uint32],
    holes: NDArray[np.int64],
    guesses: Sequence[Candidates],
    around: Callable[[NDArray[np.int64], NDArray[np.uint16]], tuple[NDArray[np.uint16], NDArray[np.uint16]]],
    damage: Damage,
    across: NDArray[np.bool_],
) -> tuple[NDArray[np.uint16], NDArray[np.float32]]:
    """The symbols of a row of characters with the likeliest guesses in its holes, and what speaks against each (nats).

    They are put into `code_points`; `NOTHING` where nothing can be guessed. `around` gives the symbols beside some
    holes, from those of all characters; `across` says where the last byte was lost and the next hole's first one too.
    """
    extra = np.zeros(len(code_points), dtype=np.float32)
    fits = np.array([guess.size for guess in guesses], dtype=np.int64)
    only, open_holes = holes[fits == 1], holes[fits > 1]
    code_points[holes[fits == 0]] = NOTHING
    if len(only):
        sure = [guess for guess in guesses if guess.size == 1]
        code_points[only] = np.concatenate([guess.code_points for guess in sure])
        extra[only] = np.concatenate([guess.costs for guess in sure])
    symbols = plausibility.symbols_of(code_points)
    if len(open_holes):
        several = [guess for guess in guesses if guess.size > 1]
        beside, across = around(open_holes, symbols), across[fits > 1]
        many_lost = sum(guess.size > ONE_BYTE for guess in several) * SELDOM >= len(several)
        for again in range(1 + ONCE_MORE if many_lost or len(code_points) <= LINE else 1):
            if again:
                several = narrowed(open_holes, several, symbols, damage.script)
            code_points[open_holes], extra[open_holes] = chosen(open_holes, several, *beside, across, damage)
            symbols[open_holes] = plausibility.symbols_of(code_points[open_holes])
    return symbols, extra


def chosen(
    places: NDArray[np.int64],
    guesses: Sequence[Candidates],
    before: NDArray[np.uint16],
    behind: NDArray[np.uint16],
    across: NDArray[np.bool_],
    damage: Damage,
) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """The likeliest of each of `guesses` (none empty) at `places` in a row of characters, and what it costs.

    `before` and `behind` are the symbols beside each place; no matter where that is another place. `across` says
    where the last byte was lost and the next place's first one too.
    """
    *columns, counts = zip(*guesses, strict=True)
    code_points, symbols, against, told = map(np.concatenate, columns)
    costs = against - told
    sizes = np.array(counts)
    ends = sizes.cumsum()
    starts = ends - sizes
    row = np.array((before.repeat(sizes), symbols, behind.repeat(sizes)))
    row = scripts.forms(damage.script).take(row, axis=1)
    symbols = row[:, 1]
    code = np.zeros(0, dtype=np.uint16)
    if across.any():
        code = codes(damage.true).take(code_points, mode="clip")
    past, rest = cost_of_pairs(row[:, :-1], row[:, 1:]).sum(axis=0) / np.float32(len(row))
    total = costs + past + rest
    # The first of those that cost least.
    least = (total == np.minimum.reduceat(total, starts).repeat(sizes)).nonzero()[0]
    choice = least[least.searchsorted(starts)]
    links = (places[1:] - places[:-1] == 1).nonzero()[0]  # where the next one is a guess too
    for chain in np.split(links, (links[1:] - links[:-1] > 1).nonzero()[0] + 1) if len(links) else ():
        members = slice(chain[0], chain[-1] + 2)
        parts = [slice(start, end) for start, end in zip(starts[members], ends[members], strict=True)]
        if parts[-1].stop - parts[0].start == len(parts):
            continue  # there is nothing to choose
        own = [costs[part] for part in parts]
        own[0] = own[0] + past[parts[0]]
        own[-1] = total[parts[-1]] - past[parts[-1]]
        meeting = [
            (code[first] & 0xFF, code[second] >> 8) if both_lost else None
            for first, second, both_lost in zip(parts, parts[1:], across[members], strict=False)
        ]
        forms = [symbols[:, part] for part in parts]
        choice[members] = starts[members] + _likeliest(forms, own, meeting, damage.wrong)
    return code_points[choice], against[choice]


def narrowed(
    places: NDArray[np.int64], guesses: Sequence[Candidates], row: NDArray[np.uint16], script: str
) -> list[Candidates]:
    """Those of `guesses` at `places` that are likely in `row`, where all are guessed, and what more speaks for them.

    Two more characters on either side do, and that what it makes with a neighbour stands elsewhere in `row` too.
    """
    *columns, sizes = zip(*guesses, strict=True)
    code_points, symbols, costs, told = map(np.concatenate, columns)
    row = np.pad(row, 2, constant_values=plausibility.symbol("\n"))
    at = (places + 2).repeat(sizes)
    forms = scripts.forms(script)
    near = forms.take(np.array((row.take(at - 1), symbols, row.take(at + 1))), axis=1)
    total = costs - told + cost_of_pairs(near[:, :-1], near[:, 1:]).sum(axis=(0, 1)) / np.float32(len(near))
    starts = np.cumsum(sizes) - sizes
    is_likely = total <= np.minimum.reduceat(total, starts).repeat(sizes) + LIKELY
    kept = is_likely.nonzero()[0]
    code_points, symbols, costs = code_points[kept], symbols[kept], costs[kept]
    told = _told(at[kept], symbols, row)
    ends = np.cumsum(np.add.reduceat(is_likely, starts, dtype=np.int64))[:-1]
    parts = np.split(np.arange(len(kept)), ends)
    return [Candidates(code_points[p], symbols[p], costs[p], told[p], len(p)) for p in parts]


def _told(at: NDArray[np.int64], symbols: NDArray[np.uint16], row: NDArray[np.uint16]) -> NDArray[np.float32]:
    """What speaks for each of `symbols` in its place of `row` but its two neighbours, in nats."""
    around = np.array([row.take(at - 2), row.take(at - 1), symbols, row.take(at + 1), row.take(at + 2)])
    nats = np.zeros(len(at), dtype=np.float32)
    for i in range(3):
        nats += plausibility.triples(*around[i : i + 3])
    pairs, count = np.unique(_pair(row[:-1], row[1:]), return_counts=True)
    is_here = symbols == row.take(at)
    for first, second in pairwise(around[1:4]):
        pair = _pair(first, second)
        place = pairs.searchsorted(pair)
        times = np.where(pairs.take(place, mode="clip") == pair, count.take(place, mode="clip"), 0)
        is_word = (first != row[0]) & (second != row[0])
        nats += ELSEWHERE * np.log1p(times - is_here, dtype=np.float32) * is_word
    return nats


def _pair(first: NDArray[np.uint16], second: NDArray[np.uint16]) -> NDArray[np.uint32]:
    both: NDArray[np.uint32] = first.astype(np.uint32) << np.uint32(16) | second
    return both


def _likeliest(
    symbols: Sequence[NDArray[np.uint16]],
    costs: Sequence[NDArray[np.float32]],
    meeting: Sequence[tuple[NDArray[np.integer[Any]], NDArray[np.integer[Any]]] | None],
    wrong: str,
) -> list[int]:
    """Of each of `symbols`, which follow each other, the one that is likeliest whatever the others are.

    `meeting` are the bytes that meet where both were lost: no two that are a character in the page `wrong`.
    """
    # So far behind the cheapest none is likely; less would be no number.
    own = [np.exp(np.maximum(cost.min() - cost, -3 * CAP)) for cost in costs]
    # How likely each one is by what stands before, and the way from the best of those to the next ones. The sums are
    # not left to `@`, which adds in another order on another machine.
    forward, steps = [own[0]], []
    for first, second, chance, lost in zip(symbols, symbols[1:], own[1:], meeting, strict=False):
        best = forward[-1].argsort()[-PASTS:]
        step = np.exp(_table(first[:, best], second))
        if lost:
            step[defined(wrong)[lost[0][best, None], lost[1]]] *= NOT_LOST
        likely = np.einsum("i,ij->j", forward[-1][best], step) * chance
        forward.append(likely / likely.max())
        steps.append((best, step))
    choice = [int(forward[-1].argmax())]
    backward = np.ones_like(forward[-1])
    for k in reversed(range(len(steps))):
        best, step = steps[k]
        rest = np.einsum("ij,j->i", step, own[k + 1] * backward)
        backward = np.zeros_like(forward[k])
        backward[best] = rest / rest.max()
        choice.append(int((forward[k] * backward).argmax()))
    return choice[::-1]


def _table(first: NDArray[np.uint16], second: NDArray[np.uint16]) -> NDArray[np.float32]:
    """[first, second]: ln P of each after each, both given in several forms."""
    values = np.maximum(plausibility.table(first[0], second[0]), -CAP)
    for form in zip(first[1:], second[1:], strict=True):
        values += np.maximum(plausibility.table(*form), -CAP)
    return np.divide(values, len(first), dtype=np.float32)


@lru_cache(maxsize=2)  # of the text that is at work
def costs_of(text: str) -> NDArray[np.float32]:
    """What each character of `text` costs behind the one before it, and a line's end behind all, in nats."""
    symbols = plausibility.symbols(f"\n{text}\n")
    return cost_of_pairs(symbols[:-1], symbols[1:])


def cost_of_pairs(first: NDArray[np.uint16], second: NDArray[np.uint16]) -> NDArray[np.float32]:
    """What each symbol of `second` costs behind the one of `first`, in nats."""
    nats: NDArray[np.float32] = np.minimum(-plausibility.pairs(first, second), CAP)
    return nats
