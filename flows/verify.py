"""Does a clean folder hold what its manifest says, and does undoing the edits give the raw bytes' text?

Nothing here asks the cleaners: the manifest records which bytes are in which encoding, edits.parquet what was
replaced, and that has to be enough, whatever the cleaners would do today.
"""

import hashlib
import json
from collections.abc import Iterator
from itertools import groupby, zip_longest
from typing import NamedTuple

import pyarrow.parquet as pq

from cleaners import Document, undo
from cleaners.document import Decoding, Segment
from cleaners.encoding import decode_segments
from flows import batch, manifest, records, shards, sources
from flows.manifest import EditRow, Row
from flows.records import Record
from flows.sources import EDITS, MANIFEST, MANIFEST_LINES, shard_of
from flows.stores import Store, store


class Problem(NamedTuple):
    """What is wrong with one document, or with one of the files that a run wrote."""

    path: str
    what: str


def verify(clean: str, raw: str, globs: tuple[str, ...] = (), column: str = "text") -> Iterator[Problem]:
    """Everything that is wrong with the folder `clean`, which was made from `raw`; nothing if all is well."""
    source, target = store(raw), store(clean)
    missing = [name for name in (MANIFEST, MANIFEST_LINES, EDITS) if not target.exists(name)]
    if missing:
        yield from (Problem(name, "this file is missing: run jingwen clean again") for name in missing)
        return
    yield from _compare_manifests(target)
    yield from _missing_rows(target, raw, globs)
    yield from _extra_outputs(target, clean)
    edits = _Edits(target)
    for shard, rows in groupby(_rows(target), key=lambda row: shard_of(row["path"])):
        pairs = zip_longest(records.stream(source, shard, column), records.stream(target, shard, column))
        for number, row in enumerate(rows):
            yield from edits.before(row["path"])
            own = edits.of(row["path"])
            try:
                before, after = next(pairs, (None, None)) if shard else _files(source, target, row)
            except records.DAMAGED as error:
                yield Problem(row["path"], f"it can't be read: {error}")
                break
            if shard and row["path"] != shards.record_path(shard, number):
                yield Problem(row["path"], "rows of records before it are missing")
                break
            what = _check(row, own, before, after)
            if what:
                yield Problem(row["path"], what)
        else:
            if shard and next(pairs, None):
                yield Problem(shard, "it has more records than the manifest has rows")
    yield from edits.before(None)


def _files(raw: Store, clean: Store, row: Row) -> tuple[Record | None, Record | None]:
    """The raw and the clean file of a row; None for what there is not."""
    if row["status"] == "rejected":
        return None, None
    return Record(_read(raw, row["path"])), Record(_read(clean, row["output"]))


def _read(folder: Store, path: str) -> bytes | None:
    try:
        return folder.read(path)
    except OSError:
        return None


def _check(row: Row, edits: list[EditRow], before: Record | None, after: Record | None) -> str:
    """What is wrong with one document; empty if nothing."""
    steps = manifest.steps_of(edits)
    if len(edits) != row["edits"] or manifest.digest_of(steps) != row["edits_sha256"]:
        return "its edits in edits.parquet are not those that made its clean text"
    if before is None or after is None:
        return "" if before is after else "there is no such record any more"
    if before.others != after.others or not after.exact:
        return f"its record in {row['output']} was altered"
    if row["status"] == "rejected":
        return "" if after.text is None else f"it was rejected, and has a text in {row['output']}"
    if before.text is None:
        return "its raw document can't be read; if it is gone, jingwen clean --prune removes its clean text"
    if after.text is None:
        return f"its clean text in {row['output']} can't be read"
    raw, output = _bytes(before.text), _output(after.text)
    if hashlib.sha256(raw).hexdigest() != row["raw_sha256"]:
        return "its raw document was changed since: run jingwen clean again"
    if hashlib.sha256(output).hexdigest() != row["clean_sha256"]:
        return f"its clean text in {row['output']} was altered"
    try:
        undone = undo(Document(batch.decoded(output), steps))
        text = before.text if isinstance(before.text, str) else _decode(raw, row)
    except ValueError as error:
        return f"its edits can't be undone: {error}"
    return "" if undone == text else "undoing its edits does not give the raw text"


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


def _output(text: bytes | str) -> bytes:
    """What the file of a clean text holds, also of one in a record."""
    return text if isinstance(text, bytes) else batch.encoded(text)


def _decode(raw: bytes, row: Row) -> str:
    """The text of the raw bytes by what the manifest recorded. Raises ValueError if it can't be that."""
    segments = tuple(Segment(**segment) for segment in row["segments"])
    return decode_segments(raw, Decoding(compression=row["compression"], segments=segments))


def _rows(clean: Store) -> Iterator[Row]:
    with clean.open(MANIFEST) as file:
        yield from manifest.rows(file)


class _Edits:
    """edits.parquet, read along with the rows of the manifest."""

    def __init__(self, clean: Store) -> None:
        self._groups = self._grouped(clean)
        self._path, self._edits = next(self._groups, _NO_EDITS)

    def of(self, path: str) -> list[EditRow]:
        """The edits of a document; none if those that come next are of another one."""
        if path != self._path:
            return []
        edits = self._edits
        self._path, self._edits = next(self._groups, _NO_EDITS)
        return edits

    def before(self, path: str | None) -> Iterator[Problem]:
        """Problems with the edits that should have come before those of `path`; with all that are left if None."""
        while self._path is not None and (path is None or self._path < path):
            yield Problem(
                self._path, "edits.parquet has edits of it out of place, or it is not in the manifest"
            )
            self._path, self._edits = next(self._groups, _NO_EDITS)

    @staticmethod
    def _grouped(clean: Store) -> Iterator[tuple[str | None, list[EditRow]]]:
        with clean.open(EDITS) as file:
            stored = (edit for part in manifest.batches(pq.ParquetFile(file)) for edit in part.to_pylist())
            for path, group in groupby(stored, key=lambda edit: edit["path"]):
                yield path, list(group)


_NO_EDITS: tuple[None, list[EditRow]] = (None, [])


def _compare_manifests(clean: Store) -> Iterator[Problem]:
    """manifest.jsonl and manifest.parquet hold the same rows."""
    with clean.open(MANIFEST_LINES) as lines:
        for row, line in zip_longest(_rows(clean), lines):
            if row is None or line is None or json.loads(line) != row:
                path = row["path"] if row else json.loads(line)["path"]
                yield Problem(path, f"{MANIFEST} and {MANIFEST_LINES} say different things of it")


def _missing_rows(clean: Store, raw: str, globs: tuple[str, ...]) -> Iterator[Problem]:
    known = {shard_of(row["path"]) or row["path"] for row in _rows(clean)}
    for found in sources.find(raw, globs):
        if found.path not in known:
            yield Problem(found.path, "it is not in the manifest: run jingwen clean again")


def _extra_outputs(clean: Store, url: str) -> Iterator[Problem]:
    known = {row["output"] for row in _rows(clean)} | sources.OWN_NAMES
    for found in sources.find(url):
        if found.path not in known:
            yield Problem(found.path, "no row of the manifest has this clean text")
