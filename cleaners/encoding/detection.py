"""Which encoding some bytes are in, told from as few of them as tell it.

From the surest to the least sure: marks and escape sequences; UTF-8; the code page under which the bytes read
most like text, judged by the shared language model; chardet for the one-byte pages of the rest of the world.
"""

import math
import re
from collections.abc import Iterable
from typing import NamedTuple

from cleaners import plausibility
from cleaners.encoding import big5, containers, likelihood, one_byte, utf8
from cleaners.encoding.alignment import align
from cleaners.encoding.marks import byte_order_mark, declared, escapes
from cleaners.encoding.sampling import Sample, excerpts, high_characters, sample, without_high_bytes
from cleaners.encoding.strict import decoded, decoded_but_for_the_end

# The East Asian code pages, each under the superset that decodes what its narrower names stand for.
CHINESE = ("gb18030", "cp950", "big5hkscs")
EAST_ASIAN = (*CHINESE, "cp932", "euc_jp", "cp949", "johab")
# What text without the characters that only the superset has is named by, as its writers do. Bytes 8160 are ～ in
# cp932 and 〜 in shift_jis: where no character that only cp932 has is beside them, it cannot be decided which.
NARROWER = {"cp932": "shift_jis", "cp949": "euc_kr"}
UTF_16, UTF_32 = ("utf-16-le", "utf-16-be"), ("utf-32-le", "utf-32-be")
WIDE = UTF_16 + UTF_32
CANDIDATES = ("utf-8", *EAST_ASIAN, *one_byte.PAGES, *WIDE)

# Tried first: when one of them reads like Chinese, the others need not be tried.
USUAL = ("utf-8", *CHINESE)
# Of Big5's pages, the one that decodes the most stands for all.
FIRST = ("utf-8", "gb18030", "big5hkscs")

# More bytes than this are not read to see whether that is possible, but where a sample reads like it.
FEW_READ = 1 << 13
# Enough for a verdict far beyond doubt; a longer sample costs time only.
SAMPLE_BYTES = 2048
# If less of a sample than this is sure to be in step, the rest is tried both ways.
ENOUGH_ALIGNED = 512
# So few bytes are weighed whole in all encodings at once; what reads worse than this, in ln P per byte of characters
# that are not ASCII, may be damaged.
FEW_WEIGHED = 600
READS_WELL = -4.0
# In less, damage can't be told from a rare character.
FEWEST_DAMAGED = 5
# When the usual encodings don't convince, all are weighed on less, but every way to cut it into characters.
WEIGHED_BYTES = 1536
# The pages whose characters are one ASCII byte or two: what can be put back in step.
TWO_BYTE = ("gb18030", *big5.PAGES, "cp949")

# ln P per character that is not ASCII: Chinese read rightly has -4 to -6, read wrongly -10 and less; Japanese
# read as GB 18030 comes near (-7), because kana stand in the same places, but it is full of kana.
CONVINCING = -6.2
MOST_KANA = 0.03
# ln P by which each kana makes a text less likely to be Chinese: EUC-JP and GB 18030 have the same kana, so
# that only the kanji between them tell Japanese from Chinese.
KANA_IN_CHINESE = -2.0
# Too few characters convince of nothing.
FEWEST_CHARACTERS = 12
# ln P per character of UTF-16 that is worth believing without a mark; noise has -14.
READABLE = -10.0
# ln P that a document is in some other encoding than the usual Chinese ones. It matters in a few bytes only.
RARER = -6.0
# The ln P that well-formed UTF-8 of few bytes is no accident.
NO_ACCIDENT = 4.0
# ln P per character of two hanzi that are a common word, which no accident makes of anything else.
PLAUSIBLE = -8.0
HIGH_BYTES = re.compile(rb"[\x80-\xff]+")
# ln P that a document's own word for its encoding is worth: it decides what is doubtful, no more.
DECLARED = 5.0

KANA = re.compile("[\u3041-\u30ff]")
# What UTF-16 makes of two spaces, tabs or line ends of one byte each.
TWO_BLANKS = re.compile("[\u2020\u0909\u0a0a\u0a0d\u0d0a]")
# The same, and characters that are in no Chinese text, but in nearly all that is not UTF-16.
NOT_CHINESE_UTF_16 = re.compile("[\u2020\u0909\u0a0a\u0a0d\u0d0a\ua000-\uf8ff\U00010000-\U0010ffff]")


class Guess(NamedTuple):
    """An encoding, and how sure it is: 0 to 1."""

    encoding: str
    confidence: float


def detect(data: bytes) -> Guess:
    """The likeliest encoding of `data`; of a family of pages that differ in a few characters, one of the widest.

    Reads samples where they settle it: `narrowest` tells whether all of `data` is in it. Raises NotText if it
    reads like nothing.
    """
    marked, start = byte_order_mark(data)
    if marked and marked != "utf-8":
        return Guess(marked, 1.0)
    is_binary = containers.is_binary(data)
    if is_binary or b"\0" in data:
        found = guess(data, ("utf-8", *CHINESE, *WIDE))
        if found.encoding in WIDE:
            return found
        if is_binary and not escapes(data):
            raise containers.NotText("binary data: more control characters than any text has")
    body = data[start:] if start else data
    if body.isascii() and ((escaped := escapes(body)) or not 0 < len(body) <= FEW_READ):
        return Guess(escaped or "utf-8", 1.0)
    if utf8.is_read_from((body,) if len(body) <= FEW_READ else sample(body, SAMPLE_BYTES).pieces):
        return Guess("utf-8", 1.0)
    if text := decoded(body, "utf-8"):
        return guess_among_few(body) if utf8.is_ambiguous(body, text) else Guess("utf-8", 1.0)
    if page := _plainly(body):
        return Guess(page, 1.0)
    return guess(body)


def narrowest(data: bytes, encoding: str) -> tuple[str, str]:
    """The narrowest page of the family of `encoding` that has all of `data`, whose last character may be cut,
    and the text; "" for the text if there is none.

    >>> narrowest("東京".encode("cp932"), "cp932")
    ('shift_jis', '東京')
    """
    if encoding in big5.PAGES:
        return big5.page(data)
    if encoding in NARROWER and (text := decoded(data, NARROWER[encoding])):
        return NARROWER[encoding], text
    return encoding, decoded_but_for_the_end(data, encoding)


def _plainly(data: bytes) -> str:
    """The page in which excerpts of `data` are Chinese beyond doubt; "" if it takes more to tell."""
    part = data if len(data) <= SAMPLE_BYTES else sample(data, SAMPLE_BYTES).aligned
    if len(part) < 2 * FEWEST_CHARACTERS:
        return ""
    for page in ("gb18030", "big5hkscs"):
        read = excerpts(part.decode(page, "replace"))
        if is_convincing(read, float(plausibility.lnp(read).sum())):
            return page
    return ""


def guess(data: bytes, candidates: tuple[str, ...] = CANDIDATES) -> Guess:
    """The same by likelihood alone; where it is a one-byte page, the page that chardet names."""
    taken = sample(data, SAMPLE_BYTES)
    scores = _scores_of_few(data, candidates) or _scores_of_usual(taken, candidates)
    if not scores:
        taken = sample(data, WEIGHED_BYTES)
        scores = {encoding: _careful_score(taken, encoding) for encoding in candidates}
        if (said := declared(data)) in scores:
            scores[said] += DECLARED
    best = max(scores, key=scores.__getitem__)
    confidence = _confidence(scores, best)
    if best in one_byte.PAGES:
        return Guess(*one_byte.named(data, taken, best, confidence))
    return Guess(best, confidence)


def guess_among_few(data: bytes) -> Guess:
    """The encoding of bytes that are well-formed UTF-8, but with so few characters that it may be an accident."""
    runs = [run.decode("utf-8") for run in HIGH_BYTES.findall(data)]
    if any(len(run) > 1 and min(run) >= "\u0800" and plausibility.mean(run) > PLAUSIBLE for run in runs):
        return Guess("utf-8", 1.0)
    # A byte on each side tells whether a letter stands in a word, and may belong to a character of two.
    part = b"\n".join(data[max(0, m.start() - 1) : m.end() + 1] for m in HIGH_BYTES.finditer(data))
    wide = UTF_16 if len(data) <= utf8.FEW_BYTES else ()
    texts = _strict_readings(data, part if len(data) > utf8.FEW_BYTES else data, ("utf-8", *CHINESE, *wide))
    if len(texts) == 1:
        return Guess("utf-8", 1.0)
    scores = dict(zip(texts, likelihood.totals(texts.values()), strict=True))
    scores["utf-8"] += NO_ACCIDENT
    if (said := declared(data)) in scores:
        scores[said] += DECLARED
    best = max(scores, key=scores.__getitem__)
    return Guess(best, _confidence(scores, best))


def _scores_of_few(data: bytes, candidates: tuple[str, ...]) -> dict[str, float]:
    """ln P of few bytes in each encoding that decodes all of them; none if the likeliest reads badly."""
    if len(data) > FEW_WEIGHED:
        return {}
    texts = _strict_readings(data, data, candidates)
    *values, of_ascii = likelihood.totals((*texts.values(), without_high_bytes(data).decode("ascii")))
    scores = {
        encoding: value + _rarity(encoding, texts[encoding])
        for encoding, value in zip(texts, values, strict=True)
    }
    if (said := declared(data)) in scores:
        scores[said] += DECLARED
    best = max(scores, key=scores.__getitem__, default="")
    if best in WIDE:
        return scores if scores[best] > READABLE * len(texts[best]) else {}
    if best not in EAST_ASIAN:
        return {}
    longer = len(data) - len(texts[best]) + high_characters(texts[best])
    return scores if scores[best] - of_ascii > READS_WELL * longer or len(data) < FEWEST_DAMAGED else {}


def _strict_readings(data: bytes, part: bytes, candidates: Iterable[str]) -> dict[str, str]:
    """`part` of `data` in each of `candidates` that decodes all of it; in UTF-16 and UTF-32 all of `data`."""
    texts = {
        encoding: decoded(data if encoding in WIDE else part, encoding)
        for encoding in candidates
        if encoding not in WIDE or len(data) % 2 == 0
    }
    return {
        encoding: text
        for encoding, text in texts.items()
        if text and not (encoding in WIDE and NOT_CHINESE_UTF_16.search(text))
    }


def _scores_of_usual(sample: Sample, candidates: tuple[str, ...]) -> dict[str, float]:
    """ln P of `sample` in the usual encodings; none if the likeliest is not convincing."""
    texts = {encoding: _reading(sample, encoding) for encoding in FIRST if encoding in candidates}
    scores = dict(zip(texts, likelihood.totals(texts.values()), strict=True))
    best = max(scores, key=scores.__getitem__, default="")
    return scores if best and is_convincing(texts[best], scores[best]) else {}


def _reading(sample: Sample, encoding: str) -> str:
    """`sample` in `encoding`, as far as it is clear where its characters begin."""
    text = sample.aligned.decode(encoding, "replace")
    if len(sample.aligned) < ENOUGH_ALIGNED and sample.unaligned:
        longest = max(sample.unaligned, key=len)
        text += max((longest[cut:].decode(encoding, "replace") for cut in (0, 1)), key=likelihood.total)
    return text


def _careful_score(sample: Sample, encoding: str) -> float:
    """ln P of `sample` read in `encoding`, wherever its characters begin, and of meeting that encoding."""
    if encoding in WIDE:
        return RARER + _wide_score(sample, encoding)
    if encoding not in TWO_BYTE:
        return _rarity(encoding, "") + likelihood.of_sample(sample, encoding)
    segments = [(piece, segment) for piece in sample.pieces for segment in align(piece, (encoding,))]
    text = "".join(piece[s.start : s.end].decode(s.encoding, "replace") for piece, s in segments)
    return _rarity(encoding, text) + likelihood.total(text)


def _rarity(encoding: str, text: str) -> float:
    """ln P of meeting `encoding`, and in it a `text` with so many kana."""
    if encoding not in USUAL:
        return RARER
    return KANA_IN_CHINESE * len(KANA.findall(text)) if encoding != "utf-8" else 0.0


def _wide_score(sample: Sample, encoding: str) -> float:
    """ln P of `sample` in UTF-16 or UTF-32; minus infinity if it is no text so."""
    total, characters = 0.0, 0
    for piece in sample.pieces:
        if encoding in UTF_32:
            try:
                text = piece[: len(piece) // 4 * 4].decode(encoding)
            except UnicodeDecodeError:
                return -math.inf
        else:
            text = piece.decode(encoding, "replace")
            if TWO_BLANKS.search(text):
                return -math.inf
        total += likelihood.total(text)
        characters += len(text)
    return total if total > READABLE * characters else -math.inf


def is_convincing(text: str, lnp: float) -> bool:
    """Whether `text`, whose ln P is `lnp`, is Chinese beyond doubt, so that no other page need be tried."""
    high = high_characters(text)
    return (
        high >= FEWEST_CHARACTERS and lnp > CONVINCING * high and len(KANA.findall(text)) < MOST_KANA * high
    )


def _confidence(scores: dict[str, float], best: str) -> float:
    """How sure `best` is against the likeliest encoding that is not of its family."""
    others = [value for encoding, value in scores.items() if _family(encoding) != _family(best)]
    return 1 / (1 + math.exp(-min(scores[best] - max(others, default=-math.inf), 50.0)))


def _family(encoding: str) -> str:
    """Pages of one family are told apart by other means than likelihood."""
    return "big5" if encoding in big5.PAGES else "one byte" if encoding in one_byte.PAGES else encoding
