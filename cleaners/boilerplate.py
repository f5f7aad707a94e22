"""Promotional headers, metadata lines and site chrome are removed."""

from cleaners.document import Document, Findings
from cleaners.options import Options


def find(document: Document, options: Options) -> Findings:
    """What this cleaner wants done."""
    return Findings()
