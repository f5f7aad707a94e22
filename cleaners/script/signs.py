"""What a character says about the script of its text."""

from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
import opencc
from numpy.typing import NDArray

from cleaners.characters import codes

# Bits, so that one lookup answers every question about a character.
SIMPLIFIED, TRADITIONAL, HANZI, KANA, HANGUL = (1 << bit for bit in range(5))
SEPARATOR, OPENING, CLOSING, EITHER, LINE_END = (1 << bit for bit in range(5, 10))
ALL = 2**10 - 1

# The bits of the second table: which variety of traditional script refuses a character, and whether its
# refusal says little of who wrote a text.
STANDARD, TAIWAN, HONGKONG, WEAKLY = (1 << bit for bit in range(4))
VARIETIES = {"traditional": STANDARD, "taiwan": TAIWAN, "hongkong": HONGKONG}

# Signs that the code pages don't show. GB 2312 has the first, for names, Big5 the others, for words
# of old. Each is at least 75 times as common in the running text of its script as in the other's (the
# counts behind data/bigrams.npz).
MORE_TRADITIONAL = "後"
MORE_SIMPLIFIED = "儿几听并划愿筑荐坏挂虫帘夸扑佣杠晒霉肴腌"
# No signs, because simplified text keeps them in names and old words: 氾水, 李昇, 束脩, 扞格.
KEPT_IN_SIMPLIFIED = "祕濛蒐剋氾昇釐扞脩陞劄谿"
# What the standards say and what people write differ: these are weak evidence, and those of them that
# Taiwan's standard refuses none, because they are common there all the same. Nor is 「」 the mainland's.
WEAK = "台臺污汙泄洩樑梁祕秘脣唇濕溼棱稜「」『』"

OPENING_MARKS, CLOSING_MARKS, EITHER_MARKS = "“‘「『《〈", "”’」』》〉", '"＂'
SEPARATORS = (
    " \t\n\r\u3000\xa0，。、；：？！,;:?!|·…—()（）【】[]" + OPENING_MARKS + CLOSING_MARKS + EITHER_MARKS
)

# All that lies behind the first two planes has one entry in the tables: rare hanzi, in both scripts.
BEHIND = 0x20000


class _Tables(NamedTuple):
    kinds: NDArray[np.uint16]  # code point -> bits above
    refused: NDArray[np.uint8]  # code point -> bits of VARIETIES and WEAKLY


@lru_cache(maxsize=1)  # one text is asked about again and again
def kinds(text: str) -> NDArray[np.uint16]:
    """What each character of `text` is: an OR of the bits above. Not to be written to."""
    found = _tables().kinds.take(codes(text), mode="clip")
    found.flags.writeable = False
    return found


def kinds_of_any(text: str) -> int:
    """An OR of what all characters of `text` are."""
    return int(np.bitwise_or.reduce(kinds(text)))


def refused(text: str) -> NDArray[np.uint8]:
    """For each character of `text` which varieties don't write it: an OR of their bits and WEAKLY."""
    return _tables().refused.take(codes(text), mode="clip")


@cache
def _tables() -> _Tables:
    kinds = np.zeros(BEHIND + 1, dtype=np.uint16)
    hanzi = [*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)]
    kinds[[*hanzi, 0x3007, *range(0xF900, 0xFB00), BEHIND]] = HANZI
    kinds[[*range(0x3041, 0x3097), *range(0x30A1, 0x30FB), *range(0xFF66, 0xFF9E)]] = KANA
    kinds[[*range(0x1100, 0x1200), *range(0x3131, 0x318F), *range(0xAC00, 0xD7A4)]] = HANGUL
    kinds[codes(SEPARATORS)] |= SEPARATOR
    kinds[codes(OPENING_MARKS)] |= OPENING
    kinds[codes(CLOSING_MARKS)] |= CLOSING
    kinds[codes(EITHER_MARKS)] |= EITHER
    kinds[ord("\n")] |= LINE_END
    refused = np.zeros(BEHIND + 1, dtype=np.uint8)

    alone = "\n".join(map(chr, hanzi))
    to = {config: _changed(alone, config) for config in ("s2t", "t2s", "t2tw", "tw2t", "t2hk", "hk2t")}
    for character in sorted(set().union(*to.values())):
        # The forms of the standard that this may stand for, and what each variety writes for them.
        standard = {to[back][character] for back in ("tw2t", "hk2t") if character in to[back]}
        simple = {to["t2s"].get(form, form) for form in standard}
        if not standard or character in {to["s2t"].get(form, form) for form in simple}:
            standard.add(character)
        written = [standard] + [{to[way].get(form, form) for form in standard} for way in ("t2tw", "t2hk")]
        refused[ord(character)] = sum(
            bit for bit, forms in zip(VARIETIES.values(), written, strict=True) if character not in forms
        )
        # OpenCC changes it, and the commoner characters of the other script's code page don't have it.
        local = character not in standard and character in written[1] | written[2]
        if character in to["s2t"] and not (local or _in_rows(character, "big5", 0xA4, 0xC6)):
            kinds[ord(character)] |= SIMPLIFIED
        # What has no simplified form in the first plane is written in simplified text as it is: 慕容暐.
        elif to["t2s"].get(character, "\U00020000") < "\U00010000" and not _in_rows(
            character, "gb2312", 0xB0, 0xF7
        ):
            kinds[ord(character)] |= TRADITIONAL
    kinds[codes(KEPT_IN_SIMPLIFIED)] &= ALL ^ TRADITIONAL
    kinds[codes(MORE_TRADITIONAL)] |= TRADITIONAL
    kinds[codes(MORE_SIMPLIFIED)] |= SIMPLIFIED
    refused[codes("「」『』")] = STANDARD
    refused[codes(WEAK)] = refused[codes(WEAK)] & (STANDARD | HONGKONG) | WEAKLY
    refused[ord("著")] = 0  # it takes the words around it (`parts.variety`)
    return _Tables(kinds, refused)


def _changed(alone: str, config: str) -> dict[str, str]:
    """Those of the characters, one a line, that OpenCC changes, and what it makes of them."""
    converted = opencc.OpenCC(config).convert(alone)
    return {old: new for old, new in zip(alone, converted, strict=True) if old != new}


def _in_rows(character: str, code_page: str, first: int, last: int) -> bool:
    """Is `character` in a row of `code_page` whose lead byte is one of `first` to `last`?"""
    try:
        return first <= character.encode(code_page)[0] <= last
    except UnicodeEncodeError:
        return False
