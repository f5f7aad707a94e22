"""`jingwen serve` runs the flow from a server of its own, whenever a run is due or asked for."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import httpx
import pytest

TOP = Path(__file__).parent.parent
# A hung server is ended after so many seconds; the output that the test waits for then ends too.
PATIENCE = 180


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The process of a `jingwen serve` with its own Prefect home, and its server's port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT")}
    environment |= {"PREFECT_HOME": str(tmp_path / "home"), "PYTHONPATH": str(TOP), "PYTHONUNBUFFERED": "1"}
    command = [
        sys.executable,
        "-m",
        "flows.cli",
        "serve",
        "--cron",
        "0 0 1 1 *",
        "--port",
        str(port),
        "--prune",
    ]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    guard = Timer(PATIENCE, process.kill)
    guard.start()
    yield process, port
    guard.cancel()
    process.terminate()
    process.communicate()


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """The output of a process up to a line that holds `words`."""
    assert process.stdout is not None
    seen = []
    for line in process.stdout:
        seen.append(line)
        if words in line:
            return "".join(seen)
    raise AssertionError(f"{words!r} never came:\n" + "".join(seen))


@pytest.mark.slow
def test_a_run_that_is_due_cleans_the_folder(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    shutil.copytree(TOP / "raw", tmp_path / "raw")
    process, port = request.getfixturevalue("served")
    read_until(process, "is being served")
    api = f"http://127.0.0.1:{port}/api"
    deployment = httpx.get(f"{api}/deployments/name/clean/jingwen").json()
    assert deployment["schedules"][0]["schedule"]["cron"] == "0 0 1 1 *"
    assert deployment["parameters"]["prune"]
    assert deployment["parameters"]["learn"]
    run = httpx.post(f"{api}/deployments/{deployment['id']}/create_flow_run", json={})
    assert run.is_success
    read_until(process, "14 done")
    written = {path.name for path in (tmp_path / "clean").iterdir()}
    assert {"manifest.jsonl", "report.html", "01_promo_header.txt"} <= written
