"""`clean` on one core beside what a user would write today, and beside the limits.

`python -m tests.benchmarks.speed [--documents 100]`: a sample of the corpus (JINGWEN_CORPUS), or raw/ where there is
none. The composition is chardet.detect + ftfy.fix_text + OpenCC.convert, one document at a time. Times are those of
the processor, so that other work on the machine doesn't count.
"""

import argparse
import hashlib
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import chardet
import ftfy
import opencc

from cleaners import Options, clean
from cleaners.options import ALL_CLEANERS
from cleaners.pipeline import CLEANERS

ROOT = Path(__file__).parents[2]
# The first round loads tables and compiles patterns, which many documents share.
ROUNDS = 3
# Documents of these sizes in bytes, and of each size so many bytes in all, are cut from the same texts.
SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
MIXTURE = 2_000_000
T2S = opencc.OpenCC("t2s")


def composition(raw: bytes) -> None:
    encoding = chardet.detect(raw)["encoding"] or "utf-8"
    T2S.convert(ftfy.fix_text(raw.decode(encoding, "replace")))


def decode_convert_hash(raw: bytes) -> None:
    hashlib.sha256(T2S.convert(raw.decode("utf-8", "replace")).encode()).hexdigest()


LIMITS: dict[str, Callable[[bytes], object]] = {
    "decode + OpenCC + sha256": decode_convert_hash,
    "OpenCC alone": lambda raw: T2S.convert(raw.decode("utf-8", "replace")),
    "bytes.decode": lambda raw: raw.decode("utf-8", "replace"),
    "sha256": lambda raw: hashlib.sha256(raw).hexdigest(),
}


def rate(work: Callable[[bytes], object], documents: Sequence[bytes]) -> float:
    """Megabytes a second once all tables are loaded: in the best of some rounds, since other work slows all."""
    times = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        for raw in documents:
            work(raw)
        times.append(time.process_time() - begin)
    return sum(map(len, documents)) / 1e6 / max(min(times), 1e-9)


def sample(count: int) -> list[bytes]:
    corpus = Path(os.environ.get("JINGWEN_CORPUS", "../shared/corpus")) / "documents"
    files = sorted((corpus if corpus.is_dir() else Path("raw")).rglob("*.txt"))
    chosen = random.Random(1).sample(files, min(count, len(files)))
    return [file.read_bytes() for file in chosen]


def cut(body: bytes, size: int) -> Iterator[bytes]:
    """Documents of `size` bytes or a little less from all over `body`, each of whole lines if they are short enough."""
    step = max(size, len(body) * size // MIXTURE)
    for start in range(0, len(body) - size + 1, step):
        begin = body.find(b"\n", start, start + size // 2) + 1 or start
        end = body.rfind(b"\n", begin + size // 2, start + size)
        yield body[begin : end if end >= 0 else start + size]


def beside_the_composition(name: str, documents: Sequence[bytes], target: float) -> float:
    ours, theirs = rate(clean, documents), rate(composition, documents)
    print(
        f"{name:<28} {ours:8.2f} MB/s, composition {theirs:8.2f} MB/s: {ours / theirs:6.1f} times (>= {target})"
    )
    return ours


def costs(documents: Sequence[bytes]) -> Iterator[tuple[str, float]]:
    """Each cleaner, and the microseconds that it takes for one document."""
    for i, name in enumerate(ALL_CLEANERS):
        if name in CLEANERS:
            given = [clean(raw, Options(cleaners=ALL_CLEANERS[:i])) for raw in documents]
            work = partial(CLEANERS[name], options=Options())
        else:
            given, work = documents, partial(clean, options=Options(cleaners=("encoding",)))
        begin = time.process_time()
        for document in given:
            work(document)
        yield name, 1e6 * (time.process_time() - begin) / len(documents)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100)
    documents = sample(parser.parse_args().documents)
    texts = [raw.decode("utf-8", "replace") for raw in documents]
    print(f"{len(documents)} documents, {sum(map(len, documents)) / 1e6:.1f} MB")
    ours = beside_the_composition("as they are", documents, 10)
    beside_the_composition("in GBK", [text.encode("gb18030") for text in texts], 8)
    garbled = [text[:3000].encode().decode("gb18030", "replace").encode() for text in texts[:10]]
    beside_the_composition("UTF-8 read as GBK", garbled, 1)
    for name, work in LIMITS.items():
        limit = rate(work, documents)
        note = " (>= 25%)" if work is decode_convert_hash else ""
        print(f"{name:<28} {limit:8.1f} MB/s: clean has {ours / limit:.1%} of it{note}")
    print("microseconds a document:", ", ".join(f"{name} {cost:.0f}" for name, cost in costs(documents)))
    example = sorted((ROOT / "raw").rglob("*.txt"))[0]
    command = [sys.executable, "-m", "flows.cli", "explain", str(example)]
    began = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    explained = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - began
    print(f"explain on a sample, Python's start included: {explained:.2f} s (< 2)")
    body = b"\n".join(sample(len(documents) * SIZES[-1] // sum(map(len, documents))))
    body *= SIZES[-1] // len(body) + 1
    for size in SIZES:
        pieces = list(cut(body[: SIZES[-1]], size))
        print(
            f"{len(pieces):>5} documents of {size:>10,} bytes  {rate(clean, pieces):8.2f} MB/s "
            "(from 10 KB up within a factor of 2)"
        )


if __name__ == "__main__":
    main()
