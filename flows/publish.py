"""Texts, parts and manifests reach the clean folder whole or not at all.

Each batch leaves a *part*: its rows with their edits nested in them, in one file. At the end the parts are
merged with what the last run published. The new manifest is written beside the old one (`.jingwen/new`), a mark
says that it is complete (`.jingwen/ready`), and it is moved into place file by file; only then the parts go. A
run that is killed on the way leaves what the next one needs to go on, whatever the moment.
"""

import contextlib
import hashlib
import json
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from flows import report, tables
from flows.manifest import EDIT_SCHEMA, ROWS_AT_A_TIME, SCHEMA, EditRow, FlagRow, Row, batches
from flows.sources import EDITS, MANIFEST, MANIFEST_LINES, REPORT
from flows.stores import TEMPORARY, WORKING_FOLDER, Store
from flows.tables import NESTED, PART_SCHEMA, PARTS, SEEN, SEEN_SCHEMA, Stamps

NEW = f"{WORKING_FOLDER}/new"
READY = f"{WORKING_FOLDER}/ready"
# Edits in a group of what is written: a row has some dozens, and every group costs memory to the end.
EDITS_AT_A_TIME = 16 * ROWS_AT_A_TIME
# Digests that make no document a duplicate: of no text, and of an empty one.
NOTHING = frozenset({"", hashlib.sha256(b"").hexdigest()})
# Columns that say whether a document is a duplicate.
MARKS = ("status", "flags", "duplicate_of")


class Done(NamedTuple):
    """What a batch did with one document."""

    row: Row
    edits: Sequence[EditRow] = ()
    stamps: Stamps = Stamps("", "")


def write_part(clean: Store, name: str, documents: Sequence[Done]) -> None:
    """A part: one batch's documents, sorted by path."""
    nested = [
        {**done.row, "raw_stamp": done.stamps.raw, "clean_stamp": done.stamps.clean, NESTED: done.edits}
        for done in documents
    ]
    with clean.create(name) as file, tables.part_writer(file) as writer:
        writer.write_table(pa.Table.from_pylist(nested, PART_SCHEMA), ROWS_AT_A_TIME)


def join_parts(clean: Store, parts: Iterable[str], name: str, stamps: Stamps) -> None:
    """One part of many, in their order, with other stamps."""
    with clean.create(name) as file, tables.part_writer(file) as writer:
        for part in parts:
            for table in tables.part(clean, part):
                everywhere = dict.fromkeys(table["path"].to_pylist(), stamps)
                writer.write_table(tables.restamped(table, everywhere))


def publish(clean: Store, gone: Collection[str] = (), stamps: Mapping[str, Stamps] | None = None) -> None:
    """Merges the parts with what was published before; of that, documents and shards in `gone` are left out.

    A shard in the parts replaces all of what it was. `stamps` are those of documents that have other ones than before, and are the same all the same.
    """
    gone = {*gone, *tables.shards_in_parts(clean)}
    rows = tables.merge(tables.without(tables.whole(clean), gone), tables.parts(clean))
    _write(clean, (tables.restamped(table, stamps) for table in rows) if stamps else rows)
    clean.write(READY, b"")
    _move_into_place(clean)


def recover(clean: Store) -> None:
    """Ends what a killed run left: moves a complete manifest into place, and publishes parts."""
    clean.remove_folder(TEMPORARY)
    if clean.exists(READY):
        _move_into_place(clean)
    for name in clean.names(NEW):
        clean.delete(f"{NEW}/{name}")
    if clean.names(PARTS):
        publish(clean)


def _move_into_place(clean: Store) -> None:
    for name in clean.names(NEW):
        clean.move(f"{NEW}/{name}", f"{WORKING_FOLDER}/{name}" if name == SEEN else name)
    for name in clean.names(PARTS):
        clean.delete(f"{PARTS}/{name}")
    clean.delete(READY)


# --- the files -------------------------------------------------------------------------------------------


def _write(clean: Store, rows: Iterator[pa.Table]) -> None:
    """Writes all that is published into the folder `NEW`; finds the duplicates."""
    with contextlib.ExitStack() as files:
        manifest, lines, edits, page, seen = (
            files.enter_context(clean.create(f"{NEW}/{name}"))
            for name in (MANIFEST, MANIFEST_LINES, EDITS, REPORT, SEEN)
        )
        unmarked = manifest.with_suffix(".unmarked")
        with (
            _Writer(unmarked, SCHEMA) as rows_file,
            _Writer(edits, EDIT_SCHEMA, EDITS_AT_A_TIME) as edits_file,
            _Writer(seen, SEEN_SCHEMA) as seen_file,
        ):
            for table in rows:
                rows_file.write(table.select(SCHEMA.names))
                seen_file.write(table.select(SEEN_SCHEMA.names))
                edits_file.write(tables.flat(table))
        _mark_duplicates(unmarked, manifest, lines)
        unmarked.unlink()
        report.render(manifest, edits, page)


class _Writer:
    """Writes Parquet in groups of one size, so that the bytes don't show how the rows came in."""

    def __init__(self, path: Path, schema: pa.Schema, group: int = ROWS_AT_A_TIME) -> None:
        # Of other columns nobody asks for a range, and what says of it takes as much room as short edits do.
        self._file = pq.ParquetWriter(path, schema, write_statistics=["path"])
        self._group = group
        self._waiting = schema.empty_table()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None and self._waiting.num_rows:
            self._file.write_table(self._waiting.combine_chunks())
        self._file.close()

    def write(self, table: pa.Table) -> None:
        self._waiting = pa.concat_tables([self._waiting, table])
        while self._waiting.num_rows >= self._group:
            self._file.write_table(self._waiting.slice(0, self._group).combine_chunks())
            self._waiting = self._waiting.slice(self._group)
            # Small pieces keep the big ones between them from the system: 60 MB in a run over 100,000 documents.
            pa.default_memory_pool().release_unused()


def _mark_duplicates(unmarked: Path, manifest: Path, lines: Path) -> None:
    """Writes the rows of `unmarked`, with what they say of being duplicates made true, to both manifests."""
    first = _first_of_equals(unmarked)
    with (
        pq.ParquetFile(unmarked) as file,
        _Writer(manifest, SCHEMA) as rows_file,
        lines.open("w", encoding="utf-8", newline="\n") as lines_file,
    ):
        for batch in batches(file):
            rows = [_marked(row, first) for row in batch.to_pylist()]
            table = pa.Table.from_batches([batch])
            for column in MARKS:
                values = pa.array([row[column] for row in rows], SCHEMA.field(column).type)  # type: ignore[literal-required]
                table = table.set_column(SCHEMA.get_field_index(column), SCHEMA.field(column), values)
            rows_file.write(table)
            lines_file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _first_of_equals(manifest: Path) -> dict[str, str]:
    """The first path of each clean text that occurs more than once, by its digest.

    Eight bytes a document are in memory, and the digests that repeat.
    """
    short = array("Q")
    with pq.ParquetFile(manifest) as file:
        for digest in _column(file, "clean_sha256"):
            if digest not in NOTHING:
                short.append(int(digest[:16], 16))
    values, counts = np.unique(np.asarray(short, dtype=np.uint64), return_counts=True)
    repeated = set(values[counts > 1].tolist())
    first: dict[str, str] = {}
    if repeated:
        with pq.ParquetFile(manifest) as file:
            for path, digest in zip(_column(file, "path"), _column(file, "clean_sha256"), strict=True):
                if digest not in NOTHING and int(digest[:16], 16) in repeated:
                    first.setdefault(digest, path)
    return first


def _column(file: pq.ParquetFile, name: str) -> Iterator[str]:
    for batch in batches(file, [name]):
        yield from batch.column(0).to_pylist()


def _marked(row: Row, first: Mapping[str, str]) -> Row:
    """`row` with what it says of being a duplicate made true for this manifest."""
    flags = [flag for flag in row["flags"] if flag["name"] != "duplicate"]
    of = first.get(row["clean_sha256"], row["path"])
    if of != row["path"]:
        evidence = f"the same clean text as {of}"
        flags.append(FlagRow(name="duplicate", kind="", evidence=evidence, start=None, confidence=1.0))
    row["duplicate_of"] = of if of != row["path"] else None
    row["flags"] = flags
    if row["status"] != "rejected":
        row["status"] = "flagged" if flags else "ok"
    return row
