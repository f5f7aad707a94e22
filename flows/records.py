"""The records of a shard: how JSONL and Parquet are read as a stream, cut, and written.

Both kinds may hold any fields; one of them, the column, is the text. JSONL may be compressed as gzip or zstd.
"""

import contextlib
import gzip
import io
import itertools
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from flows.batch import in_groups
from flows.stores import Store

# Records of a Parquet file that are read at a time: few enough for ones of a megabyte.
RECORDS_AT_A_TIME = 50
# Fields in which corpora keep where a record is from.
HOST_FIELDS = ("url", "host", "domain", "source_url", "link")
# Level 9 takes three times as long, a tenth of the time that cleaning takes, for 4 % less.
GZIP_LEVEL = 4
# Half of a surrogate pair, which JSON can escape and UTF-8 can't hold.
_SURROGATE = re.compile("[\ud800-\udfff]")
# What libraries raise when a file is damaged, or no shard at all.
DAMAGED = (OSError, EOFError, ValueError, zlib.error, zstandard.ZstdError)


class Unreadable(ValueError):
    """A file is not the shard that its name says."""


class Problem(str):
    """Why a record has no text."""


class Record(NamedTuple):
    """One record of a shard, apart from how the shard is stored."""

    text: bytes | str | None  # None if it has none
    others: str = ""  # its other fields; equal if they are
    exact: bool = True  # whether it stands in the file as this module writes it
    host: str = ""  # that it was scraped from, if a field says so


def stream(folder: Store, path: str, column: str) -> Iterator[Record]:
    """The records of a shard, one after the other. Raises one of DAMAGED if the file is."""
    with folder.open(path) as file:
        if _is_parquet(path):
            for table in _tables(file):
                for record in table.to_pylist():
                    yield _record(record, column)
        else:
            for line in _opened(file, path):
                if line.strip():
                    record = _parsed(line)
                    yield _record(record, column, line == _line(record, column))


def cut(folder: Store, path: str, most: int) -> Iterator[tuple[int, bytes]]:
    """A shard in parts of about `most` bytes: how many records each has, and these as JSON lines or an Arrow stream.

    Raises Unreadable if the file is damaged, or not what its name says.
    """
    try:
        with folder.open(path) as file:
            if _is_parquet(path):
                for tables in in_groups(_tables(file), most, lambda table: table.nbytes):
                    table = pa.concat_tables(tables)
                    yield len(table), _stream(table)
            else:
                lines = (line.rstrip(b"\r\n") for line in _opened(file, path) if line.strip())
                for group in in_groups(lines, most, len):
                    yield len(group), _joined(group)
    except DAMAGED as error:
        raise Unreadable(f"it can't be read as the shard that its name says: {error}") from error


def halves(part: bytes, path: str, middle: int) -> tuple[bytes, bytes]:
    """The first `middle` records of a part, and the others."""
    if _is_parquet(path):
        table = _table(part)
        return _stream(table.slice(0, middle)), _stream(table.slice(middle))
    lines = _lines(part)
    return _joined(lines[:middle]), _joined(lines[middle:])


def read(part: bytes, path: str) -> list[Any]:
    """The records of a part: objects with fields, or what else JSON may be, or a Problem."""
    if _is_parquet(path):
        return cast(list[Any], _table(part).to_pylist())
    return [_parsed(line) for line in _lines(part)]


def text_of(record: object, column: str) -> bytes | str:
    """The text of a record; a Problem if it has none."""
    if isinstance(record, Problem):
        return record
    if not isinstance(record, dict):
        return Problem("this record is no object with fields")
    value = record.get(column)
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, bytes):
        return value
    if column in record:
        return Problem(f"its field {column!r} is no text")
    return Problem(f"it has no field {column!r}: name the one that holds the text with --column")


def piece(part: bytes, path: str, records: list[Any], column: str) -> bytes:
    """A part of the new shard: as the old `part`, with the texts of `records`."""
    if _is_parquet(path):
        table = _table(part)
        texts = pa.array([record[column] for record in records], pa.string())
        place = table.schema.get_field_index(column)
        return _stream(table if place < 0 else table.set_column(place, column, texts))
    data = b"".join(_line(record, column) for record in records)
    if path.endswith(".gz"):
        return gzip.compress(data, GZIP_LEVEL, mtime=0)
    return zstandard.compress(data) if path.endswith(".zst") else data


def join(pieces: Iterator[bytes], path: str, file: Path) -> None:
    """Writes the new shard."""
    if not _is_parquet(path):
        with file.open("wb") as joined:
            joined.writelines(pieces)
        return
    opened = (_table(one) for one in pieces)
    first = next(opened)
    with pq.ParquetWriter(file, first.schema) as writer:
        for table in itertools.chain([first], opened):
            writer.write_table(table)


def _is_parquet(path: str) -> bool:
    return path.endswith(".parquet")


def _record(record: object, column: str, exact: bool = True) -> Record:
    text = text_of(record, column)
    others = {name: record[name] for name in record if name != column} if isinstance(record, dict) else {}
    return Record(None if isinstance(text, Problem) else text, repr(others), exact, _host(others))


def _host(fields: dict[str, Any]) -> str:
    """The host of the first field that names one or a page of one."""
    for name in HOST_FIELDS:
        if isinstance(value := fields.get(name), str) and value:
            with contextlib.suppress(ValueError):
                return (urlsplit(value).hostname if "://" in value else value.partition("/")[0]) or ""
    return ""


def _parsed(line: bytes) -> object:
    try:
        return json.loads(line)
    except ValueError as error:
        return Problem(f"this line is not JSON: {error}")


def _line(record: object, column: str) -> bytes:
    """How a record is written to JSONL."""
    value = record if isinstance(record, dict) else {column: None}
    return (json.dumps(value, ensure_ascii=False) + "\n").encode("utf-8", "surrogatepass")


def _tables(file: BinaryIO) -> Iterator[pa.Table]:
    """A Parquet file in small tables; without `pre_buffer` a group of rows is not read as a whole."""
    for batch in pq.ParquetFile(file, pre_buffer=False, buffer_size=1 << 20).iter_batches(RECORDS_AT_A_TIME):
        yield pa.Table.from_batches([batch])


def _opened(file: BinaryIO, path: str) -> BinaryIO:
    """The lines of a JSONL file, compressed or not."""
    if path.endswith(".gz"):
        return cast(BinaryIO, gzip.open(file))
    if path.endswith(".zst"):
        stream = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)
        return cast(BinaryIO, io.BufferedReader(cast(Any, stream), 1 << 20))
    return file


def _joined(lines: Iterable[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)


def _lines(data: bytes) -> list[bytes]:
    """What `_joined` joined."""
    return data.split(b"\n")[:-1]


def _stream(table: pa.Table) -> bytes:
    """How a table goes from process to process; as Parquet it would take ten times as long."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return cast(bytes, sink.getvalue().to_pybytes())


def _table(stream: bytes) -> pa.Table:
    return pa.ipc.open_stream(stream).read_all()
