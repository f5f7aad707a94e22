"""Half-width marks in Chinese sentences become full-width, if `options.punctuation` asks for it.

A mark belongs to a Chinese sentence if hanzi stand beside it. Numbers, times, addresses, code and Latin
sentences keep theirs. In a document that writes a mark full-width elsewhere, a half-width one beside Latin
letters or digits is meant so; in one that writes it half-width throughout, it is the Chinese sentence's.
Never the other way round.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from cleaners.document import Document, Edit, Findings
from cleaners.options import Options

FULL_WIDTH = {",": "，", ".": "。", ";": "；", ":": "：", "?": "？", "!": "！", "(": "（", ")": "）"}
QUOTES = {'"': ("“", "”"), "'": ("‘", "’")}

HANZI = r"〇\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Signs that stand in Chinese sentences only.
CHINESE = rf"[{HANZI}《》〈〉【】〔〕「」『』％℃]"
# What is left out to see beside what a mark stands: both widths, so that one mark done is no reason for
# another; and stars, which make words bold.
MARKS = "，。；：？！（）“”‘’…、—" + ",.;:?!()\"'*"

# What keeps its marks, whatever stands beside it. Every repetition starts at one place only or is short, so
# that the search takes linear time on any text.
PROTECTED = re.compile(
    r"""
      `[^`\n]*`                                                     # code in back-ticks
    | <[/!a-zA-Z][^<>\n]*>                                          # tags
    | \b[a-zA-Z][a-zA-Z0-9+.-]{1,20}://[^\s()\u3000-\uffef]+       # addresses
    | (?<![\w.@-])[\w.@-]{0,80}\w\.[A-Za-z]\w{1,3}\b(?:[/:?][^\s()\u3000-\uffef]*)?  # hosts, mail, files
    | \{[^{}\n]{0,300}\}                                           # JSON, style sheets, blocks
    | \]\([^()\n]{1,500}\)                                          # links in Markdown
    | \[\s*["'][^][\n]{0,300}\]                                    # lists of strings
    | \(\s*["'][^()\n]{0,300}["']\s*,?\s*\)                         # tuples of them
    | (?<![\w.])[A-Za-z_][\w.]{0,60}\((?![\u3400-\u9fff]{2,30}\))[^()\n]*(?:\([^()\n]*\)[^()\n]*)?\)  # calls
    | (?<![\w.-])[A-Za-z_][\w.-]{0,60}\s?[=:]\s?(?:"[^"\n]*"|'[^'\n]*')     # assignments, attributes
    | (?<=\s)--?[A-Za-z][\w-]{0,30}[ =](?:"[^"\n]*"|'[^'\n]*')              # options of commands
    | (?<=[);}])\s{0,4}(?:\#|//|--)\s[^\n]*                                 # comments behind code
    | (?<!\d)\d+(?:[,.:]\d+)+                                      # numbers, times, versions
    | &\#?\w{1,8};                                                 # entities
    | ([,;:?!])\1{3,}                                              # rows of one mark
    """,
    re.VERBOSE | re.ASCII,
)
_LINE = re.compile(r"[^\n]+")
_FENCE = re.compile(r"^[ \t]*```[^`\n]*$", re.MULTILINE)
_FRONT = re.compile(r"---\n(?:.*\n){1,60}?---$", re.MULTILINE)
_SOLID = re.compile(rf"[^\s{re.escape(MARKS)}]")
_SEEN = re.compile(r"\S")
_LETTER = re.compile(r"[A-Za-z]")
_LATIN_WORD = re.compile(r"[A-Za-z]+")
_HANZI = re.compile(rf"[{HANZI}]")
_CHINESE = re.compile(CHINESE)
_MARK = re.compile(r"""\.{3,}|-{2,}|[,.;:?!()"']""")
# An ellipsis has two signs, or is one that was written alone; behind it a sentence may end.
ELLIPSES = {"...": "…", "......": "……", ".......": "……。"}
# A number of a list: "1." at the start of a line or behind a mark.
_NUMBERED = re.compile(r"(?:^|[\s,.;:!?，。；：！？、(（])[0-9A-Za-z]{1,3}$")
# In a line with the first and without the second all marks are half-width, whatever other lines have.
_HALF = re.compile(rf"(?<=[{HANZI}])[,;:?!](?=[{HANZI}])")
_FULL = re.compile("[，。；：？！]")
# A mark that begins what is quoted: a command, not a sentence.
_QUOTED = re.compile(r"""["'(|][,.;:?!][A-Za-z0-9]""")
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
    edits = [edit for line in _lines(text) for edit in _edits(line[0], line.start(), half)]
    return Findings(tuple(edits))


def _lines(text: str) -> Iterator[re.Match[str]]:
    """The lines that are neither between fences nor settings in front of a Markdown text."""
    front = _FRONT.match(text)
    fences = len(_FENCE.findall(text)) // 2 * 2  # one that has no partner is none
    seen = 0
    for line in _LINE.finditer(text, front.end() if front else 0):
        if seen < fences and _FENCE.match(line[0]):
            seen += 1
        elif seen % 2 == 0:
            yield line


def _written_half_width(text: str) -> set[str]:
    """The marks that the document writes half-width in its Chinese sentences."""
    excess = {}
    for mark, wide in FULL_WIDTH.items():
        beside = rf"\((?=[{HANZI}])|(?<=[{HANZI}])\(" if mark == "(" else rf"(?<=[{HANZI}]){re.escape(mark)}"
        excess[mark] = len(re.findall(beside, text)) - text.count(wide)
    # A mark that tells nothing goes with the others.
    usual = sum(excess.values()) > 0
    quotes = {'"'} if usual and "“" not in text else set()
    return {mark for mark, more in excess.items() if more > 0 or (more == 0 and usual)} | quotes


class _Line(NamedTuple):
    """A line, and where in it are what is neither white space nor a mark, and hanzi: both in order."""

    words: str
    solid: list[int]
    hanzi: list[int]

    def before(self, place: int) -> str:
        """The last solid character before a place."""
        i = bisect_left(self.solid, place)
        return self.words[self.solid[i - 1]] if i else ""

    def after(self, place: int) -> str:
        """The first solid character from a place on."""
        i = bisect_left(self.solid, place)
        return self.words[self.solid[i]] if i < len(self.solid) else ""

    def touches(self, start: int, end: int) -> bool:
        """Whether something Chinese stands before `start` or from `end` on."""
        return bool(_CHINESE.match(self.before(start)) or _CHINESE.match(self.after(end)))

    def holds(self, start: int, end: int) -> bool:
        """Whether a hanzi stands between."""
        return bisect_left(self.hanzi, start) < bisect_left(self.hanzi, end)


def _edits(words: str, start: int, half: set[str]) -> Iterator[Edit]:
    """The edits of one line, which begins at `start`."""
    free = _unprotected(words)
    line = _Line(words, _places(_SOLID, words), _places(_HANZI, words))
    latin = _LATIN_WORD if "," in half else _LETTER
    if not free or len(latin.findall(PROTECTED.sub("", words))) > len(line.hanzi):
        return  # without marks, a Latin sentence, or code
    if _HALF.search(words) and not _FULL.search(words):
        half = {*FULL_WIDTH, '"'}
    pairs = dict([*_brackets(line, free, "(" in half), *_quotes(line, free, '"' in half)])
    for mark in free:
        if mark[0] in "()":
            after, rule = pairs.get(mark.start(), ""), "punctuation.bracket"
        elif mark[0] in QUOTES:
            after, rule = pairs.get(mark.start(), ""), "punctuation.quote"
        elif mark[0][0] == "-":
            after, rule = _dash(line, mark), "punctuation.dash"
        elif len(mark[0]) > 1:
            after, rule = _ellipsis(line, mark), "punctuation.ellipsis"
        else:
            after, rule = _stop(line, mark, mark[0] in half), "punctuation.stop"
        if after:
            yield Edit(start + mark.start(), mark[0], after, rule, 0.9)


def _places(pattern: re.Pattern[str], words: str) -> list[int]:
    return [match.start() for match in pattern.finditer(words)]


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


def _stop(line: _Line, mark: re.Match[str], half: bool) -> str:
    """The full-width form of a comma, stop or the like; empty where it stays."""
    start, end = mark.span()
    before, after = line.before(start), line.after(end)
    if mark[0] == ".":
        # Between hanzi, where stops are full-width, a point is one inside a name.
        if not half or _NUMBERED.search(line.words, max(0, start - 4), start):
            return ""
        if before.isascii() and before.isdigit() and after:
            return ""
    if _QUOTED.match(line.words, max(0, start - 1)):
        return ""
    if _CHINESE.match(before) and (_CHINESE.match(after) or not after):
        return FULL_WIDTH[mark[0]]
    if not half or not (before.isalnum() or before in "%％"):
        return ""
    ended = mark[0] in ".?!" and _HANZI.match(line.words[start - 1 : start])
    spaced = line.words[end : end + 1].isspace() and not ended
    if spaced and (_LETTER.search(before + after) or not line.touches(start, end)):
        return ""  # as in Latin sentences
    if _ASCII_WORD.match(before) and _ASCII_WORD.match(after):
        return ""
    return FULL_WIDTH[mark[0]]


def _ellipsis(line: _Line, mark: re.Match[str]) -> str:
    alone = not line.solid and len(mark[0]) == 6
    return ELLIPSES.get(mark[0], "") if alone or line.touches(*mark.span()) else ""


def _dash(line: _Line, mark: re.Match[str]) -> str:
    """Two hyphens right between Chinese words, or before those that begin a line."""
    beside = line.words[: mark.start()][-1:], line.words[mark.end() : mark.end() + 1]
    between = all(_CHINESE.match(character) or character in MARKS for character in beside if character)
    return "——" if mark[0] == "--" and beside[1] and between else ""


def _brackets(line: _Line, free: list[re.Match[str]], half: bool) -> Iterator[tuple[int, str]]:
    """Pairs of brackets that hold hanzi, or stand beside them in a document with half-width ones."""
    opened: list[int] = []
    for mark in free:
        if mark[0] == "(":
            opened.append(mark.start())
        elif mark[0] == ")" and opened:
            left, right = opened.pop(), mark.start()
            behind_word = _ASCII_WORD.match(line.words[left - 1 : left]) is not None
            holds = line.holds(left, right) and not (
                behind_word and _ASCII_WORD.search(line.words, left, right)
            )
            numbers = not line.before(left) and line.words[left + 1 : right].isdigit()
            if ", " in line.words[left:right]:  # as in Latin sentences
                continue
            if holds or (half and (numbers or line.touches(left, right + 1))):
                yield left, FULL_WIDTH["("]
                yield right, FULL_WIDTH[")"]


def _quotes(line: _Line, free: list[re.Match[str]], half: bool) -> Iterator[tuple[int, str]]:
    """Quotation marks in pairs around hanzi; around Latin words only if hanzi stand close and the document
    has no others. Where a line has an odd number of them, their neighbours tell."""
    for quote, (opening, closing) in QUOTES.items():
        places = [mark.start() for mark in free if mark[0] == quote and not _apostrophe(line.words, mark)]
        if len(places) % 2:
            if quote == '"' and half and line.hanzi:
                yield from _odd_quotes(line.words, places)
            continue
        for left, right in zip(places[::2], places[1::2], strict=True):
            beside = (line.words[left - 1 : left] + line.words[right + 1 : right + 2]).strip()
            close = half and quote == '"' and _CHINESE.search(beside) and not _ASCII_WORD.search(beside)
            whole = half and not line.solid  # nothing is said
            if not half and _LETTER.search(line.words, left, right):
                continue  # perhaps what somebody has to type
            if close or whole or (line.holds(left, right) and (line.touches(left, right + 1) or not beside)):
                yield left, opening
                yield right, closing


def _odd_quotes(words: str, places: list[int]) -> Iterator[tuple[int, str]]:
    """Those of an odd number of quotation marks that can be told; one has lost its partner.

    One behind a colon or at the beginning opens, and what is open is closed by one beside another mark; the last
    on the line closes.
    """
    opening, closing = QUOTES['"']
    is_open = False
    first, last = _SEEN.search(words), len(words.rstrip()) - 1
    for place in places:
        before, behind = words[max(place - 3, 0) : place].rstrip()[-1:], words[place + 1 : place + 2]
        if (first and place == first.start()) or before in ":：":
            is_open = True
            yield place, opening
        elif place == last or (is_open and (before in MARKS or behind in MARKS)):
            is_open = False
            yield place, closing


def _apostrophe(words: str, mark: re.Match[str]) -> bool:
    beside = words[mark.start() - 1 : mark.start()], words[mark.end() : mark.end() + 1]
    return mark[0] == "'" and all(map(_ASCII_WORD.match, beside))
