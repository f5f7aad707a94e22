"""Is the document whole, and if not, how does it end?

Judged on the clean text, and on what boilerplate removed around it; where that cleaner did not run, lines
at head and tail that are clearly no body are set aside first. What to look for is in
`data/completeness.toml`.
"""

import re
from dataclasses import replace

from cleaners import outline
from cleaners.completeness import beginning, ending
from cleaners.completeness.genre import genre
from cleaners.completeness.rules import holds, pattern, search
from cleaners.document import Document, Findings, Flag, Measures
from cleaners.options import Options

# Where a text says that it is an excerpt: under its title, or in a note behind it.
HEAD = 300
TAIL = 400

# What a placeholder starts with.
_SIGNS = ("x", "×", "某")
_SIGN = re.compile("[x×某][x×某]*")


def find(document: Document, options: Options) -> Findings:
    """Whether `document.text` is whole, of which genre, and what else bears on its wholeness."""
    folded = outline.folded(document.text)
    parts = outline.read(folded)
    kind = genre(folded, parts)
    flags = (
        ending.truncated(document, folded, parts, kind),
        beginning.missing(document, folded, parts, kind),
        _excerpt(document.text, folded),
        _placeholders(document.text, folded),
    )
    return Findings(flags=tuple(flag for flag in flags if flag), measures=Measures(genre=kind))


def _excerpt(text: str, folded: str) -> Flag | None:
    """Whether the text says that it is a part of another."""
    for start, end in ((0, HEAD), (max(HEAD, len(text) - TAIL), len(text))):
        if found := search("excerpt", folded, start, end):
            return Flag(
                "excerpt",
                evidence=f"says so: “{text[found.start() : found.end()]}” at character {found.start()}",
                start=found.start(),
                confidence=0.9,
            )
    return None


def _placeholders(text: str, folded: str) -> Flag | None:
    """Whether names were replaced: XX, ×××, 某某."""
    if not holds(folded, _SIGNS):
        return None
    signs = (match.start() for match in _SIGN.finditer(folded))
    found = [start for start in signs if pattern("placeholder").match(folded, start)]
    if not found:
        return None
    shown = text[max(0, found[0] - 4) : found[0] + 6].replace("\n", " ")
    flag = Flag("placeholders", evidence=f"“{shown}” at character {found[0]}", start=found[0], confidence=0.7)
    if len(found) == 1:
        return flag
    # One may be a misprint or a cross; several are a habit.
    return replace(flag, evidence=f"{flag.evidence}, {len(found)} in all", confidence=0.95)
