"""Whole documents are taken for whole, and cut ones for cut, in every shape a scrape gives them."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners import clean, completeness
from cleaners.completeness import rules
from cleaners.document import Document, Edit, Flag, Step
from cleaners.options import Options
from tests.benchmarks import completeness as benchmark

BODY = "修路的事议了多年，今年要动工。沿线八个村子都出了工，石料已经备齐。"
ESSAY = "青山修路记\n" + BODY * 5
SPEECH = "在修路动员会上的讲话\n同志们：\n今天开会，部署修路的事。" + BODY * 20


def flags(text: str, name: str = "truncated") -> list[Flag]:
    return [flag for flag in completeness.find(Document(text), Options()).flags if flag.name == name]


@pytest.mark.parametrize(
    "tail",
    [
        "",
        "\n二○○五年十二月三日",
        "\n青山县人民政府\n2005年12月3日",
        "\n张三  二〇〇五年十二月三日",
        "（完）",
        "（记者 张三）",
        "记者张三",
        "记者 张三 （来源：青山日报）",
        "\ue40c作者：张三 李四",
        "〔3〕",
        "(1026字)",
        "\n张三 李四《青山日报》( 2017年03月19日 05 版)",
        "\n责任编辑：李四",
        "\n相关文章：\n架桥记\n种树记",
        "\n上一篇：架桥记\n返回顶部",
        "\nshow_ads();",
        "\n|",
        "\n资料来源：\n青山网：修路的事议了多年",
        "\n——张三",
        "\n第8页 共8页",
        "\n架桥的事也在议，可参看\n（完）",
        "\n附件：1.修路方案\n2.架桥方案",
        "\n- [架桥记](http://www.example.com/2)",
        "\n![路](http://www.example.com/1.png)",
        "\n路平\n桥稳\n树绿\n水清",
        ";",
    ],
)
def test_whole(tail: str) -> None:
    assert flags(ESSAY + tail) == []


@pytest.mark.parametrize(
    ("tail", "kind"),
    [
        ("\n今年的石料", "mid_sentence"),
        ("今年的石料，", "mid_sentence"),
        ("6月6日，青山县", "mid_sentence"),
        ("我们完", "mid_sentence"),
        ("\n路要平；\n桥要稳；\n树要绿；\n水要", "mid_sentence"),
        ("今年的石料：", "mid_sentence"),
        ("今年的石料（沙石）", "mid_sentence"),
        ("今年的石料\n责任编辑：李四\n上一篇：架桥记", "mid_sentence"),
        ("今年的石料 责任编辑：李四 上一篇：架桥记", "mid_sentence"),
        ("\n今年的石料已由县交通局会同沿线各村\n下一页", "mid_sentence"),
        ("\n二、架桥", "at_heading"),
        ("\n（二）架桥\n|", "at_heading"),
        (" 二、架桥", "at_heading"),
        ("\n## 架桥", "at_heading"),
        ("\n## HTTP API", "at_heading"),
        ("\n## 怎样架桥？", "at_heading"),
        ("\n1.2 架桥", "at_heading"),
        ("\n**架桥**", "at_heading"),
        ("\n【修路】\n" + BODY + "\n【架桥】", "at_heading"),
        ("\n——修路。" + BODY + "\n——架桥", "mid_sentence"),
        ("\n2、[桥](http://www.example.com)", "at_heading"),
        ("\n![路](http://www.example.com/1.png)\n今年的石料", "mid_sentence"),
        ("\n路平\n桥稳\n树绿\n二、架桥", "at_heading"),
        ("\n下一页", "cut_page"),
        ("\n第1页 共8页", "cut_page"),
        ("\n余下全文", "cut_page"),
        ("\n要抓好以下三件事：一是备料要早，二是动工要快。", "missing_sections"),
        ("\n下面讲以下三个问题。", "missing_sections"),
        ("\n大包干〔1〕的办法要用起来。", "suspected"),
    ],
)
def test_cut(tail: str, kind: str) -> None:
    assert [flag.kind for flag in flags(ESSAY + tail)] == [kind]


def test_a_heading_with_nearly_nothing_under_it() -> None:
    sections = "".join(f"\n{number}、要抓好修路。{BODY * 6}" for number in "一二三")
    assert [flag.kind for flag in flags("青山修路记" + sections + "\n四、要抓好种树。")] == ["at_heading"]
    assert flags("青山修路记" + sections) == []


@pytest.mark.parametrize("tail", ["\n今年的石料", "今年的石料", "\n二、架橋"])
@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("，", ",").replace("。", "."),
        lambda text: text.replace("\n", " "),
        lambda text: "\n".join(text[i : i + 40] for i in range(0, len(text), 40)),
    ],
)
def test_cut_and_whole_in_other_shapes(tail: str, change: Callable[[str], str]) -> None:
    assert flags(change(ESSAY + tail))
    assert not flags(change(ESSAY))


def test_other_languages_are_judged_by_their_end_marks_only() -> None:
    english = "The road was discussed for years. All eight villages sent their men, and the stone is ready."
    assert completeness.find(Document(english * 3), Options()).flags == ()
    assert [flag.kind for flag in flags(english * 3 + " This year the stone")] == ["mid_sentence"]
    assert (
        completeness.find(
            Document("Дорогу обсуждали много лет. В этом году её начали строить." * 3), Options()
        ).flags
        == ()
    )


def test_a_speech_without_a_close_is_suspected() -> None:
    (flag,) = flags(SPEECH)
    assert flag.kind == "suspected"
    assert flags(SPEECH + "\n同志们，让我们团结起来，为修好这条路而努力奋斗！谢谢大家！") == []
    assert flags(ESSAY) == []


def test_a_law_says_from_when_it_holds() -> None:
    law = "青山县公路条例\n" + "".join(f"第{number}条 公路应当养护。\n" for number in "一二三四五")
    assert [flag.kind for flag in flags(law)] == ["suspected"]
    assert flags(law + "第六条 本条例自2005年1月1日起施行。") == []


def test_annexes_may_stand_behind_a_law() -> None:
    law = "青山县公路条例\n" + "".join(f"第{number}条 公路应当养护。\n" for number in "一二三四五")
    whole = law + "第六条 本条例自2005年1月1日起施行"
    assert flags(whole) == []
    assert flags(whole + "。\n附件\n" + "公路名单由县交通局编制。" * 80) == []


def test_a_removed_pager_tells_of_another_page() -> None:
    step = Step("boilerplate", (Edit(len(ESSAY), "\n下一页", "", "boilerplate.chrome", 0.9),))
    (flag,) = completeness.find(Document(ESSAY, steps=(step,)), Options()).flags
    assert (flag.name, flag.kind) == ("truncated", "cut_page")


def test_evidence_can_be_checked() -> None:
    text = ESSAY + "\n要抓好以下四项：一是备料要早，二是动工要快。"
    (flag,) = flags(text)
    assert "announces 4 items" in flag.evidence
    assert flag.start is not None
    assert text.startswith("以下四项", flag.start)


@pytest.mark.parametrize(
    "text",
    [
        "，今年要动工。" + BODY * 5,
        "了多年，今年要动工。" + BODY * 5,
        "的石料”已经备齐。" + BODY * 5,
        "石料备齐后就可动工。" * 5 + "\n二、架桥\n" + BODY + "\n三、种树\n" + BODY,
    ],
)
def test_the_beginning_is_missing(text: str) -> None:
    assert flags(text, "beginning_missing")


@pytest.mark.parametrize(
    "text",
    [
        ESSAY,
        "同志们：\n" + BODY,
        "一、修路\n" + BODY,
        "本报青山1月2日电 " + BODY,
        "话说青山县有条路。" + BODY,
        "我们要修路。" + BODY,
        "了多年的路终于动工 村民称盼望已久 " + BODY * 3 + "\n" + BODY,  # a headline on the line of its text
    ],
)
def test_the_beginning_is_there(text: str) -> None:
    assert not flags(text, "beginning_missing")


def test_an_indent_is_a_beginning() -> None:
    """Where the first line is indented as paragraphs are, or was before layout."""
    rest = "了多年，今年要动工。" + BODY * 5
    assert flags(rest, "beginning_missing")
    assert not flags("　　" + rest, "beginning_missing")
    step = Step("layout", (Edit(0, "　　", "", "layout.indent", 1.0),))
    assert not completeness.find(Document(rest, steps=(step,)), Options()).flags


def test_a_wrapped_line_is_no_title() -> None:
    """Layout leaves a first line that may be a title; as wide as those it joined, it is none."""
    first = "了多年，今年要动工的事大家都知道，沿线八个村子都出了工，石料也已经备"
    rest = "齐" + BODY * 3
    joins = tuple(Edit(36 + 36 * i, "\n", "", "layout.join", 0.9) for i in range(1, 3))
    document = Document(f"{first}\n{rest}", steps=(Step("layout", joins),))
    assert [flag.name for flag in completeness.find(document, Options()).flags] == ["beginning_missing"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("XX位同志和X书记到会。", True),
        ("張×× 同志到會。", True),
        ("做X光检查。", False),
        ("XML文件。", False),
    ],
)
def test_placeholders(text: str, found: bool) -> None:
    assert bool(flags(text, "placeholders")) == found


def test_excerpt() -> None:
    assert flags(ESSAY + "\n（这是在修路动员会上讲话的一部分。）", "excerpt")
    assert not flags(ESSAY, "excerpt")


@pytest.mark.parametrize(
    ("text", "genre"),
    [
        (SPEECH, "speech"),
        ("政府工作报告\n各位代表：\n现在，我代表县政府作工作报告。", "report"),
        ("本报讯（记者张三）青山县修路。", "news"),
        ("第一回 修路\n张三道：“修罢。”李四道：“好。”", "novel"),
        ("第一条 路。\n第二条 桥。\n第三条 树。", "law"),
        (ESSAY, "essay"),
    ],
)
def test_genre(text: str, genre: str) -> None:
    assert completeness.find(Document(text), Options()).measures.genre == genre


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param((kind, rule), id=f"{kind}: {rule['name']}")
        for kind, found in rules.load().items()
        for rule in found
    ],
)
def test_rules_match_what_they_say(rule: tuple[str, dict[str, object]]) -> None:
    kind, table = rule
    pattern = re.compile(str(table["pattern"]))
    how = {"label": pattern.match, "notice": pattern.match, "opening": pattern.match}
    whole = dict.fromkeys(("colophon", "signature", "apparatus"), pattern.fullmatch)
    matches = (how | whole).get(kind, pattern.search)
    examples, others = table["match"], table["not"]
    assert isinstance(examples, list)
    assert isinstance(others, list)
    assert [text for text in examples if not matches(text)] == []
    assert [text for text in others if matches(text)] == []
    words = table.get("words", [""])
    assert isinstance(words, list)
    assert [text for text in examples if not rules.holds(text, tuple(words))] == []


@pytest.mark.slow
@pytest.mark.skipif(not benchmark.CORPUS.is_dir(), reason="no corpus here (JINGWEN_CORPUS)")
@pytest.mark.parametrize("shape", benchmark.SHAPES)
def test_the_corpus(shape: str) -> None:
    flagged: dict[str, list[bool]] = {}
    for document in list(benchmark.documents())[::3]:
        for case in benchmark.cases(*document):
            found = clean(benchmark.SHAPES[shape](case.text), benchmark.OPTIONS)
            names = {flag.name for flag in found.flags}
            wanted = "beginning_missing" if case.kind == "beginning" else "truncated"
            flagged.setdefault(case.kind, []).append(wanted in names)
            if case.kind == "complete":
                flagged.setdefault("begun", []).append("beginning_missing" in names)
    share = {kind: sum(cases) / len(cases) for kind, cases in flagged.items()}
    assert share["mid_sentence"] >= 0.99
    assert share["at_heading"] >= 0.99
    assert share["missing_sections"] >= 0.7
    assert share["beginning"] >= 0.88
    assert share["begun"] <= 0.02
    # A pager behind a whole text says that there is more.
    assert shape == "pager behind" or share["complete"] <= 0.02


@given(st.text("一二三第（）()、，。：；“” \n\u3000讲三点意见以下一是要1.2①条修路下一页共页X×同志们\ue000"))
def test_any_text(text: str) -> None:
    found = completeness.find(Document(text), Options())
    assert sum(flag.name == "truncated" for flag in found.flags) <= 1
    assert all(0 <= flag.confidence <= 1 for flag in found.flags)


@pytest.mark.parametrize(
    "unit", ["一、", "1", "（", "\n", " ", "。 ", "一、\n", "讲三点：一是", "XX位", "（一", "同志们", "第1页"]
)
def test_repetition_is_no_trouble(unit: str) -> None:
    completeness.find(Document(unit * (100_000 // len(unit))), Options())
