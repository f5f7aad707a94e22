"""Rebuild `bigrams.npz` from the character counts in `../shared/ngrams`.

    python cleaners/data/build_bigrams.py ../shared/ngrams cleaners/data/bigrams.npz

The counts are those of README.md beside this file. Simplified and traditional counts are added up:
one table serves both scripts, because a text's first characters decide which half of it is in use.
"""

import gzip
import sys
import unicodedata
from pathlib import Path

import numpy as np

# 1/12 nat a step: coarser steps cost perplexity, finer ones only size (measured with the counts).
STEPS_PER_NAT = 12
# The costs of pairs are stored in coarser steps of 1/6 nat: most were counted a few times and are no surer than that.
COARSER = 2
# Pairs that are worth less than this (nats, over all the text that was counted) are left to what their characters cost
# by themselves: that costs running text .03 nats a character, and leaves room for three characters in a row (`build_trigrams.py`).
WORTH = 16
# Absolute discounting: what a pair gives up to the pairs that were never seen.
DISCOUNT = 0.75
# A symbol seen n times has probability (n + 0.5) / total, so that one seen once is not overrated.
SMOOTHING = 0.5

# What was not counted is of one of four classes, the first four symbols. A class costs the same after
# anything, in steps of 1/12 nat.
CLASS_COSTS = {
    # A hanzi not met in 130 million: rarer than the rarest that was (ln P of one count is about -19).
    "rare hanzi": 216,
    # Letters of other scripts: not inside Chinese words, but possible beside them.
    "foreign letter": 120,
    # Signs that stand in few texts and in much mojibake: Latin-1 signs, box drawing, dingbats.
    "odd sign": 114,
    # U+FFFD, private use, C0 and C1 controls, surrogates, unassigned code points: no text holds them.
    "impossible": 255,
}
RARE_HANZI, FOREIGN, ODD, IMPOSSIBLE = range(len(CLASS_COSTS))
BOUNDARY = "#"
# The end of the supplementary ideographs (and one more, for all that lies behind).
CODE_POINTS = 0x323B0 + 1
# Half-width marks count as their full-width forms.
FOLDED_MARKS = dict(
    zip(",.:;?!()･﹐﹑﹔﹕﹖﹗﹙﹚〝〞｡", "，。：；？！（）·，、；：？！（）“”。", strict=True)
)


def read(path: Path) -> dict[str, int]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        next(lines)
        rows = (line.rstrip("\n").split("\t") for line in lines)
        return {chars: int(simplified) + int(traditional) for chars, simplified, traditional in rows}


def quantise(log_probability: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(-log_probability * STEPS_PER_NAT), 0, 255).astype(np.uint8)


def symbol_of(character: str, number: dict[str, int]) -> int:
    """Which symbol stands for a character; `number` numbers the counted ones."""
    if character != BOUNDARY and character in number:
        return number[character]
    if character in FOLDED_MARKS:
        return number[FOLDED_MARKS[character]]
    code_point, category = ord(character), unicodedata.category(character)
    if category == "Nd" and unicodedata.normalize("NFKC", character) in "0123456789":
        return number["0"]
    if category in ("Lu", "Ll") and unicodedata.normalize("NFKC", character).isascii():
        return number["A"]
    if 0x3041 <= code_point <= 0x30FF and category in ("Lo", "Lm"):
        return number["あ"]
    if "CJK" in unicodedata.name(character, "") and category == "Lo":
        return RARE_HANZI
    if character in "\t\n\r\f\v" or category in ("Cf", "Zs", "Zl", "Zp") or 0xFE00 <= code_point <= 0xFE0F:
        return number[BOUNDARY]
    if category[0] == "C" or character == "\N{REPLACEMENT CHARACTER}":
        return IMPOSSIBLE
    if category[0] in "LM":
        return FOREIGN
    common = code_point < 0x80 or 0x2010 <= code_point < 0x2060 or 0x3000 <= code_point < 0x3040
    return number[BOUNDARY] if common or (code_point >= 0xFF00 and code_point < 0xFFF0) else ODD


def build(counts: Path, table: Path) -> None:
    unigrams = read(counts / "unigrams.tsv.gz")
    bigrams = read(counts / "bigrams.tsv.gz")
    symbols = sorted(unigrams, key=lambda symbol: (-unigrams[symbol], symbol))
    number = {symbol: i for i, symbol in enumerate(symbols, start=len(CLASS_COSTS))}
    size = len(CLASS_COSTS) + len(symbols)

    single = np.zeros(size)
    single[len(CLASS_COSTS) :] = [unigrams[symbol] + SMOOTHING for symbol in symbols]
    single_p = single / single.sum()
    single_cost = quantise(np.log(np.maximum(single_p, 1e-30)))
    single_cost[: len(CLASS_COSTS)] = list(CLASS_COSTS.values())

    first = np.array([number[pair[0]] for pair in bigrams], dtype=np.int64)
    second = np.array([number[pair[1]] for pair in bigrams], dtype=np.int64)
    count = np.array(list(bigrams.values()), dtype=np.float64)
    # Pairs counted once or twice were not kept; their mass goes to the unseen ones too.
    total = np.maximum(np.bincount(first, weights=count, minlength=size), single)
    discounted = np.bincount(first, weights=count - DISCOUNT, minlength=size)
    unseen = np.clip((total - discounted) / np.maximum(total, 1), 1e-6, 1)
    unseen[: len(CLASS_COSTS)] = 1
    backed_off = unseen[first] * single_p[second]
    pair_p = (count - DISCOUNT) / total[first] + backed_off
    # The mass of those that are worth little goes to none, so that chance is as unlikely as it is.
    kept = count * np.log(pair_p / backed_off) >= WORTH
    first, second, pair_p = first[kept], second[kept], pair_p[kept]

    key = first * size + second
    order = np.argsort(key)
    step = np.diff(key[order], prepend=0).astype(np.uint32)
    np.savez_compressed(
        table,
        symbol=np.array(
            [symbol_of(chr(c), number) for c in range(CODE_POINTS - 1)] + [IMPOSSIBLE], np.uint16
        ),
        boundary=np.uint16(number[BOUNDARY]),
        single=single_cost,
        unseen=quantise(np.log(unseen)),
        # Keys as steps from one to the next, low and high bytes apart: both compress well.
        step_low=(step & 0xFF).astype(np.uint8),
        step_high=(step >> 8).astype(np.uint16),
        pair=np.rint(quantise(np.log(pair_p))[order] / COARSER).astype(np.uint8),
    )


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
