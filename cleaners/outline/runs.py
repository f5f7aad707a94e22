"""Markers that number on make runs: 一、 to 五、, each 一是 to 三是 within one of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cleaners.markers import HEADING_FAMILIES, Place

# How many runs may be open at once: deeper nesting than any text has, and a bound for the work.
DEPTH = 24

# Families of headings: one that starts ends every list that runs on within a paragraph.
OUTER = ("第一编", "第一章", "第一节", "第一条", "一、", "（一）")

# An "一是" that comes so soon after another adds an item ("一是修路，一是架桥"); later it starts a new list.
AGAIN = 80


@dataclass(eq=False, slots=True)
class Run:
    """Markers of one family that number on: 一、 二、 三、."""

    places: list[Place] = field(default_factory=list)

    @property
    def last(self) -> int:
        return self.places[-1].number


def number(places: Sequence[Place]) -> tuple[Run, ...]:
    """The runs of numbers, in the order they start."""
    runs: list[Run] = []
    stack: list[Run] = []
    for place in places:
        home = _home(stack, place)
        if home is None:
            while place.family in OUTER and stack and inline(stack[-1]):
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


def inline(run: Run) -> bool:
    """Whether a run's items stand within paragraphs, or may."""
    return run.places[0].family not in HEADING_FAMILIES or not run.places[0].opens_line
