"""The command line: serve, migrate, the first operator, keys for services, the schema."""

from __future__ import annotations

import asyncio
import getpass
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn, TypeVar
from urllib.parse import unquote, urlsplit

import typer

from actas import logs
from actas.commands import Failed, add_operator, issue_key
from actas.server import CannotStart, serve, set_up_embedded
from actas.settings import Settings
from actas.sign_in import DEMO_PASSWORD
from db import migrate
from db.embedded import EmbeddedError
from db.errors import REFUSALS
from permissions.operators import Permission, Role
from permissions.refusals import ActasError

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")

app = typer.Typer(
    help="Act as a tenant, on the record.", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
operator_app = typer.Typer(help="Operators with a local account.", no_args_is_help=True)
key_app = typer.Typer(help="Keys for services.", no_args_is_help=True)
app.add_typer(operator_app, name="operator")
app.add_typer(key_app, name="key")

SHORTEST_PASSWORD: Final = 12

DataDir = Annotated[Path | None, typer.Option(help="The embedded database and the signing keys.")]


@app.callback()
def _begin() -> None:
    logs.configure()


@app.command("serve")
def serve_command(
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Serve the API and the console, after a look at everything that the promises need."""
    settings = _settings(host=host, port=port, data_dir=data_dir)
    if settings.database_url is None:
        _run(set_up_embedded(settings, "REAL"))
    _run(serve(settings))


@app.command("migrate")
def migrate_command(
    audit: Annotated[bool, typer.Option("--audit", help="The ledger's own history, as ACTAS_ADMIN_URL.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Bring the database up to date: the ledger as an administrator (--audit), the rest as the migrator."""
    settings = _settings(data_dir=data_dir)
    if settings.database_url is None:
        _run(set_up_embedded(settings, "REAL"))
    elif audit:
        if settings.admin_url is None:
            _fail("Set ACTAS_ADMIN_URL to an administrator's credential for this one command.")
        try:
            _run(migrate.prepare(settings.admin_url.get_secret_value(), purpose="REAL", passwords=_passwords(settings)))
        except ValueError as error:
            _fail(str(error))
    else:
        if settings.migrator_url is None:
            _fail("Set ACTAS_MIGRATOR_URL to the credential of actas_migrator.")
        _run(migrate.migrate(settings.migrator_url.get_secret_value()))
    typer.echo("The database is up to date.")


@app.command("schema")
def schema_command() -> None:
    """Write the API's schema as SDL to standard output."""
    from schema.export import sdl  # noqa: PLC0415  building it takes a while, and no other command needs it

    sys.stdout.write(sdl())


@app.command("demo")
def demo_command(
    port: Annotated[int, typer.Option(help="The console's port.")] = 8000,
    workspace_port: Annotated[int, typer.Option(help="The example product's port.")] = 8001,
    data_dir: DataDir = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the demo that is there and begin anew.")] = False,
) -> None:
    """Run everything on this machine with a sample of tenants: the console, and a product to enter."""
    from actas.demo import run  # noqa: PLC0415  it brings the example product along

    here = f"http://localhost:{port}"
    settings = _settings(port=port, console_url=here, service_url=here, data_dir=data_dir)
    _run(run(settings, workspace_port, fresh=fresh))


@operator_app.command("add")
def operator_add(
    email: Annotated[str, typer.Argument(help="Their e-mail address.")],
    name: Annotated[str, typer.Option(help="Their name, as customers read it.")],
    role: Annotated[list[Role] | None, typer.Option(help="A role; may be given again.")] = None,
    ask: Annotated[bool, typer.Option("--ask", help="Ask for a password instead of making one.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Add an operator with a local account, and print the password once."""
    password = _asked() if ask else secrets.token_urlsafe(15)
    settings = _settings(data_dir=data_dir)
    _run(add_operator(settings, email=email, name=name, password=password, roles=role or [], stated_by=_who()))
    if not ask:
        typer.echo(f"The password of {email}, shown once: {password}")


@key_app.command("issue")
def key_issue(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    permission: Annotated[list[Permission], typer.Option(help="What it may do; may be given again.")],
    tenant: Annotated[str | None, typer.Option(help="The slug of the one tenant that it sees.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Issue a key for a service and print it once."""
    settings = _settings(data_dir=data_dir)
    typer.echo(_run(issue_key(settings, name=name, permissions=permission, slug=tenant, stated_by=_who())))


def main() -> None:
    """Run the command line."""
    app()


def _run(work: Coroutine[Any, Any, T]) -> T:
    """The outcome; an expected failure ends the program with one line that says what to do."""
    try:
        return asyncio.run(work)
    except (CannotStart, Failed, EmbeddedError, ActasError) as error:
        _fail(str(error))
    except REFUSALS as error:
        _fail(f"The database refuses: {error}")


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)


def _settings(**given: object) -> Settings:
    """The settings of the environment, with what the command line gives instead."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]  # typer checked
    except ValueError as error:
        _fail(str(error))


def _passwords(settings: Settings) -> dict[str, str]:
    """Those that the other URLs sign in with: a role that is made here can be used at once."""
    urls = [urlsplit(url.get_secret_value()) for url in (settings.database_url, settings.migrator_url) if url]
    return {unquote(url.username): unquote(url.password) for url in urls if url.username and url.password}


def _asked() -> str:
    password = getpass.getpass("Password: ")
    if len(password) < SHORTEST_PASSWORD or password == DEMO_PASSWORD:
        _fail(f"A password has at least {SHORTEST_PASSWORD} characters.")
    if getpass.getpass("Again: ") != password:
        _fail("The two differ.")
    return password


def _who() -> str:
    """Who runs the command, as the machine says: the ledger marks it as claimed."""
    return f"{getpass.getuser()} on the command line"
