"""The screen before the lexicon never hides what a plain search would find."""

import re
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners import folding
from cleaners.boilerplate import lexicon, lines, score, screen

KNOWN = lexicon.load()
WORDS = sorted({word for _, pattern in KNOWN.phrases for word in screen.needed(pattern)})
LINES = [
    folding.fold(line)
    for kind in lexicon.raw().values()
    if isinstance(kind, list)
    for table in kind
    for line in table["removes"] + table["keeps"]
]
LABELS = [f"{label}:" for label in KNOWN.words] + [f"{' '.join(label)} 2015-1" for label in KNOWN.words]
PIECES = st.sampled_from(LINES + WORDS + LABELS) | st.text(
    "一下页共关注更多请的在12 :/[,www.©\ud83d\U00020bb7", max_size=6
)
TEXTS = st.lists(PIECES, max_size=6).map("".join)


def plain(folded: str) -> list[lexicon.Hit]:
    """What one search for all phrases finds."""
    every = re.compile("|".join(f"(?P<p{i}>{pattern})" for i, (_, pattern) in enumerate(KNOWN.phrases)))
    return [
        lexicon.Hit(*KNOWN.entries[KNOWN.phrases[int((m.lastgroup or "")[1:])][0]], *m.span())
        for m in every.finditer(folded)
    ]


@given(st.lists(TEXTS, max_size=5))
def test_the_screened_search_finds_what_a_plain_search_finds(parts: list[str]) -> None:
    for line, among in zip(parts, KNOWN.screen.among(parts), strict=True):
        assert KNOWN.hits(line, among) == plain(line)


@given(TEXTS)
def test_labels_and_spans_are_not_hidden(line: str) -> None:
    found = [match.end() for match in KNOWN.labels.finditer(line)]
    assert [label.value for label in KNOWN.labelled(line)] == found
    assert KNOWN.span_screen.among([line])[0] or not KNOWN.spans.search(line)


@given(st.lists(TEXTS | st.text(st.characters(blacklist_characters="\n")), min_size=1))
def test_sizes_of_all_lines_are_those_of_each(parts: list[str]) -> None:
    ends = [*accumulate(len(part) + 1 for part in parts)]
    assert lines.sizes("\n".join(parts), ends) == [lines.size(part) for part in parts]


def test_no_word_of_the_menu_has_more_letters_than_are_looked_at() -> None:
    assert all(score.FEW_LETTERS.fullmatch(word) for word in KNOWN.menu)


def test_no_label_is_longer_than_what_is_looked_at() -> None:
    assert all(len((" " * 4).join(label)) <= lexicon.LONGEST_LABEL for label in KNOWN.words)


def test_every_phrase_of_the_lexicon_needs_a_word() -> None:
    assert not KNOWN.screen.always


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("(?:最新|精彩)章节.*o", {"最新章节", "精彩章节"}),
        ("[上下]一[篇页](?:$|x)", {"上一篇", "上一页", "下一篇", "下一页"}),
        ("下载(?:全文)?", {"下载"}),
        ("(?:甲乙){1,2}", {"甲乙"}),
        ("(?:甲乙){2,9}丙", {"甲乙"}),
        ("甲?乙*", set()),
        ("(?:甲|)", set()),
        ("[^甲]", set()),
        ("[一-丁]", set()),
        ("(?i:app)", set()),
        ("(?i)app", set()),
        ("(?<=甲)乙(?!丙)", {"乙"}),
        (r"\d+楼", {"楼"}),
        (r"(甲)\1", {"甲"}),
    ],
)
def test_words_that_a_pattern_needs(pattern: str, words: set[str]) -> None:
    assert screen.needed(pattern) == words


def test_patterns_that_need_no_word_may_match_anywhere() -> None:
    assert screen.Screen([r"\d{5}", "甲乙"]).among(["", "甲", "甲乙"]) == [[0], [0], [0, 1]]
