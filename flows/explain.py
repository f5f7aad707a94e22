"""What would be changed in one document and why, in colour."""

from rich.console import Console
from rich.text import Text

from cleaners import Document, Edit, Options, clean, undo
from cleaners.document import apply
from cleaners.outline import Node, tree

# Characters of context on both sides of an edit, and of one text that are shown.
CONTEXT = 12
CHARS_SHOWN = 160


def explain(raw: bytes, options: Options, console: Console, outline: bool = False) -> None:
    """Prints to `console` what `clean` does with one raw document, and the outline of its clean text."""
    document = clean(raw, options)
    if document.rejected:
        console.print(Text(f"rejected: {document.rejected}", "bold red"))
        return
    _print_facts(document, console)
    _print_edits(document, console)
    _print_flags(document, console)
    if outline:
        console.print(Text("\noutline", "bold"))
        for node in tree(document.text):
            _print_node(node, console, 1)


def _print_facts(document: Document, console: Console) -> None:
    decoding, metadata, measures = document.decoding, document.metadata, document.measures
    encoding = f"{decoding.encoding} ({decoding.confidence:.2f})"
    if decoding.undecodable_bytes:
        encoding += f", {decoding.undecodable_bytes} bytes can't be decoded"
    script = measures.script_found
    if measures.script_written not in ("", script):
        script += f", written as {measures.script_written}"
    facts = {
        "encoding": encoding,
        "compression": decoding.compression,
        "script": script,
        "title": metadata.title,
        "published": metadata.published,
        "source": metadata.source,
        "author": metadata.author,
        "editor": metadata.editor,
        "points": f"{measures.announced_items} announced, {measures.found_items} found"
        if measures.announced_items
        else "",
        "clean text": f"{len(document.text)} characters",
    }
    for name, value in facts.items():
        if value:
            console.print(Text.assemble((f"{name:<12}", "bold"), value))


def _print_edits(document: Document, console: Console) -> None:
    """Every edit, in the text that its cleaner was given."""
    text = undo(document)
    for step in document.steps:
        count = len(step.edits)
        console.print(Text(f"\n{step.cleaner}: {count} edit{'s' if count > 1 else ''}", "bold"))
        for edit in step.edits:
            console.print(_line(text, edit))
        text = apply(text, step.edits)
    if not document.steps:
        console.print(Text("\nnothing is changed", "bold"))


def _line(text: str, edit: Edit) -> Text:
    line = text.count("\n", 0, edit.start) + 1
    parts: list[str | tuple[str, str]] = [
        (f"  {edit.rule} {edit.confidence:.2f} ", "cyan"),
        (f"line {line}: ", "dim"),
        (visible(text[max(0, edit.start - CONTEXT) : edit.start]), "dim"),
    ]
    parts += (
        ("[", "dim"),
        (visible(edit.before), "red strike"),
        (" → ", "dim"),
        (visible(edit.after), "green"),
        ("]", "dim"),
    )
    parts.append((visible(text[edit.end : edit.end + CONTEXT]), "dim"))
    if edit.signals:
        parts.append((f"  because: {edit.signals}", "dim"))
    return Text.assemble(*parts)


def _print_flags(document: Document, console: Console) -> None:
    for flag in document.flags:
        name = f"{flag.name}: {flag.kind}" if flag.kind else flag.name
        at = "" if flag.start is None else f" (line {document.text.count(chr(10), 0, flag.start) + 1})"
        console.print(Text.assemble("\n", ("flag ", "bold"), (name, "bold yellow"), f" {flag.evidence}{at}"))


def _print_node(node: Node, console: Console, depth: int) -> None:
    console.print(Text.assemble("  " * depth, (node.marker, "cyan"), f" {node.title}"))
    for child in node.children:
        _print_node(child, console, depth + 1)


def visible(text: str, most: int = CHARS_SHOWN) -> str:
    """A text for one line: line ends are shown as ⏎, the middle of a long one is left out.

    >>> visible("一二三四\\n五六七八九", 4)
    '一二 … 八九'
    """
    if len(text) > most:
        text = f"{text[: most // 2]} … {text[-(most // 2) :]}"
    return text.replace("\r", "␍").replace("\n", "⏎").replace("\t", "⇥")
