"""Which line ends stand inside a sentence.

What the words say of each seam (`language`) is weighed together with what the document's own layout says: if
its line ends in mid-sentence are those of full lines (`widths`), of lines without a blank one behind, of
lines without indentation behind, then such line ends count for a join everywhere in it, and the others
against. All in natural logarithms of likelihood ratios, join : break.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import exp, log, log1p
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaners.layout import language, widths
from cleaners.layout.beginnings import CLOSED
from cleaners.layout.lines import Line
from cleaners.layout.paragraphs import Start, going_on

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# Ln odds of a join where the layout says nothing, in a document without other joins and with many.
RARE, COMMON = -3.0, 1.0
# So much surer than in a document without joins must be what shows how joins look in an unwrapped one.
CAUTION = 2.0
# For one seam at which a mark stands on the wrong side, so many are joins (in documents split at links).
SURE_SHARE = 6
# One layout feature says at most this much.
MOST = 5.0
# Pseudo-counts of short, full, overlong lines and those full up to a space (as in `widths`), for lines that
# go on and for lines that end a paragraph.
GOING_ON, ENDING = np.array([0.05, 0.9, 0.01, 0.2]), 10 * np.array([1.9, 0.05, 0.03, 0.2])
# So many lines of either kind (pseudo-counts) have the other features that all lines have.
USUAL = 0.5
# Verse has so many lines; so much of it stands on short ones, fewer than these have a sentence's end inside, as wrapped
# prose has, and fewer than these begin or end with a mark that shows them to be parts. Nothing is joined in
# it but what such a mark shows.
VERSES, SHORT_LINES, STOPPED, PARTS = 4, 0.75, 0.4, 0.15
# Which seams are joins and what the layout has to do with it explain each other: so many rounds settle it.
ROUNDS = 4
# What rounding may change in a sum.
EXACT = 1e-6


class Joins(NamedTuple):
    sure: dict[int, float]  # line ends to be joined -> confidence; line end i is that of line i
    again: bool  # whether there may be more once these are joined


def joins(text: str, lines: list[Line]) -> Joins:
    """What is to be joined in a text."""
    if len(lines) < 2:
        return Joins({}, False)
    seams, features = language.Seams(text, lines), _features(lines)
    prior = _expected(seams, seams.undecided)
    if _nothing_goes_on(seams, features, prior):
        return Joins({}, False)
    if _verse(seams):
        closed = [i for i in seams.undecided if seams.seam(i).verdict == CLOSED]
        return Joins(dict.fromkeys(closed, 0.9), bool(closed))
    return _weighed(seams, features, prior)


def _features(lines: list[Line]) -> list[list[int]]:
    """What the layout has to say of each line end, but for what all line ends share."""
    margins = [line.start - line.margin for line in lines]
    least = min(margins)
    blanks = [min(line.blanks, 2) for line in lines[1:]]
    indented = [int(margin > least) for margin in margins[1:]]
    return [feature for feature in (blanks, indented) if len(set(feature)) > 1]


def _nothing_goes_on(seams: language.Seams, features: list[list[int]], prior: float) -> bool:
    """Whether no line end can be a join, whatever the layout has to say.

    If no lines seem wrapped and joins are rare, a feature can say of a line end in each round of `_settled` at
    most what it would if no other line end had it, and all were as likely joins as the likeliest is.
    """
    if prior > RARE:
        return False
    words = [seams.most(i) for i in seams.undecided]
    if widths.may_show(words):
        return False
    most, evidence = max([language.ENDED, *words]), 0.0
    for _ in range(ROUNDS if features else 0):
        joins = (len(seams.lines) - 1) * _likely(most + evidence + RARE - CAUTION)
        breaks = 1 - _likely(most + evidence + RARE)
        evidence = len(features) * min(log1p(joins / USUAL) - log(breaks), MOST)
    return most + evidence + RARE < 0


def _likely(odds: float) -> float:
    return 1 / (1 + exp(-odds))


def _weighed(seams: language.Seams, features: list[list[int]], prior: float) -> Joins:
    """`joins` where the layout may have a word in it."""
    which: Sequence[int] = range(len(seams.lines) - 1)
    hopes = {i: seams.words(i)[0] for i in seams.undecided}
    lengths = widths.lengths(seams.text, seams.lines, hopes.values(), lambda: seams.all_words)
    if lengths is None and not features:
        which = seams.undecided  # the others need the layout's help to go on
        free, wary = np.array([seams.words(i) for i in which]).reshape(-1, 2).T
    else:
        free, wary = seams.all_words
    if lengths is None:
        short = np.full(len(which), (COMMON - prior) / (COMMON - RARE))
    else:
        prior = 0.0
        short = (lengths == widths.SHORT).astype(np.float64)
    evidence, prior = _settled(
        [np.array(feature) for feature in features], lengths, free + short * (wary - free), prior
    )
    # What is a join without any help of the layout must be one with it, or a second run would join it.
    possible = np.maximum(free, wary) + np.maximum(evidence + prior, RARE) > -EXACT
    joins: dict[int, float] = {}
    paragraphs: dict[int, Start] = {}  # by the number of a line with which they go on
    for i, may_go_on, short_line, layout in zip(
        which, possible.tolist(), short.tolist(), evidence.tolist(), strict=True
    ):
        if may_go_on or i in paragraphs:
            paragraph = paragraphs.get(i) or seams.start(i)
            score = language.score(seams, i, short_line, paragraph) + layout + prior
            score = max(score, language.score(seams, i, 1.0, paragraph) + RARE)
            if score > 0:
                joins[i] = round(_likely(score), 2)
                paragraphs[i + 1] = going_on(paragraph, seams.seam(i).tail, seams.start(i + 1))
    rest = [i for i in seams.undecided if i not in joins]
    # What is left would be joined already if it needed no help of the layout or of many others, unless the next line
    # has grown, the author seemed to leave marks out, or numbered lines may turn out to be sentences.
    again = (
        lengths is not None
        or _expected(seams, rest) > RARE
        or widths.may_show(hopes[i] for i in rest)
        or any(language.score(seams, i, 0.0, paragraphs.get(i)) > -RARE for i in rest if i + 1 in joins)
        or seams.prose < language.PROSE
        or not joins.keys().isdisjoint(seams.headings)
    )
    return Joins(joins, bool(joins) and again)


def _verse(seams: language.Seams) -> bool:
    """Whether the lines are mostly short, sentences seldom end inside them, and few are parts for sure."""
    sizes = [line.end - line.start for line in seams.lines]
    if _short(sizes) < SHORT_LINES * sum(sizes):
        return False
    closed = {i for i in seams.undecided if seams.seam(i).verdict == CLOSED}
    # As they will be: a second run must find the same.
    firsts = [i for i in range(len(seams.lines)) if i - 1 not in closed]
    paragraphs = [range(first, last) for first, last in pairwise([*firsts, len(seams.lines)])]
    lengths = [sum(sizes[i] for i in paragraph) for paragraph in paragraphs]
    if (
        len(lengths) < VERSES
        or _short(lengths) < SHORT_LINES * sum(lengths)
        or _sure([*map(seams.seam, seams.undecided)]) >= PARTS * (len(seams.lines) - 1)
    ):
        return False
    stopped = sum(
        any(seams.start(i).finals for i in paragraph)
        or any(seams.seam(i).tail == "final" for i in paragraph[:-1])
        for paragraph in paragraphs
    )
    return stopped < STOPPED * len(lengths)


def _short(lengths: list[int]) -> int:
    """How much stands on short lines."""
    return sum([length for length in lengths if length <= language.VERSE_LENGTH])


def _sure(seams: list[language.Seam]) -> int:
    """How many seams have a mark on the wrong side."""
    return sum([seam.verdict == CLOSED or seam.tail == "open" for seam in seams])


def _expected(seams: language.Seams, ends: list[int]) -> float:
    """Ln odds of a join in a document whose lines are not wrapped, from the joins among `ends` that are sure."""
    asked = [seams.seam(i) for i in ends]
    unmarked = [seam.runs_on for seam in asked if seam.tail == "word" and not (seam.verdict or seam.verse)]
    # Whole words cut off run on (+1.4 at the median), titles and entries of lists do not (-1.3).
    running = len(unmarked) if len(unmarked) > 2 and sum(unmarked) > len(unmarked) else 0
    share = min((SURE_SHARE * _sure(asked) + running) / (len(seams.lines) - 1), 0.99)
    return min(max(log((share + 1e-9) / (1 - share)), RARE), COMMON)


def _settled(
    features: list[Integers], lengths: Integers | None, words: Floats, prior: float
) -> tuple[Floats, float]:
    """What the layout says of each line end, and the ln odds of a join in this document."""
    evidence = np.zeros(len(words))
    # Without pseudo-counts of its own a feature counts some lines of either kind as all lines are.
    usual = [USUAL * np.maximum(np.bincount(feature), 1e-6) / len(feature) for feature in features]
    for _ in range(ROUNDS if features or lengths is not None else 0):
        going_on = ending = _share(words + evidence + prior)
        if lengths is None:
            # No width tells joins and breaks apart, so that what is neither for sure shows nothing of either.
            going_on = _share(words + evidence + min(prior, RARE) - CAUTION)
        evidence = np.zeros(len(words))
        for feature, counts in zip(features, usual, strict=True):
            evidence += _ratio(feature, going_on, 1 - ending, counts, counts)
        if lengths is not None:
            evidence += _ratio(lengths, going_on, 1 - ending, GOING_ON, ENDING)
            prior = float(np.clip(np.log(going_on.sum() + 0.5) - np.log((1 - ending).sum() + 0.5), -3, 3))
    return evidence, prior


def _share(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-odds)), dtype=np.float64)


def _ratio(feature: Integers, joins: Floats, breaks: Floats, going_on: Floats, ending: Floats) -> Floats:
    """ln P(feature | join) / P(feature | break) of each line end, as the document itself has it.

    `joins` and `breaks` say how likely each is either; `going_on` and `ending` are pseudo-counts.
    """
    joined = np.bincount(feature, joins, len(going_on)) + going_on
    broken = np.bincount(feature, breaks, len(ending)) + ending
    ratio = np.log(joined / broken) + log(broken.sum() / joined.sum())
    # `np.clip` takes several times as long on few.
    return np.asarray(np.minimum(np.maximum(ratio, -MOST), MOST)[feature], dtype=np.float64)
