"""Of what kind the mojibake in a text may be.

Suspect are rows of hanzi that no text holds, which the screen finds, and rows of letters and signs that no
language writes, or Chinese text has not, for which there are patterns. Every kind of damage gives a quick reading
of such a stretch, and only those that make it likelier are worth more.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cleaners.document import Edit
from cleaners.mojibake import letters, quick
from cleaners.mojibake.acceptance import SIGNS
from cleaners.mojibake.code_pages import SINGLE_BYTE
from cleaners.mojibake.misalignment import MISALIGNED
from cleaners.mojibake.screen import Stretch
from cleaners.mojibake.spelling import Damage

# What was read as half-width kana and Hangul is half hanzi, so that a reading sees more of what stands near.
NEAR_LETTERS = 8
# Suspects with the same cause are one where they lie this near to each other, or only ASCII lies between.
NEIGHBOURS = 24
# So many causes of a stretch are worth a search; of a short one, of which quick readings tell less, more.
CAUSES = 2
CAUSES_OF_SHORT = 5
SHORT = 500  # characters
# What explains a longer one gains so much (nats) somewhere in it. Real ones gain 87 and more, the best run of 40,000
# random hanzi or letters 46. Misaligned bytes are in short runs.
GAIN_OF_LONG = 60.0
# So much else may stand between two signs of a page that gives itself away.
GAP = 8
RUNS = {page: re.compile(f"{sign.pattern}(?:.{{0,{GAP}}}?{sign.pattern})*") for page, sign in SIGNS.items()}


class Suspect(NamedTuple):
    """A stretch and what may have happened to it."""

    start: int
    end: int
    gains: dict[Damage, float]  # what quick readings gain (nats), where that is enough
    well_formed: frozenset[str]  # pages in which it is well-formed UTF-8, whatever that spells

    @property
    def causes(self) -> list[Damage]:
        """What is worth a search, the likeliest first."""
        causes = CAUSES_OF_SHORT if self.end - self.start <= SHORT else CAUSES
        return sorted(self.gains, key=self.gains.__getitem__, reverse=True)[:causes]


def find(
    text: str, is_odd: bool, stretches: Sequence[Stretch], parts: Sequence[tuple[int, int]]
) -> list[Suspect]:
    """What some kind of damage explains in `parts` of `text`, in order, disjoint.

    `stretches` are what is suspect there; `is_odd` says that the text has letters which Chinese text has not.
    """
    found = []
    if stretches:
        read = quick.of_hanzi(text, stretches)
        found = [_suspect(s.start, s.end, r) for s, r in zip(stretches, read, strict=True) if any(r)]
    if is_odd:
        settled = [s for s in found if quick.SETTLED in s.gains.values()]
        found += [suspect for part in parts for suspect in _among_letters(text, part, settled)]
    if len(found) > 1:
        found = _agreed(sorted(found, key=lambda suspect: suspect.start))
    return [suspect for part in parts for suspect in _merged(_those_in(found, part), text)]


def _suspect(start: int, end: int, read: quick.Quick) -> Suspect:
    """A stretch that was `read`, with what is no chance."""
    gains = read.gains
    if end - start > SHORT:
        gains = {d: gain for d, gain in gains.items() if gain >= GAIN_OF_LONG or d == MISALIGNED}
    return Suspect(start, end, gains, read.well_formed)


def _those_in(found: Sequence[Suspect], part: tuple[int, int]) -> Sequence[Suspect]:
    first, last = (bisect_left(found, end, key=lambda suspect: suspect.start) for end in part)
    return found[first:last]


def _agreed(found: list[Suspect]) -> list[Suspect]:
    """`found` with what explains most in the whole text first, where pages read a stretch alike."""
    total = Counter[Damage]()
    for suspect in found:
        total.update(suspect.gains)
    return [
        suspect._replace(gains=dict(sorted(suspect.gains.items(), key=lambda item: -total[item[0]])))
        for suspect in found
    ]


def touching(spans: Sequence[Suspect] | Sequence[Edit], start: int, end: int) -> bool:
    """Whether one of `spans`, which are disjoint and in order, holds a character from `start` to `end`."""
    before = bisect_left(spans, end, key=lambda span: span.start)
    return before > 0 and spans[before - 1].end > start


def _among_letters(text: str, part: tuple[int, int], settled: Sequence[Suspect]) -> Iterator[Suspect]:
    """Runs in a part of `text` of what pages read into foreign bytes and Chinese text has not: Western letters, half-width kana, Hangul.

    What is `settled` already is not asked for again.
    """
    runs: list[tuple[re.Match[str], tuple[str, ...]]] = [
        (run, SINGLE_BYTE) for run in letters.runs(text, *part)
    ]
    runs += [(run, (page,)) for page, pattern in RUNS.items() for run in pattern.finditer(text, *part)]
    for run, pages in runs:
        start, end = run.span()
        if touching(settled, start, end):
            continue
        piece = text[max(0, start - NEAR_LETTERS) : min(end + NEAR_LETTERS, start + quick.SAMPLE)]
        read = quick.of_letters(piece, pages)
        if any(read):
            yield _suspect(start, end, read)


def _merged(found: Sequence[Suspect], text: str) -> Iterator[Suspect]:
    if not found:
        return
    last = found[0]
    for suspect in found[1:]:
        alike = suspect.causes[:1] == last.causes[:1] or suspect.well_formed & last.well_formed
        near = suspect.start - last.end <= NEIGHBOURS or text[last.end : suspect.start].isascii()
        if suspect.start < last.end or (alike and near):
            gains = {**last.gains, **suspect.gains}
            gains |= {damage: max(gain, gains[damage]) for damage, gain in last.gains.items()}
            well_formed = last.well_formed | suspect.well_formed
            last = Suspect(last.start, max(last.end, suspect.end), gains, well_formed)
        else:
            yield last
            last = suspect
    yield last
