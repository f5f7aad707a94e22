"""Shards: many documents in one JSONL or Parquet file, read and written as a stream.

A shard is cut into chunks that workers clean; each leaves a *piece* of the new shard and the rows of its records,
and when all pieces are there they are put together. The new shard has the same records in the same order, with
their own fields; only the text is replaced. A record that is rejected keeps its place, its text is null.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from flows import publish, records, tables
from flows.batch import Job, cleaned
from flows.manifest import current_version, rejected
from flows.publish import Done
from flows.records import Problem, Unreadable
from flows.sources import Found
from flows.stores import WORKING_FOLDER, Store, digest, store
from flows.tables import Stamps

PIECES = f"{WORKING_FOLDER}/shards"


class Chunk(NamedTuple):
    """Consecutive records of a shard."""

    shard: Found
    key: str  # of the shard as it is now: its pieces are kept under this name
    first: int  # number of the first record
    size: int  # how many
    data: bytes  # JSON lines, or an Arrow stream

    @property
    def name(self) -> str:
        return f"{self.shard.path} {self.first}"

    @property
    def piece(self) -> str:
        """Where its piece of the new shard goes; its rows go to the same name with `.rows`."""
        return f"{PIECES}/{self.key}/{self.first:012}"

    def run(self, job: Job) -> Counter[str]:
        """Cleans the records; how many have which status."""
        read = records.read(self.data, self.shard.path)
        done: list[Done] = []
        for number, record in enumerate(read):
            found = self._found(number)
            data = records.text_of(record, job.column)
            if isinstance(data, Problem):
                one, text = Done(rejected(found, data, job.options)), None
            else:
                one, text = cleaned(found, data, job.options)
            if isinstance(record, dict):
                record[job.column] = text
            done.append(one)
        return self._finish(store(job.clean), read, done, job.column)

    def reject(self, job: Job, reason: str) -> Counter[str]:
        """Writes a piece in which no record has a text."""
        read = records.read(self.data, self.shard.path)
        done = []
        for number, record in enumerate(read):
            if isinstance(record, dict):
                record[job.column] = None
            done.append(Done(rejected(self._found(number), reason, job.options)))
        return self._finish(store(job.clean), read, done, job.column)

    def halves(self) -> tuple["Chunk", "Chunk"]:
        middle = self.size // 2
        head, tail = records.halves(self.data, self.shard.path, middle)
        return (
            self._replace(size=middle, data=head),
            self._replace(first=self.first + middle, size=self.size - middle, data=tail),
        )

    def _found(self, number: int) -> Found:
        return Found(record_path(self.shard.path, self.first + number), self.shard.output)

    def _finish(self, target: Store, read: list[Any], done: list[Done], column: str) -> Counter[str]:
        with target.create(self.piece) as file:
            file.write_bytes(records.piece(self.data, self.shard.path, read, column))
        publish.write_part(target, f"{self.piece}.rows", done)
        return Counter(one.row["status"] for one in done)


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
            pieces = (target.read(f"{folder}/{name}") for name in names if not name.endswith(".rows"))
            records.join(pieces, self.shard.path, file)
        stamps = Stamps(f"{self.shard.stamp} {self.sha256}", target.stamp(self.shard.output))
        rows = (f"{folder}/{name}" for name in names if name.endswith(".rows"))
        publish.join_parts(target, rows, f"{tables.PARTS}/{self.key}", stamps)
        for name in names:
            target.delete(f"{folder}/{name}")


def chunks(job: Job, shard: Found) -> Iterator[Chunk | Landing]:
    """A shard's chunks, as many at a time as are asked for, and its landing.

    Chunks that a killed run did of the same shard are left out. Raises Unreadable if the file is no shard or
    holds nothing.
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
    for size, data in records.cut(store(job.raw), shard.path, job.batch_bytes):
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
