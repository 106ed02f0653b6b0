"""The ledger as a file."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from actas import commands
from actas.cli.base import DataDir, Exit, Json, Output, examples, fail, run, say, settings, who
from actas.ledger_formats import FORMATS
from actas.progress import progress
from resolvers.exports import ExportRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

app = typer.Typer(help="The ledger.", no_args_is_help=True)


@app.callback()
def _ledger() -> None:
    """The ledger, for auditors."""


@app.command(
    "export",
    epilog=examples(
        "actas ledger export --tenant acme --format csv > acme.csv",
        "actas ledger export --from 2026-01-01 --to 2026-04-01 --output first-quarter.ndjson",
    ),
)
def export(
    form: Annotated[str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")] = "ndjson",
    tenant: Annotated[str | None, typer.Option(help="One tenant's, by slug or id; all if not given.")] = None,
    since: Annotated[
        str | None, typer.Option("--from", metavar="INSTANT", help="From this instant or day on, UTC.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", metavar="INSTANT", help="Before this instant or day, UTC.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="A new file; standard output if not given.")] = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Write the ledger with its hashes, as GET /ledger/export does; that it was exported is in the ledger first."""
    if form not in FORMATS:
        fail(f"There is no format {form}: take one of {', '.join(FORMATS)}.", Exit.USAGE)
    request = ExportRequest(form=form, tenant=tenant, since=_instant(since), until=_instant(until))
    given = settings(data_dir=data_dir)
    if output is None:
        run(commands.export_ledger(given, request, Output(sys.stdout.buffer), lambda _: None, stated_by=who()))
        return
    with _new(output) as file, progress("Exporting") as report:
        count = run(commands.export_ledger(given, request, Output(file, str(output)), report, stated_by=who()))
    say(f"{count} entries are in {output}.", {"entries": count, "file": str(output)})


@contextmanager
def _new(path: Path) -> Iterator[BinaryIO]:
    """A file that was not there, and is not there afterwards if its writing fails: half an export looks like one."""
    try:
        file = path.open("xb")
    except FileExistsError:
        fail(f"{path} is there already: choose another name.")
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}.")
    try:
        with file:
            yield file
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        fail(f"{text} is no instant: write 2026-03-01 or 2026-03-01T09:00:00Z.", Exit.USAGE)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
