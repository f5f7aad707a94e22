"""Which page of Big5 some bytes are in: Windows' (cp950), the plain one (big5), or Hong Kong's (big5hkscs).

All three have the same hanzi; one page has more of them than another. They differ in two places, where the
same bytes are different characters:

- eleven marks of rows A1 and A2: cp950 has ‧﹑～ where the other two have •､∼;
- rows C6 and C7: cp950 and big5 have kana, Cyrillic letters and numbers in circles in one order, big5hkscs
  numbers, radicals, kana and Cyrillic letters in another.

What is read there decides. It cannot be decided between ‧ and • (bytes A145), ￥ and ¥, ￡ and £, ￠ and ¢ where
they are all that differs: then the commoner one of them is read.
"""

from itertools import islice

import numpy as np

from cleaners import plausibility
from cleaners.encoding import likelihood

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

# So many letters are enough to tell the rows C6 and C7 by; so many lines of damaged text, of which so much is read.
PLACES_READ = 200
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
# ln P of a number that begins a list or continues the one before it, and of any other.
NUMBERED, OUT_OF_ORDER = -6.0, -14.0
NUMBER_BEFORE = {
    number: before
    for series in ("①②③④⑤⑥⑦⑧⑨⑩", "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽", "ⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹ")
    for number, before in zip(series, ("", *series), strict=False)
}
# Zero among the hanzi of numbers, as in years; what else stands there is no kana.
ZERO, HANZI_OF_NUMBERS, IN_NUMBER = "〇", "〇一二三四五六七八九", -4.0


def page(data: bytes) -> tuple[str, str]:
    """The likeliest page of `data`, which is in one of them, and its text.

    >>> page("①準備。②開始。".encode("big5hkscs"))
    ('big5hkscs', '①準備。②開始。')
    >>> page("優の良品：９～１２元".encode("cp950"))
    ('cp950', '優の良品：９～１２元')
    """
    texts = {name: text for name in PAGES if (text := decoded(data, name))} or _damaged(data)
    narrowest, text = next(iter(texts.items()))
    if narrowest != "cp950" or all(other == text for other in texts.values()):
        return narrowest, text
    scores = dict.fromkeys(texts, 0.0)
    scores["cp950"] += sum(weight for mark, _, weight in MARKS if mark in text)
    if "big5hkscs" in texts and texts["big5hkscs"] != texts.get("big5"):
        runs = _rows_of_letters(text, texts["big5hkscs"])
        for name in texts:
            scores[name] += _lnp_of_runs(texts[name], runs)
    best = max(scores, key=scores.__getitem__)
    return best, texts[best]


def decoded(data: bytes, page: str) -> str:
    """`data` in `page`, or "" if any byte of it is in no character."""
    try:
        return data.decode(page)
    except UnicodeDecodeError:
        return ""


def _damaged(data: bytes) -> dict[str, str]:
    """The texts of `data`, which is in no page as a whole, that may be meant.

    What is out of step makes rare hanzi in the many rows of Hong Kong, where the other pages have nothing.
    """
    texts = {name: data.decode(name, "replace") for name in PAGES}
    lines = zip(texts["cp950"].split("\n"), texts["big5hkscs"].split("\n"), strict=False)
    differing = islice(((a[:LINE_READ], b[:LINE_READ]) for a, b in lines if a != b), LINES_READ)
    cp950, hong_kong = likelihood.totals("\n".join(side) for side in zip(("", ""), *differing, strict=True))
    if hong_kong > cp950 + GAIN:
        return {"big5hkscs": texts["big5hkscs"]}
    lost = texts["cp950"].count("\ufffd")
    return {name: text for name, text in texts.items() if text.count("\ufffd") == lost}


def _rows_of_letters(cp950: str, hong_kong: str) -> list[tuple[int, int]]:
    """Where the first runs of characters of rows C6 and C7 begin and end in two texts of the same bytes."""
    ours, theirs = (np.frombuffer(text.encode("utf-16-le"), np.uint16) for text in (cp950, hong_kong))
    if len(ours) != len(theirs):  # one of them lost bytes
        return []
    places = np.flatnonzero(ours != theirs)
    places = places[~np.isin(ours[places], [ord(mark) for mark, *_ in MARKS])][:PLACES_READ]
    runs = np.split(places, np.flatnonzero(np.diff(places) > 1) + 1)
    return [(int(run[0]), int(run[-1]) + 1) for run in runs if len(run)]


def _lnp_of_runs(text: str, runs: list[tuple[int, int]]) -> float:
    """ln P of what stands at `runs` in `text`, and of the characters around."""
    total = 0.0
    numbered = set[str]()
    for start, end in runs:
        first = max(start - NEAR, 0)
        values = plausibility.lnp(text[first : end + NEAR]).tolist()
        for at in range(start, end):
            character = text[at]
            if character in NUMBER_BEFORE:
                before = NUMBER_BEFORE[character]
                values[at - first] = NUMBERED if before in numbered or not before else OUT_OF_ORDER
                numbered.add(character)
            elif character == ZERO and text[at - 1 : at] in HANZI_OF_NUMBERS:
                values[at - first] = IN_NUMBER
            elif script := _script(character):
                values[at - first] = _lnp_of_letter(character, text[at - 1 : at], script)
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
