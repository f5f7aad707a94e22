"""Bytes become text.

Stages, from the surest to the least sure: compression is opened, files that are no text are named; byte
order marks and the pattern of NUL bytes; escape sequences; UTF-8; the code page under which the bytes read
most like text, judged by the shared language model; chardet for the rest of the world.
"""

from collections import Counter
from contextlib import suppress
from typing import NamedTuple

from cleaners.document import Decoding, Document, Flag, Segment
from cleaners.encoding import containers
from cleaners.encoding.detection import CHINESE, UTF_16, UTF_32, guess, high_bytes
from cleaners.encoding.marks import ISO_2022_CODECS, byte_order_mark, escapes
from cleaners.encoding.mixture import parts
from cleaners.encoding.repair import follow, realigned, seems_in_step

# How many places of undecodable bytes, or parts in other encodings, are named as evidence.
PLACES_NAMED = 5
# Encodings whose bytes include control characters.
CONTROLLED = (*UTF_16, *UTF_32, *ISO_2022_CODECS)
# Text this short may be well-formed UTF-8 by accident.
AMBIGUOUS_BYTES = 32


class Reading(NamedTuple):
    """How bytes are to be read, how sure that is (0 to 1), and the text that it gives."""

    segments: list[Segment]
    confidence: float
    text: str


def decode(raw: bytes) -> Document:
    """The decoded text of `raw` and how it was found, or a document that is rejected with the reason.

    Never raises. `decode_segments(raw, document.decoding)` gives the same text without detecting anything.

    >>> decode("清理网页文本。".encode("gb18030")).decoding.encoding
    'gb18030'
    >>> decode(b"%PDF-1.4 ...").rejected
    'a PDF file'
    """
    compression = containers.compression(raw)
    try:
        data = containers.opened(raw, compression)
    except containers.NotText as reason:
        return Document("", rejected=str(reason))
    if not data:
        return Document("", rejected="an empty file")
    if kind := containers.kind(data):
        return Document("", rejected=kind)
    segments, confidence, text = _read(data)
    if not text or text.isspace():
        return Document("", rejected="holds only white space")
    if segments[0].encoding not in CONTROLLED and containers.is_binary(data):
        return Document("", rejected="binary data: more control characters than any text has")
    places = _undecodable(data, segments) if "\ufffd" in text else []
    decoding = Decoding(_main(data, segments), confidence, tuple(segments), len(places), compression)
    return Document(text, decoding=decoding, flags=(*_lossy(places), *_mixed(segments)))


def decode_segments(raw: bytes, decoding: Decoding) -> str:
    """The text that `decoding` makes of `raw`: its recipe followed, nothing detected.

    Raises ValueError if `raw` cannot be decompressed.
    """
    try:
        data = containers.opened(raw, decoding.compression)
    except containers.NotText as reason:
        raise ValueError(str(reason)) from reason
    return follow(data, decoding.segments)


def _read(data: bytes) -> Reading:
    """`data` by its marks, as UTF-8, or by what it reads like."""
    marked, start = byte_order_mark(data)
    if marked and marked != "utf-8":
        segments = [Segment(start, len(data), marked)]
        return Reading(segments, 1.0, follow(data, segments))
    try:
        text = data[start:].decode("utf-8") if start else data.decode("utf-8")
    except UnicodeDecodeError:
        return _read_other(data, start)
    encoding, confidence = "utf-8", 1.0
    if text.isascii():
        encoding = escapes(data) or encoding
    elif len(data) <= AMBIGUOUS_BYTES:
        encoding, confidence = guess(data, ("utf-8", *CHINESE, *UTF_16))
    if b"\0" in data or (encoding == "utf-8" and text.isascii() and containers.is_binary(data)):
        encoding, confidence = guess(data, ("utf-8", *UTF_16, *UTF_32))
    segments = [Segment(start, len(data), encoding)]
    return Reading(segments, confidence, text if encoding == "utf-8" else follow(data, segments))


def _read_other(data: bytes, start: int) -> Reading:
    """`data` from `start` on, which is not all UTF-8."""
    body = data[start:] if start else data
    found = parts(data, start)
    if found:
        segments, confidence = found
    else:
        page, confidence = guess(body)
        segments = [Segment(start, len(data), page)]
        with suppress(UnicodeDecodeError):
            text = body.decode(page)
            if seems_in_step(text):
                return Reading(segments, confidence, text)
    segments = [part for segment in segments for part in realigned(data, segment)]
    return Reading(segments, confidence, follow(data, segments))


def _main(data: bytes, segments: list[Segment]) -> str:
    """The encoding of most bytes that are not ASCII."""
    amount = Counter[str]()
    for segment in segments:
        amount[segment.encoding] += high_bytes(data[segment.start : segment.end]) if len(segments) > 1 else 1
    return amount.most_common(1)[0][0]


def _undecodable(data: bytes, segments: list[Segment]) -> list[int]:
    """The offsets of bytes that are not part of a character."""
    places: list[int] = []
    view = memoryview(data)
    for segment in segments:
        at = segment.start
        while at < segment.end:
            try:
                str(view[at : segment.end], segment.encoding)
                break
            except UnicodeDecodeError as error:
                places += range(at + error.start, at + error.end)
                at += error.end
    return places


def _lossy(places: list[int]) -> tuple[Flag, ...]:
    if not places:
        return ()
    named = ", ".join(map(str, places[:PLACES_NAMED])) + (", ..." if len(places) > PLACES_NAMED else "")
    bytes_ = "1 byte" if len(places) == 1 else f"{len(places)} bytes"
    return (Flag("lossy_decoding", evidence=f"{bytes_} could not be decoded, at byte offset {named}"),)


def _mixed(segments: list[Segment]) -> tuple[Flag, ...]:
    if len({segment.encoding for segment in segments}) < 2:
        return ()
    named = "; ".join(f"{s.encoding} in bytes {s.start} to {s.end}" for s in segments[:PLACES_NAMED])
    return (Flag("mixed_encoding", evidence=named + ("; ..." if len(segments) > PLACES_NAMED else "")),)
