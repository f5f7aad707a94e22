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
from flows import batch, manifest, sources
from flows.manifest import EditRow, Row
from flows.sources import EDITS, MANIFEST, MANIFEST_LINES
from flows.stores import Store, store


class Problem(NamedTuple):
    """What is wrong with one document, or with one of the files that a run wrote."""

    path: str
    what: str


def verify(clean: str, raw: str, globs: tuple[str, ...] = ()) -> Iterator[Problem]:
    """Everything that is wrong with the folder `clean`, which was made from `raw`; nothing if all is well."""
    source, target = store(raw), store(clean)
    missing = [name for name in (MANIFEST, MANIFEST_LINES, EDITS) if not target.exists(name)]
    if missing:
        yield from (Problem(name, "this file is missing: run jingwen clean again") for name in missing)
        return
    yield from _compare_manifests(target)
    yield from _missing_rows(target, raw, globs)
    yield from _extra_outputs(target, clean)
    edits = _edits_by_path(target)
    path, own = next(edits, (None, []))
    for row in _rows(target):
        while path is not None and path < row["path"]:
            yield Problem(
                path, "edits.parquet has edits of it, out of place or of no document in the manifest"
            )
            path, own = next(edits, (None, []))
        what = _check(row, own if path == row["path"] else [], target, source)
        if what:
            yield Problem(row["path"], what)
        if path == row["path"]:
            path, own = next(edits, (None, []))
    if path is not None:
        yield Problem(path, "edits.parquet has edits of it, out of place or of no document in the manifest")


def _check(row: Row, edits: list[EditRow], clean: Store, raw: Store) -> str:
    """What is wrong with one document; empty if nothing."""
    steps = manifest.steps_of(edits)
    if len(edits) != row["edits"] or manifest.digest_of(steps) != row["edits_sha256"]:
        return "its edits in edits.parquet are not those that made its clean text"
    if row["status"] == "rejected":
        return ""
    try:
        source = raw.read(row["path"])
    except OSError as error:
        return f"its raw document can't be read ({error.strerror or error}): run jingwen clean again"
    if hashlib.sha256(source).hexdigest() != row["raw_sha256"]:
        return "its raw document was changed since: run jingwen clean again"
    try:
        output = clean.read(row["output"])
    except OSError as error:
        return f"its clean text {row['output']} can't be read ({error.strerror or error})"
    if hashlib.sha256(output).hexdigest() != row["clean_sha256"]:
        return f"its clean text {row['output']} was altered"
    try:
        before = undo(Document(batch.decoded(output), steps))
        text = _decode(source, row)
    except ValueError as error:
        return f"its edits can't be undone: {error}"
    if before != text:
        return "undoing its edits does not give the raw text"
    return ""


def _decode(raw: bytes, row: Row) -> str:
    """The text of the raw bytes by what the manifest recorded. Raises ValueError if it can't be that."""
    segments = tuple(Segment(**segment) for segment in row["segments"])
    return decode_segments(raw, Decoding(compression=row["compression"], segments=segments))


def _rows(clean: Store) -> Iterator[Row]:
    with clean.open(MANIFEST) as file:
        yield from manifest.rows(file)


def _edits_by_path(clean: Store) -> Iterator[tuple[str, list[EditRow]]]:
    with clean.open(EDITS) as file:
        stored = (edit for part in pq.ParquetFile(file).iter_batches() for edit in part.to_pylist())
        for path, group in groupby(stored, key=lambda edit: edit["path"]):
            yield path, list(group)


def _compare_manifests(clean: Store) -> Iterator[Problem]:
    """manifest.jsonl and manifest.parquet hold the same rows."""
    with clean.open(MANIFEST_LINES) as lines:
        for row, line in zip_longest(_rows(clean), lines):
            if row is None or line is None or json.loads(line) != row:
                path = row["path"] if row else json.loads(line)["path"]
                yield Problem(path, f"{MANIFEST} and {MANIFEST_LINES} say different things of it")


def _missing_rows(clean: Store, raw: str, globs: tuple[str, ...]) -> Iterator[Problem]:
    known = {row["path"] for row in _rows(clean)}
    for found in sources.find(raw, globs):
        if found.path not in known:
            yield Problem(found.path, "it is not in the manifest: run jingwen clean again")


def _extra_outputs(clean: Store, url: str) -> Iterator[Problem]:
    known = {row["output"] for row in _rows(clean)} | sources.OWN_NAMES
    for found in sources.find(url):
        if found.path not in known:
            yield Problem(found.path, "no row of the manifest has this clean text")
