"""What the words say of a seam: whether the sentence before a line's end goes on in the next line.

Everything is a natural logarithm of a likelihood ratio, ln P(what is seen | join) / P(... | break), so that
it adds up. Where no source is named, a number was counted on corpus documents wrapped at 30 to 80
characters, rounded.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaners import markers, plausibility
from cleaners.layout.lines import (
    CLOSING,
    FINAL,
    HANZI,
    OPENING,
    PAUSES,
    Line,
    closes,
    has_final,
    has_marks,
    heads,
    is_date,
    is_salutation,
    tail,
)

Floats = NDArray[np.float64]

# How the line before ends.
TAILS = {"final": -2.8, "colon": -2.0, "semicolon": -1.5, "comma": 5.0, "open": 6.0, "word": 0.7}
# A comma says nothing between two short lines: that is how verse is written.
VERSE, VERSE_LENGTH = 0.0, 25
# Ends without a mark: has none at all, which makes a title or an entry of a list; after sentences; after
# clauses only; after what begins like a numbered heading; after one whose words the next line takes up.
# A short line with a mark inside may still be a title or somebody's words.
TITLE, PROSE, CLAUSES, HEADING, ECHOED = -3.0, 5.0, 2.5, -1.5, -3.0
PROSE_LENGTH, CLAUSES_LENGTH = 40, 15
# If more than this share of the prose lines end without a mark and don't run on, the author leaves marks out.
HABIT = 0.2
# What is numbered is no heading if so many times more of it ends with a mark than seems to be a title.
TITLES = 1.0
# A bracket or a quotation is still open. One that opened shortly before the line's end, and that nothing
# closes, says that the rest of the line was lost.
UNCLOSED, QUOTED, SHORTLY = 2.0, 1.5, 20

# How the next line begins: with what closes or ends something; so though a sentence ended before, which
# means that the words between were lost; with nothing to read ("|", "------"); with markup, or
# after markup; with a numbered heading; with a label in brackets; it is a date, or follows one; it is an
# address, or follows one; behind a comma it is what somebody says, all of it; it follows the text's first
# words, a title.
CLOSED, LOST, SEPARATED, MARKED, MARKER, LABELLED = 7.0, -3.0, -8.0, -5.0, -4.3, -2.0
DATED, SALUTED, SPOKEN, TITLED = -6.0, -6.0, -6.0, -3.0

# Behind words without a mark, what joins sentences begins one: a stop was left out.
RESUMED = -4.5
_RESUMES = re.compile(
    "(?:所以|因此|因而|总之|然而|但是|可是|不过|其实|事实上|事实是|首先|其次|再次|最后|另外|此外|当然"
    "|例如|比如|综上|于是|否则|况且|相反|反之|由此可见|换言之|与此同时)[，,]"
)

# It begins with a small Latin letter, as no sentence does.
CONTINUED = 3.0

# ln LR of two hanzi running on = SLOPE * (ln P(b|a) - ln P(end|a) P(b|start)) + OFFSET: a logistic fit to
# 5,810 word boundaries inside sentences against 4,075 ends of paragraphs whose mark was taken away.
SLOPE, OFFSET = 0.82, -3.55
# What two other characters say, of which the model knows too little; and two digits, or one and a unit.
UNKNOWN, NUMBER = -0.7, 3.0

_UNITS = "年月日时分秒万亿千百个人元米吨度倍岁次届%％℃"
_READABLE = re.compile(rf"[^\W_]|[{re.escape(OPENING)}]")
_MARKUP = r"#<>|*+=_\/~^`-"
# "1、" is often set apart from what it numbers, "一、" is not.
_NUMBERED = re.compile(r"\d{1,3}、", re.ASCII)
_NUMERAL = re.compile("[一二三四五六七八九十]{1,3}")  # alone on a line, a heading
_LATIN_WORD = re.compile(r"[a-z]")
_OPENED, _CLOSED = "《（(【「『〈", "》）)】」』〉"


class Start(NamedTuple):
    """What is known of a paragraph, or of the part of it that was read."""

    length: int  # characters
    marks: bool  # it has a clause's or sentence's end inside
    finals: bool  # ... a sentence's
    heading: bool  # it begins with a number
    brackets: int  # how many are open
    quotes: int


class Seam(NamedTuple):
    """One line's end and the next line's beginning."""

    tail: str
    verdict: float | None  # where the next line's beginning decides alone
    head: float  # where it does not
    runs_on: float  # where it ends with a word
    hanzi: bool  # the line ends with one
    verse: bool  # both lines are short
    closes_quote: bool  # the next quotation mark is a closing one
    plain: bool  # the next line has no mark, not even at its end
    echo: bool  # the next line begins with words of this one


class Seams(NamedTuple):
    starts: Sequence[Start]  # of each line by itself
    seams: Sequence[Seam]  # between each line and the next
    prose: float  # what it is worth that prose ends without a mark


def read(text: str, folded: str, lines: list[Line]) -> Seams:
    """What there is to know of each line and of each seam."""
    opened, closed = ([mark for mark in marks if mark in text] for marks in (_OPENED, _CLOSED))
    starts = [_start(text, folded, line, opened, closed) for line in lines]
    tails = [tail(text, line.start, line.end) for line in lines]
    # It says nothing behind a mark.
    unmarked = [i for i in range(len(lines) - 1) if tails[i] == "word"]
    together = dict(
        zip(
            unmarked,
            runs_on(
                "".join(text[lines[i].end - 1] for i in unmarked),
                "".join(text[lines[i + 1].start] for i in unmarked),
            ),
            strict=True,
        )
    )
    closing = _next_closes(text, lines)
    dates = [is_date(text, line.start, line.end) for line in lines]
    seams = [
        _seam(text, lines, starts, tails, dates, i, together.get(i, 0.0), closing[i + 1])
        for i in range(len(lines) - 1)
    ]
    for i in _sentences(folded, lines, starts, seams):
        starts[i] = starts[i]._replace(heading=False, marks=True)
    return Seams(starts, seams, _worth_of_prose(starts, seams))


def going_on(paragraph: Start, seam: Seam, line: Start) -> Start:
    """`paragraph` with one more line behind `seam`."""
    return Start(
        paragraph.length + line.length,
        paragraph.marks or line.marks or seam.tail in ("final", "semicolon", "comma"),
        paragraph.finals or line.finals or seam.tail == "final",
        paragraph.heading,
        max(paragraph.brackets + line.brackets, 0),
        max(paragraph.quotes + line.quotes, 0),
    )


def score(paragraph: Start, seam: Seam, prose: float, short: float = 1.0) -> float:
    """ln LR that a paragraph that began like `paragraph` goes on behind `seam`.

    `short` is from 0 to 1: how likely a short line is a title or verse in this document. For titles it is
    squared: where a few lines are parts for sure, many are.
    """
    if seam.verdict is not None:
        return seam.verdict
    total = TAILS[seam.tail] + seam.head
    if seam.tail == "comma" and seam.verse and paragraph.length <= VERSE_LENGTH:
        total += short * (VERSE - TAILS["comma"])
    if seam.tail == "word":
        total += short**2 * TITLE * ((not paragraph.marks) + seam.plain)
        total += seam.runs_on + (UNCLOSED if paragraph.brackets else 0.0)
        if paragraph.heading and not paragraph.finals:
            total += HEADING + (ECHOED if seam.echo else 0.0)
        elif paragraph.length >= PROSE_LENGTH and paragraph.finals:
            total += prose if seam.hanzi else prose / 2
        elif paragraph.length >= CLAUSES_LENGTH and paragraph.marks:
            total += (1 - short) * prose * CLAUSES / PROSE
    if paragraph.quotes and seam.closes_quote:
        total += QUOTED
    return total


def _start(text: str, folded: str, line: Line, opened: Sequence[str], closed: Sequence[str]) -> Start:
    words = text[line.start : line.end]
    marks = has_marks(text, line.start, line.end)
    return Start(
        len(words),
        marks,
        marks and has_final(text, line.start, line.end),
        heads(folded, line.start),
        sum(map(words.count, opened)) - sum(map(words.count, closed)),
        words.count("“") - words.count("”"),
    )


def _next_closes(text: str, lines: list[Line]) -> list[bool]:
    """Whether the first quotation mark from each line on is a closing one."""
    closes_quote = [False] * (len(lines) + 1)
    for i in range(len(lines) - 1, -1, -1) if "”" in text else ():
        opening, closing = (text.find(mark, lines[i].start, lines[i].end) for mark in "“”")
        if opening == closing:  # neither
            closes_quote[i] = closes_quote[i + 1]
        else:
            closes_quote[i] = closing >= 0 and (opening < 0 or closing < opening)
    return closes_quote


def _seam(
    text: str,
    lines: list[Line],
    starts: list[Start],
    tails: list[str],
    dates: list[bool],
    i: int,
    runs_on: float,
    closes_quote: bool,
) -> Seam:
    line, following, ends = lines[i], lines[i + 1], tails[i]
    first, last = text[following.start], text[line.end - 1]
    if ends == "open" and _NUMBERED.fullmatch(text, line.start, line.end):
        ends = "word"
    if i and last in CLOSING and not text[line.start : line.end].strip(CLOSING):
        ends = tail(
            text[lines[i - 1].start : lines[i - 1].end] + last, 0, lines[i - 1].end + 1 - lines[i - 1].start
        )
    verdict = None
    if last == "-" and _LATIN_WORD.match(first) and _LATIN_WORD.match(text[line.end - 2]):
        verdict = CLOSED
    elif closes(text, following.start, following.end):
        verdict = LOST if first in PAUSES and last in FINAL else CLOSED
    elif (
        ends != "open" and not first.isalnum() and not _READABLE.search(text, following.start, following.end)
    ):
        verdict = SEPARATED
    elif first in _MARKUP or last in _MARKUP:
        verdict = MARKED
    hanzi = HANZI.match(last) is not None
    verse = max(starts[i].length, starts[i + 1].length) <= VERSE_LENGTH
    plain = not starts[i + 1].marks and tails[i + 1] == "word"
    words, begun = text[line.start : line.end], text[following.start : following.start + 4]
    # Inside a long heading two characters come again by chance.
    echo = begun[:2] in words and (not starts[i].marks or begun in words or words.endswith(begun[:2]))
    head = _head(text, line, following, starts[i + 1], ends, closes_quote)
    if dates[i] or dates[i + 1]:
        head += DATED
    if not i and ends == "word" and not starts[0].marks and starts[0].length <= VERSE_LENGTH:
        head += TITLED
    return Seam(ends, verdict, head, runs_on, hanzi, verse, closes_quote, plain, echo)


def _head(text: str, line: Line, following: Line, start: Start, ends: str, closes_quote: bool) -> float:
    """What the next line's beginning says, which is `start`."""
    first = text[following.start]
    head = MARKER if start.heading or _NUMERAL.fullmatch(text, line.start, line.end) else 0.0
    if _LATIN_WORD.match(first):
        head += CONTINUED
    if first == "【":
        head += LABELLED
    if any(is_salutation(text, each.start, each.end) for each in (line, following)):
        head += SALUTED
    if ends == "word" and _RESUMES.match(text, following.start, following.end):
        head += RESUMED
    if ends == "comma" and first == "“" and start.marks and text[following.end - 1] == "”":
        head += SPOKEN
    opened = text.rfind("“", max(line.start, line.end - SHORTLY), line.end)
    if opened >= 0 and not closes_quote and "”" not in text[opened : line.end]:
        head += LOST
    return head


def _sentences(folded: str, lines: list[Line], starts: list[Start], seams: list[Seam]) -> Iterator[int]:
    """Which lines begin with a number as headings do, but are sentences, such as the articles of a law.

    What is numbered alike mostly ends with a mark then; titles don't.
    """
    alike = defaultdict[str, list[int]](list)
    for i, start in enumerate(starts):
        if start.heading and (marker := markers.at(folded, lines[i].start)):
            alike[marker.family].append(i)
    for numbered in alike.values():
        ends = [seams[i] for i in numbered if i < len(seams)]
        sentences = sum(seam.tail in ("final", "semicolon") for seam in ends)
        titles = sum(seam.tail == "word" and (seam.runs_on < 0 or seam.echo) for seam in ends)
        if sentences > max(2, TITLES * titles):
            yield from numbered


def _worth_of_prose(starts: list[Start], seams: list[Seam]) -> float:
    """What it says that prose ends without a mark: nothing where the author leaves marks out."""
    ends = [
        seam
        for start, seam in zip(starts, seams, strict=False)
        if start.length >= PROSE_LENGTH and start.marks
    ]
    unmarked = [seam.runs_on for seam in ends if seam.tail == "word"]
    habit = len(unmarked) > max(2, HABIT * len(ends)) and sum(unmarked) < 0
    return 0.0 if habit else PROSE


def runs_on(lasts: str, firsts: str) -> list[float]:
    """ln LR under the language model that each character of `lasts` is followed by that of `firsts`."""
    if not lasts:
        return []
    last, first = plausibility.symbols(lasts), plausibility.symbols(firsts)
    boundary, stop = (np.full_like(last, mark) for mark in plausibility.symbols("\n。"))
    # All pairs at once: most of what it costs is the call.
    ended, begun, stopped, resumed, direct = plausibility.pairs(
        np.concatenate((last, boundary, last, stop, last)),
        np.concatenate((boundary, first, stop, first, first)),
    ).reshape(5, -1)
    apart = np.maximum(ended + begun, stopped + resumed)
    hanzi = [bool(HANZI.match(a) and HANZI.match(b)) for a, b in zip(lasts, firsts, strict=True)]
    together = SLOPE * (direct - apart) + OFFSET
    digits = [a.isdigit() and (b.isdigit() or b in _UNITS) for a, b in zip(lasts, firsts, strict=True)]
    ratio: list[float] = np.where(hanzi, together, np.where(digits, NUMBER, UNKNOWN)).tolist()
    return ratio
