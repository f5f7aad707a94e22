"""Which characters only one script has, so that what is guessed stays in the script of its text."""

from functools import cache

import opencc

# The other script must be this much rarer before a text counts as written in one.
CLEAR = 4


@cache
def only(script: str) -> frozenset[str]:
    """The hanzi that "simplified" or "traditional" text has and the other has not."""
    convert = opencc.OpenCC("s2t" if script == "simplified" else "t2s").convert
    hanzi = [chr(c) for c in range(0x4E00, 0xA000)]
    return frozenset(a for a, b in zip(hanzi, convert("\n".join(hanzi)).split("\n"), strict=True) if a != b)


def of(text: str) -> str:
    """The script of `text`; empty where it is not clear."""
    characters = list(text)
    simplified = sum(map(only("simplified").__contains__, characters))
    traditional = sum(map(only("traditional").__contains__, characters))
    if simplified > CLEAR * traditional:
        return "simplified"
    return "traditional" if traditional > CLEAR * simplified else ""
