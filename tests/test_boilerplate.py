"""What boilerplate removes, and above all what it leaves."""

import os
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from cleaners.boilerplate import find, lexicon
from cleaners.document import Document, Metadata, apply
from cleaners.options import Options, Phrases

CORPUS = Path(os.environ.get("JINGWEN_CORPUS", Path(__file__).parents[2] / "shared" / "corpus"))
needs_corpus = pytest.mark.skipif(not CORPUS.exists(), reason=f"no corpus in {CORPUS}")

TITLE = "在全县春季造林动员会上的讲话"
BODY = [
    "同志们：",
    "今天，我们在这里召开全县春季造林动员会，主要任务是总结去年的工作，安排部署今年的造林任务。",
    "一、认清形势，增强做好造林工作的责任感",
    "去年以来，各乡镇按照县委的要求，抢抓时机，克服困难，造林三万多亩，成活率达到百分之九十以上。",
    "二、突出重点，全面完成今年的任务",
    "要坚持适地适树，把好苗木关、栽植关、管护关，做到栽一片、活一片、成林一片，决不能走过场。",
    "同志们，造林绿化功在当代、利在千秋，让我们共同努力，为建设秀美山川作出新的更大的贡献！",
]
TABLES = [table for kind in lexicon.raw().values() if isinstance(kind, list) for table in kind]


def removed(text: str, strength: str = "careful") -> list[str]:
    """The parts of a text that go."""
    edits = find(Document(text), Options(boilerplate=strength)).edits
    return [edit.before.strip() for edit in edits]


def cleaned(text: str) -> str:
    return apply(text, find(Document(text), Options()).edits)


def document(head: list[str] = (), middle: list[str] = (), tail: list[str] = ()) -> str:
    return "\n".join([*head, TITLE, *BODY[:4], *middle, *BODY[4:], *tail])


@pytest.mark.parametrize("line", [line for table in TABLES for line in table["removes"]])
def test_words_of_the_lexicon_go_behind_the_body(line: str) -> None:
    assert removed(document(tail=[line])) == [line]


KEEPS = [line for table in [*TABLES, lexicon.raw()["formulas"]] for line in table["keeps"]]


@pytest.mark.parametrize("line", KEEPS)
def test_sentences_with_such_words_stay(line: str) -> None:
    for place in "head", "middle", "tail":
        assert removed(document(**{place: [line]})) == []


def test_a_promotional_block_goes_and_the_title_is_first() -> None:
    head = [
        "内部资料 严禁外传",
        "笔杆子文库",
        "每天更新、天天进步",
        "现在加入立享全站资料",
        "【打击盗卖行动】",
        "举报倒卖资料的人，核实后免费赠送一年会员！",
        "会员群：         免费QQ群：    ",
        *[""] * 5,
    ]
    found = find(Document(document(head)), Options())
    assert [edit.before.strip() for edit in found.edits] == [line.strip() for line in head if line]
    assert found.metadata.title == TITLE
    assert all(edit.rule.startswith("boilerplate.") and edit.signals for edit in found.edits)


@pytest.mark.parametrize(
    ("line", "metadata"),
    [
        ("时间:2015-01-23", Metadata(published="2015-01-23")),
        (
            "發布時間：２０２０-１１-２０ 來源: 黨課講稿 點擊:",
            Metadata(published="2020-11-20", source="黨課講稿"),
        ),
        (
            "发布日期：2015年1月23日 10:20　作者：张三　责任编辑：李四",
            Metadata(published="2015-01-23T10:20", author="张三", editor="李四"),
        ),
        ("2017-11-28 10:20:15", Metadata(published="2017-11-28T10:20:15")),
    ],
)
def test_metadata_lines_go_into_the_manifest(line: str, metadata: Metadata) -> None:
    text = "\n".join([TITLE, "", line, "", *BODY])
    found = find(Document(text), Options())
    assert [edit.before.strip() for edit in found.edits] == [line]
    assert found.edits[0].rule == "boilerplate.metadata"
    assert found.metadata == Metadata(
        TITLE, metadata.published, metadata.source, metadata.author, metadata.editor
    )


@pytest.mark.parametrize("bar", ["|", "｜", ">>", "-----", "\u200b"])
def test_stray_bars_go(bar: str) -> None:
    assert removed(document(tail=[bar])) == [bar]


@pytest.mark.parametrize(
    "line", ["——", "”", "……", "* * *", "（完）", "谢谢大家！", "某某县人民政府", "2005年12月3日"]
)
def test_what_ends_a_text_stays(line: str) -> None:
    assert removed(document(tail=[line])) == []


def test_minutes_of_a_meeting_keep_their_head() -> None:
    head = ["会议纪要", "时间：2015年1月23日上午", "地点：三楼会议室", "主持人：李县长"]
    assert removed("\n".join([*head, *BODY])) == []


def test_links_behind_the_end_go() -> None:
    tail = ["相关阅读", "某市召开经济工作会议", "春风吹绿两岸柳", "我县粮食生产再获丰收", "返回顶部"]
    assert removed(document(tail=tail)) == tail


def test_what_goes_exposes_what_stood_behind_it() -> None:
    head = [f"县委领导讲话稿：{TITLE}", "2017-10-16 10:36:34"]
    assert removed(document(head=head), "bold") == head
    assert removed(document(head=head[:1]), "bold") == head[:1]


def test_parts_of_a_line_go() -> None:
    text = document(
        tail=["会议由县长李某主持，各乡镇负责同志参加了会议并作了表态发言。（来源：某某晚报）［详细］"]
    )
    assert removed(text) == ["（来源：某某晚报）", "［详细］"]


def test_nothing_but_chrome_is_kept_and_flagged() -> None:
    found = find(Document("返回首页\n登录\n注册\n版权所有：某某网 未经许可不得转载"), Options())
    assert not found.edits
    assert [flag.name for flag in found.flags] == ["little_body"]


def test_words_can_be_added() -> None:
    line = "笔杆子之家陪您一起成长"
    assert removed(document(tail=[line])) == []
    added = Options(lexicon=(Phrases(patterns=("笔桿子之家[陪伴]您",)),))
    assert [edit.before for edit in find(Document(document(tail=[line])), added).edits] == [line]


@pytest.mark.parametrize("pattern", ["(", "a*"])
def test_patterns_that_are_added_are_looked_at(pattern: str) -> None:
    with pytest.raises(ValidationError):
        Phrases(patterns=(pattern,))


def test_options_with_words_and_a_profile_are_told_apart_and_travel() -> None:
    options = [
        Options(),
        Options(lexicon=(Phrases(patterns=("某站",)),)),
        Options(profile=frozenset({"某站", "某网"})),
    ]
    assert len({option.fingerprint for option in options}) == 3
    assert pickle.loads(pickle.dumps(options)) == options
    assert Options.model_validate_json(options[2].model_dump_json()) == options[2]


def test_off_changes_nothing() -> None:
    assert removed(document(tail=["返回顶部"]), "off") == []


def documents() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The documents of boilerplate_documents.txt: their names, and the mark and text of each line."""
    bodies: dict[str, list[str]] = {}
    found: list[tuple[str, list[tuple[str, str]]]] = []
    content = (Path(__file__).parent / "boilerplate_documents.txt").read_text("utf-8")
    for line in content.split("\n"):
        if line.startswith("=== "):
            found.append((line[4:], []))
        elif line.startswith("[") and not found:
            body = bodies.setdefault(line.strip("[]"), [])
        elif line.startswith("@"):
            found[-1][1].extend((" ", paragraph) for paragraph in bodies[line[1:]])
        elif line and not line.startswith("#"):
            found[-1][1].append((line[0], line[2:])) if found else body.append(line)
    yield from found


@pytest.mark.parametrize("marked", [pytest.param(marked, id=name) for name, marked in documents()])
def test_documents_lose_what_is_marked_and_nothing_else(marked: list[tuple[str, str]]) -> None:
    expected = []
    for mark, line in marked:
        if mark == "-" and line.strip():
            expected.append(line)
        elif mark == "~":
            expected.append(line[line.index("⟦") + 1 : line.index("⟧")])
    text = "\n".join(line.replace("⟦", "").replace("⟧", "") for _, line in marked)
    assert removed(text) == expected
    assert cleaned(cleaned(text)) == cleaned(text)


LINES = [*BODY, TITLE, "", "|", *(line for table in TABLES for line in table["removes"] + table["keeps"])]


@given(st.lists(st.sampled_from(LINES) | st.text(max_size=40), max_size=30).map("\n".join))
def test_edits_fit_and_a_clean_text_stays_as_it_is(text: str) -> None:
    once = cleaned(text)
    assert cleaned(once) == once


@needs_corpus
@pytest.mark.slow
def test_the_corpus_stays_as_it_is_once_cleaned() -> None:
    for path in sorted((CORPUS / "documents").glob("*/*")):
        once = cleaned(path.read_bytes().decode("utf-8", "replace"))
        assert cleaned(once) == once, path


@needs_corpus
@pytest.mark.parametrize(
    ("name", "count", "title"),
    [
        ("000_288ba4f305e78c86.txt", 8, "在人大机关开展思想作风纪律整顿动员会上的讲话"),
        ("001_eeb5fe8bb0abe623.txt", 0, ""),
        ("003_445c21b2a28776a6.txt", 1, ""),
        ("004_9eff997c8c1966c0.txt", 1, "联系人大实际 突出工作特色 扎实开展党的群众路线教育实践活动"),
    ],
)
def test_seeds(name: str, count: int, title: str) -> None:
    text = (CORPUS / "documents" / "seeds" / name).read_text("utf-8")
    found = find(Document(text), Options())
    assert len(found.edits) == count
    assert found.metadata.title == title


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("城市养犬管理办法\n（2019年3月12日市人民政府第24次常务会议通过）\n", "城市养犬管理办法"),
        ("书海阁 www.shuhai.example 最快更新旧梦最新章节！\n第十二章 雨夜\n", "第十二章 雨夜"),
    ],
)
def test_a_title_is_neither_in_brackets_nor_with_a_link(head: str, title: str) -> None:
    body = "雨下了一整夜，驿站的屋檐像挂了一道帘子，谁也不知道明天的路还能不能走。\n" * 3
    assert find(Document(head + body), Options()).metadata.title == title
