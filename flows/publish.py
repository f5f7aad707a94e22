"""Texts, parts and manifests reach the clean folder whole or not at all.

Each batch leaves a *part*: its rows with their edits nested in them, in one file. At the end the parts are
merged with what the last run published. The new manifest is written beside the old one (`.jingwen/new`),
renamed once it is complete (`.jingwen/ready`), and moved into place file by file; only then the parts go. A
run that is killed on the way leaves what the next one needs to go on, whatever the moment.
"""

import bisect
import contextlib
import hashlib
import itertools
import json
import os
import shutil
import tempfile
from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows import report
from flows.manifest import EDIT_SCHEMA, NESTED, PART_SCHEMA, ROWS_AT_A_TIME, SCHEMA, EditRow, FlagRow, Row
from flows.sources import EDITS, MANIFEST, MANIFEST_LINES, output_of

# Digests that make no document a duplicate: of no text, and of an empty one.
NOTHING = frozenset({"", hashlib.sha256(b"").hexdigest()})


def publish(clean: Path, gone: Collection[str] = ()) -> None:
    """Merges the parts with what was published before, and takes the outputs of `gone` documents away."""
    new = working_folder(clean) / "new"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    for path in gone:
        (clean / output_of(path)).unlink(missing_ok=True)
    tables = merge(_published(clean), _parts(clean), gone)
    _write(new, tables)
    report.write(new)
    new.rename(_ready(clean))
    _move_into_place(clean)


def recover(clean: Path) -> None:
    """Ends what a killed run left: moves a complete manifest into place, and publishes parts."""
    if _ready(clean).exists():
        _move_into_place(clean)
    if any(parts_folder(clean).glob("*.parquet")):
        publish(clean)


def _move_into_place(clean: Path) -> None:
    for file in sorted(_ready(clean).iterdir()):
        file.replace(clean / file.name)
    shutil.rmtree(parts_folder(clean), ignore_errors=True)
    parts_folder(clean).mkdir()
    _ready(clean).rmdir()


def working_folder(clean: Path) -> Path:
    """What a run keeps beside its outputs while it goes on."""
    return clean / ".jingwen"


def parts_folder(clean: Path) -> Path:
    return working_folder(clean) / "parts"


def _ready(clean: Path) -> Path:
    return working_folder(clean) / "ready"


@contextlib.contextmanager
def replacing(path: Path, clean: Path) -> Iterator[Path]:
    """A temporary name to write to that takes the place of `path` when all went well: whole or not at all."""
    temporary = working_folder(clean) / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=temporary)
    os.close(handle)
    try:
        yield Path(name)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_part(path: Path, clean: Path, rows: Sequence[Row], edits: Sequence[list[EditRow]]) -> None:
    """One batch's rows, sorted by path, with the edits of each."""
    nested = [{**row, NESTED: edit} for row, edit in zip(rows, edits, strict=True)]
    with replacing(path, clean) as temporary:
        pq.write_table(pa.Table.from_pylist(nested, PART_SCHEMA), temporary)


# --- streams of rows with nested edits ---


def _parts(clean: Path) -> Iterator[pa.Table]:
    """The rows of all parts that are there, sorted by path."""
    for path in sorted(parts_folder(clean).glob("*.parquet")):
        yield pq.read_table(path, schema=PART_SCHEMA)


def _published(clean: Path) -> Iterator[pa.Table]:
    """What the last finished run wrote, as rows with nested edits; nothing if there was none.

    Raises ValueError if manifest.parquet and edits.parquet don't belong together.
    """
    if not ((clean / MANIFEST).exists() and (clean / EDITS).exists()):
        return
    with pq.ParquetFile(clean / MANIFEST) as manifest, pq.ParquetFile(clean / EDITS) as stored:
        edits = _Reader(stored)
        for batch in manifest.iter_batches(ROWS_AT_A_TIME):
            rows = pa.Table.from_batches([batch])
            counts = rows["edits"].to_numpy()
            offsets = [0, *itertools.accumulate(counts.tolist())]
            flat = edits.take(offsets[-1])
            nested = pa.ListArray.from_arrays(
                pa.array(offsets, pa.int32()),
                pa.StructArray.from_arrays(
                    [flat[name].combine_chunks() for name in EDIT_SCHEMA.names[1:]],
                    fields=[EDIT_SCHEMA.field(name) for name in EDIT_SCHEMA.names[1:]],
                ),
            )
            if flat["path"].combine_chunks() != _repeated(rows["path"], nested):
                raise ValueError(f"{clean / MANIFEST} and {EDITS} are not of the same run")
            yield rows.append_column(PART_SCHEMA.field(NESTED), nested)


class _Reader:
    """Takes any number of rows at a time from a Parquet file."""

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


def merge(old: Iterator[pa.Table], new: Iterator[pa.Table], gone: Collection[str] = ()) -> Iterator[pa.Table]:
    """Two streams of rows, each sorted by path, as one: where both know a path, `new` does.

    Rows whose path is in `gone` are left out.
    """
    a, b = _next(old), _next(new)
    while a is not None or b is not None:
        last = min(table["path"][-1].as_py() for table in (a, b) if table is not None)
        a_now, a = _split(a, last)
        b_now, b = _split(b, last)
        both = pa.concat_tables([a_now, b_now])
        winner = {path: place for place, path in enumerate(both["path"].to_pylist())}
        places = [winner[path] for path in sorted(winner) if path not in gone]
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


# --- the three files ---


def _write(folder: Path, tables: Iterator[pa.Table]) -> None:
    """Writes manifest.parquet, manifest.jsonl and edits.parquet into `folder`; finds the duplicates."""
    unmarked = folder / "unmarked.parquet"
    with (
        _Writer(unmarked, SCHEMA) as rows_file,
        _Writer(folder / EDITS, EDIT_SCHEMA) as edits_file,
    ):
        for table in tables:
            rows_file.write(table.drop_columns([NESTED]))
            edits_file.write(_flat(table))
    first = _first_of_equals(unmarked)
    with (
        pq.ParquetFile(unmarked) as file,
        _Writer(folder / MANIFEST, SCHEMA) as rows_file,
        (folder / MANIFEST_LINES).open("w", encoding="utf-8", newline="\n") as lines,
    ):
        for batch in file.iter_batches(ROWS_AT_A_TIME):
            rows = [_mark_duplicate(row, first) for row in batch.to_pylist()]
            rows_file.write(pa.Table.from_pylist(rows, SCHEMA))
            lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    unmarked.unlink()


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


def _mark_duplicate(row: Row, first: Mapping[str, str]) -> Row:
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
