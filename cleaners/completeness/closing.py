"""Has a speech, a report or a law come to its close? Other genres may end with any sentence."""

import re

from cleaners.completeness.rules import pattern
from cleaners.document import Flag
from cleaners.markers import Place
from cleaners.outline import Outline

# How a speech or report that ends with a sentence is weighed: where the sum is above SUSPECTED it was
# probably cut. The weights are those of a logistic regression, rounded: 250 whole ones, 1,000 cut at a
# sentence's end; left out one source at a time, at most 3 % of whole ones are above it and 85 % of cut ones.
NO_CLOSE = 3.1
EXCLAIMED = -1.9  # ends in "！"
ADDRESSED = -1.3  # 同志们， or the like in the last paragraphs
CONCLUDING = -1.5  # and it opens the last of all
ENUMERATING = 0.85  # a numbered item in the last 250 characters
LAST_SENTENCE = -0.43  # each word of a peroration in the last sentence, up to 3
LAST_SENTENCES = -0.87  # each in the last three, up to 5
SUSPECTED = {"speech": 1.3, "report": 0.45}

# So many words of a peroration in the last three sentences close any text.
CLOSED = 3

# How sure these are: the share of right flags, as in `ending`.
UNCLOSED, NOTES_MISSING = 0.95, 0.97

# How far back the last paragraphs reach, in characters.
PARAGRAPHS = 700
ITEMS = 250

# How much of a law's end says when it comes into force: its last articles.
LAW_END = 600

# Rulings on how to read a law end with any article.
TITLE = 120
_INTERPRETED = re.compile(r"最高人民(?:法院|检察院)|解释|批复")

_SENTENCE = re.compile(r"(?<=[。!?])")
_ADDRESS = re.compile(r"(?:^|[\n。!? ])(?:同志们|各位\S{0,4}|朋友们|女士们\S{0,9}|同学们)[,!:、]")


def unclosed(text: str, folded: str, end: int, signed: bool, parts: Outline, genre: str) -> Flag | None:
    """The flag for a text whose body ends at `end` with a sentence, but not with a close."""
    if signed:
        return None
    flag = _unclosed(text, folded, end, parts, genre)
    return None if flag and pattern("notes").search(folded, len(folded) // 3) else flag


def _unclosed(text: str, folded: str, end: int, parts: Outline, genre: str) -> Flag | None:
    """The same for one that nobody signed and that may have notes behind it."""
    note = pattern("reference").search(folded) if "〔" in folded else None
    if note and note[1] == "1":
        return _flag(f"refers to note 〔1〕 at character {note.start()}, and has no notes", NOTES_MISSING)
    if genre == "law":
        # Lists and forms may stand behind the last article.
        article = next((place.start for place in reversed(parts.places) if _is_article(folded, place)), end)
        held = pattern("law_end").search(folded, max(0, min(article, end - LAW_END)), end)
        if held or _INTERPRETED.search(folded, 0, TITLE):
            return None
        return _flag("a law that does not say from when it holds", UNCLOSED)
    if genre not in SUSPECTED or _score(folded, end, parts) <= SUSPECTED[genre]:
        return None
    last = text[max(0, end - 30) : end].replace("\n", "")
    return _flag(f"a {genre} without a close: it ends with “…{last}”", UNCLOSED)


def _is_article(folded: str, place: Place) -> bool:
    return place.opens_line and folded[place.end - 1] == "条"


def closed(folded: str, end: int) -> bool:
    """Whether the body that ends at `end` has a peroration."""
    return len(set(pattern("closing").findall("".join(_last_sentences(folded, end))))) >= CLOSED


def _score(folded: str, end: int, parts: Outline) -> float:
    # In a short text the address at its head is not one at its close.
    tail = folded[max(end // 2, end - PARAGRAPHS) : end].rstrip()
    sentences = _last_sentences(folded, end)
    score = NO_CLOSE
    score += EXCLAIMED * tail.endswith(("!", "!”"))
    addresses = [match.end() for match in _ADDRESS.finditer(tail)]
    if addresses:
        score += ADDRESSED + CONCLUDING * (not re.search(r"\S\n|\S  +", tail[addresses[-1] :]))
    score += ENUMERATING * any(end - ITEMS < place.start for place in parts.places[-3:])
    words = [set(pattern("closing").findall(sentence)) for sentence in sentences]
    score += LAST_SENTENCE * min(3, len(set().union(*words[-1:])))
    score += LAST_SENTENCES * min(5, len(set().union(*words)))
    return score


def _last_sentences(folded: str, end: int) -> list[str]:
    """The last three sentences, or what of them stands in the last paragraphs."""
    sentences = _SENTENCE.split(folded[max(0, end - PARAGRAPHS) : end])
    return [sentence.strip() for sentence in sentences if sentence.strip()][-3:]


def _flag(evidence: str, confidence: float) -> Flag:
    return Flag("truncated", "suspected", evidence, None, confidence)
