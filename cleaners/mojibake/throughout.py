"""A text that is garbled throughout, and all of it in one way, becomes what it was at once.

A sample says what happened to it. Lines that this does not explain are left for a closer look.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaners.characters import codes
from cleaners.mojibake import letters, quick, scripts
from cleaners.mojibake.acceptance import PLAUSIBLE, accepted
from cleaners.mojibake.beam import Budget
from cleaners.mojibake.code_pages import SINGLE_BYTE, VARIANTS
from cleaners.mojibake.guesses import Candidates, candidates, filled
from cleaners.mojibake.languages import cost, cost_of_pairs
from cleaners.mojibake.misalignment import anywhere
from cleaners.mojibake.repairs import Repair
from cleaners.mojibake.screen import Glance, reads_well
from cleaners.mojibake.spelling import REPLACED, Damage
from cleaners.mojibake.units import HOLE, NOTHING, parted_utf_8

# So many characters that may be mojibake, and such a part of all, as some are ASCII, make a text garbled throughout.
MANY = 60
MOST = 0.3
# A sample has so many characters. It was so many that are not ASCII, and few of its bytes are no character.
SAMPLE = 200
MIN_SPELT = 20
ILL_FORMED = 0.3
# So much of a text says which script it is in.
ENOUGH = 400
# Stands for a byte that was lost.
LOST = "\x01"
# What stands for nothing that is known.
SPOILT = "\udc00"
FRAGMENT = re.compile("([\udc80-\udcff\0\x01]+)")
# What may have happened to hanzi, and to letters and signs of Western pages, the likeliest first.
TO_HANZI = (*(Damage("utf-8", page) for page in VARIANTS), *quick.CHINESE)
TO_LETTERS = tuple(Damage(true, page) for true in ("utf-8", "gb18030", "big5") for page in SINGLE_BYTE)


class Throughout(NamedTuple):
    """What happened to all of a text, and what of it was restored."""

    damage: Damage
    is_exact: bool  # no byte was lost
    repairs: list[Repair]


def find(text: str, seen: Glance, budget: Budget) -> Throughout | None:
    """What one damage explains of `text`, in whole lines; None where it is not garbled throughout."""
    begin, damages = _what(text, seen)
    sample = text[begin : begin + SAMPLE]
    is_exact = REPLACED not in text
    for damage in damages:
        # Where bytes are lost only first bytes of UTF-8 tell where characters begin.
        if (is_exact or damage.true == "utf-8") and _explains(damage, sample):
            break
    else:
        return None
    decoded = _decoded(text, damage)
    damage = damage if is_exact else damage._replace(script=scripts.of(decoded[:ENOUGH]))
    repairs = []
    for repair in _rows(text, decoded, damage):
        # Of pairs a byte may be missing without a sign.
        if accepted(repair, damage) and (damage.true == "utf-8" or reads_well(repair.after)):
            repairs.append(repair)
    return Throughout(damage, is_exact, repairs)


def _what(text: str, seen: Glance) -> tuple[int, tuple[Damage, ...]]:
    """What may have happened to all of `text`, and where a line begins to which it has."""
    needed = max(MANY, MOST * len(text))
    if LOST in text or "\0" in text:
        return 0, ()
    if len(seen.rare) >= needed:
        return line_start(text, seen.rare.item(len(seen.rare) // 2)), TO_HANZI
    if seen.odd and len(places := letters.odd_places(text)) >= needed:
        begin = line_start(text, places.item(len(places) // 2))
        if not letters.natural(text[begin : begin + SAMPLE]):
            return begin, TO_LETTERS
    return 0, ()


def line_start(text: str, place: int) -> int:
    """Where the line begins in which this place is."""
    return text.rfind("\n", 0, place) + 1


def line_end(text: str, place: int) -> int:
    """Where it ends."""
    end = text.find("\n", place)
    return end if end >= 0 else len(text)


def _explains(damage: Damage, sample: str) -> bool:
    """Whether `sample` is text once `damage` is undone."""
    text, count = FRAGMENT.subn("", _decoded(sample, damage))
    letters = len(text) - len(text.encode("ascii", "ignore"))
    if letters < MIN_SPELT or count > ILL_FORMED * letters:
        return False
    # Nothing else is well-formed UTF-8 by chance, whatever that spells.
    return damage.true == "utf-8" or cost("", text, damage.true) < -PLAUSIBLE * len(text)


def _decoded(text: str, damage: Damage) -> str:
    """What the bytes of `text` spell; what spells nothing is a surrogate for each byte, LOST, or "\\0"."""
    raw = quick.bytes_in(text.replace(REPLACED, LOST), damage.wrong)
    codecs = VARIANTS.get(damage.true, (damage.true,))
    if LOST not in text and REPLACED not in text:
        for codec in codecs:
            with suppress(UnicodeDecodeError):
                return raw.decode(codec)
    return raw.decode(codecs[0], "surrogateescape").replace(REPLACED, LOST)


def _rows(text: str, decoded: str, damage: Damage) -> Iterator[Repair]:
    """Lines in a row of `text` and what they were: what is `decoded`, but for bytes that left a mark."""
    pieces, guesses = FRAGMENT.split(decoded), list[Candidates]()
    for k in range(1, len(pieces), 2):
        found = _guesses(pieces[k], pieces[k + 1][:1].encode()[:1], damage)
        guesses += found
        pieces[k] = REPLACED * len(found) or SPOILT
    code_points = codes("".join(("\n", *pieces, "\n"))).copy()
    holes = (code_points == NOTHING).nonzero()[0]
    symbols, extra = filled(code_points, holes, guesses, _around, damage.script)
    costs_after = cost_of_pairs(symbols[:-1], symbols[1:], code_points[1:], damage.true) + extra[1:]
    costs_before = anywhere().take(codes(text), mode="clip")
    restored = code_points[1:-1].tobytes().decode("utf-32-le", "surrogatepass")
    start = begin = 0
    for before, after in _not_spoilt(text, restored):
        start, begin = text.index(before, start), restored.index(after, begin)
        end, finish = start + len(before), begin + len(after)
        yield Repair(
            start,
            end,
            before,
            after,
            float(costs_before[start:end].sum()),
            float(costs_after[begin:finish].sum()),
        )
        start, begin = end, finish


def _not_spoilt(text: str, restored: str) -> Iterator[tuple[str, str]]:
    """Lines in a row of `text` and `restored`, up to those in which something is not known."""
    if SPOILT not in restored:
        yield text, restored
        return
    lines = zip(text.split("\n"), restored.split("\n"), strict=True)
    for is_spoilt, row in groupby(lines, key=lambda line: SPOILT in line[1]):
        if not is_spoilt:
            before, after = zip(*row, strict=True)
            yield "\n".join(before), "\n".join(after)


def _around(
    holes: NDArray[np.int64], symbols: NDArray[np.uint16]
) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    return symbols[holes - 1], symbols[holes + 1]


@lru_cache(maxsize=1 << 14)
def _guesses(fragment: str, behind: bytes, damage: Damage) -> list[Candidates]:
    """What may have been where bytes spell nothing; nothing where that is not known."""
    if LOST not in fragment:
        return []
    raw = bytes(HOLE if c == LOST else ord(c) & 0xFF for c in fragment)
    begin, need = parted_utf_8(np.frombuffer(raw, dtype=np.uint8).copy())
    ends = [*begin[1:].tolist(), len(raw)]
    found = [
        candidates(((raw + behind)[first : last + 1], b"\1" * (last + 1 - first), n), damage)
        for first, last, n in zip(begin.tolist(), ends, need.tolist(), strict=True)
    ]
    return found if all(guess.size for guess in found) else []
