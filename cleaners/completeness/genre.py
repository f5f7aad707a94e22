"""What a text is, as far as its wholeness depends on it."""

import re
from itertools import takewhile

from cleaners.completeness.rules import pattern, search
from cleaners.outline import Outline

# What says the genre stands in the first paragraphs.
HEAD = 400

# A law has its articles at line starts.
ARTICLES = 3

# A title is no longer than this.
TITLE = 45

# An address may stand below a title, a date and a site's lines.
LINES = 14

# Within so many characters somebody speaks in a novel, twice.
SPOKEN = 2000

# Where lines end, and where they did in a text on one line.
_LINE_END = re.compile(r"[\n ](?:(?<=\n)|(?<=  )|(?<=[。!?:] ))")


def genre(folded: str, parts: Outline) -> str:
    """law, news, report, speech, novel or essay: the first whose signs a folded text shows.

    >>> from cleaners import outline
    >>> text = "同志们:今天我讲三点。"
    >>> genre(text, outline.read(text))
    'speech'
    """
    on_one_line = "\n" not in folded.strip()
    opening = [place for place in parts.places if place.opens_line or on_one_line]
    articles = [place for place in opening if folded[place.end - 1] == "条"]
    if len(articles) >= ARTICLES:
        return "law"
    head = folded[:HEAD]
    lines = [line.strip() for line in _LINE_END.split(head) if line.strip()]
    addressed = search("address", "\n".join(lines[:LINES])) is not None
    if not addressed and search("news", "\n".join(line[:TITLE] for line in lines[:3])):
        return "news"
    titles = "\n".join(takewhile(lambda line: len(line) <= TITLE, lines[:3]))
    if search("report", titles) or (addressed and search("reporting", head)):
        return "report"
    if addressed or search("speech", titles):
        return "speech"
    return "novel" if len(pattern("dialogue").findall(folded, 0, SPOKEN)) >= 2 else "essay"
