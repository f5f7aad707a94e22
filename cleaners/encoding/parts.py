"""Files whose parts are in different encodings, and damaged stretches inside a part."""

import re
from collections.abc import Iterable, Iterator

from cleaners.document import Segment
from cleaners.encoding import likelihood
from cleaners.encoding.alignment import align
from cleaners.encoding.detection import EAST_ASIAN, TWO_BYTE, Guess, guess, high_bytes, high_characters

# Two neighbouring characters of three bytes, as in Chinese UTF-8: not met in two million bytes of GBK.
UTF8_CHINESE = re.compile(rb"[\xe3-\xe9\xef][\x80-\xbf][\x80-\xbf][\xe3-\xe9\xef][\x80-\xbf][\x80-\xbf]")
# What lies between bytes that are surely characters of their own (see detection.SAFE_START).
STRETCH = re.compile(rb"[^\x01-\x2f]+")
# What bytes out of step often give: characters for private use.
PRIVATE = re.compile("[\ue000-\uf8ff]")
# Well-formed characters that outweigh one bad byte: GBK read as UTF-8 has more bad bytes than such
# characters, damaged UTF-8 has one to three bad bytes for each place of damage.
GOOD_TO_BAD = 2
# Fewer bad bytes than this are damage, not a part in another encoding.
FEWEST_BAD_BYTES = 4
# Another encoding is believed in when its parts read like this, in ln P per byte that is not ASCII.
PART_READS = -5.5
# Aligning takes microseconds a byte: stretches longer than this and all that comes when that many bytes are
# aligned are decoded with "replace" alone.
LONGEST_ALIGNED = 1 << 16
MOST_ALIGNED = 1 << 19
# Nothing can be re-aligned in less.
SHORTEST_ALIGNED = 8


def parts(data: bytes, start: int) -> tuple[list[Segment], float]:
    """The segments of `data` from `start` on, which is not all UTF-8, and how sure they are: 0 to 1."""
    body = data[start:]
    if not UTF8_CHINESE.search(body):
        found = guess(body)
        return _realigned(data, Segment(start, len(data), found.encoding)), found.confidence
    page = _second_encoding(body)
    if not page:
        return [Segment(start, len(data), "utf-8")], 1.0
    lines = _merged(data, _by_line(data, start, page.encoding))
    return [part for segment in lines for part in _realigned(data, segment)], page.confidence


def _well_formed(data: bytes) -> tuple[int, int]:
    """How many characters of two and more bytes `data` has as UTF-8, and how many bytes that are in none."""
    text = data.decode("utf-8", "surrogateescape")
    bad = sum(map(len, re.findall("[\udc80-\udcff]+", text)))
    return high_characters(text) - bad, bad


def _second_encoding(data: bytes) -> Guess | None:
    """The code page of what is not UTF-8 in a file with Chinese UTF-8; None if that is mere damage."""
    doubtful, bad_bytes = [], 0
    for match in STRETCH.finditer(data):
        good, bad = (0, 0) if match[0].isascii() else _well_formed(match[0])
        if bad * GOOD_TO_BAD > good:
            doubtful.append(match[0])
            bad_bytes += bad
    if bad_bytes < FEWEST_BAD_BYTES:
        return None
    part = b"\n".join(doubtful)
    found = guess(part, EAST_ASIAN)
    reads = likelihood.total(part[:4096].decode(found.encoding, "replace"))
    return found if reads > PART_READS * high_bytes(part[:4096]) else None


def _by_line(data: bytes, start: int, page: str) -> Iterator[Segment]:
    """Each line of `data` in UTF-8 or in `page`; a line that is in both, in parts."""
    left = MOST_ALIGNED
    for line in data[start:].splitlines(keepends=True):
        end = start + len(line)
        encoding = _of_line(line, page)
        if encoding:
            yield Segment(start, end, encoding)
        elif page in TWO_BYTE and len(line) <= min(LONGEST_ALIGNED, left):
            left -= len(line)
            yield from _moved(align(line, ("utf-8", page)), start)
        else:
            good, bad = _well_formed(line)
            yield Segment(start, end, "utf-8" if good > GOOD_TO_BAD * bad else page)
        start = end


def _of_line(line: bytes, page: str) -> str:
    """The encoding of a line; "" where it seems to be in both."""
    if line.isascii() or _decodes(line, "utf-8"):
        return "utf-8"
    good, bad = _well_formed(line)
    if good > GOOD_TO_BAD * bad and bad < FEWEST_BAD_BYTES:
        return "utf-8"
    return page if not UTF8_CHINESE.search(line) else ""


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
            segments.append(Segment(done, match.start(), page))
            segments += _moved(align(stretch, (page,)), match.start())
            done = match.end()
    segments.append(Segment(done, segment.end, page))
    return [segment for segment in segments if segment.start < segment.end]


def _is_clean(data: bytes, page: str) -> bool:
    """Whether all of `data` are characters of `page`, none for private use."""
    try:
        return not PRIVATE.search(data.decode(page))
    except UnicodeDecodeError:
        return False


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
