"""Which of many patterns may match in a line: those of whose literal words one stands there.

Hardly any line holds a word of the lexicon. To look for its hundreds of patterns at every character takes
most of the time there is; to see that no literal word of any of them is there takes next to none.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate, product
from re import IGNORECASE
from re import _constants as node  # type: ignore[attr-defined]
from re import _parser as syntax  # type: ignore[attr-defined]
from typing import Any

import numpy as np

# Strings are spelt out up to so many for one pattern, and a repetition up to so many times.
MOST_WORDS, MOST_TIMES = 300, 2
# The pairs of characters are told apart by 16 bits: a hundredth of those that are not there pass, and are looked at.
BITS, MIXING = 1 << 16, 40503


class Screen:
    """The patterns by the literal words that their matches hold."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self.singles: dict[str, list[int]] = defaultdict(list)  # words of one character
        self.pairs: dict[str, list[tuple[str, int]]] = defaultdict(list)  # the others, by their first two
        self.always: list[int] = []  # patterns that need no word
        self.table = np.zeros(BITS, dtype=bool)
        for number, pattern in enumerate(patterns):
            words = needed(pattern)
            if not words:
                self.always.append(number)
            for word in words:
                if len(word) == 1:
                    self.singles[word].append(number)
                else:
                    self.pairs[word[:2]].append((word, number))
        self.words = {pair: tuple(word for word, _ in found) for pair, found in self.pairs.items()}
        for pair in self.pairs:
            self.table[_mixed(pair)] = True

    def among(self, lines: Sequence[str]) -> list[list[int]]:
        """For each of the lines (without line ends), the numbers of the patterns that may match, in order."""
        text = "\n".join(lines)
        starts = [0, *accumulate(len(line) + 1 for line in lines)]
        found = [set(self.always) for _ in lines]
        for at in np.flatnonzero(self.table[_mixed(text)]).tolist():
            pair = text[at : at + 2]
            if pair in self.words and text.startswith(self.words[pair], at):
                line = found[bisect_right(starts, at) - 1]
                line.update(number for word, number in self.pairs[pair] if text.startswith(word, at))
        for word, numbers in self.singles.items():
            at = text.find(word)
            while at >= 0:
                found[bisect_right(starts, at) - 1].update(numbers)
                at = text.find(word, at + 1)
        return [sorted(numbers) for numbers in found]


def _mixed(text: str) -> Any:
    """16 bits for each pair of characters in a row."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint16)
    return codes[:-1] * np.uint16(MIXING) + codes[1:]


Words = set[str]


def spelt(pattern: str) -> Words:
    """All strings that a regular expression matches, which must be few.

    >>> sorted(spelt("[上下]一页?"))
    ['上一', '上一页', '下一', '下一页']
    """
    every = _of_sequence(syntax.parse(pattern))[0]
    if every is None:
        raise ValueError(f"{pattern!r} matches too many strings")
    return every


def needed(pattern: str) -> set[str]:
    """Words of which every match of a regular expression holds one; none if no such words are known.

    >>> sorted(needed("(?:最新|精彩)章节.*o"))
    ['最新章节', '精彩章节']
    >>> needed("[a-z]+?")
    set()
    """
    parsed = syntax.parse(pattern)
    return set() if parsed.state.flags & IGNORECASE else _of_sequence(parsed)[1]


def _of_sequence(items: Iterable[tuple[Any, Any]]) -> tuple[Words | None, Words]:
    """All that a sequence can match, if that is few strings; and what its matches need."""
    run: Words = {""}  # all that the items since the last of unknown content can match
    whole, best = True, set[str]()
    for item in items:
        exact, need = _of_item(*item)
        if exact is not None and len(run) * len(exact) <= MOST_WORDS:
            run = {a + b for a, b in product(run, exact)}
            continue
        best = max(best, _shortest(run), need, key=_worth)
        run, whole = exact or {""}, False
    best = max(best, _shortest(run), key=_worth)
    return (run if whole else None), best


def _of_item(kind: Any, value: Any) -> tuple[Words | None, Words]:
    """The same for one node of a pattern's syntax tree."""
    if kind is node.LITERAL:
        return {chr(value)}, {chr(value)}
    if kind in (node.AT, node.ASSERT, node.ASSERT_NOT):
        return {""}, set()
    if kind is node.IN and all(part is node.LITERAL for part, _ in value):
        characters = {chr(code) for _, code in value}
        return characters, characters
    if kind is node.SUBPATTERN and not value[1]:  # without flags
        return _of_sequence(value[3])
    if kind is node.BRANCH:
        ways = [_of_sequence(way) for way in value[1]]
        exact = None if any(way is None for way, _ in ways) else set().union(*(way or () for way, _ in ways))
        return exact, set().union(*(need for _, need in ways)) if all(need for _, need in ways) else set()
    if kind in (node.MAX_REPEAT, node.MIN_REPEAT, node.POSSESSIVE_REPEAT):
        least, most, inner = value
        exact, need = _of_sequence(inner)
        if exact is not None and most <= MOST_TIMES:
            times = [{"".join(way) for way in product(exact, repeat=n)} for n in range(least, most + 1)]
            every = set().union(*times)
            if len(every) <= MOST_WORDS:
                return every, need if least else set()
        return None, need if least else set()
    return None, set()


def _shortest(words: Words) -> Words:
    """Those words that hold no other of them; none if one is empty."""
    if "" in words:
        return set()
    kept: list[str] = []
    for word in sorted(words, key=len):
        if not any(other in word for other in kept):
            kept.append(word)
    return set(kept)


def _worth(words: Words) -> tuple[int, int]:
    """Long words say more, few are found faster."""
    return min((min(len(word), 3) for word in words), default=0), -len(words)
