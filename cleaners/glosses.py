"""Pinyin and zhuyin put in brackets after characters are removed.

Some sites copy-protect their pages by glossing single characters: 推進(jìn), 领(ling)导, 學(ㄒㄩㄝˊ). A
gloss reads the one character before it. So do the readings that authors give for a rare character, that
textbooks and dictionaries give for any, which are text and stay: what tells them apart is how many there
are in a document, on how common characters, and whether it speaks of readings.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from cleaners.document import Document, Edit, Findings
from cleaners.folding import fold
from cleaners.options import Options

TONE_MARKS = {"\u0304": "1", "\u0301": "2", "\u030c": "3", "\u0300": "4"}

_OPENING, _CLOSING = "(（﹙⁽[［〔【{｛<〈＜", ")）﹚⁾]］〕】}｝>〉＞"
# Cheap enough to run over every text: an opening bracket right before something that could be read.
_SCREEN = re.compile(rf"[{re.escape(_OPENING)}]\s?[a-zɡɑà-ǿ\u0300-\u036fḿế-ềㄅ-ㄩ˙]", re.IGNORECASE)
_GLOSS = re.compile(
    rf"(?P<before>.)(?P<gloss>[{re.escape(_OPENING)}]\s?"
    r"(?:(?P<pinyin>[a-zɡɑà-ǿ\u0300-\u036fḿế-ềü:]{1,12}[0-5]?)|(?P<zhuyin>[ㄅ-ㄩˊˇˋ˙]{1,5}))"
    rf"\s?[{re.escape(_CLOSING)}])(?=(?P<after>.?))",
    re.IGNORECASE,
)
_HANZI = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff〇]")

# A document that speaks of readings teaches them.
_TEACHING = re.compile(
    "拼音|注音|读音|多音|读作|读成|念作|念成|音同|生字|声调|组词|组成词|普通话|发音|[读念]“?[a-zà-ǿ]"
)

# From so many glosses on common characters on, and so many for every thousand hanzi, a document is
# glossed; authors give readings for a few rare characters.
FEWEST = 3
PER_THOUSAND = 1.0
# Without a tone `(an)`, `(ta)`, `(he)` may be words and abbreviations: more of them are needed, and
# nearly all short Latin words in brackets must be readings.
FEWEST_UNTONED = 8
PER_THOUSAND_UNTONED = 5.0
READINGS_AMONG_BRACKETS = 0.7
# So many glosses for every word that speaks of readings, or it is a text about them.
GLOSSES_PER_TEACHING_WORD = 10


class _Gloss(NamedTuple):
    start: int
    text: str  # with its brackets
    before: str  # the character that it reads
    toned: bool
    reads: bool  # it is a reading of that character
    zhuyin: bool


def find(document: Document, options: Options) -> Findings:
    """Edits that remove the glosses of a document that is full of them."""
    text = document.text
    if not _SCREEN.search(text):
        return Findings()
    glosses = list(_glosses(text))
    toned, untoned = ([g for g in glosses if g.toned == is_toned] for is_toned in (True, False))
    removed: list[_Gloss] = []
    hanzi = len(_HANZI.findall(text))
    teaching = len(_TEACHING.findall(text))
    common = sum(gloss.reads and _is_common(gloss.before) for gloss in toned)
    if (
        common >= max(FEWEST, PER_THOUSAND * hanzi / 1000, GLOSSES_PER_TEACHING_WORD * teaching)
        and common >= len(toned) / 2
    ):
        # The character that a gloss read may have been garbled.
        removed += [gloss for gloss in toned if gloss.reads or not _HANZI.match(gloss.before)]
    reading = sum(gloss.reads for gloss in untoned)
    if reading >= max(
        FEWEST_UNTONED, PER_THOUSAND_UNTONED * hanzi / 1000, GLOSSES_PER_TEACHING_WORD * teaching
    ) and reading >= READINGS_AMONG_BRACKETS * len(untoned):
        removed += [gloss for gloss in untoned if gloss.reads]
    return Findings(
        tuple(
            Edit(gloss.start, gloss.text, "", f"glosses.{'zhuyin' if gloss.zhuyin else 'pinyin'}", 0.99)
            for gloss in sorted(removed)
        )
    )


def _glosses(text: str) -> Iterator[_Gloss]:
    for match in _GLOSS.finditer(text):
        before, pinyin, zhuyin = match["before"], match["pinyin"], match["zhuyin"]
        base, tone = _parsed(pinyin) if pinyin else (zhuyin, "1")
        readings = _zhuyin(before) if zhuyin else _pinyin(before)
        yield _Gloss(match.start("gloss"), match["gloss"], before, bool(tone), base in readings, bool(zhuyin))


def _parsed(pinyin: str) -> tuple[str, str]:
    """A syllable without its tone, and the tone as a digit (empty where none is written).

    >>> _parsed("jìn"), _parsed("lü4"), _parsed("an")
    (('jin', '4'), ('lv', '4'), ('an', ''))
    """
    base, tone = "", ""
    for character in unicodedata.normalize("NFD", pinyin.lower()):
        if character in TONE_MARKS:
            tone = TONE_MARKS[character]
        elif character.isdigit():
            tone = character
        elif character in "\u0308:":
            base = base[:-1] + "v"
        else:
            base += {"ɡ": "g", "ɑ": "a"}.get(character, character)
    return base, tone


@cache
def _pinyin(character: str) -> frozenset[str]:
    """The readings of a character, without tones."""
    return frozenset(_parsed(reading)[0] for reading in _readings(character))


@cache
def _zhuyin(character: str) -> frozenset[str]:
    from pypinyin import Style
    from pypinyin.style import convert

    written = [convert(reading, Style.BOPOMOFO, strict=False) for reading in _readings(character)]
    return frozenset(written) | {zhuyin.rstrip("ˊˇˋ˙").lstrip("˙") for zhuyin in written}


def _readings(character: str) -> list[str]:
    # Not at the top: loading the readings takes a third of a second, and few texts hold glosses.
    from pypinyin.constants import PINYIN_DICT

    return PINYIN_DICT.get(ord(character), "").split(",")


def _is_common(character: str) -> bool:
    """Is it one of the 3,755 common characters (the first level of GB 2312), in either script?"""
    try:
        return 0xB0 <= fold(character).encode("gb2312")[0] <= 0xD7
    except UnicodeEncodeError:
        return False
