"""Worker processes that die."""

import os
import signal
from collections import Counter
from pathlib import Path

from cleaners import Document, Options
from flows import batch, manifest, publish, sources
from flows.batch import Batch, Job
from flows.stores import store
from flows.workers import KILLED, Workers

real_clean = batch.clean


def clean_or_die(raw: bytes, options: Options) -> Document:
    """A cleaner that two documents kill."""
    if b"deadly" in raw:
        os.kill(os.getpid(), signal.SIGKILL)
    return real_clean(raw, options)


def deadly_run(job: Job, todo: Batch) -> Counter[str]:
    """What a worker does here: the processes are forked from a server that knows only the real cleaner."""
    batch.clean = clean_or_die
    return real_run(job, todo)


real_run = batch.run


def test_the_document_that_kills_is_alone_rejected(tmp_path: Path) -> None:
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    raw.mkdir()
    for number in range(9):
        (raw / f"{number}.txt").write_text("deadly" if number in (3, 7) else f"第{number}篇。")
    job = Job(str(raw), str(clean), Options())
    with Workers(job, 2, run=deadly_run) as workers:
        (todo,) = batch.batches(sources.find(raw))
        assert workers.run(todo) == {"ok": 7, "rejected": 2}
    publish.publish(store(str(clean)))
    found = {row["path"]: row["reason"] for row in manifest.rows(clean / sources.MANIFEST) if row["reason"]}
    assert found == {"3.txt": KILLED, "7.txt": KILLED}
