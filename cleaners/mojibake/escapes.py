"""Escapes left in text become the characters they stand for, where a run of them spells plausible text.

Escapes that belong where they stand (in code, in a URL, a single one that somebody writes about) stay.
"""

import html
import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from cleaners import plausibility
from cleaners.document import Edit

# All patterns begin with a letter of their own, since that is quick to look for.
# Entities for spaces are left of markup; those that spell markup (&lt; &gt;) stay.
_SPACE = "&(?i:nbsp|#160|#xa0|ensp|emsp|#8194|#8195);"
SPACE = re.compile(f"{_SPACE}(?: *{_SPACE})*")
_HANZI_ENTITY = r"&#(?:\d{5}|[xX][0-9a-fA-F]{4,5});"
_ENTITY = r"&(?:#(?:\d{2,6}|[xX][0-9a-fA-F]{2,5})|[lr][ds]quo|middot|mdash|hellip|nbsp);"
ENTITIES = re.compile(rf"{_HANZI_ENTITY}(?:[ ，。！？、：；\w]{{0,4}}?{_ENTITY})+")
UNICODE = re.compile(r"\\u[0-9a-fA-F]{4}(?:\\u[0-9a-fA-F]{4})+")
PERCENT = re.compile(r"%[0-9A-Fa-f]{2}(?:%[0-9A-Fa-f]{2}){5,}")
HANZI = re.compile("[\u3400-\u9fff]")
# What comes out must read as text, at two hanzi and more.
PLAUSIBLE = -9.0
MIN_HANZI = 2
# What stands before an escape that belongs where it stands: a URL, a path, a query, also with escapes in it.
IN_URL = re.compile(r"(?:[/=?&:.]|%[0-9A-F]{2})[\w.~:/?#\[\]@!$&'()*+;=%-]*$", re.ASCII | re.IGNORECASE)


def find(text: str) -> Iterator[Edit]:
    """Edits that resolve escapes; disjoint, in order within each kind."""
    if "&" in text:
        yield from _entities(text)
    if "\\" in text:  # one character is looked for faster than two
        for match in UNICODE.finditer(text):
            if not _in_code(text, match):
                yield from _edit(match, _from_utf_16(match[0]))
    if "%" in text:
        for match in PERCENT.finditer(text):
            before = text[max(0, match.start() - 100) : match.start()]
            if not IN_URL.search(before) and not text.startswith(("/", "&", "=", "."), match.end()):
                yield from _edit(match, _from_bytes(match[0]))


def _entities(text: str) -> Iterator[Edit]:
    spelt = list(ENTITIES.finditer(text)) if "&#" in text else []
    for match in spelt:
        if not _in_code(text, match):
            yield from _edit(match, html.unescape(match[0]).replace("\xa0", " "))
    for match in SPACE.finditer(text):
        around = text[max(0, match.start() - 1) : match.start()] + text[match.end() : match.end() + 1]
        inside = any(m.start() <= match.start() < m.end() for m in spelt)
        if not inside and HANZI.search(around) and not _in_code(text, match):
            yield Edit(match.start(), match[0], " ", "mojibake.escapes", 0.9)


def _edit(match: re.Match[str], after: str) -> Iterator[Edit]:
    mean = plausibility.mean(after)
    if after and mean >= PLAUSIBLE and len(HANZI.findall(after)) >= MIN_HANZI:
        yield Edit(match.start(), match[0], after, "mojibake.escapes", 0.95)


def _in_code(text: str, match: re.Match[str]) -> bool:
    """Whether an escape stands in a string literal, where it belongs: a straight quote is open before it."""
    before = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
    return any(before.count(quote) % 2 for quote in "\"'`")


def _from_utf_16(escapes: str) -> str:
    raw = bytes.fromhex(escapes.replace("\\u", ""))
    return raw.decode("utf-16-be", "replace")


def _from_bytes(escapes: str) -> str:
    raw = unquote_to_bytes(escapes)
    for encoding in ("utf-8", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if plausibility.mean(text) >= PLAUSIBLE:
            return text
    return ""
