"""What a damaged run was, where no byte of it is lost: nothing is to be guessed but where it begins and ends.

A text is a lattice. Each of its characters is an arc over the bytes that it has in the wrong page, and so is
each character that these bytes spell in the true one. The cheapest path under the language model is the text
as it was; it goes from arcs of one kind to those of the other where damage begins and ends.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaners import plausibility
from cleaners.characters import codes
from cleaners.mojibake import letters, scripts
from cleaners.mojibake.beam import STAYING
from cleaners.mojibake.code_pages import bytes_of, characters, other_bytes
from cleaners.mojibake.languages import HANGUL_RANGES, KANA_RANGES, LANGUAGES, cost_of_pairs, is_in
from cleaners.mojibake.reading import ENTER
from cleaners.mojibake.repairs import Repair, repair
from cleaners.mojibake.spelling import COMMON_MARKS, KANA


class _Edges(NamedTuple):
    """What it costs (nats) that damage begins and ends, within a line and at its ends."""

    enter: float
    leave: float
    enter_line: float
    leave_line: float


# Whole lines are damaged more often than parts of them. With more than three nats for that, runs that end one character
# before a line's end reach it too.
EDGES = _Edges(enter=ENTER, leave=7.0, enter_line=7.0, leave_line=4.0)
# Where such damage is known to be in a text there is more of it: it begins with any line, and goes on.
EDGES_AGAIN = _Edges(enter=8.0, leave=7.0, enter_line=3.0, leave_line=3.0)
# Question marks may stand for lost bytes, behind which nothing goes on as it was.
LEAVE_AT_LOSS = 1.5
# Damage begins behind a mark more often than within words.
BEHIND_MARK = 2.0
MARKS = [ord(mark) for mark in COMMON_MARKS]
# Chinese and Japanese text has no spaces within a sentence, Korean has.
BLANK = [*range(33), 0x3000]
LINE_ENDS = [10, 13]

# What kana, Hangul and signs of Western pages cost as they stand in Chinese text, which has hardly any (nats).
NOT_CHINESE = 20.0
# And what other signs cost more than they do for the language model, in either reading: one at an edge is mostly a mark
# of the other reading. Letters and digits of full width are none of them, nor what joins names and sets off words.
SIGN = 6.0
NO_SIGNS = (
    (0, 0x80), (0xB7, 0xB8), (0x2015, 0x2016), (0x3000, 0x3001), (0x3008, 0x300A), (0x3014, 0x3016), *KANA_RANGES,
    (0x3400, 0xA000), *HANGUL_RANGES, (0xFF05, 0xFF06), (0xFF0C, 0xFF1C), (0xFF21, 0xFF3B), (0xFF41, 0xFF5B),
    (0xFF5E, 0xFF5F), (0x20000, 0x110000),
)  # fmt: skip
# Digits are one symbol for the language model, and letters another, though one of many is read (nats).
ONE_OF_MANY = 3.0
DIGITS_AND_LETTERS = ((0xFF10, 0xFF1A), (0xFF21, 0xFF3B), (0xFF41, 0xFF5B))
# Text in one script has hardly any characters that only the other one has (nats).
FOREIGN = 6.0

NO_BYTE = b"\xff"  # is in no character of any page
LONGEST = 4  # bytes a character
# The offset of a byte times this is a node; between, there is room for bytes that stand there otherwise.
NODES = 8


class _Arcs(NamedTuple):
    """Characters over bytes, each from one node to another."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    code_point: NDArray[np.int64]


def restore(
    text: str, start: int, end: int, true: str, wrong: str, *, script: str = "", again: bool = False
) -> list[Repair]:
    """The runs of `text[start:end]` that were in the page `true` and read as if they were in `wrong`, in order.

    `script` is that of the text, and `again` says that it is known to have such runs. Linear time, some microseconds
    a character.
    """
    piece = text[start:end]
    written = [bytes_of(character, wrong) or NO_BYTE for character in piece]
    bounds = np.cumsum([0, *map(len, written)])
    raw = b"".join(written)
    standing = _Arcs(bounds[:-1] * NODES, bounds[1:] * NODES, codes(piece).astype(np.int64))
    spelt = _spelt(raw, true)
    if extra := list(_spelt_otherwise(piece, raw, bounds, true, wrong)):
        spelt = _Arcs(*map(np.concatenate, zip(spelt, np.array(extra).T, strict=True)))
    edges = EDGES_AGAIN if again else EDGES
    if "?" in piece:
        edges = edges._replace(leave=LEAVE_AT_LOSS)
    before, behind = text[max(0, start - 1) : start] or "\n", text[end : end + 1] or "\n"
    ways = _ways(before, standing, spelt, true, script, edges)
    path = _cheapest(ways)
    if ord(behind) in LINE_ENDS and _began_within(before, path):
        path = _cheapest(ways, edges.leave)
    runs = (list(arcs) for is_spelt, arcs in groupby(path, key=lambda arc: arc.spelt) if is_spelt)
    repairs = []
    for run in runs:
        first, last = (
            start + int(bounds.searchsorted(node // NODES)) for node in (run[0].start, run[-1].end)
        )
        repairs.append(repair(text, first, last, "".join(chr(arc.code_point) for arc in run), true))
    return [repair for repair in repairs if repair.before != repair.after]


def _spelt(raw: bytes, true: str) -> _Arcs:
    """All characters of the page `true` that bytes of `raw` spell."""
    byte = np.frombuffer(raw + bytes(LONGEST), dtype=np.uint8).astype(np.int64)
    first, second, third, fourth = (byte[k : len(raw) + k] for k in range(LONGEST))
    code_points = np.where(first < 0x80, first, 0)
    length = np.ones(len(raw), dtype=np.int64)
    if true == "utf-8":
        well_formed = first >= 0xC2
        code_point = first.copy()
        for n, following, lead in ((2, second, 0xC0), (3, third, 0xE0), (4, fourth, 0xF0)):
            well_formed = well_formed & (following & 0xC0 == 0x80)
            code_point = code_point << 6 | following & 0x3F
            here = well_formed & (first >= lead) & (first < lead + (256 - lead) // 2)
            code_points[here] = code_point[here] - (lead << 6 * (n - 1))
            length[here] = n
        surrogate = (code_points >= 0xD800) & (code_points < 0xE000)
        code_points[surrogate | (code_points > 0x10FFFF)] = 0
    else:
        of_two = np.where(first >= 0x80, characters(true)[first, second], 0)
        code_points += of_two
        length += of_two > 0
        if true == "cp932":
            half_width = (first >= 0xA1) & (first < 0xE0)
            code_points[half_width], length[half_width] = first[half_width] + 0xFEC0, 1
        if true == "gb18030":
            places, more = (first >= 0x81) & (second >= 0x30) & (second < 0x3A), 4
        else:
            places, more = (first == 0x8F) & (true == "euc-jp"), 3
        for k in places.nonzero()[0].tolist():
            if character := _character(raw[k : k + more], true):
                code_points[k], length[k] = ord(character), more
    starts = code_points.nonzero()[0]
    return _Arcs(starts * NODES, (starts + length[starts]) * NODES, code_points[starts])


def _spelt_otherwise(
    piece: str, raw: bytes, bounds: NDArray[np.int64], true: str, wrong: str
) -> Iterator[tuple[int, int, int]]:
    """Arcs over bytes that are not in `raw`, since some characters have more than one spelling in the wrong page."""
    others = other_bytes(wrong)
    doubtful = [int(bounds[i]) for i, character in enumerate(piece) if character in others]
    if not doubtful:
        return
    bytes_from = {k * NODES: [(byte, (k + 1) * NODES)] for k, byte in enumerate(raw)}
    origins = set()
    for k, character in zip(doubtful, (c for c in piece if c in others), strict=True):
        for n, (first, second) in enumerate(others[character], 1):
            bytes_from[k * NODES].append((first, (k + 1) * NODES + n))
            bytes_from[(k + 1) * NODES + n] = [(second, (k + 2) * NODES)]
            origins.add((k + 1) * NODES + n)
        origins.update(max(0, k - back) * NODES for back in range(LONGEST))
    for origin in sorted(origins):
        paths = [(b"", origin, origin % NODES > 0)]
        for _ in range(LONGEST):
            paths = [
                (spelt + bytes((byte,)), there, other or there % NODES > 0)
                for spelt, node, other in paths
                for byte, there in bytes_from.get(node, ())
            ]
            for spelt, there, other in paths:
                if other and (character := _character(spelt, true)):
                    yield origin, there, ord(character)


def _character(spelt: bytes, true: str) -> str:
    try:
        character = spelt.decode(true)
    except UnicodeDecodeError:
        return ""
    return character if len(character) == 1 else ""


class _Arc(NamedTuple):
    start: int
    end: int
    code_point: int
    spelt: bool


def _began_within(before: str, path: list[_Arc]) -> bool:
    """Whether hanzi stand before the run with which `path` ends, in its line: then it mostly ends within that too."""
    clean = [ord(before), *(arc.code_point for arc in path if not arc.spelt)]
    last = next((c for c in reversed(clean) if c in LINE_ENDS or 0x3400 <= c < 0xA000), LINE_ENDS[0])
    return path[-1].spelt and last not in LINE_ENDS


class _Ways(NamedTuple):
    """The cheapest way to each pair of arcs, of which the second begins where the first ends."""

    arcs: _Arcs
    is_spelt: NDArray[np.bool_]  # of each arc
    second: NDArray[np.int64]  # the second arc of each pair
    past: list[int]  # the pair before each; -1 for none
    total: list[float]  # what it costs up to the end of each (nats)
    last: list[int]  # the pairs that end where the text does


def _ways(before: str, standing: _Arcs, spelt: _Arcs, true: str, script: str, edges: _Edges) -> _Ways:
    """All ways over the arcs of a text behind the character `before`."""
    arcs = _Arcs(*map(np.concatenate, zip(([-1], [0], [ord(before)]), standing, spelt, strict=True)))
    order = arcs.start.argsort(kind="stable")
    is_spelt = order > len(standing.start)
    arcs = _Arcs(*(values[order] for values in arcs))
    first, second = _following(arcs.start, arcs.end)
    code_points = arcs.code_point.astype(np.uint32)
    symbols = plausibility.symbols_of(code_points)
    # Nothing is capped: whether there is damage at all is not decided here.
    forms = scripts.forms(script).take(symbols, axis=1)
    of_pairs = (cost_of_pairs(s[first], s[second], code_points[second], true, np.inf) for s in forms)
    cost = sum(of_pairs, np.zeros(len(first))) / len(forms)
    if true not in LANGUAGES:
        is_foreign = ~is_spelt & is_in(code_points, *KANA_RANGES, *HANGUL_RANGES)
        cost = np.where(is_foreign[second], NOT_CHINESE, cost)
    is_odd = ~is_spelt & np.isin(code_points, letters.odd_code_points())
    cost = np.where(is_odd[second], np.maximum(cost, NOT_CHINESE), cost)
    begins, ends = is_spelt[second] > is_spelt[first], is_spelt[second] < is_spelt[first]
    end = np.isin(arcs.code_point, LINE_ENDS if true == "cp949" else BLANK)
    mark = np.isin(arcs.code_point, MARKS)
    enter = np.where(end, edges.enter_line, edges.enter - BEHIND_MARK * mark)
    leave = np.where(end, edges.leave_line, edges.leave)
    cost += np.where(begins, enter[first], 0) + np.where(ends, leave[second], 0)
    extra = np.where(is_spelt, STAYING, 0)
    if true not in LANGUAGES:
        extra[is_spelt & is_in(code_points, *KANA_RANGES)] += KANA
        extra[~is_in(code_points, *NO_SIGNS) & ~np.isin(code_points, MARKS)] += SIGN
        extra[is_in(code_points, *DIGITS_AND_LETTERS)] += ONE_OF_MANY
    extra[scripts.is_foreign(script).take(code_points, mode="clip")] += FOREIGN
    cost += extra[second]
    # What is the same in both pages begins no run.
    cost[begins & (arcs.code_point[second] < 0x80)] = np.inf
    # The cheapest way is sought over pairs of arcs, so that three characters in a row tell too.
    past, pair = _following(first, second)
    cost_of_three = cost[pair] - plausibility.triples(
        symbols[first[past]], symbols[second[past]], symbols[second[pair]]
    )
    totals = np.where(first == 0, cost, np.inf).tolist()
    pasts = [-1] * len(totals)
    for a, b, c in zip(past.tolist(), pair.tolist(), cost_of_three.tolist(), strict=True):
        total = totals[a] + c
        if total < totals[b]:
            totals[b], pasts[b] = total, a
    last = (arcs.end[second] == standing.end[-1]).nonzero()[0].tolist()
    return _Ways(arcs, is_spelt, second, pasts, totals, last)


def _cheapest(ways: _Ways, at_end: float = 0.0) -> list[_Arc]:
    """The arcs of the way that costs least, where damage at its end costs so much more (nats)."""
    pair = min(ways.last, key=lambda k: ways.total[k] + at_end * bool(ways.is_spelt[ways.second[k]]))
    path = []
    while pair >= 0:
        path.append(int(ways.second[pair]))
        pair = ways.past[pair]
    path.reverse()
    return [_Arc(*arc) for arc in zip(*(a[path].tolist() for a in (*ways.arcs, ways.is_spelt)), strict=True)]


def _following(
    start: NDArray[np.int64], end: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All pairs of which the second starts where the first ends, in the order in which the second ones start."""
    second = start.argsort(kind="stable")
    by_end = end.argsort(kind="stable")
    ends = end[by_end]
    low = ends.searchsorted(start[second], "left")
    count = ends.searchsorted(start[second], "right") - low
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return by_end[np.repeat(low, count) + within], np.repeat(second, count)
