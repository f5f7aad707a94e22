"""Texts, parts and manifests reach the clean folder whole or not at all.

Each batch leaves a *part*: its rows with their edits nested in them, in one file. At the end the parts are
merged with what the last run published. The new manifest is written beside the old one (`.jingwen/new`), a mark
says that it is complete (`.jingwen/ready`), and it is moved into place file by file; only then the parts go. A
run that is killed on the way leaves what the next one needs to go on, whatever the moment.
"""

import bisect
import contextlib
import hashlib
import itertools
import json
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows import report
from flows.manifest import (
    EDIT_SCHEMA,
    NESTED,
    PART_SCHEMA,
    ROWS_AT_A_TIME,
    SCHEMA,
    SEEN_SCHEMA,
    EditRow,
    FlagRow,
    Row,
)
from flows.sources import EDITS, MANIFEST, MANIFEST_LINES, REPORT, shard_of
from flows.stores import WORKING_FOLDER, Store

PARTS = f"{WORKING_FOLDER}/parts"
NEW = f"{WORKING_FOLDER}/new"
READY = f"{WORKING_FOLDER}/ready"
SEEN = "seen.parquet"  # what a later run need not read again; stays in the working folder
# Digests that make no document a duplicate: of no text, and of an empty one.
NOTHING = frozenset({"", hashlib.sha256(b"").hexdigest()})


class Stamps(NamedTuple):
    """Of a raw file and its clean text."""

    raw: str
    clean: str


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
    with clean.create(name) as file:
        pq.write_table(pa.Table.from_pylist(nested, PART_SCHEMA), file)


def join_parts(clean: Store, parts: Iterable[str], name: str, stamps: Stamps) -> None:
    """One part of many, in their order, with other stamps."""
    with clean.create(name) as file, pq.ParquetWriter(file, PART_SCHEMA) as writer:
        for part in parts:
            with clean.open(part) as rows:
                table = pq.read_table(rows, schema=PART_SCHEMA)
            everywhere = dict.fromkeys(table["path"].to_pylist(), stamps)
            writer.write_table(_restamped(table, everywhere))


def publish(clean: Store, gone: Collection[str] = (), stamps: Mapping[str, Stamps] | None = None) -> None:
    """Merges the parts with what was published before; of that, documents and shards in `gone` are left out.

    `stamps` are those of documents that have other ones than before, and are the same all the same.
    """
    tables = _merge(_without(_published(clean), gone), _parts(clean))
    _write(clean, (_restamped(table, stamps) for table in tables) if stamps else tables)
    clean.write(READY, b"")
    _move_into_place(clean)


def recover(clean: Store) -> None:
    """Ends what a killed run left: moves a complete manifest into place, and publishes parts."""
    clean.sweep()
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


# --- streams of rows with nested edits -------------------------------------------------------------------


def _parts(clean: Store) -> Iterator[pa.Table]:
    """The rows of all parts that are there, sorted by path: parts don't overlap."""
    first = {}
    for name in clean.names(PARTS):
        with clean.open(f"{PARTS}/{name}") as file:
            stored = pq.ParquetFile(file)
            # A part that other code wrote, or of a shard without records, says nothing.
            if stored.schema_arrow.equals(PART_SCHEMA) and stored.metadata.num_rows:
                first[name] = next(stored.iter_batches(1, columns=["path"]))["path"][0].as_py()
    for name in sorted(first, key=lambda name: str(first[name])):
        with clean.open(f"{PARTS}/{name}") as file:
            for batch in pq.ParquetFile(file).iter_batches(ROWS_AT_A_TIME):
                yield pa.Table.from_batches([batch])


def published(clean: Store, columns: Sequence[str]) -> Iterator[pa.Table]:
    """Some columns of what the last finished run wrote, stamps among them; nothing if there was none."""
    if clean.exists(MANIFEST):
        with clean.open(MANIFEST) as file:
            manifest = pq.ParquetFile(file)
            if not manifest.schema_arrow.equals(
                SCHEMA
            ):  # of other code, which all documents are to be redone for
                return
            seen = _seen(clean)
            stored = [name for name in columns if name in SCHEMA.names]
            for batch in manifest.iter_batches(ROWS_AT_A_TIME, columns=stored):
                rows = pa.Table.from_batches([batch])
                for field, stamps in _stamps(rows, next(seen, None)):
                    rows = rows.append_column(field, stamps)
                yield rows.select(columns)


def _published(clean: Store) -> Iterator[pa.Table]:
    """What the last finished run wrote, as rows with stamps and nested edits; nothing if there was none.

    Raises ValueError if manifest.parquet and edits.parquet don't belong together.
    """
    if not clean.exists(EDITS):
        return
    with clean.open(EDITS) as file:
        edits = _Reader(pq.ParquetFile(file))
        for rows in published(clean, PART_SCHEMA.names[:-1]):
            offsets = [0, *itertools.accumulate(rows["edits"].to_pylist())]
            flat = edits.take(offsets[-1])
            fields = [EDIT_SCHEMA.field(name) for name in EDIT_SCHEMA.names[1:]]
            values = [flat[field.name].combine_chunks() for field in fields]
            nested = pa.ListArray.from_arrays(
                pa.array(offsets, pa.int32()), pa.StructArray.from_arrays(values, fields=fields)
            )
            if flat["path"].combine_chunks() != _repeated(rows["path"], nested):
                raise ValueError(f"{MANIFEST} and {EDITS} are not of the same run")
            yield rows.append_column(PART_SCHEMA.field(NESTED), nested)


def _seen(clean: Store) -> Iterator[pa.RecordBatch]:
    path = f"{WORKING_FOLDER}/{SEEN}"
    if clean.exists(path):
        with clean.open(path) as file:
            yield from pq.ParquetFile(file).iter_batches(ROWS_AT_A_TIME)


def _stamps(rows: pa.Table, seen: pa.RecordBatch | None) -> Iterator[tuple[pa.Field, pa.Array]]:
    """The columns of stamps for some rows; empty ones where they are not known."""
    fits = seen is not None and seen["path"] == rows["path"].combine_chunks()
    for field in list(SEEN_SCHEMA)[1:]:
        yield field, seen[field.name] if seen is not None and fits else pa.array([""] * len(rows))


def _restamped(table: pa.Table, stamps: Mapping[str, Stamps]) -> pa.Table:
    paths = table["path"].to_pylist()
    for place, field in enumerate(list(SEEN_SCHEMA)[1:]):
        old = table[field.name].to_pylist()
        new = [
            stamps[path][place] if path in stamps else stamp for path, stamp in zip(paths, old, strict=True)
        ]
        table = table.set_column(table.schema.get_field_index(field.name), field, pa.array(new, pa.string()))
    return table


class _Reader:
    """Takes any number of rows at a time from edits.parquet."""

    def __init__(self, file: pq.ParquetFile) -> None:
        self._batches = file.iter_batches()
        self._rest = EDIT_SCHEMA.empty_table()

    def take(self, count: int) -> pa.Table:
        tables = [self._rest]
        while sum(table.num_rows for table in tables) < count:
            batch = next(self._batches, None)
            if batch is None:
                break
            tables.append(pa.Table.from_batches([batch]))
        table = pa.concat_tables(tables)
        self._rest = table.slice(count)
        return table.slice(0, count).combine_chunks()


def _repeated(paths: pa.ChunkedArray, nested: pa.ListArray) -> pa.Array:
    """The path of each nested edit."""
    return paths.combine_chunks().take(pc.list_parent_indices(nested))


def _without(tables: Iterator[pa.Table], gone: Collection[str]) -> Iterator[pa.Table]:
    for table in tables:
        stays = [path not in gone and shard_of(path) not in gone for path in table["path"].to_pylist()]
        yield table if all(stays) else table.filter(pa.array(stays))


def _merge(old: Iterator[pa.Table], new: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Two streams of rows, each sorted by path, as one: where both know a path, `new` does."""
    a, b = _next(old), _next(new)
    while a is not None or b is not None:
        last = min(table["path"][-1].as_py() for table in (a, b) if table is not None)
        a_now, a = _split(a, last)
        b_now, b = _split(b, last)
        both = pa.concat_tables([a_now, b_now])
        winner = {path: place for place, path in enumerate(both["path"].to_pylist())}
        places = [winner[path] for path in sorted(winner)]
        yield both if places == list(range(len(both))) else both.take(pa.array(places, pa.int64()))
        a, b = a or _next(old), b or _next(new)


def _next(tables: Iterator[pa.Table]) -> pa.Table | None:
    return next((table for table in tables if table.num_rows), None)


def _split(table: pa.Table | None, last: str) -> tuple[pa.Table, pa.Table | None]:
    """The rows up to path `last`, and the others, if any."""
    if table is None:
        return PART_SCHEMA.empty_table(), None
    place = bisect.bisect_right(table["path"].to_pylist(), last)
    return table.slice(0, place), table.slice(place) if place < table.num_rows else None


# --- the files -------------------------------------------------------------------------------------------


def _write(clean: Store, tables: Iterator[pa.Table]) -> None:
    """Writes all that is published into the folder `NEW`; finds the duplicates."""
    with contextlib.ExitStack() as files:
        manifest, lines, edits, page, seen = (
            files.enter_context(clean.create(f"{NEW}/{name}"))
            for name in (MANIFEST, MANIFEST_LINES, EDITS, REPORT, SEEN)
        )
        unmarked = manifest.with_suffix(".unmarked")
        with (
            _Writer(unmarked, SCHEMA) as rows_file,
            _Writer(edits, EDIT_SCHEMA) as edits_file,
            _Writer(seen, SEEN_SCHEMA) as seen_file,
        ):
            for table in tables:
                rows_file.write(table.select(SCHEMA.names))
                seen_file.write(table.select(SEEN_SCHEMA.names))
                edits_file.write(_flat(table))
        _mark_duplicates(unmarked, manifest, lines)
        unmarked.unlink()
        page.write_text(report.render(manifest, edits), encoding="utf-8")


class _Writer:
    """Writes Parquet in groups of one size, so that the bytes don't show how the rows came in."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._file = pq.ParquetWriter(path, schema)
        self._waiting = schema.empty_table()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None and self._waiting.num_rows:
            self._file.write_table(self._waiting.combine_chunks())
        self._file.close()

    def write(self, table: pa.Table) -> None:
        self._waiting = pa.concat_tables([self._waiting, table])
        while self._waiting.num_rows >= ROWS_AT_A_TIME:
            self._file.write_table(self._waiting.slice(0, ROWS_AT_A_TIME).combine_chunks())
            self._waiting = self._waiting.slice(ROWS_AT_A_TIME)


def _flat(table: pa.Table) -> pa.Table:
    """The nested edits of some rows as rows of edits.parquet."""
    nested = table[NESTED].combine_chunks()
    values = nested.flatten()
    columns = [_repeated(table["path"], nested), *(values.field(name) for name in EDIT_SCHEMA.names[1:])]
    return pa.Table.from_arrays(columns, schema=EDIT_SCHEMA)


def _mark_duplicates(unmarked: Path, manifest: Path, lines: Path) -> None:
    """Writes the rows of `unmarked`, with what they say of being duplicates made true, to both manifests."""
    first = _first_of_equals(unmarked)
    with (
        pq.ParquetFile(unmarked) as file,
        _Writer(manifest, SCHEMA) as rows_file,
        lines.open("w", encoding="utf-8", newline="\n") as lines_file,
    ):
        for batch in file.iter_batches(ROWS_AT_A_TIME):
            rows = [_marked(row, first) for row in batch.to_pylist()]
            rows_file.write(pa.Table.from_pylist(rows, SCHEMA))
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
    for batch in file.iter_batches(ROWS_AT_A_TIME, columns=[name]):
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
