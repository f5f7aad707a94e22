"""The patterns of `data/completeness.toml`, by kind."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

# Pinyin in brackets, which hides what a line says where the glosses were not removed.
GLOSS = re.compile(r"\([a-z\u00e0-\u01dc]{1,7}\)")


@cache
def load() -> dict[str, list[dict[str, Any]]]:
    """All rules by kind: each with `name`, `pattern`, and what it must `match` and must `not`."""
    return tomllib.loads((files("cleaners") / "data" / "completeness.toml").read_text(encoding="utf-8"))


def search(kind: str, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
    """The first match of a kind in `text[start:end]`; its rules name `words` without which they do not match.

    Most texts have none of these, and looking for a word is much faster than looking for a pattern.
    """
    end = len(text) if end is None else end
    if holds(text[start:end], _words(kind)):
        return pattern(kind).search(text, start, end)
    return None


def holds(text: str, words: tuple[str, ...]) -> bool:
    """Whether one of `words` stands in `text`."""
    return any(map(text.__contains__, words))


@cache
def _words(kind: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for rule in load()[kind] for word in rule["words"]))


@cache
def pattern(kind: str) -> re.Pattern[str]:
    """One pattern for all rules of a kind. Raises KeyError on an unknown kind."""
    return re.compile("|".join(f"(?:{rule['pattern']})" for rule in load()[kind]))
