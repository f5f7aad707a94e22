"""What UTF-8 looks like, whole, cut at its ends, or in parts of something else."""

import re
from collections.abc import Iterator

import numpy as np

from cleaners.encoding.strict import decoded

CHINESE_UTF8 = re.compile(rb"(?:[\xe3-\xe9\xef][\x80-\xbf][\x80-\xbf]){2}")
# Pictures, with what joins and colours them: typed into a page in another encoding.
EMOJI = re.compile(
    rb"(?:\xf0\x9f[\x80-\xbf]{2}|\xe2[\x98-\x9e][\x80-\xbf](?=\xef\xb8\x8f)|\xef\xb8\x8f|\xe2\x80\x8d)+"
)
CHINESE_OR_EMOJI = re.compile(CHINESE_UTF8.pattern + b"|" + EMOJI.pattern)
# From so many bytes on, numpy finds that faster than a regular expression.
FASTER_IN_BULK = 1024
# Bytes of what is searched for.
LONGEST_LIKELY = 6
# So many bytes at once stay in a processor's cache.
IN_CACHE = 1 << 15
# Well-formed UTF-8 may be an accident if so few bytes are all that is not the first of a character, and no three
# characters of three bytes stand together (by accident in one of a million runs of GBK).
FEW_BYTES = 32
NO_ACCIDENT_RUN = re.compile("[\u0800-\ud7ff\uf900-\ufffc]{3}")
CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f]")
# Letters of two bytes that are seldom met beside Chinese, but are made of two bytes of GBK. Latin-1, Greek, Russian,
# the vowels of Pinyin and the tone marks of Zhuyin are met.
SELDOM_BESIDE_CHINESE = re.compile("(?![āēěīōūńňǎǐǒǔǖǘǚǜǹˇˉˊˋ˙])[\u0100-\u036f\u0480-\u07ff]")
# What is left of a character where a cut begins or ends the file.
CUT_HEAD = re.compile(rb"[\x80-\xbf]{0,3}")
CUT_CHARACTER = rb"[\xc2-\xf4]|[\xe0-\xf4][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{2}"
CUT_TAIL = re.compile(rb"(?:%s)?\Z" % CUT_CHARACTER)


def but_for_the_ends(data: bytes) -> str:
    """`data` in UTF-8 if nothing but its first and last character may be cut, and it is Chinese; "" if not."""
    head, tail = cut_ends(data)
    text = decoded(memoryview(data)[head:tail], "utf-8")
    if not NO_ACCIDENT_RUN.search(text):
        return ""
    return data[:head].decode("utf-8", "replace") + text + data[tail:].decode("utf-8", "replace")


def is_read_from(pieces: tuple[bytes, ...]) -> bool:
    """Whether `pieces`, cut anywhere out of some bytes, show beyond doubt that these are UTF-8."""
    texts = []
    more = 0
    for piece in pieces:
        head, tail = cut_ends(piece)
        text = decoded(memoryview(piece)[head:tail], "utf-8")
        if not text:
            return False
        texts.append(text)
        more += tail - head - len(text)
    return more > FEW_BYTES or NO_ACCIDENT_RUN.search("\n".join(texts)) is not None


def is_ambiguous(data: bytes, text: str) -> bool:
    """Whether `data`, which is `text` in UTF-8, may be something else that is well-formed by accident."""
    if text.isascii():
        return len(data) <= FEW_BYTES and CONTROL.search(text) is not None
    return len(data) - len(text) <= FEW_BYTES and not NO_ACCIDENT_RUN.search(text)


def holds_chinese(data: bytes) -> bool:
    """Whether two neighbouring characters of Chinese UTF-8 are in `data`: by accident in no GBK of 2 MB."""
    return _holds(data, CHINESE_UTF8)


def holds_chinese_or_emoji(data: bytes) -> bool:
    """Whether these or something that looks like a picture in UTF-8 are in `data`."""
    return _holds(data, CHINESE_OR_EMOJI)


def cut_ends(data: bytes) -> tuple[int, int]:
    """Where the first whole character of UTF-8 begins, and where the last ends."""
    head, tail = CUT_HEAD.match(data), CUT_TAIL.search(data, max(0, len(data) - 3))
    return (head.end() if head else 0), (tail.start() if tail else len(data))


def _holds(data: bytes, pattern: re.Pattern[bytes]) -> bool:
    """Whether `data` holds a `pattern` of two characters of three bytes, or of one that begins with F0 9F."""
    if len(data) < FASTER_IN_BULK:
        return pattern.search(data) is not None
    near_end = pattern.search(data, len(data) - LONGEST_LIKELY)
    return near_end is not None or any(pattern.match(data, place) for place in _likely_places(data))


def _likely_places(data: bytes) -> Iterator[int]:
    """Where such a character or pair of characters of UTF-8 seems to begin."""
    for start in range(0, len(data), IN_CACHE):
        size = min(IN_CACHE + LONGEST_LIKELY - 1, len(data) - start)
        if size < LONGEST_LIKELY:
            break
        byte = np.frombuffer(data, np.uint8, size, start)
        lead, more = byte & 0xF0 == 0xE0, byte.view(np.int8) < -0x40
        first = lead[:-2] & more[1:-1] & more[2:]
        likely = first[:-3] & first[3:]
        likely |= (byte[:-5] == 0xF0) & (byte[1:-4] == 0x9F)
        if likely.any():
            yield from (np.flatnonzero(likely) + start).tolist()
