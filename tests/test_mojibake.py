"""Mojibake is undone, and nothing else is touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners.document import Document, apply
from cleaners.mojibake import find
from cleaners.options import Options

SIMPLIFIED = "会议听取了关于今年财政预算执行情况的报告。"
TRADITIONAL = "會議聽取了關於今年財政預算執行情況的報告。"


def repaired(text: str) -> str:
    return apply(text, find(Document(text), Options()).edits)


@pytest.mark.parametrize("page", ["latin-1", "cp1252", "cp1250", "cp1251", "mac-roman", "koi8-r", "cp437"])
@pytest.mark.parametrize(
    ("true", "line"),
    [("utf-8", SIMPLIFIED), ("utf-8", TRADITIONAL), ("gb18030", SIMPLIFIED), ("big5", TRADITIONAL)],
)
def test_single_byte_pages_are_undone(true: str, page: str, line: str) -> None:
    raw = line.encode(true)
    try:
        garbled = raw.decode(page)
    except UnicodeDecodeError:
        pytest.skip("this page leaves a byte of the line undefined")
    assert repaired(garbled) == line


@pytest.mark.parametrize(
    ("true", "page", "line"),
    [
        ("utf-8", "gb18030", "今年的工作总体上是好的"),
        ("gb18030", "big5", "今年的工作总体上是好的"),
        ("big5", "gb18030", "今年的工作總體上是好的"),
    ],
)
def test_double_byte_pages_are_undone_inside_clean_text(true: str, page: str, line: str) -> None:
    garbled = line.encode(true).decode(page, "replace")
    assert repaired(f"他说，{garbled}，大家都同意。") == f"他说，{line}，大家都同意。"


def test_misaligned_gbk_is_undone() -> None:
    # The first byte of 保 is gone, an undefined pair was dropped, and ； stands as its half-width form.
    assert (
        repaired("各項工作都要抓好,確;顒涌焖俑咝七M(jìn)。") == "各項工作都要抓好,確保活動快速高效推進(jìn)。"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        SIMPLIFIED,
        TRADITIONAL,
        "Привет, мир! Как дела?",
        "Ångström, naïve café, Škoda",
        "好哦～～～明天见",
        "喀喇沁旗",
        "【通知】\ue40c明天开会。\ue40c请准时。",
    ],
)
def test_what_is_right_stays(text: str) -> None:
    assert not find(Document(text), Options()).edits


def test_lone_surrogates_become_encodable() -> None:
    assert repaired("好\ud83d\ude00吧\ud800") == "好\U0001f600吧\ufffd"


def test_what_is_lost_is_flagged() -> None:
    flags = find(Document("前面是好的。锟斤拷锟斤拷锟斤拷"), Options()).flags
    assert [(flag.name, flag.start) for flag in flags] == [("mojibake_lossy", 6)]


@given(st.text())
def test_any_text_gets_edits_that_fit(text: str) -> None:
    apply(text, find(Document(text), Options()).edits)
