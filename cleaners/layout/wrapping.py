"""Which line ends stand inside a sentence.

What the words say of each seam (`language`) is weighed together with what the document's own layout says: if
its line ends in mid-sentence are those of full lines, of lines without a blank one behind, of lines
without indentation behind, then such line ends count for a join everywhere in it, and the others
against. All in natural logarithms of likelihood ratios, join : break.
"""

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from cleaners.layout import language
from cleaners.layout.lines import NEVER_FIRST, OPENING, Line

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# Ln odds of a join where the layout says nothing, in a document without other joins and with many.
RARE, COMMON = -3.0, 1.0
# For one seam at which a mark stands on the wrong side, so many are joins.
SURE_SHARE = 6
# One layout feature says at most this much.
MOST = 5.0
# So much likelier (in nats) must the lines' lengths be under a wrap than by chance.
WRAPPED = 4.0
# One seam counts at most so much for a wrap; and so rarely is a line longer than the width.
SURE, LONGER = 2.0, 0.02
# How a line's length lies to the width; the last one has no room for the next words up to a space.
SHORT, FULL, OVER, SPACED = range(4)
# Pseudo-counts of these for lines that go on, and for those that end a paragraph.
GOING_ON, ENDING = (0.05, 0.9, 0.01, 0.04), (1.9, 0.05, 0.03, 0.02)

_UNIT = re.compile(
    rf"[{re.escape(OPENING)}]*(?:[A-Za-z0-9][A-Za-z0-9.%'’-]{{0,30}}|.)[{re.escape(NEVER_FIRST)}]*", re.DOTALL
)
_TOKEN = re.compile(r"\S+(?=\s)")


def joins(text: str, folded: str, lines: list[Line]) -> dict[int, float]:
    """Line ends to be joined -> confidence; line end i is that of `lines[i]`."""
    if len(lines) < 2:
        return {}
    starts, seams, prose = language.read(text, folded, lines)
    words = np.array(
        [language.score(start, seam, prose, 0.5) for start, seam in zip(starts, seams, strict=False)]
    )
    layout, prior, wrapped = _layout(text, lines, words, _expected(seams))
    short = 0.0 if wrapped else (COMMON - prior) / (COMMON - RARE)
    found: dict[int, float] = {}
    paragraph = starts[0]
    for i, seam in enumerate(seams):
        score = language.score(paragraph, seam, prose, short) + layout[i] + prior
        if score > 0:
            found[i] = round(float(1 / (1 + np.exp(-score))), 2)
            paragraph = language.going_on(paragraph, starts[i + 1])
        else:
            paragraph = starts[i + 1]
    return found


def _expected(seams: Sequence[language.Seam]) -> float:
    """Ln odds of a join in a document whose lines are not wrapped, from the joins that are sure."""
    sure = sum(seam.verdict == language.CLOSED or seam.tail == "open" for seam in seams)
    prose = [seam for seam in seams if seam.tail == "word" and seam.verdict is None and not seam.verse]
    unmarked = [seam.runs_on for seam in prose]
    # Whole words cut off run on (+1.4 at the median), titles and entries of lists do not (-1.3).
    running = len(unmarked) if len(unmarked) > 2 and sum(unmarked) > len(unmarked) else 0
    share = min((SURE_SHARE * sure + running) / len(seams), 0.99)
    return float(np.clip(np.log((share + 1e-9) / (1 - share)), RARE, COMMON))


def _layout(text: str, lines: list[Line], words: Floats, prior: float) -> tuple[Floats, float, bool]:
    """What the layout says of each line end (ln LR), the ln odds of a join, and whether lines are wrapped."""
    margins = np.array([line.start - line.margin for line in lines])
    blanks = np.array([min(line.blanks, 2) for line in lines[1:]])
    indented = (margins[1:] > margins.min()).astype(np.int64)
    lengths = _lengths(text, lines, words)
    wrapped = lengths is not None
    evidence = np.zeros(len(words))
    if wrapped:
        prior = 0.0
    # Which seams are joins and what the layout has to do with it explain each other: a few rounds settle it.
    for _ in range(4 if wrapped else 1):
        share = 1 / (1 + np.exp(-np.clip(words + evidence + prior, -30, 30)))
        evidence = _ratio(blanks, share) + _ratio(indented, share)
        if lengths is not None:
            evidence = evidence + _ratio(lengths, share, GOING_ON, ENDING)
            prior = float(np.clip(np.log(share.sum() + 0.5) - np.log((1 - share).sum() + 0.5), -3, 3))
    return evidence, prior, wrapped


def _ratio(
    feature: Integers,
    share: Floats,
    going_on: tuple[float, ...] = (0.5,) * 3,
    ending: tuple[float, ...] = (0.5,) * 3,
) -> Floats:
    """ln P(feature | join) / P(feature | break) of each line end, as the document itself has it."""
    joined = np.bincount(feature, share, len(going_on)) + going_on
    broken = np.bincount(feature, 1 - share, len(ending)) + ending
    ratio = np.log(joined / joined.sum()) - np.log(broken / broken.sum())
    return np.asarray(np.clip(ratio, -MOST, MOST)[feature], dtype=np.float64)


def _lengths(text: str, lines: list[Line], words: Floats) -> Integers | None:
    """How each line's length lies to the width at which the text is wrapped; None if it is not."""
    code_points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    margins, starts, ends = (np.array(column) for column in list(zip(*lines, strict=True))[:3])
    # A line had no room for the next one's first unit, or for its words up to a space.
    unit_ends = np.array([_end(_UNIT, text, line) for line in lines[1:]])
    token_ends = np.array([_end(_TOKEN, text, line) for line in lines[1:]])
    hanging = np.array([text[end - 1] in NEVER_FIRST for end in ends[:-1]])
    best, found = WRAPPED, None
    for measure in _MEASURES:
        sums = np.concatenate(([0], np.cumsum(measure(code_points))))
        unit, token = sums[unit_ends] - sums[starts[1:]], sums[token_ends] - sums[starts[1:]]
        for left in (starts, margins):
            sizes = (sums[ends] - sums[left])[:-1]
            bare = sizes - hanging * (sums[ends] - sums[ends - 1])[:-1]
            for width in _candidates(sizes):
                lengths = np.select(
                    [bare > width, sizes + unit > width, sizes + token > width], [OVER, FULL, SPACED], SHORT
                )
                gain = _gain(lengths, width / unit, words)
                if gain > best:
                    best, found = gain, lengths
    return found


def _end(pattern: re.Pattern[str], text: str, line: Line) -> int:
    match = pattern.match(text, line.start, line.end)
    return match.end() if match else line.start


def _candidates(sizes: Integers) -> list[int]:
    """The widths that could be: the lengths that the most lines have or nearly have."""
    counts = np.bincount(sizes)
    near = np.convolve(counts, np.ones(3, dtype=np.int64))[: len(counts)]
    commonest = np.argsort(-near, kind="stable")[:8]
    return [int(width) for width in commonest if near[width] > 1]


def _gain(lengths: Integers, room: Floats, words: Floats) -> float:
    """ln LR of these lengths: wrapped at a width against anything; 0 if the words deny it.

    Under a wrap, a line that goes on is full, out of `room` lengths it could have had; one that ends a
    paragraph has any length. Verse has lines of one length too, but they end as sentences do.
    """
    full = lengths == FULL
    if np.clip(words[full], None, SURE).sum() < SURE:
        return 0.0
    share = np.clip(1 / (1 + np.exp(-words)), 0.02, 0.9)
    likelihood = np.where(full, 1 - share + share * room, 1 - share)
    return float(np.log(likelihood * np.where(lengths == OVER, LONGER, 1.0)).sum())


def _characters(code_points: NDArray[np.uint32]) -> Integers:
    return np.ones(len(code_points), dtype=np.int64)


def _columns(code_points: NDArray[np.uint32]) -> Integers:
    return np.where(code_points < 0x2E80, 1, 2)


def _octets(code_points: NDArray[np.uint32]) -> Integers:
    return 1 + (code_points >= 0x80) + (code_points >= 0x800) + (code_points >= 0x10000)


_MEASURES: tuple[Callable[[NDArray[np.uint32]], Integers], ...] = (_characters, _columns, _octets)
