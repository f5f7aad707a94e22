"""Chrome and credits that stand inside a line of body, at its start or its end."""

import re
from collections.abc import Sequence

from cleaners.boilerplate import score
from cleaners.boilerplate.lexicon import Lexicon
from cleaners.boilerplate.lines import Line, holding
from cleaners.characters import size
from cleaners.document import Edit

# Spans are looked for this far from a line's ends.
EDGE = 120
# A pattern of the lexicon that needs its own brackets or wording, at a line's very edge.
CONFIDENCE = 0.9
# What a site may have put behind a paragraph: something in brackets, or one more sentence. Longer ones are body.
LAST = re.compile(
    r"(?<=[。!?…”』」]) ?"
    r"([(\[【『「<][^()\[\]【】『』「」<>。!?…]{2,60}[)\]】』」>]|[^。!?…“”『』「」()\[\]【】]{4,60}[。!?~]*)$"
)
LONGEST_LAST = 62  # without the marks at its end
# No body has these words in brackets.
NEVER_BODY = "novel site"
# A paragraph has so many hanzi at least.
PARAGRAPH = 12

Cuts = list[tuple[int, Edit]]  # with the numbers of their lines


def cut(lines: list[Line], text: str, folded: str, known: Lexicon) -> tuple[list[Line], Cuts]:
    """`lines` without their spans, and the edits with the numbers of their lines."""
    having = [i for i, line in enumerate(lines) if line.among and not line.code]
    if not having:
        return lines, []
    kept = list(lines)
    return kept, _at_edges(kept, having, text, folded, known) + _behind_paragraphs(
        kept, having, text, folded, known
    )


def _at_edges(kept: list[Line], having: Sequence[int], text: str, folded: str, known: Lexicon) -> Cuts:
    """Takes out of lines what the lexicon knows as spans."""
    edits = []
    for i in having:
        line = kept[i]
        if max(line.among) < len(known.phrases):
            continue
        row = folded[line.start : line.end]
        start = line.start + len(row) - len(row.lstrip())
        end = start + len(line.folded)
        found = []
        while start < end and (span := _at_edge(folded, start, end, known)):
            a, b, rule = span
            edit = Edit(a, text[a:b], "", f"boilerplate.{rule}", CONFIDENCE, "words at the edge of a line")
            found.append((line.number, edit))
            start, end = (b, end) if a == start else (start, a)
            while start < end and folded[end - 1] == " ":
                end -= 1
        if found and start < end:
            edits += found
            kept[i] = holding(line, folded[start:end])
        # Where nothing else is in the line, it is judged as a whole.
    return edits


def _at_edge(folded: str, start: int, end: int, known: Lexicon) -> tuple[int, int, str] | None:
    """A span at the start or the end of folded[start:end], and its rule."""
    if match := known.spans.match(folded, start, end):
        return start, match.end(), known.entries[match.lastgroup or ""][1]
    for match in known.spans.finditer(folded, max(start, end - EDGE), end):
        if match.end() == end:
            return match.start(), end, known.entries[match.lastgroup or ""][1]
    return None


def _behind_paragraphs(
    kept: list[Line], having: Sequence[int], text: str, folded: str, known: Lexicon
) -> Cuts:
    """Takes out a last sentence or bracket that says nothing but words of sites, behind sentences that say none."""
    edits = []
    for i in having:
        line = kept[i]
        if line.size < PARAGRAPH:
            continue
        near = line.start + len(line.folded.rstrip("。!?~")) - LONGEST_LAST
        possible = [number for number, at in line.among.items() if number < known.strong and at >= near]
        last = LAST.search(line.folded, max(0, len(line.folded) - EDGE)) if possible else None
        hits = known.hits(last[1], possible) if last else []
        if not last or not hits or hits[0].rule == "metadata":
            continue
        in_brackets = last[1][-1] in ")]】』」>"
        plug = score.share(last[1], hits) >= score.ALL or (in_brackets and hits[0].name == NEVER_BODY)
        before = line.folded[: last.start()]
        if not plug or size(before) < PARAGRAPH or known.has_strong(before, line.among):
            continue
        start = folded.index(line.folded, line.start) + last.start()
        edit = Edit(
            start,
            text[start : start + len(last[0])],
            "",
            f"boilerplate.{hits[0].rule}",
            CONFIDENCE,
            "words of a site behind a paragraph",
        )
        edits.append((line.number, edit))
        kept[i] = holding(line, before)
    return edits
