"""The command line; one module a noun (docs/cli.md tells of every command)."""

from __future__ import annotations

import sys
from typing import Any

import typer
from typer._click.exceptions import ClickException
from typer.core import TyperGroup

from actas import logs
from actas.cli import database, keys, ledger, operators, serving, tenants
from actas.cli.base import ENDS, Exit, fail, speak_json

__all__ = ["app", "main"]


class _Commands(TyperGroup):
    """Says in JSON, too, what it does not understand: for programs no box is drawn."""

    def main(self, args: Any = None, *more: Any, **options: Any) -> Any:
        given = list(sys.argv[1:] if args is None else args)
        if "--json" not in given:
            return super().main(given, *more, **options)
        try:
            sys.exit(super().main(given, *more, **{**options, "standalone_mode": False}))
        except ClickException as error:
            speak_json(True)
            try:
                fail(error.format_message(), Exit.USAGE)
            except typer.Exit as end:
                sys.exit(end.exit_code)


app = typer.Typer(
    cls=_Commands,
    help="Act as a tenant, on the record.",
    epilog=ENDS,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _begin() -> None:
    speak_json(False)
    logs.configure()


serving.add_to(app)
database.add_to(app)
app.add_typer(operators.app, name="operator", rich_help_panel="Who and what")
app.add_typer(keys.app, name="key", rich_help_panel="Who and what")
app.add_typer(tenants.app, name="tenant", rich_help_panel="Who and what")
app.add_typer(ledger.app, name="ledger", rich_help_panel="Who and what")


def main() -> None:
    """Run the command line."""
    app()
