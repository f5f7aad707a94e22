"""Chinese bytes read as another page of two bytes a character: rows of rare hanzi, kana and signs.

Where the language model finds windows that no text holds, every kind of damage gives a quick reading of
them; only what a reading explains is searched in full, and undone where the result reads as running text.
"""

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cleaners import plausibility
from cleaners.document import Edit
from cleaners.mojibake import scripts
from cleaners.mojibake.beam import CAP, ENTER, KANA, Damage, Repair, restore
from cleaners.mojibake.code_pages import characters, codes, reading

# A window of this many characters with a mean ln P below this is looked at. On clean text that is one place
# in 2,000 characters; it misses 1 % of runs of four.
WINDOW = 3
IMPLAUSIBLE = -10.5
# Such windows this close to each other are one stretch.
GAP = 8
# Stretches with the same cause are searched as one where they lie this near to each other.
NEIGHBOURS = 24
# Clean characters on both sides that a quick reading and the search see.
NEAR = 2
MARGIN = 6
# This much on both sides says which script a text is in.
CONTEXT = 200

# What the repaired run must be: as likely as running text, and this much likelier than what stood there
# (nats in all; ENTER is paid).
PLAUSIBLE = -8.5
GAIN = 15.0
# A quick reading must gain this much (nats) for the search to begin.
QUICK_GAIN = 6.0
# Fewer hanzi than this are chance.
MIN_HANZI = 2
HANZI = re.compile("[\u3400-\u9fff]")
# What was read as a page of hanzi is mostly hanzi; words in other letters are what they are.
HANZI_BEFORE = 0.3
LETTERS = re.compile("[^\x00-\x7f\ufffd]")
FOREIGN = re.compile("[\u3400-\u9fff\uac00-\ud7a3\uff61-\uff9f\ue000-\uf8ff]")
# Private use characters are mostly what a site made of its own marks.
PRIVATE = re.compile("[\ue000-\uf8ff]")

UTF_8 = re.compile(rb"(?:[\xe3-\xe9\xef][\x80-\xbf]{2}){2,}")

MISALIGNED = Damage("gb18030", "gb18030", dropped=True)
PAIRS = (
    Damage("gb18030", "big5"),
    Damage("big5", "gb18030"),
    Damage("gb18030", "euc-jp"),
    Damage("gb18030", "cp949"),
    Damage("big5", "cp949"),
    Damage("gb18030", "cp932"),
    Damage("big5", "cp932"),
)
UTF_8_READ_AS = ("gb18030", "big5", "euc-jp", "cp949", "cp932")
# Pages that give themselves away: without these signs nothing was read as if it were in them.
SIGNS = {"cp949": re.compile("[\uac00-\ud7a3]"), "cp932": re.compile("[\uff61-\uff9f]")}


def find(text: str) -> Iterator[Edit]:
    """Edits that restore runs of `text`; disjoint, in order."""
    stretches = _stretches(text)
    if not stretches:
        return
    done = 0
    for start, end, damages in _merged(stretches, _gains(text, stretches)):
        best, kind = _best(text, max(done, start - MARGIN), min(len(text), end + MARGIN), damages)
        for repair in best:
            rule = "gbk-misaligned" if kind.true == kind.wrong else f"{kind.true}-as-{kind.wrong}"
            mean = -repair.cost_after / len(repair.after)
            confidence = min(1.0, 0.5 + (mean - PLAUSIBLE) / 6)
            yield Edit(repair.start, repair.before, repair.after, f"mojibake.{rule}", confidence)
            done = repair.end


def _merged(
    stretches: list[tuple[int, int]], damages: list[list[Damage]]
) -> Iterator[tuple[int, int, list[Damage]]]:
    """Stretches that something explains; those that lie near each other and have the same cause as one."""
    last: tuple[int, int, list[Damage]] | None = None
    for (start, end), causes in zip(stretches, damages, strict=True):
        if not causes:
            continue
        if last and start - last[1] <= NEIGHBOURS and causes[0] == last[2][0]:
            last = (last[0], end, last[2])
        else:
            if last:
                yield last
            last = (start, end, causes)
    if last:
        yield last


def _best(text: str, start: int, end: int, damages: list[Damage]) -> tuple[list[Repair], Damage]:
    best: list[Repair] = []
    best_gain, kind = 0.0, damages[0]
    for damage in damages:
        for dropped in (False, True) if damage.true != damage.wrong else (True,):
            tried = damage._replace(dropped=dropped)
            repairs = _restored(text, start, end, tried)
            gain = sum(r.cost_before - r.cost_after - ENTER for r in repairs)
            if gain > best_gain + 1:
                best, best_gain, kind = repairs, gain, tried
            if len(repairs) == 1 and repairs[0].start <= start + MARGIN and repairs[0].end >= end - MARGIN:
                break
    return best, kind


def _restored(text: str, start: int, end: int, damage: Damage) -> list[Repair]:
    """What a search in the text's own script finds, and is good enough."""
    repairs = restore(text, start, end, damage)
    written = "".join(repair.after for repair in repairs)
    script = scripts.of(text[max(0, start - CONTEXT) : start] + written + text[end : end + CONTEXT])
    if script and not scripts.only("traditional" if script == "simplified" else "simplified").isdisjoint(
        written
    ):
        repairs = restore(text, start, end, damage._replace(script=script))
    return [repair for repair in repairs if _accepted(repair, damage)]


def _accepted(repair: Repair, damage: Damage) -> bool:
    return (
        repair.cost_after <= -PLAUSIBLE * len(repair.after)
        and repair.cost_before - repair.cost_after >= GAIN
        and len(HANZI.findall(repair.after)) >= MIN_HANZI
        and len(FOREIGN.findall(repair.before)) >= HANZI_BEFORE * len(LETTERS.findall(repair.before))
        and not (damage.true == damage.wrong and PRIVATE.search(repair.before))
    )


def _stretches(text: str) -> list[tuple[int, int]]:
    """Where windows are implausible: start and end, disjoint."""
    if len(text) < WINDOW:
        return []
    # Capped, so that one odd character does not make its neighbours suspect.
    values = np.maximum(plausibility.lnp(text), -CAP)
    sums = values[2:] + values[1:-1] + values[:-2]
    low = np.flatnonzero(sums < WINDOW * IMPLAUSIBLE)
    if not len(low):
        return []
    breaks = np.flatnonzero(np.diff(low) > GAP)
    starts = low[np.concatenate(([0], breaks + 1))]
    ends = low[np.concatenate((breaks, [len(low) - 1]))] + WINDOW
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def _gains(text: str, stretches: list[tuple[int, int]]) -> list[list[Damage]]:
    """For each stretch the kinds of damage whose quick reading explains it, the best first."""
    spans = [(max(0, start - NEAR), min(len(text), end + NEAR)) for start, end in stretches]
    pieces = [text[start:end] for start, end in spans]
    joined = "\n".join(pieces)
    found: list[list[tuple[float, Damage]]] = [[] for _ in pieces]
    code_points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    code_points = np.minimum(code_points, 0x10000)
    before = np.minimum(-plausibility.lnp(joined), CAP)
    starts = np.concatenate(([0], np.cumsum([len(piece) + 1 for piece in pieces])[:-1]))
    absent = {wrong for wrong, signs in SIGNS.items() if not signs.search(joined)}
    for damage in (MISALIGNED, *PAIRS):
        if damage.wrong in absent:
            continue
        if damage == MISALIGNED:
            after = _shifted(code_points)
        else:
            after = reading(damage.true, damage.wrong)[code_points]
        for k, gain in enumerate(_quick_gains(before, after, starts).tolist()):
            if gain >= QUICK_GAIN:
                found[k].append((gain, damage))
    for wrong in UTF_8_READ_AS:
        if wrong in absent:
            continue
        for k, piece in enumerate(pieces):
            gain = 0.0
            for match in UTF_8.finditer(piece.encode(wrong, "ignore")):
                after_text = match[0].decode("utf-8")
                gain += 18 * len(after_text) + plausibility.lnp(after_text).sum()
            if gain >= QUICK_GAIN:
                found[k].append((gain, Damage("utf-8", wrong)))
    return [[d for _, d in sorted(damages, key=lambda x: -x[0])[:2]] for damages in found]


def _quick_gains(
    before: NDArray[np.float32], after: NDArray[np.uint16], starts: NDArray[np.int64]
) -> NDArray[np.float64]:
    """For each piece what the best run of this reading gains, in nats."""
    symbols = plausibility.symbols(after.astype(np.uint32).tobytes().decode("utf-32-le", "surrogatepass"))
    costs = np.minimum(-plausibility.pairs(symbols[:-1], symbols[1:]), CAP)
    costs = np.concatenate(([CAP], costs)) + np.where((after >= 0x3040) & (after < 0x3100), KANA, 0)
    gains = before - np.where(after == 0, 2 * CAP, costs)
    gains[starts] = -1e6
    sums = np.cumsum(gains, dtype=np.float64)
    return np.maximum.reduceat(sums - np.minimum.accumulate(sums), starts)


def _shifted(code_points: NDArray[np.uint32]) -> NDArray[np.uint16]:
    """Each character's second byte and the next one's first, read as GBK."""
    code = codes("gb18030")[code_points]
    following = np.append(code[1:], 0)
    table = characters("gb18030")
    return np.where((code > 0) & (following > 0), table[code & 0xFF, following >> 8], 0).astype(np.uint16)
