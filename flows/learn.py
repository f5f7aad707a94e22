"""Site profiles: which lines stand before or behind the bodies of many documents of one site.

Two passes over a corpus, each in parallel and in bounded memory. `sketch` counts roughly, in a table of
fixed size; `count` then counts exactly the lines that the sketch says are frequent. Sketches are merged with
`merge`, counts by adding them; how documents were divided and in which order they came makes no difference.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleaners import boilerplate

# A count-min sketch of counters that stop at 255: 64 MB. With ten million different lines one in 5,000 looks
# as if it stood in two documents more than it does.
Sketch: TypeAlias = NDArray[np.uint8]
ROWS, COUNTERS = 4, 1 << 24

# From so many documents of a site on a line repeats.
FEWEST_DOCUMENTS = 3

Site: TypeAlias = str
Text: TypeAlias = str
# A site, an end of a document ("head" or "tail"), and a line in the form in which it repeats.
Place: TypeAlias = tuple[str, str, str]


def sketch(documents: Iterable[tuple[Site, Text]]) -> Sketch:
    """In how many of some documents each line around their bodies stands: roughly, and never too few."""
    table = np.zeros((ROWS, COUNTERS), dtype=np.uint8)
    for place in _places(documents):
        for row, column in enumerate(_columns(place)):
            table[row, column] += table[row, column] < 255
    return table


def merge(one: Sketch, other: Sketch) -> Sketch:
    """The sketch of the documents of both."""
    merged: Sketch = one + np.minimum(other, 255 - one)
    return merged


def count(documents: Iterable[tuple[Site, Text]], sketched: Sketch) -> Counter[Place]:
    """In how many of some documents each line stands that repeats over the corpus that `sketched` is of.

    Add counts to merge them. In a corpus too large for the sketch, rare lines count as not repeated.
    """
    fewest = FEWEST_DOCUMENTS + 2 * int(sketched.mean())
    return Counter(
        place
        for place in _places(documents)
        if min(sketched[row, column] for row, column in enumerate(_columns(place))) >= fewest
    )


def profile(counts: Counter[Place]) -> frozenset[str]:
    """The lines for `Options.profile`: those that stand at the same end of enough documents of one site."""
    return frozenset(line for (_, _, line), documents in counts.items() if documents >= FEWEST_DOCUMENTS)


def write(path: Path, counts: Counter[Place]) -> None:
    """Writes a profile as JSON lines: site, end, line, and in how many documents it stands."""
    with path.open("w", encoding="utf-8") as file:
        for (site, end, line), documents in sorted(counts.items()):
            if documents >= FEWEST_DOCUMENTS:
                row = {"site": site, "end": end, "line": line, "documents": documents}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


def read(path: Path) -> frozenset[str]:
    """The lines of a profile that `write` wrote, for `Options.profile`.

    Raises OSError where the file can't be read and ValueError where it is no profile.
    """
    try:
        return frozenset(str(json.loads(row)["line"]) for row in path.read_text("utf-8").splitlines())
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is no site profile: {error}") from error


def _places(documents: Iterable[tuple[Site, Text]]) -> Iterator[Place]:
    for site, text in documents:
        for end, found in zip(("head", "tail"), boilerplate.outside(text), strict=True):
            for line in found:
                yield site, end, line


def _columns(place: Place) -> list[int]:
    """The counter of each row that a line's occurrences are counted in."""
    key = "\0".join(place).encode("utf-8", "surrogatepass")
    return [
        int(column) % COUNTERS
        for column in np.frombuffer(hashlib.blake2b(key, digest_size=4 * ROWS).digest(), dtype="<u4")
    ]
