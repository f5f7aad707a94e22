"""The words of site chrome, promotion and metadata: cleaners/data/boilerplate.toml, compiled.

Everything here is for folded text (`folding.fold`).
"""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from cleaners import folding
from cleaners.options import Phrases


class Hit(NamedTuple):
    name: str  # of the entry
    rule: str  # "promo", "metadata" or "chrome"
    strong: bool
    start: int
    end: int


class Label(NamedTuple):
    name: str  # of the entry
    field: str  # of Metadata; empty where none keeps the value
    strong: bool
    start: int  # of the label
    value: int  # where its value begins


class Lexicon(NamedTuple):
    phrases: re.Pattern[str]
    lines: re.Pattern[str]
    labels: re.Pattern[str]
    spans: re.Pattern[str]
    formulas: re.Pattern[str]
    menu: frozenset[str]
    entries: dict[str, tuple[str, str, bool]]  # group -> name, rule or field, strong

    def hits(self, folded: str) -> list[Hit]:
        """Where phrases of promotion and chrome stand, from left to right."""
        return [Hit(*self.entries[m.lastgroup or ""], *m.span()) for m in self.phrases.finditer(folded)]

    def whole(self, folded: str) -> Hit | None:
        """The entry that is all the line says, if one is."""
        if match := self.lines.fullmatch(folded):
            return Hit(*self.entries[match.lastgroup or ""], 0, len(folded))
        return None

    def labelled(self, folded: str) -> list[Label]:
        """Where labels such as `来源:` stand."""
        return [
            Label(*self.entries[m.lastgroup or ""], m.start(m.lastgroup or ""), m.end())
            for m in self.labels.finditer(folded)
        ]


@cache
def load(added: tuple[Phrases, ...] = ()) -> Lexicon:
    """The lexicon that ships with the project, and what somebody adds to it."""
    tables = raw()
    tables = tables | {"phrase": [*tables["phrase"], *map(_folded, added)]}
    entries: dict[str, tuple[str, str, bool]] = {}

    def compiled(kind: str, frame: str = "{}") -> re.Pattern[str]:
        groups = []
        for i, table in enumerate(tables[kind]):
            for strength in ("strong", "weak"):
                key = f"{kind}{i}{strength}"
                if patterns := _patterns(table, strength):
                    entries[key] = (
                        table["name"],
                        table.get("rule", table.get("field", "")),
                        strength == "strong",
                    )
                    longest_first = sorted(patterns, key=len, reverse=True)
                    groups.append((strength, f"(?P<{key}>{'|'.join(longest_first)})"))
        groups.sort()  # strong before weak
        return re.compile(frame.format("|".join(group for _, group in groups)))

    return Lexicon(
        phrases=compiled("phrase"),
        lines=compiled("line", r"[\W\d_]*(?:(?:{})[\W\d_]*)+"),
        labels=compiled("label", r"(?<![\u4e00-\u9fff])[\[(【<·*\-]*(?:{})(?: ?[\])】])?\s?[:：]\s*"),
        spans=compiled("span"),
        formulas=re.compile("|".join(tables["formulas"]["patterns"])),
        menu=frozenset(tables["menu"]["words"]),
        entries=entries,
    )


@cache
def raw() -> dict[str, Any]:
    """The tables as they are written."""
    return tomllib.loads(files("cleaners.data").joinpath("boilerplate.toml").read_text("utf-8"))


def _folded(added: Phrases) -> dict[str, Any]:
    """An entry whose patterns are for folded text."""

    def fold(pattern: str) -> str:
        return "".join(c if c.isascii() else re.escape(folding.fold(c)) for c in pattern)

    return added.model_dump() | {"patterns": [fold(pattern) for pattern in added.patterns]}


def _patterns(table: dict[str, Any], strength: str) -> list[str]:
    """The patterns of one entry that have this strength."""
    if "patterns" in table:
        return list(table["patterns"]) if table.get("strength", "strong") == strength else []
    return list(table[strength])
