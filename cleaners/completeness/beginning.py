"""Does a text begin with its beginning?"""

import re
from collections.abc import Sequence
from itertools import pairwise

from cleaners.completeness.first_words import misfit
from cleaners.completeness.rules import GLOSS, pattern
from cleaners.document import Document, Edit, Flag
from cleaners.outline import OUTER, Outline

# A text shorter than this, in characters, says too little to be judged.
LEAST = 60

# How much of the head is looked at, in characters.
HEAD = 600

# Metadata under a title stands no further down.
METADATA = 200

# A title is no longer than this. A first line as long as this at least, and as long as others while none
# is longer, is no title but one of many that were wrapped.
TITLE = 45
WRAPPED = 24

# So many joined lines show how wide they were.
JOINS = 20

# With no title over them and no indent, words that score above this are taken for the rest of a sentence.
# Old fiction starts with any word; there they must score higher.
MISSING = -0.5
MISSING_IN_NOVELS = 0.5

# How sure these are. Of 1,500 texts cut in mid-sentence nine in ten score above MISSING and two thirds above
# CLEAR; of 1,250 whole texts whose title was taken away 13 and 5 in a hundred do.
SURE, MISFIT, UNTITLED = 0.99, 0.93, 0.85
CLEAR = 2.0

_START = re.compile(r"(?:[\ufeff\u200b\s]|!\[[^\]\n]*\]\([^)\n]*\))*")  # pictures, too
_GAP = re.compile(r"[\n\ue000-\uf8ff]|  +|(?<=[。!?”]) ")
# In a text on one line any white space may have been a line end, in a longer one that between hanzi.
_SPACE = re.compile(r"[ \ue000-\uf8ff]+")
_APART = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_NO_START = re.compile(r"[,、。;:!?)”’」』》】%]")
_NO_TITLE = re.compile(r"[。;]|[!?,:]”?$")
_INDENT = re.compile(r"(?:\u3000|[ \t\u00a0]{2})[ \t\u3000\u00a0]*$")
_QUOTES = re.compile(r"[“”「」『』《》()]")
_OPENING = "“「『《("


def missing(document: Document, folded: str, parts: Outline, genre: str) -> Flag | None:
    """The flag for a text that starts in mid-sentence or with its second part."""
    start = _START.match(folded)
    begin = start.end() if start else 0
    head = GLOSS.sub("", folded[begin : begin + HEAD])
    if len(folded) - begin < LEAST:
        return None
    shown = document.text[begin : begin + 20].replace("\n", " ")
    if _NO_START.match(head):
        return _flag(f"starts in mid-sentence: “{shown}”", begin, SURE)
    if _headed(document) or pattern("opening").match(head) or _titled(document, head):
        return None
    on_one_line = "\n" not in folded.strip()
    headings = (place for place in parts.places if place.family in OUTER)
    first = next((place for place in headings if place.opens_line or on_one_line), None)
    chapter = first and first.start == begin and folded[first.end - 1] not in "条款、)"
    if first and first.number > 1 and first.start < begin + HEAD and not chapter:
        marker = document.text[first.start : first.end]
        return _flag(f"its first marker is {marker} at character {first.start}", first.start, SURE)
    quote = _QUOTES.search(head, 0, 200)
    if quote and quote.group() not in _OPENING:
        return _flag(f"closes with {quote.group()} what was not opened: “{shown}”", begin, SURE)
    if not "\u4e00" <= head[:1] <= "\u9fff" or _indented(document, begin):
        return None
    score = misfit(head)
    if score > (MISSING_IN_NOVELS if genre == "novel" else MISSING):
        evidence = f"has no title and starts like the rest of a sentence: “{shown}”"
        return _flag(evidence, begin, MISFIT if score > CLEAR else UNTITLED, "suspected")
    return None


def _headed(document: Document) -> bool:
    """Whether boilerplate found a line of metadata over the text."""
    top = min(METADATA, len(document.text) // 3)
    edits = _edits(document, "boilerplate")[:8]
    return any(edit.start < top and edit.rule == "boilerplate.metadata" for edit in edits)


def _titled(document: Document, head: str) -> bool:
    """Whether the first line is a title: short, no sentence, and not wrapped."""
    gap = (_GAP if "\n" in head else _SPACE).search(head)
    if gap is None or gap.start() > TITLE:
        gap = _APART.search(head)
    if gap is None or gap.start() > TITLE or _NO_TITLE.search(head[: gap.start()]):
        return False
    length = gap.start()
    if length >= WRAPPED:
        lines = [len(line) for line in head[: head.rfind("\n") + 1].split("\n")]
        if sum(abs(other - length) <= 2 for other in lines) >= 3 and max(lines) <= length + 2:
            return False
        # Layout joins wrapped lines, but leaves the first, which may be a title.
        joins = [edit for edit in _edits(document, "layout") if edit.rule == "layout.join"][:JOINS]
        ends = [gap.end(), *(edit.start for edit in joins)]
        if any(abs(end - start - length) <= 2 for start, end in pairwise(ends)):
            return False
    return bool(head[gap.end() :].strip())


def _edits(document: Document, cleaner: str) -> Sequence[Edit]:
    return next((step.edits for step in document.steps if step.cleaner == cleaner), ())


def _indented(document: Document, begin: int) -> bool:
    """Whether the first line is indented, as paragraphs are, or was before layout took that away."""
    first = next(iter(_edits(document, "layout")), None)
    removed = first.before if first and first.start == 0 and not first.after else ""
    return _INDENT.search(removed + document.text[:begin]) is not None


def _flag(evidence: str, start: int, confidence: float, kind: str = "") -> Flag:
    return Flag("beginning_missing", kind, evidence, start, confidence)
