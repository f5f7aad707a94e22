"""What a one-off run over a few documents costs beside an empty Prefect flow.

`python -m tests.benchmarks.one_off [RAW]`. Both are whole processes, started alternately, each with Prefect's
embedded server, whose database exists already.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EMPTY = "from prefect import flow\n@flow\ndef empty(): pass\nempty()"
TARGET = 1.5


def seconds(command: list[str], environment: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("raw", nargs="?", type=Path, default=Path("raw"))
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "DO_NOT_TRACK": "1",
            "PREFECT_HOME": f"{folder}/prefect",
            "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        }
        empty = [sys.executable, "-c", EMPTY]
        print(f"first start on a new PREFECT_HOME  {seconds(empty, environment):6.1f} s (not counted)")
        times: dict[str, list[float]] = {"an empty flow": [], f"jingwen clean {arguments.raw}": []}
        for number in range(arguments.rounds):
            clean = [sys.executable, "-m", "flows.cli", "clean", str(arguments.raw), f"{folder}/{number}"]
            for name, command in zip(times, (empty, clean), strict=True):
                times[name].append(seconds(command, environment))
    for name, values in times.items():
        print(f"{name:<33}  {statistics.median(values):6.1f} s  ({', '.join(f'{v:.1f}' for v in values)})")
    base, ours = (statistics.median(values) for values in times.values())
    print(f"ratio {ours / base:.2f} (target <= {TARGET})")


if __name__ == "__main__":
    main()
