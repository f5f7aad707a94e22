"""Code pages as mojibake needs them: which bytes a character stood for, and which bytes were lost."""

from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

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
    for lead, trail, codec in product(range(0x81, 0xFF), range(0x40, 0xFF), VARIANTS.get(page, ())):
        raw = bytes((lead, trail))
        if _reads(raw, codec):
            character = raw.decode(codec)
            if raw not in (bytes_of(character, page), *found.get(character, ())):
                found.setdefault(character, []).append(raw)
    return found


@cache
def defined(page: str) -> NDArray[np.bool_]:
    """[lead, trail]: whether every decoder for `page` reads these two bytes as a character."""
    table = np.zeros((256, 256), dtype=np.bool_)
    for lead in range(0x81, 0xFF):
        for trail in range(0x40, 0xFF):
            table[lead, trail] = all(_reads(bytes((lead, trail)), codec) for codec in VARIANTS[page])
    return table


@cache
def characters(page: str) -> NDArray[np.uint32]:
    """[lead, trail]: the code point that these two bytes stand for in `page`; 0 where there is none."""
    table = np.zeros((256, 256), dtype=np.uint32)
    for lead in range(0x81, 0xFF):
        for trail in range(0x40, 0xFF):
            for codec in VARIANTS[page]:
                if _reads(bytes((lead, trail)), codec):
                    table[lead, trail] = ord(bytes((lead, trail)).decode(codec))
                    break
    return table


def _reads(raw: bytes, codec: str) -> bool:
    try:
        return len(raw.decode(codec)) == 1
    except UnicodeDecodeError:
        return False


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
