"""Wrongly decoded runs become the text they were.

Bytes in one code page that were read as if they were in another are restored where the result reads as
running text under the language model; what was lost on the way is guessed only where the surroundings
decide it, and flagged where they do not. Clean text costs a scan and is never changed.
"""

import re
from collections.abc import Iterable, Iterator

import ftfy

from cleaners.characters import codes
from cleaners.document import Document, Edit, Findings, Flag
from cleaners.mojibake import escapes, restoration, screen, suspects
from cleaners.options import Options

SURROGATES = re.compile("[\ud800-\udfff]+")

# What ftfy may do: Chinese typography (full-width and curly marks) stays, and so does what entities spell.
SAFE = ftfy.TextFixerConfig(
    unescape_html=False,
    fix_character_width=False,
    uncurl_quotes=False,
    fix_latin_ligatures=False,
    fix_line_breaks=False,
    normalization=None,
    explain=False,
)
# Nothing that ftfy mends is without one of these: C0 and C1 controls, a BOM or its like, or a first byte of
# UTF-8 read as a single-byte page (Latin, Cyrillic, DOS) with a further byte behind it.
_CONTROLS = "\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ufff9-\ufffb\ufeff\u206a-\u206f"
_FIRST_BYTES = "Â-öĂÓĚĐŃđăâРСТУГВБА├┬Γ┼╬╧╤╨√Ў‚¬"
WORTH_FTFY = re.compile(f"[{_CONTROLS}]|[{_FIRST_BYTES}][\x80-\u2dff]|[ÃÂà] ")
FIRST_OF_IT = re.compile(f"[{_CONTROLS}{_FIRST_BYTES}]")  # is looked for faster
# Who quotes mojibake in a program or its documentation wants it to stay.
LITERAL = re.compile("(?:[=(\\[,] ?[bru]?[\"']|`)[^\"'`]*$")
# Half of a damaged run is no repair: what is left beside it is of another script, as in "Öйú", which was "ÖÐ¹ú".
OF_TWO_SCRIPTS = re.compile("[À-ÿ][\u0370-\u07ff]|[\u0370-\u07ff][À-ÿ]")

# Nothing decides what these were: replacement characters, UTF-8's U+FFFD read as GBK, and the fill bytes of
# memory that was never written, read as GBK.
LOST = re.compile("\ufffd\ufffd+|锟斤拷|锟斤|锟侥|烫烫烫+|屯屯屯+|锘锟")
# One flag stands for all losses within so many characters.
NEAR = 200


def find(document: Document, options: Options) -> Findings:
    """Edits that restore mojibake; flags for what is lost (`mojibake_lossy`) or looks wrong still.

    >>> edit, = find(Document("他说，浠婂勾鐨勫伐浣�很多。"), Options()).edits
    >>> edit.after, edit.rule
    ('今年的工作', 'mojibake.utf-8-as-gb18030')
    """
    text = document.text
    seen = screen.glance(text)
    restored, suspect = restoration.find(text, seen)
    edits = _with([], _surrogates(text)) if seen.odd else []
    edits = _with(_with(edits, restored), escapes.find(text))
    if seen.odd:
        edits = _with(edits, _with_ftfy(text, edits))
    lost = _lost(text, edits) if seen.lost else ()
    return Findings(tuple(edits), (*lost, *_left(text, suspect, edits)))


def _with(edits: list[Edit], more: Iterable[Edit]) -> list[Edit]:
    """`edits` and those of `more` that touch none of them, in order."""
    trimmed = map(_trimmed, more)
    new = [e for e in trimmed if e.before != e.after and not suspects.touching(edits, e.start, e.end)]
    return sorted(edits + new, key=lambda edit: edit.start) if new else edits


def _beside(edits: list[Edit], pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """What matches between `edits`."""
    start = 0
    for edit in edits:
        yield from pattern.finditer(text, start, edit.start)
        start = edit.end
    yield from pattern.finditer(text, start)


def _surrogates(text: str) -> Iterator[Edit]:
    if not ((codes(text) & 0xFFFFF800) == 0xD800).any():
        return
    for match in SURROGATES.finditer(text):
        joined = match[0].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        yield Edit(match.start(), match[0], joined, "mojibake.surrogates", 1.0)


def _with_ftfy(text: str, edits: list[Edit]) -> Iterator[Edit]:
    """What ftfy changes, line by line: single-byte mojibake of all languages, controls, terminal escapes."""
    end = -1
    for match in _beside(edits, FIRST_OF_IT, text):
        if match.start() < end or not WORTH_FTFY.match(text, match.start()):
            continue
        # Lines end at "\n" only: other line ends may be bytes of mojibake.
        start, end = text.rfind("\n", 0, match.start()) + 1, text.find("\n", match.start())
        end = end if end >= 0 else len(text)
        line = text[start:end]
        after = ftfy.fix_text(line, SAFE)
        if after != line:
            edit = _trimmed(Edit(start, line, after, "mojibake.ftfy", 0.9))
            is_whole = len(OF_TWO_SCRIPTS.findall(after)) <= len(OF_TWO_SCRIPTS.findall(line))
            if is_whole and not LITERAL.search(text[start : edit.start]):
                yield edit


def _trimmed(edit: Edit) -> Edit:
    """`edit` without what is the same at its ends."""
    before, after = edit.before, edit.after
    shorter = min(len(before), len(after))
    head = next((i for i in range(shorter) if before[i] != after[i]), shorter)
    tail = next((i for i in range(shorter - head) if before[-1 - i] != after[-1 - i]), shorter - head)
    return Edit(
        edit.start + head,
        before[head : len(before) - tail],
        after[head : len(after) - tail],
        edit.rule,
        edit.confidence,
    )


def _lost(text: str, edits: list[Edit]) -> Iterator[Flag]:
    last = -NEAR
    for match in _beside(edits, LOST, text):
        start = match.start()
        if start - last < NEAR:
            continue
        last = start
        around = text[max(0, start - 10) : start + 20].replace("\n", " ")
        yield Flag("mojibake_lossy", "", f"bytes are lost for good near “{around}”", start)


def _left(text: str, stretches: list[screen.Stretch], edits: list[Edit]) -> Iterator[Flag]:
    left = [s for s in stretches if not suspects.touching(edits, s.start, s.end)]
    for start, end in restoration.unexplained(text, left):
        evidence = f"reads like wrongly decoded text: “{text[start:end][:30]}”"
        yield Flag("mojibake_left", "", evidence, start, 0.5)
        return
