"""Rebuild `first_words.npz` from paragraphs of open text.

    python cleaners/data/build_first_words.py paragraphs.txt cleaners/data/first_words.npz

`paragraphs.txt` has one paragraph a line, each of 50 characters and more that begins with a hanzi, drawn
from the repositories that SOURCES.md names. Every one gives its beginning and two places in mid-sentence.
"""

import random
import re
import sys
from pathlib import Path

import numpy as np

from cleaners.completeness.first_words import HEAD, WEIGHTS, features
from cleaners.folding import fold

SEED = 1
# Places in mid-sentence, from so many characters behind the beginning to so many before the end.
PLACES, BEHIND, BEFORE = 2, 8, 25
# Of the descent: sentences a step, times through all, rate, and what a weight loses in a step.
BATCH, EPOCHS, RATE, DECAY = 512, 8, 1.0, 1e-6

_INSIDE = re.compile(r"(?<=[\u4e00-\u9fff])[\u4e00-\u9fff]")


def samples(paragraphs: list[str]) -> list[tuple[str, bool]]:
    """Heads of texts, and whether they start in mid-sentence."""
    dice = random.Random(SEED)
    found = []
    for paragraph in map(fold, paragraphs):
        found.append((paragraph[:HEAD], False))
        inside = [match.start() for match in _INSIDE.finditer(paragraph, BEHIND, len(paragraph) - BEFORE)]
        for start in dice.sample(inside, min(PLACES, len(inside))):
            found.append((paragraph[start : start + HEAD], True))
    dice.shuffle(found)
    return found


def train(heads: list[tuple[str, bool]]) -> tuple[np.ndarray, float]:
    """Weights and bias of a logistic regression, by Adagrad; both classes count the same."""
    numbers = [np.array(features(head)) for head, _ in heads]
    truth = np.array([inside for _, inside in heads], dtype=float)
    balance = np.where(truth, 0.5 / truth.mean(), 0.5 / (1 - truth.mean()))
    weights, squares, bias = np.zeros(WEIGHTS), np.full(WEIGHTS, 1e-6), 0.0
    order = np.random.default_rng(SEED)
    for epoch in range(EPOCHS):
        for rows in np.array_split(order.permutation(len(heads)), len(heads) // BATCH + 1):
            index = np.concatenate([numbers[row] for row in rows])
            owner = np.repeat(np.arange(len(rows)), [len(numbers[row]) for row in rows])
            odds = np.bincount(owner, weights[index], len(rows)) + bias
            error = (1 / (1 + np.exp(-odds)) - truth[rows]) * balance[rows] / len(rows)
            slope = np.bincount(index, error[owner], WEIGHTS) + DECAY * weights
            squares += slope**2
            weights -= RATE / (epoch + 1) ** 0.5 * 0.1 * slope / np.sqrt(squares)
            bias -= RATE * error.sum()
    return weights, bias


def main(paragraphs: Path, table: Path) -> None:
    weights, bias = train(samples(paragraphs.read_text(encoding="utf-8").splitlines()))
    scale = np.abs(weights).max() / 127
    np.savez_compressed(table, weights=np.rint(weights / scale).astype(np.int8), bias=bias, scale=scale)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
