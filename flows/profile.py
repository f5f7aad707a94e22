"""Learning a site profile from a folder: the counting of learn.py, in parallel, and when to do it again."""

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial, reduce
from pathlib import Path
from typing import NamedTuple, TypeVar

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from cleaners import Options, clean
from flows import learn, manifest, records, sources
from flows.sources import PROFILE
from flows.stores import seen_by_other_processes, store
from flows.workers import process_pool

# What has to be done before lines can be compared. Garbled ones are few, and repairing takes longer than all else.
FIRST_CLEANERS = Options(cleaners=("encoding",))
# A clean folder's profile is learnt anew when its documents are so many times as large as they were: another
# profile means that all documents are cleaned again, which so costs no more than three times the work.
GROWTH = 1.5
# Where a text says whence it is, in its head or tail of so many characters.
ADDRESS = re.compile(
    r"(?:链接|鏈接|連結|地址|网址|網址|来源|來源|出处|出處|url|source) ?[:：] ?https?://([\w.-]+)", re.I
)
ENDS = 2000

Result = TypeVar("Result")


class Share(NamedTuple):
    """Every n-th document of a folder."""

    raw: str
    globs: tuple[str, ...]
    column: str
    number: int
    of: int


@flow(name="jingwen-learn")
def learn_profile(
    raw: str, profile: Path, globs: tuple[str, ...] = (), workers: int = 0, column: str = "text"
) -> int:
    """Writes the profile of the documents of a folder; how many lines it has."""
    found = _learnt(raw, globs, workers, column)
    profile.write_bytes(learn.encoded(found))
    return len({line for _, _, line in found})


def kept(raw: str, clean: str, globs: tuple[str, ...], workers: int, column: str) -> frozenset[str]:
    """The profile of a clean folder, for `Options.profile`. To be asked for within a flow.

    It is learnt from all documents of `raw`, kept in the clean folder and used by the runs that follow, until
    the documents have grown by half or the code has changed: so a run without new documents does nothing, and
    all texts of a clean folder were cleaned with the same profile. Without the file it is learnt anew.
    """
    target = store(clean)
    size = sum(found.size for found in sources.find(raw, globs) if not found.problem)
    profile = target.read(PROFILE) if target.exists(PROFILE) else b"{}"
    made_of = json.loads(profile.partition(b"\n")[0])
    if made_of.get("version") != manifest.current_version() or size >= GROWTH * made_of["learnt_from_bytes"]:
        made_of = {"learnt_from_bytes": size, "version": manifest.current_version()}
        found = learn.encoded(_learnt(raw, globs, workers, column))
        profile = json.dumps(made_of).encode() + b"\n" + found
        target.write(PROFILE, profile)
    return learn.decoded(profile)


def _learnt(raw: str, globs: tuple[str, ...], workers: int, column: str) -> Counter[learn.Place]:
    count = workers or os.cpu_count() or 1
    if not seen_by_other_processes(raw):
        pages = partial(_pages, Share(raw, globs, column, 0, 1))
        return learn.repeated(learn.count(pages(), learn.sketch(pages())))
    shares = [Share(raw, globs, column, number, count) for number in range(count)]
    with process_pool(count) as pool:

        def in_parallel(name: str, work: Callable[[Share], Result]) -> list[Result]:
            one = task(name=name, cache_policy=NO_CACHE)(lambda share: pool.submit(work, share).result())
            return [future.result() for future in [one.submit(share) for share in shares]]

        sketch = reduce(learn.merge, in_parallel("sketch", _sketch))
        counts = sum(in_parallel("count", partial(_count, sketch)), Counter[learn.Place]())
    return learn.repeated(counts)


def _sketch(share: Share) -> learn.Sketch:
    return learn.sketch(_pages(share))


def _count(sketch: learn.Sketch, share: Share) -> Counter[learn.Place]:
    return learn.count(_pages(share), sketch)


def _pages(share: Share) -> Iterator[learn.Page]:
    """The documents of a share; what is no text is left out."""
    for number, (folder, host, data) in enumerate(_raw_documents(share)):
        if number % share.of == share.number:
            try:
                document = clean(data(), FIRST_CLEANERS)
            except Exception:  # the main flow says of each what is wrong with it
                continue
            if not document.rejected:
                host = host or _host(document.text)
                yield learn.Page((folder, f"//{host}") if host else (folder,), document.text)


def _host(text: str) -> str:
    """The host of the page that a text says it is from; empty if it says none."""
    found = ADDRESS.search(text[:ENDS]) or ADDRESS.search(text[-ENDS:])
    return found[1].lower() if found else ""


def _raw_documents(share: Share) -> Iterator[tuple[str, str, Callable[[], bytes | str]]]:
    """The folder or shard of every document, its host where its record says it, and how to read it."""
    raw = store(share.raw)
    for found in sources.find(share.raw, share.globs):
        if found.problem:
            continue
        if not sources.is_shard(found.path):
            yield found.path.rpartition("/")[0], "", partial(raw.read, found.path)
            continue
        try:
            for record in records.stream(raw, found.path, share.column):
                yield found.path, record.host, partial(_text_of, record)
        except records.DAMAGED:
            continue


def _text_of(record: records.Record) -> bytes | str:
    return record.text if record.text is not None else ""
