"""What is known of a paragraph, as far as its lines were read."""

import re
from dataclasses import dataclass

from cleaners.layout.lines import Line, has_final, has_marks

_OPEN = dict.fromkeys("《（(【「『〈", 1) | dict.fromkeys("》）)】」』〉", -1)
_PAIRED = re.compile(rf"[{re.escape(''.join(_OPEN))}“”]")


@dataclass(slots=True)
class Start:
    """What is known of a paragraph, or of the part of it that was read."""

    length: int  # characters
    marks: bool  # it has a clause's or sentence's end inside
    finals: bool  # ... a sentence's
    heading: bool  # it begins with a number
    brackets: int  # how many are open
    quotes: int


def start(text: str, line: Line, heading: bool) -> Start:
    """What is known of a paragraph that begins with `line`."""
    start, end = line.start, line.end
    marks = has_marks(text, start, end)
    paired = _PAIRED.findall(text, start, end)
    return Start(
        end - start,
        marks,
        marks and has_final(text, start, end),
        heading,
        sum([_OPEN.get(mark, 0) for mark in paired]),
        paired.count("“") - paired.count("”"),
    )


def going_on(paragraph: Start, tail: str, line: Start) -> Start:
    """`paragraph`, whose last line ends with `tail`, with one more line."""
    return Start(
        paragraph.length + line.length,
        paragraph.marks or line.marks or tail in ("final", "semicolon", "comma"),
        paragraph.finals or line.finals or tail == "final",
        paragraph.heading,
        max(paragraph.brackets + line.brackets, 0),
        max(paragraph.quotes + line.quotes, 0),
    )
