"""What stands at the end of a text, once what is no body is set aside from the right, piece by piece."""

import re
from itertools import islice
from typing import NamedTuple

from cleaners import markers
from cleaners.completeness.pagers import SHORT, names_pages, pager_in
from cleaners.completeness.rules import GLOSS, pattern

# How much of the end is looked at, in characters and in lines: a site's tail is shorter than both.
TAIL = 3000
LINES = 15

# With so many hanzi a text is Chinese, and a line without any is a site's: an address, a script.
CHINESE = 20

# Names, dates and notes behind the last sentence are no longer, all together.
COLOPHON = 200

# Lines were wrapped where none is longer than this and a third of them are as long as any.
WRAPPED = 100

# The lines of a list, of verse or of a table without end marks: at least so many, no longer than this, and
# than this share of the longest line.
LISTED = 4
ITEM = 30
NARROW = 0.7

_CLOSERS = re.escape("”’\"'」』》〉)】]〕")
_NOTE = r"(?:[〔\[(]\d{1,3}[〕\])]|[①-⑳]|\*)"
_TAG = r"(?:</?[a-z][^<>]{0,60}>|&nbsp;) ?"
# An end mark, with what closes behind it, note marks, tags and a stray mark.
_END_MARKS = frozenset("。!?…")
_ENDED = re.compile(rf"[。!?…][{_CLOSERS} ]{{0,6}}(?:{_NOTE} ?){{0,4}}(?:{_TAG}){{0,8}}[;*~ ]{{0,3}}$")
_LAST_END = re.compile(rf".*[。!?…][{_CLOSERS} ]*", re.DOTALL)
_HANZI = re.compile(r"[\u3400-\u9fff]")
# Some sites put characters of private use between paragraphs that lost their line ends.
_PARTS = re.compile(r"[^\ue000-\uf8ff]+")
_PIECES = re.compile(r"^|(?<= )(?=\S)|(?<=\S)(?=[(\[【])")
_WORDS = re.compile(r"(?:^| )(?=\S)")
_DATED = re.compile(r"年|月.{1,3}日")
# A line that is nothing but a link, in Markdown; and one that only shows a picture.
_LINKED = re.compile(r"[-*+>→ ]*\[[^\[\]]+\]\([^()\s]+\)\W?(?:\([^()]{1,30}\))?\*{0,2}")
_LINKED_HEADING = re.compile(r"\S{1,4}[、.)] {0,4}\[[^\[\]]+\]\([^()\s]+\)")
_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
# A heading by its dress: "## 修路", "【修路】", "——修路", "**修路**".
_DRESSED = re.compile(r"#{1,6} ?\S|【[^】]{2,40}】$|[—―─]{2}\S|\*\*[^*]+\*\*$")
# A saying and who said it: "路是人走出来的——张三".
_SAID_BY = re.compile(r"[—―]{1,2}[^,。、;:]{2,10}$")


class Line(NamedTuple):
    start: int  # character offsets in the text
    end: int
    text: str  # folded, stripped; several lines of the text where they were wrapped


class Tail(NamedTuple):
    """How a text ends."""

    line: Line  # the last line of the body
    rest: str  # what stands behind its last end mark: empty where the sentence is whole
    signed: bool  # a date, a note, a name or the like was set aside behind it
    pager: str  # what says that the text goes on elsewhere
    listed: bool  # it is one of several short lines without end marks


def read(folded: str) -> Tail | None:
    """How a folded text ends; None where nothing in it is body.

    >>> [read(text).rest for text in ("路好了。责任编辑:王小明", "路好了。今年的", "路好了。 张三 2005年1月")]
    ['', '今年的', '']
    """
    if whole := _ends_with_a_sentence(folded):
        return whole
    hanzi = _HANZI.finditer(folded, max(0, len(folded) - TAIL))
    chinese = len(list(islice(hanzi, CHINESE))) == CHINESE
    lines, pager = _without_site(_lines(folded, chinese), chinese)
    before = len(lines)
    _drop_sources(lines)
    signed, dated = len(lines) < before, False
    while lines:
        line = lines[-1].text
        if line[0] == "#" and _DRESSED.match(line):
            return Tail(lines[-1], line, False, pager, _listed(lines))
        rest = _behind_last_end(line)
        if not rest or _LINKED.fullmatch(line) or pattern("finished").fullmatch(rest.strip()):
            return Tail(lines[-1], "", signed or bool(rest), pager, False)
        # One of several such lines is a heading, a lone one names a source or a speaker.
        if (
            _DRESSED.match(line) and folded.count("\n" + line[: 1 if line[0] == "【" else 2]) > 1
        ) or _LINKED_HEADING.fullmatch(line):
            break
        kept, paged = _before_site_words(line, rest, chinese)
        pager = pager or paged
        if kept is None and (kept := _before_colophon(line, rest, dated)) is not None:
            signed = True
            dated = dated or bool(_DATED.search(line, kept))
        if kept is None:
            break
        lines[-1:] = _cut(lines[-1], kept)
    if not lines:
        return None
    last = lines[-1]
    return Tail(last, _behind_last_end(last.text).strip(), signed, pager, _listed(lines))


def _ends_with_a_sentence(folded: str) -> Tail | None:
    """The tail of a text whose last line is whole and no site's: of most texts, without reading more of it."""
    end = len(folded.rstrip())
    start = folded.rfind("\n", 0, end) + 1
    line = folded[start:end].lstrip()
    if (
        not _ended(line)
        or line.startswith("#")
        or not _PARTS.fullmatch(line)
        or _of_the_site(GLOSS.sub("", line))
        or names_pages(line)
    ):
        return None
    above = folded[max(0, start - TAIL) : start].rsplit("\n", LISTED)
    if any(pattern("apparatus").fullmatch(text.strip()) for text in above[1:]):
        return None
    return Tail(Line(end - len(line), end, line), "", False, "", False)


def _ended(line: str) -> bool:
    """Whether a line ends with its sentence."""
    return line[-1:] in _END_MARKS or _ENDED.search(line) is not None


def _lines(folded: str, chinese: bool) -> list[Line]:
    """The last lines that say something; wrapped ones joined."""
    first = max(0, len(folded) - TAIL)
    found = [(match.start(), match.group()) for match in re.finditer("[^\n]+", folded[first:])]
    width = max((len(text) for _, text in found), default=0)
    wrapped = width <= WRAPPED and sum(len(text) >= width - 1 for _, text in found) >= len(found) / 3
    lines: list[Line] = []
    full = False
    for start, text in found:
        for part in _PARTS.finditer(text):
            body = part.group().strip()
            if not body or _PICTURE.fullmatch(body):
                continue
            begin = first + start + part.start() + part.group().index(body[0])
            if (
                part.start() == 0
                and body[0] != "#"
                and (
                    _open_bracket(lines, body)
                    or (full and not _of_the_site(body) and not (chinese and _foreign(body)))
                )
            ):
                last = lines.pop()
                lines.append(Line(last.start, begin + len(body), last.text + body))
            else:
                lines.append(Line(begin, begin + len(body), body))
        full = wrapped and len(text) >= width - 1 and bool(lines)
    return lines


def _open_bracket(lines: list[Line], text: str) -> bool:
    """Whether `text` closes a bracket that the line above it opens."""
    if len(text) > SHORT or ")" not in text or "(" in text:
        return False
    above = lines[-1].text[-SHORT:] if lines else ""
    return above.rfind("(") > above.rfind(")")


def _without_site(lines: list[Line], chinese: bool) -> tuple[list[Line], str]:
    """The lines up to where the site's own begin, and the pager among these."""
    kept, pager = len(lines), ""
    for i in range(len(lines) - 1, max(-1, len(lines) - 1 - LINES), -1):
        text = GLOSS.sub("", lines[i].text)
        found = names_pages(text)
        if found:
            pager = pager_in(text) or pager
        if found or _of_the_site(text) or (kept == i + 1 and chinese and _foreign(text)):
            kept = i
        elif len(text) > SHORT or _ended(text):
            break
    return lines[:kept], pager


def _foreign(line: str) -> bool:
    """Whether a line under a Chinese text is an address, a script or the like."""
    said = _HANZI.search(line) or line.startswith("#") or markers.at(line)
    return not said and len(line) <= SHORT and not _ended(line) and not _LINKED.fullmatch(line)


def _of_the_site(line: str) -> bool:
    if len(line) <= SHORT and not line.endswith("。") and pattern("label").match(line):
        return True
    return len(line) <= 2 * SHORT and bool(pattern("notice").match(line))


def _drop_sources(lines: list[Line]) -> None:
    """Take away "资料来源：" and what follows it, if the text was whole above."""
    for i in range(max(1, len(lines) - LISTED), len(lines)):
        if pattern("apparatus").fullmatch(lines[i].text) and _ended(lines[i - 1].text):
            del lines[i:]
            return


def _before_site_words(line: str, rest: str, chinese: bool) -> tuple[int | None, str]:
    """Where a site's words begin that stand on the line of the last sentence, and the pager among them."""
    if len(rest) > 2 * COLOPHON:
        return None, ""
    offset = len(line) - len(rest)
    for match in _WORDS.finditer(rest):
        words = GLOSS.sub("", rest[match.end() :])
        foreign = chinese and not _HANZI.search(words)
        if foreign or pattern("label").match(words) or pattern("pager").match(words):
            return offset + match.start(), pager_in(words)
    return None, ""


def _before_colophon(line: str, rest: str, dated: bool) -> int | None:
    """Where a date, a name or the like begins behind the last end mark; above a date, who signs."""
    offset = len(line) - len(rest)
    if len(rest) > COLOPHON:
        return None
    for piece in _PIECES.finditer(rest):
        if pattern("colophon").fullmatch(rest, piece.start()):
            return offset + piece.start()
    return offset if dated and pattern("signature").fullmatch(rest.strip()) else None


def _cut(line: Line, kept: int) -> list[Line]:
    """`line` up to a place in its text; none where nothing is left."""
    text = line.text[:kept].rstrip()
    return [Line(line.start, line.end - (len(line.text) - len(text)), text)] if text else []


def _behind_last_end(line: str) -> str:
    if _ended(line):
        return ""
    found = _LAST_END.match(line)
    return line[found.end() :] if found else line


def _listed(lines: list[Line]) -> bool:
    """Whether the last lines are a list, a table, verse or sayings, and no heading stands under them."""
    texts = [line.text for line in lines]
    if len(texts) > 1 and all(_SAID_BY.search(text) for text in texts[-2:]):
        return True
    widest = min(ITEM, NARROW * max(map(len, texts)))
    last = texts[-LISTED:]
    if len(last) < LISTED or _numbered(last[-1]) != _numbered(last[-2]) or last[-2].endswith((":", ";")):
        return False
    return all(len(text) <= widest and not re.search("[。!?]", text) for text in last)


def _numbered(line: str) -> str:
    """What makes a line a heading or an item: the family of its marker, or its dress."""
    if _DRESSED.match(line):
        return line[0]
    marker = markers.at(line)
    return marker.family if marker else ""
