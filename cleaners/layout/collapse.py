"""Where a space stands for the end of a paragraph: documents whose paragraphs were put on one line."""

import re
from bisect import bisect
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import NamedTuple

from cleaners.layout.lines import (
    CLOSING,
    DATE,
    FINAL,
    HANZI,
    NEVER_FIRST,
    OPENING,
    SALUTATION,
    Line,
    Span,
    has_final,
    has_marks,
    heads,
    numbered_only,
    tail,
)
from cleaners.layout.running import runs_on

# A paragraph is several if so many spaces stand behind a sentence, an address or before a heading,
ENDS = 2
# and if spaces inside sentences are not so many for one behind a sentence: those are a habit.
COMMAS, WORDS = 0.7, 0.2
# It is a habit, too, to put a space behind every sentence: so large a share, in so many paragraphs.
EVERY, PARAGRAPHS = 0.9, 4
# Where so large a share of the spaces, and so many, stand behind colons, they stand for lost quotation marks.
QUOTES_LOST, SPEECHES = 0.25, 2
# One paragraph among others is several only if it is as long as this (characters).
LONG = 200
# The longest title or heading that is parted from its paragraph, and the longest label ("来源：").
HEADING, LABEL = 60, 6

# The longest number of a heading (characters): "第一千一百二十三条".
NUMBER = 12
# How much of the words before a space is looked at.
WORDS_SEEN = 40

_JOINED = re.compile(r"\s*[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]\s*")
# A bracket by itself ends no paragraph, nor does a Latin sentence. Begins with one class, to which the search skips.
_SENTENCE_END = re.compile(
    rf"[。！？….!?](?:(?<=[。！？…])|(?<=[{HANZI.pattern[1:-1]}％%0-9”）][.!?])|(?<=\.)\.\.)"
    rf"[{re.escape(CLOSING)}]*(?:[（(][^（()）]{{1,20}}[)）])?"
)
_FULL_STOPS = frozenset("。！？…")  # whatever stands before them
_SENTENCE_ENDS = frozenset(FINAL + CLOSING)  # its last characters
# What no paragraph begins with.
_GOING_ON = re.compile(rf"[{re.escape(NEVER_FIRST)}a-z'`<,.;:!?)%&=+/\\$-]|\"(?!{HANZI.pattern})")
_TIME = re.compile(r"\d{1,2}[:：]\d{2}")
_STAR = re.compile(r"[*※](?!\*)")
# A rule between two parts.
_RULE = re.compile(r"[-=*_~]{3,}|[—–─]{5,}")
_CITED = re.compile(r"\[|\d+\.\d")
_WORD = re.compile(r"[^\W_]")
# What was done on a date: "2007年7月11日 国务院令第501号公布".
_ENACTED = re.compile(r"[^\s，。；]{0,40}(?:通过|公布|批准|施行|修订|修正|发布)")
# What stands beside a space that sets a Latin word or a number apart.
_LATIN = re.compile(r"[A-Za-z0-9]")


@dataclass(slots=True)
class _Space:
    """White space inside a paragraph, and the words around it."""

    start: int
    end: int
    kind: str  # how the words before it end, as `lines.tail` has it
    following_end: int  # where the words behind it end: at the next space


class _Paragraph(NamedTuple):
    """A paragraph with white space in it."""

    start: int
    end: int
    spaces: list[_Space]


def parts(text: str, lines: list[Line], spaces: list[Span], joins: Collection[int]) -> dict[int, float]:
    """Where white space to be made a paragraph's end begins -> confidence; `spaces` is that inside lines."""
    if not any(text[start - 1] in _SENTENCE_ENDS for start, _ in spaces):
        return {}
    firsts = [0, *(i + 1 for i in range(len(lines) - 1) if i not in joins)]
    starts = [lines[i].start for i in firsts]
    ends = [lines[i - 1].end for i in [*firsts[1:], len(lines)]]
    paragraphs = [
        _Paragraph(starts[n], ends[n], list(_spaces(text, starts[n], ends[n], inside)))
        for n, inside in groupby(spaces, key=lambda space: bisect(starts, space[0]) - 1)
    ]
    if _habit(text, paragraphs):
        return {}
    return {
        place: 0.9
        for paragraph in paragraphs
        if len(firsts) == 1 or paragraph.end - paragraph.start >= LONG
        for place in _parts(text, paragraph.start, paragraph.spaces)
    }


def _spaces(text: str, begin: int, last: int, inside: Iterable[Span]) -> Iterator[_Space]:
    for (start, end), (following_end, _) in pairwise([*inside, (last, 0)]):
        yield _Space(start, end, _kind(text, begin, start), following_end)
        begin = end


def _kind(text: str, begin: int, end: int) -> str:
    """How the words from `begin` to `end` end; their last line may have been joined to the one before."""
    last = text[end - 1]
    if last.isalnum() or last in _FULL_STOPS:
        return "final" if last in _FULL_STOPS else "word"
    words = text[max(begin, end - WORDS_SEEN) : end]
    if len(words.splitlines()) > 1:
        words = _JOINED.sub("", words)
    kind = tail(words, 0, len(words))
    if kind == "final":
        ends = [match.end() for match in _SENTENCE_END.finditer(words)]
        return "final" if ends and ends[-1] == len(words) else "word"
    return kind


def _habit(text: str, paragraphs: list[_Paragraph]) -> bool:
    """Whether spaces stand behind every sentence, or for quotation marks."""
    spaces = [space for paragraph in paragraphs for space in paragraph.spaces]
    if sum(_speaks(text, space) for space in spaces) >= max(SPEECHES, QUOTES_LOST * len(spaces)):
        return True
    finals = sum(space.kind == "final" for space in spaces)
    having = [
        (start, end) for start, end, inside in paragraphs if any(space.kind == "final" for space in inside)
    ]
    if len(having) < PARAGRAPHS:
        return False
    ends = 0
    for start, end in having:
        ends += len(_SENTENCE_END.findall(text, start, end - 2))
        if finals <= EVERY * ends:
            return False
    return True


def _speaks(text: str, space: _Space) -> bool:
    """Whether a colon stands before the space, and nothing behind it shows why a paragraph might end there."""
    return space.kind == "colon" and text[space.end] not in OPENING and not _heads(text, space.end)


def _parts(text: str, start: int, spaces: list[_Space]) -> Iterator[int]:
    """The same for one paragraph, which begins at `start`."""
    finals = sum(space.kind == "final" for space in spaces)
    commas = sum(space.kind == "comma" for space in spaces)
    if not finals or commas > COMMAS * finals or _ends(text, start, spaces) < ENDS:
        return
    # Such a habit is one thing where two hanzi are parted, another where a Latin word is set apart.
    inside = Counter(_sets_apart(text, space) for space in _inside(text, start, spaces))
    spaced = commas + inside[False] > max(1, WORDS * finals)
    apart = spaced or inside[True] > max(1, WORDS * finals)
    for space in spaces:
        if _RULE.fullmatch(text, start, space.start) or _RULE.fullmatch(text, space.end, space.following_end):
            yield space.start
            start = space.end
            continue
        if _GOING_ON.match(text, space.end):
            continue
        if (
            space.kind in ("final", "semicolon")
            or (space.kind == "colon" and _introduces(text, start, space))
            or (
                space.kind == "word"
                and _title_ends(text, start, space, apart if _sets_apart(text, space) else spaced)
            )
        ):
            yield space.start
            start = space.end


def _inside(text: str, begin: int, spaces: list[_Space]) -> Iterator[_Space]:
    """The spaces between the words of a sentence that is no heading."""
    for space in spaces:
        start = max(begin, space.start - HEADING)
        if space.kind == "word" and not _heads(text, begin) and has_marks(text, start, space.start):
            yield space
        begin = space.end if space.kind == "final" else begin


def _sets_apart(text: str, space: _Space) -> bool:
    """Whether a space stands beside a Latin word or a number."""
    return any(_LATIN.match(text, place) for place in (space.start - 1, space.end))


def _ends(text: str, start: int, spaces: list[_Space]) -> int:
    """How many spaces stand where a paragraph is sure to end."""
    ends = 0
    for space in spaces:
        if space.kind == "final" or _heads(text, space.end) or SALUTATION.match(text, start, space.start):
            ends += 1
        start = space.end
    return ends


def _heads(text: str, start: int) -> bool:
    """Whether a heading or item begins at `start`, even if its number goes on in the next line."""
    if heads(text, start):
        return True
    number = text[start : start + NUMBER]
    return "\n" in number and heads(_JOINED.sub("", number), 0)


def _introduces(text: str, start: int, space: _Space) -> bool:
    """Whether a colon ends a paragraph; a short label's does not."""
    return (
        space.start - start > LABEL
        or _heads(text, space.end)
        or SALUTATION.match(text, start, space.start) is not None
    )


def _title_ends(text: str, start: int, space: _Space, habit: bool) -> bool:
    """Whether a title, heading or date ends before the space and something else begins behind it.

    `habit` says whether the author puts such spaces between the words of a sentence.
    """
    end, following, following_end = space.start, space.end, space.following_end
    if _TIME.match(text, following) or (_LATIN.match(text, end - 1) and _LATIN.match(text, following)):
        return False
    dated = DATE.match(text, start, end) and not _ENACTED.match(text, following)
    if dated or DATE.match(text, following, following_end):
        return True
    if any(SALUTATION.match(text, *span) for span in ((start, end), (following, following_end))):
        return True
    # Inside a sentence a note is cited, and 1.25 measures something.
    inside = _CITED.match(text, following) and has_marks(text, max(start, end - HEADING), end)
    if (_heads(text, following) and not inside) or _STAR.match(text, following):
        return True
    if end - start > HEADING or has_final(text, start, end):
        return False
    if numbered_only(text, start, end) or not _WORD.search(text, start, end):
        return False
    if not has_marks(text, following, following_end) and tail(text, following, following_end) == "word":
        return False  # perhaps one more part of the same title
    if _heads(text, start):
        return True
    title = not habit and not has_marks(text, start, end)
    return title and runs_on(text[end - 1], text[following]) < 0
