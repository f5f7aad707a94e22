"""Line breaks, paragraph breaks and white space: what is joined, parted, removed, and what stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners import layout
from cleaners.document import Document, apply, revert
from cleaners.options import Options

PROSE = (
    "去年冬天，河边的老渡口重新开了起来，两岸的人不用再绕到十里外的桥上去。"
    "渡船是新打的，船工还是原来的船工，他说水性和从前一样，只是坐船的人变了"
)


def laid_out(text: str) -> str:
    return apply(text, layout.find(Document(text), Options()).edits)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\ufeff　　甲。\r\n\r\n \t乙。 \r\n", "甲。\n乙。"),
        ("甲\u200b乙\x00丙", "甲乙丙"),
        ("甲。\u2028乙。\x0c丙。", "甲。\n乙。\n丙。"),
        ("  \n\n", ""),
        ("", ""),
        ("城东旧事 城西新篇 本月文化活动预告", "城东旧事 城西新篇 本月文化活动预告"),
        ("去年 3 月，XX 站开通。", "去年 3 月，XX 站开通。"),
    ],
)
def test_white_space_and_what_nobody_sees(text: str, expected: str) -> None:
    assert laid_out(text) == expected


def test_a_sentence_broken_over_lines_is_joined() -> None:
    assert laid_out(f"{PROSE[:-9]}\n{PROSE[-9:]}。\n说完他就走了。") == f"{PROSE}。\n说完他就走了。"


@pytest.mark.parametrize(
    "text",
    [
        f"{PROSE}\n一、渡口的来历\n渡口有三百年了。",
        "渡口的来历\n渡口有三百年了。",
        f"{PROSE}。\n（本报记者）",
        "床前明月光，\n疑是地上霜。\n举头望明月，\n低头思故乡。",
    ],
)
def test_lines_that_stand_by_themselves_stay(text: str) -> None:
    assert laid_out(text) == text


def test_paragraphs_on_one_line_are_parted() -> None:
    paragraphs = [
        "同志们：",
        f"{PROSE}。" * 2,
        "一、修好渡口",
        f"{PROSE}。" * 2,
        "二、修好道路",
        f"{PROSE}。",
    ]
    assert laid_out(" ".join(paragraphs)) == "\n".join(paragraphs)


@given(st.text(alphabet="甲乙。，“”（） 　\n\r\t\x0c\u200b一、A1.-", max_size=200) | st.text())
def test_edits_fit_any_text_and_can_be_undone(text: str) -> None:
    edits = layout.find(Document(text), Options()).edits
    clean = apply(text, edits)
    assert revert(clean, edits) == text
    assert not clean.endswith("\n")
    assert "\n\n" not in clean
