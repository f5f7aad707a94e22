"""What a line is, and what its ends tell: the marks and shapes that the layout is read from."""

import re
from typing import NamedTuple

from cleaners import markers

# Line ends of every kind, a page break among them.
LINE_END = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# White space inside a line; written so, not `\s+`, the search skips to its first character.
SPACES = re.compile(r"\s\s*")
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
# What else than a digit it begins with.
_DATES = frozenset("(（[一二○〇零三四五六七八九")
# Who said it, or took the picture: "——老舍", "记者 周岚 摄", "。周岚摄" at the end of a line.
_SAID = re.compile(
    r"(?:——|--|―)\s*[^，。！？；：\s]{1,16}$|(?:记者|通讯员|新华社)\S{0,6}\s?\S{0,6}\s?(?:摄|供图)$"
    r"|[。！？）)]\S{2,4}\s?摄$|摄影\s?[/／:：]\s?\S{2,8}(?:\s\S{2,4})?$"
)
_SAID_BY = frozenset("—-―摄图")  # none of these is without one of them
# A footnote's number, not a reference to one; a letter; a bullet; a label of questions and examples.
# (Folded: half-width, small letters.)
_ITEM = re.compile(
    r"[〔\[【]\d{1,3}[〕\]】](?!\s?[，。、；：,.;:])|[a-z][、.)](?![a-z0-9.])|[•●○■□◆◇★☆▶►▪◎※]"
    r"|(?:问题|材料|例)[一二三四五六七八九十\d]{1,3}[：:]|[问答][：:]"
)
_ITEMS = frozenset("〔[【abcdefghijklmnopqrstuvwxyz•●○■□◆◇★☆▶►▪◎※问材例答")  # their first characters
# Those of numbered headings, beside digits.
_NUMBERS = frozenset(
    "第(〔[其首再最"
    + markers.NUMERAL
    + "".join(map(chr, [*range(0x2460, 0x249C), *range(0x2776, 0x2780), *range(0x3220, 0x322A)]))
)
# Both begin with one class, to which the search skips.
_INNER_MARK = re.compile(r"[，。！？；!?;,.](?:(?<![,.])|(?<=[\u3400-\u9fff].))")
_INNER_FINAL = re.compile(r"[。！？!?.](?:(?<!\.)|(?<=[\u3400-\u9fff].))")

Span = tuple[int, int]  # start and end


class Line(NamedTuple):
    """One line that shows anything, without the white space around it."""

    margin: int  # where the line begins, with its indentation
    start: int
    end: int
    blanks: int  # how many blank lines stand before it


def visible(text: str) -> list[Line]:
    """The lines of `text` that show anything."""
    lines = []
    start = blanks = 0
    for line in text.splitlines(keepends=True):  # at what LINE_END finds
        if seen := line.strip():
            first = start if line[0] == seen[0] else start + line.index(seen[0])
            lines.append(Line(start, first, first + len(seen), blanks))
            blanks = 0
        else:
            blanks += 1
        start += len(line)
    return lines


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
    said = max(start, end - 20)
    if not _SAID_BY.isdisjoint(text[said:end]) and _SAID.search(text, said, end):
        return "final"
    if last < end and _stands_alone(text, start, end):
        return "final"
    if mark == "." and text[last - 2 : last - 1].isdigit():
        return "word"
    if mark == ".":
        return "final"
    if mark in "：:":
        return "colon"
    if mark in "；;":
        return "semicolon"
    if mark in "，,":
        return "comma"
    if mark == "、":
        return "open"  # an enumeration goes on, in verse too
    return "open" if mark in OPENING and last == end else "word"


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


def is_salutation(text: str, start: int, end: int) -> bool:
    return text[end - 1] in "：:!！" and SALUTATION.match(text, start, end) is not None


def is_date(text: str, start: int, end: int) -> bool:
    first = text[start]
    return (first in _DATES or first.isdecimal()) and DATE.match(text, start, end) is not None


def has_marks(text: str, start: int, end: int) -> bool:
    """Whether a sentence or clause ends inside `text[start:end]`, before its last character."""
    return _INNER_MARK.search(text, start, end - 1) is not None


def has_final(text: str, start: int, end: int) -> bool:
    """Whether a sentence ends inside `text[start:end]`, before its last character."""
    return _INNER_FINAL.search(text, start, end - 1) is not None


def heads(folded: str, start: int) -> bool:
    """Whether a numbered heading, an item or a footnote begins at `start`."""
    first = folded[start]
    if first in _NUMBERS or first.isdecimal():
        marker = markers.at(folded, start)
        if marker is not None and marker.family in markers.HEADING_FAMILIES:
            return True
    return first in _ITEMS and _ITEM.match(folded, start) is not None


def numbered_only(folded: str, start: int, end: int) -> bool:
    """Whether `folded[start:end]` is a number without what it numbers: "第一章", "〔1〕"."""
    marker = markers.at(folded, start)
    if marker is not None:
        return marker.end >= end
    item = _ITEM.match(folded, start)
    return item is not None and item.end() >= end
