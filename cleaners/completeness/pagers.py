"""What says that the rest of a text is on another page: a pager behind it, or one that boilerplate removed."""

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from cleaners.completeness.rules import search
from cleaners.document import Document, Edit
from cleaners.folding import fold

# A line of a site's tail is no longer; a sentence by the site may be twice that.
SHORT = 60


def names_pages(line: str) -> bool:
    """Whether a line names pages, the next or how many."""
    return len(line) <= SHORT and search("pager", line) is not None


def pager_in(text: str) -> str:
    """What in `text` says that there is more on another page."""
    found = search("pager", text)
    if found is None or (found["page"] and int(found["page"]) >= int(found["pages"])):
        return ""
    return found.group().strip()


def removed_pager(document: Document) -> str:
    """What boilerplate removed behind the body that says that the rest is elsewhere."""
    for i, step in enumerate(document.steps):
        if step.cleaner == "boilerplate":
            removed = [edit.before for edit in _last_ones(step.edits)]
            folded, ends = fold("".join(removed)), accumulate(map(len, removed), initial=0)
            pagers = (pager_in(folded[start:end]) for start, end in pairwise(ends))
            pager = next(filter(None, pagers), "")
            return pager if pager and _size(document, i) - step.edits[-1].end <= SHORT else ""
    return ""


def _last_ones(edits: Sequence[Edit]) -> Iterator[Edit]:
    """The last edit and those that little but what they remove parts from it; the last first."""
    end = edits[-1].end
    for edit in reversed(edits):
        if end - edit.end > SHORT:
            break
        end = edit.start
        yield edit


def _size(document: Document, step: int) -> int:
    """How long the text was before a step."""
    edits = (edit for done in document.steps[step:] for edit in done.edits)
    return len(document.text) + sum([len(edit.before) - len(edit.after) for edit in edits])
