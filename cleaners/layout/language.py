"""What the words say of a seam: whether the sentence before a line's end goes on in the next line.

Everything is a natural logarithm of a likelihood ratio, ln P(what is seen | join) / P(... | break), so that
it adds up. Where no source is named, a number was counted on corpus documents wrapped at 30 to 80
characters, rounded.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cleaners.layout import beginnings, paragraphs
from cleaners.layout.beginnings import CONTINUED, LOST, verdict
from cleaners.layout.lines import (
    CLOSING,
    ENDS,
    GOING_ON,
    HANZI,
    LATIN,
    Line,
    echoes,
    has_marks,
    heading,
    places,
    plain,
    tail,
)
from cleaners.layout.paragraphs import Start
from cleaners.layout.running import runs_on

# How the line before ends.
TAILS = {"final": -2.8, "colon": -2.0, "semicolon": -1.5, "comma": 5.0, "open": 6.0, "word": 0.7}
# A comma says nothing between two short lines: that is how verse is written.
VERSE, VERSE_LENGTH = 0.0, 25
# Ends without a mark: has none at all, which makes a title or an entry of a list; after sentences; after
# clauses only; after what begins like a numbered heading; after one whose words the next line takes up.
# A short line with a mark inside may still be a title or somebody's words.
TITLE, PROSE, CLAUSES, HEADING, ECHOED = -3.0, 5.0, 2.5, -1.5, -3.0
PROSE_LENGTH, CLAUSES_LENGTH = 40, 15
# If more than this share of the prose lines, and more than a few, end without a mark and don't run on, the author
# leaves marks out.
HABIT, FEW = 0.2, 2
# What is numbered is no heading if so many times more of it ends with a mark than seems to be a title.
TITLES = 1.0
# A bracket or a quotation is still open. One that opened shortly before the line's end, and that nothing
# closes, says that the rest of the line was lost.
UNCLOSED, QUOTED, SHORTLY = 2.0, 1.5, 20

# The text's first words are a title.
TITLED = -3.0

# Without any of these nothing of a line speaks for a join but how it ends.
_MARKS = re.compile("[，。！？；!?;,.《》（()）【】「」『』〈〉“”]")
# "1、" is often set apart from what it numbers, "一、" is not.
_NUMBERED = re.compile(r"\d{1,3}、", re.ASCII)
# What may begin a line that begins no sentence.
_NO_BEGINNING = GOING_ON | LATIN
# The most that is said for a join where one sentence ends and the other begins.
ENDED = TAILS["final"] + QUOTED


@dataclass(slots=True)
class Seam:
    """One line's end and the next line's beginning."""

    tail: str
    runs_on: float  # where the line ends with a word
    verdict: float | None  # where the next line's beginning decides alone
    verse: bool  # both lines are short


class Seams:
    """What there is to know of the lines of a text and of the seams behind them, read where it is asked for."""

    def __init__(self, text: str, lines: list[Line]) -> None:
        self.text, self.lines = text, lines
        self._starts: dict[int, Start] = {}
        self._seams: dict[int, Seam] = {}
        self._words: dict[int, tuple[float, float]] = {}
        self._heads: dict[int, float] = {}

    def start(self, i: int) -> Start:
        """What is known of line `i` by itself."""
        start = self._starts.get(i)
        if start is None:
            start = paragraphs.start(self.text, self.lines[i], i in self.headings)
            if start.heading and i in self.sentences:
                start.heading, start.marks = False, True
            self._starts[i] = start
        return start

    @cached_property
    def headings(self) -> dict[int, str]:
        """Which lines begin as headings and items do, and the family of the number that they begin with."""
        found = ((i, heading(self.text, line.start)) for i, line in enumerate(self.lines))
        return {i: family for i, family in found if family is not None}

    @cached_property
    def sentences(self) -> set[int]:
        """Which of these lines head nothing, but are sentences, such as the articles of a law.

        What is numbered alike mostly ends with a mark then; titles don't.
        """
        alike = defaultdict[str, list[int]](list)
        for i, family in self.headings.items():
            alike[family].append(i)
        alike.pop("", None)
        undecided, found = set(self.undecided), set[int]()
        for numbered in alike.values():
            ends = [(i, self.seam(i)) for i in numbered if i in undecided]
            decided = sum(i not in undecided and i + 1 < len(self.lines) for i in numbered)
            sentences = sum(seam.tail in ("final", "semicolon") for _, seam in ends) + decided
            titles = sum(
                seam.tail == "word" and (seam.runs_on < 0 or echoes(self.text, *self.lines[i : i + 2]))
                for i, seam in ends
            )
            if sentences > max(2, TITLES * titles):
                found.update(numbered)
        return found

    def seam(self, i: int) -> Seam:
        """What is known of the end of line `i`."""
        seam = self._seams.get(i)
        if seam is None:
            seam = self._seams[i] = _seam(self, i)
        return seam

    def head(self, i: int) -> float:
        """What the beginning of the line behind line `i` says beside other things."""
        head = self._heads.get(i)
        if head is None:
            text, line, following, ends = self.text, *self.lines[i : i + 2], self.seam(i).tail
            head = beginnings.says(text, line, following, ends, i + 1 in self.headings)
            opened = text.rfind("“", max(line.start, line.end - SHORTLY), line.end)
            if opened >= 0 and "”" not in text[opened : line.end] and not self.closing(i + 1):
                head += LOST
            if not i and ends == "word" and line.end - line.start <= VERSE_LENGTH:
                head += TITLED * (not has_marks(text, line.start, line.end))
            self._heads[i] = head
        return head

    def words(self, i: int) -> tuple[float, float]:
        """What is said for a join at the end of line `i` if short lines are no titles or verse, and if they are."""
        words = self._words.get(i)
        if words is None:
            free, seam = score(self, i, 0.0), self.seam(i)
            depends = seam.verdict is None and seam.tail in ("word", "comma")
            words = self._words[i] = free, score(self, i, 1.0) if depends else free
        return words

    @cached_property
    def all_words(self) -> NDArray[np.float64]:
        """[0 or 1, line end]: both of `words`."""
        return np.array([self.words(i) for i in range(len(self.lines) - 1)]).T

    def most(self, i: int) -> float:
        """At most what `words` says; the same where that is for a join."""
        seam, line = self.seam(i), self.lines[i]
        if seam.verdict is None and not (
            seam.tail == "word" and _MARKS.search(self.text, line.start, line.end)
        ):
            most = TAILS[seam.tail] + (seam.runs_on if seam.tail == "word" else QUOTED)
            if self.text[self.lines[i + 1].start] in LATIN:
                most += CONTINUED
            if most <= 0:
                return most
        return self.words(i)[0]

    @cached_property
    def undecided(self) -> list[int]:
        """All line ends but those between two sentences, to which `score` never gives more than `ENDED`."""
        text = self.text
        return [
            i
            for i, (line, following) in enumerate(pairwise(self.lines))
            if text[following.start] in _NO_BEGINNING
            or text[line.end - (2 if text[line.end - 1] in CLOSING else 1)] not in ENDS
            or line.end - line.start == 1
        ]

    @cached_property
    def _quotation_marks(self) -> list[int]:
        marks: list[int] = places("[“”]", self.text).tolist()
        return marks

    def closing(self, i: int) -> bool:
        """Whether the first quotation mark from line `i` on is a closing one."""
        marks = self._quotation_marks
        following = bisect_left(marks, self.lines[i].start)
        return following < len(marks) and self.text[marks[following]] == "”"

    @cached_property
    def prose(self) -> float:
        """What it is worth that prose ends without a mark: nothing where the author leaves marks out."""
        starts = ((i, self.start(i)) for i in self.undecided if self.seam(i).tail == "word")
        unmarked = [
            self.seam(i).runs_on for i, start in starts if start.marks and start.length >= PROSE_LENGTH
        ]
        if len(unmarked) <= FEW or sum(unmarked) >= 0:
            return PROSE
        ends = sum(
            line.end - line.start >= PROSE_LENGTH
            and (i in self.sentences or has_marks(self.text, line.start, line.end))
            for i, line in enumerate(self.lines[:-1])
        )
        return 0.0 if len(unmarked) > HABIT * ends else PROSE


def score(seams: Seams, i: int, short: float = 1.0, paragraph: Start | None = None) -> float:
    """ln LR that a paragraph goes on behind line `i`; it began like `paragraph`, or with this line.

    `short` is from 0 to 1: how likely a short line is a title or verse in this document. For titles it is
    squared: where a few lines are parts for sure, many are.
    """
    seam = seams.seam(i)
    if seam.verdict is not None:
        return seam.verdict
    total = TAILS[seam.tail] + seams.head(i)
    if seam.tail == "comma" and seam.verse and (paragraph or seams.start(i)).length <= VERSE_LENGTH:
        total += short * (VERSE - TAILS["comma"])
    if seam.tail == "word":
        paragraph = paragraph or seams.start(i)
        if short:
            total += short**2 * TITLE * ((not paragraph.marks) + plain(seams.text, seams.lines[i + 1]))
        total += seam.runs_on + (UNCLOSED if paragraph.brackets else 0.0)
        if paragraph.heading and not paragraph.finals:
            total += HEADING + (ECHOED if echoes(seams.text, *seams.lines[i : i + 2]) else 0.0)
        elif paragraph.length >= PROSE_LENGTH and paragraph.finals:
            hanzi = HANZI.match(seams.text, seams.lines[i].end - 1)
            total += seams.prose if hanzi else seams.prose / 2
        elif paragraph.length >= CLAUSES_LENGTH and paragraph.marks:
            total += (1 - short) * seams.prose * CLAUSES / PROSE
    if seams.closing(i + 1) and (paragraph or seams.start(i)).quotes:
        total += QUOTED
    return total


def _seam(seams: Seams, i: int) -> Seam:
    text, line, following = seams.text, seams.lines[i], seams.lines[i + 1]
    start, end = line.start, line.end
    ends, last, first = tail(text, start, end), text[end - 1], text[following.start]
    if ends == "open" and _NUMBERED.fullmatch(text, start, end):
        ends = "word"
    if i and last in CLOSING and not text[start:end].strip(CLOSING):
        before = text[seams.lines[i - 1].start : seams.lines[i - 1].end] + last
        ends = tail(before, 0, len(before))
    return Seam(
        ends,
        runs_on(last, first) if ends == "word" and last != "、" else 0.0,
        verdict(text, line, following, ends),
        end - start <= VERSE_LENGTH and following.end - following.start <= VERSE_LENGTH,
    )
