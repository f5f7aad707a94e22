"""What the beginning of a line says of whether it goes on with the line before.

Natural logarithms of likelihood ratios, counted as those of `language`.
"""

import re

from cleaners.layout.lines import (
    DATE,
    FINAL,
    LATIN,
    OPENING,
    PAUSES,
    SALUTATION,
    Line,
    closes,
    has_marks,
)

# How it begins: with what closes or ends something; so though a sentence ended before, which
# means that the words between were lost; with nothing to read ("|", "------"); with markup, or
# after markup; with a numbered heading; with a label in brackets; it is a date, or follows one; it is an
# address, or follows one; behind a comma it is what somebody says, all of it.
CLOSED, LOST, SEPARATED, MARKED, MARKER, LABELLED = 7.0, -3.0, -8.0, -5.0, -4.3, -2.0
DATED, SALUTED, SPOKEN = -6.0, -6.0, -6.0

# Behind words without a mark, what joins sentences begins one: a stop was left out.
RESUMED = -4.5
_RESUMES = re.compile(
    "(?:所以|因此|因而|总之|然而|但是|可是|不过|其实|事实上|事实是|首先|其次|再次|最后|另外|此外|当然"
    "|例如|比如|综上|于是|否则|况且|相反|反之|由此可见|换言之|与此同时)[，,]"
)

# It begins with a small Latin letter, as no sentence does.
CONTINUED = 3.0

_READABLE = re.compile(rf"[^\W_]|[{re.escape(OPENING)}]")
_MARKUP = r"#<>|*+=_\/~^`-"
_NUMERAL = re.compile("[一二三四五六七八九十]{1,3}")  # alone on a line, a heading


def verdict(text: str, line: Line, following: Line, ends: str) -> float | None:
    """What the next line's beginning says, if it decides."""
    first, last = text[following.start], text[line.end - 1]
    if first.isalnum() and last not in _MARKUP:
        return None
    if last == "-" and first in LATIN and text[line.end - 2 : line.end - 1] in LATIN:
        return CLOSED
    if closes(text, following.start, following.end):
        return LOST if first in PAUSES and last in FINAL else CLOSED
    if ends != "open" and not first.isalnum() and not _READABLE.search(text, following.start, following.end):
        return SEPARATED
    return MARKED if first in _MARKUP or last in _MARKUP else None


def says(text: str, line: Line, following: Line, ends: str, numbered: bool) -> float:
    """What the beginning of the `following` line says beside other things; `ends` is how the line before does."""
    start, end = following.start, following.end
    first = text[start]
    numeral = line.end - line.start <= 3 and _NUMERAL.fullmatch(text, line.start, line.end)
    said = MARKER if numeral or numbered else 0.0
    if first in LATIN:
        said += CONTINUED
    if first == "【":
        said += LABELLED
    if SALUTATION.match(text, line.start, line.end) or SALUTATION.match(text, start, end):
        said += SALUTED
    if ends == "word" and _RESUMES.match(text, start, end):
        said += RESUMED
    if ends == "comma" and first == "“" and text[end - 1] == "”" and has_marks(text, start, end):
        said += SPOKEN
    if DATE.match(text, line.start, line.end) or DATE.match(text, start, end):
        said += DATED
    return said
