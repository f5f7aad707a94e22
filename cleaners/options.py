"""What to do with a document, and how strictly."""

import difflib
import hashlib
import re
from collections.abc import Mapping
from typing import Any, Literal, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_serializer,
    field_validator,
    model_validator,
)

CleanerName = Literal[
    "encoding",
    "mojibake",
    "glosses",
    "boilerplate",
    "layout",
    "punctuation",
    "script",
    "outline",
    "completeness",
]
ALL_CLEANERS: tuple[CleanerName, ...] = get_args(CleanerName)


class Phrases(BaseModel):
    """Words of promotion or chrome, in the form of an entry of cleaners/data/boilerplate.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = "added"
    rule: Literal["promo", "metadata", "chrome"] = "promo"
    strength: Literal["strong", "weak"] = "strong"
    patterns: tuple[str, ...]  # regular expressions; full-width and traditional forms match too

    @field_validator("patterns")
    @classmethod
    def _compile(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            try:
                matches_nothing = re.compile(pattern).match("")
            except re.error as error:
                raise ValueError(f"{pattern!r} is no regular expression: {error}") from None
            if matches_nothing:
                raise ValueError(f"{pattern!r} matches the empty string")
        return patterns


class Options(BaseModel):
    """What to do; the defaults serve somebody who cleans Chinese text for a corpus.

    Raises pydantic's ValidationError, a ValueError, on unknown names and values.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    cleaners: tuple[CleanerName, ...] = Field(
        default=ALL_CLEANERS, description="which cleaners run, in this order"
    )
    script: Literal["simplified", "traditional", "taiwan", "hongkong", "keep"] = Field(
        default="simplified", description="the script to write"
    )
    phrases: bool = Field(
        default=False,
        description="between simplified and taiwan or hongkong, write the words of the place: 軟體 for 软件",
    )
    punctuation: Literal["keep", "fullwidth"] = Field(
        default="keep", description="fullwidth: half-width marks between hanzi become full-width"
    )
    letters: Literal["keep", "halfwidth"] = Field(
        default="keep", description="halfwidth: full-width digits and letters become half-width"
    )
    boilerplate: Literal["careful", "bold", "off"] = Field(
        default="careful", description="how much evidence it takes to remove a line"
    )
    lexicon: tuple[Phrases, ...] = Field(
        default=(), description="words of promotion and chrome besides those that are known"
    )
    profile: frozenset[str] = Field(
        default=frozenset(),
        description="lines that repeat over the documents of a site, as `learn` found them",
    )

    @model_validator(mode="before")
    @classmethod
    def _name_the_nearest(cls, values: Any) -> Any:
        if isinstance(values, Mapping):
            for key in values:
                if key not in cls.model_fields:
                    near = difflib.get_close_matches(str(key), cls.model_fields, n=1, cutoff=0.0)
                    raise ValueError(f"unknown option {key!r}; the nearest known one is {near[0]!r}")
        return values

    @field_serializer("profile")
    def _in_order(self, profile: frozenset[str]) -> list[str]:
        return sorted(profile)

    @property
    def fingerprint(self) -> str:
        """Eight bytes in hex that differ whenever an option differs."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]


def explain_errors(error: ValidationError) -> str:
    """What is wrong with some options, in words: one line for each."""
    return "\n".join(
        (".".join(str(part) for part in problem["loc"]) + ": " if problem["loc"] else "")
        + problem["msg"].removeprefix("Value error, ")
        for problem in error.errors()
    )
