"""The manifest: one row for each raw document, and every edit that made its clean text.

`Row` is the one place where the columns are written down; the Parquet schema and the table in the README
come from it.
"""

import hashlib
import itertools
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import UnionType
from typing import (
    Annotated,
    Any,
    BinaryIO,
    TypedDict,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

import pyarrow as pa
import pyarrow.parquet as pq

import cleaners
from cleaners import Document, Options
from cleaners.document import Edit, Step
from cleaners.plausibility import mean
from flows.sources import Found

File = BinaryIO | Path


class FlagRow(TypedDict):
    name: str
    kind: str
    evidence: str
    start: int | None
    confidence: float


class SegmentRow(TypedDict):
    start: int
    end: int
    encoding: str


class EditRow(TypedDict):
    """An edit as it stands in edits.parquet, where the document's path comes first."""

    step: int
    cleaner: str
    start: int
    before: str
    after: str
    rule: str
    confidence: float
    signals: str


class Row(TypedDict):
    """What the manifest says of one raw document."""

    path: Annotated[str, "the raw document, below the raw folder"]
    output: Annotated[str, "its clean text, below the clean folder; empty if rejected"]
    raw_sha256: Annotated[str, "of the raw bytes; empty if they could not be read"]
    raw_bytes: Annotated[int, "how many"]
    clean_sha256: Annotated[str, "of the bytes of the clean file; empty if rejected"]
    clean_chars: Annotated[int, "characters of clean text"]
    status: Annotated[str, "ok, flagged, or rejected: there is no clean text"]
    reason: Annotated[str, "why it was rejected"]
    encoding: Annotated[str, "what most of the text was encoded in"]
    encoding_confidence: Annotated[float, "0 to 1"]
    undecodable_bytes: Annotated[int, "bytes that became U+FFFD"]
    compression: Annotated[str, "gzip or zstd, if the raw file was compressed"]
    segments: Annotated[list[SegmentRow], "which bytes are in which encoding"]
    script_found: Annotated[str, "simplified, traditional, ..."]
    script_written: Annotated[str, "the script of the clean text"]
    title: Annotated[str, "metadata found in the text"]
    published: Annotated[str, "ISO 8601"]
    source: Annotated[str, "who published it"]
    author: Annotated[str, "who wrote it"]
    editor: Annotated[str, "who edited it"]
    genre: Annotated[str, "speech, news, ..."]
    removed_promo_chars: Annotated[int, "characters of promotional blocks taken out"]
    removed_metadata_chars: Annotated[int, "of metadata lines"]
    removed_chrome_chars: Annotated[int, "of site chrome: navigation, sharing, pagers"]
    removed_gloss_chars: Annotated[int, "of pinyin and zhuyin in brackets"]
    repaired_mojibake_chars: Annotated[int, "garbled characters that were repaired"]
    joined_lines: Annotated[int, "line ends taken out of sentences"]
    truncated: Annotated[str | None, "null if whole, or how the document is cut"]
    truncation_evidence: Annotated[str, "how one sees that"]
    announced_items: Annotated[int, "how many points the text's main announcement names"]
    found_items: Annotated[int, "how many of these follow"]
    plausibility: Annotated[float, "mean ln P per character; low means garbled or unusual"]
    flags: Annotated[list[FlagRow], "what a person should know, each with its evidence"]
    duplicate_of: Annotated[str | None, "the first document by path with the same clean text"]
    edits: Annotated[int, "how many edits.parquet holds for it"]
    edits_sha256: Annotated[str, "of these edits"]
    version: Annotated[str, "of jingwen, and of the code of its cleaners"]
    options_fingerprint: Annotated[str, "differs whenever an option differs"]


def _arrow(hint: Any) -> pa.DataType:
    """The Arrow type of a type hint."""
    if get_origin(hint) in (Union, UnionType):
        return _arrow(get_args(hint)[0])
    if get_origin(hint) is list:
        return pa.list_(_arrow(get_args(hint)[0]))
    if is_typeddict(hint):
        return pa.struct(list(_fields(hint)))
    return {str: pa.string(), int: pa.int64(), float: pa.float64()}[hint]


def _fields(row: Any) -> Iterator[pa.Field]:
    return (pa.field(name, _arrow(hint)) for name, hint in get_type_hints(row).items())


SCHEMA = pa.schema(_fields(Row))
EDIT_SCHEMA = pa.schema([pa.field("path", pa.string()), *_fields(EditRow)])

# Rows that are read from Parquet at a time, and of a group in what is written. With some dozens of edits each they
# take some ten megabytes as Python objects: a run over 100,000 documents peaked 90 MB higher with 4,096.
ROWS_AT_A_TIME = 1024


def columns() -> Iterator[tuple[str, str, str]]:
    """Name, type and meaning of every column: the table in the README."""
    for name, hint in get_type_hints(Row, include_extras=True).items():
        yield name, str(SCHEMA.field(name).type), hint.__metadata__[0]


@cache
def current_version() -> str:
    """The version of jingwen with a digest of the cleaners' code and data: other code, other version."""
    digest = hashlib.sha256()
    home = Path(cleaners.__file__).parent
    for file in sorted(path for path in home.rglob("*") if path.suffix in {".py", ".toml", ".npz"}):
        digest.update(file.relative_to(home).as_posix().encode() + b"\0" + file.read_bytes())
    try:
        name = version("jingwen")
    except PackageNotFoundError:  # run from a checkout that is not installed
        name = "0"
    return f"{name}+{digest.hexdigest()[:12]}"


# --- making rows -----------------------------------------------------------------------------------------


def row_of(found: Found, raw: bytes, document: Document, output: bytes, options: Options) -> Row:
    """The manifest's row of a document that was cleaned."""
    decoding, metadata, measures = document.decoding, document.metadata, document.measures
    removed = _removed(document.steps)
    flags = [
        FlagRow(
            name=flag.name,
            kind=flag.kind,
            evidence=flag.evidence,
            start=flag.start,
            confidence=flag.confidence,
        )
        for flag in document.flags
    ]
    cut = next((flag for flag in flags if flag["name"] == "truncated"), None)
    return {
        "path": found.path,
        "output": found.output,
        "raw_sha256": hashlib.sha256(raw).hexdigest(),
        "raw_bytes": len(raw),
        "clean_sha256": hashlib.sha256(output).hexdigest(),
        "clean_chars": len(document.text),
        "status": "flagged" if flags else "ok",
        "reason": "",
        "encoding": decoding.encoding,
        "encoding_confidence": round(decoding.confidence, 4),
        "undecodable_bytes": decoding.undecodable_bytes,
        "compression": decoding.compression,
        "segments": [
            SegmentRow(start=part.start, end=part.end, encoding=part.encoding) for part in decoding.segments
        ],
        "script_found": measures.script_found,
        "script_written": measures.script_written,
        "title": metadata.title,
        "published": metadata.published,
        "source": metadata.source,
        "author": metadata.author,
        "editor": metadata.editor,
        "genre": measures.genre,
        "removed_promo_chars": removed["boilerplate.promo"],
        "removed_metadata_chars": removed["boilerplate.metadata"],
        "removed_chrome_chars": removed["boilerplate.chrome"],
        "removed_gloss_chars": removed["glosses"],
        "repaired_mojibake_chars": removed["mojibake"],
        "joined_lines": removed["layout.join"],
        "truncated": cut and cut["kind"],
        "truncation_evidence": cut["evidence"] if cut else "",
        "announced_items": measures.announced_items,
        "found_items": measures.found_items,
        "plausibility": round(mean(document.text), 3),
        "flags": flags,
        "duplicate_of": None,
        "edits": sum(len(step.edits) for step in document.steps),
        "edits_sha256": digest_of(document.steps),
        "version": current_version(),
        "options_fingerprint": options.fingerprint,
    }


def rejected(found: Found, reason: str, options: Options, raw: bytes | None = None) -> Row:
    """The row of a document of which there is no clean text."""
    empty: dict[pa.DataType, Any] = {pa.string(): "", pa.int64(): 0, pa.float64(): 0.0}
    row: Any = {field.name: empty.get(field.type, []) for field in SCHEMA}
    row |= {
        "path": found.path,
        "status": "rejected",
        "reason": reason,
        "truncated": None,
        "duplicate_of": None,
    }
    row |= {"raw_bytes": found.size if raw is None else len(raw), "edits_sha256": digest_of(())}
    row |= {"raw_sha256": "" if raw is None else hashlib.sha256(raw).hexdigest()}
    row |= {"version": current_version(), "options_fingerprint": options.fingerprint}
    return row  # type: ignore[no-any-return]


def _removed(steps: Iterable[Step]) -> Counter[str]:
    """Characters taken out by rule and by cleaner; for joins how many, for mojibake what was garbled."""
    count: Counter[str] = Counter()
    for step in steps:
        for edit in step.edits:
            if edit.rule == "layout.join":
                count[edit.rule] += 1
            elif step.cleaner == "mojibake":
                count["mojibake"] += len(edit.before)
            else:
                count[edit.rule] += max(0, len(edit.before) - len(edit.after))
                count[step.cleaner] += max(0, len(edit.before) - len(edit.after))
    return count


def edit_rows(steps: Iterable[Step]) -> list[EditRow]:
    """The edits of a document as they are stored."""
    return [
        EditRow(
            step=number,
            cleaner=step.cleaner,
            start=edit.start,
            before=edit.before,
            after=edit.after,
            rule=edit.rule,
            confidence=edit.confidence,
            signals=edit.signals,
        )
        for number, step in enumerate(steps)
        for edit in step.edits
    ]


def steps_of(edits: Iterable[EditRow]) -> tuple[Step, ...]:
    """What `edit_rows` stored."""
    return tuple(
        Step(
            cleaner,
            tuple(
                Edit(e["start"], e["before"], e["after"], e["rule"], e["confidence"], e["signals"])
                for e in group
            ),
        )
        for (_, cleaner), group in itertools.groupby(edits, key=lambda e: (e["step"], e["cleaner"]))
    )


def digest_of(steps: Iterable[Step]) -> str:
    """A digest that differs when any edit differs in anything: place, texts, rule, confidence or signals."""
    values = [
        [step.cleaner, e.start, e.before, e.after, e.rule, e.confidence, e.signals]
        for step in steps
        for e in step.edits
    ]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()


def rows(file: File, columns: Sequence[str] | None = None) -> Iterator[Row]:
    """The rows of a manifest.parquet, or some columns of them."""
    for batch in batches(pq.ParquetFile(file), columns):
        yield from batch.to_pylist()


def batches(file: pq.ParquetFile, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
    """Some columns of a Parquet file, or all, ROWS_AT_A_TIME; in this thread, since each of Arrow's keeps memory."""
    return file.iter_batches(ROWS_AT_A_TIME, columns=columns, use_threads=False)  # type: ignore[no-any-return]
