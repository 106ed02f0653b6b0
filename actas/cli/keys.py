"""Keys for services: shown once, listed by their beginning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from actas import commands
from actas.cli.base import DataDir, Json, Reason, examples, run, say, settings, table, who
from db.ledger import plain
from permissions.operators import Permission

if TYPE_CHECKING:
    from db.keys import ServiceKey

app = typer.Typer(help="Keys for services.", no_args_is_help=True)


@app.command(
    "issue",
    epilog=examples(
        'actas key issue "my product" --permission TOKEN_EXCHANGE --permission GUARD_EVENTS --permission'
        " ACCESS_LOG_APPEND",
        'actas key issue "Acme\'s audit page" --permission TENANT_SIDE_READ --tenant acme',
    ),
)
def issue(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    permission: Annotated[list[Permission], typer.Option(help="What it may do; may be given again.")],
    tenant: Annotated[str | None, typer.Option(help="The slug of the one tenant that it sees.")] = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Issue a key for a service and print it once."""
    issued = run(
        commands.issue_key(settings(data_dir=data_dir), name=name, permissions=permission, slug=tenant, stated_by=who())
    )
    say(issued.secret, {"key": _shown(issued.key), "secret": issued.secret})


@app.command("list", epilog=examples("actas key list"))
def list_(data_dir: DataDir = None, as_json: Json = False) -> None:
    """List the keys by their beginning; no secret is kept anywhere."""
    keys = run(commands.list_keys(settings(data_dir=data_dir)))
    rows = [
        (key.prefix, key.name, "revoked" if key.revoked_at else "", " ".join(sorted(key.permissions))) for key in keys
    ]
    text = table(("BEGINS", "NAME", "", "PERMISSIONS"), rows, "None yet: issue one with `actas key issue`.")
    say(text, {"keys": [_shown(key) for key in keys]})


@app.command("revoke", epilog=examples('actas key revoke actas_3fQx --reason "Found in a log"'))
def revoke(
    key: Annotated[str, typer.Argument(help="Its id, or its beginning as `actas key list` shows it.")],
    reason: Reason,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Make a key worthless; its sockets close within 2 s."""
    revoked = run(commands.revoke_key(settings(data_dir=data_dir), key=key, reason=reason, stated_by=who()))
    say(f"The key {revoked.prefix}… ({revoked.name}) is revoked.", {"key": _shown(revoked)})


def _shown(key: ServiceKey) -> dict[str, Any]:
    return {
        "id": plain(key.id),
        "name": key.name,
        "prefix": key.prefix,
        "permissions": sorted(key.permissions),
        "tenantId": plain(key.tenant_id),
        "createdAt": plain(key.created_at),
        "lastUsedAt": plain(key.last_used_at),
        "revokedAt": plain(key.revoked_at),
    }
