"""Where raw documents come from: the files of a folder, in the order of their paths.

What is not read: hidden files and folders (their names begin with a dot). What is not a document gets a
`Found` with a problem, so that the manifest says why: dangling links, links to folders (they may lead in
circles), devices and pipes, folders that can't be listed, and names that are not UTF-8.
"""

import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

# What a run writes beside the clean texts.
MANIFEST, MANIFEST_LINES, EDITS, REPORT = "manifest.parquet", "manifest.jsonl", "edits.parquet", "report.html"
OWN_NAMES = frozenset({MANIFEST, MANIFEST_LINES, EDITS, REPORT})


class Found(NamedTuple):
    """One raw document that a folder holds."""

    path: str  # below the folder, with "/"; bytes of a name that are not UTF-8 as "\\xc4"
    output: str  # where its clean text goes, below the clean folder
    size: int = 0  # bytes
    stamp: int = 0  # differs when the file was changed: nanoseconds of its last change of any kind
    problem: str = ""  # why it can't be cleaned, in words; empty if it can


def find(root: Path, globs: Sequence[str] = ()) -> Iterator[Found]:
    """The documents below `root`, sorted by path; only one folder's names are in memory at a time.

    With `globs`, only files are found whose name (or whole path, for a pattern with a "/") matches one of
    them.
    """
    for found in _walk(os.fspath(root), ""):
        name = found.path if any("/" in glob for glob in globs) else found.path.rpartition("/")[2]
        if not globs or found.problem or any(fnmatchcase(name, glob) for glob in globs):
            yield found


def output_of(path: str) -> str:
    """Where the clean text of a document goes: a.txt stays a.txt, everything else gets .txt behind it.

    >>> output_of("news/a.txt"), output_of("news/a.html")
    ('news/a.txt', 'news/a.html.txt')
    """
    return path if path.endswith(".txt") else path + ".txt"


def _walk(folder: str, prefix: str) -> Iterator[Found]:
    try:
        with os.scandir(folder) as entries:
            # A folder sorts as its contents do: "a.txt" comes before "a/b.txt".
            listing = sorted((_key(entry), entry) for entry in entries if not entry.name.startswith("."))
    except OSError as error:
        yield Found(prefix, "", problem=f"this folder can't be listed: {error.strerror}")
        return
    names = {entry.name for _, entry in listing}
    for key, entry in listing:
        path = prefix + key
        if key.endswith("/"):
            yield from _walk(entry.path, path)
        else:
            yield _look(entry, path, names)


def _key(entry: os.DirEntry[str]) -> str:
    name = os.fsencode(entry.name).decode("utf-8", "backslashreplace")
    return name + "/" if entry.is_dir(follow_symlinks=False) else name


def _look(entry: os.DirEntry[str], path: str, names: set[str]) -> Found:
    """What one entry of a folder is; `names` are those of the entries beside it."""
    output = output_of(path)
    if not entry.name.isprintable() and _is_not_utf8(entry.name):
        return Found(path, "", problem="its name is not UTF-8: rename it")
    try:
        status = entry.stat()
    except OSError as error:
        why = "a link to a file that does not exist" if entry.is_symlink() else f"{error.strerror}"
        return Found(path, "", problem=why)
    if stat.S_ISDIR(status.st_mode):
        return Found(path, "", problem="a link to a folder: these are not followed")
    if not stat.S_ISREG(status.st_mode):
        return Found(path, "", problem="not a regular file but a device, a pipe or a socket")
    if output != path and output.rpartition("/")[2] in names:
        problem = f"its clean text would have the name that {output} has: rename one of them"
        return Found(path, "", problem=problem)
    if output in OWN_NAMES:
        return Found(path, "", problem=f"{output} is the name of a file that every run writes: rename it")
    return Found(path, output, status.st_size, max(status.st_mtime_ns, status.st_ctime_ns))


def _is_not_utf8(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes; empty if it can't be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
