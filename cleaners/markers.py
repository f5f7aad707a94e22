"""What numbers a heading or an item: the families of markers, and where they stand in a text.

Patterns are for folded text (`folding.fold`): half-width marks and digits, simplified hanzi.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaners.characters import codes

NUMERAL = "[一二三四五六七八九十百千零〇两]"

# Family -> pattern; group 1 is the number. In order: the first that matches names the family.
FAMILIES = {
    **{
        family: rf"第\s?({NUMERAL}{{1,8}}|\d{{1,4}})\s?[{units}](?!\S*第)"
        for family, units in (
            ("第一编", "编篇卷部"),
            ("第一章", "章回集讲课"),
            ("第一节", "节"),
            ("第一条", "条款"),
        )
    },
    "第一，": rf"第({NUMERAL}{{1,3}})(?:[,、:.]|[是要就]|个?(?:方面|问题)?[,、:是]|"
    r"(?:点|件事|句话|步|条|项|种|类|层|部分|阶段|环节)[^,。、;:!?\s]{0,4}[,、:是。;])",
    "（一）": rf"[(〔\[]?\s?({NUMERAL}{{1,4}})\s?[)〕\]]",
    "（1）": r"\(\s?(\d{1,3})\s?\)",
    "一、": rf"({NUMERAL}{{1,4}})[、.](?![一二三四五六七八九十]、)",
    # 3.5 before a unit measures.
    "1.1": r"\d{1,2}\.(?:\d{1,2}\.){0,2}(\d{1,2})[.、]? ?(?![\d.%万亿千百元米吨公个倍度级月日年])",
    "1、": r"(\d{1,3})、",
    "1.": r"(\d{1,3})\.(?!\d(?!\d{3}年|\d?月))",
    "1)": r"(\d{1,3})\)",
    "①": r"([①-⒛❶-❿㈠-㈩])",
    "一": rf"({NUMERAL}{{1,3}})(?: {{1,4}}(?=[\u4e00-\u9fff“《])|(?=\s*(?:\n|\Z)))",
    "其一": rf"其({NUMERAL}{{1,2}})(?=[,、:是])",
    "一是": rf"({NUMERAL}{{1,2}})(?:[是要]|来(?=[,是]))",
    "首先": r"(首先|其次|再次|最后(?=[,:、要是还我]))[,:]?",
}

# Which families number headings and lists at the start of a line; the others mostly stand inline.
HEADING_FAMILIES = (
    "第一编",
    "第一章",
    "第一节",
    "第一条",
    "（一）",
    "（1）",
    "一、",
    "1.1",
    "1、",
    "1.",
    "1)",
    "①",
    "一",
    "第一，",
)

# Those that stand nowhere else.
LINE_FAMILIES = ("1.1", "一")

# What markers begin with, and which families do.
_BEGINNINGS = {
    "第": ("第一编", "第一章", "第一节", "第一条", "第一，"),
    NUMERAL[1:-1]: ("（一）", "一、", "一", "一是"),
    "(": ("（一）", "（1）"),
    "〔[": ("（一）",),
    "0123456789": ("1.1", "1、", "1.", "1)"),
    "".join(chr(c) for a, b in ("①⒛", "❶❿", "㈠㈩") for c in range(ord(a), ord(b) + 1)): ("①",),
    "其": ("其一", "首先"),
    "首再最": ("首先",),
    " \n": ("（一）",),
}
# A marker stands at the start of a line or behind a mark; behind a comma only the inline families do.
MARKS = "\n 。!?;:,…”’」』)"
_BEHIND_COMMA = re.compile(rf"第|其{NUMERAL}|{NUMERAL}{{1,2}}[是要来]|首先|其次|再次|最后")
# What a character may be: a mark, or the first of a marker.
_MARK, _FIRST = 1, 2
_DIGITS = {numeral: i for i, numeral in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_WORDS = {"首先": 1, "其次": 2, "再次": 3, "最后": 0}


def _starting(families: tuple[str, ...]) -> tuple[tuple[str, ...], re.Pattern[str]]:
    """A pattern for some families, with two groups for each: the marker, and in it the number."""
    return families, re.compile("|".join(f"({FAMILIES[family]})" for family in families))


# First character -> the families that may begin with it.
STARTING = {
    character: starting
    for characters, families in _BEGINNINGS.items()
    for starting in (_starting(families),)
    for character in characters
}


class Marker(NamedTuple):
    family: str  # a key of FAMILIES
    number: int  # 0 where the word says none ("最后")
    end: int  # offset behind the marker


class Place(NamedTuple):
    """A marker in a text."""

    start: int
    end: int  # offset behind the marker
    family: str  # a key of FAMILIES
    number: int  # 0 where the word says none ("最后")
    opens_line: bool


def at(folded: str, start: int = 0) -> Marker | None:
    """The marker that stands at `start`, if one does.

    >>> at("(二)加强领导")
    Marker(family='（一）', number=2, end=3)
    """
    first = folded[start : start + 1]
    families, pattern = STARTING.get(first, STARTING["0"])
    match = pattern.match(folded, start)
    if match is None or match.lastindex is None:
        return None
    return Marker(families[match.lastindex // 2], value(match[match.lastindex + 1]), match.end())


def find(folded: str) -> Iterator[Place]:
    """The markers of a text, at the start of lines and inline.

    >>> [(place.family, place.number) for place in find("要做到两点:一是早,二是实。")]
    [('一是', 1), ('一是', 2)]
    """
    of_each = _table().take(codes(folded), mode="clip")
    behind_mark = (of_each[:-1] & of_each[1:] >> 1).view(bool).nonzero()[0] + 1
    done = 0
    for start in (0, *behind_mark.tolist()):  # the text begins a line too
        behind_comma = folded[start - 1 : start] == ","
        if start < done or (behind_comma and not _BEHIND_COMMA.match(folded, start)):
            continue
        marker = at(folded, start)
        if marker is None or (behind_comma and marker.family in HEADING_FAMILIES[:-1]):
            continue
        opens_line = not folded[max(start - 8, 0) : start].rpartition("\n")[2].strip()
        if opens_line or marker.family not in LINE_FAMILIES:
            done = marker.end
            yield Place(start, marker.end, marker.family, marker.number, opens_line)


def value(written: str) -> int:
    """The number that a numeral, digits or a counting word stand for.

    >>> [value(written) for written in ("十二", "二十", "3", "③", "其次", "一百零五")]
    [12, 20, 3, 3, 2, 105]
    """
    if written in _WORDS:
        return _WORDS[written]
    if written.isdecimal():
        return int(written)
    if written in "㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩" or "①" <= written <= "❿":
        return int(unicodedata.numeric(written))
    total, digit = 0, 0
    for character in written:
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            digit = digit * 10 + _DIGITS[character]
    return total + digit


@cache
def _table() -> NDArray[np.uint8]:
    """[code point]: what a character may be; the last one stands for all that lie behind."""
    table = np.zeros(0x10000, dtype=np.uint8)
    for what, characters in ((_FIRST, STARTING), (_MARK, MARKS)):  # no marker begins with a space here
        table[[*map(ord, characters)]] = what
    return table
