"""Many documents: the flow beside a bare process pool, one worker beside two, second runs, shards, memory.

`python -m tests.benchmarks.scale [--documents 100000] [--kilobytes 10] [--only files|shards]`. The documents are made from paragraphs
of the corpus (JINGWEN_CORPUS), or of raw/ where there is none. The time of the flow is that from its first line
to its last; what Prefect's server needs to start is printed apart.
"""

import argparse
import gzip
import itertools
import json
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from cleaners import Options
from flows import batch, sources
from flows.batch import Batch, Job

FLOW = """
import json, sys, time
begin = time.monotonic()
from flows import prefect_defaults
from flows.workers import start_early
if __name__ == "__main__":
    start_early()
    prefect_defaults.set_up(one_off=True)
    from cleaners import Options
    from flows.clean import clean
    options = Options.model_validate_json(sys.argv[4])
    summary = clean(sys.argv[1], sys.argv[2], options, workers=int(sys.argv[3]))
    around = time.monotonic() - begin - summary.seconds
    print(json.dumps({"seconds": summary.seconds, "around": around, "done": summary.done}))
"""


def make_documents(raw: Path, count: int, size: int) -> None:
    """Documents of about `size` bytes from shuffled paragraphs, always the same."""
    corpus = Path(os.environ.get("JINGWEN_CORPUS", "../shared/corpus")) / "documents"
    files = sorted((corpus if corpus.is_dir() else Path("raw")).rglob("*.txt"))
    paragraphs = []
    for file in files:
        text = file.read_bytes().decode("utf-8", "replace")
        paragraphs += [part for part in text.split("\n") if part and len(part) < size // 4]
    chance = random.Random(1)
    for number in range(count):
        folder = raw / f"{number // 1000:04}"
        folder.mkdir(parents=True, exist_ok=True)
        lines, length = [f"第{number}号文件"], 0
        while length < size:
            lines.append(chance.choice(paragraphs))
            length += len(lines[-1].encode()) + 1
        (folder / f"{number:07}.txt").write_text("\n".join(lines) + "\n")


def bare_pool(raw: Path, clean: Path, workers: int, options: Options) -> float:
    """Seconds that a process pool needs for the same files and rows, without anything around it."""
    job = Job(str(raw), str(clean), options)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["flows.batch"])
    begin = time.monotonic()
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        groups = batch.in_groups(sources.find(raw), job.batch_bytes, lambda found: found.size)
        works = [Batch(f"{number:08}", tuple(group)) for number, group in enumerate(groups)]
        list(pool.map(run, works, [job] * len(works)))
    return time.monotonic() - begin


def run(work: Batch, job: Job) -> None:
    work.run(job)


class Memory:
    """Megabytes that a process and the ones it started have resident, ten times a second."""

    def __init__(self, parent: int) -> None:
        self._parent = parent
        self.parent: list[float] = []
        self.worker: list[float] = []  # the biggest one
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.1):
            sizes = [size for pid in self._offspring(self._parent) if (size := self._resident(pid))]
            if own := self._resident(self._parent):
                self.parent.append(own)
                self.worker.append(max(sizes, default=0.0))

    def _offspring(self, pid: int) -> list[int]:
        """Processes forked for the pool: children of children, without Prefect's server."""
        try:
            children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        except OSError:
            return []
        found = []
        for child in children:
            try:
                server = b"uvicorn" in Path(f"/proc/{child}/cmdline").read_bytes()
            except OSError:
                continue
            if not server:
                found += [child, *self._offspring(child)]
        return found

    @staticmethod
    def _resident(pid: int) -> float:
        try:
            pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        except OSError:
            return 0.0
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def flow(raw: Path, clean: Path, workers: int, options: Options) -> tuple[dict[str, float], Memory]:
    """What one run of the flow took, and what memory."""
    command = [sys.executable, "-c", FLOW, str(raw), str(clean), str(workers), options.model_dump_json()]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    memory = Memory(process.pid)
    output = process.communicate()[0]
    memory.end()
    if process.returncode:
        raise SystemExit("the flow failed")
    return json.loads(output.splitlines()[-1]), memory


def curve(values: list[float]) -> str:
    """Eleven values from begin to end."""
    return " ".join(f"{values[(len(values) - 1) * tenth // 10]:.0f}" for tenth in range(11))


def make_shard(raw: Path, shard: Path) -> None:
    """One shard with the documents of the folder `raw`, read and written as a stream."""
    records = (
        {"id": number, "text": (raw / found.path).read_text()}
        for number, found in enumerate(sources.find(raw))
    )
    shard.parent.mkdir()
    if shard.suffix == ".parquet":
        with pq.ParquetWriter(shard, pa.schema([("id", pa.int64()), ("text", pa.string())])) as writer:
            while rows := list(itertools.islice(records, 1000)):
                writer.write_table(pa.Table.from_pylist(rows, writer.schema))
        return
    opened = {".gz": gzip.open, ".zst": zstandard.open}.get(shard.suffix, open)
    with opened(shard, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


class Benchmark:
    """Runs over the documents of one folder, a line printed for each."""

    def __init__(self, folder: Path, raw: Path, options: Options) -> None:
        self._folder, self._raw, self._options = folder, raw, options
        self._size = sum(found.size for found in sources.find(raw)) / 1e6

    def files(self, changed: int) -> None:
        """Every file a document."""
        bare = bare_pool(self._raw, self._folder / "bare", 2, self._options)
        self._show("bare pool, 2 workers", bare)
        first, memory = self._flow(self._raw, "clean")
        self._show(
            "flow, 2 workers",
            first["seconds"],
            f"{first['seconds'] / bare:.2f} of the bare pool (target <= 1.1)",
        )
        print(f"  Prefect and its server: {first['around']:.1f} s")
        print(f"  parent MB: {curve(memory.parent)}, peak {max(memory.parent):.0f} (target <= 350)")
        print(f"  worker MB: {curve(memory.worker)}, peak {max(memory.worker):.0f} (target <= 300)")
        again, _ = self._flow(self._raw, "clean")
        self._show(
            "again, nothing changed",
            again["seconds"],
            f"{again['seconds'] / first['seconds']:.1%} of the first (target <= 5%)",
        )
        every = list(sources.find(self._raw))
        for found in every[:: max(1, len(every) // changed)]:
            with (self._raw / found.path).open("a") as file:
                file.write("又一行。\n")
        some, _ = self._flow(self._raw, "clean")
        self._show("again, some changed", some["seconds"], f"{some['done']:.0f} done")
        alone, _ = self._flow(self._raw, "one", workers=1)
        self._show(
            "flow, 1 worker",
            alone["seconds"],
            f"2 workers: {alone['seconds'] / first['seconds']:.2f} times as fast (target >= 1.8)",
        )

    def shards(self) -> None:
        """The same documents as one shard of each kind, beside the files."""
        files, _ = self._flow(self._raw, "files")
        self._show("files", files["seconds"])
        for kind in ("jsonl", "parquet", "jsonl.gz", "jsonl.zst"):
            shard = self._folder / kind / f"shard.{kind}"
            make_shard(self._raw, shard)
            took, memory = self._flow(shard.parent, f"clean-{kind}")
            peaks = (
                f"peak MB: parent {max(memory.parent):.0f}, worker {max(memory.worker):.0f} (target <= 600)"
            )
            ratio = took["seconds"] / files["seconds"]
            self._show(f"a shard, {kind}", took["seconds"], f"{ratio:.2f} of files (target <= 1); {peaks}")

    def _flow(self, raw: Path, clean: str, workers: int = 2) -> tuple[dict[str, float], Memory]:
        return flow(raw, self._folder / clean, workers, self._options)

    def _show(self, name: str, seconds: float, more: str = "") -> None:
        print(f"{name:<28} {seconds:8.1f} s {self._size / seconds:8.1f} MB/s  {more}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--kilobytes", type=int, default=10)
    parser.add_argument("--changed", type=int, default=100)
    parser.add_argument("--only", choices=["files", "shards"])
    parser.add_argument("--cleaners", help="only these, as in encoding,script: less work shows the overhead")
    arguments = parser.parse_args()
    options = Options(**({"cleaners": arguments.cleaners.split(",")} if arguments.cleaners else {}))
    with tempfile.TemporaryDirectory() as name:
        raw = Path(name) / "raw"
        make_documents(raw, arguments.documents, arguments.kilobytes * 1000)
        benchmark = Benchmark(Path(name), raw, options)
        if arguments.only != "shards":
            benchmark.files(arguments.changed)
        if arguments.only != "files":
            benchmark.shards()


if __name__ == "__main__":
    main()
