"""Some of a file's bytes, and some of a text's characters, taken from where they are not ASCII."""

import re
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

# A piece of a sample; several are taken, so that no single page header decides. A multiple of four.
PIECE_BYTES = 512
# No multi-byte character of an East Asian page holds one of these bytes: a character starts there. (NUL is
# not among them: where it stands, it may have been put between the two bytes of a character.)
SAFE_START = re.compile(rb"[\x01-\x2f]")
HIGH = bytes(range(0x80, 0x100))
# Excerpts of a text, from places spread evenly over it.
EXCERPTS, EXCERPT_CHARACTERS = 5, 32
HIGH_CHARACTER, ASCII = re.compile("[^\0-\x7f]"), re.compile("[\0-\x7f]+")


class Sample(NamedTuple):
    """Some of a file's bytes, taken from where they are not ASCII."""

    pieces: tuple[bytes, ...]  # as they stand in the file, from offsets divisible by four
    aligned: bytes  # the same, from the first byte on where a character surely begins
    unaligned: tuple[bytes, ...]  # what stood before: may begin inside a character


def sample(data: bytes, size: int) -> Sample:
    """About `size` bytes of `data`, taken evenly from where its bytes are not ASCII."""
    if len(data) <= size:
        return _cut((data,))
    count = -(-len(data) // PIECE_BYTES)
    starts = np.linspace(0, count - 1, size // PIECE_BYTES).astype(int) * PIECE_BYTES
    pieces = [data[start : start + PIECE_BYTES] for start in starts.tolist()]
    if not any(map(bytes.isascii, pieces)):
        return _cut(pieces)
    high = np.zeros(count * PIECE_BYTES, np.bool_)
    np.greater_equal(np.frombuffer(data, np.uint8), 0x80, out=high[: len(data)])
    with_high = np.flatnonzero(high.reshape(count, PIECE_BYTES).any(axis=1))
    if not len(with_high):
        with_high = np.arange(count)
    chosen = with_high[
        np.linspace(0, len(with_high) - 1, min(size // PIECE_BYTES, len(with_high))).astype(int)
    ]
    return _cut(data[start : start + PIECE_BYTES] for start in (chosen * PIECE_BYTES).tolist())


def excerpts(text: str) -> str:
    """Some lines of what is not ASCII in `text`."""
    if len(text) > EXCERPTS * EXCERPT_CHARACTERS:
        places = (HIGH_CHARACTER.search(text, len(text) * i // EXCERPTS) for i in range(EXCERPTS))
        starts = dict.fromkeys(match.start() for match in places if match)
        text = "\n".join(text[start : start + EXCERPT_CHARACTERS] for start in starts)
    return ASCII.sub("\n", text)


def without_high_bytes(data: bytes) -> bytes:
    """What of `data` is ASCII."""
    return data.translate(None, HIGH)


def high_bytes(data: bytes) -> int:
    """How many bytes of `data` are not ASCII."""
    return len(data) - len(without_high_bytes(data))


def high_characters(text: str) -> int:
    """How many characters of `text` are not ASCII."""
    return len(text) - len(text.encode("ascii", "ignore"))


def _cut(pieces: Iterable[bytes]) -> Sample:
    """`pieces` parted at their first byte that is no part of a longer character."""
    pieces = tuple(pieces)
    aligned, unaligned = [], []
    for piece in pieces:
        safe = SAFE_START.search(piece)
        start = safe.start() if safe else len(piece)
        unaligned.append(piece[:start])
        aligned.append(piece[start:])
    return Sample(pieces, b"".join(aligned), tuple(filter(None, unaligned)))
