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
    for line in lines:
        if line.code:
            kept.append(line)
            continue
        start = line.start + len(folded[line.start : line.end]) - len(folded[line.start : line.end].lstrip())
        end = start + len(line.folded)
        found = []
        while start < end and (span := _at_edge(folded[start:end])):
            a, b, rule = span
            before = text[start + a : start + b]
            edit = Edit(
                start + a, before, "", f"boilerplate.{rule}", CONFIDENCE, "words at the edge of a line"
            )
            found.append((line.number, edit))
            start, end = (start + b, end) if a == 0 else (start, start + a)
        rest = folded[start:end].strip()
        if rest:
            edits += found
            kept.append(line._replace(folded=rest, size=size(rest)))
        else:
            kept.append(line)  # nothing else in the line: it is judged as a whole
    return kept, edits


def _at_edge(line: str) -> tuple[int, int, str] | None:
    words = lexicon.load()
    if match := words.spans.match(line):
        return 0, match.end(), words.entries[match.lastgroup or ""][1]
    bare = line.rstrip(" ")
    for match in words.spans.finditer(line, max(0, len(line) - EDGE)):
        if match.end() >= len(bare):
            return match.start(), match.end(), words.entries[match.lastgroup or ""][1]
    return None
