"""Which one-byte page some bytes are in: chardet names it, likelihood says whether to believe it."""

import re

import chardet

from cleaners.encoding import likelihood
from cleaners.encoding.sampling import Sample, high_bytes

# One page of each script: enough to see that letters are one byte.
PAGES = ("cp1252", "cp1251", "koi8-r", "cp1253", "cp874", "cp1255", "cp1256")
# chardet is believed about the page unless ours is likelier by so many nats: letters are cheap in all pages of
# a script, but only the right one has capitals where words begin, and one script in a word.
OUTDOES = 30.0
# Below this confidence, chardet says what it likes.
UNSURE = 0.03
# Pages of computers before the web (DOS, Macintosh, mainframes) must be likelier than ours by so many.
OUTDATED_OUTDOES = 10.0
OUTDATED = re.compile(r"(?i)mac|cp[0-8]\d\d$|cp1[01]|ibm|hp")
# What chardet looks at.
CHARDET_BYTES = 16384


def named(data: bytes, sample: Sample, page: str, confidence: float) -> tuple[str, float]:
    """The name that chardet has for `data`, and how sure it is; `page` with `confidence` if it sees none."""
    if len(data) > CHARDET_BYTES and not high_bytes(data[:CHARDET_BYTES]):
        data = b"\n".join(sample.pieces)
    found = chardet.detect(data, compat_names=False)
    name = found["encoding"] or page
    try:
        is_multi_byte = "\u4e2d\uac00".encode(name, "ignore") != b""
    except LookupError:
        return page, confidence
    outdoes = OUTDOES if not OUTDATED.match(name) else -OUTDATED_OUTDOES
    if (
        is_multi_byte
        or found["confidence"] < UNSURE
        or likelihood.of_sample(sample, page) - likelihood.of_sample(sample, name) > outdoes
    ):
        return page, confidence
    return name, min(confidence, found["confidence"])
