"""The flow and the command that runs it, on folders of documents good and bad."""

import json
import os
import re
import signal
import threading
from pathlib import Path

import pytest
from published import files
from typer.testing import CliRunner, Result

from flows import manifest, sources
from flows.cli import app

pytestmark = pytest.mark.usefixtures("prefect")

TEXT = "同志们：\n今天讲一讲学习。\n"


def jingwen(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def rows(clean: Path) -> dict[str, manifest.Row]:
    return {row["path"]: row for row in manifest.rows(clean / sources.MANIFEST)}


def counts(result: Result) -> tuple[int, int]:
    """How many documents a run did, and how many were unchanged."""
    found = re.search(r"(\d+) documents done in .* s, (\d+) unchanged", result.output)
    assert found, result.output
    return int(found[1]), int(found[2])


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    (tmp_path / "raw" / "news").mkdir(parents=True)
    for name in ("a.txt", "b.html", "news/c.txt"):
        (tmp_path / "raw" / name).write_text(TEXT + name)
    return tmp_path / "raw"


def test_clean_then_verify_then_report(raw: Path, tmp_path: Path) -> None:
    clean = tmp_path / "clean"
    result = jingwen("clean", raw, clean)
    assert result.exit_code == 0, result.output
    assert "3 documents" in result.output
    assert "manifest.parquet" in result.output
    assert "report.html" in result.output
    assert sorted(path.name for path in clean.rglob("*.txt")) == ["a.txt", "b.html.txt", "c.txt"]
    assert jingwen("verify", clean, "--raw", raw).exit_code == 0
    page = (clean / "report.html").read_text()
    assert "news/c.txt" in page
    assert "http" not in page
    (clean / "report.html").unlink()
    assert jingwen("report", clean).exit_code == 0
    assert (clean / "report.html").read_text() == page
    (clean / "a.txt").write_text("别的")
    result = jingwen("verify", clean, "--raw", raw)
    assert result.exit_code == 1
    assert "a.txt" in result.output


def test_only_what_changed_is_done_again(raw: Path, tmp_path: Path) -> None:
    clean = tmp_path / "clean"
    jingwen("clean", raw, clean)
    assert counts(jingwen("clean", raw, clean)) == (0, 3)
    (raw / "a.txt").write_text("换了内容。")
    (raw / "news" / "c.txt").unlink()
    result = jingwen("clean", raw, clean)
    assert counts(result) == (1, 1)
    assert "news/c.txt" in result.output
    assert (clean / "news" / "c.txt").exists()
    (clean / "b.html.txt").write_text("altered")
    result = jingwen("clean", raw, clean, "--prune")
    assert counts(result) == (1, 1)
    assert not (clean / "news" / "c.txt").exists()
    assert list(rows(clean)) == ["a.txt", "b.html"]
    assert jingwen("verify", clean, "--raw", raw).exit_code == 0
    assert counts(jingwen("clean", raw, clean, "--script", "keep")) == (2, 0)


def test_what_was_touched_or_copied_is_not_done_again(raw: Path, tmp_path: Path) -> None:
    clean = tmp_path / "clean"
    (raw / "shard.jsonl").write_text('{"text": "一。"}\n{"text": "二。"}\n')
    assert counts(jingwen("clean", raw, clean)) == (5, 0)
    os.utime(raw / "a.txt", (1, 1))
    os.utime(raw / "shard.jsonl", (1, 1))
    os.utime(clean / "b.html.txt", (1, 1))
    for _ in range(2):
        assert counts(jingwen("clean", raw, clean)) == (0, 5)
    # The same size and date, but other bytes.
    (raw / "a.txt").write_text(TEXT + "b.txt")
    os.utime(raw / "a.txt", (1, 1))
    assert counts(jingwen("clean", raw, clean)) == (1, 4)


def test_a_shard_that_shrinks_loses_rows_and_one_that_goes_is_reported(raw: Path, tmp_path: Path) -> None:
    clean = tmp_path / "clean"
    (raw / "shard.jsonl").write_text('{"text": "一。"}\n{"text": "二。"}\n')
    jingwen("clean", raw, clean)
    (raw / "shard.jsonl").write_text('{"text": "三。"}\n')
    assert counts(jingwen("clean", raw, clean)) == (1, 3)
    assert list(rows(clean)) == ["a.txt", "b.html", "news/c.txt", "shard.jsonl#000000000"]
    assert jingwen("verify", clean, "--raw", raw).exit_code == 0
    (raw / "shard.jsonl").write_text("")
    jingwen("clean", raw, clean)
    assert rows(clean)["shard.jsonl"]["reason"] == "it holds no records"
    (raw / "shard.jsonl").unlink()
    assert "shard.jsonl" in jingwen("clean", raw, clean, "--prune").output
    assert list(rows(clean)) == ["a.txt", "b.html", "news/c.txt"]


def test_what_cannot_be_listed_for_once_has_not_vanished(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean, scandir = tmp_path / "clean", os.scandir
    jingwen("clean", raw, clean)

    def closed(folder: str) -> object:
        if str(folder).endswith("raw/news"):
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", closed)
    result = jingwen("clean", raw, clean, "--prune")
    assert "vanished" not in result.output
    assert rows(clean).keys() == {"a.txt", "b.html", "news/", "news/c.txt"}
    assert (clean / "news" / "c.txt").exists()


def test_bad_input_gets_a_row_and_the_run_goes_on(raw: Path, tmp_path: Path) -> None:
    clean = tmp_path / "clean"
    bad = {
        "empty.txt": b"",
        "book.pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
        "archive.zip": b"PK\x03\x04\x14\x00" + bytes(60),
        "image.png": b"\x89PNG\r\n\x1a\n" + bytes(60),
        "no-shard.parquet": b"nothing of the kind",
        "b.html.txt": b"has the name of b.html's output",
        "manifest.jsonl": b'{"text": "has the name of the manifest"}\n',
    }
    for name, data in bad.items():
        (raw / name).write_bytes(data)
    (raw / "dangling.txt").symlink_to("nowhere")
    (raw / "loop").symlink_to(raw)
    os.mkfifo(raw / "pipe")
    result = jingwen("clean", raw, clean, "--strict")
    assert result.exit_code == 1
    found = rows(clean)
    rejected = {path for path, row in found.items() if row["status"] == "rejected"}
    assert rejected == (bad.keys() - {"b.html.txt"}) | {"b.html", "dangling.txt", "loop", "pipe"}
    assert all(found[path]["reason"] for path in rejected)
    assert found["a.txt"]["output"] == "a.txt"
    assert jingwen("verify", clean, "--raw", raw).exit_code == 0
    done, unchanged = counts(jingwen("clean", raw, clean))
    assert (done, unchanged) == (1, len(found) - 1)  # a shard that can't be read is looked at again


def test_a_learnt_profile_can_be_used(raw: Path, tmp_path: Path) -> None:
    for number in range(5):
        body = f"第{number}篇讲的是学习，学习要有耐心，也要有方法。\n" * 5
        (raw / "news" / f"{number}.txt").write_text(f"{body}甲乙丙站每日更新一百条\n")
    profile = tmp_path / "profile.jsonl"
    result = jingwen("learn", raw, profile)
    assert result.exit_code == 0, result.output
    assert "甲乙丙站每日更新一百条" in profile.read_text()
    assert jingwen("clean", raw, tmp_path / "clean", "--profile", profile).exit_code == 0
    assert counts(jingwen("clean", raw, tmp_path / "clean")) == (8, 0)  # other options, other texts
    assert jingwen("clean", raw, tmp_path / "clean", "--profile", raw / "a.txt").exit_code == 2


def test_a_run_that_learns_keeps_its_profile_until_the_documents_have_grown(
    raw: Path, tmp_path: Path
) -> None:
    clean = tmp_path / "clean"

    def write(numbers: range, host: str) -> None:
        with (raw / "records.jsonl").open("a") as file:
            for number in numbers:
                body = f"第{number}篇讲的是学习，学习要有耐心，也要有方法，更要有兴趣。\n" * 5
                record = {"url": f"http://{host}/{number}", "text": f"{body}甲乙丙站每日更新一百条\n"}
                file.write(json.dumps(record) + "\n")

    write(range(2), "a.example")
    write(range(3), "b.example")
    assert jingwen("clean", raw, clean, "--learn").exit_code == 0
    profile = (clean / "site_profile.jsonl").read_text()
    assert '"site": "//b.example"' in profile
    assert '"site": "//a.example"' not in profile
    texts = [json.loads(line)["text"] for line in (clean / "records.jsonl").read_text().splitlines()]
    assert len(texts) == 5
    assert not any("甲乙丙" in text for text in texts)

    (raw / "one_more.txt").write_text("又一篇。\n")
    assert counts(jingwen("clean", raw, clean, "--learn"))[0] == 1
    assert (clean / "site_profile.jsonl").read_text() == profile
    write(range(9), "a.example")
    assert jingwen("clean", raw, clean, "--learn").exit_code == 0
    assert '"site": "//a.example"' in (clean / "site_profile.jsonl").read_text()


@pytest.mark.slow
def test_dask_gives_the_same_bytes_also_when_a_worker_is_killed(tmp_path: Path) -> None:
    """Workers are processes of their own; one is killed once it has done something."""
    distributed = pytest.importorskip("distributed")
    raw = tmp_path / "raw"
    raw.mkdir()
    for number in range(300):
        (raw / f"{number:03}.txt").write_text(f"第{number}篇。\n" + TEXT * (number % 50))
    (raw / "shard.jsonl").write_text("".join(f'{{"text": "第{number}条。"}}\n' for number in range(300)))
    assert jingwen("clean", raw, tmp_path / "local").exit_code == 0
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        address = cluster.scheduler_address

        def kill_one() -> None:
            parts = tmp_path / "killed" / ".jingwen" / "parts"
            while not (parts.is_dir() and any(parts.iterdir())):
                stop.wait(0.01)
            os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)

        for name, disturb in (("calm", None), ("killed", kill_one)):
            stop = threading.Event()
            if disturb:
                threading.Thread(target=disturb, daemon=True).start()
            options = ("--runner", "dask", "--dask-address", address, "--batch-bytes", 40_000)
            result = jingwen("clean", raw, tmp_path / name, *options)
            assert result.exit_code == 0, result.output
            assert files(tmp_path / name) == files(tmp_path / "local")
