"""Chinese bytes read as another page of two bytes a character: rows of rare hanzi, kana and signs.

Where the language model finds windows that no text holds, each kind of damage is tried on them and their
surroundings, and the one that explains them best is undone.
"""

import re
from collections.abc import Iterator

import numpy as np

from cleaners import plausibility
from cleaners.document import Edit
from cleaners.mojibake.beam import CAP, ENTER, Damage, Repair, restore

# A window of this many characters with a mean ln P below this is looked at.
WINDOW = 4
IMPLAUSIBLE = -10.5
# Clean characters on both sides that the search sees.
MARGIN = 6
# What the repaired run must be: as likely as running text, and this much likelier than what stood there
# (nats in all; ENTER is paid).
PLAUSIBLE = -8.5
GAIN = 15.0
# Fewer hanzi than this are chance.
MIN_HANZI = 2
# What was read as a page of hanzi is mostly hanzi; words in other letters are what they are.
HANZI_BEFORE = 0.3
FOREIGN = re.compile("[\u3400-\u9fff\ue000-\uf8ff]")
# Private use characters are mostly what a site made of its own marks.
PRIVATE = re.compile("[\ue000-\uf8ff]")
HANZI = re.compile("[\u3400-\u9fff]")

DAMAGES = (
    Damage("utf-8", "gb18030"),
    Damage("utf-8", "gb18030", dropped=True),
    Damage("gb18030", "big5"),
    Damage("big5", "gb18030"),
    Damage("gb18030", "gb18030", dropped=True),
)


def find(text: str) -> Iterator[Edit]:
    """Edits that restore runs of `text`; disjoint, in order."""
    for start, end in _regions(text):
        best: list[Repair] = []
        best_gain = 0.0
        for damage in DAMAGES:
            repairs = [r for r in restore(text, start, end, damage) if _accepted(r, damage)]
            gain = sum(r.cost_before - r.cost_after - ENTER for r in repairs)
            if gain > best_gain + 1:
                best, best_gain, kind = repairs, gain, damage
        for repair in best:
            rule = "gbk-misaligned" if kind.true == kind.wrong else f"{kind.true}-as-{kind.wrong}"
            before = text[repair.start : repair.end]
            mean = -repair.cost_after / len(repair.after)
            yield Edit(
                repair.start, before, repair.after, f"mojibake.{rule}", min(1.0, 0.5 + (mean + 8.5) / 6)
            )


def _accepted(repair: Repair, damage: Damage) -> bool:
    return (
        repair.cost_after <= -PLAUSIBLE * len(repair.after)
        and repair.cost_before - repair.cost_after >= GAIN
        and len(HANZI.findall(repair.after)) >= MIN_HANZI
        and len(FOREIGN.findall(repair.before)) >= HANZI_BEFORE * len(repair.before)
        and not (damage.true == damage.wrong and PRIVATE.search(repair.before))
    )


def _regions(text: str) -> Iterator[tuple[int, int]]:
    """Where windows are implausible: start and end with a margin, inside one line, disjoint."""
    if len(text) < WINDOW:
        return
    # Capped, so that one odd character does not make its neighbours suspect.
    sums = np.concatenate(([0.0], np.cumsum(np.maximum(plausibility.lnp(text), -CAP), dtype=np.float64)))
    low = np.flatnonzero(sums[WINDOW:] - sums[:-WINDOW] < WINDOW * IMPLAUSIBLE)
    if not len(low):
        return
    parts = np.split(low, np.flatnonzero(np.diff(low) > 2 * MARGIN) + 1)
    done = 0
    for part in parts:
        first, last = int(part[0]), int(part[-1]) + WINDOW
        start = max(done, first - MARGIN)
        end = min(len(text), last + MARGIN)
        yield start, end
        done = end
