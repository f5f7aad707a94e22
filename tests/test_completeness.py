"""Whole documents are taken for whole, and cut ones for cut, in every shape a scrape gives them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners import completeness
from cleaners.document import Document, Edit, Flag, Step
from cleaners.options import Options

BODY = "修路的事议了多年，今年要动工。沿线八个村子都出了工，石料已经备齐。"


def flags(text: str, name: str = "truncated") -> list[Flag]:
    return [flag for flag in completeness.find(Document(text), Options()).flags if flag.name == name]


@pytest.mark.parametrize(
    "tail",
    [
        "",
        "\n二○○五年十二月三日",
        "\n青山县人民政府\n2005年12月3日",
        "（完）",
        "（记者 张三）",
        "记者张三",
        "\n作者：张三 （来源：青山日报）",
        "〔3〕",
        "\n责任编辑：李四",
        "\n上一篇：架桥记\n返回顶部",
        "\n|",
        "\n资料来源：\n青山网：修路的事议了多年",
        "\n——张三",
        "\n第8页 共8页",
    ],
)
def test_whole(tail: str) -> None:
    assert flags(BODY * 5 + tail) == []


@pytest.mark.parametrize(
    ("tail", "kind"),
    [
        ("\n今年的石料", "mid_sentence"),
        ("今年的石料，", "mid_sentence"),
        ("今年的石料：", "mid_sentence"),
        ("今年的石料\n责任编辑：李四\n上一篇：架桥记", "mid_sentence"),
        ("\n二、架桥", "at_heading"),
        ("\n（二）架桥\n|", "at_heading"),
        (" 二、架桥", "at_heading"),
        ("\n下一页", "cut_page"),
        ("\n第1页 共8页", "cut_page"),
        ("\n余下全文", "cut_page"),
        ("\n要抓好三件事：一是备料要早，二是动工要快。", "missing_sections"),
    ],
)
def test_cut(tail: str, kind: str) -> None:
    assert [flag.kind for flag in flags(BODY * 5 + tail)] == [kind]


@pytest.mark.parametrize("tail", ["\n1993年的石料", "今年的石料", "\n二、架橋"])
@pytest.mark.parametrize(
    "change", [lambda t: t.replace("。", "."), lambda t: t.replace("，", ","), lambda t: t.replace("\n", " ")]
)
def test_cut_in_other_shapes(tail: str, change: object) -> None:
    assert callable(change)
    assert flags(change(BODY * 5 + tail))


def test_a_removed_pager_tells_of_another_page() -> None:
    text = BODY * 5
    step = Step("boilerplate", (Edit(len(text), "\n下一页", "", "boilerplate.chrome", 0.9),))
    (flag,) = completeness.find(Document(text, steps=(step,)), Options()).flags
    assert (flag.name, flag.kind) == ("truncated", "cut_page")


def test_evidence_can_be_checked() -> None:
    text = BODY + "\n要抓好以下四项：一是备料要早，二是动工要快。"
    (flag,) = flags(text)
    assert "announces 4 items" in flag.evidence
    assert flag.start is not None
    assert text[flag.start] == "四"


@pytest.mark.parametrize(
    ("text", "found"),
    [("XX位同志和X书记到会。", True), ("×××同志到会。", True), ("做X光检查。", False), ("XML文件。", False)],
)
def test_placeholders(text: str, found: bool) -> None:
    assert bool(flags(text, "placeholders")) == found


def test_excerpt() -> None:
    assert flags(BODY + "\n（这是在修路动员会上讲话的一部分。）", "excerpt")
    assert not flags(BODY, "excerpt")


@given(st.text("一二三第（）()、，。：;\n 　讲三点意见以下一是要1.2①条修路下一页共页X×\ue000"))
def test_any_text(text: str) -> None:
    found = completeness.find(Document(text), Options())
    assert sum(flag.name == "truncated" for flag in found.flags) <= 1
    assert all(0 <= flag.confidence <= 1 for flag in found.flags)
