"""Rows, parts, merging, and what `verify` sees of a change in any of it."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cleaners import Document, Edit, Options
from cleaners.document import Decoding, Segment, Step
from flows import batch, manifest, publish, sources, tables
from flows.batch import Job
from flows.stores import store
from flows.verify import verify

TEXTS = {"a.txt": "第一篇。\n第二行。\n", "b.txt": "第二篇(dì'èr piān)。\n", "c/d.txt": "第三篇。\n"}


@pytest.fixture(autouse=True)
def a_cleaner_with_two_edits(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests are about bookkeeping: a stand-in that makes two edits in any text serves them best."""

    def clean(raw: bytes, options: Options) -> Document:
        if raw.startswith(b"%PDF"):
            return Document("", rejected="a PDF file")
        text = raw.decode()
        decoding = Decoding("utf-8", 1.0, (Segment(0, len(raw), "utf-8"),))
        steps = (
            Step("boilerplate", (Edit(0, text[:1], "", "boilerplate.promo", 0.9),)),
            Step("layout", (Edit(len(text) - 2, "\n", "", "layout.end", 1.0),)),
        )
        return Document(text[1:-1], steps, decoding=decoding)

    monkeypatch.setattr(batch, "clean", clean)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    for name, text in TEXTS.items():
        (tmp_path / "raw" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "raw" / name).write_text(text)
    return tmp_path / "raw"


@pytest.fixture
def clean(raw: Path, tmp_path: Path) -> Path:
    run(raw, tmp_path / "clean")
    return tmp_path / "clean"


def run(raw: Path, clean: Path) -> None:
    """All documents in one batch, and published."""
    job = Job(str(raw), str(clean), Options())
    batch.Batch("00000000", tuple(sources.find(raw))).run(job)
    publish.publish(store(str(clean)))


def contents(folder: Path) -> dict[str, bytes]:
    """All files, but for the stamps of files."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != tables.SEEN]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def rows(clean: Path) -> dict[str, manifest.Row]:
    return {row["path"]: row for row in manifest.rows(clean / sources.MANIFEST)}


def test_texts_rows_and_edits_are_written(raw: Path, clean: Path) -> None:
    assert (clean / "a.txt").read_bytes() == "一篇。\n第二行。\n".encode()
    found = rows(clean)
    assert list(found) == ["a.txt", "b.txt", "c/d.txt"]
    assert found["a.txt"]["removed_promo_chars"] == 1
    assert found["a.txt"]["raw_sha256"] == hashlib.sha256(TEXTS["a.txt"].encode()).hexdigest()
    assert found["a.txt"]["edits"] == 2
    edits = pq.read_table(clean / sources.EDITS)
    assert edits.schema == manifest.EDIT_SCHEMA
    assert edits["path"].to_pylist() == [path for path in TEXTS for _ in range(2)]
    assert edits["before"].to_pylist()[:2] == ["第", "\n"]


def test_jsonl_and_parquet_hold_the_same_rows(clean: Path) -> None:
    lines = (clean / sources.MANIFEST_LINES).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == pq.read_table(clean / sources.MANIFEST).to_pylist()


def test_every_column_is_typed_and_explained() -> None:
    assert [name for name, _, _ in manifest.columns()] == manifest.SCHEMA.names
    assert all(meaning for _, _, meaning in manifest.columns())


def test_the_same_input_gives_the_same_bytes(raw: Path, clean: Path, tmp_path: Path) -> None:
    run(raw, tmp_path / "again")
    assert contents(tmp_path / "again") == contents(clean)


def test_parts_replace_rows_of_the_same_path_and_keep_others(raw: Path, clean: Path, tmp_path: Path) -> None:
    (raw / "b.txt").write_text("换了内容。\n")
    (raw / "aa.txt").write_text("新的一篇。\n")
    job = Job(str(raw), str(clean), Options())
    changed = tuple(found for found in sources.find(raw) if found.path in {"aa.txt", "b.txt"})
    batch.Batch("00000000", changed).run(job)
    publish.publish(store(str(clean)))
    run(raw, tmp_path / "from-scratch")
    assert contents(clean) == contents(tmp_path / "from-scratch")


@pytest.mark.parametrize(
    "schema", [None, tables.SEEN_SCHEMA, tables.PART_SCHEMA.append(pa.field("new", pa.int64()))]
)
def test_a_part_that_other_code_wrote_counts_for_nothing(clean: Path, schema: pa.Schema | None) -> None:
    before = contents(clean)
    part = clean / tables.PARTS / "00000000"
    part.parent.mkdir(exist_ok=True)
    part.write_bytes(b"PAR1")
    if schema:
        with pa.ipc.new_stream(str(part), schema) as stream:
            stream.write_table(pa.Table.from_pylist([{"path": "a.jsonl#000000000"}], schema))
    assert tables.shards_in_parts(store(str(clean))) == set()
    publish.recover(store(str(clean)))
    assert contents(clean) == before


def test_merging_streams_that_are_cut_anywhere() -> None:
    def stream(paths: str, mark: str, size: int) -> list[pa.Table]:
        blank = manifest.rejected(sources.Found("", ""), mark, Options())
        whole = [
            {**blank, "path": path, "raw_stamp": "", "clean_stamp": "", tables.NESTED: []} for path in paths
        ]
        return [
            pa.Table.from_pylist(whole[at : at + size], tables.PART_SCHEMA)
            for at in range(0, len(whole), size)
        ]

    for size_of_old in (1, 2, 7):
        for size_of_new in (1, 3, 7):
            old, new = stream("acdeghk", "old", size_of_old), stream("bdfgil", "new", size_of_new)
            merged = pa.concat_tables(tables.merge(iter(old), iter(new))).to_pylist()
            assert "".join(row["path"] for row in merged) == "abcdefghikl"
            assert {row["path"] for row in merged if row["reason"] == "new"} == set("bdfgil")


def test_duplicates_point_to_the_first_by_path(raw: Path, tmp_path: Path) -> None:
    for name in ("z.txt", "0.txt"):
        (raw / name).write_text(TEXTS["b.txt"])
    run(raw, tmp_path / "clean")
    found = rows(tmp_path / "clean")
    assert found["0.txt"]["duplicate_of"] is None
    assert found["b.txt"]["duplicate_of"] == found["z.txt"]["duplicate_of"] == "0.txt"
    assert found["b.txt"]["status"] == "flagged"
    assert found["b.txt"]["flags"][0]["evidence"] == "the same clean text as 0.txt"


def test_a_row_is_no_duplicate_once_the_other_is_gone(raw: Path, tmp_path: Path) -> None:
    clean = tmp_path / "clean"
    (raw / "0.txt").write_text(TEXTS["b.txt"])
    run(raw, clean)
    (raw / "0.txt").unlink()
    publish.publish(store(str(clean)), ["0.txt"])
    assert rows(clean)["b.txt"]["status"] == "ok"


def test_a_rejected_document_has_a_row_and_no_text(raw: Path, tmp_path: Path) -> None:
    (raw / "b.txt").write_bytes(b"%PDF-1.7")
    clean = tmp_path / "clean"
    clean.mkdir()
    (clean / "b.txt").write_text("what an earlier run wrote")
    run(raw, clean)
    row = rows(clean)["b.txt"]
    assert (row["status"], row["reason"], row["output"]) == ("rejected", "a PDF file", "")
    assert row["raw_bytes"] == 8
    assert not (clean / "b.txt").exists()


def test_an_output_that_cannot_have_its_name_costs_one_document(raw: Path, tmp_path: Path) -> None:
    (raw / ("x" * 250 + ".html")).write_text("只有名字太长。\n")
    (tmp_path / "clean" / "b.txt").mkdir(parents=True)
    run(raw, tmp_path / "clean")
    found = rows(tmp_path / "clean")
    assert [row["status"] for row in found.values()] == ["ok", "rejected", "ok", "rejected"]
    assert "can't be written" in found["b.txt"]["reason"]


def test_a_cleaner_that_fails_costs_one_document(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = batch.clean

    def clean(raw: bytes, options: Options) -> Document:
        if raw == TEXTS["b.txt"].encode():
            raise RuntimeError("unforeseen")
        return good(raw, options)

    monkeypatch.setattr(batch, "clean", clean)
    run(raw, tmp_path / "clean")
    found = rows(tmp_path / "clean")
    assert [row["status"] for row in found.values()] == ["ok", "rejected", "ok"]
    assert "unforeseen" in found["b.txt"]["reason"]


@pytest.mark.parametrize("moment", ["before the move", "in the middle of it", "before the parts went"])
def test_a_killed_publication_is_completed(raw: Path, tmp_path: Path, moment: str) -> None:
    clean, undisturbed = tmp_path / "clean", tmp_path / "undisturbed"
    run(raw, clean)
    (raw / "a.txt").write_text("改过的一篇。\n")
    run(raw, undisturbed)
    # What lies there at that moment: the old manifest, the new one complete, and the parts.
    batch.Batch("00000000", tuple(sources.find(raw))).run(Job(str(raw), str(clean), Options()))
    new = clean / publish.NEW
    new.mkdir(exist_ok=True)
    published = sorted(sources.OWN_NAMES - {sources.PROFILE})
    for name in published:
        (new / name).write_bytes((undisturbed / name).read_bytes())
    (clean / publish.READY).touch()
    moved = {"before the move": 0, "in the middle of it": 2, "before the parts went": 4}[moment]
    for name in published[:moved]:
        (new / name).replace(clean / name)
    publish.recover(store(str(clean)))
    assert contents(clean) == contents(undisturbed)


# --- verify ----------------------------------------------------------------------------------------------


def problems(clean: Path, raw: Path) -> dict[str, str]:
    return {problem.path: problem.what for problem in verify(str(clean), str(raw))}


def test_verify_finds_nothing_wrong_with_what_was_just_written(clean: Path, raw: Path) -> None:
    assert problems(clean, raw) == {}


def test_verify_names_a_document_whose_text_was_altered(clean: Path, raw: Path) -> None:
    good = (clean / "b.txt").read_bytes()
    for altered in (good + b"\n", good[:-1], good.replace("篇".encode(), "遍".encode()), b""):
        (clean / "b.txt").write_bytes(altered)
        assert problems(clean, raw).keys() == {"b.txt"}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("start", 1),
        ("before", "X"),
        ("after", "X"),
        ("rule", "boilerplate.chrome"),
        ("confidence", 0.91),
        ("cleaner", "script"),
        ("path", "a.txt"),
        ("path", "never-was.txt"),
    ],
)
def test_verify_names_a_document_one_edit_of_which_was_altered(
    clean: Path, raw: Path, column: str, value: object
) -> None:
    edits = pq.read_table(clean / sources.EDITS).to_pylist()
    edits[2][column] = value
    pq.write_table(pa.Table.from_pylist(edits, manifest.EDIT_SCHEMA), clean / sources.EDITS)
    assert "b.txt" in problems(clean, raw)


def test_verify_names_a_document_with_an_edit_too_few_or_too_many(clean: Path, raw: Path) -> None:
    edits = pq.read_table(clean / sources.EDITS).to_pylist()
    for altered in (edits[:2] + edits[3:], [*edits[:3], edits[2], *edits[3:]], edits[:2] + edits[4:]):
        pq.write_table(pa.Table.from_pylist(altered, manifest.EDIT_SCHEMA), clean / sources.EDITS)
        assert problems(clean, raw).keys() == {"b.txt"}


def test_verify_names_outputs_and_rows_that_are_missing_or_extra(clean: Path, raw: Path) -> None:
    (clean / "b.txt").unlink()
    (clean / "extra.txt").write_text("extra")
    (raw / "later.txt").write_text("later")
    found = problems(clean, raw)
    assert found.keys() == {"b.txt", "extra.txt", "later.txt"}
    assert "can't be read" in found["b.txt"]


def test_verify_names_a_document_whose_raw_bytes_changed_or_went(clean: Path, raw: Path) -> None:
    (raw / "a.txt").write_text("改过的。\n")
    (raw / "b.txt").unlink()
    assert problems(clean, raw).keys() == {"a.txt", "b.txt"}


def test_verify_compares_the_two_manifests(clean: Path, raw: Path) -> None:
    lines = clean / sources.MANIFEST_LINES
    lines.write_text(lines.read_text().replace('"path": "b.txt"', '"path": "x.txt"'))
    assert problems(clean, raw).keys() == {"b.txt"}


def test_verify_does_not_believe_edits_that_undo_to_another_text(
    clean: Path, raw: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    good = batch.clean

    def careless(raw: bytes, options: Options) -> Document:
        document = good(raw, options)
        return replace(document, text=document.text.replace("篇", "遍"))

    monkeypatch.setattr(batch, "clean", careless)
    run(raw, tmp_path / "careless")
    assert set(problems(tmp_path / "careless", raw).values()) == {
        "undoing its edits does not give the raw text"
    }
