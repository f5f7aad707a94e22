"""Quick readings of a stretch of text: what every kind of damage would gain there, without a search.

A quick reading pairs bytes as they are, or takes runs of well-formed UTF-8, and asks the language model once for
all stretches of a document. What gains little is no damage of that kind; the rest is for an exact reading.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from itertools import accumulate, compress
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaners import plausibility
from cleaners.characters import codes
from cleaners.mojibake import letters, realignment
from cleaners.mojibake.acceptance import GAIN_OF_ALIGNMENT, PLAUSIBLE_FOR_LETTERS, WRONG
from cleaners.mojibake.code_pages import SINGLE_BYTE, VARIANTS, bytes_of, characters, other_bytes, reading
from cleaners.mojibake.guesses import CAP
from cleaners.mojibake.languages import KANA_IN_CHINESE, KANA_RANGES, LANGUAGES, cost, cost_of_pairs, is_in
from cleaners.mojibake.misalignment import MISALIGNED
from cleaners.mojibake.spelling import GUESSED_MARK, KANA, REPLACED, Damage

# Clean characters on both sides of the pieces that are read.
NEAR = 6
# A quick reading must gain this much (nats); where all of a stretch is read well, that is settled.
NEEDED = 11.0
SETTLED = 1e6
ASCII = bytes(range(0x80))
# A quick reading looks at this many characters of a stretch.
SAMPLE = 2000
# By chance any hanzi may be likelier ones in another page.
NEEDED_OF_PAIRS = 12.0

CHINESE = (Damage("gb18030", "big5"), Damage("big5", "gb18030"), Damage("gb18030", "euc-jp"))
# Text in other languages has stretches that are longer than so many characters, or make up so much of the whole.
LONG = 5
DENSE = 0.01
OTHERS = (
    Damage("cp932", "gb18030"), Damage("euc-jp", "gb18030"), Damage("euc-jp", "big5"),
    Damage("cp949", "gb18030"), Damage("cp949", "big5"), Damage("cp949", "euc-jp"),
)  # fmt: skip

# Kana and hanzi; Hangul; forms of full width.
_OF_THREE = rb"(?:[\xe3-\xec\xef][\x80-\xbf]|\xed[\x80-\x9f])[\x80-\xbf]"
UTF_8 = re.compile(rb"(?:" + _OF_THREE + rb"){2,}")
# So many well-formed characters in a row are no chance, whatever they spell: they may be garbled themselves.
_ONE = rb"(?:[\xc2-\xdf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2})"
_TEXT = _ONE + rb"(?:" + _ONE + rb"|[\t-\r -~]+(?=" + _ONE + rb"))"
# The last byte may be that of an ASCII character, which ends a character of two bytes.
UTF_8_TEXT = re.compile(_TEXT + rb"*[@-~]?")
WELL_FORMED = re.compile(_TEXT + rb"{3,}[@-~]?")
EITHER = re.compile(rb"(?:" + _OF_THREE + rb"){2}|" + _TEXT + rb"{3}")
# What is well-formed for this part is UTF-8: nothing else is so by chance.
SURELY = 0.7
# That takes so many characters; and more than these tell no more.
MIN_SURE = 8
ENOUGH = 200


class Quick(NamedTuple):
    """What quick readings of a stretch found."""

    gains: dict[Damage, float]  # in nats, where that is enough
    well_formed: frozenset[str]  # pages in which it is well-formed UTF-8, whatever that spells


def of_hanzi(text: str, stretches: Sequence[tuple[int, int, bool]]) -> list[Quick]:
    """Each stretch as if its bytes were misaligned, and where that may be, as its flag says, or of another page."""
    pieces = [
        text[max(0, start - NEAR) : min(end + NEAR, start + SAMPLE)].replace("\n", " ")
        for start, end, _ in stretches
    ]
    found = dict(_of_clear_utf_8(pieces))
    doubtful = [k for k in range(len(pieces)) if k not in found]
    if doubtful:
        read = _of_doubtful([(pieces[k], *stretches[k]) for k in doubtful], len(text))
        found |= zip(doubtful, read, strict=True)
    return [found[k] for k in range(len(pieces))]


def _of_clear_utf_8(pieces: Sequence[str]) -> Iterator[tuple[int, Quick]]:
    """Pieces for which nothing else is worth a look: long ones that are surely UTF-8, and what may be so beside them."""
    known = ""
    for k in sorted(range(len(pieces)), key=lambda k: -len(pieces[k])):
        piece = pieces[k]
        if len(piece) >= ENOUGH:
            page = next((page for page in VARIANTS if _is_utf_8(piece, page)), "")
            gains, known = [(SETTLED, Damage("utf-8", page))] if page else [], page or known
        else:
            gains = _gain_of_runs(piece.encode(known, "ignore"), known) if known else []
        if gains and gains[0][0] >= NEEDED:
            yield k, _quick(gains, {known})


def _of_doubtful(doubtful: Sequence[tuple[str, int, int, bool]], length: int) -> list[Quick]:
    """Pieces in all ways that there are, each with its stretch of a text of that `length`."""
    pieces, starts, ends, of_pages = zip(*doubtful, strict=True)
    gains = _gains_of_alignment(pieces)
    well_formed: list[set[str]] = [set() for _ in pieces]
    lengths = [end - start for start, end in zip(starts, ends, strict=True)]
    languages = (CHINESE, OTHERS) if max(lengths) > LONG or sum(lengths) > DENSE * length else (CHINESE,)
    if odd := list(compress(range(len(pieces)), of_pages)):
        for k, more, pages in zip(odd, *_gains_of_pages([pieces[k] for k in odd], languages), strict=True):
            gains[k] += more
            well_formed[k] |= pages
    for piece, found in zip(pieces, gains, strict=True):
        if REPLACED in piece:
            # What was replaced is evidence enough, and cuts runs short.
            found[:] = [
                (gain + 2 * NEEDED_OF_PAIRS * (gain >= NEEDED / 2 and damage.true not in LANGUAGES), damage)
                for gain, damage in found
            ]
    return [_quick(found, pages) for found, pages in zip(gains, well_formed, strict=True)]


def of_letters(piece: str, pages: tuple[str, ...]) -> Quick:
    """`piece` as if it had been read as one of `pages`, in which its letters and signs stand for bytes."""
    gains: list[tuple[float, Damage]] = []
    well_formed: set[str] = set()
    utf_8 = False
    raws = [bytes_in(piece, page) for page in pages]
    if doubtful := [character for character in set(piece) if character in other_bytes(pages[0])]:
        instead = {character: other_bytes(pages[0])[character][0] for character in doubtful}
        pages, raws = (*pages, pages[0]), [*raws, bytes_in(piece, pages[0], instead)]
    for page, raw in zip(pages, raws, strict=True):
        gains += _gain_of_runs(raw, page)
        if length := sum(len(match[0]) for match in WELL_FORMED.finditer(raw)):
            well_formed.add(page)
            utf_8 = utf_8 or length >= SURELY * len(raw)
    # Korean has spaces between words, which are no part of a pair.
    raws = [raw.replace(b" ", b"") for raw in raws]
    if not utf_8 and len(raws[0]) > 3:
        gains += _gains_of_pairs(raws, pages)
    return _quick(gains, well_formed)


def is_utf_8(raw: bytes) -> bool:
    """Whether nearly all of `raw` but ASCII is UTF-8, whatever that spells."""
    return sum(_upper(match[0]) for match in WELL_FORMED.finditer(raw)) > SURELY * _upper(raw)


def bytes_in(piece: str, page: str, instead: Mapping[str, bytes] = MappingProxyType({})) -> bytes:
    """The bytes of `piece` in `page`; 0, which is in no character of two bytes, for what has none.

    `instead` holds other bytes for some characters.
    """
    if page in SINGLE_BYTE:
        return letters.to_bytes(page).take(codes(piece), mode="clip").tobytes()
    if not instead:
        with suppress(UnicodeEncodeError):
            return piece.encode(VARIANTS[page][0])
    return b"".join(instead.get(c) or bytes_of(c, page) or b"\0" for c in piece)


def _upper(raw: bytes) -> int:
    return len(raw.translate(None, ASCII))


def _quick(gains: list[tuple[float, Damage]], well_formed: set[str]) -> Quick:
    # Where pages read a stretch alike, the one that is named first is the commonest.
    enough = dict[Damage, float]()
    for gain, damage in gains:
        if gain >= max(_needed(damage), enough.get(damage, 0.0)):
            enough[damage] = gain
    return Quick(enough, frozenset(well_formed))


def _needed(damage: Damage) -> float:
    if damage in CHINESE or damage in OTHERS:
        return NEEDED_OF_PAIRS
    return GAIN_OF_ALIGNMENT if damage == MISALIGNED else NEEDED


def _is_utf_8(piece: str, page: str) -> bool:
    """Whether nearly all that `piece` begins with is UTF-8 that was read as `page`, and spells running text."""
    raw = piece[:ENOUGH].replace(REPLACED, "").encode(page, "ignore")
    found = UTF_8.findall(raw)
    text = b"".join(found).decode("utf-8") if sum(map(len, found)) >= SURELY * len(raw) else ""
    return len(text) >= MIN_SURE and cost("", text, "utf-8") < -PLAUSIBLE_FOR_LETTERS * len(text)


def _gain_of_utf_8(piece: str, page: str) -> list[tuple[float, Damage]]:
    if _is_utf_8(piece, page):
        return [(SETTLED, Damage("utf-8", page))]
    return _gain_of_runs(piece.encode(page, "ignore"), page)


def _gain_of_runs(raw: bytes, page: str) -> list[tuple[float, Damage]]:
    text = "".join(match.decode("utf-8") for match in UTF_8.findall(raw))
    # Two characters stood as three.
    gain = 1.5 * WRONG * len(text) - cost("", text, "utf-8")
    return [(gain, Damage("utf-8", page))] if text else []


def _gains_of_alignment(pieces: Sequence[str]) -> list[list[tuple[float, Damage]]]:
    """What each piece gains if its bytes are misaligned; less where many others look odd for no such reason."""
    starts = [0, *accumulate(len(piece) + 1 for piece in pieces[:-1])]
    gains = np.maximum.reduceat(realignment.gains("\n".join(pieces)), starts)
    chance = math.log(len(pieces) / max(1, int((gains >= GAIN_OF_ALIGNMENT).sum())))
    return [[(gain - chance, MISALIGNED)] for gain in gains.tolist()]


def _gains_of_pages(
    pieces: Sequence[str], languages: Sequence[tuple[Damage, ...]]
) -> tuple[list[list[tuple[float, Damage]]], list[set[str]]]:
    """What each piece gains in other pages, in nats; and the pages in which it is well-formed UTF-8."""
    gains: list[list[tuple[float, Damage]]] = [[] for _ in pieces]
    well_formed: list[set[str]] = [set() for _ in pieces]
    joined = "\n".join(pieces).replace(REPLACED, "")
    for page in VARIANTS:
        if EITHER.search(joined.encode(page, "ignore")):
            for k, piece in enumerate(pieces):
                gains[k] += _gain_of_utf_8(piece, page)
                if WELL_FORMED.search(piece.encode(page, "ignore")):
                    well_formed[k].add(page)
    unsettled = [k for k, found in enumerate(gains) if all(gain < SETTLED for gain, _ in found)]
    for of_language in languages if unsettled else ():
        code_points, starts = _one([pieces[k] for k in unsettled])
        others = (reading(damage.true, damage.wrong).take(code_points) for damage in of_language)
        readings = np.stack((code_points, *others))
        best = _best_runs(_costs(readings, of_language), starts)
        for k, row in zip(unsettled, best.T.tolist(), strict=True):
            gains[k] += zip(row, of_language, strict=True)
    return gains, well_formed


def _one(pieces: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """The code points of all pieces as one text of lines, with no more than the first plane; where each begins."""
    starts = np.array([0, *accumulate(len(piece) + 1 for piece in pieces[:-1])])
    return np.minimum(codes("\n".join(pieces)), 0x10000), starts


def _costs(readings: NDArray[np.uint32], damages: Sequence[Damage]) -> NDArray[np.float32]:
    """[reading, character]: what it costs behind the one before it, in nats; the first one nothing.

    The first of `readings` is what stands there; the others are those of `damages`, and what speaks against them goes
    with them.
    """
    symbols = plausibility.symbols_of(readings)
    costs = np.zeros(readings.shape, dtype=np.float32)
    costs[:, 1:] = cost_of_pairs(symbols[:, :-1], symbols[:, 1:], readings[:, 1:])
    foreign = {damage.true for damage in damages if damage.true in LANGUAGES}
    for page in sorted(foreign):
        rows = [row for row, damage in enumerate(damages, 1) if damage.true == page]
        costs[rows, 1:] = cost_of_pairs(symbols[rows, :-1], symbols[rows, 1:], readings[rows, 1:], page)
    costs[1:, 1:] += _chance(bool(foreign)).take(readings[1:, 1:])
    if not foreign:
        costs[0][is_in(readings[0], *KANA_RANGES)] = KANA_IN_CHINESE
    return costs


def _best_runs(costs: NDArray[np.float32], starts: NDArray[np.int64]) -> NDArray[np.float64]:
    """[reading, piece]: what the best run of each reading gains over the first one, which stands there, in nats."""
    gains = costs[0] - costs[1:]
    gains[:, starts] = -1e6
    sums = gains.cumsum(axis=1, dtype=np.float64)
    return np.maximum.reduceat(sums - np.minimum.accumulate(sums, axis=1), starts, axis=1)


@cache
def _chance(is_foreign: bool) -> NDArray[np.float32]:
    """[code point]: what speaks against a reading that has this character (nats)."""
    nats = np.zeros(0x10001, dtype=np.float32)
    nats[0] = CAP  # no reading
    # Kana and full-width letters are one symbol each for the model, and by chance likely.
    if not is_foreign:
        nats[0x3040:0x3100] = KANA
    nats[0xFF21:0xFF5B] = GUESSED_MARK
    return nats


def _gains_of_pairs(raws: Sequence[bytes], pages: Sequence[str]) -> list[tuple[float, Damage]]:
    """What the best run of hanzi gains (nats) that pairs of bytes spell, from whichever byte on they pair.

    In pages for Japanese and Korean these may be kana and Hangul too.
    """
    byte = np.frombuffer(b"".join(raws), dtype=np.uint8).reshape(len(raws), -1)
    code_points = np.stack([characters(true)[byte[:, :-1], byte[:, 1:]] for true in VARIANTS])
    symbols = plausibility.symbols_of(code_points)
    last = code_points[..., 2:]
    gains = np.empty(last.shape, dtype=np.float32)
    for i, true in enumerate(VARIANTS):
        gains[i] = WRONG - cost_of_pairs(symbols[i, ..., :-2], symbols[i, ..., 2:], last[i], true)
        syllable = (last[i] >= (0x3041 if true in LANGUAGES else 0x3400)) & (last[i] < 0xE000)
        gains[i] = np.where(syllable, gains[i], np.minimum(gains[i], 0))
    gains[(last == 0) | (code_points[..., :-2] == 0)] = -CAP
    best = np.zeros(gains.shape[:2])
    for of_one_phase in (gains[..., ::2], gains[..., 1::2]):
        sums = of_one_phase.cumsum(axis=-1)
        best = np.maximum(
            best, (sums - np.minimum.accumulate(np.minimum(sums, 0), axis=-1)).max(axis=-1, initial=0)
        )
    return [
        (float(best[i, k]), Damage(true, page))
        for i, true in enumerate(VARIANTS)
        for k, page in enumerate(pages)
        if page != true
    ]
