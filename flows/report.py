"""The report of a clean folder: an HTML page that needs no network, and its totals in the terminal."""

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby, takewhile
from pathlib import Path

import jinja2
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from flows import manifest
from flows.explain import visible
from flows.manifest import EditRow, File, Row
from flows.sources import EDITS, MANIFEST, MANIFEST_LINES, REPORT
from flows.stores import Store, store

# Columns that say how much was removed or repaired, with their names for people.
REMOVALS = {
    "removed_promo_chars": "promotion",
    "removed_metadata_chars": "metadata lines",
    "removed_chrome_chars": "site chrome",
    "removed_gloss_chars": "glosses",
    "repaired_mojibake_chars": "mojibake repaired",
    "joined_lines": "lines joined",
}
# A page with more documents than this is no use to a browser: the others are in the manifest.
DOCUMENTS_SHOWN = 2000
# Edits of one document that are shown.
EDITS_SHOWN = 40


@dataclass
class Totals:
    """What the rows of a manifest add up to."""

    documents: int = 0
    status: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)  # documents that have the flag
    removed: Counter[str] = field(default_factory=Counter)  # by the columns of REMOVALS

    @classmethod
    def of(cls, rows: File) -> "Totals":
        """Of a manifest.parquet."""
        totals = cls()
        for row in manifest.rows(rows, ["status", "flags", *REMOVALS]):
            totals.documents += 1
            totals.status[row["status"]] += 1
            totals.flags.update({flag["name"] for flag in row["flags"]})
            for column in REMOVALS:
                totals.removed[column] += row[column]  # type: ignore[literal-required]
        return totals


def write(clean: Store) -> None:
    """Writes report.html of the manifest and the edits in a clean folder."""
    with clean.open(MANIFEST) as rows, clean.open(EDITS) as edits, clean.create(REPORT) as page:
        render(rows, edits, page)


def render(rows: File, edits: File, page: Path) -> None:
    """Writes the page about the rows of a manifest.parquet and the edits of an edits.parquet."""
    totals = Totals.of(rows)
    parts = _template().generate(
        totals=totals,
        removals=REMOVALS,
        documents=_shown(rows, edits, totals.documents),
        complete=totals.documents <= DOCUMENTS_SHOWN,
        edits_shown=EDITS_SHOWN,
    )
    with page.open("w", encoding="utf-8") as file:
        file.writelines(parts)


def print_totals(clean: str) -> int:
    """Prints what the rows of a clean folder's manifest add up to; how many documents need attention."""
    with store(clean).open(MANIFEST) as file:
        totals = Totals.of(file)
    table = Table(title=f"{totals.documents} documents", title_justify="left", show_header=False)
    for name in ("ok", "flagged", "rejected"):
        table.add_row("status", name, str(totals.status[name]))
    table.add_section()
    for name, count in totals.flags.most_common():
        table.add_row("flag", name, str(count))
    table.add_section()
    for column, name in REMOVALS.items():
        unit = "" if column == "joined_lines" else " characters"
        table.add_row("changed", name, f"{totals.removed[column]}{unit}")
    Console().print(table)
    print(f"manifest  {clean}/{MANIFEST} (and {MANIFEST_LINES}); every edit: {clean}/{EDITS}")
    print(f"report    {clean}/{REPORT}")
    return totals.documents - totals.status["ok"]


def removed(row: Row) -> list[tuple[str, int]]:
    """What was removed from a document or repaired in it, in words, and how many."""
    return [(name, row[column]) for column, name in REMOVALS.items() if row[column]]  # type: ignore[literal-required]


def _shown(rows: File, edits: File, documents: int) -> Iterator[tuple[Row, list[EditRow]]]:
    """The documents for the page, all of them or those that need attention, with their first edits."""
    listed = documents <= DOCUMENTS_SHOWN
    chosen = (
        row
        for batch in manifest.batches(pq.ParquetFile(rows))
        for row in (batch if listed else batch.filter(pc.not_equal(batch["status"], "ok"))).to_pylist()
    )
    shown = list(itertools.islice(chosen, DOCUMENTS_SHOWN))
    edits_of = _first_edits(edits, [row["path"] for row in shown])
    path, first = next(edits_of, ("", []))
    for row in shown:
        if row["path"] == path:
            yield row, first
            path, first = next(edits_of, ("", []))
        else:
            yield row, []


def _first_edits(edits: File, paths: list[str]) -> Iterator[tuple[str, list[EditRow]]]:
    """The first edits of those of some documents that have any."""
    wanted, last = pa.array(paths, pa.string()), max(paths, default="")
    stored = (
        edit
        for batch in takewhile(
            lambda batch: batch["path"][0].as_py() <= last, manifest.batches(pq.ParquetFile(edits))
        )
        for edit in batch.filter(pc.is_in(batch["path"], wanted)).to_pylist()
    )
    for path, group in groupby(stored, key=lambda edit: edit["path"]):
        yield path, list(itertools.islice(group, EDITS_SHOWN))


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("flows", ""),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {"visible": visible, "removed": removed}
    return environment.get_template(REPORT)
