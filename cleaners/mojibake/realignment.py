"""What misaligned bytes were: where text gains enough by that, and what stands around is running text."""

import numpy as np
from numpy.typing import NDArray

from cleaners.mojibake.acceptance import GAIN_OF_ALIGNMENT
from cleaners.mojibake.languages import costs_of_pairs
from cleaners.mojibake.misalignment import BEHIND, GUESS, MISALIGNED, PAGE, Runs, best_behind, read, runs
from cleaners.mojibake.repairs import Repair, repair
from cleaners.mojibake.spelling import Damage

# Some pair of misaligned characters is this much less likely (nats) than what is known between them, in 48 of 50 runs.
AS_MISALIGNED = 12.5
# Running text costs no more than this a character (nats) in 92 of 100 windows of so many characters on both sides,
# lists of names seven and more. For each nat over that a run must gain so much more: with 6.3 seven of 2.5 million
# characters of made-up names were edited, so two are; lines with misaligned bytes lose one in a hundred.
RUNNING = 5.8
AROUND = 12
STRANGE = 8.0
# What may stand around a run of a short text counts as this (nats a character): a name by itself.
MISSING = 8.0
# Where two bytes were dropped a run goes on if that gains so much (nats); so many characters are looked at.
GAIN_FURTHER = 2.0
LONGEST = 32


def gains(text: str) -> NDArray[np.float64]:
    """[character]: what the best run of `text` that begins there gains (nats), exact where that is enough.

    No run goes on behind a line end.
    """
    piece = read("\n", text, "")
    pairs = piece.costs[: len(text) - 1] + piece.costs[1 : len(text)]
    if not (pairs - piece.easiest[:-1] > AS_MISALIGNED - GUESS).any():
        return np.full(len(text), -np.inf)
    found = runs(piece, MISALIGNED, GAIN_OF_ALIGNMENT)
    gains: NDArray[np.float64] = found.begin + best_behind(found.end)
    return gains


def restore(text: str, start: int, end: int, damage: Damage) -> list[Repair]:
    """The runs of `text[start:end]` that lost a byte, in order. Linear time.

    >>> repair, = restore("他们坚持钊肴褐诳展工作。", 0, 12, MISALIGNED)
    >>> repair.before, repair.after
    ('钊肴褐诳', '深入群众开')
    """
    piece = read(text[start - 1 : start] or "\n", text[start:end], text[end : end + BEHIND])
    found = runs(piece, damage, GAIN_OF_ALIGNMENT, closely=True)
    repairs: list[Repair] = []
    for first, last in _disjoint(found):
        begin, limit, parts = start + first, start + int(found.limit[last]), [_spelt(found, first, last)]
        if repairs and begin < repairs[-1].end:
            continue
        # Where two bytes were dropped the run goes on.
        while limit < end:
            to = min(end, limit + LONGEST)
            piece = read(parts[-1][-1], text[limit:to], text[to : to + BEHIND])
            more = runs(piece, damage, GAIN_FURTHER, closely=True)
            last = int(more.end.argmax())
            if more.begin[0] + more.end[last] < GAIN_FURTHER:
                break
            limit += int(more.limit[last])
            parts.append(_spelt(more, 0, last))
        standing, after = float(found.standing[limit - start] - found.standing[first]), "".join(parts)
        costs = standing, float(costs_of_pairs(text[begin - 1 : begin], after).sum())
        best = repair(text, begin, limit, after, PAGE, costs)
        if best.cost_before - best.cost_after >= GAIN_OF_ALIGNMENT + _strangeness(text, begin, limit):
            repairs.append(best)
    return repairs


def _strangeness(text: str, start: int, end: int) -> float:
    """How much more a run must gain (nats) since what stands around it is not running text either."""
    first = max(0, start - AROUND)
    costs = read(text[first - 1 : first] or "\n", text[first : end + 1 + AROUND], "").costs[:-BEHIND]
    # What the run makes of the character behind it says nothing.
    around = np.concatenate((costs[: start - first], costs[end + 1 - first :]))
    missing = max(0, AROUND - len(around))
    mean = (float(around.sum()) + MISSING * missing) / (len(around) + missing)
    return STRANGE * max(0.0, mean - RUNNING)


def _disjoint(found: Runs) -> list[tuple[int, int]]:
    """The runs that gain most together, each as much as it must: where the first and last known characters begin."""
    n = len(found.begin)
    best, run_before = [0.0] * (n + 1), [(-1, -1)] * (n + 1)
    entered, most = 0, -np.inf
    for i, (begin, end, limit) in enumerate(zip(*(a.tolist() for a in found[:3]), strict=True)):
        if begin + best[i] > most:
            entered, most = i, begin + best[i]
        if limit <= n and most + end - GAIN_OF_ALIGNMENT > best[limit]:
            best[limit], run_before[limit] = most + end - GAIN_OF_ALIGNMENT, (entered, i)
        if best[i] >= best[i + 1]:
            best[i + 1], run_before[i + 1] = best[i], (-1, -1)
    chosen = []
    while n > 0:
        if run_before[n][0] >= 0:
            chosen.append(run_before[n])
        n = run_before[n][0] if run_before[n][0] >= 0 else n - 1
    return chosen[::-1]


def _spelt(found: Runs, first: int, last: int) -> str:
    """What a run was, given where its first and last known characters begin."""
    code_points = (found.first[first], *found.spelt[first : last + 1], found.last[last])
    return "".join(chr(code_point) for code_point in code_points if code_point)
