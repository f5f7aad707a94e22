"""The jingwen command.

Prefect and pyarrow are imported only by the commands that need them: `explain` has to answer at once.
Exit status: 0 if the command did its work, 1 if documents need attention (`verify`, or `--strict`), 2 on
wrong usage.
"""

import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console

from cleaners import Options
from cleaners.options import explain_errors

app = typer.Typer(
    name="jingwen",
    help="Cleans noisy scraped text, mostly Chinese, and says what was wrong with it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

RawFolder = Annotated[str, typer.Argument(metavar="RAW", help="the folder of raw documents, or its URL")]
CleanFolder = Annotated[
    str, typer.Argument(metavar="CLEAN", help="the folder of clean texts and manifest, or its URL")
]
OptionsFile = Annotated[Path | None, typer.Option("--options", help="a TOML file of options")]
Script = Annotated[
    str | None, typer.Option(help="script to write: simplified, traditional, taiwan, hongkong, keep")
]
Punctuation = Annotated[str | None, typer.Option(help="keep or fullwidth")]
Boilerplate = Annotated[str | None, typer.Option(help="careful, bold or off")]
Profile = Annotated[Path | None, typer.Option(help="a site profile that jingwen learn wrote")]
Learn = Annotated[
    bool,
    typer.Option(help="learn from RAW which lines repeat over the documents of a site; kept in CLEAN"),
]
Globs = Annotated[
    list[str] | None,
    typer.Option("--glob", help='only files whose name fits, such as "*.txt"; may be repeated'),
]
WorkerCount = Annotated[int, typer.Option(help="processes; 0: one for each core", min=0)]
Prune = Annotated[bool, typer.Option(help="remove the outputs of documents that vanished from RAW")]
Column = Annotated[str, typer.Option(help="the field of a shard's records that holds the text")]
Runner = Annotated[Literal["local", "dask"], typer.Option(help="where batches are done")]
DaskAddress = Annotated[str, typer.Option(help="of a Dask scheduler; empty: one is started")]
# As flows.batch has it, which the commands that must answer at once can't wait for.
BATCH_BYTES = 8_000_000
BatchBytes = Annotated[int, typer.Option(help="raw bytes that a worker cleans in one go", min=1)]
Strict = Annotated[bool, typer.Option(help="exit with status 1 if documents are flagged or rejected")]


def main() -> None:
    """What the command `jingwen` runs."""
    app()


@app.command("clean")
def clean_command(
    raw: RawFolder = "raw",
    clean: CleanFolder = "clean",
    options: OptionsFile = None,
    script: Script = None,
    punctuation: Punctuation = None,
    boilerplate: Boilerplate = None,
    profile: Profile = None,
    glob: Globs = None,
    workers: WorkerCount = 0,
    prune: Prune = False,
    column: Column = "text",
    runner: Runner = "local",
    dask_address: DaskAddress = "",
    batch_bytes: BatchBytes = BATCH_BYTES,
    learn: Learn = False,
    strict: Strict = False,
) -> None:
    """Clean the documents of RAW into CLEAN, with a manifest and a report. Only what changed is done."""
    chosen = _options(options, profile, script=script, punctuation=punctuation, boilerplate=boilerplate)
    _check_runner(runner)
    from flows import prefect_defaults
    from flows.workers import start_early

    if runner == "local":
        start_early()  # while Prefect is imported and its server starts
    prefect_defaults.set_up(one_off=True)
    from flows import report
    from flows.clean import WrongUsage, check
    from flows.clean import clean as run

    try:
        check(raw, clean)
        summary = run(
            raw,
            clean,
            chosen,
            globs=tuple(glob or ()),
            workers=workers,
            prune=prune,
            column=column,
            runner=runner,
            dask_address=dask_address,
            batch_bytes=batch_bytes,
            learn=learn,
        )
    except WrongUsage as error:
        _refuse(str(error))
    attention = report.print_totals(clean)
    print(f"{summary.done} documents done in {summary.seconds:.1f} s, {summary.unchanged} unchanged")
    if summary.vanished:
        what = "removed" if prune else "kept: --prune removes them"
        print(f"{len(summary.vanished)} vanished from {raw} ({what}): {', '.join(summary.vanished[:5])}")
    raise typer.Exit(1 if strict and attention else 0)


@app.command()
def explain(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="one raw document")],
    options: OptionsFile = None,
    script: Script = None,
    punctuation: Punctuation = None,
    boilerplate: Boilerplate = None,
    profile: Profile = None,
    outline: Annotated[bool, typer.Option("--outline", help="print the outline of the clean text")] = False,
) -> None:
    """Show what would be changed in one document, and why. Nothing is written."""
    from flows.explain import explain as show

    chosen = _options(options, profile, script=script, punctuation=punctuation, boilerplate=boilerplate)
    try:
        raw = file.read_bytes()
    except OSError as error:
        _refuse(f"{file} can't be read: {error.strerror}")
    show(raw, chosen, Console(soft_wrap=True, highlight=False), outline)


@app.command()
def verify(
    clean: CleanFolder = "clean",
    raw: Annotated[str, typer.Option(help="the folder of raw documents, or its URL")] = "raw",
    glob: Globs = None,
    column: Column = "text",
) -> None:
    """Undo every edit in CLEAN and compare with the raw bytes. Exit status 1 if anything differs."""
    from flows.stores import is_remote
    from flows.verify import verify as problems_of

    for folder in (clean, raw):
        if not (is_remote(folder) or Path(folder).is_dir()):
            _refuse(f"{folder} is not a folder")
    count = 0
    for problem in problems_of(clean, raw, tuple(glob or ()), column):
        count += 1
        print(f"{problem.path}: {problem.what}")
    if count:
        print(f"{count} problems")
        raise typer.Exit(1)
    print(f"{clean}: all is as the manifest says, and undoing the edits gives the raw text of every document")


@app.command()
def report(clean: CleanFolder = "clean") -> None:
    """Write the HTML report of CLEAN again."""
    from flows import report as html
    from flows.sources import MANIFEST, REPORT
    from flows.stores import store

    if not store(clean).exists(MANIFEST):
        _refuse(f"{clean} has no {MANIFEST}: run jingwen clean first")
    html.write(store(clean))
    print(f"{clean}/{REPORT}")


@app.command()
def learn(
    raw: RawFolder = "raw",
    profile: Annotated[Path, typer.Argument(metavar="PROFILE", help="the file to write")] = Path(
        "profile.jsonl"
    ),
    glob: Globs = None,
    workers: WorkerCount = 0,
    column: Column = "text",
) -> None:
    """Learn which lines repeat over the documents of a site (a folder of RAW, a host), for --profile."""
    from flows import prefect_defaults
    from flows.stores import is_remote

    if not (is_remote(raw) or Path(raw).is_dir()):
        _refuse(f"{raw} is not a folder")
    prefect_defaults.set_up(one_off=True)
    from flows.profile import learn_profile

    lines = learn_profile(raw, profile, tuple(glob or ()), workers, column)
    print(f"{lines} lines repeat: {profile}")


@app.command()
def serve(
    raw: RawFolder = "raw",
    clean: CleanFolder = "clean",
    cron: Annotated[str, typer.Option(help='when to run: "0 * * * *" is every hour')] = "0 * * * *",
    options: OptionsFile = None,
    script: Script = None,
    punctuation: Punctuation = None,
    boilerplate: Boilerplate = None,
    profile: Profile = None,
    glob: Globs = None,
    workers: WorkerCount = 0,
    prune: Prune = False,
    column: Column = "text",
    runner: Runner = "local",
    dask_address: DaskAddress = "",
    batch_bytes: BatchBytes = BATCH_BYTES,
    learn: Learn = True,
    port: Annotated[int, typer.Option(help="of the server, unless PREFECT_API_URL names one")] = 4200,
) -> None:
    """Clean RAW into CLEAN on a schedule, until stopped."""
    chosen = _options(options, profile, script=script, punctuation=punctuation, boilerplate=boilerplate)
    _check_runner(runner)
    from flows import prefect_defaults

    prefect_defaults.set_up(one_off=False)
    from flows import schedule
    from flows.clean import WrongUsage

    try:
        schedule.serve(
            raw,
            clean,
            chosen,
            cron,
            port,
            globs=tuple(glob or ()),
            workers=workers,
            prune=prune,
            column=column,
            runner=runner,
            dask_address=dask_address,
            batch_bytes=batch_bytes,
            learn=learn,
        )
    except (WrongUsage, RuntimeError) as error:
        _refuse(str(error))
    except ValueError as error:
        _refuse(f"--cron {cron!r}: {error}")


def _options(file: Path | None, profile: Path | None, **given: str | None) -> Options:
    """Options from a file, with those from the command line on top."""
    values: dict[str, Any] = {}
    if profile:
        from flows.learn import decoded

        try:
            given_profile = {"profile": decoded(profile.read_bytes())}
        except OSError as error:
            _refuse(f"{profile} can't be read: {error.strerror}")
        except ValueError as error:
            _refuse(f"{profile}: {error}")
    else:
        given_profile = {}
    try:
        if file:
            values = tomllib.loads(file.read_text(encoding="utf-8"))
        chosen = {name: value for name, value in given.items() if value is not None}
        return Options(**values | chosen | given_profile)
    except OSError as error:
        _refuse(f"{file} can't be read: {error.strerror}")
    except ValidationError as error:
        _refuse((f"{file}: " if file else "") + explain_errors(error))
    except ValueError as error:  # of TOML or UTF-8
        _refuse(f"{file} is not a TOML file: {error}")


def _check_runner(runner: str) -> None:
    if runner == "dask" and not find_spec("prefect_dask"):
        _refuse("--runner dask needs prefect-dask: pip install 'jingwen[dask]'")


def _refuse(message: str) -> NoReturn:
    Console(stderr=True, soft_wrap=True, highlight=False).print(f"jingwen: {message}", markup=False)
    raise typer.Exit(2)


if __name__ == "__main__":
    main()
