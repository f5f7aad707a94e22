"""The language model tells running text from wrong decodings, in both scripts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners import plausibility

SENTENCES = [
    "会议听取了关于今年财政预算执行情况的报告。",
    "他推开门，院子里的桂花开了。",
    "本次更新修复了若干已知问题，建议所有用户升级。",
    "立法院院會今日審查預算案，預計下週表決。",
]


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize(
    ("true", "read_as"), [("utf-8", "gb18030"), ("gb18030", "big5"), ("gb18030", "latin-1")]
)
def test_wrong_decodings_lie_below_the_threshold(sentence: str, true: str, read_as: str) -> None:
    wrong = sentence.encode(true).decode(read_as, "replace")
    assert plausibility.mean(sentence) > -8
    assert plausibility.mean(wrong) < -9


@given(st.text())
def test_every_character_gets_a_finite_value(text: str) -> None:
    values = plausibility.lnp(text)
    assert len(values) == len(text)
    assert np.isfinite(values).all()
    assert (values <= 0).all()


@given(st.text(min_size=1, max_size=40))
def test_cumulative_sums_are_those_of_the_parts(text: str) -> None:
    sums = plausibility.cumulative(text)
    assert len(sums) == len(text) + 1
    assert sums[-1] == pytest.approx(plausibility.lnp(text).sum(), abs=1e-3)
    assert plausibility.mean(text) == pytest.approx(sums[-1] / len(text), abs=1e-3)


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_a_table_holds_all_pairs(first: str, second: str) -> None:
    # 龘 and 鱻 are symbols without a row of their own.
    a, b = plausibility.symbols(first + "龘的"), plausibility.symbols(second + "鱻一")
    pairs = [[plausibility.pair(int(x), int(y)) for y in b] for x in a]
    assert plausibility.table(a, b) == pytest.approx(np.array(pairs))


def test_what_does_not_matter_is_folded() -> None:
    assert (plausibility.lnp("有１２个，") == plausibility.lnp("有34个,")).all()
    assert (plausibility.lnp("ａB") == plausibility.lnp("Xy")).all()


def test_three_in_a_row_tell_more_than_pairs() -> None:
    first, second, third = plausibility.symbols("实事求实事龘").reshape(2, 3).T
    known, unknown = plausibility.triples(first, second, third)
    assert known > 1
    assert unknown == 0
