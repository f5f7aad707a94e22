"""Whether one character follows another inside a sentence, or a sentence ended between them."""

from functools import cache

from cleaners import plausibility
from cleaners.layout.lines import HANZI

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
    boundary, stop = _boundaries()
    pair = plausibility.pair
    apart = max(pair(a, boundary) + pair(boundary, b), pair(a, stop) + pair(stop, b))
    return SLOPE * (pair(a, b) - apart) + OFFSET


@cache
def _boundaries() -> tuple[int, int]:
    """The symbols of what stands between two paragraphs, and between two sentences."""
    return plausibility.symbol("\n"), plausibility.symbol("。")
