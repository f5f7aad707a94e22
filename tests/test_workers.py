"""Worker processes that die."""

import json
import os
import signal
from collections import Counter
from pathlib import Path

from cleaners import Document, Options, clean
from flows import batch, manifest, preload, publish, shards, sources
from flows.batch import Batch, Job, Work
from flows.shards import Chunk, Landing
from flows.stores import store
from flows.workers import KILLED, Workers

real_clean = batch.clean


def clean_or_die(raw: bytes | str, options: Options) -> Document:
    """A cleaner that some documents kill."""
    if raw in (b"deadly", "deadly"):
        os.kill(os.getpid(), signal.SIGKILL)
    return real_clean(raw, options)


def deadly_run(todo: Work, job: Job) -> Counter[str]:
    """How a worker works here: the processes are forked from a server that knows only the real cleaner."""
    batch.clean = clean_or_die
    return todo.run(job)


def test_the_documents_that_kill_are_alone_rejected(tmp_path: Path) -> None:
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    raw.mkdir()
    for number in range(9):
        (raw / f"{number}.txt").write_text("deadly" if number in (3, 7) else f"第{number}篇。")
    texts = ["一。", "deadly", "二。"]
    (raw / "shard.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    job = Job(str(raw), str(clean), Options())
    *files, shard = sources.find(raw)
    with Workers(job, 2, run=deadly_run) as workers:
        assert workers.run(Batch("0", tuple(files))) == {"ok": 7, "rejected": 2}
        chunk, landing = shards.chunks(job, shard)
        assert isinstance(chunk, Chunk)
        assert isinstance(landing, Landing)
        assert workers.run(chunk) == {"ok": 2, "rejected": 1}
        landing.run(job)
    publish.publish(store(str(clean)))
    with (clean / sources.MANIFEST).open("rb") as file:
        found = {row["path"]: row["reason"] for row in manifest.rows(file) if row["reason"]}
    assert found == {"3.txt": KILLED, "7.txt": KILLED, "shard.jsonl#000000001": KILLED}
    written = [json.loads(line)["text"] for line in (clean / "shard.jsonl").open()]
    assert written == ["一。", None, "二。"]


def test_what_is_preloaded_has_something_for_every_cleaner_that_edits() -> None:
    steps = [step.cleaner for step in clean(preload.EXAMPLE.encode()).steps]
    assert steps == ["mojibake", "glosses", "boilerplate", "layout", "script"]
