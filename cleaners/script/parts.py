"""Which script a text is in, and which clauses of it are in another one than asked."""

import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaners.script import signs

# What may speak for or against a script.
SCRIPTS = signs.SIMPLIFIED | signs.TRADITIONAL | signs.KANA | signs.HANGUL
# What `detect` answers besides "simplified", "traditional", "taiwan" and "hongkong".
MIXED, NEUTRAL, NONE = "mixed", "neutral", "none"

# A text is mixed from this share of signs of the rarer script on; names and quotations stay below.
MIXED_SHARE = 0.05
# A line whose signs are in another script from this share on is in it, but for clauses that are not;
# below its complement it is in the asked one, but for names and quotations. Between the two every
# clause is judged alone; in a text that is not mixed, only where most signs of the line are.
CLEAR_SHARE = 0.8
# A line with fewer signs may be a name: it follows its text. So does a line with all signs in quotation
# marks, where the text is in the asked script.
ENOUGH_SIGNS = 2
# Whether anything of a line is touched depends on its signs and on so many more that are as those of the
# whole text: in a long simplified text, one traditional character and one simplified are a name.
WEIGHT_OF_TEXT = 4
# From this share of kana or hangul among the letters on a stretch is Japanese or Korean.
FOREIGN_SHARE = 0.1

# 著 is a form of 着 in Taiwan, as in 看著 and 著手; in 著名 and 名著 it is a word that all write so.
_PARTICLE = re.compile(
    "著(?=[力重手眼])|(?<=[一-鿿])(?<![名原專編論巨顯卓昭土合拙遺所譯新共])著(?![名作者述書錄稱有於])"
)

Bools = NDArray[np.bool_]
Counts = NDArray[np.int64]


class Clauses(NamedTuple):
    """A text cut before every separator; one entry for each clause in every array."""

    start: Counts  # offset of the separator that the clause begins with
    line: Counts  # number of its line
    quoted: Bools
    foreign: Bools  # Japanese or Korean
    simplified: Counts  # number of signs; none in what is foreign
    traditional: Counts


def detect(text: str) -> str:
    """The script of `text`.

    "simplified"; "traditional" (in the forms of OpenCC's standard, as on the mainland, or in none that
    tells); "taiwan", "hongkong" (traditional in the forms of these places); "mixed" (at least 5 % of the
    signs are of the other script); "neutral" (hanzi, but none that differs between the scripts); "none"
    (no hanzi, or Japanese or Korean).

    >>> [detect(text) for text in ("开会", "開會", "裡面", "説明", "人民", "Kaihui", "東京の天気")]
    ['simplified', 'traditional', 'taiwan', 'hongkong', 'neutral', 'none', 'none']
    """
    found = signs.kinds_of_any(text)
    if not found & signs.HANZI:
        return NONE
    if found & SCRIPTS == signs.SIMPLIFIED:
        return "simplified"  # as most texts are
    kinds = signs.kinds(text)
    simplified, traditional, hanzi = (
        int(np.count_nonzero(kinds & bit)) for bit in (signs.SIMPLIFIED, signs.TRADITIONAL, signs.HANZI)
    )
    foreign_letters = np.count_nonzero(kinds & (signs.KANA | signs.HANGUL))
    if foreign_letters >= FOREIGN_SHARE * (hanzi + foreign_letters):
        clauses = cut(text)
        if _mostly_foreign(clauses, len(text)):
            return NONE
        simplified, traditional = int(clauses.simplified.sum()), int(clauses.traditional.sum())
    if not simplified + traditional:
        return NEUTRAL
    if min(simplified, traditional) >= MIXED_SHARE * (simplified + traditional):
        return MIXED
    return "simplified" if simplified > traditional else variety(text)


def variety(text: str, in_doubt: str = "traditional") -> str:
    """Whose forms a traditional text is written in: the one of `signs.VARIETIES` that fits best."""
    refused = signs.refused(text)
    particles = len(_PARTICLE.findall(text))

    def misfits(name: str) -> tuple[int, int]:
        by_it = refused[refused & signs.VARIETIES[name] > 0]
        telling = int(np.count_nonzero(by_it < signs.WEAKLY)) + (particles if name != "taiwan" else 0)
        return telling, len(by_it)

    return min((in_doubt, *signs.VARIETIES), key=misfits)


def cut(text: str) -> Clauses:
    """The clauses of `text`, which is not empty."""
    kinds = signs.kinds(text)
    begins = kinds & signs.SEPARATOR > 0
    begins[0] = True
    start = np.flatnonzero(begins)
    clause = np.cumsum(begins) - 1

    def count(bits: int) -> Counts:
        return np.bincount(clause[kinds & bits > 0], minlength=len(start))

    line = np.cumsum(kinds[start] & signs.LINE_END > 0, dtype=np.int64)
    quoted = _quoted(count(signs.OPENING) - count(signs.CLOSING), count(signs.EITHER), line)
    foreign_letters = count(signs.KANA | signs.HANGUL)
    foreign = foreign_letters > 0
    if foreign.any():
        letters = foreign_letters + count(signs.HANZI)
        of_line, in_line, _ = _frames(foreign_letters, letters, line, quoted)
        foreign = _is_foreign(foreign_letters, letters) | _is_foreign(of_line, in_line)[line]
    simplified, traditional = count(signs.SIMPLIFIED), count(signs.TRADITIONAL)
    return Clauses(
        start, line, quoted, foreign, np.where(foreign, 0, simplified), np.where(foreign, 0, traditional)
    )


def elsewhere(clauses: Clauses, target: str, *, neutral: bool) -> Bools:
    """Which clauses are in the other script than `target`; of the varieties of traditional any will do.

    `neutral` says what to do with a text that has no signs at all.
    """
    other, own = clauses.traditional, clauses.simplified
    if target != "simplified":
        other, own = own, other
    of_line, own_of_line, only_quoted = _frames(other, own, clauses.line, clauses.quoted)
    both = of_line + own_of_line
    telling = ~only_quoted if both[~only_quoted].any() else np.ones_like(only_quoted)
    of_text = of_line[telling].sum() / both[telling].sum() if both.any() else float(neutral)
    follows = (both < ENOUGH_SIGNS) | (only_quoted & (of_text <= 1 - CLEAR_SHARE))
    share = np.where(follows, of_text, of_line / np.maximum(both, 1))
    with_text = (of_line + WEIGHT_OF_TEXT * of_text) / (both + WEIGHT_OF_TEXT)
    least = 1 - CLEAR_SHARE if of_text >= MIXED_SHARE else 0.5
    touched = (share > least) & (with_text > 1 - CLEAR_SHARE)
    clear = (touched & (share >= CLEAR_SHARE))[clauses.line]
    unclear = (touched & (share < CLEAR_SHARE))[clauses.line]
    chosen: Bools = ~clauses.foreign & (
        (clear & (own <= other)) | (unclear & ~clauses.quoted & (own <= other) & (other > 0))
    )
    return chosen


def minority(text: str) -> tuple[int, int, int]:
    """How many signs of simplified and of traditional script, and where the first of the rarer stands."""
    kinds = signs.kinds(text)
    simplified, traditional = (np.flatnonzero(kinds & bit) for bit in (signs.SIMPLIFIED, signs.TRADITIONAL))
    rarer = min(simplified, traditional, key=len)
    return len(simplified), len(traditional), int(rarer[0]) if len(rarer) else 0


def _frames(first: Counts, second: Counts, line: Counts, quoted: Bools) -> tuple[Counts, Counts, Bools]:
    """Sums over each line of what stands outside quotation marks, or of everything where that is nothing.

    The third array says where it is.
    """
    size = int(line[-1]) + 1
    outside = [np.bincount(line, np.where(quoted, 0, values), size) for values in (first, second)]
    everything = [np.bincount(line, values, size) for values in (first, second)]
    only_quoted = outside[0] + outside[1] == 0
    return (
        np.where(only_quoted, everything[0], outside[0]),
        np.where(only_quoted, everything[1], outside[1]),
        only_quoted,
    )


def _quoted(opened: Counts, either: Counts, line: Counts) -> Bools:
    """Which clauses stand between quotation marks that opened on their line.

    `opened` counts opening marks less closing ones, `either` those that may be both, such as ".
    """
    first = np.searchsorted(line, np.arange(int(line[-1]) + 1))

    def depth(marks: Counts) -> Counts:
        total = np.cumsum(marks)
        return total - np.where(first > 0, total[np.maximum(first - 1, 0)], 0)[line]

    paired = np.bincount(line, either)[line] % 2 == 0
    inside: Bools = (depth(opened) > 0) | (paired & (depth(either) % 2 == 1))
    return inside


def _is_foreign(foreign: Counts, letters: Counts) -> Bools:
    return (foreign > 0) & (foreign >= FOREIGN_SHARE * letters)


def _mostly_foreign(clauses: Clauses, length: int) -> bool:
    sizes = np.diff(np.append(clauses.start, length))
    return int(sizes[clauses.foreign].sum()) * 2 > length
