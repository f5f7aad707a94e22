"""The main flow: find the documents of a folder, clean them batch by batch, publish texts and manifest.

It may be killed at any moment; the next run completes the work (see publish.py).
"""

import hashlib
import os
from collections import Counter, deque
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from prefect import flow, get_run_logger, task
from prefect.futures import PrefectFuture

from cleaners import Options
from flows import batch, manifest, publish, sources
from flows.batch import Job
from flows.publish import Stamps
from flows.sources import Found
from flows.stores import Store, is_remote, store
from flows.workers import Workers


class WrongUsage(ValueError):
    """What was asked for can't be right; nothing has been written."""


class Summary(NamedTuple):
    """What a run did."""

    done: int  # documents cleaned or rejected by this run
    unchanged: int  # documents that an earlier run did
    vanished: tuple[str, ...]  # paths of documents that are in the manifest and no more in the raw folder


@flow(name="jingwen-clean")
def clean_folder(
    raw: str,
    clean: str,
    options: Options = Options(),  # noqa: B008 - frozen
    globs: tuple[str, ...] = (),
    workers: int = 0,
    prune: bool = False,
) -> Summary:
    """Cleans the documents of the folder `raw` into the folder `clean`; both may be URLs.

    Only what changed since the last run is done. `workers` processes work, as many as there are cores if 0.
    With `prune`, the outputs and rows of documents that vanished from `raw` are removed.
    Raises WrongUsage, before anything is written, if the two folders can't be what is meant.
    """
    check(raw, clean)
    target = store(clean)
    with target.lock() as alone:
        if not alone:
            raise WrongUsage(f"another run is writing to {clean}: wait for it to end")
        publish.recover(target)
        plan = _Plan(raw, clean, options, globs)
        done = _clean_batches(Job(raw, clean, options), plan.todo(), workers or os.cpu_count() or 1)
        gone = {row.path for row in plan.vanished} if prune else set()
        for row in plan.vanished if prune else ():
            target.delete(row.output)
        if done or gone or plan.stamps or not target.exists(sources.REPORT):
            publish.publish(target, gone, plan.stamps)
        target.sweep()
    get_run_logger().info("%d done, %d unchanged, %d vanished", done, plan.unchanged, len(plan.vanished))
    return Summary(done, plan.unchanged, tuple(row.path for row in plan.vanished))


def check(raw: str, clean: str) -> None:
    """Raises WrongUsage if `raw` can't be cleaned into `clean`."""
    source, target = _resolved(raw), _resolved(clean)
    if not is_remote(raw) and not Path(source).is_dir():
        raise WrongUsage(f"{raw} is not a folder: name the folder that holds the raw documents")
    if not is_remote(clean) and Path(target).exists() and not Path(target).is_dir():
        raise WrongUsage(f"{clean} is a file: name a folder for the clean texts")
    if source == target:
        raise WrongUsage(f"{raw} is the raw folder and can't be the clean one: name another folder")
    if target.startswith(source):
        raise WrongUsage(f"{clean} lies inside the raw folder {raw}: name a folder outside of it")
    if source.startswith(target):
        raise WrongUsage(
            f"{raw} lies inside the clean folder {clean}: name another folder for the clean texts"
        )


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

    def __init__(self, raw: str, clean: str, options: Options, globs: tuple[str, ...]) -> None:
        self._raw, self._clean, self._url, self._globs = store(raw), store(clean), raw, globs
        self._made_by = (manifest.current_version(), options.fingerprint)
        self.unchanged = 0
        self.vanished: list[_Known] = []
        self.stamps: dict[str, Stamps] = {}  # of documents that are the same under a new stamp

    def todo(self) -> Iterator[Found]:
        """The documents that are new or changed, in the order of their paths."""
        rows = self._known()
        row = next(rows, None)
        for found in sources.find(self._url, self._globs):
            while row and row.path < found.path:
                self.vanished.append(row)
                row = next(rows, None)
            if row and row.path == found.path:
                unchanged = self._is_unchanged(found, row)
                if row.output not in ("", found.output):
                    self._clean.delete(row.output)
                row = next(rows, None)
                if unchanged:
                    self.unchanged += 1
                    continue
            yield found
        if row:
            self.vanished += [row, *rows]

    def _known(self) -> Iterator[_Known]:
        for table in publish.published(self._clean, _Known._fields):
            yield from map(_Known._make, zip(*(column.to_pylist() for column in table.columns), strict=True))

    def _is_unchanged(self, found: Found, row: _Known) -> bool:
        """Whether what was read, what was to be done with it, and what came of it are all the same still."""
        if (row.version, row.options_fingerprint) != self._made_by:
            return False
        if found.problem:
            return found.problem == row.reason
        if row.output not in ("", found.output) or not row.raw_sha256:
            return False
        stamps = Stamps(found.stamp, self._clean.stamp(row.output) if row.output else "")
        if stamps == (row.raw_stamp, row.clean_stamp):
            return True
        same = row.raw_sha256 == _digest(self._raw, found.path) and (
            not row.output or row.clean_sha256 == _digest(self._clean, row.output)
        )
        if same:
            self.stamps[found.path] = stamps
        return same


def _digest(folder: Store, path: str) -> str:
    try:
        return hashlib.sha256(folder.read(path)).hexdigest()
    except OSError:
        return ""


def _clean_batches(job: Job, todo: Iterator[Found], count: int) -> int:
    """Cleans what is to do; how many documents that were."""
    first = next(todo, None)
    if first is None:
        return 0
    status: Counter[str] = Counter()
    under_way: deque[PrefectFuture[Counter[str]]] = deque()
    with Workers(job, count) as workers:
        run = task(name="clean-batch", task_run_name="batch {todo.name}")(workers.run)
        for one in batch.batches(chain([first], todo)):
            under_way.append(run.submit(one))
            # Paths are taken from the stream no faster than they are worked on.
            if len(under_way) > 2 * count:
                status += under_way.popleft().result()
        for future in under_way:
            status += future.result()
    return status.total()
