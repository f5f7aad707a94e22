"""Which code page some bytes are in: the one under which they read most like text.

Every candidate decodes the same bytes, so that the total ln P of the readings can be compared. Chinese
is judged by the shared model in `plausibility`; letters of other scripts, which that model does not
count, cost what they cost inside and at the start of words of their own script.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaners import plausibility


class Script(NamedTuple):
    """How dear the letters of a script are."""

    first: int  # code points
    last: int
    inside: float  # ln P after a letter of the same script
    starting: float  # ln P after anything else


# ln P inside a word is near that of a uniform draw from the letters in use (33 Cyrillic ones: -3.5;
# 2,350 hangul syllables, few of them common: -6.5); a start costs two or three nats more.
SCRIPTS = (
    Script(0x00C0, 0x024F, -9.0, -5.0),  # accented Latin: beside plain letters, seldom beside each other
    Script(0x0370, 0x03FF, -3.3, -6.0),
    Script(0x0400, 0x04FF, -3.3, -6.0),
    Script(0x0590, 0x05FF, -3.2, -6.0),
    Script(0x0600, 0x06FF, -3.3, -6.0),
    Script(0x0E00, 0x0E7F, -3.6, -6.0),
    Script(0x3041, 0x30FF, -3.4, -7.0),
    Script(0xAC00, 0xD7A3, -6.3, -8.0),
    Script(0xFF66, 0xFF9F, -6.0, -9.0),
)
# A capital inside a word of small letters: rare in text, common in wrong decodings.
INNER_CAPITAL = -6.0


def total(text: str) -> float:
    """ln P of `text` as text of any script."""
    values = plausibility.lnp(text).astype(np.float64)
    if not len(values):
        return 0.0
    code_points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    script_of, is_capital, inside, starting = _tables()
    place = np.minimum(code_points, 0xFFFF)
    script = script_of[place]
    letters = np.flatnonzero(script)
    if len(letters):
        before = np.concatenate(([0], script[:-1]))[letters]
        own = script[letters]
        values[letters] = np.where(before == own, inside[own], starting[own])
        capital = is_capital[place]
        inner = capital[1:] & (script[1:] > 0) & (script[1:] == script[:-1]) & ~capital[:-1]
        values[1:][inner] += INNER_CAPITAL
    return float(values.sum())


@cache
def _tables() -> tuple[NDArray[np.uint8], NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]:
    script_of = np.zeros(0x10000, np.uint8)
    is_capital = np.zeros(0x10000, np.bool_)
    for number, script in enumerate(SCRIPTS, start=1):
        for code_point in range(script.first, script.last + 1):
            if chr(code_point).isalpha():
                script_of[code_point] = number
                is_capital[code_point] = chr(code_point).isupper()
    inside = np.array([0.0, *(script.inside for script in SCRIPTS)])
    starting = np.array([0.0, *(script.starting for script in SCRIPTS)])
    return script_of, is_capital, inside, starting
