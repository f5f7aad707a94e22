"""Which lines go: each line's own signals together with its place in the document.

A document is its head, its body's core and its tail. What stands in the head before a title, or in the tail
behind the first line of chrome, is suspect; how much depends on how much of its zone goes anyway.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from cleaners.boilerplate import lines, metadata, score
from cleaners.boilerplate.lines import Line
from cleaners.boilerplate.score import THRESHOLDS, WEIGHTS, Verdict
from cleaners.characters import COLON, DIGIT, OTHER
from cleaners.options import Options

# A title has no more characters than this; most have between 8 and 50.
LONGEST_TITLE = 80
# The number of an official document stands under its title.
DOCUMENT_NUMBER = re.compile(r"[〔\[(]\d{4}[〕\])] ?(?:第 ?)?\d+ ?号$")
# A chapter's heading is a title where nothing better is.
CHAPTER = re.compile(r"第.{1,8}[章回节卷]")
# A page's own name for its document: the title, a bar and the site's name, which is no longer than this.
PAGE_TITLE = re.compile(r" ?(?:[_|·\-–]|—(?!—))(?: ?[^ _|。!?—][^。!?]{1,30})")
# A title that other lines may name is no shorter, and what they say of it is no longer.
LEAST_NAMED, MOST_BESIDE = 6, 80
# What stands right below many titles.
BELOW_TITLE = {"label", "date", "time stamp"}
# Lines with these signals, many in a row, are a menu.
MENU_WORDS = {"menu word", "a word", "button"}
# A line that differs only in its numbers from so many others is repeated.
REPEATED = 3
# So many short lines in a row are a list; before a title for certain, so many.
LIST, PAIR = 3, 2
# What stands near a line taken for the title and is no shorter may be the title.
LEAST_TITLE = 8
# In the body at most this speaks for a line besides what it says itself, so no other line can go there.
LEAST_IN_BODY = min(THRESHOLDS.values()) - sum(
    WEIGHTS[signal][1] for signal in ("in the body", "repeated", "by the title")
)
# In a zone where so many lines go on their own account, and that is so great a share, the others go easily.
MANY, MOST = 4, 0.5
# So many lines of a head that go by themselves make what stands before the title suspect.
SUSPECT_HEAD = 1
# A line of chrome with this score ends an article.
CERTAIN = 5.0
# At most so many unknown lines, none longer than this, go with those around them.
MOST_BETWEEN, LONGEST_BETWEEN = 5, 40
# A line of a list of links is no longer than this.
LONGEST_LINK = 200
# Says whose contribution to a thread follows or stands there: what is between such lines are no links.
POST = re.compile(r"\d+ ?[楼#](?!\w)|^沙发|发表于|[推嘘→] [a-z]\w+ ?:|回复 ?\(\d+\)")
# Without hanzi it may be a button, which is no longer than this; longer ones are code or another language.
LONGEST_WORD = 12

# A signature's date or a formula: what stands above it is the text's own.
CLOSING = re.compile(
    r"[\d〇○零一二三四五六七八九十]{4} ?年.{1,3}月(?:.{1,3}日)?|谢谢(?:大家|各位)?[!。]?|此致|敬礼[!。]?|特此.{2,4}[!。]?"
)
# Who speaks before a colon, and something that is said; in a dialogue somebody does so often.
SPEAKER = re.compile(r"(?:\d{1,3}[.、])?([\u4e00-\u9fff]{1,6}):(?=.{6})")
SPOKEN = 2
MEETING = re.compile(
    r"(?:会议)?(?:地点|主持人?|出席|参加|参会人员|记录人?|列席|缺席|议题|会议时间)[^:]{0,6}:"
)


class Judgement(NamedTuple):
    goes: dict[int, Verdict]  # the numbers of the lines that go, and why
    title: int | None  # the number of the line that is the document's title


class Own(NamedTuple):
    """What a line is by itself, wherever it stands."""

    verdict: Verdict
    worth: float  # in the sum that finds the body (`lines.core`)
    form: str  # by which it is like others; empty for running text, which is like none
    label: str  # that it begins with
    speaker: str  # before a colon; empty if nobody speaks
    may_go: bool  # if it stood in the body


def own(line: Line, verdict: Verdict) -> Own:
    signals, total = verdict.signals, verdict.score
    form = "" if "a sentence" in signals else lines.form(line)
    label = metadata.first_label(line.folded) if line.kinds & (COLON | DIGIT | OTHER) else ""
    spoken = SPEAKER.match(line.folded) if line.kinds & COLON else None
    may_go = total >= LEAST_IN_BODY or not MENU_WORDS.isdisjoint(signals)
    if total >= score.NOISY:
        worth = lines.NOISE
    elif "a sentence" in signals:
        worth = min(line.size, 100)
    else:
        quiet = "no sentence" in signals and "a heading" not in signals and not line.code
        worth = -3 if quiet else 8
    return Own(verdict, worth, form, label, spoken[1] if spoken else "", may_go)


def judge(remaining: Sequence[Line], every: Mapping[int, Own], options: Options) -> Judgement:
    """Which of a document's lines go, and which is its title. `every` is what each is itself, by its number."""
    owns, first, last, title = _parts(remaining, every)
    weighed = [i for i, own in enumerate(owns) if own.may_go or not first <= i < last]
    placed = _placed(remaining, owns, weighed, first, last, title, options.profile)
    goes = [False] * len(remaining)
    for i in weighed:
        goes[i] = placed[i].removes(options.boilerplate)
    number = None if title is None else remaining[title].number
    if not any(goes):  # nothing that others could go with
        return Judgement({}, number)
    is_sure = title is not None and _is_anchored(remaining, owns, title, first)
    spared = _may_be_title_too(remaining, owns, placed, first, title, is_sure)
    zones = _Zones(remaining, placed, goes, spared, options.boilerplate)
    if title is not None and is_sure:
        zones.before_title(range(title))
    tail = range(last, len(remaining))
    zones.behind_end(tail)
    head = (range(first),) if title is None else (range(title), range(title + 1, first))
    for zone in (*head, tail):
        zones.mostly_noise(zone)
        zones.between_noise(zone)
        zones.mostly_noise(zone)
    gone = {line.number: verdict for line, verdict, go in zip(remaining, placed, goes, strict=True) if go}
    return Judgement(gone, number)


def outside(remaining: Sequence[Line], every: Mapping[int, Own]) -> tuple[list[str], list[str]]:
    """The forms of the lines before the title and behind the body that its site may have put there."""
    owns, first, last, title = _parts(remaining, every)

    def forms(zone: range) -> list[str]:
        return [
            lines.form(remaining[i])
            for i in zone
            if i != title and not score.OF_THE_TEXT.intersection(owns[i].verdict.signals)
        ]

    return forms(range(first if title is None else title)), forms(range(last, len(remaining)))


def _parts(remaining: Sequence[Line], every: Mapping[int, Own]) -> tuple[list[Own], int, int, int | None]:
    """What each line is itself, where the body begins and ends, and which line is the title."""
    owns = [every[line.number] for line in remaining]
    first, last = lines.core(remaining, [own.worth for own in owns])
    return owns, first, last, _title(remaining, owns, first)


def may_be_title(line: Line) -> bool:
    return (
        line.size >= 2
        and len(line.folded) <= LONGEST_TITLE
        and not line.folded.endswith(("。", ";", ":", ",", "、"))
        and not (
            line.kinds & DIGIT and (DOCUMENT_NUMBER.search(line.folded) or "T" in metadata.iso(line.folded))
        )
        and (not lines.is_outline(line) or CHAPTER.match(line.folded) is not None)
        and not lines.is_salutation(line)
        # "(2019年3月12日会议通过)" stands below a title.
        and not (line.folded[0] == "(" and line.folded[-1] == ")")
    )


def _title(remaining: Sequence[Line], owns: Sequence[Own], first: int) -> int | None:
    """Which line is the document's title: the best of those before the body."""
    best, best_worth = None, -9.0
    begins_with_chapter = first < len(remaining) and CHAPTER.match(remaining[first].folded) is not None
    for i, line in enumerate(remaining[: max(first + begins_with_chapter, 1)]):
        verdict = owns[i].verdict
        if not score.UNTITLED.isdisjoint(verdict.signals) or not may_be_title(line):
            continue
        following = remaining[i + 1] if i + 1 < len(remaining) else None
        worth = 1.0 + (8 <= len(line.folded) <= 50) + (line.gap >= 2)
        if verdict.score >= score.NOISY:
            worth -= 2.0
        if CHAPTER.match(line.folded) or "a word" in verdict.signals:
            worth -= 3.0
        if _is_dated(owns[i + 1 : i + 2]):
            worth += 2.0
        if i + 1 >= first or (following and lines.is_salutation(following)):
            worth += 1.0
        led_to = i > 0 and "breadcrumb" in owns[i - 1].verdict.signals
        if i and (led_to or remaining[0].folded.startswith(line.folded)):
            worth += 2.0
        if worth > best_worth:
            best, best_worth = i, worth
    return best


def _is_dated(below: Sequence[Own]) -> bool:
    """Whether what stands right below a line stands below titles."""
    return any(not BELOW_TITLE.isdisjoint(own.verdict.signals) for own in below)


def _is_anchored(remaining: Sequence[Line], owns: Sequence[Own], title: int, first: int) -> bool:
    """Whether the title is one for certain: a page names it first, leads to it, or says below whence it is."""
    if remaining[0].folded.startswith(remaining[title].folded):
        return True
    if any("breadcrumb" in own.verdict.signals for own in owns[max(0, title - 2) : title]):
        return True
    return any(
        (owns[i].verdict.rule == "metadata" and owns[i].verdict.score >= score.NOISY)
        or (metadata.iso(remaining[i].folded) and not lines.is_sentence(remaining[i]))
        for i in range(title + 1, min(title + 4, first + 1, len(remaining)))
    )


def _may_be_title_too(
    remaining: Sequence[Line],
    owns: Sequence[Own],
    placed: Sequence[Verdict],
    first: int,
    title: int | None,
    is_sure: bool,
) -> set[int]:
    """The lines before the body that may be the title in truth, whatever stands around them.

    Above a title that is sure or parted from all before it, that is only what stands right above it or above
    a date.
    """
    if title is None:
        return set()
    parted = is_sure or remaining[title].gap >= lines.WIDE_GAP
    return {
        i
        for i, line in enumerate(remaining[:first])
        if (i > title or i == title - 1 or not parted or _is_dated(owns[i + 1 : i + 2]))
        and (len(line.folded) >= LEAST_TITLE or (i < title and not parted))
        and not placed[i].says
        and may_be_title(line)
    }


def _placed(
    remaining: Sequence[Line],
    owns: Sequence[Own],
    weighed: Sequence[int],
    first: int,
    last: int,
    title: int | None,
    profile: frozenset[str],
) -> list[Verdict]:
    """The verdicts, those of `weighed` lines with what each line's place and the lines like it say."""
    alike, labels = Counter([own.form for own in owns]), Counter([own.label for own in owns])
    placed = [own.verdict for own in owns]
    speakers = Counter([own.speaker for own in owns])
    words = [not MENU_WORDS.isdisjoint(verdict.signals) for verdict in placed]
    blank = ["no words" in verdict.signals for verdict in placed]
    named = "" if title is None else remaining[title].folded
    for i in weighed:
        line, (verdict, _, form, label, speaker, _) = remaining[i], owns[i]
        place = "before the body" if i < first else "after the body" if i >= last else "in the body"
        signals = ["title" if i == title else place]
        if title is not None and 0 < i - title <= 2 and verdict.rule == "metadata":
            signals.append("by the title")
        if not first <= i < last and named and line.folded.startswith(named):
            signals += ["title and site"] * bool(PAGE_TITLE.fullmatch(line.folded, len(named)))
        if not first <= i < last and i != title and _names(line, named):
            signals.append("names the title")
        if form and alike[form] >= REPEATED:
            signals.append("repeated")
        before_title = i < (first if title is None else title)
        if profile and (i >= last or before_title) and lines.form(line) in profile:
            signals.append("on the site's other pages")
        if words[i] and "button" not in verdict.signals and sum(words[max(0, i - 3) : i + 4]) >= 4:
            signals.append("menu")
        if blank[i] and sum(blank[max(0, i - 1) : i + 2]) == 1:
            signals.append("a number alone")
        if "time stamp" in verdict.signals and "T" not in metadata.iso(line.folded) and i >= first:
            signals.append("a date at the end")
        if i >= last and any(CLOSING.fullmatch(other.folded) for other in remaining[i + 1 : i + 3]):
            signals.append("above a closing")
        if speaker and speakers[speaker] >= SPOKEN:
            signals.append("a speaker's words")
        if label and labels[label] >= REPEATED and "date" not in verdict.signals:
            signals.append("one of many records")
        near = remaining[max(0, i - 2) : i + 3] if verdict.rule == "metadata" else ()
        if any(MEETING.match(other.folded) for other in near if other is not line):
            signals.append("minutes of a meeting")
        placed[i] = verdict.plus(*signals)
    return placed


def _names(line: Line, title: str) -> bool:
    """Whether a line holds the title and something else: `更多关于某会上的讲话的文章`."""
    beside = len(line.folded) - len(title)
    return len(title) >= LEAST_NAMED and 0 < beside <= MOST_BESIDE and title in line.folded


class _Zones:
    """Lets lines go for what stands around them: `placed` and `goes` are changed in place."""

    def __init__(
        self,
        remaining: Sequence[Line],
        placed: list[Verdict],
        goes: list[bool],
        spared: set[int],
        strength: str,
    ) -> None:
        self.remaining, self.placed, self.goes = remaining, placed, goes
        self.spared, self.strength = spared, strength

    def before_title(self, zone: range) -> None:
        """Lists of short lines before a certain title, in a head with chrome, are menus; so are words of chrome."""
        sure = [i for i in zone if self.goes[i] and self.placed[i].rule != "metadata"]
        if len(sure) >= SUSPECT_HEAD:
            self._list(zone, "before the title", PAIR)
            self._words(zone, "before the title")

    def behind_end(self, zone: range) -> None:
        """Lists of short lines behind the first line of chrome after the body are links to other pages."""
        for i in zone:
            verdict = self.placed[i]
            certain = (verdict.score >= CERTAIN and verdict.says) or "heading of links" in verdict.signals
            if self.goes[i] and verdict.rule != "metadata" and certain:
                self._list(range(i, zone.stop), "behind the end", LIST)
                self._words(range(i, zone.stop), "behind the end")
                break
        heads = False
        for i in zone:
            if self.goes[i]:
                heads = "heading of links" in self.placed[i].signals or heads
            elif heads := heads and _is_link(self.remaining[i]):
                self._add(i, self.placed[i].plus("under a heading of links"))

    def mostly_noise(self, zone: range) -> None:
        """Where most lines of a zone go, those left behind the first of them need less to go."""
        gone = [i for i in zone if self.goes[i]]
        if len(gone) >= MANY and len(gone) >= MOST * len(zone):
            for i in zone:
                spoken = "most around it goes" in self.placed[i].signals
                if not spoken and (i > gone[0] or zone.start == 0):
                    self._add(i, self.placed[i].plus("most around it goes"))

    def between_noise(self, zone: range) -> None:
        """Short lines between lines that go, in one block, go with them."""
        for before, after in pairwise([i for i in zone if self.goes[i]]):
            between = self.remaining[before + 1 : after]
            # What stands over a date or an author is a title.
            dated = "date" in self.placed[after].signals or self.placed[after].rule == "metadata"
            posts = _is_post(self.remaining[before]) or _is_post(self.remaining[after])
            if dated or posts or len(between) > MOST_BETWEEN:
                continue
            if any(line.gap > 1 or len(line.folded) > LONGEST_BETWEEN for line in between):
                continue
            for i in range(before + 1, after):
                verdict = self.placed[i].plus("between noise")
                rule = self.placed[before].rule
                self._add(i, verdict if rule == "metadata" else verdict._replace(rule=rule))

    def _list(self, zone: range, place: str, fewest: int) -> None:
        for listed, run in groupby(zone, lambda i: self.goes[i] or _is_link(self.remaining[i], place)):
            members = list(run)
            if listed and len(members) >= fewest:
                for i in members:
                    if not any(map(_is_post, self.remaining[max(0, i - 1) : i + 2])):
                        self._add(i, self.placed[i].plus(place, "one of a list"))

    def _words(self, zone: range, place: str) -> None:
        for i in zone:
            if self.placed[i].says and place not in self.placed[i].signals:
                self._add(i, self.placed[i].plus(place))

    def _add(self, i: int, verdict: Verdict) -> None:
        if not self.goes[i] and i not in self.spared and "a heading" not in verdict.signals:
            self.placed[i], self.goes[i] = verdict, verdict.removes(self.strength)


def _is_post(line: Line) -> bool:
    return POST.search(line.folded[-LONGEST_BETWEEN:]) is not None


def _is_link(line: Line, place: str = "") -> bool:
    """Whether a line may be the text of a link: no sentence that ends, before a title no question either."""
    return (
        len(line.folded) <= LONGEST_LINK
        and (lines.HANZI.search(line.folded) is not None or len(line.folded) <= LONGEST_WORD)
        and not line.folded.endswith(("。", ",", ";", *(("?", "!") if place == "before the title" else ())))
        and not (lines.is_sentence(line) and line.size >= lines.LONG)
    )
