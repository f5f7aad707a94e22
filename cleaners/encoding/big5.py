"""Which page of Big5 some bytes are in: Windows' (cp950), the plain one (big5), or Hong Kong's (big5hkscs).

All three have the same hanzi; one page has more of them than another. They differ in two places, where the
same bytes are different characters:

- eleven marks of rows A1 and A2: cp950 has ‧﹑～ where the other two have •､∼;
- rows C6 and C7: cp950 and big5 have kana, Cyrillic letters and numbers in circles in one order, big5hkscs
  numbers, radicals, kana and Cyrillic letters in another.

What is read there decides, and what stands around it. Between ‧ and • (bytes A145) the quotation marks do: who
writes 「」 writes ‧ (in 18 of 18 documents of a parliament and of interviews in Taiwan), who writes “” writes •.
￥ and ¥, ￡ and £, ￠ and ¢ can't be told apart where they are all that differs: the commoner one is read.
"""

from functools import cache
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from cleaners import plausibility
from cleaners.encoding import likelihood, utf8
from cleaners.encoding.strict import decoded, decoded_but_for_the_end

PAGES = ("cp950", "big5", "big5hkscs")

# The characters of cp950 and of the others at the same bytes, and the ln P by which the one of cp950 is met
# more often. ～ and ／ are in one text of ten, ∼ and ∕ in hardly any.
MARKS = (
    ("～", "∼", 6.0),
    ("﹑", "､", 2.0),
    ("⊕", "♁", 2.0),
    ("⊙", "☉", 2.0),
    ("￥", "¥", 1.0),
    ("¯", "‾", 0.5),
    ("▓", "￭", 2.0),
    ("￡", "£", -0.5),
    ("￠", "¢", -0.5),
    ("‧", "•", -2.0),
    ("﹨", "＼", -4.0),
    ("∕", "／", -6.0),
)

MARK, LETTER = 1, 2
# The mark that quotation marks tell, and the ln P that those of Taiwan are worth.
DOT, QUOTED = "‧", 4.0
# Characters of Hong Kong's page for each of which a nat speaks against it where none is in it only, as 着, 啓 and 衆
# are (14 % of texts of 1,000 characters have none, 10 % of 2,000, hardly any of 4,000); more than so many nats would
# be too many for a text in Taiwan's spelling.
HONG_KONG_EVERY, MOST_AGAINST = 750, 8.0
# First bytes of all the pairs at which two pages have different characters, or only cp950 or big5 has any.
ROWS_THAT_DIFFER = (0xA1, 0xA2, 0xA3, 0xC6, 0xC7, 0xF9)
# So many characters are looked at at once, which a processor's cache holds.
AT_ONCE = 1 << 14
# So many letters are enough to tell the rows C6 and C7 by; so many lines of damaged text, of which so much is read.
LETTERS_READ = 200
LINES_READ, LINE_READ = 100, 500
# ln P by which damaged bytes must be likelier in big5hkscs than in cp950: two or three characters' worth.
GAIN = 30.0
# How many characters around a run are read with it: what follows a number or a letter depends on it.
NEAR = 2

# ln P of a letter after one of the same script, by how common it is (kana of running Japanese: の has 5 %, ヱ
# hardly any), and how much dearer it is where a word begins: a kana alone among hanzi is rare, but for の.
COMMON, OTHER, RARE = -3.0, -4.5, -8.0
COMMON_LETTERS = (
    "のいたしにはてとをがなるでれまかっすらこさりくもうンルスイトリラアクドレシロジタコマプフоеаинтсрвлкмдпуя"
)
RARE_KANA = "ヾヽゞゝ々ぁぃぅぇぉゎゐゑヮヰヱヂヅヵヶぢづァゥ"
BEGINS = {"kana": -6.0, "Cyrillic": -8.0}
ALONE = "のノ"
# Kana with which hardly any word of Japanese begins, but many go on after hanzi.
NOT_FIRST, ENDINGS = -4.0, "んをっゃゅょぁぃぅぇぉンヲッャュョらりるれろ"
# A capital inside a word.
INNER_CAPITAL = -5.0
# ln P of a number that begins a list or continues the one before it, of another that begins a line, of any other.
NUMBERED, OF_LINE, OUT_OF_ORDER = -6.0, -9.0, -14.0
NUMBER_BEFORE = {
    number: before
    for series in ("①②③④⑤⑥⑦⑧⑨⑩", "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽", "ⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹ")
    for number, before in zip(series, ("", *series), strict=False)
}
# Zero among the hanzi of numbers, as in years; what else stands there is no kana.
ZERO, HANZI_OF_NUMBERS, IN_NUMBER = "〇", "〇一二三四五六七八九", -4.0


def page(data: bytes) -> tuple[str, str]:
    """The likeliest page of `data`, whose last character may be cut, and its text; "" if damaged.

    >>> page("①準備。②開始。".encode("big5hkscs"))
    ('big5hkscs', '①準備。②開始。')
    >>> page("優の良品：９～１２元".encode("cp950"))
    ('cp950', '優の良品：９～１２元')
    """
    text = decoded_but_for_the_end(data, "cp950")
    if text:
        best = _likeliest(text)
        return best, text if best == "cp950" else data.decode(best, "replace")
    if text := decoded_but_for_the_end(data, "big5hkscs"):
        return "big5hkscs", text
    data = utf8.EMOJI.sub(b"", data)  # which says nothing of the page
    text = data.decode("cp950", "replace")
    return "big5hkscs" if _is_hong_kong(text, data.decode("big5hkscs", "replace")) else _likeliest(text), ""


def _likeliest(text: str) -> str:
    """The page that bytes are in which are `text` in cp950."""
    differing, letters = _differing(text)
    scores = {page: 0.0 for page in PAGES if "" not in map(_others(page).get, differing)}
    scores["cp950"] += sum(weight for mark, _, weight in MARKS if mark in differing)
    scores["cp950"] += QUOTED * (DOT in differing and text.count("「") > text.count("“"))
    if "big5hkscs" in scores and letters:
        scores["big5hkscs"] -= min(len(text) / HONG_KONG_EVERY, MOST_AGAINST)
        for page in scores:
            scores[page] += _lnp_of_runs(text, _runs(letters), _others(page))
    return max(scores, key=scores.__getitem__)


def _is_hong_kong(cp950: str, hong_kong: str) -> bool:
    """Whether damaged bytes that give these texts are in Hong Kong's page.

    What is out of step makes rare hanzi in its many rows, where the other pages have nothing.
    """
    lines = zip(cp950.split("\n"), hong_kong.split("\n"), strict=False)
    differing = islice(((a[:LINE_READ], b[:LINE_READ]) for a, b in lines if a != b), LINES_READ)
    ours, theirs = likelihood.totals("\n".join(side) for side in zip(("", ""), *differing, strict=True))
    return theirs > ours + GAIN


def _differing(text: str) -> tuple[set[str], list[int]]:
    """Which characters of `text`, read in cp950, are others or none in some other page, and where the first are that
    are no marks."""
    found, letters = set[str](), list[int]()
    for start in range(0, len(text), AT_ONCE):
        units = np.frombuffer(text[start : start + AT_ONCE].encode("utf-16-le"), np.uint16)
        differs = _differs().take(units)
        if differs.any():
            found.update(map(chr, np.unique(units[differs > 0]).tolist()))
            if len(letters) < LETTERS_READ:
                letters += (np.flatnonzero(differs == LETTER)[:LETTERS_READ] + start).tolist()
    return found, letters


@cache
def _differs() -> NDArray[np.uint8]:
    """By code point: 0, MARK or LETTER for what is in `_others`."""
    differs = np.zeros(0x10000, np.uint8)
    differs[[ord(character) for page in PAGES for character in _others(page)]] = LETTER
    differs[[ord(mark) for mark, *_ in MARKS]] = MARK
    return differs


@cache
def _others(page: str) -> dict[str, str]:
    """By character of cp950: what its bytes are in `page` where that is another, or none ("")."""
    others: dict[str, str] = {}
    for pair in (lead << 8 | trail for lead in ROWS_THAT_DIFFER for trail in range(0x40, 0xFF)):
        ours, theirs = (decoded(pair.to_bytes(2, "big"), name) for name in ("cp950", page))
        if len(ours) == 1 and ours != theirs:
            others[ours] = theirs
    return {ours: theirs for ours, theirs in others.items() if theirs or not ours.encode(page, "ignore")}


def _runs(places: list[int]) -> list[tuple[int, int]]:
    """Where runs of neighbouring `places` begin and end."""
    runs = np.split(np.array(places), np.flatnonzero(np.diff(places) > 1) + 1)
    return [(int(run[0]), int(run[-1]) + 1) for run in runs]


def _lnp_of_runs(text: str, runs: list[tuple[int, int]], others: dict[str, str]) -> float:
    """ln P of what stands at `runs` in `text`, with `others` for its characters, and of the characters around."""
    total = 0.0
    numbered = set[str]()
    table = str.maketrans(others)
    for start, end in runs:
        first = max(start - NEAR, 0)
        read = text[first : end + NEAR].translate(table)
        values = plausibility.lnp(read).tolist()
        for at in range(start - first, end - first):
            character = read[at]
            if character in NUMBER_BEFORE:
                before = NUMBER_BEFORE[character]
                if before in numbered or not before:
                    values[at] = NUMBERED
                else:
                    values[at] = OF_LINE if read[:at].rstrip(" \t\u3000")[-1:] in "\n" else OUT_OF_ORDER
                numbered.add(character)
            elif character == ZERO and read[max(at - 1, 0) : at] in HANZI_OF_NUMBERS:
                values[at] = IN_NUMBER
            elif script := _script(character):
                values[at] = _lnp_of_letter(character, read[max(at - 1, 0) : at], script)
        total += sum(values)
    return total


def _lnp_of_letter(letter: str, before: str, script: str) -> float:
    """ln P of a kana or a Cyrillic letter after the character `before`."""
    value = COMMON if letter.lower() in COMMON_LETTERS else RARE if letter in RARE_KANA else OTHER
    if _script(before) != script:
        first = letter in ENDINGS and not "一" <= before <= "龥"
        return value + BEGINS[script] * (letter not in ALONE) + NOT_FIRST * first
    return value + INNER_CAPITAL * (letter.isupper() and before.islower())


def _script(character: str) -> str:
    """The script of a letter: kana, Cyrillic, or neither ("")."""
    if "ぁ" <= character <= "ヾ" or character == "々":
        return "kana"
    return "Cyrillic" if "Ё" <= character <= "ё" else ""
