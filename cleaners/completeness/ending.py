"""How a text ends: with its last sentence, or short of it."""

import re
from itertools import pairwise
from typing import NamedTuple

from cleaners import markers
from cleaners.completeness.closing import unclosed
from cleaners.completeness.rules import GLOSS, pattern
from cleaners.document import Document, Edit, Flag
from cleaners.folding import fold
from cleaners.outline import Announcement, Outline

# How much of the end is looked at, in characters and in lines: a site's tail is shorter than both.
TAIL = 3000
LINES = 15

# A line of a site's tail is no longer; a sentence by the site may be twice that.
SHORT = 60

# A heading is no longer than this; a longer line without an end mark is a sentence that was cut.
HEADING = 60

# Under a heading stand this many characters, and at least this many times fewer than under its siblings,
# where only its first words are there.
BARE = 60
FEWER = 4

# How far the last item of a list may run on, as a multiple of its longest sibling.
LONGER = 2

# How sure a kind of cut is: the share of right flags among all (one whole document to four cut ones,
# the whole corpus and 257 laws, reports and novels beside it; tests/benchmarks/completeness.py).
CONFIDENCE = {
    "mid_sentence": 0.98,
    "mid_sentence, few words": 0.85,
    "at_heading": 0.98,
    "bare heading": 0.8,
    "cut_page": 0.9,
    "missing_sections": 0.85,
}

_CLOSERS = "”’\"'」』》〉)】]〕"
_NOTE = r"(?:[〔\[(]\d{1,3}[〕\])]|[①-⑳]|\*)"
# An end mark with what closes behind it and note marks; a point ends a sentence only behind hanzi.
_ENDED = re.compile(
    rf"(?:[。!?…]|(?<=[\u4e00-\u9fff)”’])\.)[{re.escape(_CLOSERS)} ]{{0,6}}(?:{_NOTE} ?){{0,4}}[;*~ ]{{0,3}}$"
)
_LAST_END = re.compile(rf".*(?:[。!?…]|(?<=[\u4e00-\u9fff)”’])\.(?!\d))[{re.escape(_CLOSERS)} ]*", re.DOTALL)
# Sites put characters of private use between paragraphs where they lost the line ends.
_LINE = re.compile(r"[^\n\ue000-\uf8ff]+")
_HANZI = re.compile(r"[\u3400-\u9fff]")


_DATED = re.compile(r"年|月.{1,3}日")
# Who said it: "——张三", on a line of its own words.
_SAID_BY = re.compile(r"[—―]{1,2}[^,。、;:]{2,10}$")


class Ending(NamedTuple):
    """How a text ends once what is no body is set aside."""

    start: int  # character offset of the last line of the body
    line: str  # that line, folded
    rest: str  # what stands behind its last end mark: empty where it is whole
    signed: bool  # a date, a note, a name or the like was set aside behind it
    pager: str  # what says that the text goes on elsewhere
    listed: bool  # it is one of several short lines without end marks: a list, a table, verse


def truncated(document: Document, folded: str, parts: Outline, genre: str) -> Flag | None:
    """The most certain way in which a text stops short, if it does."""
    ending = read(folded)
    if not ending.line:
        return None
    if ending.rest and not ending.listed:
        return _unfinished(ending)
    pager = ending.pager or _removed_pager(document)
    if pager:
        return _flag("cut_page", f"the rest is on another page: “{pager}”", None)
    return (
        _bare_heading(document.text, folded, ending, parts)
        or _missing_items(document.text, folded, ending, parts)
        or unclosed(folded, ending.start + len(ending.line), ending.signed, parts, genre)
    )


def read(folded: str) -> Ending:
    """How a folded text ends: what stands behind its body is taken away from the right, piece by piece.

    >>> read("路修好了。责任编辑:王小明").rest, read("路修好了。今年的").rest
    ('', '今年的')
    """
    lines, pager = _without_site(_lines(folded))
    signed = False
    for i in range(max(1, len(lines) - 4), len(lines)):
        if pattern("apparatus").fullmatch(lines[i][1]) and _ENDED.search(lines[i - 1][1]):
            del lines[i:]
            signed = True
            break
    dated = False
    while lines:
        start, line = lines[-1]
        rest = "" if _ENDED.search(line) else _behind_last_end(line)
        kept = _without_site_words(line, rest)
        if kept is None and (kept := _without_colophon(line, rest, dated)) is not None:
            signed = True
            dated = dated or bool(_DATED.search(line, len(kept)))
        if not rest or kept is None:
            break
        lines[-1:] = [(start, kept.rstrip())] if kept.strip() else []
    if not lines:
        return Ending(0, "", "", signed, pager, False)
    start, line = lines[-1]
    rest = "" if _ENDED.search(line) else _behind_last_end(line)
    return Ending(start, line, rest.strip(), signed, pager, _listed([line for _, line in lines]))


def _unfinished(ending: Ending) -> Flag:
    rest = ending.rest
    marker = markers.at(rest)
    place = ending.start + len(ending.line) - len(rest)
    if (
        marker
        and marker.family in markers.HEADING_FAMILIES
        and len(rest) <= HEADING
        and rest[-1] not in ",、;:"
    ):
        return _flag("at_heading", f"ends on the heading “{rest}” with nothing under it", place)
    few = "" if len(rest) > 6 or rest[-1] in ",、:;" else ", few words"
    return _flag("mid_sentence", f"ends without an end mark: “…{rest[-30:]}”", place, few)


def _bare_heading(text: str, folded: str, ending: Ending, parts: Outline) -> Flag | None:
    """A last line that numbers on its siblings but says next to nothing where they say much."""
    last = parts.places[-1] if parts.places else None
    if (
        last is None
        or not last.opens_line
        or last.start < ending.start
        or pattern("law_end").search(ending.line)
    ):
        return None
    run = next(run for run in reversed(parts.runs) if run.places[-1] is last)
    under = [b.start - a.start for a, b in pairwise(run.places)]
    length = len(ending.line)
    if ending.signed or length > BARE or not under or min(under) < max(FEWER * length, 150):
        return None
    shown = text[last.start : last.start + 20]
    return _flag(
        "at_heading",
        f"“{shown}” has {length} characters under it, its siblings have {min(under)} and more",
        last.start,
        "bare heading",
    )


def _missing_items(text: str, folded: str, ending: Ending, parts: Outline) -> Flag | None:
    """An announcement whose items break off where the text does."""
    end = ending.start + len(ending.line)
    for one in parts.announcements:
        if one.found < one.count and _breaks_off(one, end, parts):
            said = f"announces {one.count} items at character {one.start}, has {one.found}"
            if one.items:
                last = one.items[-1].start
                said += f": the last is “{text[last : last + 20]}” at character {last}"
            return _flag("missing_sections", said.replace("\n", " "), one.start)
    return None


def _breaks_off(one: Announcement, end: int, parts: Outline) -> bool:
    """Whether nothing but the last item found stands between it and the end of the body."""
    if not one.items:
        return end - one.end < BARE
    if one.items[0].family == "首先" or (one.found == 1 and not one.items[0].opens_line):
        return False
    starts = [place.start for place in one.items]
    longest = max((b - a for a, b in pairwise(starts)), default=400)
    return end - starts[-1] <= max(LONGER * longest, 200)


def _flag(kind: str, evidence: str, start: int | None, variant: str = "") -> Flag:
    confidence = CONFIDENCE.get(kind + variant) or CONFIDENCE.get(variant) or CONFIDENCE[kind]
    return Flag("truncated", kind, evidence, start, confidence)


def _lines(folded: str) -> list[tuple[int, str]]:
    """The last lines of a text that say something, with their offsets."""
    first = max(0, len(folded) - TAIL)
    found = []
    for match in _LINE.finditer(folded, first):
        line = match.group()
        body = line.strip()
        if body:
            found.append((match.start() + line.index(body[0]), GLOSS.sub("", body)))
    return found


def _without_site(lines: list[tuple[int, str]]) -> tuple[list[tuple[int, str]], str]:
    """The lines up to where the site's own begin, and the pager among these."""
    kept, pager = len(lines), ""
    for i in range(len(lines) - 1, max(-1, len(lines) - 1 - LINES), -1):
        line = lines[i][1]
        found = pattern("pager").search(line) if len(line) <= SHORT else None
        if found:
            pager = _another_page(found) or pager
        if found or _of_the_site(line):
            kept = i
        elif len(line) > SHORT or _ENDED.search(line):
            break
    return lines[:kept], pager


def _of_the_site(line: str) -> bool:
    if not _HANZI.search(line):
        return len(line) <= SHORT and not _ENDED.search(line)
    label = len(line) <= SHORT and not line.endswith("。") and pattern("label").match(line)
    return bool(label) or (len(line) <= 2 * SHORT and bool(pattern("notice").match(line)))


def _without_site_words(line: str, rest: str) -> str | None:
    """`line` without a site's words at its end, where they stand on the line of the last sentence."""
    offset = len(line) - len(rest)
    for match in re.finditer(r"(?:^| )(?=\S)", rest[: 4 * SHORT]):
        behind = rest[match.end() :]
        if len(behind) <= 4 * SHORT and (pattern("label").match(behind) or pattern("pager").match(behind)):
            return line[: offset + match.start()]
    return None


def _without_colophon(line: str, rest: str, dated: bool) -> str | None:
    """`line` without a date, a name or the like behind its last end mark; above a date, without who signs."""
    offset = len(line) - len(rest)
    if not rest or len(rest) > 200:
        return None
    for piece in re.finditer(r"^|(?<= )(?=\S)|(?<=\S)(?=[(\[【])", rest):
        if pattern("colophon").fullmatch(rest, piece.start()):
            return line[: offset + piece.start()]
    return line[:offset] if dated and pattern("signature").fullmatch(rest.strip()) else None


def _listed(lines: list[str]) -> bool:
    """Whether the last lines are a list, a table, verse or sayings: short, without end marks, not wrapped."""
    if all(_SAID_BY.search(line) for line in lines[-2:]):
        return True
    last = lines[-4:]
    width = max(len(line) for line in lines)
    return len(last) == 4 and all(
        len(line) <= min(30, width * 0.7) and not re.search("[。!?]", line) for line in last
    )


def _behind_last_end(line: str) -> str:
    found = _LAST_END.match(line)
    return line[found.end() :] if found else line


def _another_page(found: re.Match[str]) -> str:
    """What a pager says, unless it is on the last page."""
    page, pages = found["page"], found["pages"]
    return "" if page and int(page) >= int(pages) else found.group().strip()


def _removed_pager(document: Document) -> str:
    """What boilerplate removed behind the body that says that the rest is elsewhere."""
    for step in document.steps:
        if step.cleaner == "boilerplate":
            for edit in _behind_the_body(step.edits):
                found = pattern("pager").search(fold(edit.before))
                if found and _another_page(found):
                    return _another_page(found)
    return ""


def _behind_the_body(edits: tuple[Edit, ...]) -> list[Edit]:
    """The last edits that follow each other closely: what stood between was no body."""
    behind = list(edits[-1:])
    for edit, following in zip(edits[-2::-1], edits[:0:-1], strict=False):
        if following.start - edit.end > SHORT:
            break
        behind.append(edit)
    return behind
