"""What a text announces ("讲三点意见"), held against the run of markers behind it."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cleaners import markers
from cleaners.markers import NUMERAL, Place
from cleaners.outline.runs import Run

# How far behind an announcement its first item may stand, in characters: a preamble stands between where
# the text says that items follow (以下, 下面); else they follow at once, or after a sentence.
REACH = 600
NEAR = 120
FAR = 2 * REACH

# How many items a text may announce: larger numbers count other things.
MOST = 20

_UNIT = (
    r"(?:个?(?:方面|问题|重点|环节|阶段|步骤|原则|关系|层面|要点|要求|特点|任务|原因|结合)|"
    r"大(?:方面|问题|重点|原则|关系|特点|任务|举措|措施|工程|行动|体系|要求|目标)|"
    r"点(?![半钟整])|条|项|件|篇|种|类|步|层|部分|句话|个(?![多月])|(?<=有.)(?=[:,。]))"
)
_CLAUSE = r"[^\n。!?;:,、()“”]"
# A number that counts things, up to the end of its clause: 三点贯彻意见.
_COUNTED = re.compile(
    # Begins with one class, to which the search skips.
    rf"([{NUMERAL[1:-1]}\d](?:(?<=\d)\d?|(?<!\d){NUMERAL}{{0,2}})){_UNIT}(?![{NUMERAL[1:-1]}\d]){_CLAUSE}{{0,16}}"
)
# What makes it say that they follow, close before the number.
_CUE = re.compile(
    r".*(以下|如下|下面|下列|这样|讲|谈|说|提|抓好|做好|抓住|把握|处理好|搞好|办好|强调|有|主要是|体现在|"
    r"表现在|概括为|归纳为|分为|包括|采取|说明了|决定|注意|突出|健全|做了|做到|做|补充|汇报|建议|希望|要求|"
    rf"遵循|实施|开展|存在){_CLAUSE}{{0,6}}$",
    re.DOTALL,
)
BEFORE = 10
FORWARD, COMMON = ("以下", "如下", "下面", "下列"), "下"
SAYING = ("讲", "谈", "说", "提", "强调", "补充", "汇报")
# What makes it speak of something else: 这三点, 第三条, 百分之三点, 上述三个方面.
_BACKWARD = re.compile(rf"(?:[这那第之上述前等每各点.\d{NUMERAL[1:-1]}]|以上|此外|其他|另外)$")
# What may stand between the counted things and the end of their sentence ("，供大家参考。").
SENTENCE = 60
_SENTENCE = re.compile(r"[^\n。!?:]{0,40}[\n。!?:]")


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


def announced(text: str, runs: Sequence[Run]) -> tuple[Announcement, ...]:
    """The announcements; of two before the same items ("分为四步，重点抓好三件事：") the nearer."""
    lists = [run for run in runs if run.places[0].number == 1]
    firsts = [run.places[0].start for run in lists]
    found: list[Announcement] = []
    for match in _counted(text, firsts):
        start, count = match.start(), markers.value(match[1])
        if 2 <= count <= MOST and not _BACKWARD.search(text, max(0, start - 2), start):
            behind = bisect_left(firsts, match.end())
            near = behind < len(lists) and firsts[behind] - match.end() < FAR
            one = _announcement(text, match, count, lists[behind] if near else None)
            if one and found and one.items and found[-1].items[:1] == one.items[:1]:
                found.pop()
            if one:
                found.append(one)
    return tuple(found)


def _counted(text: str, firsts: Sequence[int]) -> Iterator[re.Match[str]]:
    """What counts things, where it may announce: before a list, or behind a word that says that some follow."""
    spans = [(max(0, first - NEAR - SENTENCE), first) for first in firsts]
    at = text.find(COMMON)
    while at >= 0:
        spans += [(start, start + BEFORE) for start in (at - 1, at) if text[start : start + 2] in FORWARD]
        at = text.find(COMMON, at + 1)
    start = end = 0
    for opens, closes in [*sorted(spans), (len(text) + FAR, 0)]:
        if opens <= end:
            end = max(end, closes)
            continue
        matches = _COUNTED.finditer(text, start, end + SENTENCE)
        yield from (match for match in matches if match.start() < end)
        start, end = opens, closes


def _announcement(text: str, counted: re.Match[str], count: int, run: Run | None) -> Announcement | None:
    start = counted.start()
    cue = _CUE.match(text, max(0, start - BEFORE), start)
    sentence = _SENTENCE.match(text, counted.end())
    if sentence is None:
        return None
    end, word = sentence.end(), cue[1] if cue else ""
    items = _following(text, run, end, word, count) if run else ()
    # A name counts what all know (“三个代表”, 八项规定), unless just so many items follow at once; two follow
    # by chance. Without items the text must say that some follow.
    quoted, mark = text[start - 1 : start] == "“", text[end - 1]
    listed = len(items) == count > 2 or (not quoted and len(items) > 1 and mark == ":")
    said = (items and ((cue and not quoted) or listed)) or (word in FORWARD and mark in "。:")
    if not said or mark == "?":
        return None
    return Announcement(cue.start(1) if cue else start, end, count, items)


def _following(text: str, run: Run, end: int, cue: str, count: int) -> tuple[Place, ...]:
    """The items of `run` if they are what the sentence up to `end` announces by `cue`."""
    first, items = run.places[0], tuple(run.places[:count])
    if first.family == "首先" and text[first.start - 1] not in "\n。:;!? ":
        return ()
    between = len(text[end : first.start].strip())
    if between == 0 or (cue in FORWARD and between <= REACH):
        return items
    # Behind a colon the list begins. A sentence may stand between where somebody says that he has so many.
    near = cue and between <= NEAR and text[end - 1] != ":" and (cue in SAYING or len(items) == count)
    return items if near else ()
