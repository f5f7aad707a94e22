"""Which line ends stand inside a sentence.

Two kinds of evidence are weighed in natural logarithms of likelihood ratios (join : break). What the
language says of a seam: how the line before ends, how the next begins, whether the two run on under
the language model. And what the document's own layout says: if its line ends in mid-sentence
are those of full lines, of lines without a blank one behind, of lines without indentation behind, then
such line ends count for a join everywhere in it, and the others against.
"""

import re
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaners import plausibility
from cleaners.layout.lines import (
    DATE,
    FINAL,
    HANZI,
    NEVER_FIRST,
    OPENING,
    PAUSES,
    SALUTATION,
    Line,
    has_final,
    has_marks,
    heads,
    tail,
)

Floats = NDArray[np.float64]

# ln P(the line before ends so | join) / P(... | break), counted on corpus documents wrapped at 30-80
# characters. Without a mark it is worth more after prose than after what may be a heading.
TAILS = {"final": -3.3, "colon": -2.0, "semicolon": -1.5, "comma": 5.0, "open": 6.0, "word": 0.7}
PROSE = 5.0
CLOSED = 7.0  # the next line begins with what closes or ends something
TITLE = -3.0  # where lines are not wrapped, what has no mark at all is a title or an entry of a list
VERSE = 0.0  # line and next line are one short clause each, so that a comma says nothing
HEADING = -2.5  # the paragraph begins like a numbered heading and has no sentence's end
LOST = -3.0  # ... with a comma or stop where the line before ends with a stop
SEPARATED = -8.0  # ... has nothing to read: "|", "------"
MARKED = -5.0  # ... or the line before ends with a sign of markup
MARKER = -4.3  # ... with a numbered heading or item
DATED = -6.0  # one of the two lines is a date
SALUTED = -4.0  # ... is an address
# ln LR of two hanzi running on = SLOPE * (ln P(b|a) - ln P(end|a) P(b|start)) + OFFSET: a logistic fit to
# 5,810 word boundaries inside sentences against 4,075 ends of paragraphs whose mark was taken away.
SLOPE, OFFSET = 0.82, -3.55
UNKNOWN = 0.0  # of other characters it says nothing
# If more than this share of the prose lines end without a mark, and don't run on, the author is the cause.
HABIT = 0.2
# The longest clause that may be a line of verse.
VERSE_LENGTH = 20
# The line is prose, not a heading, if it is as long as this and has a mark inside.
PROSE_LENGTH = 60
# Ln odds of a join where the layout says nothing, in a document without other joins and with many.
RARE, COMMON = -3.0, 0.5
# One layout feature says at most this much.
MOST = 5.0
# So much likelier (in nats) must the lines' lengths be under a wrap than by chance.
WRAPPED = 4.0
# One seam counts at most so much for a wrap; and so rarely is a line longer than the width.
SURE, LONGER = 2.0, 0.02

MARKUP = re.compile(r"[#<>|*+=_\\/~^`-]")
_UNIT = re.compile(
    rf"[{re.escape(OPENING)}]*(?:[A-Za-z0-9][A-Za-z0-9.%'’-]{{0,30}}|.)[{re.escape(NEVER_FIRST)}]*", re.DOTALL
)
_TOKEN = re.compile(r"\S+(?=\s)")


class _Fit(NamedTuple):
    score: float  # nats by which this explains the joins better than chance
    lengths: NDArray[
        np.int64
    ]  # of each line end: 0 short, 1 full, 2 longer than the width, 3 full up to a space


def joins(text: str, folded: str, lines: list[Line]) -> dict[int, float]:
    """Line ends to be joined -> confidence; line end i is that of `lines[i]`."""
    if len(lines) < 2:
        return {}
    runs_on = _runs_on(text, lines)
    prose = _prose(text, lines, runs_on)
    language = np.array(
        [_language(text, folded, lines, i, lines[i].start, runs_on[i], prose) for i in range(len(lines) - 1)]
    )
    layout, prior, wrapped = _layout(text, lines, language)
    found: dict[int, float] = {}
    start = lines[0].start
    for i in range(len(lines) - 1):
        score = _language(text, folded, lines, i, start, runs_on[i], prose) + layout[i] + prior
        if (
            not wrapped
            and tail(text, start, lines[i].end) == "word"
            and not has_marks(text, start, lines[i].end)
        ):
            score += TITLE * (COMMON - prior) / (COMMON - RARE)
        if score > 0:
            found[i] = round(float(1 / (1 + np.exp(-score))), 2)
        else:
            start = lines[i + 1].start
    return found


def _language(
    text: str, folded: str, lines: list[Line], i: int, start: int, runs_on: float, prose: float
) -> float:
    """What the words say: ln LR that line i, of a paragraph that begins at `start`, goes on in the next."""
    end, following = lines[i].end, lines[i + 1]
    first = text[following.start]
    ends = tail(text, start, end)
    if first in NEVER_FIRST:
        # What stands between a full stop and a comma was lost; the paragraph may have begun with it.
        return LOST if first in PAUSES and text[end - 1] in FINAL else CLOSED
    if not any(map(str.isalnum, text[following.start : following.end])):
        return SEPARATED
    if MARKUP.match(first) or MARKUP.match(text[end - 1]):
        return MARKED
    score = TAILS[ends]
    if ends == "comma" and _verse(text, start, end, following):
        score = VERSE
    if ends == "word":
        score += runs_on
        if heads(folded, start) and not has_final(text, start, end):
            score += HEADING
        elif end - start >= PROSE_LENGTH and has_final(text, start, end):
            score += prose
        elif end - start >= PROSE_LENGTH and has_marks(text, start, end):
            score += prose / 2
    if heads(folded, following.start):
        score += MARKER
    if DATE.match(text, following.start, following.end) or DATE.match(text, lines[i].start, end):
        score += DATED
    if SALUTATION.match(text, following.start, following.end):
        score += SALUTED
    return score


def _prose(text: str, lines: list[Line], runs_on: Floats) -> float:
    """What it is worth that prose ends without a mark: nothing where the author leaves the marks out."""
    ends = [
        (tail(text, line.start, line.end), gain)
        for line, gain in zip(lines[:-1], runs_on, strict=True)
        if line.end - line.start >= PROSE_LENGTH and has_marks(text, line.start, line.end)
    ]
    open_ended = [gain for kind, gain in ends if kind == "word"]
    habit = len(open_ended) > max(2, HABIT * len(ends)) and sum(open_ended) < 0
    return 0.0 if habit else PROSE


def _verse(text: str, start: int, end: int, following: Line) -> bool:
    """Whether two lines are one short clause each."""
    return (
        max(end - start, following.end - following.start) <= VERSE_LENGTH
        and not has_marks(text, start, end)
        and not has_marks(text, following.start, following.end)
    )


def _runs_on(text: str, lines: list[Line]) -> Floats:
    """ln LR under the language model that each line's last and the next line's first character run on."""
    last = plausibility.symbols("".join(text[line.end - 1] for line in lines[:-1]))
    first = plausibility.symbols("".join(text[line.start] for line in lines[1:]))
    boundary, stop = (np.full_like(last, plausibility.symbols(mark)[0]) for mark in "\n。")
    apart = np.maximum(
        plausibility.pairs(last, boundary) + plausibility.pairs(boundary, first),
        plausibility.pairs(last, stop) + plausibility.pairs(stop, first),
    )
    known = [
        bool(HANZI.match(text[line.end - 1]) and HANZI.match(text[following.start]))
        for line, following in pairwise(lines)
    ]
    return np.where(known, SLOPE * (plausibility.pairs(last, first) - apart) + OFFSET, UNKNOWN)


def _layout(text: str, lines: list[Line], language: Floats) -> tuple[Floats, float, bool]:
    """What the document's layout says of each line end (ln LR), and the ln odds of a join in it."""
    blanks = np.array([min(line.blanks, 2) for line in lines[1:]])
    margins = np.array([line.start - line.margin for line in lines])
    indented = (margins[1:] > margins.min()).astype(np.int64)
    fit = _width(text, lines, language)
    if fit.score < WRAPPED:
        sure = np.count_nonzero(language >= TAILS["comma"])
        prior = float(np.clip(np.log(3 * sure / len(language) + 1e-9), RARE, COMMON))
        features = [blanks, indented]
        rounds = 1
    else:
        prior = 0.0
        features = [fit.lengths, blanks, indented]
        rounds = 4
    evidence = np.zeros(len(language))
    for _ in range(rounds):
        share = 1 / (1 + np.exp(-np.clip(language + evidence + prior, -30, 30)))
        evidence = sum((_ratio(feature, share) for feature in features), np.zeros(len(language)))
        if fit.score >= WRAPPED:
            prior = float(np.clip(np.log(share.sum() + 0.5) - np.log((1 - share).sum() + 0.5), -3, 3))
    return evidence, prior, fit.score >= WRAPPED


def _ratio(feature: NDArray[np.int64], share: Floats) -> Floats:
    """ln P(feature | join) / P(feature | break) of each line end, as the document itself has it."""
    kinds = int(feature.max()) + 1
    joined = np.bincount(feature, share, kinds) + 0.5
    broken = np.bincount(feature, 1 - share, kinds) + 0.5
    ratio = np.log(joined / joined.sum()) - np.log(broken / broken.sum())
    return np.asarray(np.clip(ratio, -MOST, MOST)[feature], dtype=np.float64)


def _width(text: str, lines: list[Line], language: Floats) -> _Fit:
    """The measure and width under which full lines are those that go on."""
    best = _Fit(0.0, np.zeros(len(language), dtype=np.int64))
    code_points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    units = [_UNIT.match(text, line.start, line.end) for line in lines[1:]]
    unit_ends = np.array(
        [match.end() if match else line.start + 1 for match, line in zip(units, lines[1:], strict=True)]
    )
    tokens = [_TOKEN.match(text, line.start, line.end) for line in lines[1:]]
    token_ends = np.array([match.end() if match else 0 for match in tokens])
    starts = np.array([line.start for line in lines])
    margins = np.array([line.margin for line in lines])
    ends = np.array([line.end for line in lines])
    hanging = np.array([text[end - 1] in NEVER_FIRST for end in ends[:-1]])
    for measure in _MEASURES:
        sums = np.concatenate(([0], np.cumsum(measure(code_points))))
        unit = sums[unit_ends] - sums[starts[1:]]
        token = np.where(token_ends > 0, sums[token_ends] - sums[starts[1:]], 0)
        for left in (starts, margins):
            sizes = (sums[ends] - sums[left])[:-1]
            bare = sizes - hanging * (sums[ends] - sums[ends - 1])[:-1]
            for width in _candidates(sizes):
                full = (sizes + unit > width) & (bare <= width)
                up_to_space = ~full & (sizes + token > width) & (sizes <= width)
                lengths = np.where(full, 1, np.where(bare > width, 2, np.where(up_to_space, 3, 0)))
                score = _likelihood(lengths, width / np.maximum(unit, 1), language)
                if score > best.score:
                    best = _Fit(score, lengths)
    return best


def _candidates(sizes: NDArray[np.int64]) -> list[int]:
    """The widths that could be: the lengths that the most lines have or nearly have."""
    counts = np.bincount(sizes)
    near = np.convolve(counts, np.ones(3, dtype=np.int64))[: len(counts)]
    commonest = np.argsort(-near, kind="stable")[:8]
    return [int(width) for width in commonest if near[width] > 1]


def _likelihood(lengths: NDArray[np.int64], room: Floats, language: Floats) -> float:
    """ln LR of these lengths: wrapped at a width against anything; at most 0 if the language denies it.

    Under a wrap, a line that goes on is full, out of `room` lengths it could have had; one that ends a
    paragraph has any length. Verse has lines of one length too, but they end as sentences do.
    """
    full = lengths == 1
    if np.clip(language[full], None, SURE).sum() < SURE:
        return 0.0
    share = np.clip(1 / (1 + np.exp(-language)), 0.02, 0.9)
    likelihood = np.where(full, 1 - share + share * room, 1 - share)
    return float(np.log(likelihood * np.where(lengths == 2, LONGER, 1.0)).sum())


def _columns(code_points: NDArray[np.uint32]) -> NDArray[np.int64]:
    return np.where(code_points < 0x2E80, 1, 2)


def _octets(code_points: NDArray[np.uint32]) -> NDArray[np.int64]:
    return 1 + (code_points >= 0x80) + (code_points >= 0x800) + (code_points >= 0x10000)


_MEASURES: tuple[Callable[[NDArray[np.uint32]], NDArray[np.int64]], ...] = (
    lambda code_points: np.ones(len(code_points), dtype=np.int64),
    _columns,
    _octets,
)
