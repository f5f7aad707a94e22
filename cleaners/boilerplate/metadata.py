"""Lines that say when, where and by whom a text was published."""

import re
from datetime import datetime
from functools import lru_cache

from cleaners.boilerplate import lexicon

DATE = re.compile(
    r"((?:19|20)(?<![\d/]..)\d{2})(?:\s?年\s?|[-/.])(\d{1,2})(?:\s?月\s?|[-/.])(\d{1,2})(?:\s?日|(?!\d))"
    r"(?:[ t(,]{0,3}(?:星期.|周.)?[) ]{0,3}(\d{1,2})[:时](\d{2})(?:[:分](\d{2}))?)?"
)
# A line of labels is no longer than this.
LONGEST_LINE = 400
# The first label ends within so many characters, with the brackets before it.
BEGINNING = 80
# A value longer than this, or with marks of a sentence in it, is body.
LONGEST_VALUE = 40
AROUND = " ()[]【】|/*-"
# A label that stands in the value before it: 来源：某报作者：某人.
GLUED = re.compile("(?:作者|记者|来源|责任编辑|责编|编辑|时间|日期|浏览|点击)[:：]")
SENTENCE_MARK = re.compile("[。;!?]|,.*,")


def iso(folded: str) -> str:
    """The first date in a folded text as ISO 8601, with its time where one stands; empty if none does.

    >>> [iso(text) for text in ("时间:2015-01-23", "2015年1月23日 10:20", "2015-13-01")]
    ['2015-01-23', '2015-01-23T10:20', '']
    """
    return _iso(folded) if "19" in folded or "20" in folded else ""


@lru_cache(maxsize=100)  # asked for the same line again, by rules of several kinds
def _iso(folded: str) -> str:
    for match in DATE.finditer(folded):
        year, month, day, hour, minute, second = match.groups()
        found = f"{year}-{month:0>2}-{day:0>2}"
        if hour:
            found += f"T{hour:0>2}:{minute}" + (f":{second}" if second else "")
        try:
            datetime.fromisoformat(found)
        except ValueError:
            continue
        return found
    return ""


@lru_cache(maxsize=100)  # asked for the same line again, by rules of several kinds
def segments(folded: str) -> tuple[tuple[lexicon.Label, str], ...]:
    """The labels of a line with their values, as folded."""
    found = lexicon.load().labelled(folded)
    if not found:  # most lines
        return ()
    ends = [label.start for label in found[1:]] + [len(folded)]
    return tuple(
        (label, folded[label.value : end].rstrip(AROUND)) for label, end in zip(found, ends, strict=False)
    )


def first_label(folded: str) -> str:
    """The label that a line begins with; empty if it has none there."""
    found = lexicon.load().labels.match(folded) if segments(folded[:BEGINNING]) else None
    return found[0].strip(AROUND + ":") if found else ""


def is_labelled(folded: str) -> bool:
    """Whether a line is labels with short values and nothing else to speak of."""
    found = segments(folded) if len(folded) <= LONGEST_LINE else ()
    if not found:
        return False
    before = DATE.sub("", folded[: found[0][0].start])
    return (
        len(before.strip(AROUND)) <= 12
        and "《" not in before
        and all(len(value) <= LONGEST_VALUE and not SENTENCE_MARK.search(value) for _, value in found)
    )


def read(original: str, folded: str) -> dict[str, str]:
    """What a line that is removed says of the document, by fields of `Metadata`. Both texts have the same length."""
    values = {"published": published} if (published := iso(folded)) else {}
    for label, value in segments(folded):
        if label.field and label.field != "published" and label.field not in values:
            written = original[label.value : label.value + len(value)]
            if said := GLUED.split(written.strip())[0].rstrip("】）)]|｜ 　"):
                values[label.field] = said
    return values
