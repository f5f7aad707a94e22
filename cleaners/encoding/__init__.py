"""Bytes become text.

Compression is opened, and files that are no text are named. Samples tell the encoding (`detection`), and reading
all in it tells whether they were right. What isn't all in one encoding is read part by part (`mixture`), and what
lost or gained bytes is put back in step (`repair`).
"""

from collections import Counter
from typing import NamedTuple

import numpy as np

from cleaners.document import Decoding, Document, Flag, Segment
from cleaners.encoding import big5, containers, detection, utf8
from cleaners.encoding.alignment import SINGLE_BYTES
from cleaners.encoding.detection import FEW_READ, SAMPLE_BYTES, WIDE, Guess, narrowest
from cleaners.encoding.marks import ISO_2022_CODECS, byte_order_mark
from cleaners.encoding.mixture import emoji_apart, parts
from cleaners.encoding.repair import begin_in_step, follow, is_in_step, realigned
from cleaners.encoding.sampling import high_bytes, sample

# How many places of undecodable bytes, or parts in other encodings, are named as evidence.
PLACES_NAMED = 5
# Encodings in which bytes below 0x80 can be undecodable.
NOT_ASCII_BASED = (*WIDE, *ISO_2022_CODECS, "hz")
UNIT_BYTES = {"utf-16": 2, "utf-32": 4}
# What Python names encodings where a byte order mark stands before the text and is no part of it.
WITH_MARK = {"utf-8": "utf-8-sig", "utf-16": "utf-16", "utf-32": "utf-32"}
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


def detect(raw: bytes) -> Guess:
    """The encoding of most of `raw`, by Python's name, and how sure that is, 0 to 1; "" and 0 for what is no text.

    Never raises. Reads samples where these settle it, so that a large file takes hardly longer than a small one:
    of a family of pages that differ in a few characters, it names the widest then, or that of the samples.

    >>> detect("清理网页文本。".encode("gb18030")).encoding
    'gb18030'
    """
    try:
        data = containers.opened(raw, containers.compression(raw))
        containers.refuse_other_kinds(data)
        encoding, confidence = detection.detect(data)
    except containers.NotText:
        return Guess("", 0.0)
    if byte_order_mark(data)[0] == encoding:
        encoding = next((name for mark, name in WITH_MARK.items() if encoding.startswith(mark)), encoding)
    elif len(data) <= FEW_READ:
        encoding, _ = narrowest(data, encoding)
    elif encoding in big5.PAGES:
        encoding, _ = big5.page(sample(data, SAMPLE_BYTES).aligned)
    return Guess(encoding, confidence)


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
    """`data` in the encoding that is detected, if all of it is; else part by part. Raises NotText."""
    encoding, confidence = detection.detect(data)
    marked, start = byte_order_mark(data)
    if encoding in NOT_ASCII_BASED or encoding == marked != "utf-8":
        segments = [Segment(start, len(data), encoding)]
        return Reading(segments, confidence, follow(data, segments))
    body = data[start:] if start else data
    page, text = narrowest(body, encoding)
    if not text and encoding == "utf-8":
        text = utf8.but_for_the_ends(body)
    if not body or (text and (page == "utf-8" or _is_sound(body, text))):
        return Reading([Segment(start, len(data), page)], confidence, text)
    segments, confidence = parts(data, start) or ([Segment(start, len(data), page)], confidence)
    segments = [part for segment in segments for part in emoji_apart(data, segment)]
    segments = list(realigned(data, segments))
    return Reading(segments, confidence, follow(data, segments))


def _is_sound(data: bytes, text: str) -> bool:
    """Whether nothing in `data`, which is `text` in a code page, is out of step or in UTF-8."""
    return all(begin_in_step([text])) and is_in_step(text) and not utf8.holds_chinese_or_emoji(data)


def _main(data: bytes, segments: list[Segment]) -> str:
    """The encoding of most bytes that are not ASCII."""
    if len(segments) == 1:
        return segments[0].encoding
    amount = Counter[str]()
    for segment in segments:
        amount[segment.encoding] += high_bytes(data[segment.start : segment.end])
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
    if len(segments) == 1:
        return ()
    segments = [segment for segment in segments if segment.encoding != SINGLE_BYTES]
    if len({segment.encoding for segment in segments}) < 2:
        return ()
    named = "; ".join(f"{s.encoding} in bytes {s.start} to {s.end}" for s in segments[:PLACES_NAMED])
    return (Flag("mixed_encoding", evidence=named + ("; ..." if len(segments) > PLACES_NAMED else "")),)
