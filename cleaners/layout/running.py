"""Whether one character follows another inside a sentence, or a sentence ended between them."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from cleaners import plausibility
from cleaners.layout.lines import HANZI

Floats = NDArray[np.float32]

# ln LR of two hanzi running on = SLOPE * (ln P(b|a) - ln P(end|a) P(b|start)) + OFFSET: a logistic fit to
# 5,810 word boundaries inside sentences against 4,075 ends of paragraphs whose mark was taken away.
SLOPE, OFFSET = 0.82, -3.55
# What two other characters say, of which the model knows too little; and two digits, or one and a unit.
UNKNOWN, NUMBER = -0.7, 3.0
_UNITS = "年月日时分秒万亿千百个人元米吨度倍岁次届%％℃"


def runs_on(last: str, first: str) -> float:
    """ln LR under the language model that the character `last` is followed by `first`."""
    if not (HANZI.match(last) and HANZI.match(first)):
        return NUMBER if last.isdigit() and (first.isdigit() or first in _UNITS) else UNKNOWN
    a, b = plausibility.symbol(last), plausibility.symbol(first)
    apart = max(before.item(a) + behind.item(b) for before, behind in _apart())
    return SLOPE * (plausibility.pair(a, b) - apart) + OFFSET


@cache
def _apart() -> list[tuple[Floats, Floats]]:
    """[symbol]: ln P of what stands between two paragraphs, or two sentences, behind it, and of it behind that."""
    every = np.arange(
        plausibility.symbols_of(np.arange(0x110000, dtype=np.uint32)).max() + 1, dtype=np.uint16
    )
    marks = (np.full_like(every, plausibility.symbol(mark)) for mark in "\n。")
    return [(plausibility.pairs(every, mark), plausibility.pairs(mark, every)) for mark in marks]
