"""Private characters that stand for line ends, as in news of which every paragraph was put on one line.

What a system of its own meant by a private character is lost. But one that stands behind sentences all
through a text parts its paragraphs.
"""

import re
from collections import Counter

import numpy as np

from cleaners.characters import codes

# All but the bullets of symbol fonts.
PRIVATE = "\ue000-\uefff\uf100-\uf8ff"
# So large a share of a separator stands behind sentences, and so many.
SHARE, FEWEST = 0.4, 2

FIRST, LAST = np.array([ord(PRIVATE[0]), ord(PRIVATE[-1])], dtype=np.uint32)
_BEHIND = re.compile(rf"[。！？!?…；：”】]\s*([{PRIVATE}])")


def found(text: str) -> str:
    """The private characters that part paragraphs, one after the other.

    >>> found("甲。\ue40c乙！\ue40c丙，\ue001丁") == "\ue40c"
    True
    """
    # Offsets are unsigned: what stands before the first is far behind the last.
    if np.minimum.reduce(codes(text) - FIRST, initial=FIRST) > LAST - FIRST:
        return ""
    behind = Counter(_BEHIND.findall(text))
    return "".join(mark for mark, count in behind.items() if count >= max(FEWEST, SHARE * text.count(mark)))


def lined(text: str, marks: str) -> str:
    """`text` with a line end for each of these marks; of the same length.

    >>> lined("甲。\ue40c乙！\ue40c丙", "\ue40c")
    '甲。\\n乙！\\n丙'
    """
    for mark in marks:
        text = text.replace(mark, "\n")
    return text
