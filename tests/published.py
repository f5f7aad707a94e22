"""What a run published, for tests that compare runs."""

from pathlib import Path


def files(folder: Path) -> dict[str, bytes]:
    """All files of a clean folder but those of the working folder."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in found
        if ".jingwen" not in path.parts
    }
