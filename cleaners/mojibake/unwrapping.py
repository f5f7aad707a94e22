"""One layer of mojibake taken off a text that has several: UTF-8 that was read as another page, whatever it spells."""

from bisect import bisect_left, bisect_right
from itertools import accumulate

from cleaners.mojibake import quick
from cleaners.mojibake.code_pages import bytes_of


def unwrapped(piece: str, page: str) -> tuple[str, list[int], list[bool]]:
    """`piece` with all UTF-8 in it that was read as `page` made what it spells: in clean text, where it is no chance.

    Also where in `piece` each character and the end are, -1 inside a character, and which ones were spelt.
    """
    spellings = [bytes_of(character, page) or b"\0" for character in piece]
    raw, ends = b"".join(spellings), list(accumulate(map(len, spellings), initial=0))
    offsets = {end: i for i, end in enumerate(ends)}
    parts, bounds, is_spelt = [], list[int](), list[bool]()

    def stand(first: int, last: int) -> None:
        """What no UTF-8 stands for: the characters whose bytes are all between `first` and `last`."""
        i, j = bisect_left(ends, first), bisect_right(ends, last) - 1
        if i < j:
            parts.append(piece[i:j])
            bounds.extend(range(i, j))
            is_spelt.extend([False] * (j - i))

    done = 0
    pattern = quick.UTF_8_TEXT if quick.is_utf_8(raw) else quick.WELL_FORMED
    for match in pattern.finditer(raw):
        stand(done, match.start())
        spelt = match[0].decode("utf-8", "surrogatepass")
        parts.append(spelt)
        starts = accumulate((len(c.encode("utf-8", "surrogatepass")) for c in spelt), initial=match.start())
        bounds.extend(offsets.get(k, -1) for k, _ in zip(starts, spelt, strict=False))
        is_spelt.extend([True] * len(spelt))
        done = match.end()
    stand(done, len(raw))
    return "".join(parts), [*bounds, offsets.get(done, -1) if done == len(raw) else len(piece)], is_spelt
