"""Promotional headers, metadata lines and site chrome are removed.

The body's core is found first: the run of lines with most running text. Lines before and behind it, and
with much stronger evidence lines within it, go when signals of two kinds at least (words, shape, place,
repetition) outweigh what speaks against them (`score`). What metadata lines say is kept.
"""

from collections.abc import Collection
from dataclasses import replace

from cleaners import folding, separators
from cleaners.boilerplate import lexicon, lines, metadata, spans, zones
from cleaners.boilerplate.lines import Line
from cleaners.boilerplate.score import Verdict
from cleaners.boilerplate.zones import Owns
from cleaners.document import Document, Edit, Findings, Flag, Metadata
from cleaners.options import Options

# With less than so many hanzi left and more taken than left, all may be chrome or none: nothing is taken.
LITTLE_BODY = 50

# What goes exposes what stood behind it. Texts need two or three passes, all but made-up ones less than this.
MOST_PASSES = 10
# A bar says nothing, wherever it stands.
BAR = Verdict("separator", ("no words", "repeated"))


def find(document: Document, options: Options) -> Findings:
    """Which lines and parts of lines go, and what they say of the document.

    The title is the document's own first line, where it has one; it stays in the text. Each edit's
    `signals` says what spoke for it.
    """
    if options.boilerplate == "off":
        return Findings()
    text = separators.lined(document.text, separators.found(document.text))
    folded = folding.fold(text)
    known = lexicon.load(options.lexicon)
    every, cuts = spans.cut(lines.split(folded, known.screen), text, folded, known)
    remaining, verdicts, title = _settled(every, Owns(every, known), options)
    gone = [line for line in every if line.number in verdicts]
    goes, stays = sum(line.size for line in gone), sum(line.size for line in remaining)
    if stays < LITTLE_BODY and goes > stays:
        evidence = f"{goes} of {goes + stays} hanzi look like site chrome; all are kept"
        return Findings(flags=(Flag("little_body", evidence=evidence),))
    edits = [_edit(text, line, verdicts[line.number]) for line in gone]
    edits += [edit for number, edit in cuts if number not in verdicts]
    edits.sort(key=lambda edit: edit.start)
    said = {"title": _written(text, every, title)}
    for edit in edits:
        if edit.rule == "boilerplate.metadata":
            said = metadata.read(edit.before, folded[edit.start : edit.end]) | said
    if text != document.text:
        edits = [replace(edit, before=document.text[edit.start : edit.end]) for edit in edits]
    return Findings(edits=tuple(edits), metadata=Metadata(**said))


def outside(text: str) -> tuple[list[str], list[str]]:
    """The lines before and those behind a text's body, in order and in the form in which they repeat over a site.

    What any text may have there (a title, a salutation, headings, a date) is left out.
    """
    known, folded = lexicon.load(), folding.fold(text)
    every = lines.split(folded, known.screen)
    found = _without(every, {line.number for line in lines.bars(every)})
    return zones.outside(found, Owns(found, known))


def _settled(
    every: list[Line], owns: Owns, options: Options
) -> tuple[list[Line], dict[int, Verdict], int | None]:
    """The lines that stay, why the others go, and which line is the title."""
    verdicts: dict[int, Verdict] = {}
    remaining, title = every, None
    for _ in range(MOST_PASSES):
        bars = {line.number: BAR for line in lines.bars(remaining)}
        remaining = _without(remaining, bars)
        judgement = zones.judge(remaining, owns, options)
        remaining = _without(remaining, judgement.goes)
        verdicts |= bars | judgement.goes
        if title is None or title in verdicts:
            title = judgement.title
        if judgement.settled and all(line.size for line in remaining):  # no bars either
            break
        if not bars and not judgement.goes:
            break
    return remaining, verdicts, title


def _written(text: str, every: list[Line], title: int | None) -> str:
    """The title as it stands in the text, without the marks of a Markdown heading."""
    for line in every:
        if line.number == title:
            return text[line.start : line.end].strip().lstrip("#").strip()
    return ""


def _without(remaining: list[Line], gone: Collection[int]) -> list[Line]:
    """`remaining` without some lines; the blank lines around these stay."""
    if not gone:
        return remaining
    kept, gap = [], 0
    for line in remaining:
        if line.number in gone:
            gap += line.gap
        else:
            line.gap += gap
            gap = 0
            kept.append(line)
    return kept


def _edit(text: str, line: Line, verdict: Verdict) -> Edit:
    before = text[line.start : line.end]
    rule = f"boilerplate.{verdict.rule}"
    return Edit(line.start, before, "", rule, verdict.confidence, ", ".join(verdict.signals))
