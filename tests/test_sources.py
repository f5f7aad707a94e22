"""Which documents a folder holds, and what is said of that which can't be one."""

import os
from pathlib import Path

import pytest

from flows import sources


def paths(root: Path, *globs: str) -> list[str]:
    return [found.path for found in sources.find(root, globs)]


def problem(root: Path, path: str) -> str:
    return next(found.problem for found in sources.find(root) if found.path == path)


def touch(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("正文。")


def test_documents_come_in_the_order_of_their_paths(tmp_path: Path) -> None:
    touch(tmp_path, "b.txt", "a/z.txt", "a.txt", "a-b.txt", "a/b/c.txt", "文/件.txt")
    assert paths(tmp_path) == sorted(paths(tmp_path)) != []
    assert paths(tmp_path) == ["a-b.txt", "a.txt", "a/b/c.txt", "a/z.txt", "b.txt", "文/件.txt"]


def test_hidden_files_and_folders_are_no_documents(tmp_path: Path) -> None:
    touch(tmp_path, ".gitkeep", ".git/config", "a.txt")
    assert paths(tmp_path) == ["a.txt"]


def test_globs_choose_by_name_or_by_path(tmp_path: Path) -> None:
    touch(tmp_path, "a.txt", "b.html", "news/c.html")
    assert paths(tmp_path, "*.html") == ["b.html", "news/c.html"]
    assert paths(tmp_path, "news/*") == ["news/c.html"]


def test_two_documents_never_share_an_output(tmp_path: Path) -> None:
    touch(tmp_path, "a.txt", "a.md", "b.md", "b.md.txt")
    found = {found.path: found for found in sources.find(tmp_path)}
    assert found["a.txt"].output == "a.txt"
    assert found["a.md"].output == "a.md.txt"
    assert found["b.md.txt"].output == "b.md.txt"
    assert "rename" in found["b.md"].problem


def test_links(tmp_path: Path) -> None:
    touch(tmp_path, "folder/a.txt")
    (tmp_path / "to-file.txt").symlink_to("folder/a.txt")
    (tmp_path / "dangling.txt").symlink_to("nowhere.txt")
    (tmp_path / "folder" / "loop").symlink_to(tmp_path)
    assert problem(tmp_path, "to-file.txt") == ""
    assert "does not exist" in problem(tmp_path, "dangling.txt")
    assert "link to a folder" in problem(tmp_path, "folder/loop")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert "not a regular file" in problem(tmp_path, "pipe.txt")


def test_a_name_that_is_not_utf8_is_shown_by_its_bytes(tmp_path: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xc4\xe3.txt")).write_text("正文。")
    except OSError:
        pytest.skip("this file system takes only names in UTF-8")
    assert "not UTF-8" in problem(tmp_path, "\\xc4\\xe3.txt")


def test_a_folder_that_cannot_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path, "a.txt", "closed/b.txt")
    scandir = os.scandir

    def closed(folder: str) -> object:
        if folder.endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", closed)
    assert problem(tmp_path, "closed/") == "this folder can't be listed: Permission denied"
    assert problem(tmp_path, "a.txt") == ""
