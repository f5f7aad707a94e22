"""The main flow on a schedule, served from this machine."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from prefect.settings import PREFECT_API_URL, temporary_settings

from cleaners import Options
from flows.clean import check
from flows.clean import clean as main_flow
from flows.stores import is_remote

# Seconds that a first start of the server may take; 23 have been seen.
PATIENCE = 120


def serve(raw: str, clean: str, options: Options, cron: str, port: int, **others: Any) -> None:
    """Runs the flow whenever `cron` says so, one run at a time; ends only when it is stopped.

    `others` are further parameters of the flow. The schedule is kept by the Prefect server that PREFECT_API_URL
    names, otherwise by one that is started here, on 127.0.0.1 and `port`, with its web pages. Raises WrongUsage if
    the folders can't be meant, ValueError if `cron` is none, RuntimeError if the server does not start.
    """
    check(raw, clean)
    parameters = {
        "raw": _absolute(raw),
        "clean": _absolute(clean),
        "options": options.model_dump(mode="json"),
        **others,
    }
    deployment = main_flow.to_deployment(name="jingwen", cron=cron)  # a wrong cron raises here
    assert deployment
    with _server(port):
        main_flow.serve(name="jingwen", cron=cron, limit=1, parameters=parameters)


def _absolute(url: str) -> str:
    return url if is_remote(url) else str(Path(url).resolve())


@contextmanager
def _server(port: int) -> Iterator[None]:
    """A Prefect server that runs schedules, which the embedded one of a single run doesn't."""
    if PREFECT_API_URL.value():
        yield
        return
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with temporary_settings({PREFECT_API_URL: f"{address}/api"}):
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            _wait_for(f"{address}/api/health", server)
            print(f"runs and schedule: {address}")
            yield
        finally:
            server.terminate()
            server.wait()


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        try:
            if httpx.get(url).is_success:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise RuntimeError(f"the Prefect server did not start: nothing answers at {url}")
