"""What a line is, and what its ends tell: the marks and shapes that the layout is read from."""

import re
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from string import ascii_lowercase

import numpy as np
from numpy.typing import NDArray

from cleaners import markers
from cleaners.characters import codes
from cleaners.folding import fold

# Line ends of every kind, a page break among them.
LINE_END = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# What ends a sentence, and what ends its parts.
FINAL = "。！？!?…."
ENDS = frozenset(FINAL) - {"."}  # a point may be in a number
PAUSES = "，,。、；;：:"
# What may stand behind such a mark, and what opens a quotation or bracket.
CLOSING = "”’」』）)》〉】〗〕］]\"'"
_BEHIND_MARK = CLOSING + "*_"  # bold and slanted in Markdown
PAIRS = dict(zip("”’」』）)》〉】〗〕］]", "“‘「『（(《〈【〖〔［[", strict=True))
OPENING = "“‘「『（(《〈【〖〔［["
# What no line begins with: the one before goes on. Half-width, only before hanzi or alone: code begins so.
NEVER_FIRST = "，。、；：！？）》〉”’」』】〕］％"
_HALF_NEVER_FIRST = re.compile(r"(?:[)\]][,.;:!?]?|[,.;:!?%])(?=[\u3000-\uffef“”‘’]|$)")
# What such a line may begin with.
GOING_ON = frozenset(NEVER_FIRST + ")],.;:!?%")

LATIN = frozenset(ascii_lowercase)
HANZI = re.compile(r"[〇\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# A line that is one address or label ("同志们：", "各位代表！") stands by itself.
SALUTATION = re.compile(
    r"(?:(?:亲爱|尊敬|敬爱)的[^\s，。；：:！!]{1,20}|[^\s，。；、：:！!]{0,12}(?:们|代表|委员|同志|先生|女士|主席|朋友))\s?[：:!！]$"
)
# A line that is nothing but a date and perhaps a time.
DATE = re.compile(
    r"[(（\[]?(?:\d{2,4}[-./年]\d{1,2}[-./月]\d{1,2}日?|[一二○〇零三四五六七八九]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日)"
    r"(?:\s*\d{1,2}[:：时]\d{2}(?:[:：分]\d{2}秒?)?)?[)）\]]?$"
)
# Who said it, or took the picture: "——老舍", "记者 周岚 摄", "。周岚摄" at the end of a line.
_SAID = re.compile(
    r"(?:——|--|―)\s*[^，。！？；：\s]{1,16}$|(?:记者|通讯员|新华社)\S{0,6}\s?\S{0,6}\s?(?:摄|供图)$"
    r"|[。！？）)]\S{2,4}\s?摄$|摄影\s?[/／:：]\s?\S{2,8}(?:\s\S{2,4})?$"
)
# A footnote's number, not a reference to one; a letter; a bullet; a label of questions and examples.
# (Folded: half-width, small letters.)
_ITEM = re.compile(
    r"[〔\[【]\d{1,3}[〕\]】](?!\s?[，。、；：,.;:])|[a-z][、.)](?![a-z0-9.])|[•●○■□◆◇★☆▶►▪◎※]"
    r"|(?:问题|材料|例)[一二三四五六七八九十\d]{1,3}[：:]|[问答][：:]"
)
# Both begin with one class, to which the search skips.
_INNER_MARK = re.compile(r"[，。！？；!?;,.](?:(?<![,.])|(?<=[\u3400-\u9fff].))")
_INNER_FINAL = re.compile(r"[。！？!?.](?:(?<!\.)|(?<=[\u3400-\u9fff].))")

# How a line ends whose last mark is one of these.
_TAILS = {
    mark: name
    for marks, name in (("：:", "colon"), ("；;", "semicolon"), ("，,", "comma"), ("、" + OPENING, "open"))
    for mark in marks  # with "、" an enumeration goes on, in verse too
}

Integers = NDArray[np.intp]
Span = tuple[int, int]  # start and end


@dataclass(slots=True, eq=False)
class Line:
    """One line that shows anything, without the white space around it."""

    margin: int  # where the line begins, with its indentation
    start: int
    end: int
    blanks: int  # how many blank lines stand before it


def visible(text: str) -> list[Line]:
    """The lines of `text` that show anything."""
    lines, blanks = list[Line](), 0
    written = text.splitlines(keepends=True)  # at what LINE_END finds
    for margin, line in zip(accumulate(map(len, written), initial=0), written, strict=False):
        if seen := line.strip():
            start = margin if line[0] == seen[0] else margin + line.index(seen[0])
            lines.append(Line(margin, start, start + len(seen), blanks))
            blanks = 0
        else:
            blanks += 1
    return lines


def spaces(text: str) -> list[Span]:
    """The white space inside lines."""
    found, start, end = list[Span](), 0, 0
    for place in [*places(r"\s", text).tolist(), len(text) + 1]:
        if place != end:
            # What stands at either end of the text, or holds a line end, is around lines.
            if 0 < start < end < len(text) and text[start] != "\n" and not LINE_END.search(text, start, end):
                found.append((start, end))
            start = place
        end = place + 1
    return found


def places(pattern: str, text: str) -> Integers:
    """Where the characters stand that a pattern for one character matches; quicker than the pattern itself."""
    return matching(pattern, codes(text)).nonzero()[0]


def matching(pattern: str, code_points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Whether such a pattern matches each of these characters."""
    return _matching(pattern).take(code_points, mode="clip")


@cache
def _matching(pattern: str) -> NDArray[np.bool_]:
    """[code point]: whether a pattern matches the character; nothing behind the last does."""
    table = np.zeros(0x10001, dtype=np.bool_)
    table[[match.start() for match in re.finditer(pattern, "".join(map(chr, range(0x10000))))]] = True
    return table


def tail(text: str, start: int, end: int) -> str:
    """How `text[start:end]` ends: "final", "colon", "semicolon", "comma", "open", or "word".

    >>> tail("他说：“走吧。”", 0, 8), tail("他来了，", 0, 4), tail("他来了（", 0, 4), tail("他说", 0, 2)
    ('final', 'comma', 'open', 'word')
    """
    if text[end - 1] in ENDS:
        return "final"
    last = end
    while last > start and text[last - 1] in _BEHIND_MARK:
        last -= 1
    if last == start:
        return "word"
    mark = text[last - 1]
    if mark in ENDS:
        return "final"
    if _SAID.search(text, max(start, end - 20), end):
        return "final"
    if last < end and _stands_alone(text, start, end):
        return "final"
    if mark == "." and text[last - 2 : last - 1].isdigit():
        return "word"
    if mark == ".":
        return "final"
    return "word" if mark in OPENING and last < end else _TAILS.get(mark, "word")


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether what is quoted or bracketed at the end has a mark or nothing before it."""
    opening = PAIRS.get(text[end - 1], "")
    place = text.rfind(opening, start, end - 1) if opening else -1
    return place == start or (place > start and text[place - 1] in FINAL + CLOSING + "：:，,")


def closes(text: str, start: int, end: int) -> bool:
    """Whether a line begins with what only goes on: a comma, stop, or closing bracket or quote."""
    first = text[start]
    return first in GOING_ON and (
        first in NEVER_FIRST or _HALF_NEVER_FIRST.match(text, start, end) is not None
    )


def has_marks(text: str, start: int, end: int) -> bool:
    """Whether a sentence or clause ends inside `text[start:end]`, before its last character."""
    return _INNER_MARK.search(text, start, end - 1) is not None


def has_final(text: str, start: int, end: int) -> bool:
    """Whether a sentence ends inside `text[start:end]`, before its last character."""
    return _INNER_FINAL.search(text, start, end - 1) is not None


def heading(text: str, start: int) -> str | None:
    """The family of the number of a heading or item that begins at `start`; "" for a footnote, bullet or the like."""
    folded = fold(text)
    marker = markers.at(folded, start)
    if marker is not None and marker.family in markers.HEADING_FAMILIES:
        return marker.family
    return "" if _ITEM.match(folded, start) else None


def heads(text: str, start: int) -> bool:
    """Whether a numbered heading, an item or a footnote begins at `start`."""
    return heading(text, start) is not None


def numbered_only(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` is a number without what it numbers: "第一章", "〔1〕"."""
    folded = fold(text)
    marker = markers.at(folded, start)
    if marker is not None:
        return marker.end >= end
    item = _ITEM.match(folded, start)
    return item is not None and item.end() >= end


def plain(text: str, line: Line) -> bool:
    """Whether a line has no mark, not even at its end."""
    return not has_marks(text, line.start, line.end) and tail(text, line.start, line.end) == "word"


def echoes(text: str, line: Line, following: Line) -> bool:
    """Whether a line begins with words of the one before."""
    words, begun = text[line.start : line.end], text[following.start : following.start + 4]
    if begun[:2] not in words:
        return False
    # Inside a long heading two characters come again by chance.
    return begun in words or words.endswith(begun[:2]) or not has_marks(text, line.start, line.end)
