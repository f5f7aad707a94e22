"""Writing the asked script, by OpenCC."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import cache

import numpy as np
import opencc
from numpy.typing import NDArray

from cleaners.characters import codes
from cleaners.script import parts, signs

Way = tuple[str, ...]  # OpenCC's configurations, one after the other
Change = tuple[int, str, str]  # offset, what stands there, what shall stand there

# OpenCC's configurations to its standard and from it: a way that is not among the direct ones goes over it.
TO_STANDARD: dict[str, Way] = {
    "traditional": (),
    "simplified": ("s2t",),
    "taiwan": ("tw2t",),
    "hongkong": ("hk2t",),
    "japanese": ("jp2t",),
}
FROM_STANDARD: dict[str, Way] = {
    "traditional": (),
    "simplified": ("t2s",),
    "taiwan": ("t2tw",),
    "hongkong": ("t2hk",),
    "japanese": ("t2jp",),
}
# Each has another one, with a "p" behind, for the words of the place.
DIRECT = {
    ("simplified", "taiwan"): "s2tw",
    ("simplified", "hongkong"): "s2hk",
    ("taiwan", "simplified"): "tw2s",
    ("hongkong", "simplified"): "hk2s",
}

# What was judged neutral may show a script once it is converted, and be judged again. Two rounds do;
# what is not at rest then is no text.
ROUNDS = 4

# OpenCC raises on lone surrogates and takes NUL for the end of the text; another separator stands in.
_UNFIT = re.compile("[\0\ud800-\udfff]")
# Where a conversion changed the length, the pieces between these pair up: no conversion changes the
# first, and few the second.
CUTS = (re.compile("([\n\ufffd])"), re.compile(f"([{re.escape(signs.SEPARATORS)}])"))
# Characters; matching takes the square of the length.
MATCHED = 400


def changes(text: str, target: str, phrases: bool, *, source: str = "", within: str = "") -> list[Change]:
    """What has to change for `text` to be in `target`, in order.

    `source` says which script all of it is in; where it is empty, the parts are judged, and those in
    `target` stay. `within` is what `detect` says of the document that `text` is a part of, if it is one.

    >>> changes("開會了。他说「開會」。", "simplified", phrases=False)
    [(0, '開會', '开会')]
    """
    if text.isascii() or (not source and _settled(text, target, within)):
        return []  # such as a date, or as most texts are
    before = _UNFIT.sub("\ufffd", text)
    if source:
        return _differences(before, _written(before, _way(source, target, phrases)))
    after = before
    for _ in range(ROUNDS):
        again = _converted(after, target, phrases, within)
        if again == after:
            return _differences(before, after)
        after = again
    return []


def _way(source: str, target: str, phrases: bool) -> Way:
    if source == target:
        return ()
    if config := DIRECT.get((source, target)):
        return (config + "p" if phrases else config,)
    return TO_STANDARD[source] + FROM_STANDARD[target]


def _written(text: str, way: Way) -> str:
    for config in way:
        text = _converter(config).convert(text)
    return text


def _converted(text: str, target: str, phrases: bool, within: str) -> str:
    """`text` with every part converted that is in another script than `target`."""
    parts_done: list[str] = []
    done = 0
    for start, end, way in sorted(_spans_to_convert(text, target, phrases, within)):
        parts_done += text[done:start], _written(text[start:end], way)
        done = end
    return "".join(parts_done) + text[done:] if done else text


def _spans_to_convert(text: str, target: str, phrases: bool, within: str) -> list[tuple[int, int, Way]]:
    """Start and end of each part in another script than `target`, and OpenCC's configurations for it."""
    if not text or _settled(text, target, within):
        return []
    found = parts.detect(text)
    script = within if found == parts.NEUTRAL and within else found
    neutral = script != parts.MIXED and (script != "simplified") == (target == "simplified")
    neutral = neutral or script == parts.NEUTRAL
    clauses = parts.cut(text)
    other = parts.elsewhere(clauses, target, neutral=neutral)
    spans = _spans(clauses, other, len(text))
    if script == target == "simplified":
        spans = [span for span in spans if _tells(text[slice(*span)])]
    if target == "simplified":
        way = _way_to_simplified("".join(text[start:end] for start, end in spans), phrases)
        return [(*span, way) for span in spans]
    way = _way("simplified", target, phrases)
    todo = [(*span, way) for span in spans]
    if script in signs.VARIETIES and script != target:
        refusals = signs.refused(text)
        refusals[refusals >= signs.WEAKLY] = 0
        odd = np.bitwise_or.reduceat(refusals & signs.VARIETIES[target], clauses.start) > 0
        odd &= ~other & ~clauses.foreign & (clauses.traditional >= clauses.simplified)
        todo += [(*span, _way(script, target, phrases)) for span in _spans(clauses, odd, len(text))]
    return todo


def _settled(text: str, target: str, within: str) -> bool:
    """Is a simplified text asked for, and this one has signs of nothing else, or is part of one?"""
    if target != "simplified":
        return False
    found = signs.kinds_of_any(text) & (signs.SIMPLIFIED | signs.TRADITIONAL)
    return found == signs.SIMPLIFIED or (not found and within == target)


def _tells(text: str) -> bool:
    """Has a part of a simplified text several signs of traditional script? One, even if repeated, is a name."""
    places = np.flatnonzero(signs.kinds(text) & signs.TRADITIONAL)
    return len({text[place] for place in places}) > 1


def _way_to_simplified(text: str, phrases: bool) -> Way:
    # Where no form tells, the way from Taiwan's: it alone knows that 看著 is 看着, and it leaves 著名.
    source = parts.variety(text, in_doubt="taiwan")
    if not phrases:
        return _way(source, "simplified", phrases)

    def words(source: str) -> int:
        """How many places in the text differ by the words of the place."""
        forms, both = (_written(text, _way(source, "simplified", with_words)) for with_words in (False, True))
        return len(_differences(forms, both))

    # Only the two local ways have words, and these tell more of the place than the forms do.
    local = ("hongkong", "taiwan") if source == "hongkong" else ("taiwan", "hongkong")
    return _way(max(local, key=words), "simplified", phrases)


def _spans(clauses: parts.Clauses, chosen: parts.Bools, length: int) -> list[tuple[int, int]]:
    """Start and end of each run of chosen clauses."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], chosen, [False]))))
    offsets = np.append(clauses.start, length)[edges]
    return [(int(start), int(end)) for start, end in offsets.reshape(-1, 2)]


@cache
def _converter(config: str) -> opencc.OpenCC:
    return opencc.OpenCC(config)


def _differences(
    before: str, after: str, at: int = 0, cuts: Sequence[re.Pattern[str]] = CUTS
) -> list[Change]:
    """Runs of changed characters; `at` is where `before` begins."""
    if before == after:
        return []
    if len(before) == len(after) and np.array_equal(_separators(before), _separators(after)):
        return _same_length(before, after, at)
    if not cuts:
        return _matched(before, after, at)
    pieces, new_pieces = cuts[0].split(before), cuts[0].split(after)
    if len(pieces) != len(new_pieces):
        return _differences(before, after, at, cuts[1:])
    found: list[Change] = []
    for old, new in zip(pieces, new_pieces, strict=True):
        if old != new:
            found += _differences(old, new, at, cuts[1:])
        at += len(old)
    return found


def _separators(text: str) -> NDArray[np.bool_]:
    return signs.kinds(text) & signs.SEPARATOR > 0


def _same_length(before: str, after: str, at: int) -> list[Change]:
    old, new = (codes(text) for text in (before, after))
    edges = np.flatnonzero(np.diff(np.concatenate(([False], old != new, [False]))))
    return [(at + start, before[start:end], after[start:end]) for start, end in edges.reshape(-1, 2).tolist()]


def _matched(before: str, after: str, at: int) -> list[Change]:
    if len(before) > MATCHED:
        return [(at, before, after)]
    return [
        (at + start, before[start:end], after[new_start:new_end])
        for tag, start, end, new_start, new_end in SequenceMatcher(None, before, after, False).get_opcodes()
        if tag != "equal"
    ]
