"""Chinese bytes read as a page of one byte a character: Latin, Cyrillic, box drawing.

Such a run is a stretch of letters and signs that no language writes. One character is one byte, so that
the bytes are known exactly, and a run is repaired when they spell plausible Chinese.
"""

import re
from collections.abc import Iterator
from functools import cache

from cleaners import plausibility
from cleaners.document import Edit
from cleaners.mojibake.code_pages import SINGLE_BYTE

TRUE_PAGES = ("utf-8", "gb18030", "big5", "cp932", "euc-jp")

# Running text has a mean ln P of about -5, wrong decodings of -12; what is repaired must read as text.
PLAUSIBLE = -9.0
# Of two readings, the second must be this much better (nats for each character).
MARGIN = 2.0
# Fewer hanzi than this are chance.
MIN_HANZI = 2

# Well-formed characters, and ASCII between them.
_UTF_8 = rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}"
UTF_8 = re.compile(rb"(?:%b)(?:%b|[\t -~]+(?=[\xe0-\xef]))*" % (_UTF_8, _UTF_8))
_PAIR = rb"[\x80-\xff][\x40-\xff]"
DOUBLE_BYTE = re.compile(rb"(?:%b)(?:%b|[\t -~]+(?=[\x80-\xff]))*" % (_PAIR, _PAIR))

HANZI = re.compile("[\u3400-\u9fff]")
# A word as languages with these letters write it: lower case, capitalised, or all capitals.
NATURAL = re.compile(r"[\W\d_]*(?:(?:[^\W\d_][a-zß-öø-ÿа-яёґєіїўђјљњћџα-ω]*|[A-ZÀ-ÖØ-ÞА-ЯЁ]+)[\W\d_]+)*")


def find(text: str) -> Iterator[Edit]:
    """Edits that restore runs of `text`; disjoint, in order."""
    done = 0
    for hit in _screen().finditer(text):
        if hit.start() < done:
            continue
        start = text.rfind("\n", 0, hit.start()) + 1
        done = text.find("\n", hit.end())
        done = len(text) if done < 0 else done
        yield from _line_edits(text[start:done], start)


def _line_edits(line: str, offset: int) -> list[Edit]:
    best: list[Edit] = []
    best_score = 0.0
    for page in SINGLE_BYTE:
        raw = line.translate(_to_bytes(page)).encode("latin-1")
        for true in TRUE_PAGES:
            edits = [e for start, end in _runs(raw, true) if (e := _edit(line, raw, start, end, true, page))]
            score = sum(plausibility.mean(e.after) + 12 for e in edits for _ in e.before)
            if score > best_score + 1e-6:
                best, best_score = edits, score
    return [Edit(offset + e.start, e.before, e.after, e.rule, e.confidence) for e in best]


def _edit(line: str, raw: bytes, start: int, end: int, true: str, page: str) -> Edit | None:
    before = line[start:end]
    try:
        after = raw[start:end].decode(true)
    except UnicodeDecodeError:
        return None
    if len(HANZI.findall(after)) < MIN_HANZI or "\ue000" <= max(after) <= "\uf8ff":
        return None
    mean = plausibility.mean(after)
    if mean < PLAUSIBLE or mean < plausibility.mean(before) + MARGIN:
        return None
    return Edit(start, before, after, f"mojibake.{true}-as-{page}", min(1.0, 0.5 + (mean - PLAUSIBLE) / 6))


def _runs(raw: bytes, true: str) -> Iterator[tuple[int, int]]:
    for match in (UTF_8 if true == "utf-8" else DOUBLE_BYTE).finditer(raw):
        yield match.span()


@cache
def _to_bytes(page: str) -> dict[int, int]:
    """Code points of a page to bytes; what is not in it becomes 0 (a character that breaks every run)."""
    return _Table({ord(bytes((b,)).decode(page, "ignore") or chr(b)): b for b in range(256)})


class _Table(dict[int, int]):
    def __missing__(self, key: int) -> int:
        return 0


@cache
def _screen() -> re.Pattern[str]:
    """Three characters of the upper halves of these pages in a row; marks of Chinese text don't count."""
    upper = {bytes((b,)).decode(page, "ignore") for page in SINGLE_BYTE for b in range(0x80, 256)}
    upper |= {chr(b) for b in range(0x80, 0xA0)}
    marks = set("“”‘’—…·°×÷§±–•")
    return re.compile("[" + re.escape("".join(sorted(upper - marks - {""}))) + "]{3}")
