"""One look at every character of a text, so that clean text costs no more: where may it be mojibake at all?

What characters cost on their own tells most places apart: wrong decodings are rare hanzi in a row. Only where
the costs of a few neighbours are high is the language model asked how well they follow each other.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaners import plausibility
from cleaners.characters import codes
from cleaners.mojibake import letters
from cleaners.mojibake.guesses import CAP, costs_of

# A window of this many characters with a mean ln P below this is suspect. On clean text that is one place
# in 4,000 characters; it misses 1 % of runs of four.
WINDOW = 3
IMPLAUSIBLE = -10.2
# Nor are its characters common: their mean ln P, wherever they stand, is below this. The model is asked about
# one window of 25 in clean text; of misaligned bytes 1 % have no such window, of other damage less.
RARE = -8.5
# From here on Unicode has radicals, kana, hanzi, hangul: what a double-byte page reads into foreign bytes.
FAR_EAST = 0x2E80
# Such windows this close to each other are one stretch.
GAP = 8

# Costs are counted in steps, so that those of a window fit into one byte.
STEPS_A_NAT = 6
ODD, LOST = 85, 84
ASIDE = 42  # seven nats: three letters of another script are no window
OFFSETS = np.arange(-1, WINDOW)[:, None]
CONTROLS = [
    *range(9), 11, *range(14, 32), *range(127, 0xA0), *range(0xD800, 0xE000),
    0xFEFF, *range(0xFFF9, 0xFFFC), *range(0x206A, 0x2070),
    *range(0xFF61, 0xFFA0), *range(0xAC00, 0xD7A4),
]  # fmt: skip


# What stands where bytes are lost: U+FFFD itself, read as GBK, and memory never written, read as GBK.
OF_LOSS = "\ufffd锟烫屯"


class Screened(NamedTuple):
    """What one look found."""

    odd: bool  # controls, or letters and signs of Western pages that Chinese text has not
    lost: bool  # signs of loss
    stretches: list[tuple[int, int]]  # where windows are implausible that hold letters of the Far East


def look(text: str) -> Screened:
    """Where `text` may be mojibake; stretches are disjoint and in order.

    >>> look("会议听取了关于今年财政预算执行情况的报告。")
    Screened(odd=False, lost=False, stretches=[])
    >>> look("他说，浠婂勾鐨勫伐浣滐細很多。").stretches
    [(3, 12)]
    """
    if not text:
        return Screened(False, False, [])
    code_points = codes(text)
    costs = _costs().take(code_points, mode="clip")
    every = costs.tobytes()
    odd, lost = ODD in every, LOST in every
    costs = costs[2:] + costs[1:-1] + costs[:-2]
    low = (costs > WINDOW * STEPS_A_NAT * -RARE).nonzero()[0]
    if odd:
        low = low[(code_points.take(low) >= FAR_EAST) | (code_points.take(low + 2) >= FAR_EAST)]
    if len(low):
        low = low[_lnp(text, low) < WINDOW * IMPLAUSIBLE]
    return Screened(odd, lost, _joined(low))


def _lnp(text: str, starts: NDArray[np.int64]) -> NDArray[np.float32]:
    """ln P of the windows that begin at `starts`."""
    if WINDOW * len(starts) > len(text):
        # They overlap so much that all of the text is read, once.
        costs = costs_of(text)
        windows: NDArray[np.float32] = -costs[2:-1] - costs[1:-2] - costs[:-3]
        return windows[starts]
    around = plausibility.symbols_of(codes(text).take(starts + OFFSETS, mode="wrap"))
    if starts[0] == 0:
        around[0, 0] = plausibility.symbols("\n")[0]
    values = plausibility.pairs(around[:-1], around[1:])
    # Capped, so that one odd character does not make its neighbours suspect.
    lnp: NDArray[np.float32] = np.maximum(values, -CAP).sum(axis=0)
    return lnp


def _joined(starts: NDArray[np.int64]) -> list[tuple[int, int]]:
    if not len(starts):
        return []
    cuts = (starts[1:] - starts[:-1] > GAP).nonzero()[0]
    first = [starts.item(0), *starts[cuts + 1].tolist()]
    last = [*(starts[cuts] + WINDOW).tolist(), starts.item(-1) + WINDOW]
    return list(zip(first, last, strict=True))


@cache
def _costs() -> NDArray[np.uint8]:
    """[code point]: what it costs wherever it stands; the last one stands for all that lie behind."""
    nats = np.minimum(-plausibility.alone(), CAP)
    costs: NDArray[np.uint8] = np.rint(nats * STEPS_A_NAT).astype(np.uint8)
    costs[:FAR_EAST] = np.minimum(costs[:FAR_EAST], ASIDE)
    costs[CONTROLS] = costs[letters.odd_code_points()] = ODD
    costs[[ord(c) for c in OF_LOSS]] = LOST
    return costs
