"""Which of many patterns may match in a line: those of whose literal words one stands there.

Hardly any line holds a word of the lexicon. To look for its hundreds of patterns at every character takes
most of the time there is; to see that no literal word of any of them is there takes next to none.
"""

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import product
from math import inf
from re import IGNORECASE
from re import _constants as node  # type: ignore[attr-defined]
from re import _parser as syntax  # type: ignore[attr-defined]
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaners import plausibility
from cleaners.characters import codes

# Classes of characters that are no letters.
NO_LETTERS = (node.CATEGORY_DIGIT, node.CATEGORY_SPACE, node.CATEGORY_NOT_WORD)
# Strings are spelt out up to so many for one pattern, and a repetition up to so many times.
MOST_WORDS, MOST_TIMES = 300, 2
# Characters in a row are told apart by 16 bits: a hundredth of those that are not there pass, and are looked at.
BITS, MIXING = 16, np.uint16(40503)


# Patterns that may match in a text, and behind which place no word of each stands.
Among = dict[int, int]


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
        self.singles = {word: tuple(numbers) for word, numbers in by_word.items() if len(word) == 1}
        # The others by their rarest three characters in a row, which tell enough.
        cores: dict[str, set[int]] = defaultdict(set)
        for word in by_word.keys() - self.singles.keys():
            cores[_core(word)].update(by_word[word])
        # The longer ones are looked for first.
        self.cores = {core: (*numbers, *cores.get(core[:2], ())) for core, numbers in cores.items()}
        # By their first two characters and their last two; cores of two by these.
        self.first_two, self.last_two, self.two = np.zeros((3, 1 << BITS), dtype=bool)
        self.first_two[_in_twos("".join(core[:2] for core in self.cores))[::2]] = True
        self.last_two[_in_twos("".join(core[1:] for core in self.cores if len(core) == 3))[::2]] = True
        self.two[_in_twos("".join(core for core in self.cores if len(core) == 2))[::2]] = True

    def among(self, text: str, starts: Sequence[int] = (0,)) -> dict[int, Among]:
        """For the lines of a text, which begin at `starts`, the patterns that may match in each.

        Lines, counted from 0, where none may are left out.
        """
        found: dict[int, Among] = defaultdict(dict)
        if self.always:
            found.update((line, dict.fromkeys(self.always, len(text))) for line in range(len(starts)))
        cores = self.cores
        for at in self._places(text):
            if numbers := cores.get(text[at : at + 3]) or cores.get(text[at : at + 2]):
                found[bisect(starts, at) - 1].update(dict.fromkeys(numbers, at))
        for word, numbers in self.singles.items():
            at = text.find(word)
            while at >= 0:
                found[bisect(starts, at) - 1].update(dict.fromkeys(numbers, len(text)))
                at = text.find(word, at + 1)
        return found

    def _places(self, text: str) -> list[int]:
        """Where words of two characters and more may begin."""
        twos = _in_twos(text)
        places = self.first_two.take(twos).nonzero()[0]
        three = self.last_two.take(twos.take(places + 1, mode="clip"))
        found: list[int] = places[three | self.two.take(twos.take(places))].tolist()
        return found


def _in_twos(text: str) -> NDArray[np.uint16]:
    """16 bits for each character and the next."""
    low = codes(text).astype(np.uint16)
    return low[:-1] * MIXING + low[1:]


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


def begins(pattern: str) -> Words:
    r"""The letters of which the first one in every match is one; none if that is not known.

    >>> sorted(begins(r"[上下]一页|\d+楼|更?多"))
    ['上', '下', '多', '更', '楼']
    """
    return _first_letters(syntax.parse(pattern))[0] or set()


def _first_letters(items: Iterable[tuple[Any, Any]]) -> tuple[Words | None, bool]:
    """The letters that may come first in what a sequence matches, if they are known, and whether it may have none."""
    found: Words = set()
    for kind, value in items:
        letters, may_lack = _first_letter(kind, value)
        if letters is None:
            return None, False
        found |= letters
        if not may_lack:
            return found, False
    return found, True


def _first_letter(kind: Any, value: Any) -> tuple[Words | None, bool]:
    """The same for one node of a pattern's syntax tree."""
    if kind is node.LITERAL:
        return _first_letter(node.IN, [(kind, value)])
    if kind is node.IN and all(part is node.LITERAL or rest in NO_LETTERS for part, rest in value):
        letters = {chr(rest) for part, rest in value if part is node.LITERAL and chr(rest).isalpha()}
        return letters, len(letters) < len(value)
    if kind in (node.AT, node.ASSERT, node.ASSERT_NOT):
        return set(), True
    if kind is node.SUBPATTERN and not value[1]:  # without flags
        return _first_letters(value[3])
    if kind is node.BRANCH:
        ways = [_first_letters(way) for way in value[1]]
        known = None if any(way is None for way, _ in ways) else set().union(*(way or () for way, _ in ways))
        return known, any(may_lack for _, may_lack in ways)
    if kind in (node.MAX_REPEAT, node.MIN_REPEAT, node.POSSESSIVE_REPEAT):
        inner, may_lack = _first_letters(value[2])
        return inner, may_lack or not value[0]
    return None, False


def _of_sequence(items: Iterable[tuple[Any, Any]]) -> tuple[Words | None, Words]:
    """All that a sequence can match, if that is few strings; and what its matches need."""
    items = list(items)
    parts = [_of_item(*item) for item in items]
    exact = [every for every, _ in parts]
    first, reached = _in_a_row(exact)
    whole = first if reached == len(parts) else None
    found = [first, *(need for _, need in parts)]
    for start in range(1, len(parts)):
        row, length = _in_a_row(exact[start:])
        if start + length > reached:  # else the strings before have these in them
            found.append(row)
            reached = start + length
    for i, item in enumerate(items):  # each way together with what stands before
        if i and item[0] is node.BRANCH and exact[i] is None:
            needs = [_of_sequence([items[i - 1], *way])[1] for way in item[1][1]]
            found.append(set().union(*needs) if all(needs) else set())
    return whole, max(map(_shortest, found), key=_worth)


def _in_a_row(exact: Sequence[Words | None]) -> tuple[Words, int]:
    """All strings that items can match together, for as many items as these are few, and how many items."""
    run: Words = {""}
    for length, every in enumerate(exact):
        if every is None or len(run) * len(every) > MOST_WORDS:
            return run, length
        run = {a + b for a, b in product(run, every)}
    return run, len(exact)


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


def _worth(words: Words) -> tuple[bool, float]:
    """The less often one of the words seems to stand in text, the better; single characters are sought one by one."""
    if not words:
        return False, -inf
    return all(len(word) > 1 for word in words), -sum(_likelihood(_core(word)) for word in words)


@cache
def _core(word: str) -> str:
    """The rarest three characters in a row."""
    return min((word[i : i + 3] for i in range(max(1, len(word) - 2))), key=_likelihood)


@cache
def _likelihood(word: str) -> float:
    """How often a word seems to stand in text."""
    return float(np.exp(_alone().take(ord(word[0]), mode="clip") + plausibility.lnp(word)[1:].sum()))


_alone = cache(plausibility.alone)
