"""Two-byte text that lost or gained a byte is put back in step, stretch by stretch."""

import re
from bisect import bisect_right
from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, groupby
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from cleaners import plausibility
from cleaners.characters import codes
from cleaners.document import Segment
from cleaners.encoding import likelihood
from cleaners.encoding.alignment import align
from cleaners.encoding.detection import TWO_BYTE
from cleaners.encoding.strict import decoded, decodes

# What is cut inside its first character reads worse than this, until it falls in step.
OUT_OF_STEP, HEAD_READ = -9.75, 6
# What lies between bytes that are surely characters of their own (see sampling.SAFE_START).
STRETCH = re.compile(rb"[^\x01-\x2f]+")
SURE = re.compile("[\x01-\x2f]")
# So many bytes are looked at at once, and up to as many more of the stretch that they end in.
LONGEST_BLOCK = 1 << 17
BLOCK = re.compile(rb"(?s:.{1,%d})[^\x01-\x2f]{0,%d}" % (LONGEST_BLOCK // 2, LONGEST_BLOCK // 2))
# The first of them in a text that holds more than ASCII, or as much of it as tells.
STRETCH_OF_TEXT = re.compile(rf"(?=[^\x01-\x2f]*[^\0-\x7f])[^\x01-\x2f]{{4,{HEAD_READ}}}")
# What bytes out of step often give: so many characters for private use, U+E000 and up.
PRIVATE = 0x1900
# The same of so many characters inside a longer stretch: names and rare words are unlikely, too.
WINDOW, OUT_OF_STEP_INSIDE = 6, -10.5
# How many characters around it are looked at, on each side.
NEAR = 6
# So many characters are looked at at once, which a processor's cache holds.
AT_ONCE = 1 << 15
# ln P by which another way to cut a stretch must be likelier than one that leaves no byte over: in a file
# that is damaged elsewhere some five characters' worth, in one that decodes cleanly some twenty-five.
GAIN, CLEAN_GAIN = 30.0, 150.0
# The same where a file may begin inside a character, so that its first stretch is out of step: that is common.
CUT_GAIN = 10.0
# The same where it is all UTF-8, which few stretches are by accident.
UTF8_GAIN = 20.0
# Aligning takes microseconds a byte, and as long as for so many bytes to begin with: stretches longer than this
# and all that comes when that much is aligned are decoded with "replace" alone.
LONGEST_ALIGNED = 1 << 16
MOST_ALIGNED = 1 << 20
ALIGNING_BEGINS = 256


def realigned(data: bytes, segments: Sequence[Segment]) -> Iterator[Segment]:
    """`segments` of `data`, parted where they are out of step."""
    found: dict[int, list[Segment]] = {}
    for page in {segment.encoding for segment in segments}.intersection(TWO_BYTE):
        for segment, suspects in groupby(_places(data, page, segments), key=itemgetter(0)):
            found[segment.start] = _realigned(data, segment, suspects)
    for segment in segments:
        done = segment.start
        for part in found.get(segment.start, ()):
            if done < part.start:
                yield Segment(done, part.start, segment.encoding)
            yield part
            done = part.end
        if done < segment.end:
            yield Segment(done, segment.end, segment.encoding)


def _realigned(data: bytes, segment: Segment, suspects: Iterable[tuple[Segment, int, int]]) -> list[Segment]:
    """What `suspects`, places of `segment`, are made of where that is likelier than what they are now."""
    page = segment.encoding
    gain = CLEAN_GAIN if decodes(data[segment.start : segment.end], page) else GAIN
    parts: list[Segment] = []
    left = MOST_ALIGNED
    for _, start, end in suspects:
        part = data[start:end]
        if len(part) <= min(LONGEST_ALIGNED, left):
            left -= len(part) + ALIGNING_BEGINS
            aligned = align(part, (page,))
            if not decodes(part, page) and is_rather_utf8(part, aligned):
                parts.append(Segment(start, end, "utf-8"))
                continue
            is_cut = start == segment.start and aligned[0].end == 1
            if is_likelier(part, aligned, page, CUT_GAIN if is_cut else gain):
                parts += moved(aligned, start)
    return parts


def _places(data: bytes, page: str, segments: Iterable[Segment]) -> Iterator[tuple[Segment, int, int]]:
    """Where in those of `segments` that are in `page` something may be out of step: the segment, start and end."""
    own = [segment for segment in segments if segment.encoding == page]
    # Many short ones are looked at in one go. No character goes on behind a line end.
    joined = b"\n".join(data[segment.start : segment.end] for segment in own)
    starts = list(accumulate((segment.end - segment.start + 1 for segment in own), initial=0))
    for block in _blocks(joined, page):
        for start, end in _suspects(joined[block], page):
            number = bisect_right(starts, block.start + start) - 1
            shift = own[number].start - starts[number] + block.start
            yield own[number], start + shift, end + shift


def _blocks(data: bytes, page: str) -> Iterator[slice]:
    """`data` in blocks that end where a stretch or at least a character does."""
    start = 0
    while block := BLOCK.match(data, start):
        end = block.end()
        if len(block[0]) == LONGEST_BLOCK:
            decoder = getincrementaldecoder(page)("replace")
            decoder.decode(block[0])
            end -= len(decoder.getstate()[0])
        yield slice(start, end)
        start = end


def is_rather_utf8(data: bytes, segments: list[Segment]) -> bool:
    """Whether `data`, which is all between two line ends or the like, is UTF-8 and reads far better so."""
    as_utf8 = decoded(data, "utf-8")
    return as_utf8 != "" and likelihood.total(as_utf8) > likelihood.total(follow(data, segments)) + UTF8_GAIN


def is_likelier(data: bytes, segments: list[Segment], page: str, gain: float) -> bool:
    """Whether `segments` read better than all of `data` in `page`: clearly so if that leaves no byte over."""
    if not decodes(data, page):
        return True
    plain = likelihood.total(data.decode(page))
    return len(segments) > 1 and likelihood.total(follow(data, segments)) > plain + gain


def begin_in_step(texts: Iterable[str]) -> list[bool]:
    """Whether the first stretch of each of `texts` that is not ASCII is not unlikely."""
    heads = (STRETCH_OF_TEXT.search(text) for text in texts)
    return _are_in_step([head[0] if head else "" for head in heads])


def is_in_step(text: str) -> bool:
    """Whether no character for private use in `text` stands among unlikely ones."""
    for start in range(0, len(text), AT_ONCE):
        part = text[start : start + AT_ONCE]
        units = np.frombuffer(part.encode("utf-16-le", "surrogatepass"), np.uint16)
        if not (units - np.uint16(0xE000) < PRIVATE).any():
            continue
        places = np.flatnonzero(codes(part) - np.uint32(0xE000) < PRIVATE)
        near = [_near(text, start + at) for at in places.tolist()]
        if not all(_are_in_step(near)):
            return False
    return True


def _are_in_step(parts: list[str]) -> list[bool]:
    """Whether each of `parts` is not unlikely. An empty one is not."""
    lengths = np.array([len(part) for part in parts], np.int64)
    ends = np.cumsum(lengths + 1)
    values = plausibility.lnp("\n".join(parts) + "\n")
    values[ends - 1] = 0.0
    in_step: list[bool] = (np.add.reduceat(values, ends - lengths - 1) >= OUT_OF_STEP * lengths).tolist()
    return in_step


def _near(text: str, at: int) -> str:
    """What stands around a place, up to where bytes are surely in step, and a line end."""
    before, after = text[max(0, at - NEAR) : at], text[at : at + NEAR + 1]
    return SURE.split(before)[-1] + SURE.split(after)[0] + "\n"


def _suspects(data: bytes, page: str) -> Iterator[tuple[int, int]]:
    """Where in `data` something may be out of step: in each stretch, from before its first odd place to after its last."""
    text = data.decode(page, "replace")
    code_points = codes(text)
    # The same stretches as in the bytes: what ends them is the same there.
    inside = code_points - np.uint32(1) > 0x2E
    starts = np.flatnonzero(inside & ~np.append(False, inside[:-1]))
    ends = np.flatnonzero(inside & ~np.append(inside[1:], False)) + 1
    number = np.searchsorted(starts, np.arange(len(text)), "right") - 1
    places = np.flatnonzero(((code_points == 0xFFFD) | _is_unlikely(text, inside, number)) & inside)
    if not len(places):
        return
    changes = np.flatnonzero(np.diff(number[places])) + 1
    firsts, lasts = places[np.append(0, changes)], places[np.append(changes, len(places)) - 1]
    odd = dict(zip(number[firsts].tolist(), zip(firsts.tolist(), lasts.tolist(), strict=True), strict=True))
    for n, match in enumerate(STRETCH.finditer(data)):
        if n in odd:
            before = text[starts[n] : max(starts[n], odd[n][0] - NEAR)]
            after = text[odd[n][1] + 1 + NEAR : ends[n]]
            yield (
                match.start() + len(before.encode(page, "ignore")),
                match.end() - len(after.encode(page, "ignore")),
            )


def _is_unlikely(text: str, inside: NDArray[np.bool_], number: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which characters of `text` stand in an unlikely stretch, or in an unlikely window of one."""
    values = plausibility.lnp(text)
    lengths, sums = np.bincount(number[inside]), np.bincount(number[inside], values[inside])
    unlikely: NDArray[np.bool_] = np.append(sums < OUT_OF_STEP * lengths, False)[number]
    if len(text) >= WINDOW:
        cumulative = np.append(0.0, np.cumsum(values, dtype=np.float64))
        low = cumulative[WINDOW:] - cumulative[:-WINDOW] < OUT_OF_STEP_INSIDE * WINDOW
        together = (
            inside[: 1 - WINDOW] & inside[WINDOW - 1 :] & (number[: 1 - WINDOW] == number[WINDOW - 1 :])
        )
        covered = np.convolve(low & together, np.ones(WINDOW, np.int8))
        unlikely |= covered > 0
    return unlikely


def follow(data: bytes, segments: Iterable[Segment]) -> str:
    """The text that `segments` make of `data`."""
    return "".join(data[s.start : s.end].decode(s.encoding, "replace") for s in segments)


def moved(segments: Iterable[Segment], offset: int) -> list[Segment]:
    """`segments` of a part of some bytes as segments of the whole; the part begins at `offset`."""
    return [Segment(s.start + offset, s.end + offset, s.encoding) for s in segments]
