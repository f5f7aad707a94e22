"""Each sample document in raw/ comes out exactly as it should: text, flags, metadata, what was removed."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from cleaners import Document, clean

TOP = Path(__file__).parent.parent
EXPECTED = Path(__file__).parent / "expected"
OUTCOMES: dict[str, dict[str, Any]] = tomllib.loads((EXPECTED / "outcomes.toml").read_text("utf-8"))


def edits(document: Document, cleaner: str) -> int:
    return sum(len(step.edits) for step in document.steps if step.cleaner == cleaner)


def lines_removed(document: Document, *, metadata: bool) -> int:
    """How many lines that are not blank boilerplate removed, as metadata or as anything else."""
    return sum(
        bool(line.strip())
        for step in document.steps
        if step.cleaner == "boilerplate"
        for edit in step.edits
        if (edit.rule == "boilerplate.metadata") == metadata
        for line in edit.before.split("\n")
    )


def test_every_sample_has_an_expected_outcome() -> None:
    assert sorted(OUTCOMES) == sorted(path.stem for path in (TOP / "raw").iterdir())


@pytest.mark.parametrize("name", OUTCOMES)
def test_text(name: str) -> None:
    expected = (EXPECTED / f"{name}.txt").read_text("utf-8")
    assert clean((TOP / "raw" / f"{name}.txt").read_bytes()).text + "\n" == expected


@pytest.mark.parametrize("name", OUTCOMES)
def test_what_is_said_of_it(name: str) -> None:
    document = clean((TOP / "raw" / f"{name}.txt").read_bytes())
    joined = sum(edit.rule == "layout.join" for step in document.steps for edit in step.edits)
    found = {
        "encoding": document.decoding.encoding,
        "flags": [flag.name + (":" + flag.kind if flag.kind else "") for flag in document.flags],
        **{
            field: getattr(document.metadata, field)
            for field in ("title", "published", "source", "author", "editor")
        },
        "noise_lines": lines_removed(document, metadata=False),
        "metadata_lines": lines_removed(document, metadata=True),
        "joined": joined,
        "repaired": edits(document, "mojibake"),
        "script_found": document.measures.script_found,
    }
    nothing = {"flags": [], "title": "", "published": "", "source": "", "author": "", "editor": "",
               "noise_lines": 0, "metadata_lines": 0, "joined": 0, "repaired": 0}  # fmt: skip
    expected = nothing | {"script_found": found["script_found"]} | OUTCOMES[name]
    assert found == expected
