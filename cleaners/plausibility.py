"""How likely a string is as Chinese: the one language model that several cleaners share.

A bigram model over characters, simplified and traditional together, built from open text
(`data/README.md`). Every character gets ln P(character | the one before it). Running text has a mean
of about -5, wrongly decoded text of -12 and less; one threshold near -10 serves every length from
four characters up, and both scripts (measured with the counts).

The alphabet folds what does not matter: any digit is one symbol, any ASCII letter is one, any kana
is one, half-width marks count as their full-width forms, and spaces, line ends and other common marks
are a boundary. What was not counted costs about the same anywhere: letters of other scripts -10, odd signs
-9.5, rare hanzi -18, what no text holds (U+FFFD, private use, controls) -21.

>>> mean("中文文本的质量") > -8 > mean("涓枃鏂囨湰鐨勮川閲")
True
"""

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

STEPS_PER_NAT = 12  # as in data/build_bigrams.py

# The commonest symbols are looked up in a dense matrix (one gather), the rest in sorted keys.
DENSE = 4096


class _Model(NamedTuple):
    symbol: NDArray[np.uint16]  # code point -> symbol; the last one stands for all that lie behind
    boundary: np.uint16
    dense: NDArray[np.uint8]  # [first, second] -> cost
    keys: NDArray[np.int64]  # first * number of symbols + second, sorted: the pairs that are not in `dense`
    pair: NDArray[np.uint8]  # cost of the pair with that key
    single: NDArray[np.uint8]
    unseen: NDArray[np.uint8]  # what backing off from a first symbol costs


def lnp(text: str) -> NDArray[np.float32]:
    """ln P of each character of `text` given the one before it; the first follows a boundary."""
    if not text:
        return np.zeros(0, dtype=np.float32)
    second = symbols(text)
    first = np.empty_like(second)
    first[0] = _model().boundary
    first[1:] = second[:-1]
    return pairs(first, second)


def mean(text: str) -> float:
    """Mean ln P per character; 0.0 for an empty text."""
    return float(lnp(text).mean()) if text else 0.0


def cumulative(text: str) -> NDArray[np.float64]:
    """Sums of `lnp`: `c[j] - c[i]` is ln P of `text[i:j]` given `text[i - 1]`. One longer than `text`."""
    return np.concatenate(([0.0], np.cumsum(lnp(text), dtype=np.float64)))


def symbols(text: str) -> NDArray[np.uint16]:
    """The symbols that the model sees, one for each character (a lone surrogate counts as one)."""
    code_points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return _model().symbol[np.minimum(code_points, len(_model().symbol) - 1)]


def pairs(first: NDArray[np.uint16], second: NDArray[np.uint16]) -> NDArray[np.float32]:
    """ln P of each symbol of `second` after the one of `first` in the same place."""
    model = _model()
    # One index into the flat matrix is read faster than two into the square one.
    cell = np.minimum(first, DENSE - 1).astype(np.int64) * DENSE + np.minimum(second, DENSE - 1)
    cost = model.dense.ravel().take(cell).astype(np.float32)
    rare = np.flatnonzero(np.maximum(first, second) >= DENSE)
    if len(rare):
        a, b = first[rare].astype(np.int64), second[rare].astype(np.int64)
        key = a * len(model.single) + b
        place = np.minimum(np.searchsorted(model.keys, key), len(model.keys) - 1)
        backed_off = np.minimum(model.unseen[a].astype(np.int64) + model.single[b], 255)
        cost[rare] = np.where(model.keys[place] == key, model.pair[place], backed_off)
    return cost / np.float32(-STEPS_PER_NAT)


@cache
def _model() -> _Model:
    with (files("cleaners") / "data" / "bigrams.npz").open("rb") as file, np.load(file) as table:
        step = table["step_low"].astype(np.int64) | (table["step_high"].astype(np.int64) << 8)
        key, pair = np.cumsum(step), table["pair"]
        symbol, boundary = table["symbol"], table["boundary"][()]
        single, unseen = table["single"], table["unseen"]
    first, second = np.divmod(key, len(single))
    dense = np.minimum(unseen[:DENSE, None].astype(np.uint16) + single[None, :DENSE], 255).astype(np.uint8)
    near = (first < DENSE) & (second < DENSE)
    dense[first[near], second[near]] = pair[near]
    return _Model(symbol, boundary, dense, key[~near], pair[~near], single, unseen)
