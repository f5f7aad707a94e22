"""Half-width marks in Chinese sentences become full-width, if `options.punctuation` asks for it.

A mark belongs to a Chinese sentence if hanzi stand beside it. Numbers, times, addresses, code and Latin
sentences keep theirs. In a document that writes a mark full-width elsewhere, a half-width one beside Latin
letters or digits is meant so; in one that writes it half-width throughout, it is the Chinese sentence's.
Never the other way round.
"""

import re
from collections.abc import Iterator

from cleaners.document import Document, Edit, Findings
from cleaners.options import Options

FULL_WIDTH = {",": "，", ".": "。", ";": "；", ":": "：", "?": "？", "!": "！", "(": "（", ")": "）"}
QUOTES = {'"': ("“", "”"), "'": ("‘", "’")}

HANZI = r"〇\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Signs that stand in Chinese sentences only.
CHINESE = rf"[{HANZI}《》〈〉【】〔〕「」『』％℃]"
# What is left out to see beside what a mark stands: both widths, so that a mark done is no reason for another.
MARKS = "，。；：？！（）“”‘’…、—" + ",.;:?!()\"'"

# What keeps its marks, whatever stands beside it. Every repetition starts at one place only or is short, so
# that the search takes linear time on any text.
PROTECTED = re.compile(
    r"""
      `[^`\n]*`                                                     # code in back-ticks
    | <[/!a-zA-Z][^<>\n]*>                                          # tags
    | \b[a-zA-Z][a-zA-Z0-9+.-]{1,20}://[^\s()\u3000-\uffef]+       # addresses
    | (?<![\w.@-])[\w.@-]{0,80}\w\.[A-Za-z]\w{1,3}\b(?:[/:?][^\s()\u3000-\uffef]*)?  # hosts, mail, files
    | \{[^{}\n]{0,300}\}                                           # JSON, style sheets, blocks
    | \[\s*["'][^][\n]{0,300}\]                                    # lists of strings
    | (?<![\w.])[A-Za-z_][\w.]{0,60}\([^()\n]*(?:\([^()\n]*\)[^()\n]*)?\)  # calls
    | (?<![\w.-])[A-Za-z_][\w.-]{0,60}\s?=\s?(?:"[^"\n]*"|'[^'\n]*')        # assignments, attributes
    | (?<!\d)\d+(?:[,.:]\d+)+                                      # numbers, times, versions
    | &\#?\w{1,8};                                                 # entities
    | ([,;:?!])\1{3,}                                              # rows of one mark
    """,
    re.VERBOSE | re.ASCII,
)
_LINE = re.compile(r"[^\n]+")
_LETTER = re.compile(r"[A-Za-z]")
_HANZI = re.compile(rf"[{HANZI}]")
_CHINESE = re.compile(CHINESE)
_MARK = re.compile(r"""\.{3,}|[,.;:?!()"']""")
# A number of a list: "1." at the start of a line or behind a mark.
_NUMBERED = re.compile(r"(?:^|[\s,.;:!?，。；：！？、(（])[0-9A-Za-z]{1,3}$")
_ASCII_WORD = re.compile(r"[A-Za-z0-9_]")


def find(document: Document, options: Options) -> Findings:
    """Half-width marks to be made full-width, as edits `punctuation.*`; none unless the options ask for it.

    >>> from cleaners.document import apply
    >>> text = '他说:"3.5%,不多."(见https://a.b/c,d)'
    >>> apply(text, find(Document(text), Options(punctuation="fullwidth")).edits)
    '他说：“3.5%，不多。”（见https://a.b/c,d）'
    """
    if options.punctuation != "fullwidth":
        return Findings()
    text = document.text
    half = _written_half_width(text)
    edits = [edit for line in _LINE.finditer(text) for edit in _line(text, *line.span(), half)]
    return Findings(tuple(edits))


def _written_half_width(text: str) -> set[str]:
    """The marks that the document writes half-width in its Chinese sentences."""
    excess = {}
    for mark, wide in FULL_WIDTH.items():
        beside = rf"\((?=[{HANZI}])|(?<=[{HANZI}])\(" if mark == "(" else rf"(?<=[{HANZI}]){re.escape(mark)}"
        excess[mark] = len(re.findall(beside, text)) - text.count(wide)
    # A mark that tells nothing goes with the others.
    usual = sum(excess.values()) > 0
    return {mark for mark, more in excess.items() if more > 0 or (more == 0 and usual)}


def _line(text: str, start: int, end: int, half: set[str]) -> Iterator[Edit]:
    """The edits of one line."""
    words = text[start:end]
    if len(_LETTER.findall(PROTECTED.sub("", words))) > len(_HANZI.findall(words)):
        return  # a Latin sentence or code
    free = _unprotected(words)
    brackets = dict(_brackets(words, free, "(" in half))
    quotes = dict(_quotes(words, free))
    for match in free:
        at, mark = match.start(), match[0]
        if mark[0] == "." and len(mark) > 1:
            after, rule = _ellipsis(words, match), "punctuation.ellipsis"
        elif mark in "()":
            after, rule = brackets.get(at, ""), "punctuation.bracket"
        elif mark in QUOTES:
            after, rule = quotes.get(at, ""), "punctuation.quote"
        else:
            after, rule = _stop(words, match, mark in half), "punctuation.stop"
        if after:
            yield Edit(start + at, mark, after, rule, 0.9)


def _unprotected(words: str) -> list[re.Match[str]]:
    """The marks of a line that nothing protects."""
    kept = [match.span() for match in PROTECTED.finditer(words)]
    marks = []
    i = 0
    for match in _MARK.finditer(words):
        while i < len(kept) and kept[i][1] <= match.start():
            i += 1
        if i == len(kept) or match.start() < kept[i][0]:
            marks.append(match)
    return marks


def _stop(words: str, match: re.Match[str], half: bool) -> str:
    """The full-width form of a comma, stop or the like; empty where it stays."""
    mark, start, end = match[0], *match.span()
    before, after = _before(words, start), _after(words, end)
    if mark == ".":
        # Between hanzi, where stops are full-width, a point is one inside a name.
        if not half or _NUMBERED.search(words, max(0, start - 4), start):
            return ""
        if before.isdigit() and after:
            return ""
    if _CHINESE.match(before) and (_CHINESE.match(after) or not after):
        return FULL_WIDTH[mark]
    if not half or not before or words[end : end + 1].isspace():
        return ""
    if _ASCII_WORD.match(before) and _ASCII_WORD.match(after):
        return ""
    return FULL_WIDTH[mark]


def _before(words: str, start: int) -> str:
    """The last character before `start` that is neither white space nor a mark."""
    while start and (words[start - 1].isspace() or words[start - 1] in MARKS):
        start -= 1
    return words[start - 1 : start] if start else ""


def _after(words: str, end: int) -> str:
    """The first character from `end` that is neither white space nor a mark."""
    while end < len(words) and (words[end].isspace() or words[end] in MARKS):
        end += 1
    return words[end : end + 1]


def _touches(words: str, start: int, end: int) -> bool:
    """Whether something Chinese stands before `start` or from `end`."""
    return bool(_CHINESE.match(_before(words, start)) or _CHINESE.match(_after(words, end)))


def _ellipsis(words: str, match: re.Match[str]) -> str:
    if len(match[0]) % 3 or not _touches(words, *match.span()):
        return ""
    return "…" * (len(match[0]) // 3)


def _brackets(words: str, free: list[re.Match[str]], half: bool) -> Iterator[tuple[int, str]]:
    """Pairs of brackets that hold hanzi, or stand beside them in a document with half-width ones."""
    opened: list[int] = []
    for match in free:
        if match[0] == "(":
            opened.append(match.start())
        elif match[0] == ")" and opened:
            left, right = opened.pop(), match.start()
            holds = _HANZI.search(words, left, right) and not _ASCII_WORD.match(words[left - 1 : left])
            if holds or (half and _touches(words, left, right + 1)):
                yield left, "（"
                yield right, "）"


def _quotes(words: str, free: list[re.Match[str]]) -> Iterator[tuple[int, str]]:
    """Quotation marks in pairs that hold or touch hanzi."""
    for mark, (opening, closing) in QUOTES.items():
        places = [match.start() for match in free if match[0] == mark]
        if mark == "'":
            places = [place for place in places if not _apostrophe(words, place)]
        if len(places) % 2:
            continue
        for left, right in zip(places[::2], places[1::2], strict=True):
            if _HANZI.search(words, left, right) or _touches(words, left, right + 1):
                yield left, opening
                yield right, closing


def _apostrophe(words: str, place: int) -> bool:
    return bool(
        _ASCII_WORD.match(words[place - 1 : place]) and _ASCII_WORD.match(words[place + 1 : place + 2])
    )
