"""Numbered headings, inline enumerations, announced counts: what a text says of its own parts.

Markers come from `markers`; consecutive ones of a family make a run ("一、" to "五、"), and a run that
starts within another's item nests in it. What is announced ("讲三点意见") is held against the run behind it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from cleaners import markers
from cleaners.document import Document, Findings, Flag, Measures
from cleaners.folding import fold
from cleaners.markers import NUMERAL, Place
from cleaners.options import Options
from cleaners.outline.announced import Announcement, announced
from cleaners.outline.nodes import Node, nodes
from cleaners.outline.runs import OUTER, Run, number

__all__ = [
    "OUTER",
    "Announcement",
    "Node",
    "Outline",
    "Run",
    "announcements",
    "find",
    "folded",
    "read",
    "tree",
]

# （一） starts so often with no heading above it where the headings got lost.
AGAIN_LOST = 3
NOTHING = Findings()
HEADINGS = ("一、", "第一编", "第一章", "第一节", "第一条", "第一，")

# A half-width point that ends a sentence stands behind hanzi or what closes, not behind a number that
# opens a line ("一.") and not before a digit; or it stands behind a letter and before a space.
_POINT = re.compile(
    rf"\.(?![\d.])(?:(?<=[\u4e00-\u9fff)\]〕”’」』》%]\.)"
    rf"(?<![\n 。!?:;]{NUMERAL}\.)(?<!{NUMERAL}{NUMERAL}\.)(?<!\A{NUMERAL}\.)"
    r"|(?<=[^\W\d]\.)(?<![\u4e00-\u9fff]\.)(?=[\s\"'”’)]|\Z))"
)


@dataclass(frozen=True, slots=True)
class Outline:
    """What a text says of its own parts."""

    places: tuple[Place, ...]  # the markers, in order
    runs: tuple[Run, ...]  # in the order they start
    announcements: tuple[Announcement, ...]


def find(document: Document, options: Options) -> Findings:
    """What `document.text` announces, how much of that it has, and whether its headings got lost.

    Of several announcements the main one is measured: the one whose items span the most text.
    """
    outline = read(folded(document.text))
    lost = _headings_lost(outline.runs)
    main = max(outline.announcements, key=_reach, default=None)
    if not lost and not main:
        return NOTHING
    measures = Measures(announced_items=main.count, found_items=main.found) if main else Measures()
    return Findings(flags=(lost,) if lost else (), measures=measures)


def _reach(announcement: Announcement) -> int:
    """How much text lies between an announcement and its last item: the main one spans the most."""
    return announcement.items[-1].start - announcement.start if announcement.items else 0


@lru_cache(maxsize=1)  # as for `read`
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
    runs = number(places)
    return Outline(places, runs, announced(text, runs))


def tree(text: str) -> tuple[Node, ...]:
    """The numbered parts of `text`, the outermost ones; parts within them are their children.

    >>> [(node.marker, node.title, len(node.children)) for node in tree("一、修路\\n（一）备料\\n二、架桥")]
    [('一、', '修路', 1), ('二、', '架桥', 0)]
    """
    return nodes(text, read(folded(text)).runs)


def _headings_lost(runs: Sequence[Run]) -> Flag | None:
    """Whether （一） starts again and again with no higher heading between."""
    # A text on one line has no headings that open one.
    collapsed = not any(run.places[0].opens_line for run in runs)
    lists = [run for run in runs if len(run.places) > 1 and (collapsed or run.places[0].opens_line)]
    again = [run.places[0].start for run in lists if run.places[0].family == "（一）"]
    if len(again) < AGAIN_LOST or any(run.places[0].family in HEADINGS for run in lists):
        return None
    where = ", ".join(map(str, again))
    return Flag(
        "headings_lost",
        evidence=f"（一） starts {len(again)} times with no heading above it, at characters {where}",
        start=again[1],
        confidence=0.9,
    )
