"""The cleaners in order: what `clean` does with one document."""

from collections.abc import Callable
from typing import TypeVar

from cleaners import (
    boilerplate,
    completeness,
    encoding,
    glosses,
    layout,
    mojibake,
    outline,
    punctuation,
    script,
)
from cleaners.document import Document, Findings, Measures, Metadata, Step, apply, moved
from cleaners.options import Options

# A cleaner sees the text and all that earlier cleaners found: what was removed is evidence.
Cleaner = Callable[[Document, Options], Findings]

CLEANERS: dict[str, Cleaner] = {
    "mojibake": mojibake.find,
    "glosses": glosses.find,
    "boilerplate": boilerplate.find,
    "layout": layout.find,
    "punctuation": punctuation.find,
    "script": script.find,
    "outline": outline.find,
    "completeness": completeness.find,
}

DEFAULTS = Options()
NOTHING = Findings()

Values = TypeVar("Values", Metadata, Measures)


def clean(raw: bytes | str, options: Options = DEFAULTS) -> Document:
    """The clean text of one raw document, with every edit that made it and what is worth knowing.

    Bytes are decoded first (whether or not `options.cleaners` names "encoding": there is no other way
    to text); a `str` is taken as it is. Never raises on any input; bytes that are no text give a
    Document whose `rejected` says why.

    >>> clean("同志们：\\r\\n　　这是正文。\\r\\n").text
    '同志们：\\n这是正文。'
    """
    document = encoding.decode(raw) if isinstance(raw, bytes) else Document(raw)
    if document.rejected:
        return document
    for name in options.cleaners:
        if name in CLEANERS:
            document = _after(document, name, CLEANERS[name](document, options))
    return document


def _after(document: Document, name: str, findings: Findings) -> Document:
    """`document` with one cleaner's findings carried out."""
    edits = findings.edits
    if not edits and findings == NOTHING:
        return document
    return Document(
        text=apply(document.text, edits),
        steps=(*document.steps, Step(name, edits)) if edits else document.steps,
        flags=moved(document.flags + findings.flags, edits),
        metadata=_merged(document.metadata, findings.metadata),
        measures=_merged(document.measures, findings.measures),
        decoding=document.decoding,
    )


def _merged(known: Values, found: Values) -> Values:
    """`known` with what `found` says: what a cleaner leaves empty stays as others found it."""
    if found in (NOTHING.metadata, NOTHING.measures):
        return known
    return type(found)(*[getattr(found, name) or getattr(known, name) for name in found.__slots__])
