"""Which lines go: each line's own signals together with its place in the document."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from cleaners.boilerplate import lines, metadata, score
from cleaners.boilerplate.lines import Line
from cleaners.boilerplate.score import Verdict

# A title has no more characters than this, and most have between 8 and 50.
LONGEST_TITLE = 80
# A line that differs only in its numbers from so many others is repeated.
REPEATED = 3
# So many headlines in a row behind the end of an article are a list of links; none is longer than this.
HEADLINES, LONGEST_HEADLINE = 3, 50
# At most so many unknown lines between two that go may go with them.
MOST_BETWEEN = 5
LONGEST_BETWEEN = 40

NUMBER = re.compile(r"\d+|https?://\S+")
MEETING = re.compile(
    r"(?:会议)?(?:地点|主持人?|出席|参加|参会人员|记录人?|列席|缺席|议题|会议时间)[^:]{0,6}:"
)
BAR = Verdict("separator", ("no words", "repeated"))


def noise(remaining: Sequence[Line], strength: str) -> dict[int, Verdict]:
    """The numbers of the lines that go, and why."""
    own = [score.judge(line) for line in remaining]
    bars = [score.is_bar(line) for line in remaining]
    noisy = [bar or verdict.score >= score.NOISY for verdict, bar in zip(own, bars, strict=True)]
    first, last = lines.core(remaining, noisy)
    title = title_index(remaining, own, first)
    placed = _placed(remaining, own, first, last, title)
    goes = [bar or verdict.removes(strength) for verdict, bar in zip(placed, bars, strict=True)]
    _behind_the_end(remaining, placed, goes, last, strength)
    head = range(first if title is None else title)
    _between(remaining, placed, goes, (head, range(last, len(remaining))), strength)
    return {
        line.number: BAR if bar else verdict
        for line, verdict, bar, go in zip(remaining, placed, bars, goes, strict=True)
        if go
    }


def may_be_title(line: Line) -> bool:
    return (
        line.hanzi >= 2
        and len(line.folded) <= LONGEST_TITLE
        and not line.folded.endswith(("。", ";", ":", ",", "、"))
        and not lines.is_outline(line)
        and not lines.is_salutation(line)
    )


def title_index(remaining: Sequence[Line], own: Sequence[Verdict], first: int) -> int | None:
    """Which line is the document's title: the best of those before the body and its first line."""
    best, best_worth = None, 0.0
    for i, line in enumerate(remaining[: first + 1]):
        if not may_be_title(line) or score.UNTITLED.intersection(own[i].signals):
            continue
        following = remaining[i + 1] if i + 1 < len(remaining) else None
        worth = 1.0 + (8 <= len(line.folded) <= 50) + (line.gap >= 2)
        if own[i].score >= score.NOISY:
            worth -= 1.5
        if following and (metadata.iso(following.folded) or metadata.is_labelled(following.folded)):
            worth += 2.0
        if i + 1 >= first or (following and lines.is_salutation(following)):
            worth += 1.0
        if worth > best_worth:
            best, best_worth = i, worth
    return best


def _placed(
    remaining: Sequence[Line], own: Sequence[Verdict], first: int, last: int, title: int | None
) -> list[Verdict]:
    """The verdicts with what each line's place and its neighbours say."""
    alike = Counter(NUMBER.sub("0", line.folded) for line in remaining)
    labels = Counter(metadata.first_label(line.folded) for line in remaining)
    words = ["menu word" in verdict.signals for verdict in own]
    placed = []
    for i, (line, verdict) in enumerate(zip(remaining, own, strict=True)):
        place = "before the body" if i < first else "after the body" if i >= last else "in the body"
        signals = ["title" if i == title else place]
        if title is not None and 0 < i - title <= 2 and verdict.rule == "metadata":
            signals.append("by the title")
        if alike[NUMBER.sub("0", line.folded)] >= REPEATED and not lines.is_sentence(line):
            signals.append("repeated")
        if words[i] and sum(words[max(0, i - 3) : i + 4]) >= 4:
            signals.append("menu")
        label = metadata.first_label(line.folded)
        if label and labels[label] >= REPEATED and "date" not in verdict.signals:
            signals.append("one of many records")
        near = [*remaining[max(0, i - 2) : i], *remaining[i + 1 : i + 3]]
        if verdict.rule == "metadata" and any(MEETING.match(other.folded) for other in near):
            signals.append("minutes of a meeting")
        placed.append(verdict.plus(*signals))
    return placed


def _behind_the_end(
    remaining: Sequence[Line], placed: list[Verdict], goes: list[bool], last: int, strength: str
) -> None:
    """Headlines in a row behind the first line of chrome after the body are links to other pages."""
    ended, run = False, 0
    for i in range(last, len(remaining)):
        ended = ended or (goes[i] and placed[i].rule in ("chrome", "promo"))
        run = run + 1 if ended and (goes[i] or _is_headline(remaining[i])) else 0
        if run >= HEADLINES:
            for j in range(i - run + 1, i + 1):
                verdict = placed[j].plus("behind the end", "one of a list")
                if not goes[j] and verdict.removes(strength):
                    placed[j], goes[j] = verdict, True


def _is_headline(line: Line) -> bool:
    return len(line.folded) <= LONGEST_HEADLINE and not line.folded.endswith(("。", ":", ",", ";"))


def _between(
    remaining: Sequence[Line],
    placed: list[Verdict],
    goes: list[bool],
    zones: Sequence[range],
    strength: str,
) -> None:
    """Short lines before the title or behind the body that stand between lines that go, in one block, go with them."""
    for zone in zones:
        gone = [i for i in zone if goes[i]]
        for before, after in pairwise(gone):
            between = range(before + 1, after)
            # What stands over a date or an author is a title.
            if placed[after].rule == "metadata" or len(between) > MOST_BETWEEN:
                continue
            if any(remaining[i].gap > 1 or len(remaining[i].folded) > LONGEST_BETWEEN for i in between):
                continue
            for i in between:
                verdict = placed[i].plus("between noise")
                if verdict.removes(strength):
                    rule = placed[before].rule
                    placed[i] = verdict if rule == "metadata" else verdict._replace(rule=rule)
                    goes[i] = True
