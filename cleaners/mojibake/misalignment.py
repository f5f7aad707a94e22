"""GBK that lost a byte: behind it second bytes pair with first ones, until the decoder finds into step again.

A quick reading says whether that explains a stretch of text; what it was in detail is for the search to find.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from cleaners import plausibility
from cleaners.mojibake.code_pages import bytes_of, characters, codes
from cleaners.mojibake.guesses import CAP
from cleaners.mojibake.spelling import REPLACED, Damage, any_lead, any_trail, spelt_by

MISALIGNED = Damage("gb18030", "gb18030", dropped=True)

# Where misaligned bytes may begin, from the first character that looks wrong, and how many are looked at.
OFFSETS = (-1, 0, 1, 2)
LENGTH = 16
# What a character costs whose first or second byte is lost (nats), and how much less it may cost when it is guessed.
UNKNOWN = 7.0
EASIEST_GUESS = 9.0


def shifted(code_points: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Each character's second byte and the next one's first, read as GBK."""
    code = codes("gb18030").take(code_points)
    shifted = np.zeros_like(code_points)
    # No character has a byte 0, which is what stands for characters that have not two bytes.
    shifted[:-1] = characters("gb18030")[code[:-1] & 0xFF, code[1:] >> 8]
    return shifted


def gains(pieces: Sequence[str], start: int, needed: float) -> list[float]:
    """What each of `pieces` gains (nats) where a byte was lost near `start` in it: behind that all bytes pair otherwise.

    Exact where it may be as much as `needed`.
    """
    rows = []
    for piece in pieces:
        for first in (start + offset for offset in OFFSETS):
            damaged = piece[first : first + LENGTH]
            aligned = _bytes(damaged)[1:].decode("gb18030", "replace")
            rows.append((piece[first - 1 : first] or " ", damaged, aligned))
    joined = "".join(f"{before}{damaged}\n{aligned}" for before, damaged, aligned in rows)
    costs = iter(np.minimum(-plausibility.lnp(joined), CAP).tolist())
    found = []
    for k in range(0, len(rows), len(OFFSETS)):
        best, row = max((_best_beginning(*rows[i][1:], costs), i) for i in range(k, k + len(OFFSETS)))
        if best + EASIEST_GUESS >= needed:
            best += _ease_of_guess(*rows[row])
        found.append(best)
    return found


def _ease_of_guess(before: str, damaged: str, aligned: str) -> float:
    """How much less than an unknown one the character costs (nats) that lost a byte between two others."""
    written = bytes_of(damaged[0], "gb18030")
    if not written:  # a lone surrogate
        return 0.0
    byte = written[0]
    first, second = any_lead(MISALIGNED), any_trail(MISALIGNED)
    last, following = plausibility.symbols(before[-1] + aligned[0])[:, None]
    best = np.inf
    for pending in ((first, byte), (byte, second)):
        spelt = spelt_by(pending, MISALIGNED)
        if spelt and len(spelt[1]):
            _, symbols, extra = spelt
            costs = (
                extra - plausibility.table(last, symbols)[0] - plausibility.table(symbols, following)[:, 0]
            )
            best = min(best, float(costs.min()))
    after_unknown = -float(plausibility.lnp(aligned[0])[0])
    return UNKNOWN + min(after_unknown, CAP) - best


def _bytes(text: str) -> bytes:
    """The bytes of `text`, of which U+FFFD is one that is lost."""
    return b"\xff".join(part.encode("gb18030", "replace") for part in text.split(REPLACED))


def _best_beginning(damaged: str, aligned: str, costs: Iterator[float]) -> float:
    """What the best beginning of `aligned` gains; `costs` are those of both, each behind one other character."""
    next(costs)  # of what stands before
    total, saved = 0.0, [0.0]
    for character, cost in zip(damaged, costs, strict=False):
        total += cost
        saved += [total] * len(_bytes(character))
    next(costs)  # of the line end
    total, read, best = UNKNOWN, 1, 0.0
    for character, cost in zip(aligned, costs, strict=False):
        total += UNKNOWN / 2 if character == REPLACED else cost
        read += len(_bytes(character))
        if read < len(saved):
            best = max(best, saved[read] - total)
    return best
