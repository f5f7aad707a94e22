"""The text's layout as its author meant it: one paragraph a line, and nothing but paragraphs.

Lines that were broken in mid-sentence are joined (`wrapping`), paragraphs that were collapsed onto one
line are parted (`collapse`), blank lines, indentation and invisible characters go (`lines`). What is
not sure stays as it is.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from cleaners import folding
from cleaners.document import Document, Edit, Findings
from cleaners.layout import collapse, wrapping
from cleaners.layout.lines import HANZI, INVISIBLE, LINE_END, Line, visible
from cleaners.options import Options

# Hanzi beside a Latin word or number, with a space between and without.
_APART = re.compile(rf"{HANZI.pattern} (?=[A-Za-z0-9])|[A-Za-z0-9] (?={HANZI.pattern})")
_TOGETHER = re.compile(rf"{HANZI.pattern}(?=[A-Za-z0-9])|[A-Za-z0-9](?={HANZI.pattern})")


def find(document: Document, options: Options) -> Findings:
    """Joins, parts, and the white space that no reader misses, as edits `layout.*`.

    >>> [(edit.before, edit.rule) for edit in find(Document("　　甲。\\n\\n乙。"), Options()).edits]
    [('　　', 'layout.indent'), ('\\n\\n', 'layout.blank')]
    """
    text = document.text
    lines = visible(text)
    if not lines:
        return Findings((Edit(0, text, "", "layout.blank", 1.0),) if text else ())
    folded = folding.fold(text)
    joins = wrapping.joins(text, folded, lines)
    parts = collapse.parts(text, folded, lines, joins)
    edits = [
        *_around(text, 0, lines[0].start),
        *_between(text, lines, joins),
        *_within(text, lines, parts),
        *_around(text, lines[-1].end, len(text)),
    ]
    return Findings(tuple(sorted(edits, key=lambda edit: edit.start)))


def _between(text: str, lines: list[Line], joins: dict[int, float]) -> Iterator[Edit]:
    """Each gap between two lines: a join, or one line end."""
    mixed = len(_APART.findall(text)) > len(_TOGETHER.findall(text)) if joins else False
    for i, (line, following) in enumerate(pairwise(lines)):
        gap = text[line.end : following.start]
        if i in joins:
            space = _space(text[line.end - 1], text[following.start], mixed)
            yield Edit(line.end, gap, space, "layout.join", joins[i])
        elif gap != "\n":
            yield Edit(line.end, gap, "\n", _rule(gap), 1.0)


def _space(last: str, first: str, mixed: bool) -> str:
    """What stands between two parts of a sentence: words of an alphabet are parted, hanzi are not."""
    if last == "-" or not first.isalnum() or not (last.isascii() or first.isascii()):
        return ""
    if last.isascii() and first.isascii():
        return " "
    return " " if mixed and last.isalnum() else ""


def _within(text: str, lines: list[Line], parts: dict[int, float]) -> Iterator[Edit]:
    """What nobody sees, and the spaces that stand for a paragraph's end."""
    for line in lines:
        for match in INVISIBLE.finditer(text, line.start, line.end):
            yield Edit(match.start(), match[0], "", "layout.invisible", 1.0)
    for start, confidence in parts.items():
        end = start
        while text[end].isspace():
            end += 1
        yield Edit(start, text[start:end], "\n", "layout.part", confidence)


def _around(text: str, start: int, end: int) -> Iterator[Edit]:
    """What stands before the first line or behind the last."""
    if start < end:
        yield Edit(start, text[start:end], "", _rule(text[start:end]), 1.0)


def _rule(gap: str) -> str:
    """What is done to what lies between two lines that stay apart."""
    ends = list(LINE_END.finditer(gap))
    if len(ends) > 1:
        return "layout.blank"
    if not ends or ends[0].end() < len(gap):
        return "layout.indent"
    return "layout.space" if ends[0].start() else "layout.line-end"
