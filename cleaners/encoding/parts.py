"""Files whose parts are in different encodings, and damaged stretches inside a part."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from cleaners import plausibility
from cleaners.document import Segment
from cleaners.encoding import likelihood
from cleaners.encoding.alignment import align
from cleaners.encoding.detection import (
    EAST_ASIAN,
    SAMPLE_BYTES,
    TWO_BYTE,
    Guess,
    guess,
    high_bytes,
)

# What lies between bytes that are surely characters of their own (see detection.SAFE_START).
STRETCH = re.compile(rb"[^\x01-\x2f]+")
# Two Chinese characters of three bytes each.
CHINESE_UTF8_BYTES = 6
# What bytes out of step often give: characters for private use.
PRIVATE = re.compile("[\ue000-\uf8ff]")
# What "surrogateescape" makes of bytes that are in no character; characters of three bytes and more.
BAD_BYTES, LONG_CHARACTERS = re.compile("[\udc80-\udcff]+"), re.compile("[^\x00-\u07ff\udc80-\udcff]+")
# Well-formed characters that outweigh one bad byte: GBK read as UTF-8 has more bad bytes than such
# characters, damaged UTF-8 has one to three bad bytes for each place of damage.
GOOD_TO_BAD = 2
# Bad bytes between well-formed Chinese characters that may be more than one damaged character.
FEWEST_BAD_BYTES = 3
# ln P by which the other encoding must be likelier: less is met where UTF-8 is merely damaged.
SURE = 9.0
# ln P by which a line that could be in either encoding is likelier in that of the line before it.
SAME_AS_BEFORE = 6.0
# Share of the bytes that are not ASCII in stretches of well-formed Chinese UTF-8 that makes a file partly
# UTF-8, even where some one-byte page seems likelier for the whole.
PARTLY_UTF8 = 0.2
# A character that a cut at an end of the file left incomplete.
CUT_UTF8 = re.compile(
    rb"\A[\x80-\xbf]{1,3}|(?:[\xc2-\xf4]|[\xe0-\xf4][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{2})\Z"
)
# ln P per character: of text -5, out of step -12; around a character for private use that is no accident -7.
OUT_OF_STEP = -9.5
# How many characters around it are looked at, on each side.
NEAR = 6
# ln P by which another way to cut bytes must be likelier than one that leaves no byte over.
GAIN = 30.0
# Aligning takes microseconds a byte: stretches longer than this and all that comes when that many bytes are
# aligned are decoded with "replace" alone.
LONGEST_ALIGNED = 1 << 16
MOST_ALIGNED = 1 << 19
# Nothing can be re-aligned in less.
SHORTEST_ALIGNED = 8


class Reading(NamedTuple):
    """How bytes are to be read, how sure that is (0 to 1), and the text that it gives."""

    segments: list[Segment]
    confidence: float
    text: str


def follow(data: bytes, segments: Iterable[Segment]) -> str:
    """The text that `segments` make of `data`."""
    return "".join(data[s.start : s.end].decode(s.encoding, "replace") for s in segments)


def read(data: bytes, start: int) -> Reading:
    """How to read `data` from `start` on, which is not all UTF-8."""
    body = data[start:] if start else data
    if holds_chinese_utf8(body):
        page, confidence = _second_encoding(body)
        if page in ("utf-8", *EAST_ASIAN) or _is_partly_utf8(body):
            lines = _merged(data, _by_line(data, start, page))
            segments = [part for segment in lines for part in _realigned(data, segment)]
            return Reading(segments, confidence, follow(data, segments))
    page, confidence = guess(body)
    whole = Segment(start, len(data), page)
    text = _clean_text(body, page)
    if text is not None:
        return Reading([whole], confidence, text)
    segments = _realigned(data, whole)
    return Reading(segments, confidence, follow(data, segments))


def holds_chinese_utf8(data: bytes) -> bool:
    """Whether two neighbouring characters of Chinese UTF-8 are in `data`: by accident in no GBK of 2 MB."""
    if len(data) < CHINESE_UTF8_BYTES:
        return False
    byte = np.frombuffer(data, np.uint8)
    lead = (byte - np.uint8(0xE3) <= 6) | (byte == 0xEF)
    more = byte & 0xC0 == 0x80
    first = lead[:-2] & more[1:-1] & more[2:]
    return bool((first[:-3] & first[3:]).any())


def _is_partly_utf8(data: bytes) -> bool:
    """Whether enough of `data` is well-formed Chinese UTF-8, stretch for stretch."""
    stretches = (match[0] for match in STRETCH.finditer(data) if holds_chinese_utf8(match[0]))
    return sum(high_bytes(s) for s in stretches if _decodes(s, "utf-8")) > PARTLY_UTF8 * high_bytes(data)


def _well_formed(data: bytes) -> tuple[int, int]:
    """How many characters of three bytes and more `data` has as UTF-8; how many bytes are in none."""
    text = data.decode("utf-8", "surrogateescape")
    bad = sum(map(len, BAD_BYTES.findall(text)))
    return sum(map(len, LONG_CHARACTERS.findall(text))), bad


def _second_encoding(data: bytes) -> Guess:
    """The encoding of what is not UTF-8 in a file with Chinese UTF-8: "utf-8" if that is mere damage."""
    doubtful = []
    for match in STRETCH.finditer(CUT_UTF8.sub(b"", data)):
        good, bad = (0, 0) if match[0].isascii() else _well_formed(match[0])
        if bad * GOOD_TO_BAD > good:
            doubtful.append(match[0])
    if doubtful:
        part = b"\n".join(doubtful)
        found = guess(part)
        part = part[:SAMPLE_BYTES]
        if _likelihood(part, found.encoding) - _likelihood(part, "utf-8") > SURE:
            return found
    return Guess("utf-8", 1.0)


def _by_line(data: bytes, start: int, page: str) -> Iterator[Segment]:
    """Each line of `data` in UTF-8 or in `page`; a line that is in both, in parts."""
    left = MOST_ALIGNED
    before = "utf-8"
    for line in data[start:].splitlines(keepends=True):
        end = start + len(line)
        encoding = before if line.isascii() else _of_line(line, page, before)
        if encoding:
            before = encoding
            yield Segment(start, end, encoding)
        elif page in TWO_BYTE and len(line) <= min(LONGEST_ALIGNED, left):
            left -= len(line)
            yield from _moved(align(line, ("utf-8", page)), start)
        else:
            good, bad = _well_formed(line)
            yield Segment(start, end, "utf-8" if good > GOOD_TO_BAD * bad else page)
        start = end


def _of_line(line: bytes, page: str, before: str) -> str:
    """The encoding of a line; "" where it seems to be in both."""
    good, bad = _well_formed(line)
    if holds_chinese_utf8(line):
        return "" if bad >= FEWEST_BAD_BYTES else "utf-8"
    if bad and bad * GOOD_TO_BAD > good and _decodes(line, page):
        return page

    # Short lines may be well-formed by accident.
    utf8, other = _likelihood(line, "utf-8"), _likelihood(line, page)
    return "utf-8" if utf8 + (SAME_AS_BEFORE if before == "utf-8" else -SAME_AS_BEFORE) > other else page


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _realigned(data: bytes, segment: Segment) -> list[Segment]:
    """`segment` parted where it is out of step; as it is where it decodes cleanly."""
    page = segment.encoding
    if page not in TWO_BYTE or _clean_text(data[segment.start : segment.end], page) is not None:
        return [segment]
    segments: list[Segment] = []
    done, left = segment.start, MOST_ALIGNED
    for match in STRETCH.finditer(data, segment.start, segment.end):
        stretch = match[0]
        if SHORTEST_ALIGNED <= len(stretch) <= min(LONGEST_ALIGNED, left):
            if _clean_text(stretch, page) is not None:
                continue
            left -= len(stretch)
            aligned = align(stretch, (page,))
            if len(aligned) > 1 and (not _decodes(stretch, page) or _gain(stretch, aligned, page) > GAIN):
                segments.append(Segment(done, match.start(), page))
                segments += _moved(aligned, match.start())
                done = match.end()
    segments.append(Segment(done, segment.end, page))
    return [segment for segment in segments if segment.start < segment.end]


def _clean_text(data: bytes, page: str) -> str | None:
    """`data` in `page`; None if some byte is in no character, or bytes seem to be out of step."""
    try:
        text = data.decode(page)
    except UnicodeDecodeError:
        return None
    for match in PRIVATE.finditer(text):
        if plausibility.mean(text[max(0, match.start() - NEAR) : match.end() + NEAR]) < OUT_OF_STEP:
            return None
    return text


def _gain(data: bytes, segments: Iterable[Segment], page: str) -> float:
    """By how much `segments` are likelier than `data` read as one."""
    return likelihood.total(follow(data, segments)) - _likelihood(data, page)


def _likelihood(data: bytes, encoding: str) -> float:
    return likelihood.total(data.decode(encoding, "replace"))


def _moved(segments: Iterable[Segment], offset: int) -> list[Segment]:
    return [Segment(s.start + offset, s.end + offset, s.encoding) for s in segments]


def _merged(data: bytes, segments: Iterable[Segment]) -> Iterator[Segment]:
    """Neighbouring lines in one encoding made one segment."""
    last: Segment | None = None
    for segment in segments:
        line_ends = data[segment.start - 1 : segment.start] in (b"\n", b"\r")
        if last and last.encoding == segment.encoding and line_ends:
            last = Segment(last.start, segment.end, last.encoding)
        else:
            if last:
                yield last
            last = segment
    if last:
        yield last
