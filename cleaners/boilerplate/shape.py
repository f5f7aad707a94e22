"""What lines of boilerplate look like: links, menus, paths, time stamps, code. Most lines are plain text instead.

Each rule looks first at what kinds of characters the line holds, or at its ends, and most lines have none of those.
"""

import re

from cleaners import characters, markers
from cleaners.boilerplate import lines, metadata
from cleaners.boilerplate.lexicon import LONGEST_BUTTONS, Lexicon
from cleaners.boilerplate.lines import Line
from cleaners.characters import DIGIT, DOT, LETTER, OTHER, SPACE, WORDS

# A title has no more characters than the first; most have between 8 and 50. A line with more than the second
# is searched for words at its ends only (`spans`).
LONGEST_HEADLINE, LONGEST_SEARCHED = 80, 200
# With less beside it, a link is all there is to a line; so much before a mark is a sentence.
SOME_LENGTH = 12
# A time stamp has no more hanzi beside its date. Of a long line its beginning tells, by more than a date may hold.
FEW_HANZI, BEGINNING = 10, 200
URL = re.compile(
    r"(?:https?://|www\.)[\w./%?=&#:~-]+|[\w.-]{1,64}@[\w-]{1,63}\.\w|\b[\w-]{1,63}\.(?:com|cn|net|org|cc)\b",
    re.ASCII,
)
FIGURES = re.compile(r"\d[-/.]\d")
# The text of a link, and what of it is no text.
LINK_TARGET = re.compile(r"(?<=\])\(https?://[^()\s]*\)")
CONTACT = re.compile(r"(?:qq|微信|vx|群号?)[^\d。]{0,8}\d{5,}")
# Nothing is tried twice: the names of channels may hold the spaces around them too, which would double the ways with each.
BREADCRUMB = re.compile(r"[^。!?<>»›]{1,16}+ ?(?:[>»›]{1,2}+(?> ?[^。!?<>»›]{1,20}+ ?)){2,}+[>»›]*")
# One that is shorter or parted by slashes begins with a channel or a site's name.
PATH = re.compile(r" ?[>»›→]{1,2} ?| / ")
SITE = re.compile(r".{1,10}(?:网|网站|坛|社区|文库|书[吧屋阁库]|在线|频道|坊)")
LONGEST_PATH = 40
# A line of a program or a table, or a picture in Markdown.
CODE = re.compile(
    r"[a-z_][\w.]*\(.*\)[;:]?|(?:def|class|import|from|return|for|while|if|const|let|var) .*|.*+(?<=[;{}])"
    r"|\|[^|]*\|.++(?<=\|)|!\[.*",
    re.A,
)
ITEM = re.compile("[*+•●◆■▪-] ")
# Marks that are put between characters to hide words: `t,xt,小,说` and `最.新章.节`.
JAM = re.compile(r"[,.·*_^~|/\- ]+")
DOTS = re.compile("[.·*_^~](?<=[\u4e00-\u9fff].)(?=[\u4e00-\u9fff])")
FEWEST_ITEMS = 4  # of a menu; one fewer where the first page is among them
LONGEST_CHANNEL = 8  # in such a menu, and in one with a single channel that is known and only spaces between
MENU_SEPARATORS = "|·>»/"  # besides commas and spaces
# Numbers of pages, marks of notes, a mark that stands alone.
NO_WORDS = re.compile(r"(?=\D*\d)[\d\s|/【】\[\]()〔〕<>,.·-]+|[、。,!;:]")
NOT_WORDS = re.compile(r"[\W\d_]+")
SENTENCES_END = re.compile("[。!?…]")
SENTENCE_MARKS = frozenset("。!?…;")
MOST_LETTERS = 7  # of a word of the menu


def is_paragraph(line: Line, known: Lexicon) -> bool:
    """Whether the line is for certain a paragraph of running text, which stays wherever it stands in the body.

    That it is a sentence outweighs a date, or a link, a path and weak words, the most that such a line can have:
    buttons are shorter, and no label's value ends with a sentence.
    """
    folded, kinds, length = line.folded, line.kinds, len(line.folded)
    return (
        line.size > LONGEST_BUTTONS
        and lines.is_sentence(line)
        and not line.code
        and not _may_be_jammed(line)
        and not _is_menu(line, known)
        and (
            folded[-1] in SENTENCE_MARKS
            or length > metadata.LONGEST_LINE
            or not lines.may_be_labelled(line)
            or not metadata.segments(folded)
        )
        and not (kinds & DOT and length <= metadata.LONGEST_LINE and DOTS.search(folded))
        and not (kinds & OTHER and "](" in folded)
        and not (kinds & DIGIT and kinds & LETTER and _is_time_stamp(folded))
        and (not line.among or length > LONGEST_SEARCHED or not known.has_strong(folded, line.among))
    )


def unjammed(line: Line) -> str:
    """A line without marks that hide its words."""
    folded = line.folded
    if _may_be_jammed(line):
        parts = JAM.split(folded)
        said = sum(map(len, parts))
        if (len(parts) >= 5 and said < 2 * len(parts)) or len(parts) == said == 4:
            return "".join(parts)
    return DOTS.sub("", folded) if line.kinds & DOT else folded


def _may_be_jammed(line: Line) -> bool:
    """Whether so many marks may part so few letters; all but the letters would have to be such marks."""
    return line.size < 2 * (len(line.folded) - line.size + 1)


def signals(line: Line, words: list[str], known: Lexicon) -> list[str]:
    """The signals of how a line looks."""
    folded, kinds = line.folded, line.kinds
    if _is_menu(line, known):
        return ["menu"]
    found = []
    if kinds & WORDS and _is_linked(line) and "ambiguous label" not in words:
        said = characters.size(URL.sub("", folded))
        found.append("link" if said < SOME_LENGTH else "a link in it")
    if kinds & OTHER and (BREADCRUMB.fullmatch(folded) or (kinds & WORDS and _is_path(folded, known))):
        found.append("breadcrumb")
    if kinds & DIGIT and "label and value" not in words and _is_time_stamp(folded):
        found.append("time stamp")
    elif not line.size and NO_WORDS.fullmatch(folded) and not markers.at(folded):
        found.append("no words")
    if lines.is_sentence(line):
        found.append("a sentence")
    elif not lines.ends_sentence(line):
        found.append("no sentence")
    marker = markers.at(folded)
    if lines.is_outline(line, marker):
        found.append("numbered")
    if lines.is_heading(line, marker):
        found.append("a heading")
    if folded[0] in "“「" or folded[-1] in "”」":
        found.append("quoted")
    if kinds & OTHER and ITEM.match(folded):
        found.append("an item")
    if kinds & WORDS and lines.is_salutation(line):
        found.append("salutation")
    if known.formulas.fullmatch(folded):
        found.append("formula")
    if line.code or CODE.fullmatch(folded):
        found.append("code")
    return found


def _is_linked(line: Line) -> bool:
    """Whether a link stands in the line, or a number to reach somebody by."""
    if line.kinds & (LETTER | OTHER) and URL.search(line.folded):
        return True
    return bool(line.kinds & DIGIT and CONTACT.search(line.folded))


def is_menu_word(line: Line, folded: str, known: Lexicon) -> bool:
    if line.size > MOST_LETTERS or not line.kinds & WORDS:
        return False
    return NOT_WORDS.sub("", folded) in known.menu


def _is_menu(line: Line, known: Lexicon) -> bool:
    """Whether most of the line is names of channels. No long menu ends as a sentence does."""
    folded = line.folded
    if not line.kinds & WORDS or (line.size > LONGEST_BUTTONS and folded[-1] in SENTENCE_MARKS):
        return False
    if line.kinds & OTHER:
        for separator in MENU_SEPARATORS:
            folded = folded.replace(separator, ",")
    elif line.pauses < FEWEST_ITEMS - 2 and not line.kinds & SPACE:
        return False
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
    if len(folded) > LONGEST_PATH or not PATH.search(folded) or SENTENCES_END.search(folded):
        return False
    first, *others = PATH.split(folded)
    return any(others) and (
        SITE.fullmatch(first) is not None or not known.menu.isdisjoint([first, *others[:1]])
    )


def _is_time_stamp(folded: str) -> bool:
    """Whether a line is a date as web pages write it (in figures or with the hour) and hardly more."""
    found = metadata.iso(folded)
    return (
        bool(found)
        and (len(folded) <= BEGINNING or _hanzi_beside_dates(folded[:BEGINNING]) <= 2 * FEW_HANZI)
        and _hanzi_beside_dates(folded) <= FEW_HANZI
        and ("T" in found or FIGURES.search(folded) is not None)
    )


def _hanzi_beside_dates(folded: str) -> int:
    return len(lines.HANZI.findall(metadata.DATE.sub("", folded)))
