"""The outline as a tree, for people to read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cleaners.markers import Place
from cleaners.outline.runs import DEPTH, OUTER, Run, inline

# A title is shown up to its first mark, and no longer than this.
TITLE = 40
_TITLE_END = re.compile(r"[\n。:;!?：；！？]|\s{2}")


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a text under a marker."""

    marker: str  # "一、"
    title: str  # up to the first mark
    start: int  # character offset of the marker
    end: int  # where the next part of the same or a higher level starts
    children: tuple["Node", ...] = ()


def nodes(text: str, runs: Sequence[Run]) -> tuple[Node, ...]:
    """The parts of `text` under the markers of `runs`, the outermost ones, with their children."""
    # A lone inline marker numbers nothing: "首先要感谢大家。"
    runs = [run for run in runs if len(run.places) > 1 or not inline(run)]
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
    return same_kind or (place.family in OUTER and inline(other))
