"""The words of site chrome, promotion and metadata: cleaners/data/boilerplate.toml, compiled.

Everything here is for folded text (`folding.fold`).
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from heapq import heappop, heappush
from importlib.resources import files
from itertools import chain
from typing import Any, NamedTuple

from cleaners import folding
from cleaners.boilerplate.screen import Screen, begins, spelt
from cleaners.options import Phrases

STRENGTHS = ("strong", "weak", "ambiguous")
HANZI_ONLY = re.compile("[\u4e00-\u9fff]+")

# Nothing that makes a longer word stands before a label; brackets and bullets may.
BEFORE_LABEL = r"(?<![\u4e00-\u9fff])[\[(【<·*\-]*"
# One of these stands behind every label, or a year.
BEHIND_LABEL = r"(?=[ \])】]*(?:[:/|丨]|19|20))"
# No label is longer, with the spaces in it.
LONGEST_LABEL = 60
# A line of buttons is no longer; the pattern for it takes time that grows fast with the length.
LONGEST_BUTTONS = 32
# Buttons may stand beside each other, with numbers and marks.
BUTTONS = r"[\W\d_]*(?:(?:{})[\W\d_]*)+"


class Hit(NamedTuple):
    name: str  # of the entry
    rule: str  # "promo", "metadata" or "chrome"
    strength: str  # "strong" or "weak"
    start: int
    end: int


class Label(NamedTuple):
    name: str  # of the entry
    field: str  # of Metadata; empty where none keeps the value
    strength: str  # "strong", "weak" or "ambiguous"
    start: int  # of the label
    value: int  # where its value begins


@dataclass(frozen=True, slots=True)
class Lexicon:
    phrases: list[tuple[str, str]]  # group, pattern: what stands first is preferred
    strong: int  # how many of them are, which stand first
    screen: Screen  # of the phrases, and behind these of the spans
    lines: re.Pattern[str]
    beginnings: dict[str, str]  # first letter -> pattern for what of lines may begin with it
    labels: re.Pattern[str]
    label_ends: re.Pattern[str]  # last characters of labels, and what stands behind these
    words: dict[str, tuple[str, ...]]  # the labels, by their last characters
    spans: re.Pattern[str]
    formulas: re.Pattern[str]  # what opens or closes texts: `谢谢大家!`
    menu: frozenset[str]
    entries: dict[str, tuple[str, str, str]]  # group -> name, rule or field, strength

    def hits(self, folded: str, among: Iterable[int]) -> list[Hit]:
        """Where phrases of promotion and chrome stand, from left to right: those that the screen lets pass."""
        hits: list[Hit] = []
        start, waiting = 0, [number for number in among if number < len(self.phrases)]
        found: list[tuple[int, int, int]] = []  # where each pattern matches next
        while waiting or found:
            for number in waiting:
                if match := _compiled(self.phrases[number][1]).search(folded, start):
                    heappush(found, (match.start(), number, match.end()))
            waiting = []
            if found:
                begin, number, end = heappop(found)
                waiting = [number]
                if begin >= start:
                    hits.append(Hit(*self.entries[self.phrases[number][0]], begin, end))
                    start = max(end, begin + 1)
        return hits

    def has_strong(self, folded: str, among: Iterable[int]) -> bool:
        """Whether a strong phrase stands in a line: one of those that the screen lets pass."""
        return any(_compiled(self.phrases[i][1]).search(folded) for i in among if i < self.strong)

    def whole(self, folded: str) -> Hit | None:
        """The entry that is all the line says, if one is: a strong one where several stand side by side."""
        if len(folded) > LONGEST_BUTTONS:
            return None
        beginning = self.beginnings.get(_first_letter(folded))  # most lines begin otherwise
        if beginning is None or not _compiled(beginning).match(folded):
            return None
        match = self.lines.fullmatch(folded)
        said = [group for group, part in match.groupdict().items() if part] if match else []
        return Hit(*self.entries[said[0]], 0, len(folded)) if said else None

    def labelled(self, folded: str) -> list[Label]:
        """Where labels such as `来源:` stand."""
        if not self.has_label(folded):
            return []
        return [
            Label(*self.entries[m.lastgroup or ""], m.start(m.lastgroup or ""), m.end())
            for m in self.labels.finditer(folded)
        ]

    def has_label(self, folded: str) -> bool:
        """Whether a label may stand in the line: what stands behind one is there, and before it the label."""
        for match in self.label_ends.finditer(folded):
            end = match.start() + 1
            before = folded[max(0, end - LONGEST_LABEL) : end]
            close = before.replace(" ", "")
            for word in self.words[match[0]]:
                # What makes a longer word stands right before it, unless there are spaces in it.
                if close.endswith(word) and not (
                    before.endswith(word) and _is_hanzi(before[: -len(word)][-1:])
                ):
                    return True
        return False


def load(added: tuple[Phrases, ...] = ()) -> Lexicon:
    """The lexicon that ships with the project, and what somebody adds to it."""
    return _loaded(added)


@cache
def _loaded(added: tuple[Phrases, ...]) -> Lexicon:
    tables = raw()
    entries: dict[str, tuple[str, str, str]] = {}

    def groups(kind: str, tables: list[dict[str, Any]]) -> dict[str, list[str]]:
        """The patterns of a kind by group: the strong ones first, the longest patterns first."""
        found = []
        for i, table in enumerate(tables):
            for order, strength in enumerate(STRENGTHS):
                if patterns := _patterns(table, strength):
                    key = f"{kind}{i}{strength}"
                    entries[key] = table["name"], table.get("rule", table.get("field", "")), strength
                    found.append((order, key, sorted(patterns, key=len, reverse=True)))
        return {key: patterns for _, key, patterns in sorted(found)}

    def joined(patterns: dict[str, list[str]]) -> str:
        """One pattern for all of a kind, with named groups."""
        return "|".join(f"(?P<{key}>{'|'.join(of_key)})" for key, of_key in patterns.items())

    labels = [_spaced_out(table) for table in tables["label"]]
    colon = rf"(?:{joined(groups('label', labels))})(?: ?[\])】])?(?:\s?:\s*|\s?(?=(?:19|20)\d\d[-年/.]\d))"
    credits = [table for table in labels if table.get("credit")]
    slash = rf"(?:{joined(groups('credit', credits))})\s?(?:/(?= ?[\u4e00-\u9fff《])|[|丨])\s?"
    words = {word for table in tables["label"] for label in _labels(table) for word in spelt(label)}
    spans, lines = groups("span", tables["span"]), groups("line", tables["line"])
    phrases = [
        (group, pattern)
        for group, patterns in groups("phrase", [*tables["phrase"], *map(_folded, added)]).items()
        for pattern in patterns
    ]
    return Lexicon(
        phrases=phrases,
        strong=sum(entries[group][2] == "strong" for group, _ in phrases),
        screen=Screen([pattern for _, pattern in phrases] + [*chain.from_iterable(spans.values())]),
        lines=re.compile(BUTTONS.format(joined(lines))),
        beginnings=_by_first_letter(chain.from_iterable(lines.values())),
        labels=re.compile(f"{BEFORE_LABEL}(?:{colon}|{slash})"),
        label_ends=re.compile(f"[{re.escape(''.join({word[-1] for word in words}))}]{BEHIND_LABEL}"),
        words={end: tuple(word for word in words if word[-1] == end) for end in {word[-1] for word in words}},
        spans=re.compile(joined(spans)),
        formulas=re.compile("|".join(tables["formulas"]["patterns"])),
        menu=frozenset(tables["menu"]["words"]),
        entries=entries,
    )


def _by_first_letter(patterns: Iterable[str]) -> dict[str, str]:
    """For each letter a pattern for what may begin with it: faster to try than all."""
    found: dict[str, list[str]] = defaultdict(list)
    for pattern in patterns:
        for letter in begins(pattern):
            found[letter].append(pattern)
    return {letter: rf"[\W\d_]*(?:{'|'.join(those)})" for letter, those in found.items()}


def _is_hanzi(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def _first_letter(folded: str) -> str:
    """The first letter of a line; empty if it has none."""
    return folded[0] if folded[0].isalpha() else next(filter(str.isalpha, folded), "")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@cache
def raw() -> dict[str, Any]:
    """The tables as they are written."""
    return tomllib.loads(files("cleaners.data").joinpath("boilerplate.toml").read_text("utf-8"))


def _folded(added: Phrases) -> dict[str, Any]:
    """An entry whose patterns are for folded text."""

    def fold(pattern: str) -> str:
        return "".join(c if c.isascii() else re.escape(folding.fold(c)) for c in pattern)

    return added.model_dump() | {"patterns": [fold(pattern) for pattern in added.patterns]}


def _labels(table: dict[str, Any]) -> list[str]:
    return [label for strength in STRENGTHS for label in table.get(strength, ())]


def _spaced_out(table: dict[str, Any]) -> dict[str, Any]:
    """A table of labels that match with spaces between their hanzi: `作  者:`."""

    def space(label: str) -> str:
        return " {0,4}".join(label) if HANZI_ONLY.fullmatch(label) else label

    return table | {
        strength: [space(label) for label in table[strength]] for strength in STRENGTHS if strength in table
    }


def _patterns(table: dict[str, Any], strength: str) -> list[str]:
    """The patterns of one entry that have this strength."""
    if "patterns" in table:
        patterns = table["patterns"] if table.get("strength", "strong") == strength else ()
        return ["".join(map(str.strip, pattern.split("\n"))) for pattern in patterns]
    return list(table.get(strength, ()))
