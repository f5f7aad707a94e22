"""The main flow: find the documents of a folder, clean them batch by batch, publish texts and manifest.

It may be killed at any moment; the next run completes the work (see publish.py).
"""

import contextlib
import itertools
import os
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from itertools import chain, groupby
from pathlib import Path
from typing import Literal, NamedTuple

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from cleaners import Options
from flows import batch, manifest, profile, publish, records, shards, sources, tables
from flows.batch import Batch, Job, Work
from flows.shards import Landing
from flows.sources import Found
from flows.stores import TEMPORARY, digest, is_remote, seen_by_other_processes, store
from flows.tables import Stamps
from flows.workers import Wait, Workers


class WrongUsage(ValueError):
    """What was asked for can't be right; nothing has been written."""


class Summary(NamedTuple):
    """What a run did."""

    done: int  # documents cleaned or rejected by this run
    unchanged: int  # documents that an earlier run did
    vanished: tuple[str, ...]  # documents and shards that are in the manifest and no more in the raw folder
    seconds: float  # from the flow's first line to its last


@flow(name="clean")
def clean(
    raw: str | Path = "raw",
    clean: str | Path = "clean",
    options: Options = Options(),  # noqa: B008 - frozen
    globs: tuple[str, ...] = (),
    workers: int = 0,
    prune: bool = False,
    column: str = "text",
    runner: Literal["local", "dask"] = "local",
    dask_address: str = "",
    batch_bytes: int = batch.BATCH_BYTES,
    learn: bool = False,
) -> Summary:
    """Cleans the documents of the folder `raw` into the folder `clean`; both may be URLs.

    Only what changed since the last run is done. `workers` processes work, as many as there are cores if 0; with
    `runner` "dask" those of a Dask cluster, of which the scheduler is at `dask_address` (empty: one is started).
    A batch has `batch_bytes`; on Dask, 50 million serve better than the default.
    With `prune`, the outputs and rows of documents that vanished from `raw` are removed. `column` is the field
    of a shard's records that holds the text. With `learn`, which scheduled runs have, the lines that repeat over
    the documents of a site are learnt from all documents that are there and used as in `Options.profile`; they
    are kept in the clean folder and learnt anew once the documents have grown by half (`profile.kept`).
    Raises WrongUsage, before anything is written, if the two folders can't be what is meant.
    """
    begin = time.monotonic()
    raw, clean = str(raw), str(clean)
    check(raw, clean)
    target = store(clean)
    with target.lock() as alone:
        if not alone:
            raise WrongUsage(f"another run is writing to {clean}: wait for it to end")
        publish.recover(target)
        if learn:
            learnt = profile.kept(raw, clean, globs, workers, column)
            options = options.model_copy(update={"profile": options.profile | learnt})
        job = Job(raw, clean, options, column, batch_bytes)
        plan = _Plan(job, globs)
        count = workers or os.cpu_count() or 1
        done = _clean_all(job, plan.todo(), lambda: _where(job, runner, dask_address, count))
        gone = plan.vanished.keys() if prune else set[str]()
        if prune:
            for output in filter(None, plan.vanished.values()):
                target.delete(output)
        if done or gone or plan.stamps or not target.exists(sources.REPORT):
            publish.publish(target, gone, plan.stamps)
        for folder in (TEMPORARY, shards.PIECES):
            target.remove_folder(folder)
    get_run_logger().info("%d done, %d unchanged, %d vanished", done, plan.unchanged, len(plan.vanished))
    return Summary(done, plan.unchanged, tuple(plan.vanished), time.monotonic() - begin)


def check(raw: str, clean: str) -> None:
    """Raises WrongUsage if `raw` can't be cleaned into `clean`."""
    source, target = _resolved(raw), _resolved(clean)
    if not is_remote(raw) and not Path(source).is_dir():
        raise WrongUsage(f"{raw} is not a folder: name the folder that holds the raw documents")
    if not is_remote(clean) and Path(target).exists() and not Path(target).is_dir():
        raise WrongUsage(f"{clean} is a file: name a folder for the clean texts")
    if not is_remote(clean) and not os.access(_existing(Path(target)), os.W_OK):
        raise WrongUsage(f"{clean} can't be written to: name a folder that can")
    if source == target:
        raise WrongUsage(f"{raw} is the raw folder and can't be the clean one: name another folder")
    if target.startswith(source):
        raise WrongUsage(f"{clean} lies inside the raw folder {raw}: name a folder outside of it")
    if source.startswith(target):
        raise WrongUsage(
            f"{raw} lies inside the clean folder {clean}: name another folder for the clean texts"
        )


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one around it that exists."""
    return next(path for path in (folder, *folder.parents) if path.exists())


def _resolved(url: str) -> str:
    """What two names of one folder have in common, with a "/" at the end."""
    path = url if is_remote(url) else os.path.realpath(url.removeprefix("file://"))
    return path.rstrip("/") + "/"


class _Known(NamedTuple):
    """What the last run's manifest says of a document, as far as it matters for this one."""

    path: str
    output: str
    raw_sha256: str
    clean_sha256: str
    reason: str
    version: str
    options_fingerprint: str
    raw_stamp: str
    clean_stamp: str


class _Plan:
    """What is to be done, and, once that has been asked for to the end, what is unchanged and what vanished."""

    def __init__(self, job: Job, globs: tuple[str, ...]) -> None:
        self._raw, self._clean, self._url, self._globs = store(job.raw), store(job.clean), job.raw, globs
        self._made_by = (manifest.current_version(), job.options.fingerprint)
        self.unchanged = 0  # documents
        self.vanished: dict[str, str] = {}  # documents and shards, with their outputs
        self._unlisted: list[str] = []  # folders that can't be listed
        self.stamps: dict[str, Stamps] = {}  # of documents that are the same under a new stamp

    def todo(self) -> Iterator[Found]:
        """The documents that are new or changed, in the order of their paths."""
        known = groupby(self._known(), key=lambda row: sources.shard_of(row.path) or row.path)
        path, rows = next(known, _NO_MORE)
        for found in sources.find(self._url, self._globs):
            while path is not None and _order(path) < _order(found.path):
                self._miss(path, next(rows))
                path, rows = next(known, _NO_MORE)
            if found.problem and (found.path == "" or found.path.endswith("/")):
                self._unlisted.append(found.path)
            if path == found.path:
                unchanged = self._unchanged(found, rows)
                path, rows = next(known, _NO_MORE)
                if unchanged:
                    self.unchanged += unchanged
                    continue
            yield found
        while path is not None:
            self._miss(path, next(rows))
            path, rows = next(known, _NO_MORE)

    def _miss(self, path: str, row: _Known) -> None:
        """What was not found has vanished, unless it was not looked for."""
        if not path.startswith(tuple(self._unlisted)):
            self.vanished[path] = row.output

    def _known(self) -> Iterator[_Known]:
        for table in tables.published(self._clean, _Known._fields):
            yield from map(_Known._make, zip(*(column.to_pylist() for column in table.columns), strict=True))

    def _unchanged(self, found: Found, rows: Iterator[_Known]) -> int:
        """How many documents of a file are as they were: what was read, what was made of it, and by what."""
        first = next(rows)
        if not self._is_unchanged(found, first):
            if first.output not in ("", found.output):
                self._clean.delete(first.output)
            return 0
        return 1 + sum(1 for _ in rows)

    def _is_unchanged(self, found: Found, row: _Known) -> bool:
        if (row.version, row.options_fingerprint) != self._made_by:
            return False
        if found.problem:
            return found.problem == row.reason
        if row.output not in ("", found.output) or not row.raw_sha256:
            return False
        clean_stamp = self._clean.stamp(row.output) if row.output else ""
        raw_stamp, _, raw_sha256 = row.raw_stamp.partition(" ")  # of a record: those of its shard
        if (found.stamp, clean_stamp) == (raw_stamp, row.clean_stamp):
            return True
        if sources.is_shard(found.path):
            new = Stamps(f"{found.stamp} {raw_sha256}", clean_stamp)
            same = clean_stamp == row.clean_stamp
        else:
            new = Stamps(found.stamp, clean_stamp)
            raw_sha256 = row.raw_sha256
            same = not row.output or row.clean_sha256 == digest(self._clean, row.output)
        if same and raw_sha256 == digest(self._raw, found.path):
            self.stamps[found.path] = new
            return True
        return False


# What `next` of the known rows gives after the last ones.
_NO_MORE: tuple[None, Iterator[_Known]] = (None, iter(()))


def _order(path: str) -> str:
    """Shards come where their records would."""
    return path + "#" if sources.is_shard(path) else path


# A function that submits work, and how much of it can be done at the same time.
Place = AbstractContextManager[tuple[Callable[[Work], Wait], int]]


def _where(job: Job, runner: str, dask_address: str, count: int) -> Place:
    """Where batches are done."""
    if runner == "dask":
        from flows.cluster import dask

        return dask(job, dask_address, count)
    return _this_machine(job, count)


@contextmanager
def _this_machine(job: Job, count: int) -> Iterator[tuple[Callable[[Work], Wait], int]]:
    with contextlib.ExitStack() as stack:
        if seen_by_other_processes(job.raw) and seen_by_other_processes(job.clean):
            run = stack.enter_context(Workers(job, count)).run
        else:
            run = partial(_run_here, job)
        one = task(name="clean-batch", task_run_name="batch {todo.name}", cache_policy=NO_CACHE)(run)
        yield lambda todo: one.submit(todo).result, count


def _run_here(job: Job, todo: Work) -> Counter[str]:
    return todo.run(job)


def _clean_all(job: Job, todo: Iterator[Found], where: Callable[[], Place]) -> int:
    """Cleans what is to do; how many documents that were."""
    first = next(todo, None)
    if first is None:
        return 0
    status: Counter[str] = Counter()
    under_way: deque[Wait | Landing] = deque()

    def finish_one() -> None:
        one = under_way.popleft()
        if isinstance(one, Landing):  # all its chunks came before it
            one.run(job)
        else:
            status.update(one())

    with where() as (submit, slots):
        for one in _work(job, chain([first], todo)):
            under_way.append(one if isinstance(one, Landing) else submit(one))
            # Paths are taken from the stream no faster than they are worked on.
            while len(under_way) > 2 * slots:
                finish_one()
        while under_way:
            finish_one()
    return status.total()


def _work(job: Job, todo: Iterator[Found]) -> Iterator[Work | Landing]:
    """Files in batches, shards in chunks."""
    number = itertools.count()
    for is_shard, group in groupby(
        todo, key=lambda found: sources.is_shard(found.path) and not found.problem
    ):
        if not is_shard:
            for files in batch.in_groups(group, job.batch_bytes, lambda found: found.size):
                yield Batch(f"{next(number):08}", tuple(files))
            continue
        for shard in group:
            try:
                yield from shards.chunks(job, shard)
            except records.Unreadable as error:
                yield Batch(f"{next(number):08}", (shard._replace(problem=str(error)),))
