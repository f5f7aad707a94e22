"""One batch of raw documents: their clean texts and one part of the manifest.

Runs in worker processes, on this machine or another, so nothing here imports Prefect. A batch is idempotent:
every text is written under a temporary name and renamed, and the part, which lands after all texts, says that
the batch is done.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from cleaners import Document, Options, clean
from flows import manifest, publish
from flows.manifest import EditRow, Row
from flows.sources import Found

# A batch is big enough that orchestrating it costs little beside it, and small enough that workers end
# together and a lost one is soon done again.
DOCUMENTS = 500
BYTES = 8_000_000


class Job(NamedTuple):
    """What all batches of a run have in common."""

    raw: Path
    clean: Path
    options: Options


class Batch(NamedTuple):
    """Documents that one worker does in one go."""

    name: str  # of its part; names sort as the paths in the batches do
    documents: tuple[Found, ...]

    def halves(self) -> tuple["Batch", "Batch"]:
        middle = len(self.documents) // 2
        return Batch(self.name + "a", self.documents[:middle]), Batch(
            self.name + "b", self.documents[middle:]
        )


def batches(documents: Iterable[Found]) -> Iterator[Batch]:
    """`documents` in batches; they are taken from the stream only as batches are asked for."""
    waiting: list[Found] = []
    size = number = 0
    for found in documents:
        waiting.append(found)
        size += found.size
        if len(waiting) >= DOCUMENTS or size >= BYTES:
            yield Batch(f"{number:08}", tuple(waiting))
            waiting, size, number = [], 0, number + 1
    if waiting:
        yield Batch(f"{number:08}", tuple(waiting))


def run(job: Job, batch: Batch) -> Counter[str]:
    """Cleans a batch and writes its texts and its part; how many documents have which status."""
    done = [_clean_one(job, found) for found in batch.documents]
    _write(job, batch, [row for row, _ in done], [edits for _, edits in done])
    return Counter(row["status"] for row, _ in done)


def reject(job: Job, batch: Batch, reason: str) -> Counter[str]:
    """Writes the part of a batch that can't be cleaned."""
    for found in batch.documents:
        _withdraw(job, found)
    rows = [manifest.rejected(found, reason, job.options) for found in batch.documents]
    _write(job, batch, rows, [[] for _ in rows])
    return Counter(row["status"] for row in rows)


def encoded(text: str) -> bytes:
    """The bytes of a clean file: lines end in a line feed, the last one too."""
    return (text + "\n").encode() if text else b""


def decoded(output: bytes) -> str:
    """The clean text that `encoded` gave."""
    return output.decode()[:-1]


def _clean_one(job: Job, found: Found) -> tuple[Row, list[EditRow]]:
    raw: bytes | None = None
    try:
        if found.problem:
            return _rejected(job, found, found.problem)
        raw = (job.raw / found.path).read_bytes()
        document = clean(raw, job.options)
        output = encoded(document.text)
    except OSError as error:
        return _rejected(job, found, f"it can't be read: {error.strerror}")
    except Exception as error:  # one bad document never stops a run
        return _rejected(
            job, found, f"cleaning it failed ({type(error).__name__}: {error}): report this", raw
        )
    if document.rejected:
        _withdraw(job, found)
    else:
        target = job.clean / found.output
        target.parent.mkdir(parents=True, exist_ok=True)
        with publish.replacing(target, job.clean) as temporary:
            temporary.write_bytes(output)
    return manifest.row_of(found, raw, document, output, job.options), _edit_rows(document)


def _edit_rows(document: Document) -> list[EditRow]:
    return [] if document.rejected else manifest.edit_rows(document.steps)


def _rejected(job: Job, found: Found, reason: str, raw: bytes | None = None) -> tuple[Row, list[EditRow]]:
    _withdraw(job, found)
    return manifest.rejected(found, reason, job.options, raw), []


def _withdraw(job: Job, found: Found) -> None:
    """Takes away the clean text that an earlier run may have written for a document now rejected."""
    if found.output:
        (job.clean / found.output).unlink(missing_ok=True)


def _write(job: Job, batch: Batch, rows: list[Row], edits: list[list[EditRow]]) -> None:
    publish.write_part(publish.parts_folder(job.clean) / f"{batch.name}.parquet", job.clean, rows, edits)
