"""Which bytes of the true text a character stands for, and which characters bytes spell.

A byte that was lost is a hole: it may be any byte that the wrong page cannot read in its place.
"""

from functools import cache, lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaners import plausibility
from cleaners.characters import codes
from cleaners.mojibake import scripts
from cleaners.mojibake.code_pages import SINGLE_BYTE, bytes_of, characters, defined

# Costs in nats, beside those of the language model.
WIDENED = 2.0  # a half-width mark was full-width before
REPLACED_PAIR = 4.0  # one U+FFFD stands for two bytes
QUESTION_MARK = 1.0  # "?" stands for a lost byte
KANA = 6.0  # a kana in Chinese text
GUESSED_MARK = 4.0  # a guessed character that is neither hanzi nor common punctuation
INDENTATION = "\u3000"
COMMON_MARKS = "，。、：；？！“”‘’（）《》—…「」『』【】"

# These are guessed only where nothing else is possible.
OTHER_MARKS = "―•〇●○◆■□★☆※〈〉～"

HALF_WIDTH = {half: chr(ord(half) + 0xFEE0) for half in ",;:!?()"}
REPLACED = "\ufffd"
# Controls, the space that does not break and the hyphen that does not show are lost from any page.
INVISIBLE = frozenset((*range(0x80, 0xA1), 0xAD))

# Pending bytes of a character that is not complete; a hole is the index of a set of bytes, plus 256.
Pending = tuple[int, ...]
_holes: list[tuple[int, ...]] = []
_hole_index: dict[tuple[int, ...], int] = {}


class Damage(NamedTuple):
    """How a run came to be: bytes in the page `true` read as if they were in `wrong`."""

    true: str
    wrong: str
    dropped: bool = False  # bytes may be missing without a trace
    script: str = ""  # "simplified" or "traditional" where the text is known to be


Spelt = tuple[str, NDArray[np.uint16], NDArray[np.float32]]


@lru_cache(maxsize=1 << 16)
def spelt_by(pending: Pending, damage: Damage, rank: int = plausibility.DENSE) -> Spelt | None:
    """The characters (with symbols and extra costs) that bytes spell; None while more bytes are to come.

    Where bytes are lost, only the `rank` commonest characters; by default those that the model looks up fastest.
    """
    true = damage.true
    sets = [_holes[b - 256] if b >= 256 else (b,) for b in pending]
    if true == "utf-8" and pending[0] >= 256:
        sets[0] = tuple(b for b in sets[0] if 0xE3 <= b <= 0xE9 or b == 0xEF) or (0xE3,)
    length = max(_length(true, lead) for lead in sets[0])
    if true == "gb18030" and len(sets) > 1 and 0x30 <= sets[1][0] <= 0x39:
        if max(pending) >= 256:
            return "", np.zeros(0, dtype=np.uint16), np.zeros(0, dtype=np.float32)
        length = 4
    if len(sets) < length:
        return None
    if max(pending) >= 256:
        found = _guesses(sets, pending, damage, rank)
        symbols = plausibility.symbols(found)
        extra = _guess_costs().take(codes(found), mode="clip")
    else:
        found = _character(true, bytes(pending))
        symbols = plausibility.symbols(found)
        extra = np.zeros(len(found), dtype=np.float32)
    if true not in ("cp932", "euc-jp"):
        extra += np.where(symbols == _kana(), np.float32(KANA), np.float32(0))
    return found, symbols, extra


def _guesses(sets: list[tuple[int, ...]], pending: Pending, damage: Damage, rank: int) -> str:
    """The characters that bytes spell of which some are one of a set, but for those that nobody would guess."""
    true, wrong = damage.true, damage.wrong
    if len(sets) > 3:
        return ""
    grid = np.meshgrid(*sets, indexing="ij")
    if true == "utf-8" and len(sets) == 3:
        first, second, third = grid
        code_points = (first & 0xF) << 12 | (second & 0x3F) << 6 | third & 0x3F
        code_points[(second & 0xC0 != 0x80) | (third & 0xC0 != 0x80) | (code_points < 0x800)] = 0
    elif true != "utf-8" and len(sets) == 2:
        code_points = characters(true)[grid[0], grid[1]]
    else:
        spelt = (_character(true, bytes(spelling)) for spelling in product(*sets))
        return "".join(sorted(set(spelt)))
    if wrong not in SINGLE_BYTE:
        for k in range(len(sets) - 1):
            if pending[k] >= 256 and pending[k + 1] >= 256:
                # Two bytes that were lost are no character of the wrong page, which would not have been lost.
                code_points[defined(wrong)[grid[k], grid[k + 1]]] = 0
    possible = np.unique(code_points)
    found = possible[_guessable(damage.script, rank).take(possible, mode="clip")]
    if not len(found):
        found = possible[np.isin(possible, codes(OTHER_MARKS))]
    return found.astype(np.uint32).tobytes().decode("utf-32-le")


@cache
def _guessable(script: str, rank: int) -> NDArray[np.bool_]:
    """[code point]: whether anybody would guess this character where bytes are lost.

    Those that are common in the script of the text are.
    """
    guessable = plausibility.common(rank)
    guessable[:0x3041] = guessable[0x3100:0x3400] = guessable[0xA000:] = False
    guessable[[ord(mark) for mark in COMMON_MARKS + INDENTATION]] = True
    if script:
        other = "traditional" if script == "simplified" else "simplified"
        guessable[[ord(character) for character in scripts.only(other)]] = False
    return guessable


@cache
def _guess_costs() -> NDArray[np.float32]:
    """[code point]: what a guess costs beside what the language model says."""
    nats = np.full(0x20000, GUESSED_MARK, dtype=np.float32)
    nats[0x4E00:0xA000] = 0
    nats[[ord(mark) for mark in COMMON_MARKS + INDENTATION]] = 0
    return nats


def _length(true: str, lead: int) -> int:
    if lead < 0x80:
        return 1
    if true == "utf-8":
        return 2 if 0xC2 <= lead < 0xE0 else 3 if 0xE0 <= lead < 0xF0 else 4 if 0xF0 <= lead < 0xF5 else 1
    if true == "cp932" and 0xA1 <= lead < 0xE0:
        return 1
    return 2


def _character(true: str, raw: bytes) -> str:
    if true != "utf-8" and len(raw) == 2:
        code_point = int(characters(true)[raw[0], raw[1]])
        return chr(code_point) if code_point else ""
    try:
        text = raw.decode(true)
    except UnicodeDecodeError:
        return ""
    return text if len(text) == 1 else ""


@cache
def _kana() -> int:
    return int(plausibility.symbols("の")[0])


def _hole(allowed: tuple[int, ...]) -> int:
    if allowed not in _hole_index:
        _hole_index[allowed] = len(_holes)
        _holes.append(allowed)
    return 256 + _hole_index[allowed]


def spellings_of(character: str, following: int | None, damage: Damage) -> list[tuple[Pending, float]]:
    """The bytes, with holes, that `character` may stand for, and what each costs."""
    found: list[tuple[Pending, float]] = []
    if raw := bytes_of(character, damage.wrong):
        found.append((tuple(raw), 0.0))
    if character in HALF_WIDTH and damage.wrong not in SINGLE_BYTE:
        found.append((tuple(bytes_of(HALF_WIDTH[character], damage.wrong)), WIDENED))
    if character in (REPLACED, "?"):
        found.append(((lost_before(following, damage),), 0.0 if character == REPLACED else QUESTION_MARK))
        if damage.wrong not in SINGLE_BYTE:
            pair = (any_lead(damage), any_trail(damage))
            found.append((pair, REPLACED_PAIR if character == REPLACED else REPLACED_PAIR + QUESTION_MARK))
    return found


def first_byte(text: str, i: int, end: int, damage: Damage) -> int | None:
    """The byte with which the character at `i` begins; None where that is not known."""
    raw = bytes_of(text[i], damage.wrong) if i < end else b""
    return raw[0] if raw else None


@cache
def lost_before(following: int | None, damage: Damage) -> int:
    """The hole for the bytes that a decoder for the wrong page cannot read where `following` comes next."""
    if damage.wrong in SINGLE_BYTE:
        return _hole(tuple(b for b in range(0x80, 256) if b in INVISIBLE or not _is_defined(b, damage.wrong)))
    if following is None:
        return _hole(tuple(range(0x80, 256)))
    return _hole(tuple(np.flatnonzero(~defined(damage.wrong)[0x80:, following]) + 0x80))


@cache
def any_lead(damage: Damage) -> int:
    """The hole for all bytes that may be lost where it is not known what comes next."""
    return lost_before(None, damage)


@cache
def any_trail(damage: Damage) -> int:
    """The hole for all second bytes of a character."""
    return _hole(tuple(range(0x40, 256)))


def _is_defined(byte: int, page: str) -> bool:
    try:
        bytes((byte,)).decode(page)
    except UnicodeDecodeError:
        return False
    return True
