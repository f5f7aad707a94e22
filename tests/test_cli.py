"""What the command accepts, refuses and prints, apart from running the flow."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from flows import batch, cli
from flows.cli import app


def jingwen(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("同志们：\n今天讲一讲学习。\n")
    return tmp_path / "raw"


def test_explain_shows_facts_and_changes(raw: Path) -> None:
    result = jingwen("explain", raw / "a.txt")
    assert result.exit_code == 0
    assert "utf-8" in result.output


def test_explain_imports_neither_prefect_nor_pyarrow(raw: Path) -> None:
    program = (
        "import sys; from flows.cli import app; app(['explain', sys.argv[1]], standalone_mode=False); "
        "print(sorted({'prefect', 'pyarrow', 'dask'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(raw / "a.txt")], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_batch_is_as_big_for_the_command_as_for_the_flow() -> None:
    assert cli.BATCH_BYTES == batch.BATCH_BYTES


@pytest.mark.parametrize("target", ["raw", "raw/clean", ".", "raw/a.txt", "link"])
def test_a_clean_folder_that_cannot_be_meant_is_refused(raw: Path, tmp_path: Path, target: str) -> None:
    (tmp_path / "link").symlink_to(raw)
    before = sorted(tmp_path.rglob("*"))
    result = jingwen("clean", raw, tmp_path / target)
    assert result.exit_code == 2
    assert "name " in result.stderr
    assert sorted(tmp_path.rglob("*")) == before


def test_a_raw_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    result = jingwen("clean", tmp_path / "nowhere", tmp_path / "clean")
    assert result.exit_code == 2
    assert "nowhere is not a folder" in result.stderr
    assert not (tmp_path / "clean").exists()


def test_options_that_are_wrong_are_refused_with_the_file_and_the_nearest(raw: Path, tmp_path: Path) -> None:
    options = tmp_path / "options.toml"
    options.write_text('scirpt = "taiwan"')
    result = jingwen("clean", raw, tmp_path / "clean", "--options", options)
    assert result.exit_code == 2
    assert "options.toml" in result.stderr
    assert "'script'" in result.stderr
    options.write_text("script = taiwan")
    assert "not a TOML file" in jingwen("explain", raw / "a.txt", "--options", options).stderr
    assert jingwen("explain", raw / "a.txt", "--script", "klingon").exit_code == 2


@pytest.mark.parametrize("command", [["verify"], ["report"], ["explain"]])
def test_what_is_not_there_is_named(command: list[str], tmp_path: Path) -> None:
    result = jingwen(*command, tmp_path / "nowhere")
    assert result.exit_code == 2
    assert "nowhere" in result.stderr
