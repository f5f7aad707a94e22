"""A run that is killed at any moment, and the next one, give what an undisturbed run gives."""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from published import files

# JINGWEN_KILLS=50 takes a quarter of an hour.
KILLS = int(os.environ.get("JINGWEN_KILLS", "5"))
DOCUMENTS = 600
# A run is killed when files have come or gone so often at the most.
MOST_CHANGES = 60


@pytest.mark.slow
@pytest.mark.usefixtures("prefect")
def test_kills_at_random_moments_change_nothing(tmp_path: Path) -> None:
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    write(raw, "以前")
    run(raw, tmp_path / "before")
    write(raw, "现在")
    shutil.copytree(tmp_path / "before", tmp_path / "expected")
    run(raw, tmp_path / "expected")
    expected = files(tmp_path / "expected")
    moments = random.Random(20)
    killed = 0
    for number in range(KILLS):
        shutil.rmtree(clean, ignore_errors=True)
        if number % 2:  # there is something from before to go on from
            shutil.copytree(tmp_path / "before", clean)
        killed += kill(start(raw, clean), clean, moments.randint(1, MOST_CHANGES))
        run(raw, clean)
        assert files(clean) == expected
        left = {path.name for path in (clean / ".jingwen").rglob("*") if path.is_file()}
        assert left == {"lock", "seen.parquet"}
    assert killed


def write(raw: Path, word: str) -> None:
    """Documents and shards of which a third changes with the word."""
    raw.mkdir(exist_ok=True)
    for number in range(DOCUMENTS):
        text = f"第{number}篇，{word if number % 3 == 0 else ''}讲一讲学习。\n\n\n" * (number % 40)
        (raw / f"{number:05}.txt").write_text(text)
    for number in range(3):
        lines = (f'{{"text": "{word}，第{number}条。"}}\n' for number in range(DOCUMENTS))
        (raw / f"{number}.jsonl").write_text("".join(lines))


def start(raw: Path, clean: Path) -> subprocess.Popen[bytes]:
    from prefect.settings import PREFECT_API_URL

    command = [sys.executable, "-m", "flows.cli", "clean", str(raw), str(clean), "--batch-bytes", "100000"]
    environment = os.environ | {"PREFECT_API_URL": str(PREFECT_API_URL.value())}
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)


def run(raw: Path, clean: Path) -> None:
    assert start(raw, clean).wait() == 0


def kill(process: subprocess.Popen[bytes], clean: Path, changes: int) -> bool:
    """Kills a run when files have come or gone so often in its folder; whether it still ran then."""
    seen: set[str] = set()
    while changes and process.poll() is None:
        names = {file for _, _, names in os.walk(clean) for file in names}
        changes -= names != seen
        seen = names
    runs = process.poll() is None
    process.kill()
    process.wait()
    return runs
