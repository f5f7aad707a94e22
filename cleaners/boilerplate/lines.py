"""A text as lines: what each looks like, and where the body's core is."""

import re
import sys
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaners import markers

HANZI = re.compile("[\u3400-\u9fff]")
LETTERS = re.compile(r"[^\W\d_]+")
SYLLABLES = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+")  # hanzi, kana and Hangul
# So many letters of an alphabet say as much as a hanzi.
LETTERS_PER_HANZI = 3
# What ends a sentence, in folded text, and the quotes and brackets that may follow.
CLOSING = '”’」』")】》'
SENTENCE_END = re.compile(r"[。!?;…:]|(?<=[^\W\d_\u3400-\u9fff])\.")
# A line of this size and a sentence's end is a paragraph.
SENTENCE = 25
# A line of this size is running text without an end mark too (its end may stand on the next line), if it has
# a mark for every so much; headlines run together have fewer.
LONG, PER_MARK = 60, 40
MARKS = (",", "。", "、", ";", ". ")
# The families of numbers (`markers`) that head the parts of documents.
DOCUMENT_HEADINGS = {"第一章", "（一）", "一、"}
# A run with a smaller sum is no body.
LEAST_CORE = 60.0
# So little text before so many blank lines is no part of the body behind them.
WIDE_GAP, PREFACE = 2, 60.0
# Markdown's marks before and behind code, and before and behind the settings at the head of a file.
FENCE = re.compile("```|~~~")
TAG = re.compile("</?[a-z][^<>]{0,200}>")
SALUTATION = re.compile(
    r"(?:尊敬的|亲爱的|敬爱的)?[^,。:]{0,30}"
    r"(?:同志们?|代表|委员|朋友们?|领导|来宾|同学们?|老师们?|先生们?|女士们?|主席|各位|同仁|乡亲们|战友们|记者)[!:,。]?"
)
LONGEST_SALUTATION = 40  # no longer line fits the pattern
# A stray bar or rule, or nothing that shows. Bars of stars and dashes part scenes in fiction and stay.
BAR = re.compile(r"[|¦]+|[-=_~]{3,}|[<>»«]+|< >|[─━═┄│]{2,}|[\u200b\u200c\u200d\ufeff\u2060]+")
# Stands right under a heading, in Markdown, and is hardly longer.
UNDERLINE, LONGEST_HEADING = re.compile("[-=~]{3,}"), 40
# What differs between lines that say the same on different pages.
VARIABLE = re.compile(
    r"[\dh](?:(?<=\d)\d*|(?<=h)ttps?://\S+)"
)  # numbers, links; found by their first character
MAY_VARY = re.compile(r"[\dh\s]")


class Line(NamedTuple):
    """What is left of a line of the text once earlier findings are gone."""

    number: int  # counted from 0 over the text's lines
    start: int  # offset in the text
    end: int  # behind its line end
    folded: str  # without spaces around it
    size: int  # how much it says, in hanzi
    gap: int  # blank lines before it
    code: bool = False  # in a block of code or settings


def split(text: str, folded: str) -> list[Line]:
    """The lines that show something; `folded` is `text` folded."""
    written = folded.split("\n")
    ends = [*accumulate(len(line) + 1 for line in written)]
    found, start, gap = [], 0, 0
    for number, (line, end, said) in enumerate(zip(written, ends, sizes(folded, ends), strict=True)):
        if shown := line.strip():
            found.append(Line(number, start, min(end, len(text)), shown, said, gap))
            gap = 0
        else:
            gap += 1
        start = end
    return _with_code(found)


def size(folded: str) -> int:
    """How much a text says, in hanzi.

    >>> size("全文ABC"), size("the whole text")
    (3, 4)
    """
    syllables = sum(map(len, SYLLABLES.findall(folded)))
    return syllables + (sum(map(len, LETTERS.findall(folded))) - syllables) // LETTERS_PER_HANZI


def sizes(folded: str, ends: Sequence[int]) -> list[int]:
    """The `size` of each part of a text, up to each of `ends`: counted all at once, which is much faster."""
    codes = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    until = np.minimum([0, *ends], len(codes))
    sums = (np.concatenate(([0], np.cumsum(table[codes])))[until] for table in _tables())
    letters, syllables = (sum_until[1:] - sum_until[:-1] for sum_until in sums)
    sizes: list[int] = (syllables + (letters - syllables) // LETTERS_PER_HANZI).tolist()
    return sizes


@cache
def _tables() -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """For each code point, whether it is a letter and whether it is a syllable."""
    every = np.arange(sys.maxunicode + 1, dtype=np.uint32).tobytes().decode("utf-32-le", "surrogatepass")
    tables = np.zeros((2, len(every)), dtype=bool)
    for table, pattern in zip(tables, (LETTERS, SYLLABLES), strict=True):
        for run in pattern.finditer(every):
            table[run.start() : run.end()] = True
    return tables[0], tables[1]


def _with_code(found: list[Line]) -> list[Line]:
    """The lines, with those marked that stand between Markdown's marks for code or settings."""
    fences = [i for i, line in enumerate(found) if FENCE.match(line.folded)]
    if len(fences) % 2:
        fences.pop()
    blocks = [range(a, b + 1) for a, b in zip(fences[::2], fences[1::2], strict=True)]
    if found and found[0].folded == "---":
        ends = (i for i, line in enumerate(found[1:], 1) if line.folded == "---")
        settings = range(next(ends, -1) + 1)
        if all(":" in found[i].folded or found[i].folded[0] == "-" for i in settings):
            blocks.append(settings)
    for block in blocks:
        for i in block:
            found[i] = found[i]._replace(code=True)
    return found


def form(line: Line) -> str:
    """The line as far as it is the same on other pages: without its numbers and links."""
    if not MAY_VARY.search(line.folded):
        return line.folded
    return VARIABLE.sub("0", " ".join(line.folded.split()))


def bars(every: Sequence[Line]) -> list[Line]:
    """The lines that are stray bars or rules; not those that Markdown underlines headings or parts quotes with."""
    quotes = any(line.folded.startswith("> ") for line in every)
    found, above = [], ""
    for line in every:
        fits = line.gap == 0 and 0 < len(above) <= LONGEST_HEADING and len(line.folded) <= 3 * len(above)
        underlines = fits and UNDERLINE.fullmatch(line.folded) is not None
        parts_quotes = quotes and line.folded == ">"
        if BAR.fullmatch(line.folded) and not (line.code or underlines or parts_quotes):
            found.append(line)
        above = line.folded
    return found


def ends_sentence(line: Line) -> bool:
    """Whether a sentence ends with the line."""
    shown = TAG.sub("", line.folded).rstrip() if "<" in line.folded else line.folded.rstrip()
    shown = shown.rstrip(CLOSING)
    return SENTENCE_END.match(shown, len(shown) - 1) is not None


def is_sentence(line: Line) -> bool:
    """Whether the line is a paragraph of running text."""
    if line.size >= LONG:
        return sum(map(line.folded.count, MARKS)) * PER_MARK >= line.size
    return line.size >= SENTENCE and ends_sentence(line)


def is_outline(line: Line) -> bool:
    """Whether the line begins with a heading's number."""
    marker = markers.at(line.folded)
    if marker is None or marker.family not in markers.HEADING_FAMILIES:
        return False
    return HANZI.search(line.folded, marker.end) is not None


def is_heading(line: Line) -> bool:
    """Whether the line begins as headings do in documents, hardly ever links: `一、`, `第二章`, `#`."""
    marker = markers.at(line.folded)
    return line.folded.startswith("#") or (marker is not None and marker.family in DOCUMENT_HEADINGS)


def is_salutation(line: Line) -> bool:
    return len(line.folded) <= LONGEST_SALUTATION and SALUTATION.fullmatch(line.folded) is not None


def core(lines: Sequence[Line], noisy: Sequence[bool]) -> tuple[int, int]:
    """Where the body is: the run of lines [a, b) with most running text and least noise.

    Found as the run with the greatest sum, where a line of running text counts its size (at most 100),
    a noisy line counts -30, one that ends a sentence, a document's heading or code 8, and any other -3.
    Where that finds too little (in a poem, a list), all between the first and the last quiet line is body.
    """
    best, best_run, total, begin = 0.0, (0, 0), 0.0, 0
    for i, (line, is_noisy) in enumerate(zip(lines, noisy, strict=True)):
        if is_noisy:
            worth = -30.0
        elif is_sentence(line):
            worth = float(min(line.size, 100))
        elif ends_sentence(line) or line.code or is_heading(line):
            worth = 8.0
        else:
            worth = -3.0
        if total <= 0 or (line.gap >= WIDE_GAP and total < PREFACE):
            total, begin = 0.0, i
        total += worth
        if total > best:
            best, best_run = total, (begin, i + 1)
    if best >= LEAST_CORE:
        return best_run
    quiet = [i for i, is_noisy in enumerate(noisy) if not is_noisy]
    return (quiet[0], quiet[-1] + 1) if quiet else (0, 0)
