"""Where raw documents come from: the files of a folder, in the order of their paths.

Files of an object store are taken as they are.
What is not read: hidden files and folders (their names begin with a dot). What is not a document gets a
`Found` with a problem, so that the manifest says why: dangling links, links to folders (they may lead in
circles), devices and pipes, folders that can't be listed, and names that are not UTF-8.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from flows.stores import Remote, stamp_of, stamp_of_object, store

# What a run writes beside the clean texts.
MANIFEST, MANIFEST_LINES, EDITS, REPORT = "manifest.parquet", "manifest.jsonl", "edits.parquet", "report.html"
PROFILE = "site_profile.jsonl"  # of runs that learn
OWN_NAMES = frozenset({MANIFEST, MANIFEST_LINES, EDITS, REPORT, PROFILE})
# Files with many documents. (records.py reads them.)
SHARDS = (".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet")


class Found(NamedTuple):
    """One raw document that a folder holds."""

    path: str  # below the folder, with "/"; bytes of a name that are not UTF-8 as "\\xc4"
    output: str  # where its clean text goes, below the clean folder
    size: int = 0  # bytes
    stamp: str = ""  # differs when the file was changed
    problem: str = ""  # why it can't be cleaned, in words; empty if it can


def find(root: str | Path, globs: Sequence[str] = ()) -> Iterator[Found]:
    """The documents below `root`, sorted by path; only one folder's names are in memory at a time.

    With `globs`, only files are found whose name (or whole path, for a pattern with a "/") matches one of
    them.
    """
    folder = store(str(root))
    for found in _listed(folder) if isinstance(folder, Remote) else _walk(folder.root, ""):
        name = found.path if any("/" in glob for glob in globs) else found.path.rpartition("/")[2]
        if not globs or found.problem or any(fnmatchcase(name, glob) for glob in globs):
            yield found


def output_of(path: str) -> str:
    """Where the clean text of a document goes: a.txt and shards keep their name, others get .txt behind it.

    >>> output_of("news/a.txt"), output_of("news/a.html"), output_of("a.jsonl.gz")
    ('news/a.txt', 'news/a.html.txt', 'a.jsonl.gz')
    """
    return path if path.endswith(".txt") or is_shard(path) else path + ".txt"


def is_shard(path: str) -> bool:
    """Whether a file holds many documents, by its name."""
    return path.endswith(SHARDS)


def shard_of(path: str) -> str:
    """The shard that a path of the manifest is a record of; empty if it is a file.

    >>> shard_of("news/a.jsonl#000000012"), shard_of("a.txt")
    ('news/a.jsonl', '')
    """
    shard, _, number = path.rpartition("#")
    return shard if is_shard(shard) and number.isdecimal() else ""


def _walk(folder: str, prefix: str) -> Iterator[Found]:
    try:
        with os.scandir(folder) as entries:
            # Folders and shards sort as their contents do: "a.txt" comes before "a/b.txt".
            shown = (entry for entry in entries if not entry.name.startswith("."))
            listing = sorted(((_key(entry), entry) for entry in shown), key=lambda pair: pair[0])
    except OSError as error:
        yield Found(prefix, "", problem=f"this folder can't be listed: {error.strerror}")
        return
    names = {entry.name for _, entry in listing}
    for key, entry in listing:
        path = prefix + key
        if key.endswith("/"):
            yield from _walk(entry.path, path)
        else:
            yield _look(entry, path.removesuffix("#") if is_shard(path[:-1]) else path, names)


def _key(entry: os.DirEntry[str]) -> str:
    name = os.fsencode(entry.name).decode("utf-8", "backslashreplace")
    if entry.is_dir(follow_symlinks=False):
        return name + "/"
    return name + "#" if is_shard(name) else name


def _look(entry: os.DirEntry[str], path: str, names: set[str]) -> Found:
    """What one entry of a folder is; `names` are those of the entries beside it."""
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
    found = Found(path, output_of(path), status.st_size, stamp_of(status))
    return _checked(found, taken=found.output.rpartition("/")[2] in names)


def _is_not_utf8(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _listed(folder: Remote) -> Iterator[Found]:
    """The objects of a store, except those whose path has a hidden part."""
    listing = folder.listing()
    for path in sorted(listing, key=lambda path: path + "#" if is_shard(path) else path):
        info = listing[path]
        if not any(part.startswith(".") for part in path.split("/")):
            found = Found(path, output_of(path), info["size"], stamp_of_object(info))
            yield _checked(found, taken=found.output in listing)


def _checked(found: Found, taken: bool) -> Found:
    """`found`, with a problem if its output would have a name that is `taken` by another file or by a run's."""
    path, output = found.path, found.output
    if output != path and taken:
        problem = f"its clean text would have the name that {output} has: rename one of them"
    elif output in OWN_NAMES:
        problem = f"{output} is the name of a file that every run writes: rename it"
    else:
        return found
    return Found(path, "", found.size, problem=problem)
