"""How much speaks for a line being boilerplate: signals with weights, in four kinds.

A line goes when the weights of its signals sum up to the threshold and two kinds of signals speak for it.
Weights are natural log-odds in spirit: +3 is evidence that is right 20 times in 21.
"""

import re
from math import exp
from typing import NamedTuple

from cleaners import markers
from cleaners.boilerplate import lines, metadata
from cleaners.boilerplate.lexicon import Lexicon
from cleaners.boilerplate.lines import Line

# Signal -> kind, weight.
WEIGHTS = {
    "strong words": ("words", 3.0),
    "more strong words": ("words", 1.5),
    "weak words": ("words", 0.7),
    "label": ("words", 3.0),
    "weak label": ("words", 1.5),
    "menu word": ("words", 1.5),
    "date": ("words", 1.5),
    "all of the line": ("shape", 2.5),
    "label and value": ("shape", 2.0),
    "menu": ("shape", 4.0),
    "link": ("shape", 2.0),
    "time stamp": ("shape", 3.0),
    "no words": ("shape", 2.0),
    "no sentence": ("shape", 0.7),
    "one of a list": ("shape", 1.0),
    "before the body": ("place", 1.0),
    "after the body": ("place", 1.0),
    "by the title": ("place", 1.0),
    "between noise": ("place", 2.5),
    "behind the end": ("place", 2.0),
    "before the title": ("place", 2.0),
    "most around it goes": ("place", 1.5),
    "title and site": ("words", 3.0),
    "repeated": ("repetition", 1.5),
    "on the site's other pages": ("repetition", 2.5),
    # What speaks against.
    "in the body": ("", -2.0),
    "a sentence": ("", -3.5),
    "said in passing": ("", -1.5),
    "numbered": ("", -2.0),
    "a heading": ("", -3.0),
    "salutation": ("", -9.0),
    "formula": ("", -9.0),
    "title": ("", -9.0),
    "quoted": ("", -1.5),
    "minutes of a meeting": ("", -4.0),
    "one of many records": ("", -4.0),
}
# The weights' sum that it takes to remove a line, by `Options.boilerplate`.
THRESHOLDS = {"careful": 4.0, "bold": 2.5}
# A line's own signals weigh this much: it does not count as body when the body's core is sought.
NOISY = 3.0
# Shapes that no title has.
UNTITLED = {"all of the line", "label and value", "menu", "link", "time stamp", "no words"}
# Signals of lines that texts have in common, not pages.
OF_THE_TEXT = {"numbered", "a heading", "salutation", "formula", "quoted"}

# Strong words that fill this share of a line are all it says; below the second they are said in passing.
COVERED, IN_PASSING = 0.6, 0.3
# Longer lines are searched for words at their ends only (`spans`).
LONGEST_LINE = 400

URL = re.compile(
    r"(?:https?://|www\.)[\w./%?=&#:~-]+|[\w.-]+@[\w-]+\.\w+|\b[\w-]+\.(?:com|cn|net|org|cc)\b", re.ASCII
)
# The text of a link, and what of it is no text.
LINK_TARGET = re.compile(r"(?<=\])\(https?://[^()\s]*\)")
MENU_SEPARATOR = re.compile(r"[ |·,>»/]+")
NOT_WORDS = re.compile(r"[\W\d_]+")


class Verdict(NamedTuple):
    """What is held against a line."""

    rule: str  # "promo", "metadata", "chrome" or "separator"
    signals: tuple[str, ...]

    @property
    def score(self) -> float:
        return sum(WEIGHTS[signal][1] for signal in self.signals)

    @property
    def confidence(self) -> float:
        return round(1 / (1 + exp(1 - self.score)), 3)

    def removes(self, strength: str) -> bool:
        """Whether the line goes, when `Options.boilerplate` is `strength`."""
        kinds = {WEIGHTS[signal][0] for signal in self.signals} - {""}
        return len(kinds) >= 2 and self.score >= THRESHOLDS[strength]

    def plus(self, *signals: str) -> "Verdict":
        return Verdict(self.rule, self.signals + signals)


def judge(line: Line, known: Lexicon) -> Verdict:
    """What a line's own words and shape say."""
    line = line._replace(folded=LINK_TARGET.sub("", line.folded))
    rule, words = _words(line.folded, known)
    shape = _shape(line, words, known)
    if not words and "time stamp" in shape:
        return Verdict("metadata", ("date", *shape))
    return Verdict(rule, (*words, *shape))


def _words(folded: str, known: Lexicon) -> tuple[str, list[str]]:
    """The rule and the signals of what a line says."""
    if metadata.is_labelled(folded):
        labels = [label for label, _ in metadata.segments(folded)]
        rule = "metadata" if any(label.field for label in labels) else "chrome"
        strong = any(label.strong for label in labels)
        dated = ["date"] if metadata.iso(folded) else []
        return rule, ["label" if strong else "weak label", "label and value", *dated]
    if whole := known.whole(folded):
        return whole.rule, ["strong words" if whole.strong else "weak words", "all of the line"]
    hits = known.hits(folded) if len(folded) <= LONGEST_LINE else []
    hits_strong = [hit for hit in hits if hit.strong]
    signals = []
    if hits_strong:
        signals.append("strong words")
        if len({hit.name for hit in hits_strong}) > 1 or len(hits_strong) > 2:
            signals.append("more strong words")
        said = sum(len(NOT_WORDS.sub("", folded[hit.start : hit.end])) for hit in hits_strong)
        share = said / max(1, len(NOT_WORDS.sub("", folded)))
        if share >= COVERED:
            signals.append("all of the line")
        elif share < IN_PASSING:
            signals.append("said in passing")
    if len(hits) > len(hits_strong):
        signals.append("weak words")
    if NOT_WORDS.sub("", folded) in known.menu:
        signals.append("menu word")
    return (hits_strong or hits)[0].rule if hits else "chrome", signals


def _shape(line: Line, words: list[str], known: Lexicon) -> list[str]:
    """The signals of how a line looks."""
    folded = line.folded
    signals = []
    if _is_menu(folded, known):
        return ["menu"]
    if URL.search(folded):
        signals.append("link")
    if not words and _is_time_stamp(folded):
        signals.append("time stamp")
    elif not NOT_WORDS.sub("", folded) and not folded.startswith("![") and not markers.at(folded):
        signals.append("no words")
    if lines.is_sentence(line):
        signals.append("a sentence")
    elif not lines.ends_sentence(line):
        signals.append("no sentence")
    if lines.is_outline(line):
        signals.append("numbered")
    if folded.startswith("#"):
        signals.append("a heading")
    if lines.is_salutation(line):
        signals.append("salutation")
    if known.formulas.fullmatch(folded):
        signals.append("formula")
    if folded[0] in "“「" or folded[-1] in "”」":
        signals.append("quoted")
    return signals


def _is_menu(folded: str, known: Lexicon) -> bool:
    """Whether most of the line is names of channels."""
    items = [item for item in MENU_SEPARATOR.split(folded) if item]
    channels = sum(item in known.menu for item in items)
    return len(items) >= 4 and channels >= max(3, len(items) / 3)


def _is_time_stamp(folded: str) -> bool:
    """Whether a line is a date as web pages write it (in figures or with the hour) and hardly more."""
    found = metadata.iso(folded)
    if not found or len(lines.HANZI.findall(metadata.DATE.sub("", folded))) > 10:
        return False
    return "T" in found or re.search(r"\d[-/.]\d", folded) is not None
