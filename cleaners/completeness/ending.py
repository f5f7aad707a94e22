"""Does a text end with its last sentence, or short of it?"""

import re
from itertools import pairwise

from cleaners import markers
from cleaners.completeness import tail
from cleaners.completeness.closing import closed, unclosed
from cleaners.completeness.pagers import removed_pager
from cleaners.completeness.rules import pattern
from cleaners.completeness.tail import Line, Tail
from cleaners.document import Document, Flag
from cleaners.outline import Announcement, Outline

# A heading is no longer than this; a longer line without an end mark is a sentence that was cut.
HEADING = 60

# A heading has nothing under it where its line is no longer than this and so many times shorter than its
# siblings with what is under them.
BARE = 60
FEWER = 4
SIBLING = 150

# How far the last item of a list may run on, as a multiple of its longest sibling.
LONGER = 2

# So few characters without an end mark may be a caption or a name; so few items are soon announced.
FEW = 6

# How sure each kind of cut is: the share of right flags among all on the corpus and 448 laws, reports,
# novels and essays beside it, one whole text to four cut ones, rounded down (tests/benchmarks/completeness.py).
CUT, CUT_SHORT, AT_HEADING, BARE_HEADING, PAGED, ITEMS_MISSING = 0.98, 0.97, 0.98, 0.9, 0.9, 0.95


def truncated(document: Document, folded: str, parts: Outline, genre: str) -> Flag | None:
    """The most certain way in which a text stops short, if it does."""
    ending = tail.read(folded)
    if ending is None:
        return None
    if ending.rest and not ending.listed:
        return None if _in_force(ending.rest) else _unfinished(document.text, ending)
    if pager := ending.pager or removed_pager(document):
        return Flag("truncated", "cut_page", f"the rest is on another page: “{pager}”", None, PAGED)
    return (
        _bare_heading(document.text, ending, parts)
        or _missing_items(document.text, folded, ending.line, parts)
        or unclosed(document.text, folded, ending.line.end, ending.signed, parts, genre)
    )


def _in_force(rest: str) -> bool:
    """Whether it is a law's last article that only lacks its full stop."""
    return re.match(r"第\S{1,6}条", rest) is not None and bool(pattern("law_end").search(rest))


def _unfinished(text: str, ending: Tail) -> Flag:
    rest = ending.rest
    start = ending.line.end - len(rest)
    shown = text[start : ending.line.end].replace("\n", "")
    marker = markers.at(rest)
    goes_on = rest[-1] in ",、;:"
    numbered = marker is not None and marker.family in markers.HEADING_FAMILIES
    if (
        (numbered or (rest == ending.line.text and rest.startswith(("#", "【", "**"))))
        and len(rest) <= HEADING
        and not goes_on
    ):
        evidence = f"ends on the heading “{shown}” with nothing under it"
        return Flag("truncated", "at_heading", evidence, start, AT_HEADING)
    confidence = CUT if goes_on or len(rest) > FEW else CUT_SHORT
    return Flag("truncated", "mid_sentence", f"ends without an end mark: “…{shown[-30:]}”", start, confidence)


def _bare_heading(text: str, ending: Tail, parts: Outline) -> Flag | None:
    """A last line that numbers on its siblings but says next to nothing where they say much."""
    last = parts.places[-1] if parts.places else None
    if last is None or not last.opens_line or last.start < ending.line.start or ending.signed:
        return None
    if last.family not in markers.HEADING_FAMILIES:  # "最后" opens many a last sentence
        return None
    run = next(run for run in reversed(parts.runs) if run.places[-1] is last)
    under = [b.start - a.start for a, b in pairwise(run.places)]
    length = len(ending.line.text)
    if length > BARE or not under or min(under) < max(FEWER * length, SIBLING):
        return None
    if pattern("law_end").search(ending.line.text):
        return None
    shown = text[last.start : last.start + 20]
    evidence = (
        f"“{shown}” with what is under it has {length} characters, its siblings have {min(under)} and more"
    )
    return Flag("truncated", "at_heading", evidence, last.start, BARE_HEADING)


def _missing_items(text: str, folded: str, line: Line, parts: Outline) -> Flag | None:
    """An announcement whose items break off where the text does."""
    for one in parts.announcements:
        if one.found < one.count and _breaks_off(one, line.end) and not closed(folded, line.end):
            evidence = f"announces {one.count} items at character {one.start}, has {one.found}"
            if one.items:
                last = one.items[-1].start
                evidence += f": the last is “{text[last : last + 20]}” at character {last}"
            evidence = evidence.replace("\n", " ")
            return Flag("truncated", "missing_sections", evidence, one.start, ITEMS_MISSING)
    return None


def _breaks_off(one: Announcement, end: int) -> bool:
    """Whether nothing but the last item found stands between it and the end of the body."""
    if not one.items:
        return end - one.end < BARE
    # 首先 and a lone marker begin many a sentence that no list follows.
    if one.items[0].family == "首先" or (
        one.found == 1 and not (one.items[0].opens_line and one.count <= FEW)
    ):
        return False
    starts = [place.start for place in one.items]
    longest = max((b - a for a, b in pairwise(starts)), default=400)
    return end - starts[-1] <= max(LONGER * longest, 200)
