"""Which line is a document's title."""

import re
from collections.abc import Sequence

from cleaners import markers
from cleaners.boilerplate import lines, metadata, score
from cleaners.boilerplate.lines import Line
from cleaners.boilerplate.score import Verdict
from cleaners.boilerplate.shape import LONGEST_HEADLINE
from cleaners.characters import DIGIT

# The number of an official document stands under its title.
DOCUMENT_NUMBER = re.compile(r"[〔\[(]\d{4}[〕\])] ?(?:第 ?)?\d+ ?号$")
# A chapter's heading is a title where nothing better is.
CHAPTER = re.compile(r"第.{1,8}[章回节卷]")
# What stands right below many titles.
BELOW_TITLE = {"label", "date", "time stamp"}
# What stands near a line taken for the title and is no shorter may be the title.
LEAST_TITLE = 8


def find(remaining: Sequence[Line], verdicts: Sequence[Verdict], first: int) -> int | None:
    """Which line is the document's title: the best of those before the body, which begins with line `first`."""
    best, best_worth = None, -9.0
    begins_with_chapter = first < len(remaining) and CHAPTER.match(remaining[first].folded) is not None
    for i, line in enumerate(remaining[: max(first + begins_with_chapter, 1)]):
        verdict = verdicts[i]
        if not score.UNTITLED.isdisjoint(verdict.signals) or not _may_be(line):
            continue
        following = remaining[i + 1] if i + 1 < len(remaining) else None
        worth = 1.0 + (8 <= len(line.folded) <= 50) + (line.gap >= 2)
        if verdict.score >= score.NOISY:
            worth -= 2.0
        if CHAPTER.match(line.folded) or "a word" in verdict.signals:
            worth -= 3.0
        if _is_dated(verdicts[i + 1 : i + 2]):
            worth += 2.0
        if i + 1 >= first or (following and lines.is_salutation(following)):
            worth += 1.0
        led_to = i > 0 and "breadcrumb" in verdicts[i - 1].signals
        if i and (led_to or remaining[0].folded.startswith(line.folded)):
            worth += 2.0
        if worth > best_worth:
            best, best_worth = i, worth
    return best


def is_sure(remaining: Sequence[Line], verdicts: Sequence[Verdict], title: int, first: int) -> bool:
    """Whether the title is one for certain: a page names it first, leads to it, or says below whence it is."""
    if remaining[0].folded.startswith(remaining[title].folded):
        return True
    if any("breadcrumb" in verdict.signals for verdict in verdicts[max(0, title - 2) : title]):
        return True
    return any(
        (verdicts[i].rule == "metadata" and verdicts[i].score >= score.NOISY)
        or (metadata.iso(remaining[i].folded) and not lines.is_sentence(remaining[i]))
        for i in range(title + 1, min(title + 4, first + 1, len(remaining)))
    )


def may_be_too(
    remaining: Sequence[Line],
    verdicts: Sequence[Verdict],
    placed: Sequence[Verdict],
    first: int,
    title: int | None,
    sure: bool,
) -> set[int]:
    """The lines before the body that may be the title in truth, whatever stands around them.

    Above a title that is sure or parted from all before it, that is only what stands right above it or above
    a date.
    """
    if title is None:
        return set()
    parted = sure or remaining[title].gap >= lines.WIDE_GAP
    return {
        i
        for i, line in enumerate(remaining[:first])
        if (i > title or i == title - 1 or not parted or _is_dated(verdicts[i + 1 : i + 2]))
        and (len(line.folded) >= LEAST_TITLE or (i < title and not parted))
        and not placed[i].says
        and _may_be(line)
    }


def _may_be(line: Line) -> bool:
    return (
        line.size >= 2
        and len(line.folded) <= LONGEST_HEADLINE
        and not line.folded.endswith(("。", ";", ":", ",", "、"))
        and not (
            line.kinds & DIGIT and (DOCUMENT_NUMBER.search(line.folded) or "T" in metadata.iso(line.folded))
        )
        and (not lines.is_outline(line, markers.at(line.folded)) or CHAPTER.match(line.folded) is not None)
        and not lines.is_salutation(line)
        # "(2019年3月12日会议通过)" stands below a title.
        and not (line.folded[0] == "(" and line.folded[-1] == ")")
    )


def _is_dated(below: Sequence[Verdict]) -> bool:
    """Whether what stands right below a line stands below titles."""
    return any(not BELOW_TITLE.isdisjoint(verdict.signals) for verdict in below)
