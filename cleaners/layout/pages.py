"""Page numbers that were left between the lines, often in the midst of a sentence."""

import re
from typing import NamedTuple

from cleaners.folding import fold
from cleaners.layout.lines import Line, has_marks, heads, tail

# "- 12 -", "第 12 页", "12/40", "Page 12 of 40", "·12·" or "12", alone on a line; in brackets it is a note's.
_NUMBER = re.compile(
    r"[-–—―~·•|]{0,3}\s?(?:第|page|p\.?)?\s?(\d{1,4})\s?页?"
    r"(?:\s?(?:[/／]|of|[,，]?\s?共)\s?\d{1,4}\s?页?)?\s?[-–—―~·•|]{0,3}",
    re.ASCII,
)
LONGEST = 20
# Numbers of pages go up by one, at least so many of them, with so many characters on a page (rows of a table
# and verses are shorter); one is enough if it is written as nothing else, or on a new page.
FEWEST, PAGE = 2, 200
# Chapters may be numbered so, too. But they begin between paragraphs, while pages break in sentences: of the
# breaks at least so large a share.
INSIDE = 0.3
# A line that a sentence goes on behind is at least so long; shorter ones are titles, entries and verse.
LONG = 26


class _Page(NamedTuple):
    line: int  # the number of the line that numbers it
    before: "_Page | None"
    length: int  # how many pages up to this one


def numbers(text: str, lines: list[Line]) -> set[int]:
    """Which of the lines are page numbers."""
    last: dict[tuple[str, int], _Page] = {}
    longest: _Page | None = None
    folded = fold(text)
    for i, line in enumerate(lines):
        if line.end - line.start > LONGEST:
            continue
        if not (match := _NUMBER.fullmatch(folded, line.start, line.end)):
            continue
        shape, number = re.sub(r"\d+", "1", match[0]), int(match[1])
        before = last.get((shape, number - 1))
        if before and before.length < FEWEST and line.start - lines[before.line].end < PAGE:
            before = None  # later ones may be short: the last page
        last[shape, number] = page = _Page(i, before, before.length + 1 if before else 1)
        if longest is None or page.length > longest.length:
            longest = page
    found = []
    while longest:
        found.append(longest.line)
        longest = longest.before
    inside = sum(_inside(text, lines, i) for i in found)
    if inside < max(1, INSIDE * len(found)) or (len(found) < FEWEST and not _told(text, lines, found[0])):
        return set()
    return set(found)


def _told(text: str, lines: list[Line], i: int) -> bool:
    """Whether line `i` is more than a number."""
    return (
        not text[lines[i].start : lines[i].end].isdigit() or "\f" in text[lines[i - 1].end : lines[i].start]
    )


def _inside(text: str, lines: list[Line], i: int) -> bool:
    """Whether a sentence goes on over line `i`."""
    if not 0 < i < len(lines) - 1:
        return False
    before, behind = lines[i - 1], lines[i + 1]
    return (
        before.end - before.start >= LONG
        and tail(text, before.start, before.end) in ("word", "comma", "open")
        and any(has_marks(text, line.start, line.end) for line in (before, behind))
        and not heads(text, behind.start)
    )
