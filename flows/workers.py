"""Where batches are done: in a pool of processes on this machine.

A worker may die: the memory runs out, or a library crashes on a document. Then every batch that was under way
is lost, and nobody knows whose fault it was; so each is done again in a process of its own, and halved for as
long as that dies, until the document that kills is alone and is rejected.
"""

import multiprocessing
import os
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import ForkServerContext
from types import TracebackType
from typing import Self

from flows.batch import Job, Work

# How a worker does its work.
Run = Callable[[Work, Job], Counter[str]]

# Waits for some work, and says how many documents have which status.
Wait = Callable[[], Counter[str]]

KILLED = "the process that cleaned it died, twice (killed, crashed or out of memory)"


def start_early() -> None:
    """Starts the server that workers are forked from, with the cleaners imported, and doesn't wait for it."""
    from multiprocessing.forkserver import ensure_running

    _context()
    ensure_running()


class Workers:
    """A pool of `count` processes that outlives its processes. To be used in a with statement."""

    def __init__(self, job: Job, count: int, run: Run | None = None) -> None:
        self._work = run or _run
        self._job = job
        self._count = count
        self._lock = threading.Lock()
        self._pool = process_pool(count)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def run(self, todo: Work) -> Counter[str]:
        """Does some work in a worker, whatever happens to workers. Safe to call from many threads."""
        with self._lock:
            pool = self._pool
        try:
            return pool.submit(self._work, todo, self._job).result()
        except BrokenProcessPool:
            with self._lock:
                if self._pool is pool:  # the first to notice
                    self._pool = process_pool(self._count)
        return self._run_alone(todo)

    def _run_alone(self, todo: Work) -> Counter[str]:
        with process_pool(1) as pool:
            try:
                return pool.submit(self._work, todo, self._job).result()
            except BrokenProcessPool:
                pass
        if todo.size == 1:
            return todo.reject(self._job, KILLED)
        first, second = todo.halves()
        return self._run_alone(first) + self._run_alone(second)


def process_pool(count: int) -> ProcessPoolExecutor:
    """Processes with the cleaners imported, which end when this one does, however it does."""
    return ProcessPoolExecutor(count, mp_context=_context(), initializer=_die_with_parent)


def _run(todo: Work, job: Job) -> Counter[str]:
    return todo.run(job)


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["flows.preload"])
    return context


def _die_with_parent() -> None:
    """Without this, the workers of a killed run would live on, and write, until the machine is restarted."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
