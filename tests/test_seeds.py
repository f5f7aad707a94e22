"""The five documents this project was asked for come out as they should.

What is expected is made here from the raw documents by means of its own: line numbers, OpenCC and plain
replacements. None of their text stands in the project.
"""

import re
from pathlib import Path

import opencc
import pytest

from cleaners import Document, clean, undo

# Toned pinyin in brackets behind the character it reads.
GLOSS = re.compile(r"\([a-zü]*[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ][a-zü]*\)")


@pytest.fixture(scope="module")
def seeds(corpus: Path) -> dict[str, str]:
    return {path.name[:3]: path.read_bytes().decode() for path in (corpus / "documents" / "seeds").iterdir()}


@pytest.fixture(scope="module")
def cleaned(seeds: dict[str, str]) -> dict[str, Document]:
    return {name: clean(text.encode()) for name, text in seeds.items()}


def paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def flags(document: Document) -> set[str]:
    return {flag.name + (":" + flag.kind if flag.kind else "") for flag in document.flags}


def test_000_promotional_block_is_gone(seeds: dict[str, str], cleaned: dict[str, Document]) -> None:
    document, lines = cleaned["000"], seeds["000"].split("\n")
    assert document.text.split("\n") == paragraphs("\n".join(lines[15:]))
    assert document.metadata.title == lines[15]
    assert (document.measures.announced_items, document.measures.found_items) == (3, 3)
    assert not flags(document) & {"truncated", "headings_lost"}
    promo = [edit for step in document.steps for edit in step.edits if edit.rule == "boilerplate.promo"]
    assert sum(len(paragraphs(edit.before)) for edit in promo) == 8


def test_001_only_outer_white_space_changes(seeds: dict[str, str], cleaned: dict[str, Document]) -> None:
    assert cleaned["001"].text == seeds["001"].strip()
    measures = cleaned["001"].measures
    assert (measures.announced_items, measures.found_items) == (7, 7)
    assert flags(cleaned["001"]) == {"placeholders"}


def test_002_glosses_chrome_joins_mojibake_script(
    seeds: dict[str, str], cleaned: dict[str, Document]
) -> None:
    document, lines = cleaned["002"], seeds["002"].split("\n")
    body = [lines[0], *lines[2:7], lines[7] + lines[8], *lines[9:13], lines[13] + lines[14], *lines[15:20]]
    text = GLOSS.sub("", "\n".join(body))
    garbled = re.search(r"確;顒涌.*?七M", text)
    assert garbled is not None
    text = text.replace(garbled[0], "確保活動快速高效推進")
    # OpenCC's t2s keeps 著 where its phrases don't know better; both places here are the particle 着.
    expected = opencc.OpenCC("t2s").convert(text)
    assert document.text == expected.replace("发挥著", "发挥着").replace("著力", "着力")
    assert document.metadata.title == document.text.split("\n")[0]
    assert (document.metadata.published, document.metadata.source) == ("2020-11-20", "党课讲稿")
    glosses = [edit for step in document.steps if step.cleaner == "glosses" for edit in step.edits]
    # The bracket behind the garbled run is a gloss too, once that is mended.
    assert len(glosses) in (414, 415)
    assert flags(document) == {"headings_lost", "placeholders"}


def test_003_paragraphs_parted_and_cut_at_a_heading(
    seeds: dict[str, str], cleaned: dict[str, Document]
) -> None:
    document = cleaned["003"]
    assert document.text.split("\n") == seeds["003"].rstrip("|\n ").split(" ")
    assert "truncated:at_heading" in flags(document)


def test_004_cut_in_mid_sentence(seeds: dict[str, str], cleaned: dict[str, Document]) -> None:
    document, lines = cleaned["004"], paragraphs(seeds["004"])
    assert document.text.split("\n") == [lines[0], *lines[2:]]
    assert document.metadata.title == lines[0]
    assert document.metadata.published == "2015-01-23"
    assert "truncated:mid_sentence" in flags(document)


def test_all_edits_are_undone(seeds: dict[str, str], cleaned: dict[str, Document]) -> None:
    for name, document in cleaned.items():
        assert undo(document) == seeds[name]
