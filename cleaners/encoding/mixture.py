"""Files whose parts are in different encodings: UTF-8 and a code page, line by line."""

import re
from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator
from itertools import chain, pairwise
from typing import NamedTuple

from cleaners.document import Segment
from cleaners.encoding import likelihood, utf8
from cleaners.encoding.alignment import SWITCH, align
from cleaners.encoding.detection import (
    CHINESE,
    EAST_ASIAN,
    SAMPLE_BYTES,
    TWO_BYTE,
    Guess,
    guess,
    narrowest,
)
from cleaners.encoding.repair import (
    ALIGNING_BEGINS,
    GAIN,
    LONGEST_ALIGNED,
    MOST_ALIGNED,
    STRETCH,
    begin_in_step,
    is_likelier,
    moved,
)
from cleaners.encoding.sampling import high_bytes, high_characters
from cleaners.encoding.strict import decoded, decodes

# Characters of Chinese UTF-8 side by side, with the quotation marks and dashes between.
UTF8_RUN = re.compile(rb"(?:[\xe2-\xe9\xef][\x80-\xbf][\x80-\xbf]){2,}")
# What "surrogateescape" makes of bytes that are in no character; characters of three bytes and more.
BAD_BYTES, LONG_CHARACTERS = re.compile("[\udc80-\udcff]+"), re.compile("[^\x00-\u07ff\udc80-\udcff]+")
# The same and the characters of two bytes beside them, which wrong bytes are by accident.
SHORT_OR_BAD = re.compile("[\x80-\u07ff\udc80-\udcff]+")
# Well-formed characters that outweigh one bad byte: GBK read as UTF-8 has more bad bytes than such
# characters, damaged UTF-8 has one to three bad bytes for each place of damage.
GOOD_TO_BAD = 2
# Bad bytes between well-formed Chinese characters that may be more than one damaged character.
FEWEST_BAD_BYTES = 3
# So many bytes of what is not UTF-8 are enough to tell what it is.
ENOUGH_DOUBTFUL = 1 << 16
# ln P by which the other encoding must be likelier: less is met where UTF-8 is merely damaged.
SURE = 9.0
# ln P that the encoding changes here rather than there in a line next to one in the other encoding.
EXPECTED_SWITCH = -8.0
# ln P by which a line that could be in either encoding is likelier in that of the line before it.
SAME_AS_BEFORE = 6.0
# Share of the bytes that are not ASCII in stretches of well-formed Chinese UTF-8 that makes a file partly
# UTF-8, even where some one-byte page seems likelier for the whole.
PARTLY_UTF8 = 0.2
# ln P per character that is not ASCII of a part that is surely Chinese.
SURELY_CHINESE = -9.0


class Line(NamedTuple):
    """A line that is not ASCII, and the ASCII lines behind it."""

    data: bytes
    encoding: str  # "" where it seems to be in both
    ascii_bytes: int  # how long the lines behind it are


LAST = Line(b"", "", 0)


def parts(data: bytes, start: int) -> tuple[list[Segment], float] | None:
    """The parts of `data` from `start` on, and how sure they are; None if none is Chinese UTF-8."""
    body = data[start:]
    if not utf8.holds_chinese(body):
        return None
    page, confidence = _second_encoding(body)
    if page == "utf-8":
        return [Segment(start, len(data), "utf-8")], confidence
    if page not in EAST_ASIAN and not _is_partly_utf8(body):
        return None
    return list(_merged(data, _by_line(body, start, page))), confidence


def emoji_apart(data: bytes, segment: Segment) -> Iterator[Segment]:
    """`segment` parted around the pictures that are in UTF-8: where no character of its page has begun."""
    done = read = segment.start
    if segment.encoding in TWO_BYTE:
        decoder = getincrementaldecoder(segment.encoding)("replace")
        for match in utf8.EMOJI.finditer(data, segment.start, segment.end):
            decoder.decode(data[read : match.start()])
            read = match.start()
            if not decoder.getstate()[0]:
                yield Segment(done, match.start(), segment.encoding)
                yield Segment(match.start(), match.end(), "utf-8")
                done = read = match.end()
    yield Segment(done, segment.end, segment.encoding)


def _is_partly_utf8(data: bytes) -> bool:
    """Whether enough of `data` is well-formed Chinese UTF-8, stretch for stretch."""
    stretches = (match[0] for match in STRETCH.finditer(data) if utf8.holds_chinese(match[0]))
    return sum(high_bytes(s) for s in stretches if decodes(s, "utf-8")) > PARTLY_UTF8 * high_bytes(data)


def _well_formed(data: bytes) -> tuple[int, int]:
    """How many characters of three bytes and more `data` has as UTF-8; how many bytes are in none, or beside those."""
    text = data.decode("utf-8", "surrogateescape")
    doubtful = "".join(run for run in SHORT_OR_BAD.findall(text) if BAD_BYTES.search(run))
    return len("".join(LONG_CHARACTERS.findall(text))), len(doubtful.encode("utf-8", "surrogateescape"))


def _second_encoding(data: bytes) -> Guess:
    """The encoding of what is not UTF-8 in a file with Chinese UTF-8: "utf-8" if that is mere damage."""
    head, tail = utf8.cut_ends(data)
    doubtful: list[bytes] = []
    size = 0
    for part in _doubtful(data[head:tail]):
        doubtful.append(part)
        size += len(part)
        if size > ENOUGH_DOUBTFUL:
            break
    if not doubtful:
        return Guess("utf-8", 1.0)
    part = b"\n".join(doubtful)
    sample = part[:SAMPLE_BYTES]
    # In a file that is partly Chinese, the rest is likely to be so, too.
    chinese = guess(part, CHINESE)
    as_chinese, as_utf8 = (_likelihood(sample, page) for page in (chinese.encoding, "utf-8"))
    characters = high_characters(sample.decode(chinese.encoding, "replace"))
    found = chinese if as_chinese > SURELY_CHINESE * characters else guess(part)
    if found.encoding != "utf-8" and as_chinese + SURE > _likelihood(sample, found.encoding):
        found = chinese
    if _likelihood(sample, found.encoding) < as_utf8 + SURE:
        return Guess("utf-8", 1.0)
    return Guess(narrowest(part, found.encoding)[0], found.confidence)


def _doubtful(data: bytes) -> Iterator[bytes]:
    """What of `data` is more than damaged UTF-8."""
    for line in _bad_lines(data):
        for match in STRETCH.finditer(line):
            between = [] if match[0].isascii() else UTF8_RUN.split(match[0])
            fewest = 1 if len(between) == 1 else FEWEST_BAD_BYTES
            for part in between:
                good, bad = _well_formed(part)
                if bad >= fewest and bad * GOOD_TO_BAD > good:
                    yield part


def _bad_lines(data: bytes) -> Iterator[bytes]:
    """The lines of `data` that are not all UTF-8."""
    text = data.decode("utf-8", "surrogateescape")
    end = 0
    for match in BAD_BYTES.finditer(text):
        if match.start() >= end:
            start = text.rfind("\n", end, match.start()) + 1 or end
            end = text.find("\n", match.end()) + 1 or len(text)
            yield text[start:end].encode("utf-8", "surrogateescape")


def _by_line(data: bytes, start: int, page: str) -> Iterator[Segment]:
    """Each line of `data` in UTF-8 or in `page`; a line that is in both, in parts."""
    left = MOST_ALIGNED
    before = ""
    lines = list(_lines(data, page))
    changing = _changing(lines)
    for number, line in enumerate(lines):
        end = start + len(line.data)
        changes = number in changing
        if not line.data or (line.encoding and not changes):
            yield Segment(start, end, line.encoding)
        elif page in TWO_BYTE and len(line.data) <= min(LONGEST_ALIGNED, left):
            left -= len(line.data) + ALIGNING_BEGINS
            aligned = align(line.data, ("utf-8", page), EXPECTED_SWITCH if changes else SWITCH)
            likelier = changes or is_likelier(line.data, aligned, page, GAIN)
            yield from moved(aligned, start) if likelier else [Segment(start, end, page)]
        else:
            good, bad = _well_formed(line.data)
            yield Segment(start, end, "utf-8" if good > GOOD_TO_BAD * bad else page)
        before = line.encoding or before
        start = end + line.ascii_bytes
        if line.ascii_bytes:
            yield Segment(end, start, before or "utf-8")


def _changing(lines: list[Line]) -> set[int]:
    """Which of `lines` don't seem to be whole in their encoding and are next to one in the other.

    There, one character of the other encoding is enough: the change may be in this line.
    """
    texts: dict[int, str] = {}
    before = ""
    for number, (line, after) in enumerate(pairwise(chain(lines, [LAST]))):
        if line.encoding and {before, after.encoding} - {"", line.encoding}:
            text = decoded(line.data, line.encoding)
            accident = line.encoding == "utf-8" and utf8.SELDOM_BESIDE_CHINESE.search(text)
            texts[number] = "" if accident else text
        before = line.encoding or before
    whole = begin_in_step(texts.values())
    return {
        number for (number, text), begins in zip(texts.items(), whole, strict=True) if not (text and begins)
    }


def _lines(data: bytes, page: str) -> Iterator[Line]:
    """The lines of `data`, the first of which may be empty."""
    line, encoding, ascii_bytes = b"", "", 0
    last = "utf-8"
    for next_line in data.splitlines(keepends=True):
        if next_line.isascii():
            ascii_bytes += len(next_line)
        else:
            yield Line(line, encoding, ascii_bytes)
            line, encoding, ascii_bytes = next_line, _of_line(next_line, page, last), 0
            last = encoding or last
    yield Line(line, encoding, ascii_bytes)


def _of_line(line: bytes, page: str, before: str) -> str:
    """The encoding of a line; "" where it seems to be in both."""
    is_utf8, holds_chinese = decodes(line, "utf-8"), utf8.holds_chinese(line)
    if is_utf8 and holds_chinese:
        return "utf-8"
    good, bad = _well_formed(line)
    if holds_chinese:
        return "" if bad >= FEWEST_BAD_BYTES else "utf-8"
    if not is_utf8 and bad * GOOD_TO_BAD > good and decodes(line, page):
        return page
    # Short lines may be well-formed by accident.
    as_utf8, other = _likelihood(line, "utf-8"), _likelihood(line, page)
    return "utf-8" if as_utf8 + (SAME_AS_BEFORE if before == "utf-8" else -SAME_AS_BEFORE) > other else page


def _likelihood(data: bytes, encoding: str) -> float:
    return likelihood.total(data.decode(encoding, "replace"))


def _merged(data: bytes, segments: Iterable[Segment]) -> Iterator[Segment]:
    """Neighbouring lines in one encoding made one segment."""
    last: Segment | None = None
    for segment in segments:
        if segment.start == segment.end:
            continue
        line_ends = data[segment.start - 1 : segment.start] in (b"\n", b"\r")
        if last and last.encoding == segment.encoding and line_ends:
            last = Segment(last.start, segment.end, last.encoding)
        else:
            if last:
                yield last
            last = segment
    if last:
        yield last
