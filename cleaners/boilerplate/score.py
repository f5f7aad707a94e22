"""How much speaks for a line being boilerplate: signals with weights, in four kinds.

A line goes when the weights of its signals sum up to the threshold and two kinds of signals speak for it.
Weights are natural log-odds in spirit: +3 is evidence that is right 20 times in 21.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import exp
from typing import NamedTuple

from cleaners import markers
from cleaners.boilerplate import lines, metadata
from cleaners.boilerplate.lexicon import LONGEST_BUTTONS, Hit, Lexicon
from cleaners.boilerplate.lines import Line
from cleaners.characters import COLON, DIGIT, LETTER, OTHER, SYLLABLE

# Signal -> kind, weight.
WEIGHTS = {
    "strong words": ("words", 3.0),
    "heading of links": ("words", 3.0),
    "button": ("words", 2.0),
    "more strong words": ("words", 1.5),
    "many strong words": ("words", 3.0),
    "weak words": ("words", 0.7),
    "label": ("words", 3.0),
    "weak label": ("words", 1.5),
    "ambiguous label": ("words", 0.0),
    "menu word": ("words", 1.5),
    "date": ("words", 1.5),
    "all of the line": ("shape", 2.5),
    "most of the line": ("shape", 2.0),
    "a word": ("shape", 1.0),
    "label and value": ("shape", 2.0),
    "breadcrumb": ("shape", 3.0),
    "menu": ("shape", 4.0),
    "link": ("shape", 1.5),
    "a link in it": ("shape", 1.5),
    "time stamp": ("shape", 3.0),
    "no words": ("shape", 2.0),
    "in brackets": ("shape", 1.0),
    "no sentence": ("shape", 0.7),
    "one of a list": ("shape", 1.0),
    "before the body": ("place", 1.0),
    "after the body": ("place", 1.0),
    "by the title": ("place", 1.5),
    "between noise": ("place", 2.5),
    "behind the end": ("place", 2.0),
    "under a heading of links": ("place", 3.5),
    "before the title": ("place", 2.0),
    "most around it goes": ("place", 1.5),
    "title and site": ("words", 3.0),
    "names the title": ("words", 1.5),
    "repeated": ("repetition", 1.5),
    "on the site's other pages": ("repetition", 2.5),
    # What speaks against.
    "in the body": ("", -2.5),
    "a sentence": ("", -3.5),
    "said in passing": ("", -1.5),
    "a sentence before them": ("", -2.5),
    "numbered": ("", -2.5),
    "an item": ("", -1.0),
    "a heading": ("", -3.0),
    "salutation": ("", -9.0),
    "formula": ("", -9.0),
    "title": ("", -9.0),
    "quoted": ("", -1.5),
    "a number alone": ("", -2.0),
    "a date at the end": ("", -4.0),
    "code": ("", -9.0),
    "no date": ("", -3.0),
    "above a closing": ("", -4.0),
    "a speaker's words": ("", -3.0),
    "minutes of a meeting": ("", -5.0),
    "one of many records": ("", -4.0),
}
# The weights' sum that it takes to remove a line, by `Options.boilerplate`.
THRESHOLDS = {"careful": 4.0, "bold": 2.5}
# A line's own signals weigh this much: it does not count as body when the body's core is sought.
NOISY = 3.0
# Shapes that no title has.
UNTITLED = {
    "all of the line",
    "label and value",
    "menu",
    "breadcrumb",
    "link",
    "a link in it",
    "time stamp",
    "no words",
}
# Signals of lines that texts have in common, not pages.
OF_THE_TEXT = {"numbered", "a heading", "salutation", "formula", "quoted"}

# The share of a line that strong words fill; below the second, a sentence says them in passing.
ALL, MOST = 0.9, 0.4
# The entry of the lexicon for what heads lists of links.
HEADING = "heading of links"
# So many strong words in one line are many.
MANY = 3
# With less beside it, a link is all there is to a line; so much before a mark is a sentence.
SOME_LENGTH = 12
# A time stamp has no more hanzi beside its date.
FEW_HANZI = 10
# Longer lines are searched for words at their ends only (`spans`).
LONGEST_LINE = 200

URL = re.compile(
    r"(?:https?://|www\.)[\w./%?=&#:~-]+|[\w.-]{1,64}@[\w-]{1,63}\.\w|\b[\w-]{1,63}\.(?:com|cn|net|org|cc)\b",
    re.ASCII,
)
# One of these stands in every address, and one in every contact.
IN_URLS, IN_CONTACTS = ("://", "www.", "@", ".c", ".n", ".o"), ("qq", "微信", "vx", "群")
# The text of a link, and what of it is no text.
LINK_TARGET = re.compile(r"(?<=\])\(https?://[^()\s]*\)")
CONTACT = re.compile(r"(?:qq|微信|vx|群号?)[^\d。]{0,8}\d{5,}")
BREADCRUMB = re.compile(r"[^。!?<>»›]{1,16}(?: ?[>»›]{1,2} ?[^。!?<>»›]{1,20}){2,}[>»›]*")
# One that is shorter or parted by slashes begins with a channel or a site's name.
PATH = re.compile(r" ?[>»›→]{1,2} ?| / ")
SITE = re.compile(r".{1,10}(?:网|网站|坛|社区|文库|书[吧屋阁库]|在线|频道|坊)")
LONGEST_PATH = 40
CODE = re.compile(
    r"[a-z_][\w.]*\(.*\)[;:]?|(?:def|class|import|from|return|for|while|if|const|let|var) .*|.*+(?<=[;{}])",
    re.A,
)
TABLE = re.compile(r"\|.*\|.*\|")
ITEM = re.compile("[*+•●◆■▪-] ")
# Marks that are put between characters to hide words: `t,xt,小,说` and `最.新章.节`.
JAM = re.compile(r"[,.·*_^~|/\- ]+")
DOT = re.compile("[.·*_^~](?<=[\u4e00-\u9fff].)(?=[\u4e00-\u9fff])")
FEWEST_ITEMS = 4  # of a menu; one fewer where the first page is among them
LONGEST_CHANNEL = 8  # in such a menu, and in one with a single channel that is known and only spaces between
MENU_SEPARATORS = "|·>»/"  # besides commas and spaces
# Numbers of pages, marks of notes, a mark that stands alone.
NO_WORDS = re.compile(r"[\d\s|/【】\[\]()〔〕<>,.·-]*\d[\d\s|/【】\[\]()〔〕<>,.·-]*|[、。,!;:]")
NOT_WORDS = re.compile(r"[\W\d_]+")
SENTENCES_END = re.compile("[。!?…]")
MOST_LETTERS = 12  # of a word of the menu
FEW_LETTERS = re.compile(rf"[\W\d_]*+(?:[^\W\d_][\W\d_]*+){{1,{MOST_LETTERS}}}+")


class Verdict(NamedTuple):
    """What is held against a line."""

    rule: str  # "promo", "metadata", "chrome" or "separator"
    signals: tuple[str, ...]

    @property
    def score(self) -> float:
        return _weighed(self.signals)[0]

    @property
    def confidence(self) -> float:
        return round(1 / (1 + exp(1 - self.score)), 3)

    @property
    def says(self) -> bool:
        """Whether words speak against the line."""
        return "words" in _weighed(self.signals)[1]

    def removes(self, strength: str) -> bool:
        """Whether the line goes, when `Options.boilerplate` is `strength`."""
        score, kinds = _weighed(self.signals)
        return len(kinds) >= 2 and score >= THRESHOLDS[strength]

    def plus(self, *signals: str) -> "Verdict":
        return Verdict(self.rule, self.signals + signals)


@lru_cache(maxsize=4096)  # lines have few sets of signals, over and over
def _weighed(signals: tuple[str, ...]) -> tuple[float, frozenset[str]]:
    """The sum of the signals' weights, and the kinds of those that speak for a line being boilerplate."""
    weights = [WEIGHTS[signal] for signal in signals]
    return sum(weight for _, weight in weights), frozenset(kind for kind, _ in weights) - {""}


def judge(every: Sequence[Line], known: Lexicon, among: Mapping[int, Sequence[int]]) -> list[Verdict]:
    """What each line's own words and shape say. `among` is what `known.screen` says of the text."""
    verdicts = []
    for line in every:
        if line.kinds & OTHER and "](" in line.folded:
            line = line._replace(folded=LINK_TARGET.sub("", line.folded))
        plain = _is_plain(line, known)
        said = line.folded if plain else _unjammed(line)
        phrases: Sequence[int] = ()
        if len(said) <= LONGEST_LINE:
            phrases = (
                among.get(line.number, ()) if said == line.folded else known.screen.among(said).get(0, ())
            )
        verdicts.append(_plain(line, phrases, known) if plain else _verdict(line, said, phrases, known))
    return verdicts


def _plain(line: Line, among: Sequence[int], known: Lexicon) -> Verdict:
    """`_verdict` of a line that is running text."""
    if not among:
        return Verdict("chrome", tuple(_reading(line)))
    rule, words = _words(line, line.folded, among, known)
    return Verdict(rule, (*words, *_reading(line)))


def _verdict(line: Line, said: str, among: Sequence[int], known: Lexicon) -> Verdict:
    """`said` is what the line says in the lexicon's form, where the phrases `among` may stand."""
    labelled = _label_words(line.folded) if line.kinds & (COLON | DIGIT | OTHER) else None
    rule, words = labelled or _words(line, said, among, known)
    shape = _shape(line, words, known)
    if not words and "time stamp" in shape:
        return Verdict("metadata", ("date", *shape))
    return Verdict(rule, (*words, *shape))


def _is_plain(line: Line, known: Lexicon) -> bool:
    """Whether the line is a sentence, a title or a heading, as most are: of no shape that other rules are about."""
    folded, kinds = line.folded, line.kinds
    return not (
        kinds & OTHER
        or line.code
        or _may_be_jammed(line)
        or folded[-1] == ";"
        or (kinds & LETTER and (folded[0].isascii() or _has_url(folded)))
        or ("." in folded and DOT.search(folded))
        or (kinds & (COLON | DIGIT) and metadata.may_be_labelled(folded))
        or (kinds & DIGIT and (_has_contact(folded) or _is_time_stamp(folded)))
        or _is_menu(line, known)
        or lines.is_salutation(line)
        or known.formulas.fullmatch(folded)
        or (line.size <= LONGEST_BUTTONS and (_is_menu_word(line, folded, known) or known.whole(folded)))
    )


def _label_words(folded: str) -> tuple[str, list[str]] | None:
    """The rule and the signals of a line that is labels with their values."""
    if not metadata.is_labelled(folded):
        return None
    labels = [label for label, _ in metadata.segments(folded)]
    strengths = {label.strength for label in labels}
    signals = ["label and value"]
    if "strong" in strengths:
        signals.append("label")
    elif "weak" in strengths:
        signals.append("weak label")
    else:
        signals.append("ambiguous label")
    if metadata.iso(folded):
        signals.append("date")
    elif "strong" not in strengths and any(label.field == "published" for label in labels):
        signals.append("no date")
    return "metadata" if any(label.field for label in labels) else "chrome", signals


def _words(line: Line, folded: str, among: Sequence[int], known: Lexicon) -> tuple[str, list[str]]:
    """The rule and the signals of what a line says."""
    hits = known.hits(folded, among) if among else []
    strong = [hit for hit in hits if hit.strength == "strong"]
    whole = known.whole(folded) if line.size <= LONGEST_BUTTONS and line.kinds & (SYLLABLE | LETTER) else None
    # A document may have a heading `推荐阅读` of its own.
    if whole and whole.strength == "weak" and all(hit.name == HEADING for hit in strong):
        return whole.rule, ["weak words", "a word"]
    if whole and not strong:
        return whole.rule, ["button", "all of the line"]
    signals = []
    if strong:
        heads_links = any(hit.name == HEADING for hit in strong)
        signals.append("heading of links" if heads_links else "strong words")
        if len(strong) > 1:
            signals.append("more strong words" if len(strong) < MANY else "many strong words")
        filled = share(folded, strong)
        if filled >= MOST:
            signals.append("all of the line" if filled >= ALL else "most of the line")
        elif not heads_links and len(strong) < MANY and lines.ends_sentence(line):
            signals.append("said in passing")
        before = folded[: strong[0].start]
        if lines.size(before) >= SOME_LENGTH and SENTENCES_END.search(before):
            signals.append("a sentence before them")
        if strong[0].rule == "promo" and folded[0] in "([【『〔" and folded[-1] in ")]】』〕":
            signals.append("in brackets")
    if len(hits) > len(strong):
        signals.append("weak words")
    if _is_menu_word(line, folded, known):
        signals.append("menu word")
    return (strong or hits)[0].rule if hits else "chrome", signals


def share(folded: str, hits: Sequence[Hit]) -> float:
    """How much of a line some words fill, links left out."""
    said = sum(len(NOT_WORDS.sub("", folded[hit.start : hit.end])) for hit in hits)
    return said / max(1, len(NOT_WORDS.sub("", URL.sub("", folded))))


def _unjammed(line: Line) -> str:
    """A line without marks that hide its words."""
    folded = line.folded
    if _may_be_jammed(line):
        parts = JAM.split(folded)
        said = sum(map(len, parts))
        if (len(parts) >= 5 and said < 2 * len(parts)) or len(parts) == said == 4:
            return "".join(parts)
    return DOT.sub("", folded) if line.kinds & OTHER or "." in folded else folded


def _may_be_jammed(line: Line) -> bool:
    """Whether so many marks may part so few letters; all but the letters would have to be such marks."""
    return line.size < 2 * (len(line.folded) - line.size + 1)


def _shape(line: Line, words: list[str], known: Lexicon) -> list[str]:
    """The signals of how a line looks."""
    folded, kinds = line.folded, line.kinds
    signals = []
    if _is_menu(line, known):
        return ["menu"]
    linked = (kinds & (LETTER | OTHER) and _has_url(folded)) or (kinds & DIGIT and _has_contact(folded))
    if linked and "ambiguous label" not in words:
        said = lines.size(URL.sub("", folded))
        signals.append("link" if said < SOME_LENGTH else "a link in it")
    if kinds & OTHER and (BREADCRUMB.fullmatch(folded) or _is_path(folded, known)):
        signals.append("breadcrumb")
    if kinds & DIGIT and "label and value" not in words and _is_time_stamp(folded):
        signals.append("time stamp")
    elif not line.size and NO_WORDS.fullmatch(folded) and not markers.at(folded):
        signals.append("no words")
    signals += _reading(line)
    if kinds & OTHER and ITEM.match(folded):
        signals.append("an item")
    if lines.is_salutation(line):
        signals.append("salutation")
    if known.formulas.fullmatch(folded):
        signals.append("formula")
    coded = kinds & (OTHER | LETTER) or folded[-1] == ";"
    if line.code or (
        coded and (CODE.fullmatch(folded) or TABLE.fullmatch(folded) or folded.startswith("!["))
    ):
        signals.append("code")
    return signals


def _reading(line: Line) -> list[str]:
    """Signals of running text and of headings."""
    signals = []
    if lines.is_sentence(line):
        signals.append("a sentence")
    elif not lines.ends_sentence(line):
        signals.append("no sentence")
    if lines.is_outline(line):
        signals.append("numbered")
    if lines.is_heading(line):
        signals.append("a heading")
    if line.folded[0] in "“「" or line.folded[-1] in "”」":
        signals.append("quoted")
    return signals


def _has_url(folded: str) -> bool:
    return any(map(folded.__contains__, IN_URLS)) and URL.search(folded) is not None


def _has_contact(folded: str) -> bool:
    return any(map(folded.__contains__, IN_CONTACTS)) and CONTACT.search(folded) is not None


def _is_menu_word(line: Line, folded: str, known: Lexicon) -> bool:
    return (
        line.size <= MOST_LETTERS
        and FEW_LETTERS.fullmatch(folded) is not None
        and NOT_WORDS.sub("", folded) in known.menu
    )


def _is_menu(line: Line, known: Lexicon) -> bool:
    """Whether most of the line is names of channels."""
    folded = line.folded
    if line.kinds & OTHER:
        for separator in MENU_SEPARATORS:
            folded = folded.replace(separator, ",")
    if folded.count(",") + folded.count(" ") < FEWEST_ITEMS - 2:
        return False
    items = folded.replace(" ", ",").split(",")
    if known.menu.isdisjoint(items):
        return False
    items = [item for item in items if item]
    channels = sum(item in known.menu for item in items)
    if "首页" in items or (len(items) > FEWEST_ITEMS and items == line.folded.split()):
        return len(items) >= FEWEST_ITEMS - 1 and all(len(item) <= LONGEST_CHANNEL for item in items)
    return len(items) >= FEWEST_ITEMS and channels >= max(3, len(items) / 3)


def _is_path(folded: str, known: Lexicon) -> bool:
    """Whether a line is the names of a site's parts, one within the other."""
    if len(folded) > LONGEST_PATH or SENTENCES_END.search(folded) or not PATH.search(folded):
        return False
    first, *others = PATH.split(folded)
    return any(others) and (
        SITE.fullmatch(first) is not None or not known.menu.isdisjoint([first, *others[:1]])
    )


def _is_time_stamp(folded: str) -> bool:
    """Whether a line is a date as web pages write it (in figures or with the hour) and hardly more."""
    found = metadata.iso(folded)
    if not found or (
        len(folded) > LONGEST_LINE and _hanzi_beside_dates(folded[:LONGEST_LINE]) > 2 * FEW_HANZI
    ):
        return False
    return _hanzi_beside_dates(folded) <= FEW_HANZI and (
        "T" in found or re.search(r"\d[-/.]\d", folded) is not None
    )


def _hanzi_beside_dates(folded: str) -> int:
    return len(lines.HANZI.findall(metadata.DATE.sub("", folded)))
