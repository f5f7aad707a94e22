"""Streams of the manifest's rows, each with the stamps of its files and with its edits nested in it.

However many rows there are, some thousands of them are in memory at a time. All streams are sorted by path.
"""

import bisect
import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.manifest import EDIT_SCHEMA, SCHEMA, batches
from flows.sources import EDITS, MANIFEST, is_shard, shard_of
from flows.stores import WORKING_FOLDER, Store

PARTS = f"{WORKING_FOLDER}/parts"
SEEN = "seen.parquet"  # stamps, so that a later run need not read again; stays in the working folder

# Stamps of the raw and the clean file (see stores.py): while they stay, a document need not be read again.
SEEN_SCHEMA = pa.schema([(name, pa.string()) for name in ("path", "raw_stamp", "clean_stamp")])
# A part's rows carry stamps and edits with them.
NESTED = "edit_list"
PART_SCHEMA = pa.schema(
    [*SCHEMA, *list(SEEN_SCHEMA)[1:], pa.field(NESTED, pa.list_(pa.struct(list(EDIT_SCHEMA)[1:])))]
)


class Stamps(NamedTuple):
    """Of a raw file and its clean text."""

    raw: str
    clean: str


def part_writer(file: Path) -> pa.RecordBatchStreamWriter:
    """Writes rows as a part: an Arrow stream, since it is read once and soon gone."""
    return pa.ipc.new_stream(str(file), PART_SCHEMA, options=pa.ipc.IpcWriteOptions(compression="lz4"))


def part(clean: Store, name: str, columns: Sequence[str] = PART_SCHEMA.names) -> Iterator[pa.Table]:
    """The rows of a part; none if other code wrote it."""
    chosen = pa.ipc.IpcReadOptions(
        included_fields=[PART_SCHEMA.get_field_index(column) for column in columns]
    )
    with clean.open(name) as file:
        try:
            written = pa.ipc.open_stream(file).schema
        except pa.ArrowInvalid:
            return
        if written.equals(PART_SCHEMA):
            file.seek(0)
            for batch in pa.ipc.open_stream(file, options=chosen):
                yield pa.Table.from_batches([batch])


def parts(clean: Store) -> Iterator[pa.Table]:
    """The rows of all parts that are there: parts don't overlap."""
    first = {name: next(_paths(clean, name), None) for name in clean.names(PARTS)}
    for _, name in sorted((path, name) for name, path in first.items() if path is not None):
        yield from part(clean, f"{PARTS}/{name}")


def shards_in_parts(clean: Store) -> set[str]:
    """Of these the parts have all rows that there are now."""
    found = (path for name in clean.names(PARTS) for path in _paths(clean, name))
    return {shard_of(path) or path for path in found if shard_of(path) or is_shard(path)}


def _paths(clean: Store, name: str) -> Iterator[str]:
    for table in part(clean, f"{PARTS}/{name}", ["path"]):
        yield from table["path"].to_pylist()


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
            for batch in batches(manifest, stored):
                rows = pa.Table.from_batches([batch])
                for field, stamps in _stamps(rows, next(seen, None)):
                    rows = rows.append_column(field, stamps)
                yield rows.select(columns)


def whole(clean: Store) -> Iterator[pa.Table]:
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
            yield from batches(pq.ParquetFile(file))


def _stamps(rows: pa.Table, seen: pa.RecordBatch | None) -> Iterator[tuple[pa.Field, pa.Array]]:
    """The columns of stamps for some rows; empty ones where they are not known."""
    fits = seen is not None and seen["path"] == rows["path"].combine_chunks()
    for field in list(SEEN_SCHEMA)[1:]:
        yield field, seen[field.name] if seen is not None and fits else pa.array([""] * len(rows))


def restamped(table: pa.Table, stamps: Mapping[str, Stamps]) -> pa.Table:
    paths = table["path"].to_pylist()
    for place, field in enumerate(list(SEEN_SCHEMA)[1:]):
        old = table[field.name].to_pylist()
        new = [
            stamps[path][place] if path in stamps else stamp for path, stamp in zip(paths, old, strict=True)
        ]
        table = table.set_column(table.schema.get_field_index(field.name), field, pa.array(new, pa.string()))
    return table


def without(tables: Iterator[pa.Table], gone: Collection[str]) -> Iterator[pa.Table]:
    for table in tables:
        stays = [path not in gone and shard_of(path) not in gone for path in table["path"].to_pylist()]
        yield table if all(stays) else table.filter(pa.array(stays))


def merge(old: Iterator[pa.Table], new: Iterator[pa.Table]) -> Iterator[pa.Table]:
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


def flat(table: pa.Table) -> pa.Table:
    """The nested edits of some rows as rows of edits.parquet."""
    nested = table[NESTED].combine_chunks()
    values = nested.flatten()
    columns = [_repeated(table["path"], nested), *(values.field(name) for name in EDIT_SCHEMA.names[1:])]
    return pa.Table.from_arrays(columns, schema=EDIT_SCHEMA)


class _Reader:
    """Takes any number of rows at a time from edits.parquet."""

    def __init__(self, file: pq.ParquetFile) -> None:
        self._batches = batches(file)
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
