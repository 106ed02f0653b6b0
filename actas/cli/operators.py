"""Operators with a local account: the first one, and who is there when nobody can sign in."""

from __future__ import annotations

import getpass
import secrets
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from actas import commands
from actas.cli.base import DataDir, Json, Reason, examples, fail, run, say, settings, table, who
from actas.sign_in import DEMO_PASSWORD
from db.ledger import plain
from permissions.operators import Role

if TYPE_CHECKING:
    from actas.commands import Listed

SHORTEST_PASSWORD: Final = 12

app = typer.Typer(help="Operators with a local account.", no_args_is_help=True)
Email = Annotated[str, typer.Argument(help="Their e-mail address.")]


@app.command("add", epilog=examples('actas operator add jane@example.com --name "Jane Doe" --role PLATFORM_SUPPORT'))
def add(
    email: Email,
    name: Annotated[str, typer.Option(help="Their name, as customers read it.")],
    role: Annotated[list[Role] | None, typer.Option(help="A role; may be given again.")] = None,
    ask: Annotated[bool, typer.Option("--ask", help="Ask for a password instead of making one.")] = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Add an operator with a local account, and print the password once."""
    password = _asked() if ask else secrets.token_urlsafe(15)
    given = settings(data_dir=data_dir)
    added = run(
        commands.add_operator(given, email=email, name=name, password=password, roles=role or [], stated_by=who())
    )
    text = f"{email} may sign in." if ask else f"The password of {email}, shown once: {password}"
    say(text, {"operator": _shown(added), "password": None if ask else password})


@app.command("list", epilog=examples("actas operator list --json"))
def list_(data_dir: DataDir = None, as_json: Json = False) -> None:
    """List the operators with their roles in force."""
    everybody = run(commands.list_operators(settings(data_dir=data_dir)))
    rows = [
        (
            each.operator.email,
            each.operator.name,
            " ".join(each.roles) or "no role",
            "disabled" if each.operator.disabled_at else "",
        )
        for each in everybody
    ]
    text = table(("ADDRESS", "NAME", "ROLES", ""), rows, "Nobody yet: add one with `actas operator add`.")
    say(text, {"operators": [_shown(each) for each in everybody]})


@app.command("disable", epilog=examples('actas operator disable jane@example.com --reason "Left the company"'))
def disable(email: Email, reason: Reason, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Shut an operator out: every sign-in and every session of theirs ends with it."""
    disabled = run(commands.disable_operator(settings(data_dir=data_dir), email=email, reason=reason, stated_by=who()))
    say(f"{disabled.operator.name} ({disabled.operator.email}) is disabled.", {"operator": _shown(disabled)})


def _shown(each: Listed) -> dict[str, Any]:
    operator = each.operator
    return {
        "id": plain(operator.id),
        "email": operator.email,
        "name": operator.name,
        "roles": list(each.roles),
        "createdAt": plain(operator.created_at),
        "lastSignInAt": plain(operator.last_sign_in_at),
        "disabledAt": plain(operator.disabled_at),
    }


def _asked() -> str:
    password = getpass.getpass("Password: ")
    if len(password) < SHORTEST_PASSWORD or password == DEMO_PASSWORD:
        fail(f"A password has at least {SHORTEST_PASSWORD} characters.")
    if getpass.getpass("Again: ") != password:
        fail("The two differ.")
    return password
