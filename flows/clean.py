"""The main flow: find the documents of a folder, clean them batch by batch, publish texts and manifest.

It may be killed at any moment; the next run completes the work (see publish.py).
"""

import fcntl
import os
import shutil
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from prefect import flow, get_run_logger, task
from prefect.futures import PrefectFuture

from cleaners import Options
from flows import batch, manifest, publish, sources
from flows.batch import Job
from flows.manifest import Row
from flows.sources import Found
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
    raw: Path,
    clean: Path,
    options: Options = Options(),  # noqa: B008 - frozen
    globs: tuple[str, ...] = (),
    workers: int = 0,
    prune: bool = False,
) -> Summary:
    """Cleans the documents of the folder `raw` into the folder `clean`.

    Only what changed since the last run is done. `workers` processes work, as many as there are cores if 0.
    With `prune`, the outputs and rows of documents that vanished from `raw` are removed.
    Raises WrongUsage, before anything is written, if the two folders can't be what is meant.
    """
    check(raw, clean)
    with _only_run(clean):
        publish.recover(clean)
        plan = _Plan(raw, clean, options, globs)
        done = _clean_batches(Job(raw, clean, options), plan.todo(), workers or os.cpu_count() or 1)
        if done or plan.vanished or not (clean / sources.REPORT).exists():
            publish.publish(clean, plan.vanished if prune else [])
        get_run_logger().info("%d done, %d unchanged, %d vanished", done, plan.unchanged, len(plan.vanished))
        shutil.rmtree(publish.working_folder(clean) / "tmp", ignore_errors=True)
    return Summary(done, plan.unchanged, tuple(plan.vanished))


def check(raw: Path, clean: Path) -> None:
    """Raises WrongUsage if `raw` can't be cleaned into `clean`."""
    if not raw.is_dir():
        raise WrongUsage(f"{raw} is not a folder: name the folder that holds the raw documents")
    if clean.exists() and not clean.is_dir():
        raise WrongUsage(f"{clean} is a file: name a folder for the clean texts")
    source, target = raw.resolve(), clean.resolve()
    if source == target:
        raise WrongUsage(f"{raw} is the raw folder and can't be the clean one: name another folder")
    if source in target.parents:
        raise WrongUsage(f"{clean} lies inside the raw folder {raw}: name a folder outside of it")
    if target in source.parents:
        raise WrongUsage(
            f"{raw} lies inside the clean folder {clean}: name another folder for the clean texts"
        )


class _Plan:
    """What is to be done, found out on the way: what is unchanged, and what vanished."""

    def __init__(self, raw: Path, clean: Path, options: Options, globs: tuple[str, ...]) -> None:
        self.raw, self.clean, self.options, self.globs = raw, clean, options, globs
        self.unchanged = 0
        self.vanished: list[str] = []

    def todo(self) -> Iterator[Found]:
        """The documents that are new or changed, in the order of their paths."""
        published = self.clean / sources.MANIFEST
        known = manifest.rows(published) if published.exists() else iter(())
        row = next(known, None)
        for found in sources.find(self.raw, self.globs):
            while row and row["path"] < found.path:
                self.vanished.append(row["path"])
                row = next(known, None)
            if row and row["path"] == found.path:
                unchanged = self._is_unchanged(found, row)
                row = next(known, None)
                if unchanged:
                    self.unchanged += 1
                    continue
            yield found
        if row:
            self.vanished += [row["path"], *(row["path"] for row in known)]

    def _is_unchanged(self, found: Found, row: Row) -> bool:
        if row["version"] != manifest.current_version() or row["output"] != found.output:
            return False
        if row["options_fingerprint"] != self.options.fingerprint or found.problem != row["reason"]:
            return False
        return bool(found.problem) or (
            row["raw_sha256"] == sources.digest(self.raw / found.path)
            and row["clean_sha256"] == sources.digest(self.clean / found.output)
        )


def _clean_batches(job: Job, todo: Iterator[Found], count: int) -> int:
    """Cleans what is to do; how many documents that were."""
    publish.parts_folder(job.clean).mkdir(parents=True, exist_ok=True)
    first = next(todo, None)
    if first is None:
        return 0
    status: Counter[str] = Counter()
    under_way: deque[PrefectFuture[Counter[str]]] = deque()
    with Workers(job, count) as workers:
        run = task(name="clean-batch", task_run_name="batch {todo.name}")(workers.run)
        for one in batch.batches(_chain(first, todo)):
            under_way.append(run.submit(one))
            # Paths are taken from the stream no faster than they are worked on.
            if len(under_way) > 2 * count:
                status += under_way.popleft().result()
        for future in under_way:
            status += future.result()
    return status.total()


def _chain(first: Found, rest: Iterator[Found]) -> Iterator[Found]:
    yield first
    yield from rest


@contextmanager
def _only_run(clean: Path) -> Iterator[None]:
    """Keeps other runs away from `clean`; the system lets go of the lock however this run ends."""
    folder = publish.working_folder(clean)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WrongUsage(f"another run is writing to {clean}: wait for it to end") from None
        yield
