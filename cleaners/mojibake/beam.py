"""What a damaged run was, where bytes of it are lost: a beam search that the language model guides.

The search walks through a run and its surroundings character by character. It is either in clean text,
which stays, or in damaged text: there every character stands for the bytes it has in the wrong page, and
these spell the true text. A byte that was lost (replaced by U+FFFD or "?", dropped, or cut off) is a hole:
each byte that the wrong page cannot read there is tried. Where damage begins and ends comes out of the
same search. What can be read at once (`reading`) is passed over, so that most of it is about edges and bytes that
are missing without a trace.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from cleaners import plausibility
from cleaners.mojibake.code_pages import SINGLE_BYTE
from cleaners.mojibake.guesses import CAP
from cleaners.mojibake.reading import ENTER, LEAVE, Reading, read
from cleaners.mojibake.repairs import Repair, repair
from cleaners.mojibake.spelling import (
    QUESTION_MARK,
    REPLACED,
    Damage,
    Pending,
    Spelt,
    any_lead,
    first_byte,
    lost_before,
    spellings_of,
    spelt_by,
)  # fmt: skip
from cleaners.mojibake.units import DROPPED_BYTE, DROPPED_PAIR

# Costs in nats, beside those of the language model.
STAYING = 0.01  # for every character: damage ends as soon as nothing speaks for it

# What lies further behind the best is given up, and so are all but the best few.
BEHIND = 12.0
WIDTH = 4
# A search may go on while it gains so much for each step (nats); damage that is real gains more. What any
# guess would gain on is held to be worth no more AS_IT_STANDS: U+FFFD, and letters that are single bytes.
NATS_A_STEP = 1.5
AS_IT_STANDS = 6.0

# ASCII is no part of other characters of UTF-8: before a reading, or behind the last one, it is what it is.
PLAIN = re.compile("[\0->@-\x7f]+")


@dataclass
class Budget:
    """How many steps the searches in a text may still take; those that explain damage are given back."""

    steps: float


class _Node(NamedTuple):
    parent: "_Node | None"
    text: str  # what was emitted in damaged text
    entered: int  # the offset at which damage begins or ends here; else -1
    left: int


# (in damage, pending bytes, last symbol) -> (cost, how it came about)
_Beam = dict[tuple[bool, Pending, int], tuple[float, _Node | None]]


def restore(text: str, start: int, end: int, damage: Damage, budget: Budget) -> list[Repair]:
    """The runs of `text[start:end]` that `damage` explains better than chance, in order.

    The search ends early where it has spent more than the budget and what it gained.
    """
    if budget.steps < 0:
        return []
    first = plausibility.symbol(text[start - 1] if start else "\n")
    beam: _Beam = {(False, (), first): (0.0, None)}
    sure = {reading.start: reading for reading in read(text, start, end, damage)}
    steps, earned, as_it_stands = 0, 0.0, list[float]()
    i, beam = _past_plain(start, beam, text, end, sure, damage)
    while i < end and steps <= budget.steps + earned:
        if reading := sure.get(i):
            i, beam = _past_plain(reading.end, _joined(beam, reading), text, end, sure, damage)
            continue
        beam = _step(beam, text, i, end, plausibility.symbol(text[i]), damage)
        steps += 1
        as_it_stands = as_it_stands or _as_it_stands(text[start:end], damage)
        earned = (as_it_stands[i - start] - min(cost for cost, _ in beam.values())) / NATS_A_STEP
        i += 1
    budget.steps -= max(0, steps - max(0, earned))
    _, node = min(_finished(beam), key=lambda found: found[0])
    return _repairs(text, node, sure, damage.true)


def _joined(beam: _Beam, reading: Reading) -> _Beam:
    """`beam` behind what was read at once."""
    settled = []
    for (damaged, pending, _), (cost, node) in beam.items():
        if not pending:
            entered = cost if damaged else cost + ENTER
            settled.append((entered, node if damaged else _Node(node, "", reading.start, -1)))
    cost, node = min(settled, key=lambda found: found[0])
    last = plausibility.symbol(reading.after[-1])
    cost, node = cost + reading.cost_after, _Node(node, reading.after, -1, -1)
    return {
        (True, (), last): (cost, node),
        (False, (), last): (cost + LEAVE, _Node(node, "", -1, reading.end)),
    }


def _past_plain(
    i: int, beam: _Beam, text: str, end: int, sure: Mapping[int, Reading], damage: Damage
) -> tuple[int, _Beam]:
    """Where the search goes on, and its beam: past what is ASCII up to the next reading or the end."""
    plain = PLAIN.match(text, i, end) if damage.true == "utf-8" else None
    if not plain or not (plain.end() == end or plain.end() in sure):
        return i, beam
    clean = [value for key, value in beam.items() if not key[0]]
    return plain.end(), {(False, (), plausibility.symbol(text[plain.end() - 1])): clean[0]}


def _as_it_stands(text: str, damage: Damage) -> list[float]:
    """What `text` costs up to each of its characters, for the budget."""
    single = damage.wrong in SINGLE_BYTE
    limits = [AS_IT_STANDS if c == REPLACED or (single and c > "\x7f") else CAP for c in text]
    costs: list[float] = np.cumsum(np.minimum(-plausibility.lnp(text), limits)).tolist()
    return costs


def _step(beam: _Beam, text: str, i: int, end: int, symbol: int, damage: Damage) -> _Beam:
    """`beam` after the character at `i`."""
    after: _Beam = {}
    clean = [(key, value) for key, value in beam.items() if not key[0]]
    damaged = {key: value for key, value in beam.items() if key[0]}
    for (_, _, last), (cost, node) in clean:
        _keep(after, (False, (), symbol), cost + min(-plausibility.pair(last, symbol), CAP), node)
    following = first_byte(text, i + 1, end, damage)
    spellings = spellings_of(text[i], following, damage)
    for spelling, extra in spellings:
        _merge(after, _fed(damaged, spelling, extra, damage))
    here = first_byte(text, i, end, damage)
    best = min(cost for cost, _ in beam.values())
    incomplete = {key: value for key, value in damaged.items() if key[1]}
    if damage.dropped and incomplete and here is not None:
        lost, any_byte = lost_before(here, damage), any_lead(damage)
        gaps: list[tuple[Pending, float]] = [((lost,), DROPPED_BYTE)]
        if damage.true == "utf-8":
            gaps.append(((any_byte, any_byte), DROPPED_PAIR))
        for holes, extra in gaps:
            between = _fed(incomplete, holes, extra, damage)
            for spelling, more in spellings:
                _merge(after, _fed(between, spelling, more, damage))
    # Who has just left damaged text would have done better to stay.
    begins = [
        (key, value)
        for key, value in clean
        if value[0] + ENTER < best + BEHIND and not (value[1] and value[1].left == i)
    ]
    if begins:
        entered: _Beam = {}
        for (_, _, last), (cost, node) in begins:
            _keep(entered, (True, (), last), cost + ENTER, _Node(node, "", i, -1))
        for spelling, extra in spellings:
            if spelling[0] >= 0x80:
                _merge(after, _fed(entered, spelling, extra, damage))
    ending = {key: value for key, value in after.items() if key[0] and not key[1]}
    if text[i] in (REPLACED, "?"):
        _merge(ending, _fed(damaged, (any_lead(damage),), QUESTION_MARK, damage))
    if damage.dropped:
        cut = {key: value for key, value in after.items() if key[1]}
        _merge(ending, _fed(cut, (any_lead(damage),), DROPPED_BYTE, damage))
    for key, (cost, node) in ending.items():
        if not key[1]:
            _keep(after, (False, (), key[2]), cost + LEAVE, _Node(node, "", -1, i + 1))
    return _pruned(after)


def _finished(beam: _Beam) -> list[tuple[float, _Node | None]]:
    return [value for key, value in beam.items() if not key[0]] or [(0.0, None)]


def _repairs(text: str, node: _Node | None, sure: Mapping[int, Reading], page: str) -> list[Repair]:
    repairs: list[Repair] = []
    left, parts = 0, list[str]()
    while node:
        if node.left >= 0:
            left, parts = node.left, []
        elif node.entered >= 0:
            after, start = "".join(reversed(parts)), node.entered
            if after != text[start:left]:
                reading = sure.get(start)
                costs = (reading.cost_before, reading.cost_after) if reading and reading.end == left else None
                repairs.append(repair(text, start, left, after, page, costs))
        else:
            parts.append(node.text)
        node = node.parent
    return repairs[::-1]


def _keep(beam: _Beam, key: tuple[bool, Pending, int], cost: float, node: _Node | None) -> None:
    known = beam.get(key)
    if known is None or cost < known[0]:
        beam[key] = (cost, node)


def _merge(beam: _Beam, more: _Beam) -> None:
    for key, (cost, node) in more.items():
        _keep(beam, key, cost, node)


def _pruned(beam: _Beam) -> _Beam:
    best = min(cost for cost, _ in beam.values())
    clean = {key: value for key, value in beam.items() if not key[0]}
    near = [(key, value) for key, value in beam.items() if key[0] and value[0] <= best + BEHIND]
    if len(near) > WIDTH:
        near = sorted(near, key=lambda item: item[1][0])[:WIDTH]
    # That nothing is damaged always stays possible.
    return dict(near) | clean


def _fed(beam: _Beam, spelling: Pending, extra: float, damage: Damage) -> _Beam:
    """`beam` after these bytes of the true text."""
    for byte in spelling:
        if not beam:
            break
        beam = _fed_one(beam, byte, damage)
    return {key: (cost + extra + STAYING, node) for key, (cost, node) in beam.items()}


def _fed_one(beam: _Beam, byte: int, damage: Damage) -> _Beam:
    after: _Beam = {}
    groups: dict[Pending, list[tuple[int, float, _Node | None]]] = {}
    for (_, pending, last), (cost, node) in beam.items():
        groups.setdefault(pending, []).append((last, cost, node))
    for pending, members in groups.items():
        grown = (*pending, byte)
        spelt = spelt_by(grown, damage)
        if spelt is None:
            for last, cost, node in members:
                _keep(after, (True, grown, last), cost, node)
        elif spelt[0]:
            _complete(after, members, spelt)
    return after


def _complete(beam: _Beam, members: list[tuple[int, float, "_Node | None"]], spelt: Spelt) -> None:
    """Add what `members` become when one of the characters in `spelt` follows: for each its best past."""
    found, symbols, extra = spelt
    if len(symbols) == 1:
        second = int(symbols[0])
        cost, past = min(
            ((cost + min(-plausibility.pair(last, second), CAP), past) for last, cost, past in members),
            key=lambda found: found[0],
        )
        _keep(beam, (True, (), second), cost + float(extra[0]), _Node(past, found, -1, -1))
        return
    lasts = np.array([last for last, _, _ in members], dtype=np.uint16)
    costs = np.array([cost for _, cost, _ in members], dtype=np.float32)
    table = costs[:, None] - plausibility.table(lasts, symbols)
    total = table.min(axis=0) + extra
    best = (total <= total.min() + BEHIND).nonzero()[0]
    if len(best) > WIDTH:
        best = best[total.take(best).argpartition(WIDTH)[:WIDTH]]
    pasts = table.take(best, axis=1).argmin(axis=0).tolist()
    for c, past, cost, symbol in zip(
        best.tolist(), pasts, total.take(best).tolist(), symbols.take(best).tolist(), strict=True
    ):
        _keep(beam, (True, (), symbol), cost, _Node(members[past][2], found[c], -1, -1))
