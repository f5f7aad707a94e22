"""Site profiles: which lines stand before or behind the bodies of many documents of one site.

A document belongs to the site of its folder (or shard) and to that of its host, where one is known; and since
chrome comes in blocks, each line is counted together with its neighbour too: wherever these two stand, they are
one site's. Lines count as repeated from three documents up, and from a hundredth of the site's documents.

Two passes over a corpus, each in parallel and in bounded memory. `sketch` counts roughly, in a table of
fixed size; `count` then counts exactly the lines that the sketch says are frequent. Sketches are merged with
`merge`, counts by adding them; how documents were divided and in which order they came makes no difference.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice, pairwise
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleaners import boilerplate

# A count-min sketch of counters that stop at 255: 64 MB. With ten million different lines one in 5,000 looks
# as if it stood in two documents more than it does.
Sketch: TypeAlias = NDArray[np.uint8]
ROWS, COUNTERS = 4, 1 << 24

# Places are looked up so many at a time.
BATCH = 50_000

# From so many documents of a site on a line repeats, and from that share of them: in a folder of many sites some
# name or phrase stands in three documents by chance.
FEWEST_DOCUMENTS, LEAST_SHARE = 3, 0.01
# Two neighbouring lines that so many documents share come from one site, wherever these documents are.
FEWEST_NEIGHBOURS = 5


class Page(NamedTuple):
    """A document, as far as its site's lines are concerned."""

    sites: tuple[str, ...]  # that it may belong to
    text: str


# A site (or a neighbouring line), an end of a document ("head" or "tail"), and a line in the form in which it
# repeats. Without an end and a line: the site's documents.
Place: TypeAlias = tuple[str, str, str]
NEIGHBOUR = "\n"  # before a neighbouring line, which is no site


def sketch(pages: Iterable[Page]) -> Sketch:
    """In how many of some documents each line around their bodies stands: roughly, and never too few."""
    table = np.zeros((ROWS, COUNTERS), dtype=np.uint8)
    for _, columns in _in_batches(pages):
        for row in range(ROWS):
            which, times = np.unique(columns[row], return_counts=True)
            table[row, which] = np.minimum(table[row, which] + times, 255)
    return table


def merge(one: Sketch, other: Sketch) -> Sketch:
    """The sketch of the documents of both."""
    merged: Sketch = one + np.minimum(other, 255 - one)
    return merged


def count(pages: Iterable[Page], sketched: Sketch) -> Counter[Place]:
    """In how many of some documents each line stands that repeats over the corpus that `sketched` is of.

    Add counts to merge them. In a corpus too large for the sketch, rare lines count as not repeated.
    """
    fewest = FEWEST_DOCUMENTS + 2 * int(sketched.mean())
    counts = Counter[Place]()
    for places, columns in _in_batches(pages):
        seen = np.min([sketched[row, columns[row]] for row in range(ROWS)], axis=0)
        counts.update(places[i] for i in np.flatnonzero(seen >= fewest).tolist())
    return counts


def repeated(counts: Counter[Place]) -> Counter[Place]:
    """Those lines that a site has on enough of its documents."""

    def enough(site: str) -> float:
        if site.startswith(NEIGHBOUR):
            return FEWEST_NEIGHBOURS
        return max(FEWEST_DOCUMENTS, LEAST_SHARE * counts[site, "", ""])

    return Counter({place: n for place, n in counts.items() if place[1] and n >= enough(place[0])})


def encoded(found: Counter[Place]) -> bytes:
    """A profile as JSON lines: line, site, end, and in how many documents of the site it stands there."""
    rows = (
        {"line": line, "end": end, "site": site.replace(NEIGHBOUR, "beside: "), "documents": documents}
        for (site, end, line), documents in sorted(found.items())
    )
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode("utf-8", "replace")


def decoded(profile: bytes) -> frozenset[str]:
    """The lines of a profile, for `Options.profile`. Raises ValueError if it is none."""
    try:
        rows = map(json.loads, profile.decode().splitlines())
        return frozenset(str(row["line"]) for row in rows if "learnt_from_bytes" not in row)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"no site profile: {error}") from error


def _places(pages: Iterable[Page]) -> Iterator[Place]:
    """Every place once for each document."""
    for page in pages:
        found: set[Place] = set()
        for end, shown in zip(("head", "tail"), boilerplate.outside(page.text), strict=True):
            found.update((site, end, line) for site in page.sites for line in shown)
            for one, other in pairwise(shown):
                found |= {(NEIGHBOUR + one, end, other), (NEIGHBOUR + other, end, one)}
        yield from chain(((site, "", "") for site in page.sites), found)


def _in_batches(pages: Iterable[Page]) -> Iterator[tuple[list[Place], NDArray[np.uint32]]]:
    """Places, and for each row of a sketch the counters that they are counted in."""
    places = _places(pages)
    while batch := list(islice(places, BATCH)):
        keys = ("\0".join(place).encode("utf-8", "surrogatepass") for place in batch)
        hashed = b"".join(hashlib.blake2b(key, digest_size=4 * ROWS).digest() for key in keys)
        yield batch, np.frombuffer(hashed, dtype="<u4").reshape(-1, ROWS).T % COUNTERS
