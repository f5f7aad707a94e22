"""Announced counts meet what follows them; the tree nests; lost headings are seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners import outline
from cleaners.document import Document
from cleaners.options import Options

ALPHABET = "一二三四第（）()、，。：;\n 　讲谈点意见以下方面是要首先其次1.2①章条修路"


@pytest.mark.parametrize(
    ("text", "count", "found"),
    [
        ("下面我讲三点意见。\n一、修路。\n二、架桥。\n三、种树。", 3, 3),
        (
            "我讲7点意见，请大家指正。\n第一，早。第二，快。第三，好。第四，省。第五，稳。第六，实。第七，严。",
            7,
            7,
        ),
        ("主要有四個方面：（一）路。（二）橋。（三）樹。（四）水。", 4, 4),
        ("要做到两条：一要修路，二要架桥。", 2, 2),
        ("要抓好以下三项工作：一是修路。二是架桥。", 3, 2),
        ("具体有三方面要求：一要早。二是快。三是好。", 3, 3),
        ("要做好“三篇文章”：一是路的文章，二是桥的文章，三是树的文章。", 3, 3),
        ("修路的意义有三：一是方便，二是省钱，三是团结。", 3, 3),
        ("讲三句话。第一句话，路要修好。第二句话，桥要架牢。第三句话，树要种活。", 3, 3),
        ("工程分三个阶段：第一阶段备料，第二阶段动工，第三阶段验收。", 3, 3),
        ("我讲三点。修路是大事。第一，要早。第二，要快。", 3, 2),
        ("归纳为三个问题。首先，路不平。其次，桥不稳。第三，树太少。", 3, 3),
    ],
)
def test_what_is_announced(text: str, count: int, found: int) -> None:
    assert [(one.count, one.found) for one in outline.announcements(text)] == [(count, found)]


@pytest.mark.parametrize(
    "text",
    [
        "增长百分之四点五。一是修路，二是架桥。",
        "这三点要求很重要。大家回去要认真落实。",
        "要增强“四个意识”，坚定“四个自信”。",
        "坚持四项基本原则，坚持改革开放。",
        "第三条道路走不通。",
        "提几点要求，与同志们共勉。",
        "上午九点到会场。",
        "坚持四项基本原则。一要学习，二要宣传。",
        "“三个代表”要学好。一要学，二要用。",
        "去年三点半到会场。一是开会，二是参观。",
        "有没有这两条路？一、二班都没走过。第一，没有路。",
        "只有五个多月。第一，备料。第二，动工。",
        "来函有三封，都讲修路：一封讲早，一封讲快。路修了多年。一是备料。二是动工。",
    ],
)
def test_what_is_not(text: str) -> None:
    assert outline.announcements(text) == []


def test_the_tree_nests_and_covers_the_parts() -> None:
    text = "一、修路\n（一）备料。一是沙，二是石。\n（二）动工。\n二、架桥\n（一）画图。"
    roads, bridges = outline.tree(text)
    assert (roads.marker, roads.title, bridges.title) == ("一、", "修路", "架桥")
    assert [node.title for node in roads.children] == ["备料", "动工"]
    assert [node.marker for node in roads.children[0].children] == ["一是", "二是"]
    assert (roads.end, bridges.end) == (bridges.start, len(text))


def test_articles_nest_in_the_last_chapter_too() -> None:
    text = "第一章 总则\n第一条 修路。\n第二章 附则\n第二条 本条例自公布之日起施行。"
    first, last = outline.tree(text)
    assert [node.title for node in (*first.children, *last.children)] == ["修路", "本条例自公布之日起施行"]


def test_a_list_that_starts_again_stands_beside_the_one_before() -> None:
    nodes = outline.tree("一是沙。二是石。又有三条：一是人。二是马。三是车。")
    assert [node.title for node in nodes] == ["沙", "石", "人", "马", "车"]


def test_headings_lost() -> None:
    part = "（一）备料要早，场地要平。\n（二）动工要快，验收要严。\n"
    document = Document("修路是大事。\n" + part + "架桥也是大事。\n" + part + "种树更是大事。\n" + part)
    assert [flag.name for flag in outline.find(document, Options()).flags] == ["headings_lost"]
    with_headings = Document("一、修路\n" + part + "二、架桥\n" + part + "三、种树\n" + part)
    assert outline.find(with_headings, Options()).flags == ()


@given(st.text(ALPHABET))
def test_any_text(text: str) -> None:
    for one in outline.announcements(text):
        assert 0 <= one.start < one.end <= len(text)
        assert one.found <= one.count

    def check(nodes: tuple[outline.Node, ...], start: int, end: int) -> None:
        for node in nodes:
            assert start <= node.start < node.end <= end
            check(node.children, node.start, node.end)
            start = node.end

    check(outline.tree(text), 0, len(text))


@pytest.mark.parametrize(
    "unit", ["一、", "一、\n", "1", "（", "（一）\n", "讲三点：", "以下三点", "一是，二是，"]
)
def test_repetition_is_no_trouble(unit: str) -> None:
    outline.find(Document(unit * (100_000 // len(unit))), Options())
