"""The text's layout as its author meant it: one paragraph a line, and nothing but paragraphs.

Lines that were broken in mid-sentence are joined (`wrapping`, from what `language` and `widths` say of them),
over page numbers too (`pages`), paragraphs that were collapsed onto one line are parted (`collapse`), blank
lines, indentation and what nobody sees go. What is not sure stays as it is.
"""

import re
import unicodedata
from bisect import bisect
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain, pairwise

import numpy as np

from cleaners import separators
from cleaners.document import Document, Edit, Findings
from cleaners.layout import collapse, pages, wrapping
from cleaners.layout.lines import HANZI, LINE_END, Line, Span, places, spaces, visible
from cleaners.options import Options

# What nobody sees; beside hanzi and white space U+200C and U+200D too, which mean something in other scripts
# and in emoji.
_HIDDEN = (
    r"\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u180e\u200b\u200e\u200f\u202a-\u202e"
    r"\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffc"
)
_BESIDE = rf"[^\s{HANZI.pattern[1:-1]}]"
INVISIBLE = re.compile(
    rf"(?<!{_BESIDE})[{_HIDDEN}\u200c\u200d]+|[{_HIDDEN}\u200c\u200d]{{1,50}}(?!{_BESIDE})|[{_HIDDEN}]+"
)
# Texts need so many rounds, all but made-up ones less than this.
ROUNDS = 10
# So many lines of one length are wrapped at it.
FEWEST_ALIKE = 3
_RUN = re.compile(rf"[{_HIDDEN}\u200c\u200d]+")
_UNSEEN = rf"[{_HIDDEN}\u200c\u200d{separators.PRIVATE}]"
# Spaces other than the plain and the ideographic one, by which the author may have meant something.
ODD_SPACE = re.compile(r"[\xa0\u1680\u2000-\u200a\u202f\u205f]")
# Full-width digits and letters, with the marks inside a number.
WIDE = re.compile(r"[０-９Ａ-Ｚａ-ｚ]+(?:[．：／－][０-９Ａ-Ｚａ-ｚ]+)*％?")
# Hanzi beside a Latin word or number, with a space between and without.
_APART = re.compile(rf" (?:(?<={HANZI.pattern} )(?=[A-Za-z0-9])|(?<=[A-Za-z0-9] )(?={HANZI.pattern}))")
_TOGETHER = [
    re.compile(rf"[A-Za-z0-9]{beside}") for beside in (rf"(?<={HANZI.pattern}.)", rf"(?={HANZI.pattern})")
]


def find(document: Document, options: Options) -> Findings:
    """Joins, parts, and the white space that no reader misses, as edits `layout.*`.

    >>> [(edit.before, edit.rule) for edit in find(Document("　　甲。\\n\\n乙。"), Options()).edits]
    [('　　', 'layout.indent'), ('\\n\\n', 'layout.blank')]
    """
    text, title = document.text, document.metadata.title
    if not len(places(_UNSEEN, text)):
        return Findings(tuple(_edits(text, title, options)))
    # A separator is read as a line end, which has the same length.
    marks = separators.found(_without(text, _hidden(text)))
    lined = separators.lined(text, marks)
    hidden = _hidden(lined)
    edits = _edits(_without(lined, hidden), title, options)
    return Findings(tuple(sorted(_in_full(text, marks, hidden, edits), key=lambda edit: edit.start)))


def _hidden(text: str) -> list[Span]:
    """Where something stands that nobody sees: all matches of `INVISIBLE`, found by what they are made of."""
    found = []
    for run in _RUN.finditer(text):
        place, end = run.span()
        while place < end:
            if match := INVISIBLE.match(text, place):
                found.append(match.span())
            place = match.end() if match else place + 1
    return found


def _without(text: str, spans: list[Span]) -> str:
    starts, ends = [0, *(end for _, end in spans)], [*(start for start, _ in spans), len(text)]
    return "".join(map(text.__getitem__, map(slice, starts, ends))) if spans else text


def _in_full(text: str, marks: str, hidden: list[Span], edits: Iterable[Edit]) -> Iterator[Edit]:
    """`edits` of a text without what is hidden as edits of `text`, and those of the rest of it.

    That is what is hidden, and the separators, which are `marks`, wherever no other edit takes them.
    """
    # Where each character that stays stands in `text`, and which edits swallow what stands between.
    stays = np.ones(len(text), dtype=np.bool_)
    for start, end in hidden:
        stays[start:end] = False
    places = np.flatnonzero(stays)
    swallowed = set[int]()
    for edit in edits:
        start, end = int(places[edit.start]), int(places[edit.end - 1]) + 1
        swallowed.update(range(start, end))
        yield replace(edit, start=start, before=text[start:end])
    for start, end in hidden:
        if start not in swallowed:
            yield Edit(start, text[start:end], "", "layout.invisible", 1.0)
    for match in re.finditer(f"[{re.escape(marks)}]", text) if marks else ():
        if match.start() not in swallowed:
            yield Edit(match.start(), match[0], "\n", "layout.part", 0.9)


def _edits(text: str, title: str, options: Options) -> list[Edit]:
    """The edits of a text that hides nothing, in order. What is known to be its title stays a line."""
    lines = visible(text)
    if not lines:
        return [Edit(0, text, "", "layout.blank", 1.0)] if text else []
    kept, joins = _joined(text, lines, title)
    inside = spaces(text)
    if len(kept) < len(lines):  # that of page numbers goes with them
        starts = [line.start for line in kept]
        inside = [span for span in inside if (n := bisect(starts, span[0])) and span[1] < kept[n - 1].end]
    lines, parts = kept, collapse.parts(text, kept, inside, joins)
    edits = [
        *_around(text, 0, lines[0].start),
        *_between(text, lines, joins),
        *_within(text, inside, parts),
        *(
            chain.from_iterable(_narrow(text, line) for line in lines)
            if options.letters == "halfwidth"
            else ()
        ),
        *_around(text, lines[-1].end, len(text)),
    ]
    return sorted(edits, key=lambda edit: edit.start)


def _joined(text: str, lines: list[Line], title: str) -> tuple[list[Line], dict[int, float]]:
    """The lines but for page numbers, and the line ends to be joined -> confidence.

    Where some are joined, others may turn out to be parts or numbers: it is asked until none may.
    """
    kept, joins = lines, dict[Line, float]()
    last = lines  # of each line there is now, the last of those it was made of
    for _ in range(ROUNDS):
        numbers = pages.numbers(text, lines)
        if numbers:
            # They are a part of what lies between two lines.
            gone = {last[i] for i in numbers}
            kept, last = ([line for line in those if line not in gone] for those in (kept, last))
            lines = [
                replace(line, blanks=0) if i - 1 in numbers else line
                for i, line in enumerate(lines)
                if i not in numbers
            ]
        joined, again = wrapping.joins(text, lines)
        found = joined
        if title and not _is_one_of_many(lines, joined, len(title)):
            found = {i: sure for i, sure in joined.items() if text[lines[i].start : lines[i].end] != title}
        joins |= {last[i]: sure for i, sure in found.items()}
        # A title that grew is none: what went on behind it is asked for again.
        if not numbers and not (found and (again or len(found) < len(joined))):
            break
        text = _written(text, lines, found)
        last = [line for i, line in enumerate(last) if i not in found]
        lines = visible(text)
    return kept, {i: joins[line] for i, line in enumerate(kept) if line in joins}


def _is_one_of_many(lines: Sequence[Line], joins: Collection[int], length: int) -> bool:
    """Whether a line is as long as most of those that are joined: what was taken for a title was wrapped too."""
    alike = sum(abs(lines[i].end - lines[i].start - length) <= 1 for i in joins)
    return alike - 1 >= max(FEWEST_ALIKE, len(joins) / 2)


def _written(text: str, lines: list[Line], joins: Collection[int]) -> str:
    """The lines, joined."""
    words = [text[line.start : line.end] for line in lines]
    gaps = [_space(text, a[-1], b[0]) if i in joins else "\n" for i, (a, b) in enumerate(pairwise(words))]
    return "".join(chain.from_iterable(zip(words, [*gaps, ""], strict=True)))


def _between(text: str, lines: list[Line], joins: dict[int, float]) -> Iterator[Edit]:
    """Each gap between two lines: a join, or one line end."""
    for i, (line, following) in enumerate(pairwise(lines)):
        start, end = line.end, following.start
        if i in joins:
            space = _space(text, text[start - 1], text[end])
            yield Edit(start, text[start:end], space, "layout.join", joins[i])
        elif end - start > 1 or text[start] != "\n":
            yield Edit(start, text[start:end], "\n", _rule(text[start:end]), 1.0)


def _space(text: str, last: str, first: str) -> str:
    """What stands between two parts of a sentence: words of an alphabet are parted, hanzi are not."""
    if last == "-" or not first.isalnum() or not (last.isascii() or first.isascii()):
        return ""
    if last.isascii() and first.isascii():
        return " "
    return " " if last.isalnum() and _apart(text) else ""


@lru_cache(maxsize=1)
def _apart(text: str) -> bool:
    """Whether the author puts spaces between hanzi and Latin words."""
    return len(_APART.findall(text)) > sum(len(pattern.findall(text)) for pattern in _TOGETHER)


def _within(text: str, spaces: list[Span], parts: dict[int, float]) -> Iterator[Edit]:
    """Spaces that stand for a paragraph's end, and odd ones."""
    for start, end in spaces:
        space = text[start:end]
        if start in parts:
            yield Edit(start, space, "\n", "layout.part", parts[start])
        elif ODD_SPACE.search(space):
            yield Edit(start, space, ODD_SPACE.sub(" ", space), "layout.space", 1.0)


def _narrow(text: str, line: Line) -> Iterator[Edit]:
    """Full-width digits and letters of a line."""
    for match in WIDE.finditer(text, line.start, line.end):
        yield Edit(match.start(), match[0], unicodedata.normalize("NFKC", match[0]), "layout.width", 1.0)


def _around(text: str, start: int, end: int) -> Iterator[Edit]:
    """What stands before the first line or behind the last."""
    if start < end:
        yield Edit(start, text[start:end], "", _rule(text[start:end]), 1.0)


@lru_cache(maxsize=100)  # the same few come again and again
def _rule(gap: str) -> str:
    """What is done to what lies between two lines that stay apart."""
    if gap.strip():
        return "layout.page"
    ends = list(LINE_END.finditer(gap))
    if len(ends) > 1:
        return "layout.blank"
    if not ends or ends[0].end() < len(gap):
        return "layout.indent"
    return "layout.space" if ends[0].start() else "layout.line-end"
