"""Which line ends stand inside a sentence.

What the words say of each seam (`language`) is weighed together with what the document's own layout says: if
its line ends in mid-sentence are those of full lines (`widths`), of lines without a blank one behind, of
lines without indentation behind, then such line ends count for a join everywhere in it, and the others
against. All in natural logarithms of likelihood ratios, join : break.
"""

from collections.abc import Sequence
from math import exp, log, log1p

import numpy as np
from numpy.typing import NDArray

from cleaners.layout import language, widths
from cleaners.layout.lines import Line

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


def joins(text: str, folded: str, lines: list[Line]) -> dict[int, float]:
    """Line ends to be joined -> confidence; line end i is that of `lines[i]`."""
    if len(lines) < 2:
        return {}
    starts, seams, prose = language.read(text, folded, lines)
    if _verse(starts, seams):
        return {i: 0.9 for i, seam in enumerate(seams) if seam.verdict == language.CLOSED}
    # What the words say if short lines are no titles or verse, and if they are.
    free, wary = (
        [language.score(start, seam, prose, short) for start, seam in zip(starts, seams, strict=False)]
        for short in (0.0, 1.0)
    )
    features = _features(lines)
    if _nothing_goes_on(seams, free, wary, features):
        return {}
    return _weighed(text, lines, features, starts, seams, prose, np.array(free), np.array(wary))


def _features(lines: list[Line]) -> list[list[int]]:
    """What the layout has to say of each line end, but for what all line ends share."""
    margins = [line.start - line.margin for line in lines]
    least = min(margins)
    blanks = [min(line.blanks, 2) for line in lines[1:]]
    indented = [int(margin > least) for margin in margins[1:]]
    return [feature for feature in (blanks, indented) if len(set(feature)) > 1]


def _nothing_goes_on(
    seams: Sequence[language.Seam], free: list[float], wary: list[float], features: list[list[int]]
) -> bool:
    """Whether no line end can be a join, whatever the layout has to say.

    If no lines seem wrapped and joins are rare, a feature can say of a line end in each round of `_settled` at
    most what it would if no other line end had it, and all were as likely joins as the likeliest is.
    """
    if sum(words for words in free if words > 0) >= widths.SURE or _expected(seams) > RARE:
        return False
    most, evidence = max(*free, *wary), 0.0
    for _ in range(ROUNDS if features else 0):
        joins = len(seams) * _likely(most + evidence + RARE - CAUTION)
        breaks = 1 - _likely(most + evidence + RARE)
        evidence = len(features) * min(log1p(joins / USUAL) - log(breaks), MOST)
    return most + evidence + RARE < 0


def _likely(odds: float) -> float:
    return 1 / (1 + exp(-odds))


def _weighed(
    text: str,
    lines: list[Line],
    features: list[list[int]],
    starts: Sequence[language.Start],
    seams: Sequence[language.Seam],
    prose: float,
    free: Floats,
    wary: Floats,
) -> dict[int, float]:
    """`joins` where the layout may have a word in it."""
    lengths = widths.lengths(text, lines, free, wary)
    if lengths is None:
        prior = _expected(seams)
        short = np.full(len(seams), (COMMON - prior) / (COMMON - RARE))
    else:
        prior = 0.0
        short = (lengths == widths.SHORT).astype(np.float64)
    evidence, prior = _settled(
        [np.array(feature) for feature in features], lengths, free + short * (wary - free), prior
    )
    found: dict[int, float] = {}
    paragraph = starts[0]
    for i, (seam, short_line, layout) in enumerate(
        zip(seams, short.tolist(), evidence.tolist(), strict=True)
    ):
        score = language.score(paragraph, seam, prose, short_line) + layout + prior
        # What is a join without any help of the layout must be one with it, or a second run would join it.
        score = max(score, language.score(paragraph, seam, prose, 1.0) + RARE)
        if score > 0:
            found[i] = round(_likely(score), 2)
            paragraph = language.going_on(paragraph, seam, starts[i + 1])
        else:
            paragraph = starts[i + 1]
    return found


def _verse(starts: Sequence[language.Start], seams: Sequence[language.Seam]) -> bool:
    """Whether the lines are mostly short, sentences seldom end inside them, and few are parts for sure."""
    # As they will be: a second run must find the same.
    lines = [starts[0]]
    for seam, start in zip(seams, starts[1:], strict=True):
        joined = seam.verdict == language.CLOSED
        lines.append(language.going_on(lines.pop(), seam, start) if joined else start)
    lengths = [line.length for line in lines]
    short = sum(length for length in lengths if length <= language.VERSE_LENGTH)
    stopped = sum(line.finals for line in lines)
    return (
        len(lines) >= VERSES
        and short >= SHORT_LINES * sum(lengths)
        and stopped < STOPPED * len(lines)
        and _sure(seams) < PARTS * len(seams)
    )


def _sure(seams: Sequence[language.Seam]) -> int:
    """How many seams have a mark on the wrong side."""
    return sum(seam.verdict == language.CLOSED or seam.tail == "open" for seam in seams)


def _expected(seams: Sequence[language.Seam]) -> float:
    """Ln odds of a join in a document whose lines are not wrapped, from the joins that are sure."""
    sure = _sure(seams)
    unmarked = [seam.runs_on for seam in seams if seam.tail == "word" and not (seam.verdict or seam.verse)]
    # Whole words cut off run on (+1.4 at the median), titles and entries of lists do not (-1.3).
    running = len(unmarked) if len(unmarked) > 2 and sum(unmarked) > len(unmarked) else 0
    share = min((SURE_SHARE * sure + running) / len(seams), 0.99)
    return min(max(log((share + 1e-9) / (1 - share)), RARE), COMMON)


def _settled(
    features: list[Integers], lengths: Integers | None, words: Floats, prior: float
) -> tuple[Floats, float]:
    """What the layout says of each line end, and the ln odds of a join in this document."""
    evidence = np.zeros(len(words))
    for _ in range(ROUNDS if features or lengths is not None else 0):
        going_on = ending = _share(words + evidence + prior)
        if lengths is None:
            # No width tells joins and breaks apart, so that what is neither for sure shows nothing of either.
            going_on = _share(words + evidence + min(prior, RARE) - CAUTION)
        evidence = sum((_ratio(feature, going_on, 1 - ending) for feature in features), np.zeros(len(words)))
        if lengths is not None:
            evidence += _ratio(lengths, going_on, 1 - ending, GOING_ON, ENDING)
            prior = float(np.clip(np.log(going_on.sum() + 0.5) - np.log((1 - ending).sum() + 0.5), -3, 3))
    return evidence, prior


def _share(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))), dtype=np.float64)


def _ratio(
    feature: Integers,
    joins: Floats,
    breaks: Floats,
    going_on: Floats | None = None,
    ending: Floats | None = None,
) -> Floats:
    """ln P(feature | join) / P(feature | break) of each line end, as the document itself has it.

    `joins` and `breaks` say how likely each is either; `going_on` and `ending` are pseudo-counts, without
    which `USUAL` lines of either kind are as all lines are.
    """
    usual = USUAL * np.maximum(np.bincount(feature), 1e-6) / len(feature)
    going_on = usual if going_on is None else going_on
    ending = usual if ending is None else ending
    joined = np.bincount(feature, joins, len(going_on)) + going_on
    broken = np.bincount(feature, breaks, len(ending)) + ending
    ratio = np.log(joined / joined.sum()) - np.log(broken / broken.sum())
    return np.asarray(np.clip(ratio, -MOST, MOST)[feature], dtype=np.float64)
