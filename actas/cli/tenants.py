"""Tenants: their status, by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from actas import commands
from actas.cli.base import DataDir, Json, Reason, examples, run, say, settings, table, who
from db.ledger import plain
from permissions.policy import TenantStatus

if TYPE_CHECKING:
    from db.impersonation import Session

app = typer.Typer(help="Tenants.", no_args_is_help=True)


@app.callback()
def _tenants() -> None:
    """Tenants and their status."""


@app.command(
    "status",
    epilog=examples(
        'actas tenant status acme --to SUSPENDED --reason "Three invoices unpaid" --dry-run',
        'actas tenant status acme --to ACTIVE --reason "Paid in full"',
    ),
)
def status(
    slug: Annotated[str, typer.Argument(help="The tenant's slug.")],
    to: Annotated[TenantStatus, typer.Option(help="Its new status.")],
    reason: Reason,
    exception: Annotated[str | None, typer.Option(help="The written one that leaving OFFBOARDING needs.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Change nothing; list the sessions that would end.")
    ] = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Set a tenant's status, and end every session that may not go on in it."""
    changed, people = run(
        commands.set_tenant_status(
            settings(data_dir=data_dir),
            slug=slug,
            to=to,
            reason=reason,
            exception=exception,
            dry_run=dry_run,
            stated_by=who(),
        )
    )
    tenant, sessions = changed.tenant, changed.sessions_ended
    names = {session.id: people[session.operator_id].name for session in sessions}
    first = (
        f"{tenant.name} would become {to}: nothing was changed." if dry_run else f"{tenant.name} is {tenant.status}."
    )
    rows = [(names[each.id], f"{each.started_at:%Y-%m-%d %H:%M} UTC", each.reason) for each in sessions]
    would = "would end" if dry_run else "ended"
    listed = table((f"WHOSE SESSION {would.upper()}", "SINCE", "REASON"), rows, f"No session {would}.")
    told = {
        "tenant": {"id": plain(tenant.id), "slug": tenant.slug, "name": tenant.name, "status": tenant.status},
        "to": to,
        "dryRun": dry_run,
        "sessions": [_shown(each, names[each.id]) for each in sessions],
    }
    say(f"{first}\n{listed}", told)


def _shown(session: Session, operator: str) -> dict[str, Any]:
    return {
        "id": plain(session.id),
        "operatorId": plain(session.operator_id),
        "operatorName": operator,
        "startedAt": plain(session.started_at),
        "expiresAt": plain(session.expires_at),
        "reason": session.reason,
    }
