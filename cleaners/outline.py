"""Numbered headings, inline enumerations, announced counts: what a text says of its own parts.

Markers come from `markers`; consecutive ones of a family make a run ("一、" to "五、"), and runs nest by
what is numbered on while what is within them ends.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from cleaners import markers
from cleaners.document import Document, Findings, Flag, Measures
from cleaners.folding import fold
from cleaners.markers import HEADING_FAMILIES, NUMERAL, Place
from cleaners.options import Options

# How many runs may be open at once: deeper nesting than any text has, and a bound for the work.
DEPTH = 24

# Families of headings: one that starts ends every list that runs on within a paragraph.
OUTER = ("第一章", "一、", "（一）")

# A title is shown up to its first mark, and no longer than this.
TITLE = 40

# How far behind an announcement its first item may stand (a preamble stands between), in characters.
REACH = 600

# How many hanzi may stand between an announced number and the end of its clause ("三点|贯彻意见").
NOUN = 16

_CLAUSE = r"[^\n。!?;:,、()“”]"
_NUMBER = r"(?P<number>[一二两三四五六七八九]|十[一二三四五六七八九]?|二十|\d{1,2})"
_UNIT = (
    r"(?:个?(?:方面|问题|重点|环节|阶段|步骤|原则|关系|层面|要点|要求|特点|任务|原因)|"
    r"点|条|项|件|大|种|类|步|个)"
)
_CUE = (
    r"(?:以下|如下|下面|下列|这样|讲|谈|说|提|提出|抓好|做好|抓住|把握|处理好|搞好|办好|强调|"
    r"主要有|主要是|体现在|表现在|概括为|归纳为|分为|包括|采取|说明了|决定|注意|突出|健全|做了|做到|存在|具有|有)"
)
# Behind a number that only counts: 这三点, 第三条, 百分之三点, 上述三个方面, 几点, “三个代表”.
_BACKWARD = re.compile(r"(?:[这那第之零上述前等每两各“\d.点十百千万亿]|上面|以上|此外|其他|另外)$")
_ANNOUNCEMENT = re.compile(
    rf"(?P<cue>{_CUE}{_CLAUSE}{{0,6}}?)?(?<![第百千零十.\d])"
    rf"{_NUMBER}{_UNIT}(?![{NUMERAL[1:-1]}])(?P<noun>{_CLAUSE}{{0,{NOUN}}})(?P<stop>[。!:;,\n]|$)"
)
_FORWARD = re.compile(r"以下|如下|下面|下列")
# What may stand between the announced noun and the sentence's end ("，供大家参考。").
_SENTENCE = re.compile(r"[^\n。!?:]{0,40}[\n。!?:]")
_TITLE = re.compile(rf"[^\n。:;!?]{{0,{TITLE}}}")


@dataclass(eq=False, slots=True)
class Run:
    """Markers of one family that number on: 一、 二、 三、."""

    places: list[Place] = field(default_factory=list)

    @property
    def last(self) -> int:
        return self.places[-1].number


@dataclass(frozen=True, slots=True)
class Announcement:
    """A text's word that so many items follow."""

    start: int  # character offset
    end: int  # behind the clause that announces
    count: int
    items: tuple[Place, ...]  # those that follow

    @property
    def found(self) -> int:
        return len(self.items)


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a text under a marker."""

    marker: str  # "一、"
    title: str  # up to the first mark
    start: int  # character offset of the marker
    end: int  # where the next part of the same or a higher level starts
    children: tuple["Node", ...] = ()


def find(document: Document, options: Options) -> Findings:
    """What is announced and found in `document.text`, and whether its headings got lost."""
    folded = fold(document.text)
    places = list(markers.find(folded))
    announced = _announcements(folded, places)
    lost = _headings_lost(document.text, _runs(places))
    return Findings(
        flags=(lost,) if lost else (),
        measures=Measures(
            announced_items=sum(one.count for one in announced),
            found_items=sum(min(one.found, one.count) for one in announced),
        ),
    )


def announcements(text: str) -> list[Announcement]:
    """What `text` announces ("讲三点意见"), each with the items that follow it.

    >>> [(a.start, a.count, a.found) for a in announcements("讲三点意见。第一，早。第二，实。第三，严。")]
    [(1, 3, 3)]
    """
    folded = fold(text)
    return _announcements(folded, list(markers.find(folded)))


def tree(text: str) -> tuple[Node, ...]:
    """The numbered parts of `text`, the outermost ones; parts within them are their children."""
    places = list(markers.find(fold(text)))
    runs = _runs(places)
    home = {place.start: run for run in runs for place in run.places}
    open_nodes: list[tuple[Run, Place, list[Node]]] = []
    top: list[Node] = []

    def close(depth: int, end: int) -> None:
        while len(open_nodes) > depth:
            _, place, children = open_nodes.pop()
            found = _TITLE.match(text, place.end)
            node = Node(
                text[place.start : place.end],
                found.group().strip() if found else "",
                place.start,
                end,
                tuple(children),
            )
            (open_nodes[-1][2] if open_nodes else top).append(node)

    for place in places:
        run = home[place.start]
        depth = next((i for i, (other, _, _) in enumerate(open_nodes) if other is run), None)
        if depth is None:
            # A run that has numbered to its end holds no later run of its own kind.
            depth = next(
                (
                    i
                    for i, (other, at, _) in enumerate(open_nodes)
                    if other.places[-1] is at
                    and at.family == place.family
                    and at.opens_line == place.opens_line
                ),
                len(open_nodes),
            )
        close(depth, place.start)
        open_nodes.append((run, place, []))
    close(0, len(text))
    return tuple(top)


def _runs(places: Sequence[Place]) -> list[Run]:
    """The runs of numbers, in the order they start."""
    runs: list[Run] = []
    stack: list[Run] = []
    for place in places:
        home = _home(stack, place)
        if home is None:
            if place.family in OUTER:
                while stack and _inline(stack[-1]):
                    stack.pop()
            runs.append(Run())
            stack.append(runs[-1])
            del stack[:-DEPTH]
        else:
            del stack[home + 1 :]
        stack[-1].places.append(place)
    return runs


def _home(stack: Sequence[Run], place: Place) -> int | None:
    """Which open run `place` numbers on."""
    if place.number == 1:
        return None
    fitting = [
        i
        for i in range(len(stack) - 1, -1, -1)
        if stack[i].places[-1].family == place.family
        and (stack[i].last == place.number - 1 or place.number == 0)
    ]
    same = [i for i in fitting if stack[i].places[-1].opens_line == place.opens_line]
    if not same and place.family == "第一，" and stack and stack[-1].places[-1].family == "首先":
        return len(stack) - 1 if stack[-1].last == place.number - 1 else next(iter(fitting), None)
    return next(iter(same + fitting), None)


def _inline(run: Run) -> bool:
    return run.places[0].family not in HEADING_FAMILIES or not run.places[0].opens_line


def _announcements(folded: str, places: Sequence[Place]) -> list[Announcement]:
    starts = [place.start for place in places]
    found: list[Announcement] = []
    for match in _ANNOUNCEMENT.finditer(folded):
        number = match.start("number")
        if _BACKWARD.search(folded, max(0, number - 2), number):
            continue
        count = markers.value(match["number"])
        if count < 2:
            continue
        items = _items(places, bisect_left(starts, match.end("noun")), count)
        sentence = _SENTENCE.match(folded, match.end("noun"))
        end = sentence.end() if sentence else match.end()
        near = items[0].start - end if items else REACH
        forward = bool(_FORWARD.search(match.group()))
        cue = match["cue"] is not None
        closed = sentence is not None
        if (near <= 3 and len(items) > 1) or (cue and closed and near < (REACH if forward else 200)):
            # Of two numbers before the same items ("分为四步，重点抓好三件事：") the nearer announces them.
            if found and items and found[-1].items[:1] == items[:1]:
                found.pop()
            found.append(Announcement(number, end, count, items))
    return found


def _items(places: Sequence[Place], index: int, count: int) -> tuple[Place, ...]:
    """The first run behind an announcement, up to `count` items."""
    first = next((i for i in range(index, min(index + 6, len(places))) if places[i].number == 1), None)
    if first is None:
        return ()
    runs = _runs(places[first : first + 400])
    return tuple(runs[0].places[:count])


def _headings_lost(text: str, runs: Sequence[Run]) -> Flag | None:
    """Whether （一） starts again and again with no higher heading between."""
    whole = [run for run in runs if len(run.places) > 1 and run.places[0].opens_line]
    lists = [run for run in whole if run.places[0].family == "（一）"]
    higher = [run for run in whole if run.places[0].family in ("一、", "第一章", "第一，")]
    if len(lists) < 3 or higher:
        return None
    again = [run.places[0].start for run in lists[1:]]
    return Flag(
        "headings_lost",
        evidence=f"（一） starts again {len(lists)} times with no heading above it, "
        f"at characters {', '.join(str(run.places[0].start) for run in lists)}",
        start=again[0],
        confidence=0.9,
    )
