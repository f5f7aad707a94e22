"""Bytes become text."""

from cleaners.document import Decoding, Document, Segment


def decode(raw: bytes) -> Document:
    """The decoded text of `raw`, or a document that is rejected with the reason."""
    return Document(
        raw.decode("utf-8", "replace"), decoding=Decoding("utf-8", 1.0, (Segment(0, len(raw), "utf-8"),))
    )
