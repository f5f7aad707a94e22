"""Which lines go: each line's own signals together with its place in the document.

A document is its head, its body's core and its tail. What stands in the head before a title, or in the tail
behind the first line of chrome, is suspect; how much depends on how much of its zone goes anyway.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from cleaners.boilerplate import lines, metadata, score, shape, titles
from cleaners.boilerplate.lexicon import Lexicon
from cleaners.boilerplate.lines import Line
from cleaners.boilerplate.neighbours import Neighbours
from cleaners.boilerplate.score import THRESHOLDS, WEIGHTS, Verdict
from cleaners.characters import COLON
from cleaners.options import Options

# A page's own name for its document: the title, a bar and the site's name, which is no longer than this.
PAGE_TITLE = re.compile(r" ?(?:[_|·\-–]|—(?!—))(?: ?[^ _|。!?—][^。!?]{1,30})")
# A title that other lines may name is no shorter, and what they say of it is no longer.
LEAST_NAMED, MOST_BESIDE = 6, 80
# Lines with these signals, many in a row, are a menu.
MENU_WORDS = {"menu word", "a word", "button"}
# A line that differs only in its numbers from so many others is repeated.
REPEATED = 3
# In the body at most this speaks for a line besides what it says itself, so no other line can go there.
LEAST_IN_BODY = min(THRESHOLDS.values()) - sum(
    WEIGHTS[signal][1] for signal in ("in the body", "repeated", "by the title")
)
# A signature's date or a formula: what stands above it is the text's own.
CLOSING = re.compile(
    r"[\d〇○零一二三四五六七八九十]{4} ?年.{1,3}月(?:.{1,3}日)?|谢谢(?:大家|各位)?[!。]?|此致|敬礼[!。]?|特此.{2,4}[!。]?"
)
# So much in the sum that finds the body counts a line of running text at most.
FULL = 100
# Who speaks before a colon, and something that is said; in a dialogue somebody does so often.
SPEAKER = re.compile(r"(?:\d{1,3}[.、])?([\u4e00-\u9fff]{1,6}):(?=.{6})")
SPOKEN = 2
MEETING = re.compile(
    r"(?:会议)?(?:地点|主持人?|出席|参加|参会人员|记录人?|列席|缺席|议题|会议时间)[^:]{0,6}:"
)


class Judgement(NamedTuple):
    goes: dict[int, Verdict]  # the numbers of the lines that go, and why
    title: int | None  # the number of the line that is the document's title
    settled: bool = False  # what stays is the title and the body, of which no line may go


@dataclass(frozen=True, slots=True)
class Own:
    """What a line is by itself, wherever it stands."""

    verdict: Verdict
    worth: float  # in the sum that finds the body (`lines.core`)
    may_go: bool  # if it stood in the body
    in_menus: bool  # what it says stands in menus
    label: str = ""  # that it begins with
    speaker: str = ""  # before a colon; empty if nobody speaks
    hasty: bool = False  # in the body the verdict would do no more; elsewhere it needs a closer look


class Owns(dict[int, Own]):
    """What each line is itself, by its number."""

    def __init__(self, every: Sequence[Line], known: Lexicon) -> None:
        self.known = known
        for line in every:
            if shape.is_paragraph(line, known):
                self[line.number] = _with_names(line, PARAGRAPHS[min(line.size, FULL)])
            else:
                self[line.number] = own(line, known)

    def closely(self, line: Line) -> Own:
        """What a line is itself, wherever it stands."""
        if self[line.number].hasty:
            self[line.number] = own(line, self.known)
        return self[line.number]


def own(line: Line, known: Lexicon) -> Own:
    """What a line is itself."""
    return _with_names(line, _own(*score.judge(line, known), min(line.size, FULL), line.code))


def _with_names(line: Line, own: Own) -> Own:
    """With the label or the speaker that the line begins with."""
    if not lines.may_be_labelled(line):
        return own
    label = metadata.first_label(line.folded)
    spoken = SPEAKER.match(line.folded) if line.kinds & COLON else None
    return replace(own, label=label, speaker=spoken[1] if spoken else "") if label or spoken else own


@lru_cache(maxsize=4096)  # lines have few sets of signals, over and over
def _own(rule: str, signals: tuple[str, ...], size: int, code: bool) -> Own:
    verdict = Verdict(rule, signals)
    total = verdict.score
    in_menus = not MENU_WORDS.isdisjoint(signals)
    if total >= score.NOISY:
        worth = lines.NOISE
    elif "a sentence" in signals:
        worth = size
    else:
        quiet = "no sentence" in signals and "a heading" not in signals and not code
        worth = -3 if quiet else 8
    return Own(verdict, worth, in_menus or total >= LEAST_IN_BODY, in_menus)


# What paragraphs are in the body, by their size.
PARAGRAPHS = [
    Own(Verdict("chrome", ("a sentence",)), size, False, False, hasty=True) for size in range(FULL + 1)
]


def judge(remaining: Sequence[Line], every: Owns, options: Options) -> Judgement:
    """Which of a document's lines go, and which is its title. `every` is what each is itself, by its number."""
    owns, first, last, title = _parts(remaining, every)
    number = None if title is None else remaining[title].number
    in_body = [i for i in range(first, last) if owns[i].may_go]
    weighed = [*range(first), *in_body, *range(last, len(remaining))]
    placed = _placed(remaining, owns, weighed, first, last, title, options.profile)
    goes = [False] * len(remaining)
    for i in weighed:
        goes[i] = placed[i].removes(options.boilerplate)
    if not any(goes):  # nothing that others could go with
        return Judgement({}, number)
    verdicts = [own.verdict for own in owns[: first + 1]]
    sure = title is not None and titles.is_sure(remaining, verdicts, title, first)
    spared = titles.may_be_too(remaining, verdicts, placed, first, title, sure)
    neighbours = Neighbours(remaining, placed, goes, spared, options.boilerplate)
    if title is not None and sure:
        neighbours.before_title(range(title))
    tail = range(last, len(remaining))
    neighbours.behind_end(tail)
    head = (range(first),) if title is None else (range(title), range(title + 1, first))
    for zone in (*head, tail):
        if sum(goes[zone.start : zone.stop]) > 1:  # one alone takes no other with it
            neighbours.mostly_noise(zone)
            neighbours.between_noise(zone)
            neighbours.mostly_noise(zone)
    settled = title is not None and all(goes[i] or i == title for i in weighed)
    return Judgement({remaining[i].number: placed[i] for i in weighed if goes[i]}, number, settled)


def outside(remaining: Sequence[Line], every: Owns) -> tuple[list[str], list[str]]:
    """The forms of the lines before the title and behind the body that its site may have put there."""
    owns, first, last, title = _parts(remaining, every)

    def forms(zone: range) -> list[str]:
        return [
            lines.form(remaining[i])
            for i in zone
            if i != title and not score.OF_THE_TEXT.intersection(owns[i].verdict.signals)
        ]

    return forms(range(first if title is None else title)), forms(range(last, len(remaining)))


def _parts(remaining: Sequence[Line], every: Owns) -> tuple[list[Own], int, int, int | None]:
    """What each line is itself, where the body begins and ends, and which line is the title."""
    owns = [every[line.number] for line in remaining]
    first, last = lines.core(remaining, [own.worth for own in owns])
    for i in (*range(first), *range(last, len(remaining))):
        if owns[i].hasty:
            owns[i] = every.closely(remaining[i])
    return owns, first, last, titles.find(remaining, [own.verdict for own in owns[: first + 2]], first)


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
    placed = [own.verdict for own in owns]
    forms = [  # by which lines are like others; running text is like none
        "" if "a sentence" in verdict.signals else lines.form(line)
        for line, verdict in zip(remaining, placed, strict=True)
    ]
    labels = [("label", own.label) for own in owns if own.label]
    speakers = [("speaker", own.speaker) for own in owns if own.speaker]
    often: Counter[object] = Counter([*forms, *labels, *speakers])
    closing = {i for i in range(last, len(remaining)) if CLOSING.fullmatch(remaining[i].folded)}
    named = "" if title is None else remaining[title].folded
    for i in weighed:
        line, form, own, verdict = remaining[i], forms[i], owns[i], placed[i]
        place = "before the body" if i < first else "after the body" if i >= last else "in the body"
        signals = ["title" if i == title else place]
        if title is not None and 0 < i - title <= 2 and verdict.rule == "metadata":
            signals.append("by the title")
        if not first <= i < last and named and line.folded.startswith(named):
            signals += ["title and site"] * bool(PAGE_TITLE.fullmatch(line.folded, len(named)))
        if not first <= i < last and i != title and _names(line, named):
            signals.append("names the title")
        if form and often[form] >= REPEATED:
            signals.append("repeated")
        before_title = i < (first if title is None else title)
        if profile and (i >= last or before_title) and lines.form(line) in profile:
            signals.append("on the site's other pages")
        if own.in_menus and "button" not in verdict.signals:
            signals += ["menu"] * (sum(other.in_menus for other in owns[max(0, i - 3) : i + 4]) >= 4)
        if "no words" in verdict.signals:
            beside = owns[max(0, i - 1) : i + 2]
            signals += ["a number alone"] * (
                sum("no words" in other.verdict.signals for other in beside) == 1
            )
        if "time stamp" in verdict.signals and "T" not in metadata.iso(line.folded) and i >= first:
            signals.append("a date at the end")
        if i >= last and not closing.isdisjoint((i + 1, i + 2)):
            signals.append("above a closing")
        if own.speaker and often["speaker", own.speaker] >= SPOKEN:
            signals.append("a speaker's words")
        if own.label and often["label", own.label] >= REPEATED and "date" not in verdict.signals:
            signals.append("one of many records")
        near = remaining[max(0, i - 2) : i + 3] if verdict.rule == "metadata" else ()
        if any(MEETING.match(other.folded) for other in near if other.kinds & COLON and other is not line):
            signals.append("minutes of a meeting")
        placed[i] = verdict.plus(*signals)
    return placed


def _names(line: Line, title: str) -> bool:
    """Whether a line holds the title and something else: `更多关于某会上的讲话的文章`."""
    return (
        title in line.folded
        and len(title) >= LEAST_NAMED
        and 0 < len(line.folded) - len(title) <= MOST_BESIDE
    )
