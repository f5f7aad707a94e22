"""Numbered headings, inline enumerations, announced counts: what a text says of its own parts.

Markers come from `markers`; consecutive ones of a family make a run ("一、" to "五、"), and a run that
starts within another's item nests in it. What is announced ("讲三点意见") is held against the run behind it.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

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

# How far behind an announcement its first item may stand, in characters: a preamble stands between where
# the text says that items follow (以下, 下面); else they follow at once, or after a sentence.
REACH = 600
NEAR = 120
FAR = 2 * REACH

# （一） starts so often with no heading above it where the headings got lost.
AGAIN_LOST = 3

# An "一是" that comes so soon after another adds an item ("一是修路，一是架桥"); later it starts a new list.
AGAIN = 80

# How many items a text may announce: larger numbers count other things.
MOST = 20

_UNIT = (
    r"(?:个?(?:方面|问题|重点|环节|阶段|步骤|原则|关系|层面|要点|要求|特点|任务|原因|结合)|"
    r"大(?:方面|问题|重点|原则|关系|特点|任务|举措|措施|工程|行动|体系|要求|目标)|"
    r"点|条|项|件|种|类|步|层|部分|句话|个)"
)
# A half-width point that ends a sentence stands behind hanzi or what closes, not behind a number that
# opens a line ("一.") and not before a digit.
_POINT = re.compile(
    rf"\.(?![\d.])(?<=[\u4e00-\u9fff)\]〕”’」』》%]\.)"
    rf"(?<![\n 。!?:;]{NUMERAL}\.)(?<!{NUMERAL}{NUMERAL}\.)(?<!\A{NUMERAL}\.)"
)
_CLAUSE = r"[^\n。!?;:,、()“”]"
# A number that counts things, up to the end of its clause: 三点贯彻意见.
_COUNTED = re.compile(rf"({NUMERAL}{{1,3}}|\d{{1,2}}){_UNIT}(?![{NUMERAL[1:-1]}\d]){_CLAUSE}{{0,16}}")
# What makes it say that they follow, close before the number.
_CUE = re.compile(
    r".*(以下|如下|下面|下列|这样|讲|谈|说|提|抓好|做好|抓住|把握|处理好|搞好|办好|强调|有|主要是|体现在|"
    rf"表现在|概括为|归纳为|分为|包括|采取|说明了|决定|注意|突出|健全|做了|做到|做){_CLAUSE}{{0,6}}$",
    re.DOTALL,
)
BEFORE = 10
FORWARD = ("以下", "如下", "下面", "下列")
# What makes it speak of something else: 这三点, 第三条, 百分之三点, 上述三个方面, “三个代表”.
_BACKWARD = re.compile(rf"(?:[这那第之上述前等每各“点.\d{NUMERAL[1:-1]}]|以上|此外|其他|另外)$")
# What may stand between the counted things and the end of their sentence ("，供大家参考。").
_SENTENCE = re.compile(r"[^\n。!?:]{0,40}[\n。!?:]")
_TITLE_END = re.compile(r"[\n。:;!?：；！？]|\s{2}")


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

    start: int  # character offset: of the cue (讲, 以下), or where there is none of the number
    end: int  # behind the sentence that announces
    count: int
    items: tuple[Place, ...]  # those that follow

    @property
    def found(self) -> int:
        return len(self.items)


@dataclass(frozen=True, slots=True)
class Outline:
    """What a text says of its own parts."""

    places: tuple[Place, ...]  # the markers, in order
    runs: tuple[Run, ...]  # in the order they start
    announcements: tuple[Announcement, ...]


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
    outline = read(folded(document.text))
    lost = _headings_lost(outline.runs)
    return Findings(
        flags=(lost,) if lost else (),
        measures=Measures(
            announced_items=sum(one.count for one in outline.announcements),
            found_items=sum(one.found for one in outline.announcements),
        ),
    )


def folded(text: str) -> str:
    """`text` as `read` wants it: folded, with points that end sentences as full stops; of the same length.

    >>> folded("修路.架橋 3.5 公里")
    '修路。架桥 3.5 公里'
    """
    return _POINT.sub("。", fold(text))


def announcements(text: str) -> list[Announcement]:
    """What `text` announces ("讲三点意见"), each with the items that follow it.

    >>> [(a.start, a.count, a.found) for a in announcements("讲三点意见。第一，早。第二，实。第三，严。")]
    [(0, 3, 3)]
    """
    return list(read(folded(text)).announcements)


@lru_cache(maxsize=1)  # completeness reads the same text next
def read(text: str) -> Outline:
    """The outline of a text that was `folded`."""
    places = tuple(markers.find(text))
    runs = _runs(places)
    return Outline(places, runs, _announced(text, runs))


def tree(text: str) -> tuple[Node, ...]:
    """The numbered parts of `text`, the outermost ones; parts within them are their children.

    >>> [(node.marker, node.title, len(node.children)) for node in tree("一、修路\\n（一）备料\\n二、架桥")]
    [('一、', '修路', 1), ('二、', '架桥', 0)]
    """
    # A lone inline marker numbers nothing: "首先要感谢大家。"
    runs = [
        run for run in _runs(tuple(markers.find(folded(text)))) if len(run.places) > 1 or not _inline(run)
    ]
    home = {place.start: run for run in runs for place in run.places}
    top: list[Node] = []
    open_nodes: list[tuple[Run, Place, list[Node]]] = []

    def close(depth: int, end: int) -> None:
        while len(open_nodes) > depth:
            _, place, children = open_nodes.pop()
            title = _title(text[place.end : place.end + TITLE])
            node = Node(text[place.start : place.end], title, place.start, end, tuple(children))
            (open_nodes[-1][2] if open_nodes else top).append(node)

    for place in sorted(place for run in runs for place in run.places):
        run = home[place.start]
        depth = next((i for i, (other, _, _) in enumerate(open_nodes) if _ends(other, run, place)), None)
        close(len(open_nodes) if depth is None else depth, place.start)
        if len(open_nodes) < DEPTH:
            open_nodes.append((run, place, []))
    close(0, len(text))
    return tuple(top)


def _title(behind: str) -> str:
    """What behind a marker names its part."""
    return _TITLE_END.split(behind.strip(), maxsplit=1)[0].strip()


def _ends(other: Run, run: Run, place: Place) -> bool:
    """Whether `place` ends the open item of `other`: it numbers on there, or starts its kind of list anew."""
    if other is run:
        return True
    last = other.places[-1]
    if last.start > place.start:
        return False
    same_kind = last.family == place.family and last.opens_line == place.opens_line
    return same_kind or (place.family in OUTER and _inline(other))


def _runs(places: Sequence[Place]) -> tuple[Run, ...]:
    """The runs of numbers, in the order they start."""
    runs: list[Run] = []
    stack: list[Run] = []
    for place in places:
        home = _home(stack, place)
        if home is None:
            while place.family in OUTER and stack and _inline(stack[-1]):
                stack.pop()
            runs.append(Run())
            stack.append(runs[-1])
            del stack[:-DEPTH]
        else:
            del stack[home + 1 :]
        stack[-1].places.append(place)
    return tuple(runs)


def _home(stack: Sequence[Run], place: Place) -> int | None:
    """Which open run `place` numbers on."""
    if place.number == 1:
        again = bool(stack) and place.family == "一是" and stack[-1].last == 1 and _close(stack[-1], place)
        return len(stack) - 1 if again else None
    other = None
    for i in range(len(stack) - 1, -1, -1):
        last = stack[i].places[-1]
        if place.number and last.number != place.number - 1:
            continue
        if last.family == place.family and last.opens_line == place.opens_line:
            return i
        # Behind 首先 and 其次 comes 第三; a wrapped line opens with an item of a list that runs inline.
        if other is None and (
            last.family == place.family or (last.family, place.family) == ("首先", "第一，")
        ):
            other = i
    return other


def _close(run: Run, place: Place) -> bool:
    last = run.places[-1]
    return last.family == place.family and place.start - last.start < AGAIN


def _inline(run: Run) -> bool:
    return run.places[0].family not in HEADING_FAMILIES or not run.places[0].opens_line


def _announced(text: str, runs: Sequence[Run]) -> tuple[Announcement, ...]:
    """The announcements; of two before the same items ("分为四步，重点抓好三件事：") the nearer."""
    firsts = [run.places[0].start for run in runs]
    found: list[Announcement] = []
    for match in _COUNTED.finditer(text):
        one = _announcement(text, match, runs, firsts)
        if one and found and one.items and found[-1].items[:1] == one.items[:1]:
            found.pop()
        if one:
            found.append(one)
    return tuple(found)


def _announcement(
    text: str, counted: re.Match[str], runs: Sequence[Run], firsts: Sequence[int]
) -> Announcement | None:
    start, count = counted.start(), markers.value(counted[1])
    sentence = _SENTENCE.match(text, counted.end())
    if not 2 <= count <= MOST or sentence is None or _BACKWARD.search(text, max(0, start - 2), start):
        return None
    cue = _CUE.match(text, max(0, start - BEFORE), start)
    forward = cue is not None and cue[1] in FORWARD
    end = sentence.end()
    behind = bisect_left(firsts, counted.end())
    run = next((run for run in runs[behind : behind + 3] if run.places[0].number == 1), None)
    items: tuple[Place, ...] = ()
    if run and run.places[0].start - end < FAR:
        between = len(text[end : run.places[0].start].strip())
        if between <= (REACH if forward else NEAR if cue else 0):
            items = tuple(run.places[:count])
    # Without a cue two items must follow at once; without items the text must say that some follow.
    if (items and (cue or len(items) > 1)) or (forward and text[end - 1] in "。:"):
        return Announcement(cue.start(1) if cue else start, end, count, items)
    return None


def _headings_lost(runs: Sequence[Run]) -> Flag | None:
    """Whether （一） starts again and again with no higher heading between."""
    # A text on one line has no headings that open one.
    collapsed = not any(run.places[0].opens_line for run in runs)
    lists = [run for run in runs if len(run.places) > 1 and (collapsed or run.places[0].opens_line)]
    again = [run.places[0].start for run in lists if run.places[0].family == "（一）"]
    if len(again) < AGAIN_LOST or any(run.places[0].family in ("一、", "第一章", "第一，") for run in lists):
        return None
    where = ", ".join(map(str, again))
    return Flag(
        "headings_lost",
        evidence=f"（一） starts {len(again)} times with no heading above it, at characters {where}",
        start=again[1],
        confidence=0.9,
    )
