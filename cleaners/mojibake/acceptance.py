"""Whether a repair reads as the running text that a garbled run was, and the run as garbled.

Any bytes are some text in another page; chance would restore names and foreign words but for these rules.
"""

import re
from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cleaners import plausibility
from cleaners.characters import codes
from cleaners.mojibake import letters
from cleaners.mojibake.code_pages import SINGLE_BYTE
from cleaners.mojibake.languages import LANGUAGES, cost, costs_of_pairs
from cleaners.mojibake.repairs import Repair
from cleaners.mojibake.spelling import COMMON_MARKS, Damage
from cleaners.mojibake.units import count_of_bytes

# What the repaired run must be (mean ln P per character). Rows of hanzi are suspect, but may be rare words;
# rows of letters and signs that no language writes are surely not text.
PLAUSIBLE = -8.5
PLAUSIBLE_FOR_LETTERS = -9.5
# What a character of a wrong reading costs (nats): running text costs 5.
WRONG = 11.5
# Letters must become this much likelier than chance would have it (nats in all): three hanzi at least. Half of
# what looks like Hangul and half-width kana are hanzi, which are more often words of Chinese text by chance.
EVIDENCE = 12.0
EVIDENCE_FOR_SIGNS = 18.0
# What may be some language's own must be six hanzi of running text at least.
EVIDENCE_FOR_WORDS = 28.0
PLAUSIBLE_FOR_WORDS = -7.0
# It must be this much likelier than what stood there (nats in all).
GAIN = 15.0
# Misaligned bytes are few characters, so less must do. With what else `realignment` asks nothing in 5.4 million
# characters of clean text gains so much, and one of 40,000 made-up names that were put into running text.
GAIN_OF_ALIGNMENT = 9.0
# For each letter, digit or sign in what was misaligned it takes so much more: many are one symbol for the model,
# so that by chance any of them will do.
GAIN_OF_SIGN = 6.0
# And for each mark so much, since marks may stand behind anything.
GAIN_OF_MARK = 1.5
# Any hanzi are some other hanzi in another page, which by chance may be likelier. What stands there costs no more than its
# characters do anywhere, since names put together what the model has never seen side by side: then running text gains
# four nats a character, and of made-up names (13 million characters) the best five and more gained 14 in all, four 22,
# and three 24, so that fewer need more. What names became costs more than this each (nats), and the more it does, the
# more it needs: at 9.0 the best gained 14, at 10.2 19.
GAIN_OF_FLUENT = 13.0
FLUENT = 8.4
GAIN_OF_A_NAT = 4.0
GAIN_OF_NONE = 34.0
GAIN_LESS_FOR_EACH = 4.0
GAIN_A_CHARACTER = 1.3
ENOUGH = 5
# Names are parted by marks, behind which anything may stand.
PARTING = re.compile("[\n 、，。；·]+")
GAIN_OF_PARTING = 3.0
# More characters than this are no chance if they are a little less plausible.
PLAUSIBLE_FOR_MANY = -9.0
# Letters of Japanese and Korean cost the same wherever they stand, so that chance has it easier there: the best of 2.5
# million characters of made-up names gained 32, or 3.4 a letter that is not ASCII; besides, each dot between names that
# became a mark gained six.
GAIN_OF_LANGUAGE = 33.0
GAIN_A_LETTER = 4.0
# Some letters of running text need less, if there are hanzi among them, and else more of them; these cost so much each
# (nats), names 7.6 and more.
RUNNING = 7.0
SOME = 4
MANY = 6
GAIN_OF_RUNNING = 28.0
GAIN_A_LETTER_OF_RUNNING = 2.6
# Greek, Cyrillic, boxes, kana and bopomofo among hanzi are halves of hanzi in Big5; in clean text they stand by themselves.
NO_HANZI = re.compile("[\u0370-\u04ff\u2500-\u257f\u3041-\u312f]+")
MOST_NO_HANZI = 0.67
# Kana that stay what they are say which language it is; then less must do, where so many other letters change.
GAIN_BESIDE_LETTERS = 12.0
GAIN_OF_ONE_BESIDE_LETTERS = 2.0
ENOUGH_BESIDE_LETTERS = 3
# Fewer hanzi than this are chance.
MIN_HANZI = 2
# Text in which one hanzi is more than this part of all is a row of signs.
MONOTONOUS = 0.6
HANZI = re.compile("[\u3400-\u9fff]+")
# What it becomes is hanzi, kana, Hangul and their punctuation.
MOSTLY = 0.8
OURS = re.compile("[\u3000-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff01-\uff5e“”‘’—…·\xa0]+")
OF_LANGUAGES = re.compile("[\u3041-\u30fa\u30fc\u3400-\u9fff\uac00-\ud7a3]+")
# Chinese text has no words in kana, Japanese has hardly any without; one kana alone may be chance. Korean text is
# Hangul but for some hanzi. So much (nats) each costs more than it does for the language model.
OF_ONE_SYMBOL = 6.0
KANA = re.compile("[\u3041-\u30fa\u30fc]")
WORD_IN_KANA = re.compile(f"{KANA.pattern}{{2}}")
HANGUL = re.compile("[\uac00-\ud7a3]+")
# Fewer hanzi than this in a page for another language are chance, and less plausible ones.
ENOUGH_FOR_CHINESE = 5
PLAUSIBLE_FOR_CHINESE = -8.4
# What was read as a page of hanzi is mostly hanzi; words in other letters are what they are.
HANZI_BEFORE = 0.3
FAR_EASTERN = re.compile(
    "[\u3040-\u30ff\u3105-\u3129\ufe30-\ufe4f\u3400-\u9fff\uac00-\ud7a3\uff61-\uff9f\ue000-\uf8ff]+"
)
# Private use characters are mostly what a site made of its own marks.
PRIVATE = re.compile("[\ue000-\uf8ff]")
# What stands for bytes that were lost; so much of the bytes must be there: of what is guessed from less, every
# other character is wrong.
LOSS = frozenset("\ufffd?")
KNOWN_BYTES = 0.5
# Nothing else is tried once this part of a stretch is explained.
EXPLAINED = 0.9
# Pages that give themselves away by signs that Chinese text has not.
SIGNS = {"cp949": re.compile("[\uac00-\ud7a3]"), "cp932": re.compile("[\uff61-\uff9f]")}
# Korean text is nearly all Hangul, and these are syllables of the national standard; of garbled hanzi two in five
# are hanzi, or Hangul that only the larger page has.
UNLIKE_KOREAN = 0.2
# What is written for laughing and crying.
LAUGHTER = re.compile("[ㅋㅎ]{2,}|[ㅠㅜ]{2,}|ㅇㅇ|ㄴㄴ|ㄱㄱ|ㄷㄷ")


def accepted(repair: Repair, damage: Damage) -> bool:
    """Whether `repair` is surely one, if its cause is `damage`."""
    before, after = repair.before, repair.after
    hanzi = _those(OF_LANGUAGES if damage.true in LANGUAGES else HANZI, after)
    changed, is_mixed = _changed(repair), _mixed(before)
    if min(len(hanzi), changed) < MIN_HANZI or not _gains_enough(repair, damage, changed, is_mixed):
        return False
    if count(OURS, after) < MOSTLY * _letters(after):
        return False
    if _listed(before) or _monotonous(hanzi):
        return False
    if damage.true != "utf-8" and not _in_language(repair, damage):
        return False
    if _known_bytes(before, damage) < KNOWN_BYTES * len(after.encode(damage.true, "replace")):
        return False
    if damage.wrong in SINGLE_BYTE or damage.wrong in SIGNS:
        needed, plausible = EVIDENCE, PLAUSIBLE_FOR_LETTERS
        if _natural(before, damage.wrong):
            needed, plausible = EVIDENCE_FOR_WORDS, PLAUSIBLE_FOR_WORDS
        elif damage.wrong in SIGNS:
            needed = EVIDENCE_FOR_SIGNS
        evidence = WRONG * _letters(after) - repair.cost_after
        return repair.cost_after <= -plausible * len(after) and evidence >= needed
    is_misaligned = damage.true == damage.wrong
    plausible = PLAUSIBLE
    if is_mixed:
        plausible = PLAUSIBLE_FOR_LETTERS
    elif changed >= ENOUGH and not is_misaligned:
        plausible = PLAUSIBLE_FOR_MANY
    return (
        repair.cost_after <= -plausible * len(after)
        and count(FAR_EASTERN, before) >= HANZI_BEFORE * _letters(before)
        and not (is_misaligned and PRIVATE.search(before))
    )


def explained(repairs: Iterable[Repair], start: int, end: int) -> bool:
    """Whether `repairs` are nearly all of a stretch, so that nothing else is tried."""
    return sum(len(repair.before) for repair in repairs) >= EXPLAINED * (end - start)


def count(kind: re.Pattern[str], text: str) -> int:
    """How many characters of `text` are of this kind."""
    return int(np.count_nonzero(_is_of(kind).take(codes(text), mode="clip")))


def _those(kind: re.Pattern[str], text: str) -> NDArray[np.uint32]:
    """The code points of the characters in `text` of this kind."""
    code_points = codes(text)
    return code_points[_is_of(kind).take(code_points, mode="clip")]


@cache
def _is_of(kind: re.Pattern[str]) -> NDArray[np.bool_]:
    """[code point]: whether a character is of this kind, whatever stands beside it; none is behind the last one."""
    table = np.zeros(0x10001, dtype=np.bool_)
    for run in kind.finditer("".join(map(chr, range(0x10000)))):
        table[run.start() : run.end()] = True
    return table


def _letters(text: str) -> int:
    """How many characters of `text` are neither ASCII nor U+FFFD."""
    return len(text) - len(text.encode("ascii", "ignore")) - text.count("\ufffd")


def ours(text: str) -> bool:
    """Whether all of `text` is hanzi, kana, ASCII and punctuation."""
    return count(OURS, text) == _letters(text)


def _in_language(repair: Repair, damage: Damage) -> bool:
    """Whether a repair has the letters that text in Japanese, Korean, or else in Chinese has."""
    after, languages = repair.after, LANGUAGES.get(damage.true, ())
    kana = len(KANA.findall(after))
    if not languages:
        return not WORD_IN_KANA.search(after)
    if _is_chinese(after, damage):  # as far as pages for other languages have its hanzi
        is_garbled = damage.wrong in SINGLE_BYTE and not _natural(repair.before, damage.wrong)
        plausible, enough = (PLAUSIBLE, ENOUGH) if is_garbled else (PLAUSIBLE_FOR_CHINESE, ENOUGH_FOR_CHINESE)
        return cost("", after) <= -plausible * len(after) and count(HANZI, after) >= enough
    if languages == ("korean",):
        return count(HANGUL, after) >= MOSTLY * count(OF_LANGUAGES, after)
    plausible = PLAUSIBLE_FOR_LETTERS if kana > 1 else PLAUSIBLE_FOR_WORDS
    return kana > 0 and repair.cost_after <= -plausible * len(after)


def likelier(repair: Repair) -> float:
    """How much likelier (nats) a repair is than what stood there, if that costs no more than its characters do anywhere."""
    return repair.cost_before - _over_anywhere(repair.before) - repair.cost_after


def _over_anywhere(text: str) -> float:
    """What the characters of `text` cost more (nats), each behind the one before it, than they do anywhere."""
    costs = costs_of_pairs("", text) + plausibility.alone().take(codes(text), mode="clip")
    return float(np.maximum(costs, 0).sum())


def _is_chinese(text: str, damage: Damage) -> bool:
    """Whether `text`, which `damage` was done to, is Chinese: other languages have other letters than hanzi."""
    return damage.true not in LANGUAGES or not (KANA.search(text) or HANGUL.search(text))


def _gains_enough(repair: Repair, damage: Damage, changed: int, is_mixed: bool) -> bool:
    """Whether a repair is so much likelier than what stood there that it is no chance.

    `changed` is how many letters it changes, and `is_mixed` whether they were no hanzi only.
    """
    before, after = repair.before, repair.after
    gain = repair.cost_before - repair.cost_after
    for letter, page in ((KANA, "euc-jp"), (HANGUL, "cp949")):
        if damage.true not in (damage.wrong, "utf-8") and letter.search(before):
            # It may be text as it stands, and the language model has one symbol for all of its letters.
            gain += OF_ONE_SYMBOL * count(letter, before)
            gain = min(gain, cost("", before, page) - repair.cost_after)
    if damage.true == damage.wrong:
        return gain >= GAIN_OF_ALIGNMENT + float(by_chance().take(codes(after), mode="clip").sum())
    if damage.wrong in SIGNS:
        return gain >= 0
    if damage.true in LANGUAGES and KANA.search(before) and changed >= ENOUGH_BESIDE_LETTERS:
        return gain >= max(GAIN_BESIDE_LETTERS, GAIN_OF_ONE_BESIDE_LETTERS * changed)
    if is_mixed or damage.true == "utf-8" or damage.wrong in SINGLE_BYTE or "\ufffd" in before:
        return gain >= GAIN
    if damage.true in LANGUAGES:
        new_signs = sum(
            old != new and not OF_LANGUAGES.match(new) for old, new in zip(before, after, strict=False)
        )
        gain -= GAIN_OF_SIGN * new_signs
    if _is_chinese(after, damage):
        gain -= _over_anywhere(before) + GAIN_OF_PARTING * count(PARTING, before)
        enough = GAIN_OF_FLUENT + GAIN_OF_A_NAT * max(0, repair.cost_after / changed - FLUENT)
        return gain >= max(enough, GAIN_OF_NONE - GAIN_LESS_FOR_EACH * changed, GAIN_A_CHARACTER * changed)
    said = count(OF_LANGUAGES, after)
    if said >= (SOME if HANZI.search(after) else MANY) and repair.cost_after <= RUNNING * said:
        return gain >= max(GAIN_OF_RUNNING, GAIN_A_LETTER_OF_RUNNING * changed)
    return gain >= max(GAIN_OF_LANGUAGE, GAIN_A_LETTER * _letters(after))


def _mixed(before: str) -> bool:
    """Whether letters and signs stand among hanzi as halves of hanzi do."""
    return 0 < count(NO_HANZI, before) <= MOST_NO_HANZI * _letters(before)


@cache
def by_chance() -> NDArray[np.float32]:
    """[code point]: what it takes more (nats) since any bytes may be this character: a mark or a sign."""
    nats = np.full(0x10001, GAIN_OF_SIGN, dtype=np.float32)
    nats[0x3400:0xA000] = nats[[0, 0x3000]] = 0
    nats[codes(COMMON_MARKS)] = GAIN_OF_MARK
    return nats


def _changed(repair: Repair) -> int:
    """How many letters of a repair are not what stood there."""
    before, after = repair.before, repair.after
    if len(before) != len(after):
        return len(after)
    new = codes(after)[codes(after) != codes(before)]
    return count(OF_LANGUAGES, new.tobytes().decode("utf-32-le", "surrogatepass"))


def _natural(run: str, page: str) -> bool:
    """Whether a run of letters and signs may be the text of some language."""
    if page in SINGLE_BYTE:
        return letters.natural(run)
    if page != "cp949":
        return False
    # A syllable that is not in the standard is spelt with its letters there, of eight bytes.
    korean = sum(len(syllable.encode("euc-kr")) == 2 for syllable in SIGNS[page].findall(run))
    korean += sum(map(len, LAUGHTER.findall(run)))
    others = _letters(run) - sum(map(run.count, COMMON_MARKS)) - korean
    return others < UNLIKE_KOREAN * korean


def _listed(run: str) -> bool:
    """Whether this is a table of characters in the order of their code points."""
    steps = np.diff(codes(run).astype(np.int64))
    return 2 * int((abs(steps) <= 2).sum()) > len(run)


def _monotonous(hanzi: NDArray[np.uint32]) -> bool:
    """Whether one hanzi is nearly all there is."""
    # What is more than half of all is in the middle of them in order.
    middle = len(hanzi) // 2
    commonest = int((hanzi == np.partition(hanzi, middle)[middle]).sum())
    return commonest > max(2, MONOTONOUS * len(hanzi))


def _known_bytes(before: str, damage: Damage) -> int:
    return count_of_bytes(before, damage.wrong) - sum(map(before.count, LOSS))
