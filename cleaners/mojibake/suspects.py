"""Of what kind the mojibake in a text may be.

Suspect are rows of hanzi that no text holds, which the screen finds, and rows of letters and signs that no
language writes, for which there is a pattern. Every kind of damage gives a quick reading of such a stretch,
and only those that make it likelier are worth a search.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaners import plausibility
from cleaners.characters import codes
from cleaners.document import Edit
from cleaners.mojibake import letters, misalignment
from cleaners.mojibake.code_pages import SINGLE_BYTE, VARIANTS, reading
from cleaners.mojibake.guesses import CAP
from cleaners.mojibake.misalignment import MISALIGNED
from cleaners.mojibake.screen import Screened
from cleaners.mojibake.spelling import GUESSED_MARK, KANA, Damage

# Clean characters on both sides that a quick reading sees.
NEAR = 3
# Suspects with the same cause are one where they lie this near to each other.
NEIGHBOURS = 24
# A quick reading must gain this much (nats).
QUICK_GAIN = 11.0
QUICK_GAIN_OF_ALIGNMENT = 10.5
# Misaligned bytes are read exactly where pairs of second and first bytes gain this much.
WORTH_READING = 2.5
# By chance any hanzi may be likelier ones in another page.
QUICK_GAIN_OF_PAIRS = 16.0
# What a character of a wrong reading costs (nats): running text costs 5.
WRONG = 11.5
# A quick reading looks at this many characters of a stretch.
SAMPLE = 2000
# So many causes of a stretch are worth a search.
CAUSES = 2

DOUBLE_BYTE = (
    Damage("gb18030", "big5"),
    Damage("big5", "gb18030"),
    Damage("gb18030", "euc-jp"),
    Damage("gb18030", "cp949"),
    Damage("big5", "cp949"),
)
# Pages that give themselves away: without these signs nothing was read as if it were in them.
SIGNS = {"cp949": re.compile("[\uac00-\ud7a3]"), "cp932": re.compile("[\uff61-\uff9f]")}

UTF_8 = re.compile(rb"(?:[\xe3-\xe9\xef][\x80-\xbf]{2}){2,}")
# So many well-formed characters in a row are no chance, whatever they spell: they may be garbled themselves.
_ONE = rb"(?:[\xc2-\xdf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2})"
WELL_FORMED = re.compile(_ONE + rb"(?:" + _ONE + rb"|[\t-\r -~]+(?=" + _ONE + rb")){3,}")
# What is well-formed for this part is UTF-8: nothing else is so by chance.
SURELY = 0.7
# That takes so many characters; and more than these tell no more.
MIN_SURE = 8
ENOUGH = 200

KANA_BEFORE = re.compile("[\u3041-\u30f6]")


class Suspect(NamedTuple):
    """A stretch and what may have happened to it, the likeliest first."""

    start: int
    end: int
    causes: list[Damage]
    well_formed: list[str]  # pages in which it is well-formed UTF-8, whatever that spells


def find(text: str, screened: Screened) -> list[Suspect]:
    """What some kind of damage explains in `text` (`screened` is what one look at it found), in order, disjoint."""
    found = list(_among_letters(text)) if screened.odd else []
    found += [x for x in _among_hanzi(text, screened.stretches) if not touching(found, x.start, x.end)]
    found.sort()
    return list(_merged(found)) if found else []


def touching(spans: Sequence[Suspect] | Sequence[Edit], start: int, end: int) -> bool:
    """Whether one of `spans`, which are disjoint and in order, holds a character from `start` to `end`."""
    before = bisect_left(spans, end, key=lambda span: span.start)
    return before > 0 and spans[before - 1].end > start


def _merged(found: list[Suspect]) -> Iterator[Suspect]:
    last = found[0]
    for suspect in found[1:]:
        near = suspect.start - last.end <= NEIGHBOURS
        if near and suspect.causes[:1] == last.causes[:1] and suspect.well_formed == last.well_formed:
            last = last._replace(end=suspect.end)
        else:
            yield last
            last = suspect
    yield last


def _among_hanzi(text: str, found: list[tuple[int, int]]) -> list[Suspect]:
    if not found:
        return []
    sure = [(start, end, _surely_utf_8(text[start : min(end, start + ENOUGH)])) for start, end in found]
    suspects = [Suspect(start, end, [Damage("utf-8", page)], []) for start, end, page in sure if page]
    found = [(start, end) for start, end, page in sure if not page]
    if not found:
        return suspects
    pieces = [
        text[max(0, start - NEAR) : min(end + NEAR, start + SAMPLE)].replace("\n", " ")
        for start, end in found
    ]
    gains, well_formed = _hanzi_gains("\n".join(pieces))
    return suspects + [
        Suspect(start, end, causes, pages)
        for (start, end), causes, pages in zip(found, map(_causes, gains), well_formed, strict=True)
        if causes or pages
    ]


def _surely_utf_8(piece: str) -> str:
    """The page as which `piece` was read if it is without doubt UTF-8, and plausible as that; else nothing."""
    for page in VARIANTS:
        raw = piece.replace("\ufffd", "").encode(page, "ignore")
        found = UTF_8.findall(raw)
        if sum(map(len, found)) >= SURELY * len(raw):
            text = b"".join(found).decode("utf-8")
            if len(text) >= MIN_SURE and plausibility.mean(text) > -WRONG:
                return page
    return ""


def _causes(gains: Iterable[tuple[float, Damage]]) -> list[Damage]:
    likely = sorted(((gain, damage) for gain, damage in gains if gain >= _gain_needed(damage)), reverse=True)
    damages = [damage for _, damage in likely]
    if all(damage.true == damage.wrong for damage in damages):
        # A stray byte is an easier explanation than a character that is guessed.
        return sorted(damages, key=lambda damage: damage.junk)[-1:]
    return damages[:CAUSES]


def _gain_needed(damage: Damage) -> float:
    if damage in DOUBLE_BYTE:
        return QUICK_GAIN_OF_PAIRS
    return QUICK_GAIN_OF_ALIGNMENT if damage == MISALIGNED else QUICK_GAIN


def _hanzi_gains(joined: str) -> tuple[list[list[tuple[float, Damage]]], list[list[str]]]:
    """For each line what the quick readings gain, in nats; and the pages in which it is well-formed UTF-8."""
    pieces = joined.split("\n")
    absent = {wrong for wrong, signs in SIGNS.items() if not signs.search(joined)}
    damages = [MISALIGNED] + [damage for damage in DOUBLE_BYTE if damage.wrong not in absent]
    code_points = codes(joined)
    code_points = np.minimum(code_points, 0x10000)
    readings = np.empty((1 + len(damages), len(code_points)), dtype=np.uint32)
    readings[0] = code_points
    readings[1] = misalignment.shifted(code_points)
    for row, damage in enumerate(damages[1:], 2):
        readings[row] = reading(damage.true, damage.wrong).take(code_points)
    starts = np.cumsum([0] + [len(piece) + 1 for piece in pieces[:-1]])
    table = _best_runs(readings, starts)
    gains = [[(gain, d) for gain, d in zip(row, damages, strict=True)] for row in table.T.tolist()]
    for k, piece in enumerate(pieces):
        gains[k][0] = (misalignment.gain(piece, NEAR) if gains[k][0][0] >= WORTH_READING else 0.0, MISALIGNED)
        if "\ufffd" in piece:
            # What was replaced is evidence enough, and cuts runs short.
            gains[k] = [(2 * QUICK_GAIN_OF_PAIRS * (g >= QUICK_GAIN / 2) + g, d) for g, d in gains[k]]
        if KANA_BEFORE.search(piece):
            # Kana are so rare in Chinese text that a stretch with them is always worth a search.
            gains[k].append((QUICK_GAIN, MISALIGNED._replace(junk=True)))
    well_formed: list[list[str]] = [[] for _ in pieces]
    for k, piece in enumerate(pieces) if "cp932" not in absent else ():
        gains[k] += _gains_of_bytes(piece, "cp932")
    for wrong in sorted(VARIANTS.keys() - absent):
        raw = joined.encode(wrong, "ignore")
        if not UTF_8.search(raw) and not WELL_FORMED.search(raw):
            continue
        for k, piece in enumerate(pieces):
            raw = piece.encode(wrong, "ignore")
            if WELL_FORMED.search(raw):
                well_formed[k].append(wrong)
            if found := UTF_8.findall(raw):
                text = "".join(match.decode("utf-8") for match in found)
                # Two characters stood as three.
                gain = 1.5 * WRONG * len(text) + float(plausibility.lnp(text).sum())
                gains[k].append((gain, Damage("utf-8", wrong)))
    return gains, well_formed


def _best_runs(readings: NDArray[np.uint32], starts: NDArray[np.int64]) -> NDArray[np.float64]:
    """[reading, piece]: what the best run of each reading gains over the first one, which stands there, in nats."""
    symbols = plausibility.symbols_of(readings)
    costs = np.minimum(-plausibility.pairs(symbols[:, :-1], symbols[:, 1:]), CAP)
    gains = np.empty((len(readings) - 1, len(readings[0])))
    gains[:, 1:] = costs[0] - costs[1:] - _chance().take(readings[1:, 1:])
    gains[:, starts] = -1e6
    sums = gains.cumsum(axis=1)
    return np.maximum.reduceat(sums - np.minimum.accumulate(sums, axis=1), starts, axis=1)


@cache
def _chance() -> NDArray[np.float32]:
    """[code point]: what speaks against a reading that has this character (nats)."""
    nats = np.zeros(0x10001, dtype=np.float32)
    nats[0] = CAP  # no reading
    # Kana and full-width letters are one symbol each for the model, and by chance likely.
    nats[0x3040:0x3100] = KANA
    nats[0xFF21:0xFF5B] = GUESSED_MARK
    return nats


def _gains_of_bytes(piece: str, wrong: str) -> list[tuple[float, Damage]]:
    """What a page of one and of two bytes a character gains (nats) when its bytes pair otherwise."""
    raw = piece.encode(wrong, "ignore")
    gains = []
    for true in ("gb18030", "big5"):
        lnp = [plausibility.lnp(variant.decode(true, "ignore")) for variant in (raw, raw[1:])]
        gains.append((float(max((WRONG + values).sum() for values in lnp)), Damage(true, wrong)))
    return gains


def _among_letters(text: str) -> Iterator[Suspect]:
    for run in letters.runs(text):
        start, end = run.span()
        causes, well_formed = _letter_causes(text[max(0, start - NEAR) : min(end + NEAR, start + SAMPLE)])
        if causes or well_formed:
            yield Suspect(start, end, causes, well_formed)


def _letter_causes(piece: str) -> tuple[list[Damage], list[str]]:
    damages: list[Damage] = []
    readings: list[str] = []
    well_formed: list[str] = []
    utf_8 = False
    for page in SINGLE_BYTE:
        raw = piece.translate(letters.to_bytes(page)).encode("latin-1")
        if found := UTF_8.findall(raw):
            damages.append(Damage("utf-8", page))
            readings.append("".join(match.decode("utf-8") for match in found))
        if length := sum(len(match[0]) for match in WELL_FORMED.finditer(raw)):
            well_formed.append(page)
            utf_8 = utf_8 or length >= SURELY * len(piece)
        bare = piece.translate(letters.to_bytes(page, letters.MARKS)).encode("latin-1")
        # Where a run begins is not known, so both ways to pair its bytes are read.
        for true in VARIANTS:
            for variant in dict.fromkeys((raw, raw[1:], bare)):
                damages.append(Damage(true, page))
                readings.append(variant.decode(true, "ignore").replace("\n", " "))
    joined = "".join(reading + "\n" for reading in readings)
    code_points = codes(joined)
    hanzi = (code_points >= 0x3400) & (code_points < 0xA000)
    gains = WRONG + plausibility.lnp(joined)
    gains = np.where(hanzi, gains, np.minimum(gains, 0))
    ends = np.cumsum([len(reading) + 1 for reading in readings])
    starts = np.concatenate(([0], ends[:-1]))
    gains[ends - 1] = -1e6
    sums = np.cumsum(gains, dtype=np.float64)
    best = np.maximum.reduceat(sums - np.minimum.accumulate(sums), starts)
    unique: dict[Damage, float] = {}
    for damage, gain in zip(damages, best.tolist(), strict=True):
        unique[damage] = max(gain, unique.get(damage, 0.0))
    likely = _causes((gain, d) for d, gain in unique.items() if d.true == "utf-8" or not utf_8)
    return likely, well_formed
