"""Where a space stands for the end of a paragraph: documents whose paragraphs were put on one line."""

import re
from collections.abc import Iterator

from cleaners.layout.lines import (
    CLOSING,
    DATE,
    HANZI,
    NEVER_FIRST,
    PAUSES,
    SALUTATION,
    Line,
    has_final,
    has_marks,
    heads,
    numbered_only,
    tail,
)

# A line holds several paragraphs if so many of its sentence ends have a space behind them,
ENDS = 2
# and if no more than this share as many spaces stand inside its sentences: those are a habit of spacing.
HABIT = 0.2
# The longest title or heading that is parted from its paragraph, and the longest label ("来源：").
HEADING, LABEL = 60, 6

_SPACES = re.compile(r"(?<=\S)[^\S\n\r]+(?=\S)")
_TIME = re.compile(r"\d{1,2}[:：]\d{2}")
# A bracket by itself ends no paragraph, nor does a Latin sentence.
_SENTENCE_END = re.compile(rf"(?:[。！？…]|(?:{HANZI.pattern}|[％%0-9”）])[.!?])[{re.escape(CLOSING)}]*$")
# What no paragraph begins with.
_GOING_ON = re.compile(rf"[{re.escape(NEVER_FIRST)}a-z'`,.;:!?)%&=+/\\$-]|\"(?!{HANZI.pattern})")
_STAR = re.compile(r"[*※]")


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
    spaces = [match.span() for line in lines for match in _SPACES.finditer(text, line.start, line.end)]
    segments = list(_segments(text, lines[0].start, spaces, lines[-1].end))
    kinds = [segment[3] for segment in segments]
    inside = kinds.count("comma") + sum(
        kind == "word" and has_marks(text, max(start, end - HEADING), end) and not heads(folded, start)
        for start, end, _, kind, _ in segments
    )
    if kinds.count("final") < ENDS or kinds.count("comma") > HABIT * kinds.count("final"):
        return
    spaced = inside > max(1, HABIT * kinds.count("final"))
    start = lines[0].start
    for _, end, following, kind, following_end in segments:
        if _GOING_ON.match(text, following):
            continue
        if kind in ("final", "semicolon") or (
            _title_ends(text, folded, start, end, following, following_end, spaced)
            if kind == "word"
            else kind == "colon" and _introduces(text, folded, start, end, following)
        ):
            yield end
            start = following


def _segments(
    text: str, start: int, spaces: list[tuple[int, int]], end: int
) -> Iterator[tuple[int, int, int, str, int]]:
    """For each space: where the words before it begin and end, where those behind it do, how they end."""
    begin = start
    for i, (left, right) in enumerate(spaces):
        kind = tail(text, max(begin, left - 40), left)
        if kind == "final" and not _SENTENCE_END.search(text, max(begin, left - 6), left):
            kind = "word"
        yield begin, left, right, kind, spaces[i + 1][0] if i + 1 < len(spaces) else end
        if kind == "final":
            begin = right


def _introduces(text: str, folded: str, start: int, end: int, following: int) -> bool:
    """Whether a colon ends a paragraph; a short label's does not."""
    return end - start > LABEL or heads(folded, following) or SALUTATION.match(text, start, end) is not None


def _title_ends(
    text: str, folded: str, start: int, end: int, following: int, following_end: int, spaced: bool
) -> bool:
    """Whether a title, heading or date ends before the space and something else begins behind it."""
    if _TIME.match(text, following):
        return False
    if any(
        pattern.match(text, *span)
        for pattern in (SALUTATION, DATE)
        for span in ((start, end), (following, following_end))
    ):
        return True
    if heads(folded, following) or _STAR.match(text, following):
        return True
    if end - start > HEADING or numbered_only(folded, start, end) or has_final(text, start, end):
        return False
    prose = has_marks(text, following, following_end) or text[following_end - 1] in "。！？：" + PAUSES
    return prose and (heads(folded, start) or not (spaced or has_marks(text, start, end)))
