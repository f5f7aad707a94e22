"""Rebuild `trigrams.npz` from open text.

    python cleaners/data/build_trigrams.py paragraphs.txt cleaners/data/trigrams.npz

`paragraphs.txt` has one paragraph a line, drawn from the repositories that SOURCES.md names, no more than five
million characters from each; what stands in the corpus of the benchmarks too is left out. What is kept are the
three characters in a row that would help most where pairs alone guess wrong: of characters that lose both bytes
when GBK is read as Big5, with their neighbours known.
"""

import sys
from pathlib import Path

import numpy as np
import opencc

from cleaners import plausibility
from cleaners.mojibake import scripts
from cleaners.mojibake.code_pages import codes, defined
from cleaners.mojibake.guesses import CAP

# So many fit beside the pairs into the 2.5 MB that the language model may take.
KEPT = 80_000
# Rarer characters are hardly guessed.
GUESSABLE = 5000
# Absolute discounting, and what a third character keeps of what it is worth behind the second one.
DISCOUNT, BACKOFF = 0.75, 0.3
# Less (nats) decides nothing.
LEAST = 0.5
# Places at once, which bounds the memory that it takes.
CHUNK = 10_000


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


def losing_both() -> np.ndarray:
    """The symbols, in simplified form, of hanzi of which Big5 reads neither byte that they have in GBK."""
    hanzi = np.array([ord(character) for character in scripts.HANZI])
    code = codes("gb18030")[hanzi]
    is_lost = (code & 0xFF >= 0x80) & ~defined("big5")[code >> 8, code & 0xFF]
    is_lost &= plausibility.symbols(scripts.HANZI) < GUESSABLE
    return np.unique(plausibility.symbols(scripts.converted("t2s"))[is_lost])


def mistaken(row: np.ndarray, lost: np.ndarray) -> np.ndarray:
    """Where one of `lost` stands, and its neighbours make another one likelier."""
    places = np.flatnonzero(np.isin(row, lost))
    places = places[(places > 1) & (places < len(row) - 2)]
    wrong = []
    for here in np.array_split(places, len(places) // CHUNK + 1):
        before, at = np.unique(row[here - 1], return_inverse=True)
        behind, to = np.unique(row[here + 1], return_inverse=True)
        cost = np.minimum(-plausibility.table(before, lost), CAP)[at]
        cost += np.minimum(-plausibility.table(lost, behind), CAP).T[to]
        wrong.append(here[lost[cost.argmin(axis=1)] != row[here]])
    return np.concatenate(wrong)


def build(paragraphs: Path, table: Path) -> None:
    text = opencc.OpenCC("t2s").convert(paragraphs.read_text(encoding="utf-8"))
    row = plausibility.symbols(text)
    marks = plausibility.symbols("\n\ufffd\u0400\u2500\U00020000")
    is_word = ~np.isin(row, marks)
    key, count, nats = likelier(row, is_word)
    wrong = mistaken(row, losing_both())
    helped = np.zeros(len(key))
    for first in (wrong - 2, wrong - 1, wrong):
        found = first[is_word[first] & is_word[first + 1] & is_word[first + 2]]
        helped += np.bincount(
            key.searchsorted(plausibility.key_of_three(row[found], row[found + 1], row[found + 2])),
            minlength=len(key),
        )
    # What helps often, and seldom stands where nothing is wrong.
    worth = np.where((nats > LEAST) & (count > 1), helped**2 / count * nats, 0)
    best = np.sort(np.argsort(-worth, kind="stable")[:KEPT])
    step = np.diff(key[best], prepend=0)
    np.savez_compressed(
        table,
        # Keys as steps from one to the next, byte by byte: they compress well.
        step=np.stack([(step >> shift & 0xFF).astype(np.uint8) for shift in range(0, 48, 8)]),
        nats=np.rint(nats[best] * plausibility.STEPS_PER_NAT).clip(0, 255).astype(np.uint8),
    )


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
