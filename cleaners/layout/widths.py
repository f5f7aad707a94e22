"""At which width the lines of a text are wrapped, if they are.

A wrapper puts on a line whatever still fits. So a line that goes on is full: the next line's first word would not
have fitted. Widths are counted in characters, in columns or in bytes, with or without the indentation; the
one under which full lines are those that go on, and short lines those that end a paragraph, is the
document's.
"""

import re
from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cleaners.characters import codes
from cleaners.layout.lines import NEVER_FIRST, OPENING, Line

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# How a line's length lies to the width; the last has no room for the next line's words up to a space.
SHORT, FULL, OVER, SPACED = range(4)

# So much likelier (in nats) must the lines' lengths be under a wrap than by chance.
WRAPPED = 4.0
# One seam counts at most so much for a wrap; and so rarely is a line longer than the width.
SURE, LONGER = 2.0, 0.02
# How sure the words can be that a line goes on, or does not: a paragraph may end like a cut-off sentence.
LEAST, MOST = 0.02, 0.9
# So many of the commonest lengths are tried.
CANDIDATES = 8

# What a wrapper keeps together: a word, or one character, with what may not end or begin a line.
_UNIT = re.compile(
    rf"[{re.escape(OPENING)}]*(?:[A-Za-z0-9][A-Za-z0-9.%'’-]{{0,30}}|.)[{re.escape(NEVER_FIRST)}]*", re.DOTALL
)
# What it keeps together if it parts at spaces only.
_TOKEN = re.compile(r"\S+(?=\s)")


def lengths(text: str, lines: list[Line], free: Floats, wary: Floats) -> Integers | None:
    """How the length of each line but the last lies to the width; None if the text is not wrapped.

    `free` and `wary` are what the words say of each line end (ln LR, join : break) if short lines are no
    titles or verse, and if they are.
    """
    sure = np.minimum(free, SURE)
    if np.maximum(sure, 0.0).sum() < SURE:
        return None  # no line seems to go on
    code_points = codes(text)
    margins, starts, ends = (np.array(column) for column in list(zip(*lines, strict=True))[:3])
    unit_ends = np.array([_end(_UNIT, text, line) for line in lines[1:]])
    # Between two Latin words there was a space; marks may hang over.
    spaced = np.array([text[a.end - 1].isascii() and text[b.start].isascii() for a, b in pairwise(lines)])
    hanging = np.array([line.start + len(text[line.start : line.end].rstrip(NEVER_FIRST)) for line in lines])
    lefts = (starts,) if np.array_equal(starts, margins) else (starts, margins)
    best, found, token_ends = WRAPPED, None, None
    for measure in _MEASURES:
        sums = np.concatenate(([0], np.cumsum(measure(code_points))))
        unit = sums[unit_ends] - sums[starts[1:]] + spaced
        for left in lefts:
            sizes = (sums[ends] - sums[left])[:-1]
            bare = sizes - (sums[ends] - sums[hanging])[:-1]
            widths = _candidates(sizes)
            # For each width, which lines are full; it is none where the words deny that they go on.
            full_at = ((sizes + unit)[:, None] > widths) & (bare[:, None] <= widths)
            for n in np.flatnonzero(sure @ full_at >= SURE):
                width, full = int(widths[n]), full_at[:, n]
                if token_ends is None:
                    token_ends = np.array([_end(_TOKEN, text, line) for line in lines[1:]])
                token = sums[token_ends] - sums[starts[1:]] + 1
                kinds = np.select([bare > width, full, sizes + token > width], [OVER, FULL, SPACED], SHORT)
                gain = _gain(kinds, width / unit, np.where(full, free, wary))
                if gain > best:
                    best, found = gain, kinds
    return found


def _end(pattern: re.Pattern[str], text: str, line: Line) -> int:
    match = pattern.match(text, line.start, line.end)
    return match.end() if match else line.start


def _candidates(sizes: Integers) -> Integers:
    """The widths that could be: the lengths that the most lines have or nearly have."""
    counts = np.bincount(sizes)
    near = np.convolve(counts, np.ones(3, dtype=np.int64))[: len(counts)]
    possible = np.flatnonzero(near > 1)
    return possible[np.argsort(-near[possible], kind="stable")][:CANDIDATES]


def _gain(kinds: Integers, room: Floats, words: Floats) -> float:
    """ln LR of these lengths: wrapped at a width against anything.

    Under a wrap, a line that goes on is full, out of `room` lengths it could have had; one that ends a
    paragraph has any length. Verse has lines of one length too, but they end as sentences do.
    """
    share = np.clip(1 / (1 + np.exp(-words)), LEAST, MOST)
    likelihood = np.where(kinds == FULL, 1 - share + share * room, 1 - share)
    return float(np.log(likelihood * np.where(kinds == OVER, LONGER, 1.0)).sum())


def _characters(code_points: NDArray[np.uint32]) -> Integers:
    return np.ones(len(code_points), dtype=np.int64)


def _columns(code_points: NDArray[np.uint32]) -> Integers:
    return np.where(code_points < 0x2E80, 1, 2)


def _octets(code_points: NDArray[np.uint32]) -> Integers:
    return 1 + (code_points >= 0x80) + (code_points >= 0x800) + (code_points >= 0x10000)


_MEASURES: tuple[Callable[[NDArray[np.uint32]], Integers], ...] = (_characters, _columns, _octets)
