"""The bytes of a garbled run, parted into what should be characters, some of which lack bytes.

In UTF-8 first bytes tell where characters begin. In pages of two bytes it is counted from the line's start on,
which holds where every lost byte left a mark.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleaners import plausibility
from cleaners.characters import codes as code_points_of
from cleaners.mojibake.code_pages import SINGLE_BYTE, bytes_of, characters, codes
from cleaners.mojibake.spelling import REPLACED_PAIR, Damage, Pending, any_lead, any_trail, lost_before

# Costs in nats, beside those of the language model.
DROPPED_BYTE = 4.0  # a byte is missing without a trace
DROPPED_PAIR = 6.0

HOLE = 0xFF  # stands for a byte that was lost, as nothing is 0xFF in any page that is read here
ABSENT = 0  # a character that the wrong page has not
NOTHING = 0xFFFD  # the code point of what bytes do not explain

PAIRS = {
    "": re.compile(rb"[\x80-\xff][\x40-\xff]|.", re.DOTALL),
    "cp932": re.compile(rb"[\x80-\x9f\xe0-\xff][\x40-\xff]|.", re.DOTALL),
}


class Units(NamedTuple):
    """What should be characters of a piece of text."""

    raw: NDArray[np.uint8]
    begin: NDArray[np.int64]  # of each unit, and where the last one ends
    need: NDArray[np.uint8]  # how many bytes each should have; 0 where the first of UTF-8 is lost
    offsets: NDArray[np.int64]  # where each character of the piece begins, and where the last one ends
    bound: NDArray[np.int64]  # [byte]: which character of the piece begins there; -1 within one
    symbols: NDArray[np.uint16]  # of the piece, with one more on either side
    code_points: NDArray[np.uint32]  # of each unit that lacks no byte
    lacking: NDArray[np.bool_]


# What is left of a unit that lacks bytes: its bytes with the one that follows, for each of them and for the unit's
# end whether a character of the wrong page begins there (1 or 0), and how many bytes it should have.
Fragment: TypeAlias = tuple[bytes, bytes, int]


@lru_cache(maxsize=1)  # the script of a piece is asked for before it is read
def parted(text: str, start: int, end: int, true: str, wrong: str, asked: bool) -> Units:
    """The bytes in `true` that `text[start:end]` had before it was read as `wrong`.

    `asked` says that question marks stand for lost bytes, where first bytes don't tell.
    """
    piece = text[start:end]
    raw, offsets = encoded(piece, wrong)
    begin, need = parted_utf_8(raw) if true == "utf-8" else _parted_pairs(raw, true, asked)
    begin = np.append(begin, len(raw))
    bound = np.full(len(raw) + 1, -1)
    bound[offsets] = np.arange(len(offsets))
    before, behind = text[start - 1 : start] or "\n", text[end : end + 1] or "\n"
    symbols = plausibility.symbols(before + piece + behind)
    return Units(raw, begin, need, offsets, bound, symbols, *_whole(raw, begin, need, true))


def encoded(piece: str, page: str) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The bytes of `piece` in `page`, and where each character begins in them, and where the last one ends."""
    values = _bytes(page).take(code_points_of(piece), mode="clip")
    wide = values > 0xFF
    there = np.ones((len(values), 2), dtype=np.bool_)
    there[:, 0] = wide
    raw = values.astype(">u2").view(np.uint8).reshape(-1, 2)[there]
    offsets = np.zeros(len(values) + 1, dtype=np.int64)
    np.cumsum(wide + np.int64(1), out=offsets[1:])
    return raw, offsets


def count_of_bytes(piece: str, page: str) -> int:
    """How many bytes `piece` has in `page`; one where a byte is lost, none for what the page has not."""
    values = _bytes(page).take(code_points_of(piece), mode="clip")
    return int(np.count_nonzero(values) + np.count_nonzero(values > 0xFF))


@cache
def _bytes(page: str) -> NDArray[np.uint16]:
    """[code point]: its bytes in `page` as one number."""
    table = np.zeros(0x10001, dtype=np.uint16)
    in_page = np.zeros(0) if page in SINGLE_BYTE else codes(page).nonzero()[0]
    single = (*range(0x3000), *range(0xFF61, 0xFFA0), *range(0xF8F0, 0xF8F4))  # the last are cp932's
    for code_point in (*single, *in_page.tolist()):
        raw = int.from_bytes(bytes_of(chr(code_point), page), "big")
        table[code_point] = raw if raw < 0x10000 and raw != HOLE else ABSENT
    table[0xFFFD] = HOLE
    return table


@cache
def _lengths() -> NDArray[np.uint8]:
    """[byte]: how many bytes a character of UTF-8 has that begins with it; 0 where none does."""
    lengths = np.zeros(256, dtype=np.uint8)
    lengths[:0x80], lengths[0xC2:0xE0], lengths[0xE0:0xF0] = 1, 2, 3
    return lengths


def parted_utf_8(raw: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Where characters should begin in `raw`, and how many bytes each should have, 0 where the first is lost."""
    need = _lengths().take(raw)
    marks = _marks_of_loss(raw, need)
    raw[marks], need[marks] = HOLE, 0
    begins = need > 0
    begins[0] = True
    begin = begins.nonzero()[0]
    # What is left behind whole characters are others without their first bytes.
    rest, end = begin + need[begin], np.append(begin[1:], len(raw))
    longer = rest < end
    for first, last in zip(rest[longer].tolist(), end[longer].tolist(), strict=True):
        begins[first:last:3] = True
    begin = begins.nonzero()[0]
    return begin, need[begin]


def _marks_of_loss(raw: NDArray[np.uint8], need: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Where question marks stand for bytes: within characters, if most that are not whole have one."""
    asked: NDArray[np.int64] = (raw == ord("?")).nonzero()[0]
    if not len(asked):
        return asked
    begin = need.nonzero()[0]
    short = np.diff(begin, append=len(raw)) < need[begin]
    inside = np.append(False, short[:-1])[begin.searchsorted(asked)]
    if 2 * inside.sum() < (short & (need[begin] == 3)).sum():
        return np.zeros(0, dtype=np.int64)
    # Two may stand for the second and the third byte.
    behind = np.append(False, inside[:-1] & (np.diff(asked) == 1))[: len(asked)]
    marks: NDArray[np.int64] = asked[inside | (behind & (need.take(asked - 2) == 3))]
    return marks


def _parted_pairs(
    raw: NDArray[np.uint8], true: str, asked: bool
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    if asked:
        raw[raw == ord("?")] = HOLE
    begin = np.array(
        [match.start() for match in PAIRS.get(true, PAIRS[""]).finditer(raw.tobytes())], dtype=np.int64
    )
    return begin, 1 + (raw[begin] >= 0x80).astype(np.uint8) - _half_width(raw[begin], true)


def _half_width(first: NDArray[np.unsignedinteger[Any]], true: str) -> NDArray[np.bool_]:
    return (first > 0xA0) & (first < 0xE0) & (true == "cp932")


def _whole(
    raw: NDArray[np.uint8], begin: NDArray[np.int64], need: NDArray[np.uint8], true: str
) -> tuple[NDArray[np.uint32], NDArray[np.bool_]]:
    """The code point of each unit of which no byte is lost, and which are not so."""
    first, second, third = (raw.take(begin[:-1] + i, mode="clip").astype(np.uint32) for i in range(3))
    if true == "utf-8":
        of_two, of_three = (first & 0x1F) << 6 | second & 0x3F, (first & 0xF) << 12 | (second & 0x3F) << 6
        of_three |= third & 0x3F
        # Too small, or half of a surrogate pair.
        ill_formed = (need == 3) & ((of_three < 0x800) | (of_three >= 0xD800) & (of_three < 0xE000))
        code_points = np.where(need == 3, of_three, np.where(need == 2, of_two, first))
    else:
        code_points = np.where(need == 2, characters(true)[first, second], first)
        code_points[_half_width(first, true)] += 0xFEC0
        ill_formed = code_points == 0
    lacking = ill_formed | (begin[1:] - begin[:-1] != need) | (code_points == ABSENT)
    lacking[begin.searchsorted((raw == HOLE).nonzero()[0], "right") - 1] = True
    return code_points, lacking


def fragments(units: Units, places: NDArray[np.int64]) -> list[Fragment]:
    """What is left of those units, which lack bytes."""
    raw, begins = units.raw.tobytes(), (units.bound >= 0).tobytes()
    first, last, need = units.begin[places], units.begin[places + 1], units.need[places]
    return [
        (raw[begin : end + 1], begins[begin : end + 1], n)
        for begin, end, n in zip(first.tolist(), last.tolist(), need.tolist(), strict=True)
    ]


def lost_across(units: Units, places: NDArray[np.int64], damage: Damage) -> NDArray[np.bool_]:
    """Whether the last byte of each of those units was lost, and the byte behind it too, in pages of two bytes."""
    if damage.true == "utf-8" or damage.wrong in SINGLE_BYTE:
        return np.zeros(len(places), dtype=np.bool_)
    end = units.begin[places + 1]
    both: NDArray[np.bool_] = (units.raw[end - 1] == HOLE) & (units.raw.take(end, mode="clip") == HOLE)
    return both


def spellings(fragment: Fragment, damage: Damage) -> Iterator[tuple[Pending, float]]:
    """The bytes, with holes, that may have stood where those of `fragment` are left, and what each costs."""
    raw, begins, need = fragment
    unit, more = [*raw[: len(begins) - 1]], [*raw, ABSENT]

    def lost(i: int) -> int:
        after = more[i]
        return lost_before(after if after not in (HOLE, ABSENT) else None, damage)

    headless, need = not need, need or 3
    if need == 1 or ABSENT in unit or (headless and unit[0] != HOLE and not begins[0]):
        return
    spelling = tuple(lost(i + 1) if byte == HOLE else byte for i, byte in enumerate(unit))
    missing = need - len(unit)
    places = [i for i in ((0,) if headless else range(1, len(unit) + 1)) if begins[i]]
    if not missing:
        if HOLE in unit and (not headless or unit[0] == HOLE):
            yield spelling, 0.0
    elif missing == 1 and HOLE in unit:
        i = unit.index(HOLE)
        yield (*spelling[:i], any_lead(damage), any_trail(damage), *spelling[i + 1 :]), REPLACED_PAIR
    elif missing == 1:
        for i in places:
            yield (*spelling[:i], lost(i), *spelling[i:]), DROPPED_BYTE
    else:
        any_byte = any_lead(damage)
        for i in places:
            yield (*spelling[:i], any_byte, any_byte, *spelling[i:]), DROPPED_PAIR
