"""The words of site chrome, promotion and metadata: cleaners/data/boilerplate.toml, compiled.

Everything here is for folded text (`folding.fold`).
"""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from cleaners import folding
from cleaners.boilerplate.screen import Screen, spelt
from cleaners.options import Phrases

STRENGTHS = ("strong", "weak", "ambiguous")
HANZI_ONLY = re.compile("[\u4e00-\u9fff]+")

# Nothing that makes a longer word stands before a label; brackets and bullets may.
BEFORE_LABEL = r"(?<![\u4e00-\u9fff])[\[(【<·*\-]*"
# One of these stands behind every label (the digits begin a year).
BEHIND_LABEL = (":", "/", "|", "丨", "19", "20")
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


class Lexicon(NamedTuple):
    phrases: list[tuple[str, str]]  # group, pattern: what stands first is preferred
    screen: Screen  # of the phrases
    lines: re.Pattern[str]
    labels: re.Pattern[str]
    label_ends: re.Pattern[str]  # the last character of any label, before what stands behind labels
    words: tuple[str, ...]  # the labels
    spans: re.Pattern[str]
    span_screen: Screen
    formulas: re.Pattern[str]
    menu: frozenset[str]
    entries: dict[str, tuple[str, str, str]]  # group -> name, rule or field, strength

    def hits(self, folded: str, among: Sequence[int]) -> list[Hit]:
        """Where phrases of promotion and chrome stand, from left to right: those that the screen lets pass."""
        hits, start = [], 0
        while found := [
            (match.start(), number, match.end())
            for number in among
            if (match := _compiled(self.phrases[number][1]).search(folded, start))
        ]:
            begin, number, end = min(found)
            hits.append(Hit(*self.entries[self.phrases[number][0]], begin, end))
            start = max(end, begin + 1)
        return hits

    def whole(self, folded: str) -> Hit | None:
        """The entry that is all the line says, if one is: a strong one where several stand side by side."""
        match = self.lines.fullmatch(folded) if len(folded) <= LONGEST_BUTTONS else None
        said = [group for group, part in match.groupdict().items() if part] if match else []
        return Hit(*self.entries[said[0]], 0, len(folded)) if said else None

    def labelled(self, folded: str) -> list[Label]:
        """Where labels such as `来源:` stand."""
        if not self._has_label(folded):
            return []
        return [
            Label(*self.entries[m.lastgroup or ""], m.start(m.lastgroup or ""), m.end())
            for m in self.labels.finditer(folded)
        ]

    def _has_label(self, folded: str) -> bool:
        """Whether a label may stand in the line: what stands behind one is there, and before it the label."""
        if any(map(folded.__contains__, BEHIND_LABEL)):
            for match in self.label_ends.finditer(folded):
                before = folded[max(0, match.end() - LONGEST_LABEL) : match.end()]
                if before.replace(" ", "").endswith(self.words):
                    return True
        return False


@cache
def load(added: tuple[Phrases, ...] = ()) -> Lexicon:
    """The lexicon that ships with the project, and what somebody adds to it."""
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

    def joined(kind: str, tables: list[dict[str, Any]]) -> str:
        """One pattern for all of a kind, with named groups."""
        return "|".join(f"(?P<{key}>{'|'.join(patterns)})" for key, patterns in groups(kind, tables).items())

    labels = [_spaced_out(table) for table in tables["label"]]
    colon = rf"(?:{joined('label', labels)})(?: ?[\])】])?(?:\s?:\s*|\s?(?=(?:19|20)\d\d[-年/.]\d))"
    credits = [table for table in labels if table.get("credit")]
    slash = rf"(?:{joined('credit', credits)})\s?(?:/(?=[\u4e00-\u9fff《])|[|丨])\s?"
    words = tuple(word for table in tables["label"] for label in _labels(table) for word in spelt(label))
    ends = re.escape("".join(sorted({word[-1] for word in words})))
    phrases = [
        (group, pattern)
        for group, patterns in groups("phrase", [*tables["phrase"], *map(_folded, added)]).items()
        for pattern in patterns
    ]
    return Lexicon(
        phrases=phrases,
        screen=Screen([pattern for _, pattern in phrases]),
        lines=re.compile(BUTTONS.format(joined("line", tables["line"]))),
        labels=re.compile(f"{BEFORE_LABEL}(?:{colon}|{slash})"),
        label_ends=re.compile(rf"[{ends}](?=(?: ?[\])】])?\s?(?:[:/|丨]|(?:19|20)\d\d[-年/.]))"),
        words=words,
        spans=re.compile(joined("span", tables["span"])),
        span_screen=Screen(
            [pattern for found in groups("span", tables["span"]).values() for pattern in found]
        ),
        formulas=re.compile("|".join(tables["formulas"]["patterns"])),
        menu=frozenset(tables["menu"]["words"]),
        entries=entries,
    )


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
