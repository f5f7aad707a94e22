"""Which characters only one script has, and in which forms the language model knows them.

So what is guessed stays in the script of its text.
"""

from functools import cache

import numpy as np
import opencc
from numpy.typing import NDArray

from cleaners import plausibility
from cleaners.characters import codes

# The other script must be this much rarer before a text counts as written in one.
CLEAR = 4
HANZI = "".join(map(chr, range(0x4E00, 0xA000)))


@cache
def only(script: str) -> frozenset[str]:
    """The hanzi that "simplified" or "traditional" text has and the other has not."""
    conversion, other_page = ("s2t", "big5") if script == "simplified" else ("t2s", "gb2312")
    # What the standard of the other script has is some other word there, as 后 and 里 in traditional text.
    return frozenset(
        a
        for a, b in zip(HANZI, converted(conversion), strict=True)
        if a != b and not a.encode(other_page, "ignore")
    )


def converted(conversion: str) -> str:
    """What each of `HANZI` is after one of OpenCC's conversions."""
    after: str = opencc.OpenCC(conversion).convert("\n".join(HANZI))
    return after.replace("\n", "")


@cache
def _table() -> NDArray[np.uint8]:
    """[code point]: 1 for the hanzi that only simplified text has, 2 for those that only traditional text has."""
    table = np.zeros(0xA001, dtype=np.uint8)
    for kind, script in enumerate(("simplified", "traditional"), start=1):
        table[[ord(character) for character in only(script)]] = kind
    return table


@cache
def is_foreign(script: str) -> NDArray[np.bool_]:
    """[code point]: whether only the other script has a character; none is foreign to a script that is not clear."""
    others: NDArray[np.bool_] = _table() == {"simplified": 2, "traditional": 1}.get(script, 3)
    return others


def of(text: str) -> str:
    """The script of `text`; empty where it is not clear."""
    _, simplified, traditional = np.bincount(_table().take(codes(text), mode="clip"), minlength=3).tolist()
    if simplified > CLEAR * traditional:
        return "simplified"
    return "traditional" if traditional > CLEAR * simplified else ""


@cache
def forms(script: str) -> NDArray[np.uint16]:
    """[form, symbol]: the symbols by which one is judged in a script: the mean of what they cost counts.

    The traditional text that was counted is Taiwan's. Words of other places are told by what they are in simplified
    text, and variants that Taiwan has not by those that it has.
    """
    table = np.arange(1 << 16, dtype=np.uint16)[None].repeat(2 if script == "traditional" else 1, axis=0)
    symbols = plausibility.symbols(HANZI)
    alone = np.bincount(symbols) == 1  # what was not counted has one symbol for all
    for form, conversion in zip(table, ("t2tw", "t2s") if script == "traditional" else (), strict=False):
        others = plausibility.symbols(converted(conversion))
        counted = alone[symbols] & alone[others]
        form[symbols[counted]] = others[counted]
    return table
