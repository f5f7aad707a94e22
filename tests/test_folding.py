"""The folded copy has the text's length and shows what looks alike as alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners.folding import fold


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_the_copy_has_the_same_length_and_lines(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert [i for i, c in enumerate(fold(text)) if c == "\n"] == [i for i, c in enumerate(text) if c == "\n"]


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("發布時間：", "发布时间:"),
        ("ＱＱ群１２３", "qq群123"),
        ("第　一\xa0頁", "第 一 页"),
        ("𠀀😀", "𠀀😀"),
    ],
)
def test_examples(text: str, folded: str) -> None:
    assert fold(text) == folded
