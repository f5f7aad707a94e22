"""How likely a string is as Chinese: the one language model that several cleaners share.

A bigram model over characters, simplified and traditional together, built from open text
(`data/README.md`). Every character gets ln P(character | the one before it); what three in a row say beyond
that is asked for by itself, where edges of damage are sought and lost bytes guessed. Running text has a mean
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
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaners.characters import codes

STEPS_PER_NAT = 12  # as in data/build_bigrams.py
COARSER = 2  # pairs are stored in steps of so many of these
STEPS_PER_NAT_OF_THREE = 4  # as in data/build_trigrams.py

# The commonest symbols are looked up in a dense matrix (one gather), the rest in sorted keys, of which the lowest
# bits are marked in a table: one in ten of these is.
DENSE = 4096
FEW = 32  # to search for these takes less than to look at the bits
HASH = np.uint32((1 << 20) - 1)
BITS = 14  # of a symbol


class _Triples(NamedTuple):
    keys: NDArray[np.int64]  # of three symbols, sorted
    hashed: NDArray[np.bool_]  # [lowest bits of a key]: whether there may be such a key
    nats: NDArray[np.float32]
    simplified: NDArray[np.uint16]  # symbol -> that of its simplified form


class _Model(NamedTuple):
    symbol: NDArray[np.uint16]  # code point -> symbol; the last one stands for all that lie behind
    boundary: np.uint16
    dense: NDArray[np.uint8]  # [first * DENSE + second] -> cost
    keys: NDArray[np.uint32]  # first * number of symbols + second, sorted: the pairs that are not in `dense`
    hashed: NDArray[np.bool_]  # [lowest bits of a key]: whether there may be such a key
    pair: NDArray[np.uint8]  # cost of the pair with that key
    single: NDArray[np.uint16]
    unseen: NDArray[np.uint16]  # what backing off from a first symbol costs


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
    return symbols_of(codes(text))


def symbols_of(code_points: NDArray[np.uint32]) -> NDArray[np.uint16]:
    """The symbols of characters given by their code points, in the same shape."""
    return _model().symbol.take(code_points, mode="clip")


def alone() -> NDArray[np.float32]:
    """[code point]: ln P of a character wherever it stands; the last one stands for all that lie behind."""
    return np.divide(_model().single[_model().symbol], -STEPS_PER_NAT, dtype=np.float32)


def common(rank: int) -> NDArray[np.bool_]:
    """[code point]: whether it is one of the `rank` commonest characters."""
    is_common: NDArray[np.bool_] = _model().symbol < rank
    return is_common & (alone() > -15)  # so that nothing is which was not counted


def pairs(first: NDArray[np.uint16], second: NDArray[np.uint16]) -> NDArray[np.float32]:
    """ln P of each symbol of `second` after the one of `first` in the same place; any shape."""
    return np.divide(steps(first, second), -STEPS_PER_NAT, dtype=np.float32)


def steps(first: NDArray[np.uint16], second: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """-ln P of each symbol of `second` after the one of `first` in the same place, in steps; any shape."""
    model = _model()
    # One index into the flat matrix is read faster than two into the square one.
    cell = first.astype(np.intp) * DENSE
    cell += second
    cost: NDArray[np.uint8] = model.dense.take(cell, mode="clip")
    # Rare symbols have no cell: what is there is not theirs.
    rare = ((first | second) >= DENSE).ravel().nonzero()[0]  # DENSE is a power of two
    if len(rare):
        a, b = first.take(rare), second.take(rare)
        cost.put(rare, np.minimum(model.unseen.take(a) + model.single.take(b), 255))
        counted, place = _find(model.keys, model.hashed, a * np.uint32(len(model.single)) + b)
        cost.put(rare.take(counted), model.pair.take(place))
    return cost


def symbol(character: str) -> int:
    """The symbol that the model sees for one character."""
    table = _model().symbol
    return table.item(min(ord(character), len(table) - 1))


def pair(first: int, second: int) -> float:
    """ln P of one symbol after another."""
    if first < DENSE and second < DENSE:
        return -_model().dense.item(first * DENSE + second) / STEPS_PER_NAT
    return float(pairs(np.array([first], dtype=np.uint16), np.array([second], dtype=np.uint16))[0])


def table(first: NDArray[np.uint16], second: NDArray[np.uint16]) -> NDArray[np.float32]:
    """[first, second]: ln P of each symbol of `second` after each of `first`, none of them empty."""
    # Whole rows are fetched faster than cells; rare symbols have none.
    rows = _model().dense.reshape(DENSE, DENSE).take(first, axis=0, mode="clip")
    values = np.divide(rows.take(second, axis=1, mode="clip"), -STEPS_PER_NAT, dtype=np.float32)
    if len(rare := (first >= DENSE).nonzero()[0]):
        values[rare] = pairs(*np.broadcast_arrays(first[rare, None], second))
    if len(rare := (second >= DENSE).nonzero()[0]):
        values[:, rare] = pairs(*np.broadcast_arrays(first[:, None], second[rare]))
    return values


def triples(
    first: NDArray[np.uint16], second: NDArray[np.uint16], third: NDArray[np.uint16]
) -> NDArray[np.float32]:
    """How much likelier (nats) each symbol of `third` is there than behind that of `second` alone, in any script.

    What was not counted often is 0: running text gains .8 a character, chance next to nothing.
    """
    table = _triples()
    key = key_of_three(*(table.simplified.take(symbols) for symbols in (first, second, third)))
    nats = np.zeros(key.shape, dtype=np.float32)
    counted, place = _find(table.keys, table.hashed, key.ravel())
    nats.put(counted, table.nats.take(place))
    return nats


def key_of_three(
    first: NDArray[np.uint16], second: NDArray[np.uint16], third: NDArray[np.uint16]
) -> NDArray[np.int64]:
    """Three symbols as one number."""
    key: NDArray[np.int64] = first.astype(np.int64) << 2 * BITS | second.astype(np.int64) << BITS | third
    return key


def _find(
    keys: NDArray[Any], hashed: NDArray[np.bool_], wanted: NDArray[Any]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Which of those `wanted` are among the `keys`, and where."""
    if len(wanted) < FEW:
        place = keys.searchsorted(wanted)
        found = (keys.take(place, mode="clip") == wanted).nonzero()[0]
        return found, place.take(found)
    # Of many only those are searched for that may be.
    maybe = hashed.take(wanted & HASH).nonzero()[0]
    wanted = wanted.take(maybe)
    place = keys.searchsorted(wanted)
    found = (keys.take(place, mode="clip") == wanted).nonzero()[0]
    return maybe.take(found), place.take(found)


def _hashed(keys: NDArray[Any]) -> NDArray[np.bool_]:
    """[lowest bits of a key]: whether there may be such a key."""
    table = np.zeros(HASH + 1, dtype=np.bool_)
    table[keys & HASH] = True
    return table


@cache
def _triples() -> _Triples:
    with (files("cleaners") / "data" / "trigrams.npz").open("rb") as file, np.load(file) as table:
        keys = np.cumsum(sum(part.astype(np.int64) << 8 * i for i, part in enumerate(table["step"])))
        nats = np.divide(table["nats"], STEPS_PER_NAT_OF_THREE, dtype=np.float32)
        simplified = np.arange(1 << BITS, dtype=np.uint16)
        traditional, forms = table["simplified"]
        simplified[traditional] = forms
    return _Triples(keys, _hashed(keys), nats, simplified)


@cache
def _model() -> _Model:
    with (files("cleaners") / "data" / "bigrams.npz").open("rb") as file, np.load(file) as table:
        step = table["step_low"].astype(np.int32) | (table["step_high"].astype(np.int32) << 8)
        key = np.cumsum(step, dtype=np.int32)
        pair = np.minimum(table["pair"].astype(np.uint16) * COARSER, 255).astype(np.uint8)
        symbol, boundary = table["symbol"], table["boundary"][()]
        single, unseen = table["single"].astype(np.uint16), table["unseen"].astype(np.uint16)
    first, second = np.divmod(key, len(single))
    dense = np.minimum(unseen[:DENSE, None] + single[None, :DENSE], 255).astype(np.uint8)
    near = (first < DENSE) & (second < DENSE)
    dense[first[near], second[near]] = pair[near]
    keys = key[~near].astype(np.uint32)
    return _Model(symbol, boundary, dense.ravel(), keys, _hashed(keys), pair[~near], single, unseen)
