"""Bytes become text.

Stages, from the surest to the least sure: compression is opened, files that are no text are named; byte
order marks and the pattern of NUL bytes; escape sequences; UTF-8; the code page under which the bytes read
most like text, judged by the shared language model; chardet for the rest of the world.
"""

import codecs

from cleaners.document import Decoding, Document, Flag, Segment
from cleaners.encoding import containers, detection

# UTF-32 before UTF-16: its little-endian mark begins with that of UTF-16.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
# How many places of undecodable bytes are named as evidence; all of them are counted.
PLACES_NAMED = 5


def decode(raw: bytes) -> Document:
    """The decoded text of `raw` and how it was found, or a document that is rejected with the reason.

    Never raises. `decode_segments(raw, document.decoding)` gives the same text without detecting anything.

    >>> decode("净文".encode("gb18030")).decoding.encoding
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
    encoding, confidence, start = _detect(data)
    segment = Segment(start, len(data), encoding)
    text = _read(data, segment)
    if not text or text.isspace():
        return Document("", rejected="holds only white space")
    places = _undecodable(data, segment) if "\ufffd" in text else []
    decoding = Decoding(encoding, confidence, (segment,), len(places), compression)
    return Document(text, decoding=decoding, flags=_flags(places))


def decode_segments(raw: bytes, decoding: Decoding) -> str:
    """The text that `decoding` makes of `raw`: its recipe followed, nothing detected.

    Raises ValueError if `raw` cannot be decompressed.
    """
    try:
        data = containers.opened(raw, decoding.compression)
    except containers.NotText as reason:
        raise ValueError(str(reason)) from reason
    return "".join(_read(data, segment) for segment in decoding.segments)


def _read(data: bytes, segment: Segment) -> str:
    return data[segment.start : segment.end].decode(segment.encoding, "replace")


def _detect(data: bytes) -> tuple[str, float, int]:
    """Encoding, confidence, and where the text begins."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return encoding, 1.0, len(mark)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return (*(detection.damaged_utf8(data) or detection.guess(data)), 0)
    return "utf-8", 1.0, 0


def _undecodable(data: bytes, segment: Segment) -> list[int]:
    """The offsets of bytes that are not part of a character."""
    places: list[int] = []
    at = segment.start
    view = memoryview(data)
    while True:
        try:
            str(view[at : segment.end], segment.encoding)
        except UnicodeDecodeError as error:
            places += range(at + error.start, at + error.end)
            at += error.end
        else:
            return places


def _flags(places: list[int]) -> tuple[Flag, ...]:
    if not places:
        return ()
    named = ", ".join(map(str, places[:PLACES_NAMED])) + (", ..." if len(places) > PLACES_NAMED else "")
    bytes_ = "1 byte" if len(places) == 1 else f"{len(places)} bytes"
    return (Flag("lossy_decoding", evidence=f"{bytes_} could not be decoded, at byte offset {named}"),)
