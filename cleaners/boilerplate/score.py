"""How much speaks for a line being boilerplate: signals with weights, in four kinds.

A line goes when the weights of its signals sum up to the threshold and two kinds of signals speak for it.
Weights are natural log-odds in spirit: +3 is evidence that is right 20 times in 21.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import exp

from cleaners import characters
from cleaners.boilerplate import lines, metadata, shape
from cleaners.boilerplate.lexicon import LONGEST_BUTTONS, Hit, Lexicon
from cleaners.boilerplate.lines import Line
from cleaners.characters import OTHER, WORDS

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


@dataclass(frozen=True, slots=True)
class Verdict:
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


def judge(line: Line, known: Lexicon) -> tuple[str, tuple[str, ...]]:
    """What a line's own words and shape say: the rule and the signals of a verdict."""
    if line.kinds & OTHER and "](" in line.folded:
        shown = shape.LINK_TARGET.sub("", line.folded)
        line = replace(line, folded=shown, pauses=sum(map(shown.count, characters.PAUSES)))
    said = shape.unjammed(line)
    among = line.among if said == line.folded else known.screen.among(said).get(0)
    hits = known.hits(said, among) if among and len(said) <= shape.LONGEST_SEARCHED else []
    labelled = _label_words(line.folded) if lines.may_be_labelled(line) else None
    rule, words = labelled or _words(line, said, hits, known)
    looks = shape.signals(line, words, known)
    if not words and "time stamp" in looks:
        return "metadata", ("date", *looks)
    return rule, (*words, *looks)


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


def _words(line: Line, folded: str, hits: list[Hit], known: Lexicon) -> tuple[str, list[str]]:
    """The rule and the signals of what a line says."""
    strong = [hit for hit in hits if hit.strength == "strong"]
    if line.size <= LONGEST_BUTTONS and line.kinds & WORDS and all(hit.name == HEADING for hit in strong):
        whole = known.whole(folded)
        # A document may have a heading `推荐阅读` of its own.
        if whole and whole.strength == "weak":
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
        if shape.SENTENCES_END.search(before) and characters.size(before) >= shape.SOME_LENGTH:
            signals.append("a sentence before them")
        if strong[0].rule == "promo" and folded[0] in "([【『〔" and folded[-1] in ")]】』〕":
            signals.append("in brackets")
    if len(hits) > len(strong):
        signals.append("weak words")
    if shape.is_menu_word(line, folded, known):
        signals.append("menu word")
    return (strong or hits)[0].rule if hits else "chrome", signals


def share(folded: str, hits: Sequence[Hit]) -> float:
    """How much of a line some words fill, links left out."""
    said = sum(len(shape.NOT_WORDS.sub("", folded[hit.start : hit.end])) for hit in hits)
    return said / max(1, len(shape.NOT_WORDS.sub("", shape.URL.sub("", folded))))
