"""What a damaged run was, where bytes of it are lost: a beam search that the language model guides.

The search walks through a run and its surroundings character by character. It is either in clean text,
which stays, or in damaged text: there every character stands for the bytes it has in the wrong page, and
these spell the true text. A byte that was lost (replaced by U+FFFD or "?", dropped, or cut off) is a hole:
each byte that the wrong page cannot read there is tried. Where damage begins and ends comes out of the
same search.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaners import plausibility
from cleaners.mojibake import scripts
from cleaners.mojibake.code_pages import SINGLE_BYTE, bytes_of, characters, defined

# Costs in nats, beside those of the language model.
ENTER = 10.0  # a run begins: damage is rare
WIDENED = 2.0  # a half-width mark was full-width before
DROPPED_BYTE = 4.0  # a byte is missing without a trace
DROPPED_PAIR = 6.0
REPLACED_PAIR = 4.0  # one U+FFFD stands for two bytes
JUNK = 5.0  # bytes before a misaligned run, or an undefined pair in it, that belong to no character
JUNK_BEHIND = 9.0
QUESTION_MARK = 1.0  # "?" stands for a lost byte
KANA = 6.0  # a kana in Chinese text
OTHER_SCRIPT = 3.0  # a guessed character that the script of the text does not have
GUESSED_MARK = 4.0  # a guessed character that is neither hanzi nor common punctuation
STAYING = 0.01  # for every character: damage ends as soon as nothing speaks for it
# No character is less likely than this: what no text holds must not buy itself a repair.
CAP = 13.0

# What lies further behind the best is given up, and so are all but the best WIDTH.
BEHIND = 18.0
WIDTH = 12
# Where more than LEAP characters decode as they are to plausible text, and no other way to part the bytes is
# this near (nats), they are taken at once, up to this many.
LEAP = 4
CERTAIN = 5.0
LONGEST_LEAP = 96
IMPLAUSIBLE = -10.0
# A lost byte is guessed among characters that the language model knows.
KNOWN = -17.0

# A search may go on while it gains so much for each step (nats); damage that is real gains more. What any
# guess would gain on is held to be worth FOREIGN as it stands: U+FFFD, and letters that are single bytes.
NATS_A_STEP = 1.5
FOREIGN = 6.0

HALF_WIDTH = {half: chr(ord(half) + 0xFEE0) for half in ",;:!?()"}
# No edge of a misaligned run: these are what they are more often than they are halves of two hanzi.
ORDINARY = frozenset("\n\r\t\u3000\xa0 ，。、：；？！…—·“”‘’（）《》")
REPLACED = "\ufffd"
JUNK_PAIR = "\ue000"  # stands for all pairs of bytes that no standard defines
# Controls, the space that does not break and the hyphen that does not show are lost from any page.
INVISIBLE = frozenset((*range(0x80, 0xA1), 0xAD))

# Pending bytes of a character that is not complete; a hole is the index of a set of bytes, plus 256.
Pending = tuple[int, ...]
_holes: list[tuple[int, ...]] = []
_hole_index: dict[tuple[int, ...], int] = {}


class Damage(NamedTuple):
    """How a run came to be: bytes in the page `true` read as if they were in `wrong`."""

    true: str
    wrong: str
    dropped: bool = False  # bytes may be missing without a trace
    junk: bool = False  # bytes that belong to no character may stand about
    script: str = ""  # "simplified" or "traditional" where the text is known to be


@dataclass
class Budget:
    """How many steps the searches in a text may still take; those that explain damage are given back."""

    steps: float


class Repair(NamedTuple):
    """A run and the text that it was."""

    start: int
    end: int
    before: str
    after: str
    cost_before: float  # in nats under the language model
    cost_after: float


class _Node(NamedTuple):
    parent: "_Node | None"
    text: str  # what was emitted in damaged text
    entered: int  # the offset at which damage begins or ends here; else -1
    left: int


# (in damage, pending bytes, last symbol) -> (cost, how it came about)
_Beam = dict[tuple[bool, Pending, int], tuple[float, _Node | None]]


def restore(text: str, start: int, end: int, damage: Damage, budget: Budget) -> list[Repair]:
    """The runs of `text[start:end]` that `damage` explains better than chance, in order.

    The search ends early where it has spent more than the budget and what it gained.
    """
    symbols = plausibility.symbols(text[max(0, start - 1) : end])
    first = int(symbols[0]) if start else int(plausibility.symbols("\n")[0])
    own = symbols[1:] if start else symbols
    beam: _Beam = {(False, (), first): (0.0, None)}
    as_it_stands = _as_it_stands(text[start:end], damage)
    i, next_leap, steps, earned = start, start, 0, 0.0
    while i < end and steps <= budget.steps + earned:
        if i >= next_leap and (leap := _leap(beam, text, i, end, damage)):
            i, beam = leap
            continue
        next_leap = i + 1
        beam = _step(beam, text, i, end, int(own[i - start]), damage)
        steps += 1
        earned = (as_it_stands[i - start] - min(cost for cost, _ in beam.values())) / NATS_A_STEP
        i += 1
    budget.steps -= max(0, steps - max(0, earned))
    _, node = min(_finished(beam), key=lambda found: found[0])
    return _repairs(text, node, damage)


def _as_it_stands(text: str, damage: Damage) -> list[float]:
    """What `text` costs up to each of its characters, for the budget."""
    single = damage.wrong in SINGLE_BYTE
    limits = [FOREIGN if c == REPLACED or (single and c > "\x7f") else CAP for c in text]
    costs: list[float] = np.cumsum(np.minimum(-plausibility.lnp(text), limits)).tolist()
    return costs


def _leap(beam: _Beam, text: str, i: int, end: int, damage: Damage) -> tuple[int, _Beam] | None:
    """Where nothing is lost there is nothing to search: the end of such a part, and the beam there."""
    settled = [value for key, value in beam.items() if key[0] and not key[1]]
    if not settled or damage.true == damage.wrong:
        return None
    cost, node = min(settled, key=lambda value: value[0])
    if any(other < cost - CERTAIN or (key[1] and other < cost + CERTAIN) for key, (other, _) in beam.items()):
        return None
    spellings = [bytes_of(c, damage.wrong) for c in text[i : min(end, i + LONGEST_LEAP)]]
    if b"" in spellings:
        spellings = spellings[: spellings.index(b"")]
    try:
        raw = b"".join(spellings)
        after = raw.decode(damage.true)
    except UnicodeDecodeError as error:
        after = raw[: error.start].decode(damage.true)
    costs = -plausibility.lnp(after)
    trouble = np.flatnonzero(costs[3:] + costs[2:-1] + costs[1:-2] + costs[:-3] > 4 * -IMPLAUSIBLE)
    after = after[: max(0, (int(trouble[0]) if len(trouble) else len(after)) - 2)]
    # Both texts must have a character's end there.
    ends = {0: i}
    length = 0
    for j, spelling in enumerate(spellings):
        length += len(spelling)
        ends[length] = i + j + 1
    true_ends = np.cumsum([len(c.encode(damage.true)) for c in after])
    for n in range(len(after) - 1, LEAP, -1):
        if (there := ends.get(int(true_ends[n]))) is not None:
            last = int(plausibility.symbols(after[n])[0])
            return there, {(True, (), last): (cost, _Node(node, after[: n + 1], -1, -1))}
    return None


def _step(beam: _Beam, text: str, i: int, end: int, symbol: int, damage: Damage) -> _Beam:
    """`beam` after the character at `i`."""
    after: _Beam = {}
    clean = [(key, value) for key, value in beam.items() if not key[0]]
    damaged = {key: value for key, value in beam.items() if key[0]}
    for (_, _, last), (cost, node) in clean:
        _keep(after, (False, (), symbol), cost + min(_pair(last, symbol), CAP), node)
    following = _first_byte(text, i + 1, end, damage)
    spellings = _spellings(text[i], following, damage)
    for spelling, extra in spellings:
        _merge(after, _fed(damaged, spelling, extra, damage))
    here = _first_byte(text, i, end, damage)
    if damage.dropped and damaged and here is not None:
        lost, any_byte = _hole(_lost_before(here, damage)), _hole(_leads(damage))
        for hole, extra in (((lost,), DROPPED_BYTE), ((any_byte, any_byte), DROPPED_PAIR)):
            between = _fed({k: v for k, v in damaged.items() if k[1]}, hole, extra, damage)
            for spelling, more in spellings:
                _merge(after, _fed(between, spelling, more, damage))
    best = min(cost for cost, _ in beam.values())
    intact = text[i] in ORDINARY and damage.true != "utf-8" and damage.wrong not in SINGLE_BYTE
    begins = [(key, value) for key, value in clean if value[0] + ENTER < best + BEHIND and not intact]
    if begins:
        entered: _Beam = {}
        for (_, _, last), (cost, node) in begins:
            _keep(entered, (True, (), last), cost + ENTER, _Node(node, "", i, -1))
        for spelling, extra in spellings:
            if damage.true == damage.wrong:
                any_lead, any_trail = _hole(_leads(damage)), _hole(_trails(damage))
                starts = [((any_lead, *spelling), 0.0), ((*spelling[:1], any_trail, *spelling[1:]), 0.0)]
                if damage.junk and len(spelling) == 2:
                    starts.append((spelling[1:], JUNK))
            else:
                starts = [(spelling, 0.0)] if spelling[0] >= 0x80 else []
            for begun, more in starts:
                _merge(after, _fed(entered, begun, extra + more, damage))
    ending = {key: value for key, value in after.items() if key[0] and not key[1]}
    if text[i] in (REPLACED, "?"):
        _merge(ending, _fed(damaged, (_hole(_leads(damage)),), QUESTION_MARK, damage))
    if damage.dropped and not intact:
        cut = {key: value for key, value in after.items() if key[1]}
        _merge(ending, _fed(cut, (_hole(_leads(damage)),), DROPPED_BYTE, damage))
        if damage.junk:
            for key, (cost, node) in cut.items():
                _keep(ending, (True, (), key[2]), cost + JUNK_BEHIND, node)
    for key, (cost, node) in ending.items():
        if not key[1]:
            _keep(after, (False, (), key[2]), cost, _Node(node, "", -1, i + 1))
    return _pruned(after)


def _finished(beam: _Beam) -> list[tuple[float, _Node | None]]:
    return [value for key, value in beam.items() if not key[0]] or [(0.0, None)]


def _repairs(text: str, node: _Node | None, damage: Damage) -> list[Repair]:
    repairs: list[Repair] = []
    left, parts = 0, list[str]()
    while node:
        if node.left >= 0:
            left, parts = node.left, []
        elif node.entered >= 0:
            after, start = "".join(reversed(parts)), node.entered
            if after != text[start:left]:
                before = text[max(0, start - 1) : left]
                repairs.append(
                    Repair(
                        start,
                        left,
                        text[start:left],
                        after,
                        _cost(before, start),
                        _cost(text[max(0, start - 1) : start] + after, start),
                    )
                )
        else:
            parts.append(node.text)
        node = node.parent
    return repairs[::-1]


def _cost(text: str, start: int) -> float:
    costs = np.minimum(-plausibility.lnp(text), CAP)
    return float(costs[1:].sum() if start else costs.sum())


def _keep(beam: _Beam, key: tuple[bool, Pending, int], cost: float, node: _Node | None) -> None:
    known = beam.get(key)
    if known is None or cost < known[0]:
        beam[key] = (cost, node)


def _merge(beam: _Beam, more: _Beam) -> None:
    for key, (cost, node) in more.items():
        _keep(beam, key, cost, node)


def _pruned(beam: _Beam) -> _Beam:
    best = min(cost for cost, _ in beam.values())
    near = [(key, value) for key, value in beam.items() if value[0] <= best + BEHIND]
    if len(near) > WIDTH:
        near = sorted(near, key=lambda item: item[1][0])[:WIDTH]
    # That nothing is damaged always stays possible.
    return dict(near) | {key: value for key, value in beam.items() if not key[0]}


def _fed(beam: _Beam, spelling: Pending, extra: float, damage: Damage) -> _Beam:
    """`beam` after these bytes of the true text."""
    for byte in spelling:
        if not beam:
            break
        beam = _fed_one(beam, byte, damage)
    return {key: (cost + extra + STAYING, node) for key, (cost, node) in beam.items()}


def _fed_one(beam: _Beam, byte: int, damage: Damage) -> _Beam:
    after: _Beam = {}
    groups: dict[Pending, list[tuple[int, float, _Node | None]]] = {}
    for (_, pending, last), (cost, node) in beam.items():
        groups.setdefault(pending, []).append((last, cost, node))
    for pending, members in groups.items():
        grown = (*pending, byte)
        spelt = _spelt(damage, grown)
        if spelt is None:
            for last, cost, node in members:
                _keep(after, (True, grown, last), cost, node)
        elif damage.junk and spelt[0] == JUNK_PAIR:
            for last, cost, node in members:
                _keep(after, (True, (), last), cost + JUNK, node)
        elif spelt[0]:
            _complete(after, members, spelt)
    return after


def _complete(beam: _Beam, members: list[tuple[int, float, "_Node | None"]], spelt: "_Spelt") -> None:
    """Add what `members` become when one of the characters in `spelt` follows: for each its best past."""
    characters, symbols, extra = spelt
    m, k = len(members), len(symbols)
    if k == 1:
        second = int(symbols[0])
        cost, past = min(
            ((cost + _pair(last, second), past) for last, cost, past in members), key=lambda found: found[0]
        )
        _keep(beam, (True, (), second), cost + float(extra[0]), _Node(past, characters, -1, -1))
        return
    lasts = np.array([last for last, _, _ in members], dtype=np.uint16)
    costs = np.array([cost for _, cost, _ in members])
    table = costs[:, None] - plausibility.pairs(np.repeat(lasts, k), np.tile(symbols, m)).reshape(m, k)
    origin = table.argmin(axis=0)
    total = table.min(axis=0) + extra
    best = np.flatnonzero(total <= total.min() + BEHIND)
    if len(best) > WIDTH:
        best = best[np.argpartition(total[best], WIDTH)[:WIDTH]]
    for c in best.tolist():
        node = _Node(members[origin[c]][2], characters[c], -1, -1)
        _keep(beam, (True, (), int(symbols[c])), float(total[c]), node)


@lru_cache(maxsize=1 << 16)
def _pair(first: int, second: int) -> float:
    """-ln P of one symbol after another."""
    return -float(
        plausibility.pairs(np.array([first], dtype=np.uint16), np.array([second], dtype=np.uint16))[0]
    )


_Spelt = tuple[str, NDArray[np.uint16], NDArray[np.float32]]


@cache
def _spelt(damage: Damage, pending: Pending) -> _Spelt | None:
    """The characters (with symbols and extra costs) that bytes spell; None while more bytes are to come."""
    true, wrong = damage.true, damage.wrong
    sets = [_holes[b - 256] if b >= 256 else (b,) for b in pending]
    if true == "utf-8" and pending[0] >= 256:
        sets[0] = tuple(b for b in sets[0] if 0xE3 <= b <= 0xE9 or b == 0xEF) or (0xE3,)
    length = max(_length(true, lead) for lead in sets[0])
    if true == "gb18030" and len(sets) > 1 and 0x30 <= sets[1][0] <= 0x39:
        if max(pending) >= 256:
            return "", np.zeros(0, dtype=np.uint16), np.zeros(0, dtype=np.float32)
        length = 4
    if len(sets) < length:
        return None
    found = sorted(
        {
            character
            for spelling in product(*sets)
            if not _would_be_read(spelling, pending, wrong)
            and (character := _character(true, bytes(spelling)))
        }
    )
    symbols = plausibility.symbols("".join(found))
    extra = np.where((symbols == _kana()) & (true not in ("cp932", "euc-jp")), KANA, 0.0)
    if any(b >= 256 for b in pending) and found:
        known = plausibility.pairs(np.full(len(found), _boundary(), dtype=np.uint16), symbols) > KNOWN
        extra += [_guess_cost(character, damage.script) for character in found]
        found, symbols, extra = (
            [c for c, k in zip(found, known, strict=True) if k],
            symbols[known],
            extra[known],
        )
    if len(found) == 1 and "\ue000" <= found[0] <= "\uf8ff" and true == wrong:
        found = [JUNK_PAIR]
    return "".join(found), symbols, extra.astype(np.float32)


def _guess_cost(character: str, script: str) -> float:
    if "\u4e00" <= character <= "\u9fff":
        return OTHER_SCRIPT if script and character in scripts.only(_OTHER[script]) else 0.0
    return 0.0 if character in "，。、：；？！“”‘’（）《》—…「」" else GUESSED_MARK


_OTHER = {"simplified": "traditional", "traditional": "simplified"}


def _would_be_read(spelling: tuple[int, ...], pending: Pending, wrong: str) -> bool:
    """Whether two bytes that were lost are a character of the wrong page, which would not have been lost."""
    return wrong not in SINGLE_BYTE and any(
        pending[k] >= 256 and pending[k + 1] >= 256 and bool(defined(wrong)[spelling[k], spelling[k + 1]])
        for k in range(len(pending) - 1)
    )


def _length(true: str, lead: int) -> int:
    if lead < 0x80:
        return 1
    if true == "utf-8":
        return 2 if 0xC2 <= lead < 0xE0 else 3 if 0xE0 <= lead < 0xF0 else 4 if 0xF0 <= lead < 0xF5 else 1
    if true == "cp932" and 0xA1 <= lead < 0xE0:
        return 1
    return 2


def _character(true: str, raw: bytes) -> str:
    if true != "utf-8" and len(raw) == 2:
        code_point = int(characters(true)[raw[0], raw[1]])
        return chr(code_point) if code_point else ""
    try:
        text = raw.decode(true)
    except UnicodeDecodeError:
        return ""
    return text if len(text) == 1 else ""


@cache
def _boundary() -> int:
    return int(plausibility.symbols("\n")[0])


@cache
def _kana() -> int:
    return int(plausibility.symbols("の")[0])


def _hole(allowed: tuple[int, ...]) -> int:
    if allowed not in _hole_index:
        _hole_index[allowed] = len(_holes)
        _holes.append(allowed)
    return 256 + _hole_index[allowed]


def _spellings(character: str, following: int | None, damage: Damage) -> list[tuple[Pending, float]]:
    """The bytes, with holes, that `character` may stand for, and what each costs."""
    found: list[tuple[Pending, float]] = []
    if raw := bytes_of(character, damage.wrong):
        found.append((tuple(raw), 0.0))
    if character in HALF_WIDTH and damage.wrong not in SINGLE_BYTE:
        found.append((tuple(bytes_of(HALF_WIDTH[character], damage.wrong)), WIDENED))
    if character in (REPLACED, "?"):
        lost = _leads(damage) if following is None else _lost_before(following, damage)
        found.append(((_hole(lost),), 0.0 if character == REPLACED else QUESTION_MARK))
        if damage.wrong not in SINGLE_BYTE:
            pair = (_hole(_leads(damage)), _hole(_trails(damage)))
            found.append((pair, REPLACED_PAIR if character == REPLACED else REPLACED_PAIR + QUESTION_MARK))
    return found


def _first_byte(text: str, i: int, end: int, damage: Damage) -> int | None:
    """The byte with which the character at `i` begins; None where that is not known."""
    raw = bytes_of(text[i], damage.wrong) if i < end else b""
    return raw[0] if raw else None


@cache
def _lost_before(following: int, damage: Damage) -> tuple[int, ...]:
    """The bytes that a decoder for the wrong page cannot read where `following` comes next."""
    if damage.wrong in SINGLE_BYTE:
        return tuple(b for b in range(0x80, 256) if b in INVISIBLE or not _is_defined(b, damage.wrong))
    return tuple(np.flatnonzero(~defined(damage.wrong)[0x80:, following]) + 0x80)


@cache
def _leads(damage: Damage) -> tuple[int, ...]:
    """All bytes that may be lost where it is not known what comes next."""
    if damage.wrong in SINGLE_BYTE:
        return _lost_before(0, damage)
    return tuple(range(0x80, 256))


@cache
def _trails(damage: Damage) -> tuple[int, ...]:
    return tuple(range(0x40, 256))


def _is_defined(byte: int, page: str) -> bool:
    try:
        bytes((byte,)).decode(page)
    except UnicodeDecodeError:
        return False
    return True
