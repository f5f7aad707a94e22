"""Files whose parts are in different encodings, and damaged stretches inside a part."""

import re
from collections.abc import Iterable, Iterator

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

# Two neighbouring characters of three bytes, as in Chinese UTF-8: not met in two million bytes of GBK.
UTF8_CHINESE = re.compile(rb"[\xe3-\xe9\xef][\x80-\xbf][\x80-\xbf][\xe3-\xe9\xef][\x80-\xbf][\x80-\xbf]")
# What lies between bytes that are surely characters of their own (see detection.SAFE_START).
STRETCH = re.compile(rb"[^\x01-\x2f]+")
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
# ln P by which another way to cut bytes must be likelier than one that leaves no byte over.
GAIN = 30.0
# Aligning takes microseconds a byte: stretches longer than this and all that comes when that many bytes are
# aligned are decoded with "replace" alone.
LONGEST_ALIGNED = 1 << 16
MOST_ALIGNED = 1 << 19
# Nothing can be re-aligned in less.
SHORTEST_ALIGNED = 8


def parts(data: bytes, start: int) -> tuple[list[Segment], float]:
    """The segments of `data` from `start` on, which is not all UTF-8, and how sure they are: 0 to 1."""
    body = data[start:]
    if UTF8_CHINESE.search(body):
        page, confidence = _second_encoding(body)
        if page in ("utf-8", *EAST_ASIAN) or _is_partly_utf8(body):
            lines = _merged(data, _by_line(data, start, page))
            return [part for segment in lines for part in _realigned(data, segment)], confidence
    page, confidence = guess(body)
    return _realigned(data, Segment(start, len(data), page)), confidence


def _is_partly_utf8(data: bytes) -> bool:
    """Whether enough of `data` is well-formed Chinese UTF-8, stretch for stretch."""
    stretches = (match[0] for match in STRETCH.finditer(data) if UTF8_CHINESE.search(match[0]))
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
    if UTF8_CHINESE.search(line):
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
    if page not in TWO_BYTE or _is_clean(data[segment.start : segment.end], page):
        return [segment]
    segments: list[Segment] = []
    done, left = segment.start, MOST_ALIGNED
    for match in STRETCH.finditer(data, segment.start, segment.end):
        stretch = match[0]
        if SHORTEST_ALIGNED <= len(stretch) <= min(LONGEST_ALIGNED, left) and not _is_clean(stretch, page):
            left -= len(stretch)
            aligned = align(stretch, (page,))
            if len(aligned) > 1 and (not _decodes(stretch, page) or _gain(stretch, aligned, page) > GAIN):
                segments.append(Segment(done, match.start(), page))
                segments += _moved(aligned, match.start())
                done = match.end()
    segments.append(Segment(done, segment.end, page))
    return [segment for segment in segments if segment.start < segment.end]


def _is_clean(data: bytes, page: str) -> bool:
    """Whether all of `data` are characters of `page`, and none of those that bytes out of step often give."""
    try:
        return not PRIVATE.search(data.decode(page))
    except UnicodeDecodeError:
        return False


def _gain(data: bytes, segments: Iterable[Segment], page: str) -> float:
    """By how much `segments` are likelier than `data` read as one."""
    text = "".join(data[s.start : s.end].decode(page, "replace") for s in segments)
    return likelihood.total(text) - _likelihood(data, page)


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
