"""A copy of a text in which what looks alike is alike, for lexicons to match on.

The copy has the same length: character i of the copy stands for character i of the text, so that what
is found in the copy can be edited in the text.
"""

import unicodedata
from codecs import utf_32_le_decode
from functools import cache, lru_cache

import numpy as np
import opencc
from numpy.typing import NDArray

from cleaners.characters import codes

BMP = 0x10000


@lru_cache(maxsize=2)  # several cleaners fold the text that is at work
def fold(text: str) -> str:
    """`text` with half-width, simplified, lower-case characters and plain spaces; of the same length.

    >>> fold("發布時間：２０２０－１１　ＡＢＣ")
    '发布时间:2020-11 abc'
    """
    if text.isascii():
        return text.lower()
    code_points = codes(text)
    folded = _table().take(code_points, mode="clip")
    if np.maximum.reduce(folded) == BMP:  # what lies beyond folds to itself
        beyond = code_points >= BMP
        folded[beyond] = code_points[beyond]
    return utf_32_le_decode(folded.data, "surrogatepass")[0]


@cache
def _table() -> NDArray[np.uint32]:
    simplify = opencc.OpenCC("t2s").convert
    table = np.arange(BMP + 1, dtype=np.uint32)
    for code_point in range(BMP):
        if not 0xD800 <= code_point < 0xE000:
            table[code_point] = ord(_folded(chr(code_point)))
    hanzi = [chr(c) for c in range(0x3400, 0xA000)]
    for before, after in zip(hanzi, simplify("\n".join(hanzi)).split("\n"), strict=True):
        if len(after) == 1:
            table[ord(before)] = ord(after)
    return table


def _folded(character: str) -> str:
    if character != "\n" and character.isspace():
        return " "
    if "①" <= character <= "⑳":  # a numbered item's marker, unlike a digit
        return character
    folded = unicodedata.normalize("NFKC", character).lower()
    return folded if len(folded) == 1 else character
