"""Pinyin and zhuyin put in brackets after characters are removed.

Some sites gloss single characters all through their pages, against copying: 推進(jìn), 领(ling)导,
學(ㄒㄩㄝˊ). Authors put readings in brackets too: of a rare name, of every word in a list, of the character
that a lesson is about; those are text and stay. A single gloss looks the same in both, so the document
is judged: how many glosses it has, on what characters, how they stand, and whether it speaks of readings.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from cleaners import plausibility
from cleaners.document import Document, Edit, Findings
from cleaners.options import Options

# Fewer glosses than these, or fewer for every thousand hanzi, may be an author's, whatever they stand on: those
# of a programmer, 阈(yù)值, or of a story for children, 小溪(xī). Without a tone (an), (he), (ta) may be words,
# so more of them are needed. The keys: have they a tone?
FEWEST = {True: 5, False: 6}
PER_THOUSAND = {True: 0.5, False: 1.0}
# They stand on so many different characters; an author may gloss one name again and again.
FEWEST_CHARACTERS = 3
# Of the short Latin words in brackets so many must be readings of the character before them.
SHARE_OF_READINGS = 0.7
# Authors gloss what readers don't know. A site's glosses stand on such characters for this share at
# least (authors': up to 0.3): the commonest by rank in the language model, both scripts together. 擘 is among
# them, 璀 not. Or so many words that come again have a gloss each time (璀(cuǐ)璨(càn) is one): authors give
# it once.
SHARE_OF_COMMON, COMMON = 0.35, 4500
FEWEST_AGAIN = 3
# A reader's text glosses each character once, and so many of them where it comes first.
SHARE_OF_FIRST = 0.8
# In running text more glosses than this share are followed by a hanzi; in word lists they are not.
SHARE_IN_PROSE = 0.34
# A site glosses what comes along: most of its readings (95 % where there are many, at least 75 % where
# there are few) are the usual ones of their characters. Authors give the others: 乐(yuè)清, 好(hào)学.
SHARE_OF_USUAL = 0.7
# A text shorter than this (hanzi) with a reading for so many of its characters is for learners.
SHORT, SHARE_OF_ALL = 120, 0.9
# So many glosses for every word that speaks of readings, or it is a text about them.
GLOSSES_PER_TEACHING_WORD = 20

_TEACHING = re.compile(
    "拼音|注音|[读讀念]音|多音字|[读讀念][作成]|音同|生字|[声聲][调調]|[组組][词詞]|[课課]文|[识識]字"
)

_ZHUYIN_TONES = "ˉˊˇˋ˙"
_TONES = "\u0304\u0301\u030c\u0300"
_OPENING, _CLOSING = "(（﹙⁽[［〔【{｛<〈＜", ")）﹚⁾]］〕】}｝>〉＞"
_LATIN = "a-zɡɑàáèéêìíòóùúüāēěīńňōūǎǐǒǔǖǘǚǜǹḿếề\u0300-\u030c"
# Cheap enough to run over every text.
_SCREEN = re.compile(rf"[{re.escape(_OPENING)}][ \u3000]?[{_LATIN}ㄅ-ㄩ˙]")
# Begins with one class, to which the search skips.
_GLOSS = re.compile(
    rf"[{re.escape(_OPENING)}][ \u3000]?"
    rf"(?:(?P<pinyin>[{_LATIN}]{{1,9}}:?[0-5]?)|(?P<zhuyin>˙?[ㄅ-ㄩ]{{1,3}}[{_ZHUYIN_TONES}]?))"
    rf"[ \u3000]?[{re.escape(_CLOSING)}](?=(?P<after>.?))"
)
_HANZI = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff〇]")
_HANZI_RUN = re.compile(f"{_HANZI.pattern}+")


class _Gloss(NamedTuple):
    start: int
    written: str  # with its brackets
    before: str  # the character that it should read
    base: str  # the syllable without its tone
    tone: str  # "1" to "5" or empty; zhuyin always has one: no word is written so
    zhuyin: bool
    in_prose: bool  # a hanzi follows

    @property
    def reads(self) -> bool:
        """Is it a reading of the character before, in whatever tone?"""
        return any(base == self.base for base, _ in _readings(self.before, self.zhuyin))

    @property
    def usual(self) -> bool:
        """Is it the character's usual reading?"""
        base, tone = _readings(self.before, self.zhuyin)[0]
        return self.base == base and self.tone in ("", tone)


def find(document: Document, options: Options) -> Findings:
    """Edits that remove the glosses which a site put into the text."""
    text = document.text
    if not _SCREEN.search(text):
        return Findings()
    glosses = list(_glosses(text))
    toned = [gloss for gloss in glosses if gloss.tone]
    untoned = [gloss for gloss in glosses if not gloss.tone and _HANZI.match(gloss.before)]
    removed: set[_Gloss] = set()
    if _by_a_site(toned, text):
        # Some syllables have no tone, 看着(zhe), and what a gloss reads may be garbled.
        removed.update(gloss for gloss in glosses if gloss.reads)
        removed.update(gloss for gloss in toned if not _HANZI.match(gloss.before))
    if _by_a_site(untoned, text):
        removed.update(gloss for gloss in untoned if gloss.reads)
    return Findings(
        tuple(
            Edit(gloss.start, gloss.written, "", f"glosses.{'zhuyin' if gloss.zhuyin else 'pinyin'}", 0.99)
            for gloss in sorted(removed)
        )
    )


def _by_a_site(alike: Sequence[_Gloss], text: str) -> bool:
    """Did a site put these in, as far as they are readings?"""
    if not alike or len(alike) < FEWEST[bool(alike[0].tone)]:
        return False  # before the readings are loaded
    reading = [gloss for gloss in alike if gloss.reads]
    number, toned = len(reading), bool(alike[0].tone)
    if number < max(FEWEST[toned], SHARE_OF_READINGS * len(alike)):
        return False  # before the text is read
    hanzi = sum(map(len, _HANZI_RUN.findall(text)))
    if hanzi < SHORT and number >= SHARE_OF_ALL * hanzi:
        return False
    teaching = len(_TEACHING.findall(text))
    if number < max(PER_THOUSAND[toned] * hanzi / 1000, GLOSSES_PER_TEACHING_WORD * teaching):
        return False
    if sum(gloss.in_prose for gloss in reading) < SHARE_IN_PROSE * number or _for_readers(reading, text):
        return False
    kinds = {(gloss.before, gloss.base): gloss.usual for gloss in reading}
    glossed = Counter(gloss.before for gloss in reading)
    if len(glossed) < FEWEST_CHARACTERS or sum(kinds.values()) < SHARE_OF_USUAL * len(kinds):
        return False
    common = plausibility.symbols("".join(glossed.elements())) < COMMON
    if common.sum() >= SHARE_OF_COMMON * number:
        return True
    written = Counter(text)
    inside = {gloss.before for gloss in reading if text[max(gloss.start - 2, 0)] in _CLOSING}
    again = sum(written[each] == n > 1 for each, n in glossed.items() if each not in inside)
    return again >= FEWEST_AGAIN


def _for_readers(reading: Sequence[_Gloss], text: str) -> bool:
    """Is each character glossed once, mostly where it comes first, though some come again?"""
    first = {gloss.before: gloss.start for gloss in reversed(reading)}
    if len(first) < len(reading):
        return False
    places = [match.start() for match in _HANZI.finditer(text) if match[0] in first]
    again = any(place > first[text[place]] for place in places)
    earlier = {text[place] for place in places if place < first[text[place]] - 1}
    return again and len(first) - len(earlier) >= SHARE_OF_FIRST * len(first)


def _glosses(text: str) -> Iterator[_Gloss]:
    end = 0
    for match in _GLOSS.finditer(text):
        start, before = match.start(), text[match.start() - 1 : match.start()]
        if start <= end or before == "\n":
            continue  # behind no character, or behind another gloss
        end = match.end()
        base, tone = _parsed(match["pinyin"]) if match["pinyin"] else _parsed_zhuyin(match["zhuyin"])
        in_prose = bool(_HANZI.match(match["after"]))
        yield _Gloss(start, match[0], before, base, tone, bool(match["zhuyin"]), in_prose)


@lru_cache(maxsize=4096)  # there are no more syllables than that, and a text glosses with few
def _parsed(pinyin: str) -> tuple[str, str]:
    """A syllable without its tone, and the tone's number, empty if there is none.

    >>> _parsed("jìn"), _parsed("lü3"), _parsed("an")
    (('jin', '4'), ('lv', '3'), ('an', ''))
    """
    base, tone = "", ""
    for character in unicodedata.normalize("NFD", pinyin):
        if character in _TONES or character.isdigit():
            tone = character if character.isdigit() else str(_TONES.index(character) + 1)
        elif character in "\u0308:":
            base = base[:-1] + "v"
        else:
            base += {"ɡ": "g", "ɑ": "a"}.get(character, character)
    return re.sub("(?<=[ln])ue", "ve", base), tone


def _parsed_zhuyin(zhuyin: str) -> tuple[str, str]:
    """The same of zhuyin, in which the first tone is mostly not written.

    >>> _parsed_zhuyin("ㄐㄧㄣˋ"), _parsed_zhuyin("ㄓㄨ")
    (('ㄐㄧㄣ', '4'), ('ㄓㄨ', '1'))
    """
    tone = next((mark for mark in zhuyin if mark in _ZHUYIN_TONES), "ˉ")
    return zhuyin.strip(_ZHUYIN_TONES), str(_ZHUYIN_TONES.index(tone) + 1)


@cache
def _readings(character: str, zhuyin: bool) -> list[tuple[str, str]]:
    """The readings of a character and their tones, the usual one first; empty if it has none."""
    # Not at the top: loading the readings takes a third of a second, and few texts hold glosses.
    from pypinyin import Style
    from pypinyin.constants import PINYIN_DICT
    from pypinyin.style import convert

    if ord(character) not in PINYIN_DICT:
        return []
    readings = PINYIN_DICT[ord(character)].split(",")
    if zhuyin:
        return [_parsed_zhuyin(convert(reading, Style.BOPOMOFO, strict=False)) for reading in readings]
    return [_parsed(reading) for reading in readings]
