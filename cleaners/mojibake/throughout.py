"""A text that is garbled throughout, and all of it in one way, becomes what it was at once.

A sample says what happened to it. Lines that this does not explain are left for a closer look.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from cleaners.mojibake import letters, quick
from cleaners.mojibake.acceptance import PLAUSIBLE, accepted, explained
from cleaners.mojibake.beam import Budget, restore
from cleaners.mojibake.code_pages import SINGLE_BYTE, VARIANTS
from cleaners.mojibake.languages import cost
from cleaners.mojibake.reading import Reading, read, script_of
from cleaners.mojibake.repairs import Repair, repair
from cleaners.mojibake.screen import Glance, reads_well
from cleaners.mojibake.spelling import REPLACED, Damage

# So many characters that may be mojibake, and such a part of all, as some are ASCII, make a text garbled throughout.
MANY = 60
MOST = 0.3
# A sample has so many characters. It was so many that are not ASCII, and few of its bytes are no character.
SAMPLE = 200
MIN_SPELT = 20
ILL_FORMED = 0.3
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
    if is_exact:
        repairs = _exact(text, damage)
    else:
        damage = damage._replace(script=script_of(text, 0, len(text), damage))
        repairs = _lossy(text, damage, budget)
    return Throughout(damage, is_exact, [repair for repair in repairs if accepted(repair, damage)])


def _what(text: str, seen: Glance) -> tuple[int, tuple[Damage, ...]]:
    """What may have happened to all of `text`, and where a line begins to which it has."""
    needed = max(MANY, MOST * len(text))
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
    """Whether `sample` is running text once `damage` is undone."""
    raw = quick.bytes_in(sample.replace(REPLACED, ""), damage.wrong)
    characters = [c for c in raw.decode(damage.true, "replace") if c > "\x7f"]
    text = "".join(c for c in characters if c != REPLACED)
    return len(text) >= max(MIN_SPELT, (1 - ILL_FORMED) * len(characters)) and cost(
        "", text, damage.true
    ) < -PLAUSIBLE * len(text)


def _exact(text: str, damage: Damage) -> Iterator[Repair]:
    """Rows of lines of `text` that lack no byte."""
    raw = quick.bytes_in(text, damage.wrong)
    whole = _decoded(raw, damage.true)
    if whole is None and "?" in text:  # may stand for bytes
        return
    decoded = whole.split("\n") if whole else [_decoded(line, damage.true) for line in raw.split(b"\n")]
    at = 0
    for is_well_formed, row in groupby(
        zip(text.split("\n"), decoded, strict=True), key=lambda line: line[1] is not None
    ):
        before, after = zip(*row, strict=True)
        row_end = at + len("\n".join(before))
        # Of pairs a byte may be missing without a sign.
        if is_well_formed and (damage.true == "utf-8" or reads_well("\n".join(after))):
            yield repair(text, at, row_end, "\n".join(after), damage.true)
        at = row_end + 1


def _decoded(raw: bytes, page: str) -> str | None:
    """What `raw` spells; None where some of it, or a character that is not in the wrong page, spells nothing."""
    for codec in VARIANTS.get(page, (page,)) if b"\0" not in raw else ():
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    return None


def _lossy(text: str, damage: Damage, budget: Budget) -> Iterator[Repair]:
    """Rows of lines of `text` that are garbled, and lack bytes."""
    rows: list[tuple[int, int, list[Reading]]] = []
    for reading in read(text, 0, len(text), damage):
        # What was read may begin with the end of the line before, or end with one.
        begin = min(reading.start, line_start(text, reading.start + 1))
        finish = max(reading.end, line_end(text, reading.end - 1))
        if rows and begin <= rows[-1][1] + 1:
            begin, _, readings = rows.pop()
            rows.append((begin, finish, [*readings, reading]))
        else:
            rows.append((begin, finish, [reading]))
    is_all = len(rows) == 1 and (text[: rows[0][0]] + text[rows[0][1] :]).isascii()
    for begin, finish, readings in rows:
        if not is_all:  # where a row ends is surer by itself
            readings = read(text, begin, finish, damage)
        repairs = restore(text, begin, finish, damage, budget, readings)
        if explained(repairs, begin, finish):
            yield from repairs
