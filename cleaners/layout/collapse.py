"""Where a space stands for the end of a paragraph: documents whose paragraphs were put on one line."""

import re
from collections.abc import Iterator

from cleaners.layout.lines import HANZI, SALUTATION, Line, has_marks, heads, tail

# A line holds several paragraphs if so many of its sentence ends have a space behind them,
ENDS = 2
# and if it has no more than this share as many spaces behind commas: those are a habit of spacing.
HABIT = 0.2
# The longest heading that is parted from its paragraph.
HEADING = 60

_SPACES = re.compile(r"(?<=\S)[^\S\n\r]+(?=\S)")


def parts(text: str, folded: str, lines: list[Line], joins: dict[int, float]) -> dict[int, float]:
    """Where white space to be made a paragraph's end begins -> confidence."""
    found: dict[int, float] = {}
    start = 0
    for i in range(len(lines)):
        if i not in joins:
            for place in _parts(text, folded, lines[start : i + 1]):
                found[place] = 0.9
            start = i + 1
    return found


def _parts(text: str, folded: str, lines: list[Line]) -> Iterator[int]:
    """The same within the lines of one paragraph."""
    spaces = [match for line in lines for match in _SPACES.finditer(text, line.start, line.end)]
    kinds = [tail(text, max(lines[0].start, space.start() - 8), space.start()) for space in spaces]
    if kinds.count("final") < ENDS or kinds.count("comma") > HABIT * kinds.count("final"):
        return
    start = lines[0].start
    ends = [space.start() for space in spaces[1:]] + [lines[-1].end]
    for space, kind, end in zip(spaces, kinds, ends, strict=True):
        if kind == "final" or _heading_ends(text, folded, start, space.start(), space.end(), end):
            yield space.start()
            start = space.end()


def _heading_ends(text: str, folded: str, start: int, end: int, following: int, following_end: int) -> bool:
    """Whether a title, heading or address ends before the space and something else begins behind it."""
    if end - start > HEADING or not HANZI.match(text, following):
        return False
    if heads(folded, following) or SALUTATION.match(text, start, end):
        return True
    prose = has_marks(text, following, following_end) or tail(text, following, following_end) == "final"
    return prose and (heads(folded, start) or not has_marks(text, start, end))
