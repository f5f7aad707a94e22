"""At which width the lines of a text are wrapped, if they are.

A wrapper puts on a line whatever still fits. So a line that goes on is full: the next line's first word would not
have fitted. Widths are counted in characters, in columns or in bytes, with or without the indentation; the
one under which full lines are those that go on, and short lines those that end a paragraph, is the
document's.
"""

import re
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from cleaners.characters import codes
from cleaners.layout.lines import NEVER_FIRST, OPENING, Line, matching

Floats = NDArray[np.float64]
Integers = NDArray[np.signedinteger]

# How a line's length lies to the width; the last has no room for the next line's words up to a space.
SHORT, FULL, OVER, SPACED = range(4)

# So much likelier (in nats) must the lines' lengths be under a wrap than by chance.
WRAPPED = 4.0
# Fewer lines that seem to go on show no width: they are as long as another line by chance.
FEWEST = 3
# One seam counts at most so much for a wrap; and so rarely is a line longer than the width.
SURE, LONGER = 2.0, 0.02
# How sure the words can be that a line goes on, or does not: a paragraph may end like a cut-off sentence.
LEAST, MOST = 0.02, 0.9
# So many of the commonest lengths are tried: those that two lines at least have, or nearly have.
CANDIDATES, NEAR = 8, 2
# What rounding may change in a sum.
EXACT = 1e-6

# What a wrapper keeps together: a word, or one character, with what may not end or begin a line.
_OPENING, _NEVER_FIRST = re.escape(OPENING), re.escape(NEVER_FIRST)
_UNIT = re.compile(rf"[{_OPENING}]*(?:[A-Za-z0-9][A-Za-z0-9.%'’-]{{0,30}}|.)[{_NEVER_FIRST}]*", re.DOTALL)


def lengths(
    text: str,
    lines: list[Line],
    hopes: Iterable[float],
    words: Callable[[], Floats],
) -> Integers | None:
    """How the length of each line but the last lies to the width; None if the text is not wrapped.

    `words` is what the words say of each line end (ln LR, join : break) if short lines are no titles or
    verse, and if they are; `hopes` is the former for those line ends that may go on.
    """
    if not may_show(hopes):
        return None
    at = codes(text)
    sums = _sums(at)
    margins, starts, ends = np.array([(line.margin, line.start, line.end) for line in lines]).T
    lefts = (starts,) if np.array_equal(starts, margins) else (starts, margins)
    sizes = np.stack([sums[:, ends] - sums[:, left] for left in lefts], axis=1)[..., :-1]
    ends, starts = ends[:-1], starts[1:]
    # How much longer a line would be with the next one's first word, and shorter without what may hang over.
    spaced = (at[ends - 1] < 0x80) & (at[starts] < 0x80)  # between two Latin words
    units = sums[:, _unit_ends(text, lines, starts)] - sums[:, starts] + spaced
    hanging = sums[:, ends] - sums[:, _hanging(text, lines, ends)]
    best, found, token_ends = WRAPPED, None, None
    for measure, left in np.ndindex(sizes.shape[:2]):
        sum_to, size, unit = sums[measure], sizes[measure, left], units[measure]
        bare = size - hanging[measure]
        widths = _candidates(size)
        # For each width, which lines are full.
        over_at = bare[:, None] > widths
        full_at = ((size + unit)[:, None] > widths) & ~over_at
        most = _most(full_at.sum(axis=0), over_at.sum(axis=0), widths / unit.min())
        for n in np.flatnonzero(most > best):
            if token_ends is None:
                token_ends = np.array([_token_end(text, line) for line in lines[1:]])
            free, wary = words()
            if np.minimum(free, SURE) @ full_at[:, n] < SURE:
                continue  # the words deny that full lines go on
            width, full = int(widths[n]), full_at[:, n]
            token = sum_to[token_ends] - sum_to[starts] + 1
            kinds = np.where(size + token > width, SPACED, SHORT)
            kinds[full] = FULL
            kinds[over_at[:, n]] = OVER
            gain = _gain(kinds, width / unit, np.where(full, free, wary))
            if gain > best:
                best, found = gain, kinds
    return found


def may_show(hopes: Iterable[float]) -> bool:
    """Whether some of the line ends, for which the words say so much, may show a width."""
    going_on = [hope for hope in hopes if hope > 0]
    return len(going_on) >= FEWEST and sum(going_on) >= SURE


def _most(full: Integers, over: Integers, room: Floats) -> Floats:
    """What `_gain` is at most, at widths where so many lines are full and so many longer."""
    return np.asarray(
        full * np.log(1 - MOST + MOST * np.maximum(room, 1)) + over * np.log(LONGER) + EXACT, dtype=np.float64
    )


def _hanging(text: str, lines: list[Line], ends: Integers) -> Integers:
    """Where the marks begin that may hang over at the `ends` of lines."""
    last, before = (matching(f"[{_NEVER_FIRST}]", codes(text)[places]) for places in (ends - 1, ends - 2))
    hanging: Integers = ends - last
    for i in np.flatnonzero(last & before).tolist():  # several marks
        hanging[i] = lines[i].start + len(text[lines[i].start : lines[i].end].rstrip(NEVER_FIRST))
    return hanging


def _unit_ends(text: str, lines: list[Line], starts: Integers) -> Integers:
    """Where the first words end of all lines but the first, with what a wrapper keeps together with them."""
    units: Integers = starts + 1
    first, second = (codes(text).take(places, mode="clip") for places in (starts, units))
    more = matching(rf"[A-Za-z0-9{_OPENING}]", first) | matching(f"[{_NEVER_FIRST}]", second)
    for i in np.flatnonzero(more).tolist():
        if match := _UNIT.match(text, starts.item(i), lines[i + 1].end):
            units[i] = match.end()
    return units


def _token_end(text: str, line: Line) -> int:
    """Where the words up to a line's first space end, which a wrapper keeps together that parts at spaces only."""
    first, *rest = text[line.start : line.end].split(maxsplit=1)
    return line.start + (len(first) if rest else 0)


def _candidates(sizes: Integers) -> Integers:
    """The widths that could be: the lengths that the most lines have or nearly have."""
    counts = np.bincount(sizes)
    near = counts.copy()
    for less in range(1, NEAR + 1):
        near[less:] += counts[:-less]
    possible = np.flatnonzero(near > 1)
    return possible[np.argsort(-near[possible], kind="stable")][:CANDIDATES]


def _gain(kinds: Integers, room: Floats, words: Floats) -> float:
    """ln LR of these lengths: wrapped at a width against anything.

    Under a wrap, a line that goes on is full, out of `room` lengths it could have had; one that ends a
    paragraph has any length. Verse has lines of one length too, but they end as sentences do.
    """
    share = np.minimum(np.maximum(1 / (1 + np.exp(-words)), LEAST), MOST)
    likelihood = np.where(kinds == FULL, 1 - share + share * room, 1 - share)
    return float(np.log(likelihood * np.where(kinds == OVER, LONGER, 1.0)).sum())


def _sums(code_points: NDArray[np.uint32]) -> Integers:
    """Up to each place how many characters, columns and octets there are."""
    steps = np.ones((3, len(code_points)), dtype=np.uint8)
    steps[1] += code_points >= 0x2E80
    for more in (0x80, 0x800, 0x10000):
        steps[2] += code_points >= more
    sums = np.zeros((3, len(code_points) + 1), dtype=np.int32)
    np.cumsum(steps, axis=1, out=sums[:, 1:])
    return sums
