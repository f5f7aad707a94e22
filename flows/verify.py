"""Does a clean folder hold what its manifest says, and does undoing the edits give the raw bytes' text?

Nothing here asks the cleaners: the manifest records which bytes are in which encoding, edits.parquet what was
replaced, and that has to be enough, whatever the cleaners would do today.
"""

import gzip
import hashlib
import json
from collections.abc import Iterator
from itertools import groupby, zip_longest
from pathlib import Path
from typing import NamedTuple

import pyarrow.parquet as pq
import zstandard

from cleaners import Document, undo
from flows import batch, manifest, sources
from flows.manifest import EditRow, Row
from flows.sources import EDITS, MANIFEST, MANIFEST_LINES


class Problem(NamedTuple):
    """What is wrong with one document, or with one of the files that a run wrote."""

    path: str
    what: str


def verify(clean: Path, raw: Path, globs: tuple[str, ...] = ()) -> Iterator[Problem]:
    """Everything that is wrong with the folder `clean`, which was made from `raw`; nothing if all is well."""
    missing = [name for name in (MANIFEST, MANIFEST_LINES, EDITS) if not (clean / name).exists()]
    if missing:
        yield from (Problem(name, "this file is missing: run jingwen clean again") for name in missing)
        return
    yield from _compare_manifests(clean)
    yield from _missing_rows(clean, raw, globs)
    yield from _extra_outputs(clean)
    edits = _edits_by_path(clean)
    path, own = next(edits, (None, []))
    for row in manifest.rows(clean / MANIFEST):
        while path is not None and path < row["path"]:
            yield Problem(
                path, "edits.parquet has edits of it, out of place or of no document in the manifest"
            )
            path, own = next(edits, (None, []))
        what = _check(row, own if path == row["path"] else [], clean, raw)
        if what:
            yield Problem(row["path"], what)
        if path == row["path"]:
            path, own = next(edits, (None, []))
    if path is not None:
        yield Problem(path, "edits.parquet has edits of it, out of place or of no document in the manifest")


def _check(row: Row, edits: list[EditRow], clean: Path, raw: Path) -> str:
    """What is wrong with one document; empty if nothing."""
    steps = manifest.steps_of(edits)
    if len(edits) != row["edits"] or manifest.digest_of(steps) != row["edits_sha256"]:
        return "its edits in edits.parquet are not those that made its clean text"
    if row["status"] == "rejected":
        return ""
    try:
        source = (raw / row["path"]).read_bytes()
    except OSError as error:
        return f"its raw document can't be read ({error.strerror}): run jingwen clean again"
    if hashlib.sha256(source).hexdigest() != row["raw_sha256"]:
        return "its raw document was changed since: run jingwen clean again"
    try:
        output = (clean / row["output"]).read_bytes()
    except OSError as error:
        return f"its clean text {row['output']} can't be read ({error.strerror})"
    if hashlib.sha256(output).hexdigest() != row["clean_sha256"]:
        return f"its clean text {row['output']} was altered"
    try:
        before = undo(Document(batch.decoded(output), steps))
    except ValueError as error:
        return f"its edits can't be undone: {error}"
    if before != decode(source, row):
        return "undoing its edits does not give the raw text"
    return ""


def decode(raw: bytes, row: Row) -> str:
    """The text of the raw bytes by the segments in the manifest."""
    if row["compression"] == "gzip":
        raw = gzip.decompress(raw)
    elif row["compression"] == "zstd":
        with zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True) as stream:
            raw = stream.read()
    return "".join(
        raw[part["start"] : part["end"]].decode(part["encoding"], "replace") for part in row["segments"]
    )


def _edits_by_path(clean: Path) -> Iterator[tuple[str, list[EditRow]]]:
    with pq.ParquetFile(clean / EDITS) as file:
        stored = (edit for part in file.iter_batches() for edit in part.to_pylist())
        for path, group in groupby(stored, key=lambda edit: edit["path"]):
            yield path, list(group)


def _compare_manifests(clean: Path) -> Iterator[Problem]:
    """manifest.jsonl and manifest.parquet hold the same rows."""
    with (clean / MANIFEST_LINES).open(encoding="utf-8") as lines:
        for row, line in zip_longest(manifest.rows(clean / MANIFEST), lines):
            if row is None or line is None or json.loads(line) != row:
                path = row["path"] if row else json.loads(line)["path"]
                yield Problem(path, f"{MANIFEST} and {MANIFEST_LINES} say different things of it")


def _missing_rows(clean: Path, raw: Path, globs: tuple[str, ...]) -> Iterator[Problem]:
    known = {row["path"] for row in manifest.rows(clean / MANIFEST)}
    for found in sources.find(raw, globs):
        if found.path not in known:
            yield Problem(found.path, "it is not in the manifest: run jingwen clean again")


def _extra_outputs(clean: Path) -> Iterator[Problem]:
    known = {row["output"] for row in manifest.rows(clean / MANIFEST)} | sources.OWN_NAMES
    for found in sources.find(clean):
        if found.path not in known:
            yield Problem(found.path, "no row of the manifest has this clean text")
