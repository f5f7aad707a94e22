"""Where characters begin in damaged bytes, and in which of two encodings each one is.

A lost or added byte puts every following two-byte character out of step until the next ASCII byte: plain
decoding with "replace" turns a whole sentence into other characters. Here every way to cut the bytes into
characters is weighed with the shared language model, and the likeliest one is found (Viterbi).
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaners import plausibility
from cleaners.document import Segment
from cleaners.encoding.utf8 import SELDOM_BESIDE_CHINESE

# ln P of passing from one encoding to the other: dear enough that two stray bytes (-21 each, as U+FFFD) are
# not read as one character of the other encoding, cheap enough that two characters are.
SWITCH = -20.0
NEVER = -1e9

# A byte A0 between two-byte characters is a no-break space out of HTML, 80 the euro sign of Windows' GBK; both
# are what they are in this page.
SINGLE_BYTES = "cp1252"
NO_BREAK_SPACE = b"\xa0"
MEANT_ALONE = {"gb18030": b"\x80\xa0", "utf-8": b""}

UTF8_LEADS = ((2, rb"[\xc2-\xdf]"), (3, rb"[\xe0-\xef]"), (4, rb"[\xf0-\xf4]"))
GB18030_OF_FOUR = re.compile(rb"(?=([\x81-\xfe][0-9][\x81-\xfe][0-9]))")


class Unit(NamedTuple):
    """One kind of character: what begins at each byte, if it were read so."""

    encoding: str
    length: int  # bytes
    stray: bool  # a byte that is part of no character
    symbols: NDArray[np.uint16]  # what the language model sees
    possible: NDArray[np.bool_]


class Step(NamedTuple):
    """One character of a reading."""

    start: int
    end: int
    encoding: str
    stray: bool


def align(data: bytes, encodings: Sequence[str], switch: float = SWITCH) -> list[Segment]:
    """The likeliest reading of `data`: segments, whose boundaries re-align what is out of step.

    `encodings` are "utf-8" or two-byte code pages, one or two; `switch` is the ln P of passing from one to the
    other. Takes a few microseconds a byte.

    >>> late = "会议听取了关于财政预算的报告。".encode("gb18030")[1:]
    >>> "".join(late[s.start : s.end].decode(s.encoding, "replace") for s in align(late, ["gb18030"]))
    '\ufffd议听取了关于财政预算的报告。'
    """
    units = [unit for encoding in encodings for unit in _units(data, encoding) if unit.possible.any()]
    segments: list[Segment] = []
    for (encoding, stray), group in groupby(
        _likeliest(len(data), units, switch), key=lambda step: (step.encoding, step.stray)
    ):
        steps = list(group)
        if stray and encoding != "utf-8":  # on its own, so that it takes no other byte with it
            segments += (_stray(data, step) for step in steps)
        else:
            segments.append(Segment(steps[0].start, steps[-1].end, encoding))
    return segments


def _stray(data: bytes, step: Step) -> Segment:
    """A byte that is part of no character, but may mean something alone."""
    alone = data[step.start] in MEANT_ALONE.get(step.encoding, NO_BREAK_SPACE)
    return Segment(step.start, step.end, SINGLE_BYTES if alone else step.encoding)


def _likeliest(size: int, units: Sequence[Unit], switch: float) -> list[Step]:
    """The likeliest way through `size` bytes."""
    cost = _costs(size, units, switch)
    possible = [unit.possible.tolist() for unit in units]
    # By offset and unit: ln P of the best reading that ends there with such a character; the unit before it.
    best = [[NEVER] * len(units) for _ in range(size + 1)]
    before = [[0] * len(units) for _ in range(size + 1)]
    for number, unit in enumerate(units):
        if possible[number][0]:
            best[unit.length][number] = 0.0
    for at in range(1, size):
        reached = [(number, value) for number, value in enumerate(best[at]) if value > NEVER]
        if not reached:
            continue
        for number, unit in enumerate(units):
            if possible[number][at]:
                after = cost[number][at]
                value, source = max((value + after[last], last) for last, value in reached)
                best[at + unit.length][number], before[at + unit.length][number] = value, source
    steps: list[Step] = []
    at, number = size, max(range(len(units)), key=best[size].__getitem__)
    while at:
        unit = units[number]
        steps.append(Step(at - unit.length, at, unit.encoding, unit.stray))
        at, number = at - unit.length, before[at][number]
    return steps[::-1]


def _costs(size: int, units: Sequence[Unit], switch: float) -> list[list[list[float]]]:
    """By unit, offset and the unit before it: ln P of its character there."""
    costs = np.empty((len(units), size, len(units)))
    for i, unit in enumerate(units):
        for j, last in enumerate(units):
            symbols = np.concatenate((np.zeros(last.length, np.uint16), last.symbols))[:size]
            costs[i, :, j] = plausibility.pairs(symbols, unit.symbols)
            if unit.encoding != last.encoding:
                costs[i, :, j] += switch
    nested: list[list[list[float]]] = costs.tolist()
    return nested


def _units(data: bytes, encoding: str) -> Iterator[Unit]:
    """All that `data` can be cut into in `encoding`."""
    byte = np.frombuffer(data, np.uint8).astype(np.int64)
    text = data.decode("ascii", "replace")
    yield Unit(encoding, 1, False, plausibility.symbols(text), byte < 0x80)
    alone = [
        chr(at) if at in MEANT_ALONE.get(encoding, NO_BREAK_SPACE) else c
        for at, c in zip(data, text, strict=True)
    ]
    yield Unit(encoding, 1, True, plausibility.symbols("".join(alone)), byte >= 0x80)
    if encoding == "utf-8":
        for length, lead in UTF8_LEADS:
            well_formed = re.compile(rb"(?=(%s[\x80-\xbf]{%d}))" % (lead, length - 1))
            yield _found(data, encoding, length, well_formed)
        return
    pair_symbols, is_character = _pairs_of(encoding)
    pairs = byte << 8 | np.append(byte[1:], 0)
    yield Unit(encoding, 2, False, pair_symbols[pairs], is_character[pairs])
    if encoding == "gb18030":
        yield _found(data, encoding, 4, GB18030_OF_FOUR)


def _found(data: bytes, encoding: str, length: int, pattern: re.Pattern[bytes]) -> Unit:
    """The unit of the characters that `pattern` finds in `data`."""
    symbols, possible = np.zeros(len(data), np.uint16), np.zeros(len(data), np.bool_)
    for match in pattern.finditer(data):
        text = match[1].decode(encoding, "ignore")
        if len(text) == 1 and not (encoding == "utf-8" and SELDOM_BESIDE_CHINESE.match(text)):
            symbols[match.start()], possible[match.start()] = plausibility.symbols(text)[0], True
    return Unit(encoding, length, False, symbols, possible)


@cache
def _pairs_of(encoding: str) -> tuple[NDArray[np.uint16], NDArray[np.bool_]]:
    """For every pair of bytes, what the language model sees in it, and whether it is a character."""
    symbols, is_character = np.zeros(0x10000, np.uint16), np.zeros(0x10000, np.bool_)
    for pair in range(0x8140, 0xFF00):
        text = pair.to_bytes(2, "big").decode(encoding, "ignore")
        if pair & 0xFF >= 0x40 and text and not text[-1].isascii():
            symbols[pair], is_character[pair] = plausibility.symbols(text)[0], True
    return symbols, is_character
