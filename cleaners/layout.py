"""Wrapped lines are joined, collapsed paragraphs parted, blank lines removed."""

from cleaners.document import Document, Findings
from cleaners.options import Options


def find(document: Document, options: Options) -> Findings:
    """What this cleaner wants done."""
    return Findings()
