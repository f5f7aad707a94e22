"""A text as lines: what each looks like, and where the body's core is."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from cleaners import markers

HANZI = re.compile("[\u3400-\u9fff]")
# What ends a sentence, in folded text, with the quotes and brackets that may follow.
SENTENCE_END = re.compile('[。!?;…:](?:[”’」』")】》]*)$')
# A line with this many hanzi and a sentence's end is a paragraph.
SENTENCE_HANZI = 25
# A line with this many hanzi is running text without an end mark too (its end may stand on the next line),
# if it has a mark for every so many hanzi; headlines run together have fewer.
LONG_HANZI, HANZI_PER_MARK = 60, 40
MARK = re.compile("[,。、;]")
TAG = re.compile("</?[a-z][^<>]{0,200}>")
SALUTATION = re.compile(
    r"(?:尊敬的|亲爱的|敬爱的)?[^,。:]{0,30}"
    r"(?:同志们?|代表|委员|朋友们?|领导|来宾|同学们?|老师们?|先生们?|女士们?|主席|各位|同仁|乡亲们|战友们|记者)[!:,。]?"
)
# A stray bar or rule, or nothing that shows. Bars of stars and dashes part scenes in fiction and stay.
BAR = re.compile(r"[|¦]+|[-=_~]{3,}|[<>»«]+|< >|[─━═┄│]{2,}|[\u200b\u200c\u200d\ufeff\u2060]+")
# What differs between lines that say the same on different pages.
VARIABLE = re.compile(r"\d+|https?://\S+")


class Line(NamedTuple):
    """What is left of a line of the text once earlier findings are gone."""

    number: int  # counted from 0 over the text's lines
    start: int  # offset in the text
    end: int  # behind its line end
    folded: str  # without spaces around it
    hanzi: int  # how many it has
    gap: int  # blank lines before it


def split(text: str, folded: str) -> list[Line]:
    """The lines that show something; `folded` is `text` folded."""
    lines, start, gap = [], 0, 0
    for number, line in enumerate(folded.split("\n")):
        end = min(start + len(line) + 1, len(text))
        if shown := line.strip():
            lines.append(Line(number, start, end, shown, len(HANZI.findall(shown)), gap))
            gap = 0
        else:
            gap += 1
        start = end
    return lines


def form(line: Line) -> str:
    """The line as far as it is the same on other pages: without its numbers and links."""
    return VARIABLE.sub("0", " ".join(line.folded.split()))


def is_bar(line: Line) -> bool:
    """Whether a line is a stray bar or rule."""
    return BAR.fullmatch(line.folded) is not None


def ends_sentence(line: Line) -> bool:
    """Whether a sentence ends with the line."""
    return SENTENCE_END.search(TAG.sub("", line.folded).rstrip()) is not None


def is_sentence(line: Line) -> bool:
    """Whether the line is a paragraph of running text."""
    hanzi = line.hanzi
    if hanzi >= LONG_HANZI:
        return len(MARK.findall(line.folded)) * HANZI_PER_MARK >= hanzi
    return hanzi >= SENTENCE_HANZI and ends_sentence(line)


def is_outline(line: Line) -> bool:
    """Whether the line begins with a heading's number."""
    marker = markers.at(line.folded)
    return marker is not None and HANZI.search(line.folded, marker.end) is not None


def is_salutation(line: Line) -> bool:
    return SALUTATION.fullmatch(line.folded) is not None


def core(lines: Sequence[Line], noisy: Sequence[bool]) -> tuple[int, int]:
    """Where the body is: the run of lines [a, b) with most running text and least noise.

    Found as the run with the greatest sum, where a line of running text counts its hanzi (at most 100),
    a noisy line counts -30, a line that ends a sentence or is a Markdown heading 8 and any other -3.
    """
    best, best_run, total, begin = 0.0, (0, 0), 0.0, 0
    for i, (line, is_noisy) in enumerate(zip(lines, noisy, strict=True)):
        if is_noisy:
            worth = -30.0
        elif is_sentence(line):
            worth = float(min(line.hanzi, 100))
        elif ends_sentence(line) or line.folded.startswith("#"):
            worth = 8.0
        else:
            worth = -3.0
        if total <= 0:
            total, begin = 0.0, i
        total += worth
        if total > best:
            best, best_run = total, (begin, i + 1)
    return best_run
