"""Suspect stretches become the text they were, where that reads as running text."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate, product

import numpy as np

from cleaners import plausibility
from cleaners.characters import codes
from cleaners.document import Edit
from cleaners.mojibake import letters, scripts, suspects
from cleaners.mojibake.beam import Budget, Repair, restore
from cleaners.mojibake.code_pages import SINGLE_BYTE, bytes_of
from cleaners.mojibake.reading import ENTER
from cleaners.mojibake.screen import Screened, look
from cleaners.mojibake.spelling import COMMON_MARKS, Damage
from cleaners.mojibake.units import encoded, parted, read_whole

# Clean characters on both sides that the search sees.
MARGIN = 6
# So near a line's end is worth a look.
LINE = 24
# A search for misaligned bytes tries every byte everywhere, and costs accordingly.
NARROW = 3
# Nothing else is tried once this part of a stretch is explained.
EXPLAINED = 0.9
# What stands for bytes that were lost.
LOSS = frozenset("\ufffd?")
# So much of the bytes must be there: of what is guessed from less, every other character is wrong.
KNOWN_BYTES = 0.5
# A stretch with more marks of loss than this per character is not worth a search.
MARKS_OF_LOSS = 0.5
# This much on both sides says which script a text is in.
CONTEXT = 200
# What the repaired run must be (mean ln P per character). Rows of hanzi are suspect, but may be rare words;
# rows of letters and signs that no language writes are surely not text.
PLAUSIBLE = -8.5
PLAUSIBLE_FOR_LETTERS = -9.5
# Letters must become this much likelier than chance would have it (nats in all): three hanzi at least.
EVIDENCE = 12.0
# It must be this much likelier than what stood there (nats in all).
GAIN = 15.0
# Misaligned bytes are few characters, so less must do: in ten million clean characters three hanzi or more gain
# at most 12.8, and two 17.5, in a list of foreign places.
GAIN_OF_ALIGNMENT = 10.0
GAIN_OF_TWO = 14.0
# All Latin letters are one symbol for the model, and all digits, so that by chance any will do.
LATIN = 6.0
LATIN_LETTERS = re.compile("[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]+")
# Any hanzi are some other hanzi in another page, which by chance may be likelier: that takes more.
GAIN_OF_PAIRS = 22.0
# Fewer hanzi than this are chance.
MIN_HANZI = 2
# Text in which one hanzi is more than this part of all is a row of signs.
MONOTONOUS = 0.5
HANZI = re.compile("[\u3400-\u9fff]+")
# Chinese text has no words in kana.
JAPANESE = ("cp932", "euc-jp", "utf-8")
KANA = re.compile("[\u3041-\u30fa]{2}")
# Where this part of the surroundings is kana the text is Japanese, and its kana are no halves of hanzi.
ANY_KANA = re.compile("[\u3041-\u30fa]")
JAPANESE_TEXT = 0.1
# What it becomes is hanzi, kana and their punctuation.
MOSTLY = 0.8
OURS = re.compile("[\u3000-\u30ff\u3400-\u9fff\uff01-\uff5e“”‘’—…·\xa0]+")
# What was read as a page of hanzi is mostly hanzi; words in other letters are what they are.
HANZI_BEFORE = 0.3
LETTERS = re.compile("[^\x00-\x7f\ufffd]+")
FOREIGN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff61-\uff9f\ue000-\uf8ff]+")
# Private use characters are mostly what a site made of its own marks.
PRIVATE = re.compile("[\ue000-\uf8ff]")
# A stretch of this many characters is not a rare name.
LONG = 10
# Mean ln P of a stretch that no text holds: of wrong decodings into hanzi 95 % lie below this, while lists of
# names, verse and slang of the corpus reach -11.
GARBLED = -12.0
# So many characters restored say what happened to a text, if they are nearly all that is odd in it.
MANY = 20
NEARLY_ALL = 0.8
ECHOED = 0.7  # the confidence in what is restored for that reason only
# Steps of search that may be in vain in any text, and for each of its characters.
ALLOWANCE = 600
ALLOWANCE_A_CHARACTER = 0.02
# Bytes may have been decoded wrongly this many times.
TIMES = 3


def find(text: str, screened: Screened, times: int = TIMES, budget: Budget | None = None) -> Iterator[Edit]:
    """Edits that restore runs of `text`, wrongly decoded up to `times` times; disjoint.

    `screened` is what one look at it found. Linear time: `budget` bounds the search, by
    default with what the length of `text` allows.
    """
    budget = budget or Budget(ALLOWANCE + ALLOWANCE_A_CHARACTER * len(text))
    done: list[Edit] = []
    restored: Counter[Damage] = Counter()
    for suspect in suspects.find(text, screened):
        start, end = _surroundings(text, suspect)
        start = max(done[-1].end if done else 0, start)
        edits = _again(text, start, end, suspect.well_formed, times, budget) if times > 1 else []
        if not edits and suspect.causes:
            repairs, damage = _best(text, start, end, suspect, budget)
            edits = [_edit(repair, damage) for repair in _with_marks(text, start, repairs, damage)]
            restored[damage._replace(dropped=False, script="")] += sum(len(edit.before) for edit in edits)
        yield from edits
        done += edits
    single = {damage: n for damage, n in restored.items() if damage.wrong in SINGLE_BYTE}
    if sum(single.values()) >= MANY:
        echoes = _echoes(text, single)
        yield from (edit for edit in echoes if not suspects.touching(done, edit.start, edit.end))


def _echoes(text: str, restored: Mapping[Damage, int]) -> Iterator[Edit]:
    """Where nearly all odd letters of a text come from some damage, so do those in runs too short to tell."""
    runs = list(letters.all_runs(text))
    if sum(restored.values()) < NEARLY_ALL * sum(len(run[0]) for run in runs):
        return
    # What programs call Latin-1 is cp1252, and most of a text is the same in both.
    damages = dict.fromkeys(
        [*restored, *(d._replace(wrong="cp1252") for d in restored if d.wrong == "latin-1")]
    )
    for run in runs:
        # The last byte may be that of an ASCII character.
        for damage, before in product(damages, (run[0], text[run.start() : run.end() + 1])):
            after = _encoded(before, damage.wrong)[0].decode(damage.true, "replace")
            if all(OURS.match(character) for character in after):
                yield Edit(run.start(), before, after, f"mojibake.{damage.true}-as-{damage.wrong}", ECHOED)
                break


def _with_marks(text: str, first: int, repairs: list[Repair], damage: Damage) -> Iterator[Repair]:
    """`repairs` with marks at their edges, behind `first`, that look no less likely as they stand."""
    for repair, last in zip(repairs, [*(r.start for r in repairs[1:]), len(text)], strict=False):
        start, end, after = repair.start, repair.end, repair.after
        while start > first and (mark := _mark(text[start - 1], damage)):
            start, after = start - 1, mark + after
        while end < last and (mark := _mark(text[end], damage)):
            end, after = end + 1, after + mark
        yield repair._replace(start=start, end=end, before=text[start:end], after=after)
        first = end


def _mark(character: str, damage: Damage) -> str:
    """The mark of Chinese text that `character`, which is none, was; empty where it was something else."""
    if damage.wrong in SINGLE_BYTE or damage.true == damage.wrong or character in COMMON_MARKS:
        return ""
    mark = bytes_of(character, damage.wrong).decode(damage.true, "ignore")
    return mark if len(mark) == 1 and mark in COMMON_MARKS else ""


def _surroundings(text: str, suspect: suspects.Suspect) -> tuple[int, int]:
    """Where to search: to the ends of the line where they are near, since most of what is damaged is whole lines."""
    start, end = suspect.start, suspect.end
    if suspect.causes and suspect.causes[0].true == suspect.causes[0].wrong:
        return max(0, start - NARROW), min(len(text), end + NARROW)
    line = text.rfind("\n", max(0, start - LINE), start) + 1
    line_end = text.find("\n", end, end + LINE)
    start = line if line or start <= LINE else start - MARGIN
    return start, line_end if line_end >= 0 else len(text) if len(text) <= end + LINE else end + MARGIN


def unexplained(text: str, stretches: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Stretches that no text holds, long enough to be worth a look: start and end."""
    for start, end in stretches:
        piece = text[start:end] if end - start >= LONG else ""
        if _count(FOREIGN, piece) >= LONG // 2 and plausibility.mean(piece) < GARBLED:
            yield start, end


def _again(text: str, start: int, end: int, pages: Iterable[str], times: int, budget: Budget) -> list[Edit]:
    """Edits where UTF-8 was read as another page, and what it spells is mojibake itself."""
    piece = text[start:end]
    best: list[Edit] = []
    for page in pages:
        raw, offsets = _encoded(piece, page)
        edits = []
        for match in suspects.WELL_FORMED.finditer(raw):
            inner = match[0].decode()
            if plausibility.mean(inner) > PLAUSIBLE:
                continue
            bounds = list(accumulate((len(c.encode()) for c in inner), initial=match.start()))
            for edit in find(inner, look(inner), times - 1, budget):
                first, last = bounds[edit.start], bounds[edit.end]
                if first in offsets and last in offsets:
                    before = piece[offsets[first] : offsets[last]]
                    edits.append(
                        Edit(start + offsets[first], before, edit.after, "mojibake.twice", edit.confidence)
                    )
        if sum(len(edit.before) for edit in edits) > sum(len(edit.before) for edit in best):
            best = edits
    return best


def _encoded(piece: str, page: str) -> tuple[bytes, Mapping[int, int] | range]:
    """The bytes of `piece` in `page` (0 for what is not in it), and which offsets begin characters."""
    if page in SINGLE_BYTE:
        raw = piece.translate(letters.to_bytes(page)).encode("latin-1")
        return raw, range(len(raw) + 1)
    spellings = [bytes_of(character, page) or b"\0" for character in piece]
    ends = accumulate(map(len, spellings), initial=0)
    return b"".join(spellings), {end: i for i, end in enumerate(ends)}


def _edit(repair: Repair, damage: Damage) -> Edit:
    rule = "gbk-misaligned" if damage.true == damage.wrong else f"{damage.true}-as-{damage.wrong}"
    confidence = _confidence(-repair.cost_after / len(repair.after))
    return Edit(repair.start, repair.before, repair.after, f"mojibake.{rule}", confidence)


def _confidence(mean: float) -> float:
    """From 0.5 for what is barely plausible to 1 for running text (mean ln P of -7 and better)."""
    return round(min(1.0, 0.5 + (mean - PLAUSIBLE_FOR_LETTERS) / 6), 2)


def _best(
    text: str, start: int, end: int, suspect: suspects.Suspect, budget: Budget
) -> tuple[list[Repair], Damage]:
    """What the likeliest cause of `suspect` leaves of `text[start:end]`, and that cause."""
    best: list[Repair] = []
    if sum(map(text[start:end].count, LOSS)) > MARKS_OF_LOSS * (end - start):
        return best, suspect.causes[0]
    best_gain, kind = 0.0, suspect.causes[0]
    around = text[max(0, start - CONTEXT) : start] + text[end : end + CONTEXT]
    japanese = len(ANY_KANA.findall(around)) > JAPANESE_TEXT * len(around)
    for damage in suspect.causes:
        if japanese and damage.true == damage.wrong:
            continue
        script = _script(text, start, end, damage)
        marked = damage.true != damage.wrong and not LOSS.isdisjoint(text[start:end])
        for dropped in (False, True) if marked else (True,):
            tried = damage._replace(dropped=dropped, script=script)
            repairs = [r for r in restore(text, start, end, tried, budget) if _accepted(r, tried)]
            gain = sum(r.cost_before - r.cost_after - ENTER for r in repairs)
            if gain > best_gain + 1 or (repairs and not best):
                best, best_gain, kind = repairs, gain, tried
            if sum(len(repair.before) for repair in repairs) >= EXPLAINED * (suspect.end - suspect.start):
                return best, kind
    return best, kind


def _script(text: str, start: int, end: int, damage: Damage) -> str:
    """The script of a text in which `text[start:end]` is damaged; empty where it is not clear."""
    before, after = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
    piece = text[start : min(end, start + 2 * CONTEXT)]
    if damage.wrong not in SINGLE_BYTE and damage.true != damage.wrong:
        code_points, lacking = read_whole(parted(piece, 0, len(piece), damage), damage.true)
        piece = code_points[~lacking].astype("<u4").tobytes().decode("utf-32-le")
    return scripts.of(before + piece + after)


def _listed(run: str) -> bool:
    """Whether this is a table of characters in the order of their code points."""
    steps = np.diff(codes(run).astype(np.int64))
    return 2 * int((abs(steps) <= 2).sum()) > len(run)


def _gain_needed(repair: Repair, damage: Damage) -> float:
    if damage.true == damage.wrong:
        needed = GAIN_OF_ALIGNMENT if _count(HANZI, repair.after) > 2 else GAIN_OF_TWO
        return needed + LATIN * _count(LATIN_LETTERS, repair.after)
    certain = damage.true == "utf-8" or damage.wrong in SINGLE_BYTE or "\ufffd" in repair.before
    return GAIN if certain else GAIN_OF_PAIRS


def _known_bytes(before: str, damage: Damage) -> int:
    return int((encoded(before, damage.wrong)[0] > 0).sum()) - sum(map(before.count, LOSS))


def _count(kind: re.Pattern[str], text: str) -> int:
    return sum(map(len, kind.findall(text)))


def _accepted(repair: Repair, damage: Damage) -> bool:
    hanzi = "".join(HANZI.findall(repair.after))
    if repair.cost_before - repair.cost_after < _gain_needed(repair, damage) or len(hanzi) < MIN_HANZI:
        return False
    if _count(OURS, repair.after) < MOSTLY * _count(LETTERS, repair.after):
        return False
    if _listed(repair.before) or (damage.true not in JAPANESE and KANA.search(repair.after)):
        return False
    if _known_bytes(repair.before, damage) < KNOWN_BYTES * len(repair.after.encode(damage.true, "replace")):
        return False
    if max(Counter(hanzi).values()) > max(1, MONOTONOUS * len(hanzi)):
        return False
    if damage.wrong in SINGLE_BYTE:
        plausible = repair.cost_after <= -PLAUSIBLE_FOR_LETTERS * len(repair.after)
        evident = suspects.WRONG * len(repair.after) - repair.cost_after >= EVIDENCE
        return plausible and evident and not letters.natural(repair.before)
    return (
        repair.cost_after <= -PLAUSIBLE * len(repair.after)
        and _count(FOREIGN, repair.before) >= HANZI_BEFORE * _count(LETTERS, repair.before)
        and not (damage.true == damage.wrong and PRIVATE.search(repair.before))
    )
