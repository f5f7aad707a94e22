"""Chrome and credits that stand inside a line of body, at its start or its end."""

from cleaners.boilerplate import lexicon
from cleaners.boilerplate.lines import Line, size
from cleaners.document import Edit

# Spans are looked for this far from a line's ends.
EDGE = 120
# A pattern of the lexicon that needs its own brackets or wording, at a line's very edge.
CONFIDENCE = 0.9


def cut(lines: list[Line], text: str, folded: str) -> tuple[list[Line], list[tuple[int, Edit]]]:
    """`lines` without their spans, and the edits with the numbers of their lines."""
    kept, edits = [], []
    screen = lexicon.load().span_screen
    for line, among in zip(lines, screen.among([line.folded for line in lines]), strict=True):
        if not among or line.code:
            kept.append(line)
            continue
        start = folded.index(line.folded, line.start)
        end = start + len(line.folded)
        found = []
        while start < end and (span := _at_edge(folded, start, end)):
            a, b, rule = span
            edit = Edit(a, text[a:b], "", f"boilerplate.{rule}", CONFIDENCE, "words at the edge of a line")
            found.append((line.number, edit))
            start, end = (b, end) if a == start else (start, a)
            while start < end and folded[end - 1] == " ":
                end -= 1
        if found and start < end:
            edits += found
            rest = folded[start:end].strip()
            kept.append(line._replace(folded=rest, size=size(rest)))
        else:
            kept.append(line)  # where nothing else is in the line, it is judged as a whole
    return kept, edits


def _at_edge(folded: str, start: int, end: int) -> tuple[int, int, str] | None:
    """A span at the start or the end of folded[start:end], and its rule."""
    words = lexicon.load()
    if match := words.spans.match(folded, start, end):
        return start, match.end(), words.entries[match.lastgroup or ""][1]
    for match in words.spans.finditer(folded, max(start, end - EDGE), end):
        if match.end() == end:
            return match.start(), end, words.entries[match.lastgroup or ""][1]
    return None
