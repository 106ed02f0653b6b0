"""What other services report to the ledger, in the tenant's chain or in the platform's (S3-27, S3-28)."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from db import reports
from db.ledger import Event
from db.pages import tenants
from permissions.operators import Permission
from permissions.policy import permit
from permissions.reach import sees
from permissions.refusals import RefusalCode, Refused, refused
from permissions.reports import report_refusal
from resolvers.access import Appended
from resolvers.events import KINDS
from resolvers.tenants import NO_SUCH_TENANT

if TYPE_CHECKING:
    from uuid import UUID

    from db.engine import Database
    from db.unit import WriteUnit
    from permissions.caller import Caller

ANOTHER = refused(
    RefusalCode.CONFLICT, "This id was used for another report: make a new one for each, and keep it for retries.", "id"
)


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a service says that happened, and by whom. `id`, made by the sender, makes a retry harmless."""

    id: UUID
    kind: str
    tenant_id: UUID | None
    actor: str
    details: dict[str, Any]


class Reported(Event):
    """A report as an entry: its kind and its details are the service's own."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.tenant_id = report.tenant_id

    @property
    def kind(self) -> str:  # type: ignore[override]  # every other event's kind belongs to its class
        """As the service calls it."""
        return self._report.kind

    @property
    def stated(self) -> str:
        """Who did it, as the service says."""
        return self._report.actor.strip()

    @property
    def summary(self) -> str:
        """What, and who by: the reader learns from the actor's name that a service stated it."""
        return f"{self.kind.replace('_', ' ').capitalize()}, by {self.stated}."

    @property
    def details(self) -> str:
        """The service's own fields, in canonical form."""
        return json.dumps(self._report.details, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


async def append(database: Database, caller: Caller, report: Report) -> Appended | Refused:
    """Enter a report once; a key that is bound to a tenant reports for that one only.

    Raises Forbidden where the caller lacks AUDIT_APPEND.
    """
    decision = permit(caller.permissions, Permission.AUDIT_APPEND)
    report = replace(report, tenant_id=report.tenant_id or caller.tenant_id)
    if wrong := report_refusal(report.kind, report.actor, report.details, report.tenant_id, KINDS):
        return wrong
    event = Reported(report)
    async with database.unit(caller) as unit:
        if not sees(caller, report.tenant_id) or not await _exists(unit, report.tenant_id):
            unit.abandon()
            return NO_SUCH_TENANT
        claimed = await reports.claim(unit.connection, caller, report.id, event)
        if claimed != "FIRST":
            unit.abandon()
            return Appended(count=0, duplicates=1) if claimed == "KNOWN" else ANOTHER
        unit.append(decision, event)
    return Appended(count=1, duplicates=0)


async def _exists(unit: WriteUnit, tenant_id: UUID | None) -> bool:
    return tenant_id is None or bool(await tenants.by_ids(unit.connection, [tenant_id]))
