"""One batch of raw documents: their clean texts and one part of the manifest.

Runs in worker processes, on this machine or another, so nothing here imports Prefect. A batch is idempotent:
every text arrives whole, and the part, which lands after all texts, says that the batch is done.
"""

import contextlib
import errno
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol, TypeVar

from cleaners import Options, clean
from flows import manifest, publish, tables
from flows.publish import Done
from flows.sources import Found
from flows.stores import Store, store
from flows.tables import Stamps

# A batch is big enough that orchestrating it costs little beside it (some 10 ms in a thread, 300 ms on Dask), and
# small enough that it is soon done again when a worker is lost: about a second.
BATCH_BYTES = 8_000_000
# A file of a few bytes costs as much as one of that many: to open, to write, to keep a row of.
LEAST_BYTES = 4_000
# A batch takes a quarter of what is seen ahead, so that a few documents are shared among workers too, and that they
# end together. It is no smaller than a 32nd of its size, some 50 ms of work; so small are the first ones, so that
# work begins at once.
AHEAD = 4
LEAST = 1 / 32

# What can be wrong with the name of one output: it is too long, or a folder or a file is in the way. Anything else,
# such as a full disk, stops the run.
BAD_NAME = frozenset({errno.ENAMETOOLONG, errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ENOTEMPTY})

Item = TypeVar("Item")


class Job(NamedTuple):
    """What all batches of a run have in common."""

    raw: str  # path or URL
    clean: str
    options: Options
    column: str = "text"  # field of a shard's record that holds the text
    batch_bytes: int = BATCH_BYTES


class Work(Protocol):
    """What a worker does in one go."""

    @property
    def name(self) -> str: ...
    @property
    def size(self) -> int:
        """Of documents."""

    def run(self, job: Job) -> Counter[str]:
        """Cleans the documents; how many have which status. May be run again at any time."""

    def reject(self, job: Job, reason: str) -> Counter[str]:
        """Says of all documents why they have no clean text."""

    def halves(self) -> tuple["Work", "Work"]: ...


class Batch(NamedTuple):
    """Files that one worker cleans in one go."""

    name: str  # of its part
    documents: tuple[Found, ...]

    @property
    def size(self) -> int:
        return len(self.documents)

    def run(self, job: Job) -> Counter[str]:
        """Cleans the files, writes their texts, then their part."""
        raw, target = store(job.raw), store(job.clean)
        return self._finish(
            target, [_clean_file(raw, target, found, job.options) for found in self.documents]
        )

    def reject(self, job: Job, reason: str) -> Counter[str]:
        target = store(job.clean)
        return self._finish(
            target, [_rejected(target, found, reason, job.options) for found in self.documents]
        )

    def halves(self) -> tuple["Batch", "Batch"]:
        middle = len(self.documents) // 2
        return Batch(self.name + "a", self.documents[:middle]), Batch(
            self.name + "b", self.documents[middle:]
        )

    def _finish(self, target: Store, documents: Sequence[Done]) -> Counter[str]:
        publish.write_part(target, f"{tables.PARTS}/{self.name}", documents)
        return Counter(done.row["status"] for done in documents)


def in_groups(items: Iterable[Item], most: int, size: Callable[[Item], int]) -> Iterator[list[Item]]:
    """Consecutive items for one batch each, of about `most` bytes; smaller ones where the stream begins and ends.

    No more than AHEAD such batches are taken from the stream before they are asked for.
    """
    sized = ((item, max(size(item), LEAST_BYTES)) for item in items)
    ahead: deque[tuple[Item, int]] = deque()
    total, share = 0, LEAST  # bytes of what is ahead; of `most`
    while True:
        while total < AHEAD * share * most and (one := next(sized, None)):
            ahead.append(one)
            total += one[1]
        if not ahead:
            return
        left = total - max(min(share * most, total / AHEAD), LEAST * most)
        group = []
        while ahead and total > left:
            item, bytes_ = ahead.popleft()
            group.append(item)
            total -= bytes_
        yield group
        share = min(2 * share, 1.0)


def cleaned(found: Found, data: bytes | str, options: Options) -> tuple[Done, str | None]:
    """What there is to say of one document, and its clean text; None if it has none."""
    raw = data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")
    try:
        document = clean(data, options)
        output = encoded(document.text)
    except Exception as error:  # one bad document never stops a run
        reason = f"cleaning it failed ({type(error).__name__}: {error}): please report this"
        return Done(manifest.rejected(found, reason, options, raw)), None
    if document.rejected:
        return Done(manifest.rejected(found, document.rejected, options, raw)), None
    row = manifest.row_of(found, raw, document, output, options)
    return Done(row, manifest.edit_rows(document.steps)), document.text


def encoded(text: str) -> bytes:
    """The bytes of a clean file: lines end in a line feed, the last one too."""
    return (text + "\n").encode() if text else b""


def decoded(output: bytes) -> str:
    """The clean text that `encoded` gave."""
    return output.decode()[:-1]


def _clean_file(raw: Store, target: Store, found: Found, options: Options) -> Done:
    """Cleans a file and writes its text."""
    if found.problem:
        return _rejected(target, found, found.problem, options)
    try:
        data = raw.read(found.path)
    except OSError as error:
        return _rejected(target, found, f"it can't be read: {error.strerror or error}", options)
    done, text = cleaned(found, data, options)
    if text is None:
        target.delete(found.output)
        return done._replace(stamps=Stamps(found.stamp, ""))
    try:
        target.write(found.output, encoded(text))
    except OSError as error:
        if error.errno not in BAD_NAME:
            raise
        return _rejected(target, found, f"its clean text can't be written: {error.strerror}", options)
    return done._replace(stamps=Stamps(found.stamp, target.stamp(found.output)))


def _rejected(target: Store, found: Found, reason: str, options: Options) -> Done:
    """A file without a clean text: one that an earlier run may have written is taken away."""
    if found.output:
        with contextlib.suppress(OSError):
            target.delete(found.output)
    return Done(manifest.rejected(found, reason, options), stamps=Stamps(found.stamp, ""))
