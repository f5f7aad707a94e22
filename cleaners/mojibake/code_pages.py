"""Code pages as mojibake needs them: which bytes a character stood for, and which bytes were lost."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from cleaners.characters import codes as code_points_of

# What a byte sequence is called by, and the Python codecs that are tried for it, the widest first.
VARIANTS = {
    "gb18030": ("gb18030", "gbk"),
    "big5": ("cp950", "big5", "big5hkscs"),
    "cp932": ("cp932", "shift_jis"),
    "euc-jp": ("euc-jp",),
    "cp949": ("cp949",),
}

# Pages of one byte a character, the likeliest first. What a page leaves undefined stands as a C1 control, as browsers
# have it, so that cp1252 reads all that latin-1 does.
SINGLE_BYTE = (
    "cp1252", "latin-1", "cp1250", "cp1251", "mac-roman", "mac-cyrillic", "koi8-r", "cp437", "cp850", "cp866",
)  # fmt: skip


@cache
def bytes_of(character: str, page: str) -> bytes:
    """The bytes that `character` stood for in `page`; empty where it is not in it."""
    for codec in VARIANTS.get(page, (page,)):
        try:
            return character.encode(codec)
        except UnicodeEncodeError:
            continue
    if page in SINGLE_BYTE and "\x80" <= character <= "\x9f":
        return character.encode("latin-1")
    return b""


@cache
def other_bytes(page: str) -> dict[str, list[bytes]]:
    """What else than `bytes_of` says a character may have stood for: cp932 has 398 characters in two places."""
    found: dict[str, list[bytes]] = {}
    if page not in VARIANTS:
        return found
    tables = np.stack([pairs(codec) for codec in VARIANTS[page]]).astype(np.int64)
    read = np.unique((tables << 16 | np.arange(1 << 16).reshape(256, 256))[tables > 0])
    usual = np.zeros(len(read), dtype=np.int64)
    for codec in VARIANTS[page]:
        usual = np.where(usual, usual, _places(read >> 16, codec))
    for spelt in read[read & 0xFFFF != usual].tolist():
        found.setdefault(chr(spelt >> 16), []).append((spelt & 0xFFFF).to_bytes(2))
    return found


def _places(code_points: NDArray[np.int64], codec: str) -> NDArray[np.int64]:
    """The bytes of each character for a codec of Python as one number; 0 where it has none."""
    lines = "".join(f"\n{chr(code_point)}" for code_point in code_points.tolist()) + "\n"
    raw = np.frombuffer(lines.encode(codec, "ignore"), dtype=np.uint8).astype(np.int64)
    ends = (raw == ord("\n")).nonzero()[0]
    last = ends[1:] - 1
    return np.where(np.diff(ends) > 1, raw[last - 1] << 8 | raw[last], 0)


@cache
def defined(page: str) -> NDArray[np.bool_]:
    """[lead, trail]: whether every decoder for `page` reads these two bytes as a character."""
    table: NDArray[np.bool_] = np.all([pairs(codec) for codec in VARIANTS[page]], axis=0)
    return table


@cache
def characters(page: str) -> NDArray[np.uint32]:
    """[lead, trail]: the code point that these two bytes stand for in `page`; 0 where there is none."""
    table = np.zeros((256, 256), dtype=np.uint32)
    for codec in reversed(VARIANTS[page]):
        table = np.where(pairs(codec), pairs(codec), table)
    return table


@cache
def pairs(codec: str) -> NDArray[np.uint32]:
    """[lead, trail]: the code point that these two bytes are for a codec of Python; 0 where they are not one character."""
    lead, trail = (place.ravel() for place in np.mgrid[0x81:0xFF, 0x40:0xFF])
    # All in one text: pair by pair it takes ten times as long.
    lines = np.stack((lead, trail, np.full_like(lead, ord("\n"))), axis=1).astype(np.uint8).tobytes()
    code_points = code_points_of("\n" + lines.decode(codec, "replace"))
    ends = (code_points == ord("\n")).nonzero()[0]
    read = np.where(np.diff(ends) == 2, code_points[ends[1:] - 1], 0)
    table = np.zeros((256, 256), dtype=np.uint32)
    table[lead, trail] = np.where(read == ord("\ufffd"), 0, read)
    return table


@cache
def codes(page: str) -> NDArray[np.uint16]:
    """[code point]: the two bytes of a character in `page` as one number; 0 where it has not two."""
    table = np.zeros(0x10001, dtype=np.uint16)
    lead, trail = np.nonzero(characters(page))
    code_points = characters(page)[lead, trail]
    table[np.minimum(code_points, 0x10000)] = lead << 8 | trail
    table[0x10000] = 0
    return table


@cache
def reading(true: str, wrong: str) -> NDArray[np.uint16]:
    """[code point]: what the bytes of a character in `wrong` are in `true`; 0 where they are nothing.

    Of characters of one byte, ASCII only.
    """
    bmp = np.where(characters(true) < 0x10000, characters(true), 0).astype(np.uint16)
    code = codes(wrong)
    table = np.where(code > 0, bmp[code >> 8, code & 0xFF], 0).astype(np.uint16)
    table[1:0x80] = range(1, 0x80)
    return table
