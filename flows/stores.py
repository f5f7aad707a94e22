"""Folders, on this machine or in an object store, behind one set of operations.

Whatever is written arrives whole or not at all: on this machine under a temporary name (`.jingwen/tmp`) that
is then renamed, in an object store as a complete object. Paths are below the folder, with "/".
"""

import contextlib
import fcntl
import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

import fsspec

WORKING_FOLDER = ".jingwen"
TEMPORARY = f"{WORKING_FOLDER}/tmp"


class Store(Protocol):
    """A folder."""

    def read(self, path: str) -> bytes: ...
    def open(self, path: str) -> BinaryIO: ...
    def write(self, path: str, data: bytes) -> None: ...
    def create(self, path: str) -> contextlib.AbstractContextManager[Path]:
        """A file of this machine to write into; it becomes `path` when the with block ends well."""

    def move(self, old: str, new: str) -> None: ...
    def delete(self, path: str) -> None:
        """Does nothing if it isn't there."""

    def exists(self, path: str) -> bool: ...
    def names(self, folder: str) -> list[str]:
        """Of the files in a folder, sorted; none if it isn't there."""

    def stamp(self, path: str) -> str:
        """Differs when a file was changed; empty if there is none."""

    def lock(self) -> contextlib.AbstractContextManager[bool]:
        """Keeps other runs away; False if one has the lock. Ends with the process that holds it."""

    def remove_folder(self, path: str) -> None:
        """With all that is in it; does nothing if it isn't there."""


@cache
def store(url: str) -> "Local | Remote":
    """The folder of a path or URL: `raw`, `s3://bucket/raw`, `memory://raw`."""
    return Remote(url) if is_remote(url) else Local(url)


def digest(folder: Store, path: str) -> str:
    """SHA-256 of a file; empty if it can't be read."""
    try:
        with folder.open(path) as file:
            return hashlib.file_digest(cast(Any, file), "sha256").hexdigest()
    except OSError:
        return ""


def is_remote(url: str) -> bool:
    return "://" in url and not url.startswith("file://")


def seen_by_other_processes(url: str) -> bool:
    return not url.startswith("memory://")


class Local:
    """A folder of this machine. Plain system calls: a library between costs more than the calls."""

    def __init__(self, url: str) -> None:
        self.root = url.removeprefix("file://")

    def _at(self, path: str) -> str:
        return f"{self.root}/{path}"

    def read(self, path: str) -> bytes:
        with open(self._at(path), "rb") as file:  # noqa: PTH123 - this is called for every document
            return file.read()

    def open(self, path: str) -> BinaryIO:
        return Path(self._at(path)).open("rb")

    def write(self, path: str, data: bytes) -> None:
        with self.create(path) as temporary, open(temporary, "xb") as file:  # noqa: PTH123 - as above
            file.write(data)

    @contextlib.contextmanager
    def create(self, path: str) -> Iterator[Path]:
        temporary = Path(self._at(f"{TEMPORARY}/{secrets.token_hex(16)}"))
        temporary.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield temporary
            self._rename(temporary, path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise

    def move(self, old: str, new: str) -> None:
        self._rename(self._at(old), new)

    def _rename(self, name: str | Path, path: str) -> None:
        try:
            os.replace(name, self._at(path))  # noqa: PTH105
        except FileNotFoundError:
            Path(self._at(path)).parent.mkdir(parents=True, exist_ok=True)
            os.replace(name, self._at(path))  # noqa: PTH105

    def delete(self, path: str) -> None:
        Path(self._at(path)).unlink(missing_ok=True)

    def exists(self, path: str) -> bool:
        return Path(self._at(path)).exists()

    def names(self, folder: str) -> list[str]:
        try:
            return sorted(entry.name for entry in os.scandir(self._at(folder)) if entry.is_file())
        except FileNotFoundError:
            return []

    def stamp(self, path: str) -> str:
        try:
            return stamp_of(os.stat(self._at(path)))  # noqa: PTH116
        except OSError:
            return ""

    @contextlib.contextmanager
    def lock(self) -> Iterator[bool]:
        Path(self._at(WORKING_FOLDER)).mkdir(parents=True, exist_ok=True)
        with Path(self._at(f"{WORKING_FOLDER}/lock")).open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def remove_folder(self, path: str) -> None:
        shutil.rmtree(self._at(path), ignore_errors=True)


def stamp_of(status: os.stat_result) -> str:
    """Size and times of a file: whatever changes its bytes changes this, even with an old date put on it."""
    return f"{status.st_size}-{status.st_mtime_ns}-{status.st_ctime_ns}"


class Remote:
    """A folder that fsspec knows how to reach."""

    def __init__(self, url: str) -> None:
        self._fs, self._root = fsspec.core.url_to_fs(url)

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}"

    def read(self, path: str) -> bytes:
        return cast(bytes, self._fs.cat_file(self._at(path)))

    def open(self, path: str) -> BinaryIO:
        return cast(BinaryIO, self._fs.open(self._at(path), "rb"))

    def write(self, path: str, data: bytes) -> None:
        self._fs.pipe_file(self._at(path), data)

    @contextlib.contextmanager
    def create(self, path: str) -> Iterator[Path]:
        with tempfile.TemporaryDirectory() as folder:
            temporary = Path(folder) / "file"
            yield temporary
            self._fs.put_file(str(temporary), self._at(path))

    def move(self, old: str, new: str) -> None:
        self._fs.cp_file(self._at(old), self._at(new))
        self._fs.rm_file(self._at(old))

    def delete(self, path: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._fs.rm_file(self._at(path))

    def exists(self, path: str) -> bool:
        self._fs.invalidate_cache()
        return cast(bool, self._fs.exists(self._at(path)))

    def names(self, folder: str) -> list[str]:
        self._fs.invalidate_cache()
        try:
            listing = self._fs.ls(self._at(folder), detail=True)
        except FileNotFoundError:
            return []
        return sorted(item["name"].rpartition("/")[2] for item in listing if item["type"] == "file")

    def stamp(self, path: str) -> str:
        try:
            return stamp_of_object(self._fs.info(self._at(path)))
        except FileNotFoundError:
            return ""

    def listing(self) -> dict[str, dict[str, Any]]:
        """All objects below the folder, by path."""
        self._fs.invalidate_cache()
        root = self._root.rstrip("/") + "/"
        found = self._fs.find(self._root, detail=True)
        return {name.removeprefix(root): info for name, info in sorted(found.items())}

    @contextlib.contextmanager
    def lock(self) -> Iterator[bool]:
        yield True  # object stores have no locks

    def remove_folder(self, path: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._fs.rm(self._at(path), recursive=True)


def stamp_of_object(info: dict[str, Any]) -> str:
    """What the store says of an object that changes with its bytes."""
    return str(info.get("ETag") or info.get("etag") or info.get("LastModified") or info.get("created") or "")
