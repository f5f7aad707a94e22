"""Edits are applied and undone exactly; whatever does not fit is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners.document import Document, Edit, Flag, Step, apply, moved, revert, undo


@st.composite
def texts_with_edits(draw: st.DrawFn) -> tuple[str, tuple[Edit, ...]]:
    text = draw(st.text(max_size=60))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8, unique=True)))
    edits = [
        Edit(start, text[start:end], draw(st.text(max_size=4)), "test.rule", 1.0)
        for start, end in zip(cuts[::2], cuts[1::2], strict=False)
    ]
    return text, tuple(edits)


@given(texts_with_edits())
def test_revert_gives_the_text_back(case: tuple[str, tuple[Edit, ...]]) -> None:
    text, edits = case
    assert revert(apply(text, edits), edits) == text


@given(texts_with_edits())
def test_undo_reverts_the_steps_from_the_last_to_the_first(case: tuple[str, tuple[Edit, ...]]) -> None:
    text, edits = case
    once = apply(text, edits)
    twice = (Edit(0, once[:2], "净文", "test.rule", 1.0),)
    document = Document(apply(once, twice), steps=(Step("a", edits), Step("b", twice)))
    assert undo(document) == text


@pytest.mark.parametrize(
    "edits",
    [
        (Edit(0, "文", "", "r", 1.0),),  # other text stands there
        (Edit(0, "净文", "", "r", 1.0), Edit(1, "文", "", "r", 1.0)),  # they overlap
        (Edit(1, "文", "", "r", 1.0), Edit(0, "净", "", "r", 1.0)),  # not in order
    ],
)
def test_edits_that_do_not_fit_are_refused(edits: tuple[Edit, ...]) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        apply("净文", edits)


def test_flags_move_with_the_text() -> None:
    edits = (Edit(0, "广告\n", "", "r", 1.0), Edit(5, "xx", "x", "r", 1.0))
    flags = [Flag("a", start=start) for start in (0, 3, 4, 6, 7)] + [Flag("b")]
    assert [flag.start for flag in moved(flags, edits)] == [0, 0, 1, 2, 3, None]
