"""Wrongly decoded runs become the text they were.

Bytes in one code page that were read as if they were in another are restored where the result reads as
running text under the language model; what was lost on the way is guessed only where the surroundings
decide it, and flagged where they do not. Clean text costs a scan and is never changed.
"""

import re
from collections.abc import Iterable, Iterator

from cleaners.document import Document, Edit, Findings, Flag
from cleaners.mojibake import double_byte, single_byte
from cleaners.options import Options

SURROGATES = re.compile("[\ud800-\udfff]+")
# Nothing decides what these were: a run of replacement characters, UTF-8's U+FFFD read as GBK, and
# memory that was never written, in a debugger's fill bytes read as GBK.
LOST = re.compile(r"[\ufffd]{2,}[^\n]{0,2}|(?:锟斤拷|锟斤|斤拷){2,}|锟斤拷|烫{3,}|屯{3,}|锘锟", re.DOTALL)


def find(document: Document, options: Options) -> Findings:
    """Edits that restore mojibake, and flags for what is lost (`mojibake_lossy`)."""
    text = document.text
    edits: list[Edit] = []
    for stage in (_surrogates, single_byte.find, double_byte.find):
        edits = _with(edits, stage(text))
    return Findings(tuple(edits), tuple(_lost(text, edits)))


def _with(edits: list[Edit], more: Iterable[Edit]) -> list[Edit]:
    """`edits` and those of `more` that touch none of them, in order."""
    new = [
        e for e in more if e.before != e.after and not any(e.start < x.end and x.start < e.end for x in edits)
    ]
    return sorted(edits + new, key=lambda edit: edit.start) if new else edits


def _surrogates(text: str) -> Iterator[Edit]:
    if text.isascii():
        return
    for match in SURROGATES.finditer(text):
        joined = match[0].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        yield Edit(match.start(), match[0], joined, "mojibake.surrogates", 1.0)


def _lost(text: str, edits: list[Edit]) -> Iterator[Flag]:
    for match in LOST.finditer(text):
        if not any(e.start < match.end() and match.start() < e.end for e in edits):
            yield Flag(
                "mojibake_lossy", evidence=f"bytes are lost for good: {match[0][:20]}", start=match.start()
            )
