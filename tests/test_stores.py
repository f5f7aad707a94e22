"""Folders in object stores: the same results as on this machine, and nothing half written."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cleaners import Options
from flows import publish, shards, sources
from flows.batch import Batch, Job
from flows.stores import Local, Store, store
from flows.verify import verify

TEXT = "同志们：\n　　今天讲一讲学习。\n\n\n"


def fill(folder: str) -> None:
    for name in ("a.txt", "b.html", "b.html.txt", "news/c.txt", ".hidden/d.txt"):
        store(folder).write(name, (TEXT + name).encode())
    store(folder).write("news/e.jsonl", b'{"text": "\\u4e00\\n\\n"}\n{"text": 2}\n')


def clean_all(raw: str, clean: str) -> None:
    """What the flow does, in this process."""
    job = Job(raw, clean, Options(), batch_bytes=1)
    publish.recover(store(clean))
    for number, found in enumerate(sources.find(raw)):
        work = shards.chunks(job, found) if sources.is_shard(found.path) else [Batch(str(number), (found,))]
        for one in work:
            one.run(job)
    publish.publish(store(clean))


def files(folder: str) -> dict[str, bytes]:
    """What a folder holds, but for the working folder."""
    found = [one.path for one in sources.find(folder)]
    return {path: store(folder).read(path) for path in found}


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """A bucket on a server of this machine."""
    server = pytest.importorskip("moto.server", reason="moto[server] is not installed")
    s3fs = pytest.importorskip("s3fs")
    threaded = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    threaded.start()
    host, port = threaded.get_host_and_port()
    with pytest.MonkeyPatch.context() as environment:
        for name, value in {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        }.items():
            environment.setenv(name, value)
        s3fs.S3FileSystem().mkdir("bucket")
        yield "s3://bucket"
    threaded.stop()


@pytest.fixture
def local(tmp_path: Path) -> str:
    """The same documents cleaned on this machine."""
    fill(f"{tmp_path}/raw")
    clean_all(f"{tmp_path}/raw", f"{tmp_path}/clean")
    return str(tmp_path)


def test_a_bucket_holds_what_a_folder_would(s3: str, local: str) -> None:
    fill(f"{s3}/raw")
    clean_all(f"{s3}/raw", f"{s3}/clean")
    assert files(f"{s3}/clean") == files(f"{local}/clean")
    assert list(verify(f"{s3}/clean", f"{s3}/raw")) == []
    found = {one.path: one for one in sources.find(f"{s3}/raw")}
    assert list(found) == ["a.txt", "b.html", "b.html.txt", "news/c.txt", "news/e.jsonl"]
    assert "rename" in found["b.html"].problem
    assert found["a.txt"].stamp
    store(f"{s3}/clean").write("a.txt", b"altered")
    assert [problem.path for problem in verify(f"{s3}/clean", f"{s3}/raw")] == ["a.txt"]


def test_from_a_folder_into_memory(local: str) -> None:
    clean_all(f"{local}/raw", "memory://clean")
    assert files("memory://clean") == files(f"{local}/clean")


def fail_halfway(folder: Store) -> None:
    with folder.create("a.txt") as file:
        file.write_bytes(b"half of it")
        raise RuntimeError


def test_nothing_half_written_is_left_by_a_failure(s3: str, tmp_path: Path) -> None:
    for url in (f"{s3}/failing", str(tmp_path)):
        folder = store(url)
        with pytest.raises(RuntimeError):
            fail_halfway(folder)
        assert not folder.exists("a.txt")
        assert folder.names("") == []
        assert folder.names(".jingwen/tmp") == []
        with folder.create("a.txt") as file:
            file.write_bytes(b"all of it")
        assert folder.read("a.txt") == b"all of it"


def test_only_one_run_has_the_lock(tmp_path: Path) -> None:
    with Local(str(tmp_path)).lock() as first, Local(str(tmp_path)).lock() as second:
        assert (first, second) == (True, False)
    with Local(str(tmp_path)).lock() as third:
        assert third


def test_a_stamp_shows_a_change_behind_an_old_date(tmp_path: Path) -> None:
    folder = Local(str(tmp_path))
    folder.write("a.txt", b"one")
    os.utime(tmp_path / "a.txt", (1, 1))
    before = folder.stamp("a.txt")
    while folder.stamp("a.txt") == before:  # the clock of file systems ticks every few milliseconds
        (tmp_path / "a.txt").write_bytes(b"two")
        os.utime(tmp_path / "a.txt", (1, 1))
    assert folder.stamp("nowhere.txt") == ""
