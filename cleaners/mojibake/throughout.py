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

from cleaners.characters import codes, line_start
from cleaners.mojibake import letters, quick, scripts
from cleaners.mojibake.acceptance import PLAUSIBLE, WORD_IN_KANA, accepted, explained
from cleaners.mojibake.beam import Budget, restore
from cleaners.mojibake.code_pages import SINGLE_BYTE, VARIANTS
from cleaners.mojibake.guesses import Candidates, candidates, costs_of, filled
from cleaners.mojibake.languages import cost, cost_of_pairs
from cleaners.mojibake.misalignment import anywhere
from cleaners.mojibake.repairs import Repair
from cleaners.mojibake.screen import WINDOW, Glance, glance, look
from cleaners.mojibake.spelling import REPLACED, Damage
from cleaners.mojibake.units import HOLE, NOTHING, Fragment, parted_utf_8

# A text is garbled throughout where so many of its characters look so, and such a part of all, as some are ASCII.
MANY = 60
MOST = 0.3
# A sample has so many characters, of which so many that are not ASCII must come, and not too many places without any.
SAMPLE = 200
MIN_SPELT = 20
ILL_FORMED = 0.3
# So much of a text says which script it is in.
ENOUGH = 400
# Stands for a byte that was lost, and is in no text that is read here.
LOST = "\x01"
# Stands where it is not known what was there.
SPOILT = "\udc00"
# Bytes that spell nothing, in what was decoded.
FRAGMENT = re.compile("([\udc80-\udcff\0\x01]+)")
# What may have happened to hanzi, and to letters and signs of Western pages, the likeliest first.
TO_HANZI = sorted(
    (*(Damage("utf-8", page) for page in VARIANTS), *quick.CHINESE),
    key=lambda damage: damage.wrong != "gb18030",
)
TO_LETTERS = [Damage(true, page) for true in ("utf-8", "gb18030", "big5") for page in SINGLE_BYTE]


class Throughout(NamedTuple):
    """What happened to all of a text, and what of it was restored."""

    damage: Damage
    is_exact: bool  # no byte was lost
    repairs: list[Repair]


def find(text: str, seen: Glance, budget: Budget) -> Throughout | None:
    """What one damage explains of `text`, in whole lines; None where it is not garbled throughout."""
    begin, damages = _what(text, seen)
    if not damages:
        return None
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
    repairs = [repair for repair in _repairs(text, decoded, damage, budget) if accepted(repair, damage)]
    if sum(len(repair.before) for repair in repairs) < MOST * len(text):
        return None
    return Throughout(damage, is_exact, repairs)


def _what(text: str, seen: Glance) -> tuple[int, list[Damage]]:
    """What may have happened to all of `text`, and where a line begins to which it has."""
    needed = max(MANY, MOST * len(text))
    if max(len(seen.rare), seen.odd * len(text)) < needed or LOST in text or "\0" in text:
        return 0, []
    if len(seen.rare) >= needed:
        return line_start(text, seen.rare.item(len(seen.rare) // 2)), TO_HANZI
    if seen.odd and len(places := letters.odd_places(text)) >= needed:
        begin = line_start(text, places.item(len(places) // 2))
        if not letters.natural(text[begin : begin + SAMPLE]):
            return begin, TO_LETTERS
    return 0, []


def _explains(damage: Damage, sample: str) -> bool:
    """Whether `sample` is text once `damage` is undone."""
    text, ill_formed = FRAGMENT.subn("", _decoded(sample, damage))
    spelt = len(text) - len(text.encode("ascii", "ignore"))
    if spelt < MIN_SPELT or ill_formed > ILL_FORMED * spelt:
        return False
    if damage.true == "utf-8":  # nothing else is so well formed by chance, whatever it spells
        return True
    return not WORD_IN_KANA.search(text) and cost("", text, damage.true) < -PLAUSIBLE * len(text)


def _decoded(text: str, damage: Damage) -> str:
    """What the bytes of `text` spell; what spells nothing is a surrogate for each byte, LOST, or "\\0"."""
    raw = quick.bytes_in(text.replace(REPLACED, LOST), damage.wrong)
    codecs = VARIANTS.get(damage.true, (damage.true,))
    if LOST not in text and REPLACED not in text:
        for codec in codecs:
            with suppress(UnicodeDecodeError):
                return raw.decode(codec).replace(REPLACED, "\0")
    return raw.decode(codecs[0], "surrogateescape").replace(REPLACED, "\0")


def _repairs(text: str, decoded: str, damage: Damage, budget: Budget) -> Iterator[Repair]:
    """Lines in a row of `text` and what they were: what is `decoded`, with guesses where bytes left a mark."""
    pieces, guesses = FRAGMENT.split(decoded), list[Candidates]()
    for k in range(1, len(pieces), 2):
        found = _guesses(pieces[k], pieces[k + 1][:1].encode()[:1], damage)
        guesses += found
        pieces[k] = REPLACED * len(found) or SPOILT
    code_points = codes("".join(("\n", *pieces, "\n"))).copy()
    holes = (code_points == NOTHING).nonzero()[0]
    symbols, extra = filled(
        code_points, holes, guesses, _around, damage, np.zeros(len(holes), dtype=np.bool_)
    )
    costs_after = cost_of_pairs(symbols[:-1], symbols[1:], code_points[1:], damage.true) + extra[1:]
    # Of UTF-8 it is enough to know about what it costs as it stands.
    costs_before = anywhere().take(codes(text), mode="clip") if damage.true == "utf-8" else costs_of(text)
    restored = code_points[1:-1].tobytes().decode("utf-32-le", "surrogatepass")
    if damage.true != "utf-8":
        # Of pairs a byte may be missing without a sign, but what is odd behind it. One odd window may be a name.
        stretches = look(restored, glance(restored), [(0, len(restored))])
        odd = [start + (restored[start] == "\n") for start, end, _ in stretches if end - start > WINDOW]
        odd += [match.start() for match in re.finditer(r"\?", restored)]
        code_points[1:][odd] = ord(SPOILT)
        restored = code_points[1:-1].tobytes().decode("utf-32-le", "surrogatepass")
    for is_spoilt, old, new in _rows(text, restored):
        if not is_spoilt:
            cost_before, cost_after = float(costs_before[old].sum()), float(costs_after[new].sum())
            yield Repair(old.start, old.stop, text[old], restored[new], cost_before, cost_after)
        elif REPLACED in text[old]:
            repairs = restore(text, old.start, old.stop, damage, budget)
            if explained(repairs, old.start, old.stop):
                yield from repairs


def _rows(text: str, restored: str) -> Iterator[tuple[bool, slice, slice]]:
    """Whether something is not known in a row of lines, and where these are in `text` and in `restored`."""
    if SPOILT not in restored:
        yield False, slice(0, len(text)), slice(0, len(restored))
        return
    start = begin = 0
    lines = zip(text.split("\n"), restored.split("\n"), strict=True)
    for is_spoilt, row in groupby(lines, key=lambda line: SPOILT in line[1]):
        end, finish = (
            at + len("\n".join(part)) for at, part in zip((start, begin), zip(*row, strict=True), strict=True)
        )
        yield is_spoilt, slice(start, end), slice(begin, finish)
        start, begin = end + 1, finish + 1


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
    found = list[Candidates]()
    for first, last, n in zip(begin.tolist(), ends, need.tolist(), strict=True):
        unit: Fragment = ((raw + behind)[first : last + 1], b"\1" * (last + 1 - first), n)
        guess = candidates(unit, damage)
        # Some characters are in the other script.
        found.append(guess if guess.size else candidates(unit, damage._replace(script="")))
    return found if all(guess.size for guess in found) else []
