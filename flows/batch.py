"""One batch of raw documents: their clean texts and one part of the manifest.

Runs in worker processes, on this machine or another, so nothing here imports Prefect. A batch is idempotent:
every text arrives whole, and the part, which lands after all texts, says that the batch is done.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from cleaners import Options, clean
from flows import manifest, publish
from flows.publish import Done, Stamps
from flows.sources import Found
from flows.stores import Store, store

# A batch is big enough that orchestrating it costs little beside it, and small enough that workers end
# together and a lost one is soon done again.
DOCUMENTS = 500
BYTES = 8_000_000


class Job(NamedTuple):
    """What all batches of a run have in common."""

    raw: str  # path or URL
    clean: str
    options: Options


class Batch(NamedTuple):
    """Documents that one worker does in one go."""

    name: str  # of its part
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
    raw, target = store(job.raw), store(job.clean)
    return _finished(
        target, batch, [_clean_one(raw, target, found, job.options) for found in batch.documents]
    )


def reject(job: Job, batch: Batch, reason: str) -> Counter[str]:
    """Writes the part of a batch that can't be cleaned."""
    target = store(job.clean)
    return _finished(
        target, batch, [_rejected(target, found, reason, job.options) for found in batch.documents]
    )


def encoded(text: str) -> bytes:
    """The bytes of a clean file: lines end in a line feed, the last one too."""
    return (text + "\n").encode() if text else b""


def decoded(output: bytes) -> str:
    """The clean text that `encoded` gave."""
    return output.decode()[:-1]


def _clean_one(raw: Store, target: Store, found: Found, options: Options) -> Done:
    """Cleans a document and writes its text."""
    if found.problem:
        return _rejected(target, found, found.problem, options)
    data = None
    try:
        data = raw.read(found.path)
        document = clean(data, options)
        output = encoded(document.text)
    except OSError as error:
        return _rejected(target, found, f"it can't be read: {error.strerror or error}", options)
    except Exception as error:  # one bad document never stops a run
        reason = f"cleaning it failed ({type(error).__name__}: {error}): please report this"
        return _rejected(target, found, reason, options, data)
    if document.rejected:
        return _rejected(target, found, document.rejected, options, data)
    target.write(found.output, output)
    row = manifest.row_of(found, data, document, output, options)
    stamps = Stamps(found.stamp, target.stamp(found.output))
    return Done(row, manifest.edit_rows(document.steps), stamps)


def _rejected(target: Store, found: Found, reason: str, options: Options, raw: bytes | None = None) -> Done:
    """A document without a clean text: one that an earlier run may have written is taken away."""
    if found.output:
        target.delete(found.output)
    return Done(manifest.rejected(found, reason, options, raw), stamps=Stamps(found.stamp, ""))


def _finished(target: Store, batch: Batch, documents: Sequence[Done]) -> Counter[str]:
    publish.write_part(target, batch.name, documents)
    return Counter(done.row["status"] for done in documents)
