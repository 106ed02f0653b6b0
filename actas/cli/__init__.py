"""The command line; one module a noun (docs/cli.md tells of every command)."""

from __future__ import annotations

import typer

from actas import logs
from actas.cli import database, keys, ledger, operators, serving, tenants
from actas.cli.base import ENDS, speak_json

__all__ = ["app", "main"]

app = typer.Typer(
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
