"""A run and the text that it was, and what both cost."""

from typing import NamedTuple

from cleaners.mojibake.languages import cost


class Repair(NamedTuple):
    """A run and the text that it was."""

    start: int
    end: int
    before: str
    after: str
    # In nats, with what it makes of the character behind it, over what the repair makes of that.
    cost_before: float
    cost_after: float


def repair(
    text: str, start: int, end: int, after: str, page: str, costs: tuple[float, float] | None = None
) -> Repair:
    """`text[start:end]` as it was in `page`; `costs` are those of both, where they are known."""
    past, before, behind = text[max(0, start - 1) : start], text[start:end], text[end : end + 1]
    cost_before, cost_after = costs or (cost(past, before, page), cost(past, after, page))
    if after and behind:
        cost_before += cost(before[-1], behind, page) - cost(after[-1], behind, page)
    return Repair(start, end, before, after, cost_before, cost_after)
