"""The screen before the lexicon never hides what a plain search would find."""

import re
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners import characters, folding
from cleaners.boilerplate import lexicon, lines, screen, shape, spans, zones

KNOWN = lexicon.load()
WORDS = sorted({word for _, pattern in KNOWN.phrases for word in screen.needed(pattern)})
LINES = [
    folding.fold(line)
    for kind in lexicon.raw().values()
    if isinstance(kind, list)
    for table in kind
    for line in table["removes"] + table["keeps"]
]
NAMES = sorted(chain.from_iterable(KNOWN.words.values()))
LABELS = [f"{label}:" for label in NAMES] + [f"{' '.join(label)} 2015-1" for label in NAMES]
PIECES = st.sampled_from(LINES + WORDS + LABELS) | st.text(
    "一下页共关注更多请的在12 :/[,www.©\ud83d\U00020bb7", max_size=6
)
BUTTONS = [*LINES, *KNOWN.menu, *"【】|· 1:-", "12", "  "]
TEXTS = st.lists(PIECES, max_size=6).map("".join)
SENTENCES = [
    *(
        "一、",
        "(二)",
        "3.",
        "第四章 ",
        "今年以来，我们坚持稳中求进，",
        "全面完成了各项任务。",
        "同志们：",
        "他说：“好！”",
    ),
    *(
        "增长12.5%，",
        "2015年3月4日，",
        "新闻，经济，",
        "要闻，",
        "来源：某报",
        "；",
        "（完）",
        "QQ群号：123456",
        "谢谢大家。",
    ),
]


def plain(folded: str) -> list[lexicon.Hit]:
    """What one search for all phrases finds."""
    every = re.compile("|".join(f"(?P<p{i}>{pattern})" for i, (_, pattern) in enumerate(KNOWN.phrases)))
    return [
        lexicon.Hit(*KNOWN.entries[KNOWN.phrases[int((m.lastgroup or "")[1:])][0]], *m.span())
        for m in every.finditer(folded)
    ]


@settings(deadline=None)  # the plain search is slow
@given(st.lists(TEXTS, max_size=5))
def test_the_screened_search_finds_what_a_plain_search_finds(parts: list[str]) -> None:
    text = "\n".join(parts)
    among = KNOWN.screen.among(text, characters.lines(text).starts)
    for number, line in enumerate(parts):
        assert KNOWN.hits(line, among.get(number, ())) == plain(line)


@pytest.mark.parametrize("label", ["[来源] :", "来源 】:某报", "作者 /某", "编辑丨某", "时间2015-1"])
def test_signs_behind_labels_are_seen(label: str) -> None:
    assert [found.value for found in KNOWN.labelled(label)] == [KNOWN.labels.search(label).end()]


@given(TEXTS)
def test_labels_and_spans_are_not_hidden(line: str) -> None:
    found = [match.end() for match in KNOWN.labels.finditer(line)]
    assert [label.value for label in KNOWN.labelled(line)] == found
    assert not KNOWN.spans.search(line) or max(KNOWN.screen.among(line)[0]) >= len(KNOWN.phrases)


@given(st.lists(TEXTS | st.text(st.characters(blacklist_characters="\n")), min_size=1))
def test_sizes_of_all_lines_are_those_of_each(parts: list[str]) -> None:
    shown = {number: part for number, part in enumerate(parts) if part.strip()}
    text = "\n".join(parts)
    found = {line.number: line.size for line in lines.split(text, KNOWN.screen)}
    assert found == {number: characters.size(part) for number, part in shown.items()}


@given(st.text("一a1,、。; :.\n丨·", max_size=40))
def test_what_lines_hold_is_what_each_holds(text: str) -> None:
    found = characters.lines(text)
    rows = text.split("\n")
    assert [text[start : start + len(row)] for start, row in zip(found.starts, rows, strict=True)] == rows
    assert found.pauses == [sum(map(row.count, characters.PAUSES)) for row in rows]
    for kinds, row in zip(found.kinds, rows, strict=True):
        assert kinds == np.bitwise_or.reduce(characters.kinds(row), initial=characters.LINE_END)


def assert_no_rule_is_hidden(text: str) -> None:
    """Rules that don't look at a line, for what it holds, would not have changed its verdict."""
    folded = folding.fold(text)
    every = lines.split(folded, KNOWN.screen)
    owns = zones.Owns(every, KNOWN)
    for line in every:
        unknown = replace(line, kinds=characters.ANY, among=dict.fromkeys(range(len(KNOWN.phrases)), 0))
        closely = zones.own(unknown, KNOWN)
        hasty = owns[line.number]
        assert replace(hasty, verdict=closely.verdict, hasty=False) == closely
        assert not hasty.hasty or not closely.may_go
        assert owns.closely(line) == closely


@given(
    st.lists(TEXTS | st.lists(st.sampled_from(SENTENCES), max_size=9).map("".join), min_size=1).map("\n".join)
)
def test_what_a_line_holds_tells_which_rules_can_speak(text: str) -> None:
    assert_no_rule_is_hidden(text)


@pytest.mark.parametrize(
    "line",
    [
        "点赞刷新回复搜索投诉专题注册设置喜欢确定图片关闭打印顶部。",
        "新闻,财经,体育,娱乐,汽车,房产,教育,文化,旅游,健康,科技,历史,军事,社会",
    ],
)
def test_no_rule_is_hidden_from_lines_as_long_as_sentences(line: str) -> None:
    assert characters.size(line) > lines.SENTENCE
    assert_no_rule_is_hidden(line)


def test_no_rule_is_hidden_from_real_lines(corpus: Path) -> None:
    for path in sorted((corpus / "documents").glob("*/*"))[::20]:
        assert_no_rule_is_hidden(path.read_text("utf-8", "replace"))


def test_no_word_of_the_menu_has_more_letters_than_are_looked_at() -> None:
    assert all(len(word) <= shape.MOST_LETTERS for word in KNOWN.menu)


def test_no_label_is_longer_than_what_is_looked_at() -> None:
    assert all(len((" " * 4).join(label)) <= lexicon.LONGEST_LABEL for label in NAMES)


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
    among = screen.Screen([r"\d{5}", "甲乙"]).among("\n甲\n甲乙", [0, 1, 3])
    assert {line: [*found] for line, found in among.items()} == {0: [0], 1: [0], 2: [0, 1]}


def test_behind_the_place_of_a_pattern_no_word_of_it_stands() -> None:
    known = screen.Screen(["甲乙|子丑寅", "丙"])
    text = "甲乙子丑寅子丑\n甲乙丙甲乙子丑寅甲"
    assert known.among(text, characters.lines(text).starts) == {0: {0: 2}, 1: {0: 13, 1: len(text)}}


@pytest.mark.parametrize("form", ["({})", "{}"])
def test_what_stands_behind_a_paragraph_is_no_longer_than_is_looked_at(form: str) -> None:
    inside = spans.LONGEST_LAST - 2
    assert spans.LAST.search("。" + form.format("甲" * inside) + "!~" * (form == "{}"))
    assert not spans.LAST.search("。" + form.format("甲" * (inside + 1)))


@given(st.data())
def test_no_pattern_is_hidden_by_what_is_looked_at_first(data: st.DataObject) -> None:
    def some(pattern: re.Pattern[str]) -> str:
        return data.draw(st.from_regex(pattern, fullmatch=True))

    assert characters.size(some(shape.NO_WORDS)) == characters.size(some(lines.BAR)) == 0
    address = some(lines.SALUTATION)
    line = lines.Line(0, 0, len(address), address, characters.size(address), 0, 0)
    assert lines.is_salutation(line) == (len(address) <= lines.LONGEST_SALUTATION)


@given(st.lists(st.sampled_from(BUTTONS), min_size=1, max_size=3).map("".join))
def test_no_button_is_hidden_by_its_first_letter(line: str) -> None:
    found = KNOWN.lines.fullmatch(line) if len(line) <= lexicon.LONGEST_BUTTONS else None
    assert (KNOWN.whole(line) is not None) == (found is not None)


@pytest.mark.parametrize(
    ("pattern", "letters"),
    [
        ("[上下]一页", "上下"),
        (r"\d+ ?(?:楼|层)?主", "楼层主"),
        (r"(?:^|\W)更?多", "更多"),
        ("(?=甲)a-?b", "a"),
        (".甲", ""),
        ("[^甲]乙", ""),
        (r"\w甲", ""),
        ("甲?.*", ""),
    ],
)
def test_letters_that_a_pattern_begins_with(pattern: str, letters: str) -> None:
    assert screen.begins(pattern) == set(letters)
