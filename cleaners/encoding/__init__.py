"""Bytes become text.

Stages, from the surest to the least sure: compression is opened, files that are no text are named; byte
order marks and the pattern of NUL bytes; escape sequences; UTF-8; the code page under which the bytes read
most like text, judged by the shared language model; chardet for the rest of the world.
"""

from codecs import utf_8_decode
from collections import Counter
from typing import NamedTuple

import numpy as np

from cleaners.document import Decoding, Document, Flag, Segment
from cleaners.encoding import containers
from cleaners.encoding.alignment import SINGLE_BYTES
from cleaners.encoding.detection import (
    CHINESE,
    NO_ACCIDENT_RUN,
    WIDE,
    Guess,
    guess,
    guess_among_few,
    is_ambiguous,
    read_plainly,
)
from cleaners.encoding.marks import ISO_2022_CODECS, byte_order_mark, escapes
from cleaners.encoding.mixture import parts, utf8_but_for_the_ends
from cleaners.encoding.repair import begins_in_step, follow, is_in_step, realigned
from cleaners.encoding.sampling import high_bytes

# How many places of undecodable bytes, or parts in other encodings, are named as evidence.
PLACES_NAMED = 5
# Encodings in which bytes below 0x80 can be undecodable.
NOT_ASCII_BASED = (*WIDE, *ISO_2022_CODECS, "hz")
UNIT_BYTES = {"utf-16": 2, "utf-32": 4}
# What "surrogateescape" makes of an undecodable byte 0x80.
FIRST_ESCAPED = 0xDC80


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
        containers.refuse_other_kinds(data)
        segments, confidence, text = _read(data)
    except containers.NotText as reason:
        return Document("", rejected=str(reason))
    if not text or text.isspace():
        return Document("", rejected="holds only white space")
    lost, places = _undecodable(data, segments) if "\ufffd" in text else (0, [])
    decoding = Decoding(_main(data, segments), confidence, tuple(segments), lost, compression)
    return Document(text, decoding=decoding, flags=(*_lossy(lost, places), *_mixed(segments)))


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
    """`data` by its marks, as UTF-8, or by what it reads like. Raises NotText if it reads like nothing."""
    marked, start = byte_order_mark(data)
    if marked and marked != "utf-8":
        return _as(data, start, Guess(marked, 1.0))
    is_binary = containers.is_binary(data)
    if is_binary or b"\0" in data:
        found = guess(data, ("utf-8", *CHINESE, *WIDE))
        if found.encoding in WIDE:
            return _as(data, 0, found)
        if is_binary and not escapes(data):
            raise containers.NotText("binary data: more control characters than any text has")
    body = data[start:] if start else data
    try:
        text, end = utf_8_decode(body, "strict", False)
    except UnicodeDecodeError:
        return _read_legacy(data, start)
    if end < len(body):  # its last character is cut
        if not NO_ACCIDENT_RUN.search(text):
            return _read_legacy(data, start)
        return Reading(
            [Segment(start, len(data), "utf-8")], 1.0, text + body[end:].decode("utf-8", "replace")
        )
    if text.isascii() and (escaped := escapes(body)):
        return _as(data, start, Guess(escaped, 1.0))
    if is_ambiguous(body, text):
        return _as(data, start, guess_among_few(body))
    return Reading([Segment(start, len(data), "utf-8")], 1.0, text)


def _read_legacy(data: bytes, start: int) -> Reading:
    """`data` from `start` on, which is not all UTF-8."""
    if text := utf8_but_for_the_ends(data[start:] if start else data):
        return Reading([Segment(start, len(data), "utf-8")], 1.0, text)
    segments, confidence = parts(data, start) or ([], 0.0)
    if not segments:
        body = data[start:] if start else data
        if (plain := read_plainly(body)) and is_in_step(plain[1]):
            return Reading([Segment(start, len(data), plain[0])], 1.0, plain[1])
        found = guess(body)
        reading = _as(data, start, found)
        if "\ufffd" not in reading.text and begins_in_step(reading.text) and is_in_step(reading.text):
            return reading
        segments, confidence = reading.segments, found.confidence
    segments = [part for segment in segments for part in realigned(data, segment)]
    return Reading(segments, confidence, follow(data, segments))


def _as(data: bytes, start: int, guess: Guess) -> Reading:
    """`data` from `start` on in one encoding."""
    segments = [Segment(start, len(data), guess.encoding)]
    return Reading(segments, guess.confidence, follow(data, segments))


def _main(data: bytes, segments: list[Segment]) -> str:
    """The encoding of most bytes that are not ASCII."""
    amount = Counter[str]()
    for segment in segments:
        amount[segment.encoding] += high_bytes(data[segment.start : segment.end]) if len(segments) > 1 else 1
    return amount.most_common(1)[0][0]


def _undecodable(data: bytes, segments: list[Segment]) -> tuple[int, list[int]]:
    """How many bytes are in no character, and where the first PLACES_NAMED such places are."""
    lost, places = 0, list[int]()
    for start, end, encoding in ((s.start, s.end, s.encoding) for s in segments):
        if encoding in NOT_ASCII_BASED:
            replaced = data[start:end].decode(encoding, "replace").count("\ufffd")
            lost += replaced * UNIT_BYTES.get(encoding[:6], 1)
        while start < end and len(places) < PLACES_NAMED:
            try:
                data[start:end].decode(encoding)
                break
            except UnicodeDecodeError as error:
                places.append(start + error.start)
                start += error.end
                lost += (error.end - error.start) * (encoding not in NOT_ASCII_BASED)
        else:
            if encoding not in NOT_ASCII_BASED:
                lost += _escaped(data[start:end], encoding)
    return lost, places


def _escaped(data: bytes, encoding: str) -> int:
    """How many bytes of `data` are in no character."""
    escaped = data.decode(encoding, "surrogateescape").encode("utf-32-le", "surrogatepass")
    return int((np.frombuffer(escaped, np.uint32) - np.uint32(FIRST_ESCAPED) < 0x80).sum())


def _lossy(undecodable: int, places: list[int]) -> tuple[Flag, ...]:
    if not undecodable:
        return ()
    named = ", ".join(map(str, places)) + (", ..." if len(places) < undecodable else "")
    bytes_ = "1 byte" if undecodable == 1 else f"{undecodable} bytes"
    return (Flag("lossy_decoding", evidence=f"{bytes_} could not be decoded, at byte offset {named}"),)


def _mixed(segments: list[Segment]) -> tuple[Flag, ...]:
    segments = [segment for segment in segments if segment.encoding != SINGLE_BYTES]
    if len({segment.encoding for segment in segments}) < 2:
        return ()
    named = "; ".join(f"{s.encoding} in bytes {s.start} to {s.end}" for s in segments[:PLACES_NAMED])
    return (Flag("mixed_encoding", evidence=named + ("; ..." if len(segments) > PLACES_NAMED else "")),)
