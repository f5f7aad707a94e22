"""What the README says is so: its commands, its examples, its tables."""

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from cleaners import Options, clean
from flows.manifest import columns

TOP = Path(__file__).parent.parent
README = (TOP / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def commands() -> list[list[str]]:
    """The commands of the README, a list of words each; what runs `python -c` spans lines."""
    script = "".join(blocks("sh"))
    return [
        words
        for command in re.findall(r'(?:[^\n"]|"[^"]*")+', script)
        if (words := shlex.split(command, comments=True))
    ]


def test_the_table_of_columns_is_that_of_the_manifest() -> None:
    rows = "".join(f"| `{name}` | {meaning} |\n" for name, _, meaning in columns())
    assert f"| column | what it holds |\n|---|---|\n{rows}" in README


# Running text around an example, with glosses so that one more is no word of the author's.
AROUND = """在全区防汛工作动员会上的讲话

同志们，今天我们召開(kāi)這(zhè)次會議(yì)，研究(jiū)部署今年的防汛(xùn)工作，各級幹部都要到會。
{}
去年全區有三處堤防出過險情，大家都還記得，今年要早做準備，把隐患排查到每一個村組。
"""
MORE = "有的单位对查出来的隐患不登记、不报告、不整改，"  # what "…" stands for
EXAMPLES = [
    (row[1].replace("` ⏎ `", "\n"), row[2])
    for row in re.finditer(r"^\| `([^/|]+)`(?: \([^|]*\))? \| `([^/|]+)` \|$", README, re.MULTILINE)
]


@pytest.mark.parametrize(("delivered", "written"), EXAMPLES)
def test_the_first_table_shows_what_is_written(delivered: str, written: str) -> None:
    delivered, written = (
        MORE + shown[1:-1] + MORE if "…" in shown else shown for shown in (delivered, written)
    )
    text = clean(AROUND.format(delivered)).text
    assert written in text
    assert delivered not in text


def test_the_options_shown_are_the_defaults() -> None:
    defaults, additions = blocks("toml")
    assert Options(**tomllib.loads(defaults)) == Options()
    assert Options(**tomllib.loads(additions)).lexicon


def test_the_python_example_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TOP)
    for block in blocks("python"):
        exec(compile(block, "README.md", "exec"), {})


def test_every_make_target_is_run_by_ci() -> None:
    ci = (TOP / ".ci" / "run").read_text("utf-8")
    targets = [words for words in commands() if words[0] == "make"]
    assert targets
    assert all(" ".join(words) in ci for words in targets)


@pytest.mark.slow
def test_every_other_command_runs(tmp_path: Path) -> None:
    shutil.copytree(TOP / "raw", tmp_path / "raw")
    shutil.copytree(TOP / "raw", tmp_path / "my-documents")
    (tmp_path / "my-documents" / "13_clean_speech.txt").rename(tmp_path / "my-documents" / "one.txt")
    python = [sys.executable, "-X", "utf8"]
    subprocess.run([*python, "-m", "flows.cli", "clean"], cwd=tmp_path, check=True)
    for words in commands():
        if words[0] == ".venv/bin/jingwen" and words[1] != "serve":  # test_schedule.py serves
            subprocess.run([*python, "-m", "flows.cli", *words[1:]], cwd=tmp_path, check=True)
        elif words[0] == ".venv/bin/python":
            subprocess.run([*python, *words[1:]], cwd=tmp_path, check=True)
