"""A text as lines: what each looks like, and where the body's core is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from cleaners import characters, markers
from cleaners.boilerplate.screen import Among, Screen
from cleaners.characters import ANY, COLON, DIGIT, LETTER, LINE_END, OTHER, SPACE, WORDS
from cleaners.markers import Marker

HANZI = re.compile("[\u3400-\u9fff]")
# What ends a sentence, in folded text, and the quotes and brackets that may follow.
CLOSING = '”’」』")】》'
SENTENCE_END = frozenset("。!?;…:")
MAY_FOLLOW = frozenset(CLOSING + ".>")  # a point or a tag too
POINT = re.compile(r"(?<=[^\W\d_\u3400-\u9fff])\.")  # not behind hanzi
# A line of this size and a sentence's end is a paragraph.
SENTENCE = 25
# A line of this size is running text without an end mark too (its end may stand on the next line), if it has
# a pause for every so much; headlines run together have fewer.
LONG, PER_PAUSE = 60, 40
# The families of numbers (`markers`) that head the parts of documents.
DOCUMENT_HEADINGS = {"第一编", "第一章", "第一节", "第一条", "（一）", "一、"}
# What a noisy line counts in the sum that finds the body.
NOISE = -30.0
# A run with a smaller sum is no body.
LEAST_CORE = 60.0
# So little text before so many blank lines is no part of the body behind them.
WIDE_GAP, PREFACE = 2, 60.0
# Markdown's marks before and behind code, and before and behind the settings at the head of a file.
FENCE = re.compile("```|~~~")
TAG = re.compile("</?[a-z][^<>]{0,200}>")
SALUTED = (
    *(
        "同志",
        "朋友",
        "同学",
        "老师",
        "先生",
        "女士",
        "同志们",
        "朋友们",
        "同学们",
        "老师们",
        "先生们",
        "女士们",
    ),
    *("代表", "委员", "领导", "来宾", "主席", "各位", "同仁", "乡亲们", "战友们", "记者"),
)
SALUTED_ENDS = frozenset(word[-1] for word in SALUTED)
SALUTATION = re.compile(rf"(?:尊敬的|亲爱的|敬爱的)?[^,。:]{{0,30}}(?:{'|'.join(SALUTED)})[!:,。]?")
LONGEST_SALUTATION = 40  # no longer line fits the pattern
# A stray bar or rule, or nothing that shows. Bars of stars and dashes part scenes in fiction and stay.
BAR = re.compile(r"[|¦]+|[-=_~]{3,}|[<>»«]+|< >|[─━═┄│]{2,}|[\u200b\u200c\u200d\ufeff\u2060]+")
# Stands right under a heading, in Markdown, and is hardly longer.
UNDERLINE, LONGEST_HEADING = re.compile("[-=~]{3,}"), 40
# What differs between lines that say the same on different pages.
VARIABLE = re.compile(
    r"[\dh](?:(?<=\d)\d*|(?<=h)ttps?://\S+)"
)  # numbers, links; found by their first character


@dataclass(slots=True)  # frozen, it would take twice as long to make
class Line:
    """What is left of a line of the text once earlier findings are gone."""

    number: int  # counted from 0 over the text's lines
    start: int  # offset in the text
    end: int  # behind its line end
    folded: str  # without spaces around it
    size: int  # how much it says, in hanzi
    pauses: int  # commas, full stops and the like
    gap: int  # blank lines before it
    kinds: int = ANY  # of characters that it holds (`characters`), and perhaps others
    among: Among = field(default_factory=dict)  # the lexicon's phrases and spans that may stand in it
    code: bool = False  # in a block of code or settings


def split(folded: str, screen: Screen) -> list[Line]:
    """The lines of a folded text that show something."""
    every = characters.lines(folded)
    among = screen.among(folded, every.starts)
    found, gap = [], 0
    for number, (row, start, kinds, size, pauses) in enumerate(zip(folded.split("\n"), *every, strict=True)):
        if kinds != LINE_END and (shown := row.strip()):
            if kinds & SPACE and " " not in shown:
                kinds -= SPACE
            end = start + len(row) + 1
            found.append(Line(number, start, end, shown, size, pauses, gap, kinds, among.get(number, {})))
            gap = 0
        else:
            gap += 1
    if found and found[-1].end > len(folded):  # the last line has no line end
        found[-1].end = len(folded)
    return _with_code(found, folded)


def _with_code(found: list[Line], folded: str) -> list[Line]:
    """The lines, with those marked that stand between Markdown's marks for code or settings."""
    blocks = []
    if "```" in folded or "~~~" in folded:
        fences = [i for i, line in enumerate(found) if FENCE.match(line.folded)]
        blocks = [range(a, b + 1) for a, b in zip(fences[::2], fences[1::2], strict=False)]
    if found and found[0].folded == "---":
        ends = (i for i, line in enumerate(found[1:], 1) if line.folded == "---")
        settings = range(next(ends, -1) + 1)
        if all(":" in found[i].folded or found[i].folded[0] == "-" for i in settings):
            blocks.append(settings)
    for block in blocks:
        for i in block:
            found[i].code = True
    return found


def form(line: Line) -> str:
    """The line as far as it is the same on other pages: without its numbers and links."""
    if not line.kinds & (DIGIT | LETTER | SPACE):
        return line.folded
    shown = " ".join(line.folded.split()) if line.kinds & SPACE else line.folded
    return VARIABLE.sub("0", shown)


def bars(every: Sequence[Line]) -> list[Line]:
    """The lines that are stray bars or rules; not those that Markdown underlines headings or parts quotes with."""
    found = []
    for i, line in enumerate(every):
        if line.size or line.code or not BAR.fullmatch(line.folded):
            continue
        above = every[i - 1].folded if i else ""
        fits = line.gap == 0 and 0 < len(above) <= LONGEST_HEADING and len(line.folded) <= 3 * len(above)
        underlines = fits and UNDERLINE.fullmatch(line.folded) is not None
        if not underlines and not (
            line.folded == ">" and any(other.folded.startswith("> ") for other in every)
        ):
            found.append(line)
    return found


def holding(line: Line, folded: str) -> Line:
    """A line of which only this is left."""
    size, pauses = characters.said(shown := folded.strip())
    return replace(line, folded=shown, size=size, pauses=pauses)


def ends_sentence(line: Line) -> bool:
    """Whether a sentence ends with the line."""
    shown = line.folded
    if shown[-1] in SENTENCE_END:
        return True
    if shown[-1] not in MAY_FOLLOW:
        return False
    if line.kinds & OTHER:
        shown = TAG.sub("", shown).rstrip()
    shown = shown.removesuffix("(完)").rstrip(CLOSING)
    last = shown[-1:]
    return last in SENTENCE_END or (last == "." and POINT.match(shown, len(shown) - 1) is not None)


def is_sentence(line: Line) -> bool:
    """Whether the line is a paragraph of running text."""
    if line.size < LONG:
        return line.size >= SENTENCE and ends_sentence(line)
    return (
        line.pauses * PER_PAUSE >= line.size
        or (line.pauses + line.folded.count(". ")) * PER_PAUSE >= line.size
    )


def is_outline(line: Line, marker: Marker | None) -> bool:
    """Whether the line begins with a heading's number; `marker` is what it begins with (`markers.at`)."""
    if marker is None or marker.family not in markers.HEADING_FAMILIES:
        return False
    return HANZI.search(line.folded, marker.end) is not None


def is_heading(line: Line, marker: Marker | None) -> bool:
    """Whether the line begins as headings do in documents, hardly ever links: `一、`, `第二章`, `#`."""
    return line.folded[0] == "#" or (marker is not None and marker.family in DOCUMENT_HEADINGS)


def may_be_labelled(line: Line) -> bool:
    """Whether the line holds what labels are written with."""
    return line.kinds & WORDS != 0 and line.kinds & (COLON | DIGIT | OTHER) != 0


def is_salutation(line: Line) -> bool:
    if len(line.folded) > LONGEST_SALUTATION or line.folded.rstrip("!:,。")[-1:] not in SALUTED_ENDS:
        return False
    return SALUTATION.fullmatch(line.folded) is not None


def core(lines: Sequence[Line], worths: Sequence[float]) -> tuple[int, int]:
    """Where the body is: the run of lines [a, b) with most running text and least noise.

    Found as the run with the greatest sum of `worths`, where a line of running text counts its size (at most 100),
    a noisy line counts -30, one that ends a sentence, a document's heading or code 8, and any other -3.
    Where that finds too little (in a poem, a list), all between the first and the last quiet line is body.
    """
    best = total = 0.0
    best_begin = best_end = begin = 0
    for i, worth in enumerate(worths):
        if total < PREFACE and (total <= 0 or lines[i].gap >= WIDE_GAP):
            total, begin = 0.0, i
        total += worth
        if total > best:
            best, best_begin, best_end = total, begin, i
    if best >= LEAST_CORE:
        return best_begin, best_end + 1
    quiet = [i for i, worth in enumerate(worths) if worth != NOISE]
    return (quiet[0], quiet[-1] + 1) if quiet else (0, 0)
