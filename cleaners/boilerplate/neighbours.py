"""Which lines go because of those around them: menus, lists of links, what is left between chrome."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from cleaners.boilerplate import lines
from cleaners.boilerplate.lines import Line
from cleaners.boilerplate.score import Verdict

# So many short lines in a row are a list; before a title for certain, so many.
LIST, PAIR = 3, 2
# In a zone where so many lines go on their own account, and that is so great a share, the others go easily.
MANY, MOST = 4, 0.5
# So many lines of a head that go by themselves make what stands before the title suspect.
SUSPECT_HEAD = 1
# A line of chrome with this score ends an article.
CERTAIN = 5.0
# At most so many unknown lines, none longer than this, go with those around them.
MOST_BETWEEN, LONGEST_BETWEEN = 5, 40
# A line of a list of links is no longer than this.
LONGEST_LINK = 200
# Says whose contribution to a thread follows or stands there: what is between such lines are no links.
POST = re.compile(r"\d+ ?[楼#](?!\w)|^沙发|发表于|[推嘘→] [a-z]\w+ ?:|回复 ?\(\d+\)")
# Without hanzi it may be a button, which is no longer than this; longer ones are code or another language.
LONGEST_WORD = 12


class Neighbours:
    """Lets lines go for what stands around them: `placed` and `goes` are changed in place."""

    def __init__(
        self,
        remaining: Sequence[Line],
        placed: list[Verdict],
        goes: list[bool],
        spared: set[int],
        strength: str,
    ) -> None:
        self.remaining, self.placed, self.goes = remaining, placed, goes
        self.spared, self.strength = spared, strength
        self.posts: dict[int, bool] = {}  # what was found of some lines

    def before_title(self, zone: range) -> None:
        """Lists of short lines before a certain title, in a head with chrome, are menus; so are words of chrome."""
        sure = [i for i in zone if self.goes[i] and self.placed[i].rule != "metadata"]
        if len(sure) >= SUSPECT_HEAD:
            self._list(zone, "before the title", PAIR)
            self._words(zone, "before the title")

    def behind_end(self, zone: range) -> None:
        """Lists of short lines behind the first line of chrome after the body are links to other pages."""
        for i in zone:
            verdict = self.placed[i]
            certain = (verdict.score >= CERTAIN and verdict.says) or "heading of links" in verdict.signals
            if self.goes[i] and verdict.rule != "metadata" and certain:
                self._list(range(i, zone.stop), "behind the end", LIST)
                self._words(range(i, zone.stop), "behind the end")
                break
        heads = False
        for i in zone:
            if self.goes[i]:
                heads = "heading of links" in self.placed[i].signals or heads
            elif heads := heads and _is_link(self.remaining[i]):
                self._add(i, self.placed[i].plus("under a heading of links"))

    def mostly_noise(self, zone: range) -> None:
        """Where most lines of a zone go, those left behind the first of them need less to go."""
        gone = [i for i in zone if self.goes[i]]
        if len(gone) >= MANY and len(gone) >= MOST * len(zone):
            for i in zone:
                spoken = "most around it goes" in self.placed[i].signals
                if not spoken and (i > gone[0] or zone.start == 0):
                    self._add(i, self.placed[i].plus("most around it goes"))

    def between_noise(self, zone: range) -> None:
        """Short lines between lines that go, in one block, go with them."""
        for before, after in pairwise([i for i in zone if self.goes[i]]):
            between = self.remaining[before + 1 : after]
            # What stands over a date or an author is a title.
            dated = "date" in self.placed[after].signals or self.placed[after].rule == "metadata"
            if dated or len(between) > MOST_BETWEEN or self._is_post(before) or self._is_post(after):
                continue
            if any(line.gap > 1 or len(line.folded) > LONGEST_BETWEEN for line in between):
                continue
            for i in range(before + 1, after):
                verdict = self.placed[i].plus("between noise")
                rule = self.placed[before].rule
                self._add(i, verdict if rule == "metadata" else replace(verdict, rule=rule))

    def _list(self, zone: range, place: str, fewest: int) -> None:
        for listed, run in groupby(zone, lambda i: self.goes[i] or _is_link(self.remaining[i], place)):
            members = list(run)
            if listed and len(members) >= fewest:
                for i in members:
                    if not any(map(self._is_post, range(max(0, i - 1), min(i + 2, len(self.goes))))):
                        self._add(i, self.placed[i].plus(place, "one of a list"))

    def _is_post(self, i: int) -> bool:
        if i not in self.posts:
            self.posts[i] = POST.search(self.remaining[i].folded[-LONGEST_BETWEEN:]) is not None
        return self.posts[i]

    def _words(self, zone: range, place: str) -> None:
        for i in zone:
            if self.placed[i].says and place not in self.placed[i].signals:
                self._add(i, self.placed[i].plus(place))

    def _add(self, i: int, verdict: Verdict) -> None:
        if not self.goes[i] and i not in self.spared and "a heading" not in verdict.signals:
            self.placed[i], self.goes[i] = verdict, verdict.removes(self.strength)


def _is_link(line: Line, place: str = "") -> bool:
    """Whether a line may be the text of a link: no sentence that ends, before a title no question either."""
    return (
        len(line.folded) <= LONGEST_LINK
        and (lines.HANZI.search(line.folded) is not None or len(line.folded) <= LONGEST_WORD)
        and not line.folded.endswith(("。", ",", ";", *(("?", "!") if place == "before the title" else ())))
        and not (lines.is_sentence(line) and line.size >= lines.LONG)
    )
