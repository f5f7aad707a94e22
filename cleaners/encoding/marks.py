"""Bytes that say their own encoding: byte order marks, escape sequences, declarations."""

import codecs
import re

# UTF-32 before UTF-16: its little-endian mark begins with that of UTF-16.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
ANY_MARK = tuple(mark for mark, _ in BYTE_ORDER_MARKS)
# HZ: "~{" and pairs of printable bytes. ISO 2022: an escape that designates a two-byte set (or, Korean, SO).
HZ = re.compile(rb"~\{(?:[\x21-\x77][\x21-\x7e])+~\}")
ISO_2022 = re.compile(rb"\x1b\$[@B()A]")
# More of a file than this is not lost by damage: it only looks like escape sequences.
MOST_LOST = 0.01
# From the narrowest to the widest, so that the plainest name is found.
ISO_2022_CODECS = ("iso2022_jp", "iso2022_kr", "iso2022_jp_ext", "iso2022_jp_2004")

# <meta charset=...>, <meta ... content="text/html; charset=...">, <?xml ... encoding=...>
DECLARED = re.compile(rb"(?i)(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)")
DECLARED_WITHIN = 2048
# The supersets that the narrower names stand for.
SUPERSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "cp950",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "latin-1": "cp1252",
    "iso8859-1": "cp1252",
}


def byte_order_mark(data: bytes) -> tuple[str, int]:
    """The encoding that a byte order mark names and the mark's length; "" and 0 where there is none.

    >>> byte_order_mark("净".encode("utf-16"))
    ('utf-16-le', 2)
    """
    if data.startswith(ANY_MARK):
        return next((encoding, len(mark)) for mark, encoding in BYTE_ORDER_MARKS if data.startswith(mark))
    return "", 0


def escapes(data: bytes) -> str:
    """The seven-bit encoding whose escape sequences are in `data`; "" where none are, or other bytes.

    >>> escapes("净文".encode("hz"))
    'hz'
    """
    candidates: tuple[str, ...] = ()
    if not data.isascii():
        return ""
    if b"\x1b" in data and ISO_2022.search(data):
        candidates = ISO_2022_CODECS
    elif b"~" in data and HZ.search(data):
        candidates = ("hz",)
    lost = {encoding: _lost(data, encoding) for encoding in candidates}
    best = min(lost, key=lost.__getitem__, default="")
    return best if best and lost[best] <= MOST_LOST * len(data) else ""


def _lost(data: bytes, encoding: str) -> int:
    """How many replacement characters `encoding` makes of `data`; all of it where Python's codec breaks down."""
    try:
        return data.decode(encoding, "replace").count("\ufffd")
    except RuntimeError:  # "internal codec error": some ISO 2022 codecs, on bytes that are no text
        return len(data)


def declared(data: bytes) -> str:
    """The encoding that HTML or XML in `data` declares, by the name of its superset; "" for none. It may lie.

    >>> declared(b'<meta charset="gb2312">')
    'gb18030'
    """
    found = DECLARED.search(data[:DECLARED_WITHIN])
    try:
        name = codecs.lookup(found[1].decode("ascii")).name if found else ""
    except LookupError:
        return ""
    return SUPERSETS.get(name, name)
