"""Batches: how a stream of documents is shared among workers."""

from collections.abc import Iterator

import pytest

from flows.batch import AHEAD, LEAST, in_groups

MOST = 1_000_000
SIZE = 10_000


@pytest.mark.parametrize("count", [0, 1, 7, 100, 1234])
def test_every_document_is_in_one_batch_in_their_order(count: int) -> None:
    groups = list(in_groups(range(count), MOST, lambda _: SIZE))
    assert [number for group in groups for number in group] == list(range(count))
    assert all(groups)
    assert max((len(group) * SIZE for group in groups), default=0) <= MOST


def test_batches_are_small_at_both_ends_and_whole_between() -> None:
    sizes = [len(group) * SIZE for group in in_groups(range(2000), MOST, lambda _: SIZE)]
    whole = sizes.index(MOST), len(sizes) - sizes[::-1].index(MOST)
    assert sizes[: whole[0]] == sorted(sizes[: whole[0]])
    assert set(sizes[slice(*whole)]) == {MOST}
    assert sizes[whole[1] :] == sorted(sizes[whole[1] :], reverse=True)
    assert max(sizes[0], sizes[-1]) <= LEAST * MOST + SIZE
    # Whoever takes the batch that is just whole is not much later than all others together.
    assert sum(sizes[whole[1] :]) >= (AHEAD - 2) * MOST


def test_a_document_larger_than_a_batch_is_alone() -> None:
    assert list(in_groups([5 * MOST] * 3, MOST, int)) == [[5 * MOST]] * 3


def test_no_more_is_taken_from_the_stream_than_is_seen_ahead() -> None:
    taken = 0

    def stream() -> Iterator[int]:
        nonlocal taken
        for _ in range(100_000):
            taken += 1
            yield SIZE

    given = 0
    for group in in_groups(stream(), MOST, int):
        given += len(group)
        assert (taken - given) * SIZE <= AHEAD * MOST
