"""Shards: many documents in one JSONL or Parquet file, read and written as a stream.

A shard is cut into chunks that workers clean; each leaves a *piece* of the new shard and the rows of its records,
and when all pieces are there they are put together. The new shard has the same records in the same order, with
their own fields; only the text is replaced. A record that is rejected keeps its place, its text is null.
"""

import contextlib
import gzip
import hashlib
import io
import itertools
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, NamedTuple, cast
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from flows import publish, tables
from flows.batch import Job, cleaned, in_groups
from flows.manifest import current_version, rejected
from flows.publish import Done
from flows.sources import Found
from flows.stores import WORKING_FOLDER, Store, digest, store
from flows.tables import Stamps

PIECES = f"{WORKING_FOLDER}/shards"
# Records of a Parquet file that are read at a time: few enough for ones of a megabyte.
RECORDS_AT_A_TIME = 50
# Fields in which corpora keep where a record is from.
HOST_FIELDS = ("url", "host", "domain", "source_url", "link")
# Half of a surrogate pair, which JSON can escape and UTF-8 can't hold.
_SURROGATE = re.compile("[\ud800-\udfff]")


# What libraries raise when a file is damaged, or no shard at all.
DAMAGED = (OSError, EOFError, ValueError, zlib.error, zstandard.ZstdError)


class Unreadable(ValueError):
    """A file is not the shard that its name says."""


class Chunk(NamedTuple):
    """Consecutive records of a shard."""

    shard: Found
    key: str  # of the shard as it is now: its pieces are kept under this name
    first: int  # number of the first record
    size: int  # how many
    data: bytes  # JSON lines, or a Parquet file

    @property
    def name(self) -> str:
        return f"{self.shard.path} {self.first}"

    @property
    def piece(self) -> str:
        """Where its piece of the new shard goes; its rows go to the same name with `.rows`."""
        return f"{PIECES}/{self.key}/{self.first:012}"

    def run(self, job: Job) -> Counter[str]:
        """Cleans the records; how many have which status."""
        records = self._records()
        done: list[Done] = []
        for number, record in enumerate(records):
            found = self._found(number, record)
            data = _text(record, job.column)
            if isinstance(data, _Problem):
                one, text = Done(rejected(found, data, job.options)), None
            else:
                one, text = cleaned(found, data, job.options)
            if isinstance(record, dict):
                record[job.column] = text
            done.append(one)
        return self._finish(store(job.clean), records, done, job.column)

    def reject(self, job: Job, reason: str) -> Counter[str]:
        """Writes a piece in which no record has a text."""
        records = self._records()
        done = []
        for number, record in enumerate(records):
            if isinstance(record, dict):
                record[job.column] = None
            done.append(Done(rejected(self._found(number, record), reason, job.options)))
        return self._finish(store(job.clean), records, done, job.column)

    def halves(self) -> tuple["Chunk", "Chunk"]:
        middle = self.size // 2
        if _is_parquet(self.shard.path):
            table = pq.read_table(io.BytesIO(self.data))
            head, tail = _parquet(table.slice(0, middle)), _parquet(table.slice(middle))
        else:
            lines = _lines(self.data)
            head, tail = _joined(lines[:middle]), _joined(lines[middle:])
        return (
            self._replace(size=middle, data=head),
            self._replace(first=self.first + middle, size=self.size - middle, data=tail),
        )

    def _records(self) -> list[Any]:
        if _is_parquet(self.shard.path):
            return cast(list[Any], pq.read_table(io.BytesIO(self.data)).to_pylist())
        return [_parsed(line) for line in _lines(self.data)]

    def _found(self, number: int, record: object) -> Found:
        return Found(record_path(self.shard.path, self.first + number), self.shard.output)

    def _finish(self, target: Store, records: list[Any], done: list[Done], column: str) -> Counter[str]:
        with target.create(self.piece) as file:
            file.write_bytes(self._encoded(records, column))
        publish.write_part(target, f"{self.piece}.rows", done)
        return Counter(one.row["status"] for one in done)

    def _encoded(self, records: list[Any], column: str) -> bytes:
        path = self.shard.path
        if _is_parquet(path):
            table = pq.read_table(io.BytesIO(self.data))
            texts = pa.array([record[column] for record in records], pa.string())
            place = table.schema.get_field_index(column)
            return _parquet(table if place < 0 else table.set_column(place, column, texts))
        data = b"".join(_line(record, column) for record in records)
        if path.endswith(".gz"):
            return gzip.compress(data, mtime=0)
        return zstandard.compress(data) if path.endswith(".zst") else data


class Landing(NamedTuple):
    """All chunks of a shard are done: its pieces are put together."""

    shard: Found
    key: str
    sha256: str

    def run(self, job: Job) -> None:
        """Writes the new shard, then the part with the rows of all its records."""
        target = store(job.clean)
        folder = f"{PIECES}/{self.key}"
        names = target.names(folder)
        with target.create(self.shard.output) as file:
            pieces = (f"{folder}/{name}" for name in names if not name.endswith(".rows"))
            if _is_parquet(self.shard.path):
                _join_parquet(target, pieces, file)
            else:
                with file.open("wb") as joined:
                    joined.writelines(target.read(piece) for piece in pieces)
        stamps = Stamps(f"{self.shard.stamp} {self.sha256}", target.stamp(self.shard.output))
        rows = (f"{folder}/{name}" for name in names if name.endswith(".rows"))
        publish.join_parts(target, rows, f"{tables.PARTS}/{self.key}", stamps)
        for name in names:
            target.delete(f"{folder}/{name}")


def chunks(job: Job, shard: Found) -> Iterator[Chunk | Landing]:
    """A shard's chunks, as many at a time as are asked for, and its landing.

    Chunks that a killed run did of the same shard are left out. Raises Unreadable if the file is no shard or holds nothing.
    """
    made_by = (
        shard.path,
        shard.stamp,
        job.column,
        job.batch_bytes,
        job.options.fingerprint,
        current_version(),
    )
    key = hashlib.sha256(json.dumps(made_by).encode()).hexdigest()[:32]
    done = set(store(job.clean).names(f"{PIECES}/{key}"))
    first = 0
    for size, data in _chunked(job, shard.path):
        chunk = Chunk(shard, key, first, size, data)
        if chunk.piece.rpartition("/")[2] + ".rows" not in done:
            yield chunk
        first += size
    if not first:
        raise Unreadable("it holds no records")
    yield Landing(shard, key, digest(store(job.raw), shard.path))


def record_path(shard: str, number: int) -> str:
    """What the manifest calls a record; numbers sort as text."""
    return f"{shard}#{number:09}"


class Record(NamedTuple):
    """One record of a shard, apart from how the shard is stored."""

    text: bytes | str | None  # None if it has none
    others: str = ""  # its other fields; equal if they are
    exact: bool = True  # whether it stands in the file as this module writes it
    host: str = ""  # that it was scraped from, if a field says so


def records(folder: Store, path: str, column: str) -> Iterator[Record]:
    """The records of a shard, read as a stream."""
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


def _record(record: object, column: str, exact: bool = True) -> Record:
    text = _text(record, column)
    others = {name: record[name] for name in record if name != column} if isinstance(record, dict) else {}
    return Record(None if isinstance(text, _Problem) else text, repr(others), exact, _host(others))


def _host(fields: dict[str, Any]) -> str:
    """The host of the first field that names one or a page of one."""
    for name in HOST_FIELDS:
        if isinstance(value := fields.get(name), str) and value:
            with contextlib.suppress(ValueError):
                return (urlsplit(value).hostname if "://" in value else value.partition("/")[0]) or ""
    return ""


class _Problem(str):
    """Why a record has no text."""


def _text(record: object, column: str) -> bytes | str:
    if isinstance(record, _Problem):
        return record
    if not isinstance(record, dict):
        return _Problem("this record is no object with fields")
    value = record.get(column)
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, bytes):
        return value
    if column in record:
        return _Problem(f"its field {column!r} is no text")
    return _Problem(f"it has no field {column!r}: name the one that holds the text with --column")


def _parsed(line: bytes) -> object:
    try:
        return json.loads(line)
    except ValueError as error:
        return _Problem(f"this line is not JSON: {error}")


def _line(record: object, column: str) -> bytes:
    """How a record is written to JSONL."""
    value = record if isinstance(record, dict) else {column: None}
    return (json.dumps(value, ensure_ascii=False) + "\n").encode("utf-8", "surrogatepass")


def _chunked(job: Job, path: str) -> Iterator[tuple[int, bytes]]:
    """Numbers of records and the data of chunks."""
    try:
        with store(job.raw).open(path) as file:
            if _is_parquet(path):
                for tables in in_groups(_tables(file), job.batch_bytes, lambda table: table.nbytes):
                    table = pa.concat_tables(tables)
                    yield len(table), _parquet(table)
            else:
                lines = (line.rstrip(b"\r\n") for line in _opened(file, path) if line.strip())
                for group in in_groups(lines, job.batch_bytes, len):
                    yield len(group), _joined(group)
    except DAMAGED as error:
        raise Unreadable(f"it can't be read as the shard that its name says: {error}") from error


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


def _is_parquet(path: str) -> bool:
    return path.endswith(".parquet")


def _parquet(table: pa.Table) -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file)
    return file.getvalue()


def _join_parquet(target: Store, pieces: Iterator[str], file: Any) -> None:
    opened = (pq.read_table(io.BytesIO(target.read(piece))) for piece in pieces)
    first = next(opened)
    with pq.ParquetWriter(file, first.schema) as writer:
        for table in itertools.chain([first], opened):
            writer.write_table(table)
