"""Runs of letters and signs that no language writes: what single-byte pages read into foreign bytes."""

import re
from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cleaners.characters import codes
from cleaners.mojibake.code_pages import SINGLE_BYTE

# Fewer letters and signs than this are a word with accents.
MIN_LETTERS = 4
# So much ASCII may stand between two odd letters of a run, since second bytes are that.
GAP = 8
# Marks that Chinese text has, though they are in Western pages too.
MARKS = "“”‘’—…·°×÷§±–•\xa0\xad"
# Signs in the text of some language that no garbling is needed for.
SIGNS_OF_LANGUAGES = "«»„¿¡№"
# Words don't change from lower to upper case, and have no four letters with accents in a row.
SWITCH = re.compile("[a-zß-öø-ÿа-џґ][A-ZÀ-ÖØ-ÞЀ-ЯҐ]|[À-ÖØ-öø-ÿ]{4}")
# Fewer signs than this, and no letter, may be a formula or a corner of a table.
DRAWN = 8
BETWEEN = re.compile("(?<=[^\\W\\d_])[«»„¿¡№°±·§•](?=[^\\W\\d_])")
HANZI = re.compile("[\u3400-\u9fff]")
WORD = re.compile("[^\\W\\d_]{2,}")
# So many characters tell what a run is.
ENOUGH = 1000
# A text in which fewer than this part of the letters are odd is some language's own.
ODD = 0.12


def runs(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """Runs of odd letters in `text[start:end]` that are no language's text, or stand right beside hanzi; in order."""
    for run in all_runs(text, start, end):
        start, end = run.span()
        if end - start >= MIN_LETTERS and (
            not natural(run[0]) or HANZI.search(text[max(0, start - 1) : start] + text[end : end + 1])
        ):
            yield run


def all_runs(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """Runs of odd letters in `text[start:end]` with at most `GAP` other signs between them, whatever they are."""
    return _odd_letters().finditer(text, start, end)


def natural(run: str) -> bool:
    """Whether a run of letters and signs may be the text of some language, or a drawing.

    >>> natural("Привет, мир"), natural("ПривРµС‚"), natural("│   └──"), natural("ÎÒÃÇ")
    (True, False, True, False)
    """
    run = run[:ENOUGH]
    foreign = [c for c in run if c > "\x7f" and c not in MARKS]
    signs = sum(not c.isalpha() and c not in SIGNS_OF_LANGUAGES for c in foreign)
    if signs == len(foreign) and not any(c < "\xa0" for c in foreign):
        # A drawing repeats few signs; bytes that happen to be signs are all different.
        return len(foreign) < DRAWN or len(set(foreign)) < 0.7 * len(foreign)
    odd = signs + len(SWITCH.findall(run)) + len(BETWEEN.findall(run))
    words = (w for w in WORD.findall(run) if not w.isascii() and not SWITCH.search(w))
    odd += sum(not (w.islower() or w.isupper() or w.istitle()) for w in words)
    return odd < max(1, ODD * len(foreign))


@cache
def to_bytes(page: str) -> NDArray[np.uint8]:
    """[code point]: its byte in a page; 0, which breaks every run, for what is not in it, and for all that lie behind."""
    table = np.zeros(0x10000, dtype=np.uint8)
    table[:0xA0] = range(0xA0)  # what a page leaves undefined stands as a C1 control
    for byte in range(0x80, 256):
        table[ord(bytes((byte,)).decode(page, "ignore") or chr(byte))] = byte
    return table


@cache
def _odd_characters() -> str:
    """The upper halves of Western pages, but for marks that Chinese text has too."""
    upper = {bytes((b,)).decode(page, "ignore") for page in SINGLE_BYTE for b in range(0x80, 256)}
    upper |= {chr(b) for b in range(0x80, 0xA0)}
    return "".join(sorted(upper - set(MARKS)))


@cache
def odd_code_points() -> NDArray[np.int64]:
    return np.array([ord(c) for c in _odd_characters()])


def odd_places(text: str) -> NDArray[np.int64]:
    """Where odd letters stand."""
    places: NDArray[np.int64] = _is_odd().take(codes(text), mode="clip").nonzero()[0]
    return places


@cache
def _is_odd() -> NDArray[np.bool_]:
    """[code point]: whether it is odd; the last one stands for all that lie behind."""
    table = np.zeros(0x10000, dtype=np.bool_)
    table[odd_code_points()] = True
    return table


@cache
def _odd_letters() -> re.Pattern[str]:
    """A run of odd characters, with ASCII between them, since second bytes are that."""
    odd = re.escape(_odd_characters())
    # One and those behind it apart: so what may begin a run is looked for fast.
    return re.compile(f"[{odd}][{odd}]*(?:[ -~{MARKS}]{{0,{GAP}}}[{odd}]+)*")
