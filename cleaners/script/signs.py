"""What a character says about the script of its text."""

from functools import cache
from typing import NamedTuple

import numpy as np
import opencc
from numpy.typing import NDArray

# Bits, so that one lookup answers every question about a character.
SIMPLIFIED, TRADITIONAL, HANZI, KANA, HANGUL = (1 << bit for bit in range(5))
COUNTED = (SIMPLIFIED, TRADITIONAL, HANZI, KANA, HANGUL)
SEPARATOR, OPENING, CLOSING, LINE_END = (1 << bit for bit in range(5, 9))
ALL = 2**9 - 1

# The varieties of traditional script; the i-th has bit i in the second table.
VARIETIES = ("traditional", "taiwan", "hongkong")
UNTELLING = 1 << len(VARIETIES)

# Signs that the code pages don't show. GB 2312 has the first two, for names, Big5 the others, for words
# of old. Each is at least 75 times as common in the running text of its script as in the other's (the
# counts behind data/bigrams.npz).
MORE_TRADITIONAL = "後於"
MORE_SIMPLIFIED = "儿几听并划愿筑荐坏挂虫帘夸扑佣杠晒霉肴腌"
# No signs, because simplified text keeps them in names and old words: 氾水, 李昇, 束脩, 扞格.
KEPT_IN_SIMPLIFIED = "祕濛蒐剋氾昇釐扞脩陞劄谿"
# No signs of a variety: people write either form in all places, whatever the standards say.
COMMON_TO_ALL = "台臺污汙泄洩樑梁祕秘脣唇濕溼棱稜"

OPENING_MARKS, CLOSING_MARKS = "“‘「『《〈", "”’」』》〉"
SEPARATORS = " \t\n\r\u3000\xa0，。、；：？！,;:?!|·…—()（）【】[]" + OPENING_MARKS + CLOSING_MARKS

BMP = 0x10000
HANZI_OF_THE_BMP = [chr(code_point) for code_point in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]


class _Tables(NamedTuple):
    kind: NDArray[np.uint16]  # code point -> bits above; the last entry stands for all beyond the BMP
    refused: NDArray[np.uint8]  # code point -> bit i: VARIETIES[i] does not write it


def kinds(text: str) -> NDArray[np.uint16]:
    """What each character of `text` is: an OR of the bits above."""
    return _tables().kind[_places(text)]


def refused(text: str) -> NDArray[np.uint8]:
    """For each character of `text` which VARIETIES don't write it: bit i for VARIETIES[i].

    UNTELLING is set too where that does not show who wrote the text.
    """
    return _tables().refused[_places(text)]


def _places(text: str) -> NDArray[np.uint32]:
    """Where the tables hold each character of `text`."""
    code_points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return np.minimum(code_points, BMP)


@cache
def _tables() -> _Tables:
    kind = np.zeros(BMP + 1, dtype=np.uint16)
    kind[[*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000), 0x3007, *range(0xF900, 0xFB00), BMP]] = HANZI
    kind[[*range(0x3041, 0x3097), *range(0x30A1, 0x30FB), *range(0xFF66, 0xFF9E)]] = KANA
    kind[[*range(0x1100, 0x1200), *range(0x3131, 0x318F), *range(0xAC00, 0xD7A4)]] = HANGUL
    for marks, bit in (
        (SEPARATORS, SEPARATOR),
        (OPENING_MARKS, OPENING),
        (CLOSING_MARKS, CLOSING),
        ("\n", LINE_END),
    ):
        kind[_places(marks)] |= bit
    refused = np.zeros(BMP + 1, dtype=np.uint8)
    to = {config: _mapping(config) for config in ("t2s", "s2t", "t2tw", "t2hk", "tw2t", "hk2t")}

    def standard(character: str) -> bool:
        local = to["tw2t"][character] != character or to["hk2t"][character] != character
        return not local or to["s2t"].get(to["t2s"][character]) == character

    for character in HANZI_OF_THE_BMP:
        origins = {to[config][character] for config in ("tw2t", "hk2t")} | {character}
        origins = {origin for origin in origins if standard(origin)}
        forms = (
            origins,
            {to["t2tw"][origin] for origin in origins},
            {to["t2hk"][origin] for origin in origins},
        )
        refused[ord(character)] = sum((character not in form) << i for i, form in enumerate(forms))
        local = any(character in form for form in forms[1:]) and character not in origins
        if to["s2t"][character] != character and not (local or _in_rows(character, "big5", 0xA4, 0xC6)):
            kind[ord(character)] |= SIMPLIFIED
        elif to["t2s"][character] != character and not _in_rows(character, "gb2312", 0xB0, 0xF7):
            kind[ord(character)] |= TRADITIONAL
    kind[_places(KEPT_IN_SIMPLIFIED)] &= ALL ^ TRADITIONAL
    kind[_places(MORE_TRADITIONAL)] |= TRADITIONAL
    kind[_places(MORE_SIMPLIFIED)] |= SIMPLIFIED
    refused[_places(COMMON_TO_ALL)] |= UNTELLING
    return _Tables(kind, refused)


def _mapping(config: str) -> dict[str, str]:
    """What OpenCC makes of every hanzi that stands alone."""
    converted = opencc.OpenCC(config).convert("\n".join(HANZI_OF_THE_BMP)).split("\n")
    return dict(zip(HANZI_OF_THE_BMP, converted, strict=True))


def _in_rows(character: str, code_page: str, first: int, last: int) -> bool:
    """Is `character` in a row of `code_page` whose lead byte is one of `first` to `last`?"""
    try:
        return first <= character.encode(code_page)[0] <= last
    except UnicodeEncodeError:
        return False
