"""The text's layout as its author meant it: one paragraph a line, and nothing but paragraphs.

Lines that were broken in mid-sentence are joined, paragraphs that were collapsed onto one line are
parted, blank lines, indentation and invisible characters go. What is not sure stays as it is.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from cleaners import folding, markers
from cleaners.document import Document, Edit, Findings
from cleaners.options import Options

LINE_END = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Tab is white space; the joiners U+200C and U+200D mean something in other scripts and in emoji.
INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff]+"
)

FINAL = "。！？!?…；;：:"
CLOSING = "”’」』）)》〉】〗］]\"'"
OPENING = "“‘「『（(《〈【〖［["
# What no line begins with: the one before goes on.
NEVER_FIRST = "，,。、；;：:！!？?）)》〉”’」』】］]"

# A line this long that has a sentence's end inside is prose, not a title.
PROSE = 60

# A line this long that has so many sentence ends followed by a space holds several paragraphs.
COLLAPSED_LENGTH = 300
COLLAPSED_ENDS = 3
HEADING = 60  # the longest heading that is parted from its paragraph

_SENTENCE_END = re.compile(rf"[{re.escape(FINAL)}][{re.escape(CLOSING)}]*")
_INNER_SPACE = re.compile(r"(?<=\S)[^\S\n]+(?=\S)")
_HANZI = re.compile(r"[\u3400-\u9fff]")


class _Line(NamedTuple):
    start: int  # of what is seen, without the white space around it
    end: int


def find(document: Document, options: Options) -> Findings:
    """Joins, parts and the white space that no reader misses, as edits `layout.*`."""
    text = document.text
    lines = _lines(text)
    if not lines:
        return Findings((Edit(0, text, "", "layout.blank", 1.0),) if text else ())
    folded = folding.fold(text)
    edits: list[Edit] = []
    if lines[0].start:
        edits.append(Edit(0, text[: lines[0].start], "", _gap_rule(text[: lines[0].start]), 1.0))
    paragraph = lines[0].start
    for line, following in pairwise(lines):
        edits += _within(text, folded, line)
        gap = text[line.end : following.start]
        if _runs_on(text, folded, paragraph, line, following):
            latin = text[line.end - 1].isascii() and text[following.start].isascii()
            edits.append(Edit(line.end, gap, " " if latin else "", "layout.join", 0.9))
            continue
        paragraph = following.start
        if gap != "\n":
            edits.append(Edit(line.end, gap, "\n", _gap_rule(gap), 1.0))
    edits += _within(text, folded, lines[-1])
    if lines[-1].end < len(text):
        edits.append(Edit(lines[-1].end, text[lines[-1].end :], "", _gap_rule(text[lines[-1].end :]), 1.0))
    return Findings(tuple(edits))


def _lines(text: str) -> list[_Line]:
    """The lines that show anything."""
    lines = []
    start = 0
    for end, after in [*(match.span() for match in LINE_END.finditer(text)), (len(text), len(text))]:
        line = INVISIBLE.sub(lambda match: " " * len(match[0]), text[start:end])
        if seen := line.strip():
            first = start + line.index(seen[0])
            lines.append(_Line(first, first + len(seen)))
        start = after
    return lines


def _gap_rule(gap: str) -> str:
    """What is done to what lies between two lines that stay apart."""
    ends = list(LINE_END.finditer(gap))
    if len(ends) > 1:
        return "layout.blank"
    if not ends or ends[0].end() < len(gap):
        return "layout.indent"
    return "layout.space" if ends[0].start() else "layout.line-end"


def _within(text: str, folded: str, line: _Line) -> Iterator[Edit]:
    """What is done inside one line."""
    parts = set(_breaks(text, folded, line))
    pattern = re.compile(rf"{INVISIBLE.pattern}|(?<=\S)[^\S\n]+(?=\S)")
    for match in pattern.finditer(text, line.start, line.end):
        if match.start() in parts:
            yield Edit(match.start(), match[0], "\n", "layout.part", 0.9)
        elif INVISIBLE.fullmatch(match[0]):
            yield Edit(match.start(), match[0], "", "layout.invisible", 1.0)


def _breaks(text: str, folded: str, line: _Line) -> Iterator[int]:
    """Where white space inside a line stands for the end of a paragraph."""
    if line.end - line.start < COLLAPSED_LENGTH:
        return
    spaces = list(_INNER_SPACE.finditer(text, line.start, line.end))
    if sum(_finished(text[line.start : space.start()]) for space in spaces) < COLLAPSED_ENDS:
        return
    start = line.start
    for space in spaces:
        segment = text[start : space.start()]
        heading = len(segment) <= HEADING and _heads(folded, start) and _HANZI.match(text, space.end())
        if _finished(segment) or heading:
            yield space.start()
            start = space.end()


def _runs_on(text: str, folded: str, paragraph: int, line: _Line, following: _Line) -> bool:
    """Whether `following` goes on in the middle of the sentence with which `line` ends."""
    before, after = text[paragraph : line.end], text[following.start : following.end]
    if after[0] in NEVER_FIRST and not _finished(before):
        return True
    prose = len(before) >= PROSE and _SENTENCE_END.search(before) is not None
    return (
        prose
        and not _finished(before)
        and not _heads(folded, following.start)
        and _finished(after)
        and _HANZI.match(after) is not None
    )


def _finished(part: str) -> bool:
    """Whether a sentence ends where `part` ends."""
    bare = part.rstrip(CLOSING)
    return (bool(bare) and bare[-1] in FINAL) or (len(bare) < len(part) and part[-1] in "”’」』）)")


def _heads(folded: str, start: int) -> bool:
    marker = markers.at(folded, start)
    return marker is not None and marker.family in markers.HEADING_FAMILIES
