"""What the cleaners say of a document, and how their edits are applied and undone."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Edit:
    """One replacement in a text."""

    start: int  # character offset in the text that the cleaner was given
    before: str  # what stands there
    after: str  # what shall stand there
    rule: str  # "boilerplate.promo", "mojibake.gbk-misaligned", ...
    confidence: float  # 0 to 1
    signals: str = ""  # what spoke for it, where a rule alone does not say it: "strong words, after the body"

    @property
    def end(self) -> int:
        return self.start + len(self.before)


@dataclass(frozen=True, slots=True)
class Flag:
    """Something a person should know about a document."""

    name: str  # "truncated"
    kind: str = ""  # "at_heading"; empty where the name says all
    evidence: str = ""  # a sentence that a reader can check
    # Where: a cleaner says it of the text that it was given, `clean` of the clean text.
    start: int | None = None
    confidence: float = 1.0  # 0 to 1


@dataclass(frozen=True, slots=True)
class Step:
    """One cleaner's edits, in the order of the text."""

    cleaner: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """Bytes of the raw document that are in one encoding; what lies between segments is not text (a BOM)."""

    start: int  # byte offset, after decompression
    end: int
    encoding: str  # a Python codec; undecodable bytes become U+FFFD (errors="replace")


@dataclass(frozen=True, slots=True)
class Decoding:
    """How the raw bytes became text: `"".join(raw[s.start:s.end].decode(s.encoding, "replace"))`."""

    encoding: str = ""  # of most of the text; empty where no bytes were decoded
    confidence: float = 1.0
    segments: tuple[Segment, ...] = ()
    undecodable_bytes: int = 0
    compression: str = ""  # "gzip" or "zstd": what was opened before decoding


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a document says about itself. Empty where it says nothing."""

    title: str = ""
    published: str = ""  # ISO 8601
    source: str = ""
    author: str = ""
    editor: str = ""


@dataclass(frozen=True, slots=True)
class Measures:
    """What cleaners measured on the way."""

    script_found: str = ""  # what `script.detect` said before conversion
    script_written: str = ""
    announced_items: int = 0  # "讲三点意见" announces 3; of several announcements the main one
    found_items: int = 0  # how many of these follow
    genre: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """What one cleaner wants done to a text, and what it knows of it afterwards."""

    edits: tuple[Edit, ...] = ()  # sorted and disjoint
    flags: tuple[Flag, ...] = ()
    metadata: Metadata = Metadata()
    measures: Measures = Measures()


@dataclass(frozen=True, slots=True)
class Document:
    """A clean text and how it came about. `undo` gives back the decoded text."""

    text: str  # lines end in "\n", none behind the last
    steps: tuple[Step, ...] = ()
    flags: tuple[Flag, ...] = ()
    metadata: Metadata = Metadata()
    measures: Measures = Measures()
    decoding: Decoding = Decoding()
    rejected: str = ""  # why this is no text: "a PDF file"; empty for a text


def apply(text: str, edits: Sequence[Edit]) -> str:
    """`text` with `edits` done. Raises ValueError if they overlap or don't fit the text."""
    parts: list[str] = []
    done = 0
    for edit in edits:
        start, before = edit.start, edit.before
        if start < done or not text.startswith(before, start):
            raise ValueError(f"edit does not fit the text: {edit}")
        parts += text[done:start], edit.after
        done = start + len(before)
    return "".join(parts) + text[done:] if parts else text


def revert(text: str, edits: Sequence[Edit]) -> str:
    """The text before `edits` made it `text`. Raises ValueError if they did not."""
    return apply(text, tuple(_inverse(edits)))


def undo(document: Document) -> str:
    """The decoded text of `document`, exactly. Raises ValueError if text or edits were altered."""
    text = document.text
    for step in reversed(document.steps):
        text = revert(text, step.edits)
    return text


def moved(flags: Iterable[Flag], edits: Sequence[Edit]) -> tuple[Flag, ...]:
    """`flags` with their places moved from the text before `edits` to the text after them."""
    return tuple(
        flag if flag.start is None or not edits else replace(flag, start=_moved(flag.start, edits))
        for flag in flags
    )


def _moved(start: int, edits: Sequence[Edit]) -> int:
    """Where an offset lies after `edits`; inside a replaced part, where its replacement begins."""
    shift = 0
    for edit in edits:
        if edit.end > start:
            return min(start, edit.start) + shift
        shift += len(edit.after) - len(edit.before)
    return start + shift


def _inverse(edits: Iterable[Edit]) -> Iterator[Edit]:
    shift = 0
    for edit in edits:
        yield replace(edit, start=edit.start + shift, before=edit.after, after=edit.before)
        shift += len(edit.after) - len(edit.before)
