"""The flow that learns a site profile from a folder: the counting of learn.py, in parallel."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial, reduce
from pathlib import Path
from typing import NamedTuple, TypeVar

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from cleaners import Options, clean
from flows import learn, shards, sources
from flows.stores import store
from flows.workers import process_pool

# What has to be done to a text before its lines can be compared.
FIRST_CLEANERS = Options(cleaners=("encoding", "mojibake", "glosses"))

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
    """Writes the profile of the documents of a folder, in which each folder is a site; how many lines it has."""
    count = workers or os.cpu_count() or 1
    shares = [Share(raw, globs, column, number, count) for number in range(count)]
    with process_pool(count) as pool:

        def in_parallel(name: str, work: Callable[[Share], Result]) -> list[Result]:
            one = task(name=name, cache_policy=NO_CACHE)(lambda share: pool.submit(work, share).result())
            return [future.result() for future in [one.submit(share) for share in shares]]

        sketch = reduce(learn.merge, in_parallel("sketch", _sketch))
        counts = sum(in_parallel("count", partial(_count, sketch)), Counter[learn.Place]())
    learn.write(profile, counts)
    return len(learn.profile(counts))


def _sketch(share: Share) -> learn.Sketch:
    return learn.sketch(_documents(share))


def _count(sketch: learn.Sketch, share: Share) -> Counter[learn.Place]:
    return learn.count(_documents(share), sketch)


def _documents(share: Share) -> Iterator[tuple[str, str]]:
    """Site and text of the documents of a share; what is no text is left out."""
    for number, (site, data) in enumerate(_raw_documents(share)):
        if number % share.of == share.number:
            try:
                document = clean(data(), FIRST_CLEANERS)
            except Exception:  # the main flow says of each what is wrong with it
                continue
            if not document.rejected:
                yield site, document.text


def _raw_documents(share: Share) -> Iterator[tuple[str, Callable[[], bytes | str]]]:
    """The site of every document of a folder, and how to read it."""
    raw = store(share.raw)
    for found in sources.find(share.raw, share.globs):
        if found.problem:
            continue
        if not sources.is_shard(found.path):
            yield found.path.rpartition("/")[0], partial(raw.read, found.path)
            continue
        try:
            for record in shards.records(raw, found.path, share.column):
                yield found.path, partial(_text_of, record)
        except shards.DAMAGED:
            continue


def _text_of(record: shards.Record) -> bytes | str:
    return record.text if record.text is not None else ""
