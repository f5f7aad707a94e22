"""Suspect stretches become the text they were, where that reads as running text."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress

from cleaners import plausibility
from cleaners.characters import line_end, line_start
from cleaners.document import Edit
from cleaners.mojibake import letters, lossless, quick, realignment, suspects, throughout
from cleaners.mojibake.acceptance import (
    FAR_EASTERN,
    LOSS,
    PLAUSIBLE,
    PLAUSIBLE_FOR_LETTERS,
    accepted,
    count,
    explained,
    likelier,
    ours,
)
from cleaners.mojibake.beam import Budget, restore
from cleaners.mojibake.code_pages import SINGLE_BYTE
from cleaners.mojibake.languages import LANGUAGES
from cleaners.mojibake.reading import CONTEXT, ENTER, script_of
from cleaners.mojibake.repairs import Repair
from cleaners.mojibake.screen import Glance, Stretch, glance, look, reads_well
from cleaners.mojibake.spelling import REPLACED, Damage
from cleaners.mojibake.unwrapping import unwrapped

# Clean characters on both sides that the search sees.
MARGIN = 12
# So near a line's end is worth a look.
LINE = 24
# Misaligned bytes end soon behind what looks odd.
NARROW = 6
# Guesses must gain this much (nats) over what is read without any.
GUESSING = 12.0
# A stretch with more marks of loss than this per character is not worth a search.
MARKS_OF_LOSS = 0.5
# A character of UTF-8 that lacks its last byte or its last two: a question mark stands for them, or it is between
# whole ones.
CUT_OFF = re.compile(
    rb"[\xe3-\xe9\xef][\x80-\xbf]?\?|[\xe4-\xe9][\x80-\xbf]{2}[\xe4-\xe9][\x80-\xbf]?[\xe4-\xe9][\x80-\xbf]{2}"
)
# Where this part of the surroundings is kana the text is Japanese, and its kana are no halves of hanzi.
ANY_KANA = re.compile("[\u3041-\u30fa]")
KANA_OR_HANGUL = re.compile("[\u3041-\u30fa\uac00-\ud7a3]")
JAPANESE_TEXT = 0.1
# A stretch of this many characters is not a rare name.
LONG = 10
# Mean ln P of a stretch that no text holds: of wrong decodings into hanzi 95 % lie below this, while lists of
# names, verse and slang of the corpus reach -11.
GARBLED = -12.0
# So many characters restored say what happened to a text, if they are nearly all that is odd in it.
MANY = 20
NEARLY_ALL = 0.8
# Then what is this much likelier (nats) is damage too, however short.
GAIN_OF_ECHO = 3.0
# Steps of search that may be in vain in any text, and for each of its characters.
ALLOWANCE = 600
ALLOWANCE_A_CHARACTER = 0.02
# Bytes may have been decoded wrongly this many times.
TIMES = 3


def find(
    text: str, seen: Glance, times: int = TIMES, budget: Budget | None = None
) -> tuple[list[Edit], list[Stretch]]:
    """Edits that restore runs of `text`, wrongly decoded up to `times` times, disjoint; and what else is suspect.

    `seen` is a glance at it. Linear time: `budget` bounds the search, by default with what the
    length of `text` allows.
    """
    budget = budget or Budget(ALLOWANCE + ALLOWANCE_A_CHARACTER * len(text))
    sure: list[Edit] = []
    parts, exact = [(0, len(text))], dict[Damage, list[Edit]]()
    if whole := throughout.find(text, seen, budget):
        sure = _edits(whole.repairs, whole.damage)
        parts = _between(text, sure)
        exact = {whole.damage: []} if whole.is_exact else {}
    if not parts:
        return sure, []
    stretches = look(text, seen, parts)
    if not stretches and not seen.odd:
        return sure, []
    found = suspects.find(text, seen.odd, stretches, parts)
    more = _again(text, found, times, budget) if times > 1 else []
    done = sorted(sure + more, key=lambda edit: edit.start)
    for suspect in found:
        k = bisect_left(done, suspect.start, key=lambda edit: edit.start)
        past = done[k - 1].end if k else 0
        # What the one before was repaired with may reach into it.
        left = max(past, suspect.start)
        if not suspect.causes or left >= suspect.end or suspects.touching(done, left, suspect.end):
            continue
        start, end = _surroundings(text, suspect)
        start = max(start, past)
        end = min(end, done[k].start if k < len(done) else len(text))
        repairs, damage, is_exact = _best(text, start, end, suspect, budget)
        edits = _edits(repairs, damage)
        if is_exact:
            exact[damage] = exact.get(damage, []) + edits
        done[k:k] = edits
    for damage in sorted(exact, key=lambda damage: -_length(exact[damage])):
        length = _length(exact[damage]) + (_length(sure) if whole and damage == whole.damage else 0)
        odd = _length(sure) + _count_of_odd(text, parts, stretches, damage)
        if length >= max(MANY, NEARLY_ALL * odd):
            done = _echoes(text, parts, damage, exact[damage], done)
    return done, [s for s in stretches if not suspects.touching(done, s.start, s.end)]


def _between(text: str, edits: Iterable[Edit]) -> list[tuple[int, int]]:
    """The lines of `text` that no edit touches, in rows, but for what is ASCII."""
    starts, ends = [0], list[int]()
    for edit in edits:
        ends.append(line_start(text, edit.start))
        starts.append(line_end(text, edit.start + len(edit.before)))
    between = zip(starts, [*ends, len(text)], strict=True)
    return [(start, end) for start, end in between if start < end and not text[start:end].isascii()]


def _length(edits: Iterable[Edit]) -> int:
    return sum(len(edit.before) for edit in edits)


def _count_of_odd(
    text: str, parts: Sequence[tuple[int, int]], stretches: Sequence[Stretch], damage: Damage
) -> int:
    """How many characters in `parts` of `text` look like what `damage` does."""
    if damage.wrong in SINGLE_BYTE:
        return sum(run.end() - run.start() for part in parts for run in letters.all_runs(text, *part))
    if pattern := suspects.RUNS.get(damage.wrong):
        return sum(run.end() - run.start() for part in parts for run in pattern.finditer(text, *part))
    return sum(stretch.end - stretch.start for stretch in stretches)


def _echoes(
    text: str, parts: Sequence[tuple[int, int]], damage: Damage, edits: Iterable[Edit], done: list[Edit]
) -> list[Edit]:
    """`done`, where `parts` of `text` are read anew since nearly all that is odd in it comes from `damage`.

    So runs that are too short to tell become what they were too.
    """
    echoes = list[Edit]()
    for start, end in parts:
        script = script_of(text, start, end, damage)
        repairs = lossless.restore(text, start, end, damage.true, damage.wrong, script=script, again=True)
        repairs = [
            r for r in repairs if accepted(r, damage) or (ours(r.after) and likelier(r) > GAIN_OF_ECHO)
        ]
        echoes += _edits(repairs, damage)
    # What explains nearly all explains a short run between better than another cause.
    others = [e for e in done if e not in edits and not suspects.touching(echoes, e.start, e.end)]
    return sorted(others + echoes, key=lambda edit: edit.start)


def _edits(repairs: Iterable[Repair], damage: Damage) -> list[Edit]:
    rule = "gbk-misaligned" if damage.true == damage.wrong else f"{damage.true}-as-{damage.wrong}"
    return [
        Edit(r.start, r.before, r.after, f"mojibake.{rule}", _confidence(-r.cost_after / len(r.after)))
        for r in repairs
    ]


def _surroundings(text: str, suspect: suspects.Suspect) -> tuple[int, int]:
    """Where to search: to the ends of the line where they are near, since most of what is damaged is whole lines."""
    start, end = suspect.start, suspect.end
    if suspect.causes and suspect.causes[0].true == suspect.causes[0].wrong:
        return max(0, start - NARROW), min(len(text), end + NARROW)
    line = text.rfind("\n", max(0, start - LINE), start) + 1
    line_end = text.find("\n", end, end + LINE)
    start = line if line or start <= LINE else start - MARGIN
    return start, line_end if line_end >= 0 else len(text) if len(text) <= end + LINE else end + MARGIN


def unexplained(text: str, stretches: Iterable[Stretch]) -> Iterator[tuple[int, int]]:
    """Stretches that no text holds, long enough to be worth a look: start and end."""
    for start, end, _ in stretches:
        piece = text[start:end] if end - start >= LONG else ""
        if count(FAR_EASTERN, piece) >= LONG // 2 and plausibility.mean(piece) < GARBLED:
            yield start, end


def _again(text: str, found: list[suspects.Suspect], times: int, budget: Budget) -> list[Edit]:
    """Edits where UTF-8 was read as another page, and what it spells is mojibake itself."""
    # What reads well once it is taken for UTF-8 was garbled once only.
    unsettled = [suspect for suspect in found if max(suspect.gains.values(), default=0) < quick.SETTLED]
    spans: dict[str, list[tuple[int, int]]] = {}
    for suspect in unsettled:
        for page in suspect.well_formed:
            if quick.is_utf_8(quick.bytes_in(text[suspect.start : suspect.end], page)):
                spans.setdefault(page, []).append((suspect.start, suspect.end))
    best: list[Edit] = []
    for page in sorted(spans):
        edits = [
            edit
            for start, end in _neighbourhoods(spans[page], len(text))
            for edit in _unwrapped_twice(text, start, end, page, times, budget)
        ]
        if _length(edits) > _length(best):
            best = edits
    return best


def _neighbourhoods(spans: Iterable[tuple[int, int]], length: int) -> Iterator[tuple[int, int]]:
    """`spans` of a text with what stands around, as one where they are near."""
    first, last = 0, -1
    for start, end in spans:
        if last >= 0 and start - CONTEXT > last:
            yield first, last
            last = -1
        first = first if last >= 0 else max(0, start - CONTEXT)
        last = min(length, end + CONTEXT)
    yield first, last


def _unwrapped_twice(
    text: str, start: int, end: int, page: str, times: int, budget: Budget
) -> Iterator[Edit]:
    inner, bounds, is_spelt = unwrapped(text[start:end], page)
    if plausibility.mean("".join(compress(inner, is_spelt))) > PLAUSIBLE:
        return
    edits, _ = find(inner, glance(inner), times - 1, budget)
    for edit in edits:
        first, last = bounds[edit.start], bounds[edit.end]
        if first >= 0 and last >= 0 and any(is_spelt[edit.start : edit.end]):
            first, last = start + first, start + last
            yield Edit(first, text[first:last], edit.after, "mojibake.twice", edit.confidence)


def _confidence(mean: float) -> float:
    """From 0.5 for what is barely plausible to 1 for running text (mean ln P of -7 and better)."""
    return round(min(1.0, 0.5 + (mean - PLAUSIBLE_FOR_LETTERS) / 6), 2)


def _best(
    text: str, start: int, end: int, suspect: suspects.Suspect, budget: Budget
) -> tuple[list[Repair], Damage, bool]:
    """What the likeliest cause of `suspect` leaves of `text[start:end]`, that cause, and whether nothing was guessed."""
    best: list[Repair] = []
    best_gain, kind, is_exact = 0.0, suspect.causes[0], False
    piece = text[start:end]
    if sum(map(piece.count, LOSS)) > MARKS_OF_LOSS * len(piece):
        return best, kind, is_exact
    around = text[max(0, start - CONTEXT) : suspect.start] + text[suspect.end : end + CONTEXT]
    japanese = len(ANY_KANA.findall(around)) > JAPANESE_TEXT * len(around)
    for damage in suspect.causes:
        if japanese and (
            damage.wrong == damage.true or (damage.wrong == "cp932" and damage.true not in LANGUAGES)
        ):
            continue
        marked = not LOSS.isdisjoint(piece)
        # Characters of UTF-8 that are not whole say that bytes are missing too.
        lacking = REPLACED in piece or (
            damage.true == "utf-8" and CUT_OFF.search(quick.bytes_in(piece, damage.wrong))
        )
        script = script_of(text, suspect.start, suspect.end, damage)
        if damage.true == damage.wrong:
            repairs = realignment.restore(text, start, end, damage._replace(script=script))
            repairs = [repair for repair in repairs if accepted(repair, damage)]
            gain = _gain(repairs)
            if gain > best_gain + 1 or (repairs and not best):
                best, best_gain, kind, is_exact = repairs, gain, damage, False
            continue
        if REPLACED not in piece:
            repairs = lossless.restore(text, start, end, damage.true, damage.wrong, script=script)
            repairs = [repair for repair in repairs if accepted(repair, damage)]
            gain = _gain(repairs)
            if gain > best_gain + 1:
                best, best_gain, kind, is_exact = repairs, gain, damage, True
            if (
                is_exact
                and explained(repairs, suspect.start, suspect.end)
                and _read_well(repairs)
                and not lacking
            ):
                break
        # What is read well but for some places has lost bytes without a mark.
        for dropped in (False, True) if marked and (lacking or not is_exact) else (True,):
            tried = damage._replace(dropped=dropped, script=script)
            repairs = [r for r in restore(text, start, end, tried, budget) if accepted(r, tried)]
            gain = _gain(repairs)
            if gain > best_gain + (GUESSING if is_exact and not lacking else 1) or (repairs and not best):
                best, best_gain, kind, is_exact = repairs, gain, tried, False
            if explained(best, suspect.start, suspect.end):
                return best, kind, is_exact
    return best, kind, is_exact


def _read_well(repairs: Iterable[Repair]) -> bool:
    """Whether what was restored is as seldom odd as clean text, so that no bytes are missing."""
    return all(_is_foreign(r.after) or reads_well(r.after) for r in repairs)


def _is_foreign(text: str) -> bool:
    """Whether this is Japanese or Korean text, most of which is odd for Chinese."""
    return len(KANA_OR_HANGUL.findall(text)) > JAPANESE_TEXT * len(text)


def _gain(repairs: Iterable[Repair]) -> float:
    return sum(repair.cost_before - repair.cost_after - ENTER for repair in repairs)
