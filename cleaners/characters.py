"""What kinds of characters a text holds, looked up for all of it at once.

A kind is a bit, so that those of a line put together tell what the line holds; nearly every line of running
text holds nothing but hanzi and common marks, and most rules are about something else.
"""

import re
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SYLLABLE = 1  # hanzi, kana and Hangul
LETTER = 2  # of an alphabet
WORDS = SYLLABLE | LETTER
DIGIT = 4
MARK = 8  # common in running text, full-width or half-width
SPACE = 16
OTHER = 32  # every other character
LINE_END = 64  # "\n", and nothing else
COLON = 128
PAUSE = 256  # parts a sentence or ends it, and is a mark too
DOT = 512  # may hide words between whose characters it stands, and is a mark or another character too
ANY = 1023

# So many letters of an alphabet say as much as a hanzi.
LETTERS_PER_HANZI = 3

# Behind the last of these code points there are no letters, digits or spaces.
PLANES = 0x34000
SYLLABLES = re.compile(
    "[\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
    "\U00020000-\U00033fff]+"
)
LETTERS = re.compile(r"[^\W\d_]+")  # syllables too
_KINDS = {  # what stands last is so
    LETTER: LETTERS,
    SYLLABLE: SYLLABLES,
    DIGIT: re.compile(r"\d+"),
    SPACE: re.compile(r"[^\S\n]+"),
    MARK: re.compile("[,.。、;!?…—“”‘’《》()%，；！？（）％「」『』]"),
    COLON: re.compile("[:：]"),
    LINE_END: re.compile("\n"),
}
PAUSES = ",。、;，；"
_TOO = {PAUSE: PAUSES, DOT: ".·*_^~", OTHER: "丨"}  # the last looks like a bar, and stands for one
# By kind: how much a character says, in letters, and above that whether it is a pause.
_KIND = np.arange(ANY + 1)
_PAUSES = 1 << 32
_SAID = LETTERS_PER_HANZI * (_KIND & SYLLABLE != 0) + (_KIND & LETTER != 0) + _PAUSES * (_KIND & PAUSE != 0)


class Lines(NamedTuple):
    """Where each line of a text begins and what it holds, as lists of one length."""

    starts: list[int]
    kinds: list[int]
    sizes: list[int]  # how much the line says, in hanzi
    pauses: list[int]


@lru_cache(maxsize=2)  # of the text that is at work
def codes(text: str) -> NDArray[np.uint32]:
    """The code point of each character (a lone surrogate's too)."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def kinds(text: str) -> NDArray[np.uint16]:
    """The kind of each character."""
    return _table().take(codes(text), mode="clip")


def size(text: str) -> int:
    """How much a text says, in hanzi.

    >>> size("全文ABC"), size("the whole text")
    (3, 4)
    """
    return said(text)[0]


def said(text: str) -> tuple[int, int]:
    """How much a text says, in hanzi, and how many pauses it has."""
    pauses, letters = divmod(int(np.add.reduce(_SAID.take(kinds(text)))), _PAUSES)
    return letters // LETTERS_PER_HANZI, pauses


def line_start(text: str, place: int) -> int:
    """Where the line begins in which this place is."""
    return text.rfind("\n", 0, place) + 1


def line_end(text: str, place: int) -> int:
    """Where it ends."""
    end = text.find("\n", place)
    return end if end >= 0 else len(text)


def lines(text: str) -> Lines:
    """What the lines of a text hold, as many as `text.split("\\n")` has, each with its line end.

    >>> lines("同志们：\\nA,B、C;D。").sizes, lines("同志们：\\nA,B、C;D。").pauses
    ([3, 1], [0, 4])
    """
    of_each = np.empty(len(text) + 1, dtype=np.uint16)
    _table().take(codes(text), mode="clip", out=of_each[:-1])
    of_each[-1] = LINE_END  # as if the last line had one too
    ends = (of_each == LINE_END).nonzero()[0]
    starts = np.zeros(len(ends), dtype=np.intp)
    np.add(ends[:-1], 1, out=starts[1:])
    found = np.bitwise_or.reduceat(of_each, starts)
    said = np.add.reduceat(_SAID.take(of_each), starts)
    return Lines(
        starts.tolist(),
        found.tolist(),
        (said % _PAUSES // LETTERS_PER_HANZI).tolist(),
        (said // _PAUSES).tolist(),
    )


@cache
def _table() -> NDArray[np.uint16]:
    every = np.arange(PLANES, dtype=np.uint32).tobytes().decode("utf-32-le", "surrogatepass")
    table = np.full(PLANES + 1, OTHER, dtype=np.uint16)
    for kind, pattern in _KINDS.items():
        for run in pattern.finditer(every):
            table[run.start() : run.end()] = kind
    for kind, characters in _TOO.items():
        table[[*map(ord, characters)]] |= kind
    return table
