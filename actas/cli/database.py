"""The database and what is written from the code: migrations, a sweep by hand, the schema."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated
from urllib.parse import unquote, urlsplit

import typer

from actas import commands
from actas.cli.base import DataDir, Exit, Json, Output, examples, fail, run, say, settings
from actas.server import cannot_reach, set_up_embedded
from db import migrate
from db.errors import AWAY, MIGRATION, first_line

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from actas.settings import Settings

PANEL = "Database and schema"


def migrate_command(
    audit: Annotated[bool, typer.Option("--audit", help="The ledger's own history, as ACTAS_ADMIN_URL.")] = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Bring the database up to date: the ledger as an administrator (--audit), the rest as the migrator."""
    given = settings(data_dir=data_dir)
    if given.database_url is None:
        run(set_up_embedded(given, "REAL"))
    elif audit:
        if given.admin_url is None:
            fail("Set ACTAS_ADMIN_URL to an administrator's credential for this one command.", Exit.USAGE)
        url = given.admin_url.get_secret_value()
        run(_with("ACTAS_ADMIN_URL", migrate.prepare(url, purpose="REAL", passwords=_passwords(given))))
    else:
        if given.migrator_url is None:
            fail("Set ACTAS_MIGRATOR_URL to the credential of actas_migrator.", Exit.USAGE)
        run(_with("ACTAS_MIGRATOR_URL", migrate.migrate(given.migrator_url.get_secret_value())))
    say("The database is up to date.", {"upToDate": True})


def sweep_command(data_dir: DataDir = None, as_json: Json = False) -> None:
    """Do once what a serving process does all the time: end what is due or came back by a restore, make months."""
    swept = run(commands.sweep(settings(data_dir=data_dir)))
    lines = (
        f"{swept.ended.sessions} sessions and {swept.ended.sign_ins} sign-ins ended because their time was up.",
        f"{swept.ended.roles} operators lost a role that was given for a time." if swept.ended.roles else "",
        f"{swept.restored} sessions ended because the database was restored." if swept.restored else "",
        f"{swept.months} months were made." if swept.months else "",
    )
    told = {
        "sessions": swept.ended.sessions,
        "signIns": swept.ended.sign_ins,
        "operatorsWithLostRoles": swept.ended.roles,
        "restoredSessions": swept.restored,
        "monthsMade": swept.months,
    }
    say("\n".join(line for line in lines if line), told)


def schema_command() -> None:
    """Write the API's schema as SDL to standard output."""
    from schema.export import sdl  # noqa: PLC0415  building it takes a while, and no other command needs it

    to = Output(sys.stdout.buffer)
    to.write(sdl().encode())
    to.flush()


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("migrate", rich_help_panel=PANEL, epilog=examples("actas migrate --audit", "actas migrate"))(
        migrate_command
    )
    app.command("sweep", rich_help_panel=PANEL, epilog=examples("actas sweep --json"))(sweep_command)
    app.command("schema", rich_help_panel=PANEL, epilog=examples("actas schema > schema.graphql"))(schema_command)


async def _with(variable: str, work: Awaitable[None]) -> None:
    """Migrate with the credential of this variable. Raises CannotReach, or Failed with what speaks against it."""
    try:
        await work
    except AWAY as error:
        raise cannot_reach(error, variable) from error
    except MIGRATION as error:
        raise commands.Failed(f"Nothing was migrated: {first_line(error)}") from error


def _passwords(given: Settings) -> dict[str, str]:
    """Those that the other URLs sign in with: a role that is made here can be used at once."""
    urls = [urlsplit(url.get_secret_value()) for url in (given.database_url, given.migrator_url) if url]
    return {unquote(url.username): unquote(url.password) for url in urls if url.username and url.password}
