"""Which encoding some bytes are in, when they are neither UTF-8 nor marked."""

import math
import re
from collections.abc import Iterable
from typing import NamedTuple

import chardet
import numpy as np

from cleaners.encoding import likelihood

# The East Asian code pages, each under the superset that decodes what is called by its narrower names.
CHINESE = ("gb18030", "cp950", "big5hkscs")
EAST_ASIAN = (*CHINESE, "cp932", "euc_jp", "cp949")
# One page each of the scripts with one-byte pages: enough to see that bytes are letters of one byte.
SINGLE_BYTE = ("cp1252", "cp1251", "koi8-r", "cp1253", "cp874", "cp1255", "cp1256")

# Enough for a verdict far beyond doubt; a longer sample costs time only.
SAMPLE_BYTES = 8192
# A piece of the sample; several are taken, so that no single page header decides.
PIECE_BYTES = 1024
# No multi-byte character of an East Asian page holds one of these bytes: a character starts there.
SAFE_START = re.compile(rb"[\x00-\x2f]")

# Well-formed sequences of three bytes and more that outweigh one bad byte: GBK read as UTF-8 has more bad
# bytes than such sequences; damaged UTF-8 has one to three bad bytes for each place of damage.
GOOD_TO_BAD = 2


class Guess(NamedTuple):
    """An encoding and how sure it is."""

    encoding: str
    confidence: float


class Sample(NamedTuple):
    """Some of a file's bytes, taken from where they are not ASCII."""

    aligned: bytes  # begins where a character begins
    unaligned: tuple[bytes, ...]  # may begin inside a character


def damaged_utf8(data: bytes) -> Guess | None:
    """UTF-8 if `data` is UTF-8 but for some bytes, else None."""
    text = data.decode("utf-8", "surrogateescape")
    code_points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    bad = int(((code_points >= 0xDC80) & (code_points <= 0xDCFF)).sum())
    good = int((code_points >= 0x800).sum()) - bad
    return Guess("utf-8", 1 - bad / (good + bad)) if good > GOOD_TO_BAD * bad else None


def guess(data: bytes) -> Guess:
    """The encoding of bytes that are not UTF-8."""
    taken = sample(data)
    scores = {encoding: score(taken, encoding) for encoding in EAST_ASIAN + SINGLE_BYTE}
    best = max(scores, key=scores.__getitem__)
    rest = max(value for encoding, value in scores.items() if not _related(encoding, best))
    confidence = 1 / (1 + math.exp(max(-50.0, rest - scores[best])))
    if best in SINGLE_BYTE:
        return _by_chardet(b"\n".join((taken.aligned, *taken.unaligned)), confidence)
    if best in CHINESE[1:]:
        best = _big5_page(data)
    return Guess(best, confidence)


def score(sample: Sample, encoding: str) -> float:
    """ln P of `sample` read in `encoding`."""
    return likelihood.total(sample.aligned.decode(encoding, "replace")) + sum(
        max(likelihood.total(piece[cut:].decode(encoding, "replace")) for cut in (0, 1))
        for piece in sample.unaligned
    )


def sample(data: bytes) -> Sample:
    """About SAMPLE_BYTES of `data`, taken evenly from where its bytes are not ASCII."""
    if len(data) <= SAMPLE_BYTES:
        return _cut((data,))
    whole = len(data) // PIECE_BYTES * PIECE_BYTES
    high = np.frombuffer(data, np.uint8)[:whole].reshape(-1, PIECE_BYTES) >= 0x80
    pieces = np.flatnonzero(high.any(axis=1))
    count = min(SAMPLE_BYTES // PIECE_BYTES, len(pieces))
    starts = pieces[np.linspace(0, len(pieces) - 1, count).astype(int)] * PIECE_BYTES if count else [whole]
    return _cut(data[start : start + PIECE_BYTES] for start in map(int, starts))


def _cut(pieces: Iterable[bytes]) -> Sample:
    """`pieces` parted at their first byte that is no part of a longer character."""
    aligned, unaligned = [], []
    for piece in pieces:
        safe = SAFE_START.search(piece)
        start = safe.start() if safe else len(piece)
        unaligned.append(piece[:start])
        aligned.append(piece[start:])
    return Sample(b"".join(aligned), tuple(filter(None, unaligned)))


def _related(a: str, b: str) -> bool:
    return a == b or {a, b} <= set(CHINESE[1:]) or {a, b} <= set(SINGLE_BYTE)


def _big5_page(data: bytes) -> str:
    for page in CHINESE[1:]:
        try:
            data.decode(page)
        except UnicodeDecodeError:
            continue
        return page
    return "cp950"


def _by_chardet(sample: bytes, confidence: float) -> Guess:
    """The name that chardet has for a one-byte page."""
    found = chardet.detect(sample, compat_names=False, exclude_encodings=("utf-8", "ascii"))
    name = found["encoding"] or "cp1252"
    return Guess(name, min(confidence, found["confidence"]))
