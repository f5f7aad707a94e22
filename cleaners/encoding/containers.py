"""What stands around the text: compression that is opened, and files that hold no text at all."""

import gzip
import io
import tomllib
import zlib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import zstandard

# A document larger than this is a decompression bomb or no single document.
LARGEST_OPENED = 256 * 1024 * 1024

# Zstandard makes up to 128 KB of four bytes: what is fed at once bounds what can come out at once.
FED_AT_ONCE = 1024

GZIP, ZSTD = b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"

# Controls that text does without; NUL is not among them: text that was damaged on a disk is full of it,
# and so is UTF-16.
CONTROLS = bytes((*range(1, 8), *range(14, 27), *range(28, 32), 127))
# Random bytes hold 11 % of them, machine code and packed numbers 5 to 20 %, damaged text under 1 %.
BINARY_SHARE = 0.04
# Three in a short text may be damage.
FEWEST_CONTROLS = 3
# How much of a file is looked at, at its start, in its middle and at its end.
LOOKED_AT = 4096


class NotText(Exception):
    """Why bytes are not text, in words."""


class Kind(NamedTuple):
    """One kind of file, as in data/file_kinds.toml."""

    name: str
    begins: bytes
    offset: int = 0
    holds: bytes = b""
    controls: bool = False  # its first letters could begin a text: control characters must follow


def compression(raw: bytes) -> str:
    """ "gzip", "zstd", or "" for bytes that are not compressed."""
    return "gzip" if raw.startswith(GZIP) else "zstd" if raw.startswith(ZSTD) else ""


def opened(raw: bytes, how: str) -> bytes:
    """`raw` decompressed. Raises NotText if it is damaged or larger than LARGEST_OPENED."""
    try:
        data = _gunzip(raw) if how == "gzip" else _unzstd(raw) if how == "zstd" else raw
    except (zlib.error, gzip.BadGzipFile, zstandard.ZstdError, EOFError) as error:
        raise NotText(f"a damaged {how} file: {error}") from error
    if how and len(data) > LARGEST_OPENED:
        raise NotText(f"a {how} file that holds more than {LARGEST_OPENED >> 20} MB")
    return data


def refuse_other_kinds(data: bytes) -> None:
    """Raises NotText, with the kind in words, for an empty file and for a known kind that is no text."""
    if not data:
        raise NotText("an empty file")
    if not any(data.startswith(begins, offset) for offset, begins in beginnings()):
        return
    for kind in kinds():
        if data.startswith(kind.begins, kind.offset) and kind.holds in data:
            if kind.controls and not is_binary(data) and 0 not in data[:LOOKED_AT]:
                continue
            raise NotText(kind.name)


def is_binary(data: bytes) -> bool:
    """Whether `data` holds more control characters than any text of one-byte units does."""
    sample = data
    if len(data) > 3 * LOOKED_AT:
        middle = len(data) // 2
        sample = data[:LOOKED_AT] + data[middle : middle + LOOKED_AT] + data[-LOOKED_AT:]
    sample = sample.replace(b"\0", b"")
    controls = len(sample) - len(sample.translate(None, CONTROLS))
    return controls > max(FEWEST_CONTROLS, BINARY_SHARE * len(sample))


def _gunzip(raw: bytes) -> bytes:
    """All members of a gzip file, up to just above LARGEST_OPENED."""
    with gzip.GzipFile(fileobj=io.BytesIO(raw)) as file:
        return file.read(LARGEST_OPENED + 1)


def _unzstd(raw: bytes) -> bytes:
    """All frames of a Zstandard file, up to just above LARGEST_OPENED."""
    parts: list[bytes] = []
    size = 0
    frame = None
    for start in range(0, len(raw), FED_AT_ONCE):
        chunk = raw[start : start + FED_AT_ONCE]
        while chunk and size <= LARGEST_OPENED:
            frame = frame or zstandard.ZstdDecompressor().decompressobj()
            parts.append(frame.decompress(chunk))
            size += len(parts[-1])
            chunk = frame.unused_data
            if frame.eof:
                frame = None
    if frame and size <= LARGEST_OPENED:
        raise EOFError("it ends too early")
    return b"".join(parts)


@cache
def kinds() -> tuple[Kind, ...]:
    """The kinds of files that are known by their first bytes, from data/file_kinds.toml."""
    with (files("cleaners") / "data" / "file_kinds.toml").open("rb") as file:
        return tuple(
            Kind(
                entry["name"],
                _bytes(entry["begins"]),
                entry.get("offset", 0),
                _bytes(entry.get("holds", "")),
                entry.get("controls", False),
            )
            for entry in tomllib.load(file)["kind"]
        )


@cache
def beginnings() -> tuple[tuple[int, tuple[bytes, ...]], ...]:
    """By offset, all that kinds of files have there."""
    offsets = sorted({kind.offset for kind in kinds()})
    return tuple((at, tuple(kind.begins for kind in kinds() if kind.offset == at)) for at in offsets)


def _bytes(escaped: str) -> bytes:
    return escaped.encode("ascii").decode("unicode_escape").encode("latin-1")
