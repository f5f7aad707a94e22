"""Which of many patterns may match in a line: those of whose literal words one stands there.

Hardly any line holds a word of the lexicon. To look for its hundreds of patterns at every character takes
most of the time there is; to see that no literal word of any of them is there takes next to none.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import accumulate, product
from math import inf, prod
from re import IGNORECASE
from re import _constants as node  # type: ignore[attr-defined]
from re import _parser as syntax  # type: ignore[attr-defined]
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaners import plausibility
from cleaners.characters import codes

# Strings are spelt out up to so many for one pattern, and a repetition up to so many times.
MOST_WORDS, MOST_TIMES = 300, 2
# Characters in a row are told apart by 16 bits: a hundredth of those that are not there pass, and are looked at.
BITS, MIXING = 16, 40503


class Screen:
    """The patterns by the literal words that their matches hold."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self.always: list[int] = []  # patterns that need no word
        by_word: dict[str, list[int]] = defaultdict(list)
        for number, pattern in enumerate(patterns):
            words = needed(pattern)
            if not words:
                self.always.append(number)
            for word in words:
                by_word[word].append(number)
        self.singles = {word: numbers for word, numbers in by_word.items() if len(word) == 1}
        # The others by their first three characters, which tell enough.
        self.starts: dict[str, set[int]] = defaultdict(set)
        for word in by_word.keys() - self.singles.keys():
            self.starts[word[:3]].update(by_word[word])
        # By their first two characters, and by their first three; words of two are found by these alone.
        self.first_two, self.whole, self.first_three = np.zeros((3, 1 << BITS), dtype=bool)
        two, three = _mixed("\n".join(self.starts))
        at = 0
        for word in self.starts:
            self.first_two[two[at]] = True
            if len(word) == 2:
                self.whole[two[at]] = True
            else:
                self.first_three[three[at]] = True
            at += len(word) + 1

    def among(self, text: str) -> dict[int, list[int]]:
        """For the lines of a text, counted from 0, the numbers of the patterns that may match, in order.

        Lines where none may are left out.
        """
        found: dict[int, set[int]] = defaultdict(set)
        line_ends = [*accumulate(len(line) + 1 for line in text.split("\n"))]
        if self.always:
            found.update((number, set(self.always)) for number in range(len(line_ends)))
        for at in self._places(text):
            for start in (text[at : at + 2], text[at : at + 3]):
                if start in self.starts:
                    found[bisect_right(line_ends, at)] |= self.starts[start]
        for word, numbers in self.singles.items():
            at = text.find(word)
            while at >= 0:
                found[bisect_right(line_ends, at)].update(numbers)
                at = text.find(word, at + 1)
        return {number: sorted(numbers) for number, numbers in found.items()}

    def _places(self, text: str) -> list[int]:
        """Where words of two characters and more may begin."""
        two, three = _mixed(text)
        places = self.first_two.take(two).nonzero()[0]
        places = places[
            self.whole.take(two.take(places)) | self.first_three.take(three.take(places, mode="clip"))
        ]
        found: list[int] = places.tolist()
        return found


def _mixed(text: str) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """16 bits for each two characters in a row, and for each three, as if two more stood behind the text."""
    low = np.zeros(len(text) + 2, dtype=np.uint16)
    low[:-2] = codes(text)
    two = low[:-1] * np.uint16(MIXING) + low[1:]
    return two, two[:-1] * np.uint16(MIXING) + low[2:]


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


def _worth(words: Words) -> float:
    """The less often one of the words stands in text, the better."""
    return -sum(prod(map(_likelihood, word)) for word in words) if words else -inf


@cache
def _likelihood(character: str) -> float:
    return float(np.exp(plausibility.mean(character)))
