"""Rebuild `trigrams.npz` from open text.

    python cleaners/data/build_trigrams.py paragraphs.txt cleaners/data/trigrams.npz

`paragraphs.txt` has one paragraph a line, drawn from the repositories that SOURCES.md names, no more than five
million characters from each; what stands in the corpus of the benchmarks too is left out. What is kept are the
three characters in a row that say most beyond what the pairs say.
"""

import sys
from pathlib import Path

import numpy as np
import opencc

from cleaners import plausibility
from cleaners.mojibake import scripts

# So many fit beside the pairs into the 2.5 MB that the language model may take.
KEPT = 382_000
# Absolute discounting, and what a third character keeps of what it is worth behind the second one.
DISCOUNT, BACKOFF = 0.75, 0.3
# Less (nats) decides nothing.
LEAST = 0.5


def likelier(row: np.ndarray, is_word: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Three in a row: keys, counts, and how much likelier the third is than behind the second alone (nats)."""
    inside = is_word[:-2] & is_word[1:-1] & is_word[2:]
    key, count = np.unique(
        plausibility.key_of_three(row[:-2], row[1:-1], row[2:])[inside], return_counts=True
    )
    two = key >> plausibility.BITS
    _, group = np.unique(two, return_inverse=True)
    total = np.bincount(group, weights=count)[group]
    lowest = (1 << plausibility.BITS) - 1
    pair = np.exp(plausibility.pairs((two & lowest).astype(np.uint16), (key & lowest).astype(np.uint16)))
    return key, count, np.log(((count - DISCOUNT) / total + BACKOFF * pair) / pair)


def simplified() -> np.ndarray:
    """The symbols of characters with a simplified form, and of these forms."""
    _, forms = scripts.forms("traditional")
    changed = (forms != np.arange(len(forms))).nonzero()[0]
    return np.stack((changed, forms[changed])).astype(np.uint16)


def build(paragraphs: Path, table: Path) -> None:
    text = opencc.OpenCC("t2s").convert(paragraphs.read_text(encoding="utf-8"))
    row = plausibility.symbols(text)
    marks = plausibility.symbols("\n\ufffd\u0400\u2500\U00020000の")
    key, count, nats = likelier(row, ~np.isin(row, marks))
    worth = np.where((nats > LEAST) & (count > 1), nats * count, 0)
    best = np.sort(np.argsort(-worth, kind="stable")[:KEPT])
    step = np.diff(key[best], prepend=0)
    np.savez_compressed(
        table,
        # Keys as steps from one to the next, byte by byte: they compress well.
        step=np.stack([(step >> shift & 0xFF).astype(np.uint8) for shift in range(0, 48, 8)]),
        nats=np.rint(nats[best] * plausibility.STEPS_PER_NAT_OF_THREE).clip(0, 255).astype(np.uint8),
        simplified=simplified(),
    )


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
