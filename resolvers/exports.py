"""The ledger as a whole, for auditors: recorded before its first entry leaves, and never more than the caller may read.

`begin` decides and records; `pages` then reads, and asks at each page whether the caller still may.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from db.pages import exports, tenants
from permissions.operators import Permission
from permissions.policy import Due, permit
from permissions.reach import sees
from permissions.refusals import RefusalCode, Refused, Unauthenticated, refused
from resolvers.events import LedgerExported

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from datetime import datetime

    from db.engine import Connection, Database
    from db.ledger import Entry
    from db.pages.exports import Extent
    from db.tenants import Tenant
    from permissions.caller import Caller

NO_SUCH_TENANT = refused(RefusalCode.NOT_FOUND, "There is no such tenant.", "tenant")
EMPTY_SPAN = refused(RefusalCode.INPUT_INVALID, "`to` must be later than `from`.", "to")


@dataclass(frozen=True, kw_only=True)
class ExportRequest:
    """What is asked for: one tenant's ledger, by slug or id, or all; from `since` on and before `until`."""

    form: str
    tenant: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Export:
    """A recorded export. `origin`: whether it may tell where people called from."""

    at: datetime
    form: str
    tenant: Tenant | None
    extent: Extent
    origin: bool


async def begin(
    database: Database, caller: Caller | None, request: ExportRequest, *, stated_by: str | None = None
) -> Export | Refused:
    """Decide and record an export; it has what is committed now, so not its own record.

    Without a caller it is the command line that asks, `stated_by` whoever runs it. Raises Forbidden where a caller
    lacks AUDIT_EXPORT, which TENANT_SIDE_READ does not stand for; a key bound to a tenant has that tenant's.
    """
    decision = permit(caller.permissions, Permission.AUDIT_EXPORT) if caller else Due("the command line")
    if request.since and request.until and request.since >= request.until:
        return EMPTY_SPAN
    async with database.unit(caller) as unit:
        tenant = await _tenant(unit.connection, caller, request.tenant)
        if isinstance(tenant, Refused):
            unit.abandon()
            return tenant
        chain = tenant.id if tenant else None
        extent = await exports.extent(unit.connection, chain=chain, since=request.since, until=request.until)
        export = Export(
            at=await unit.now(), form=request.form, tenant=tenant, extent=extent, origin=_sees_origin(caller, tenant)
        )
        unit.append(
            decision,
            LedgerExported(
                tenant_id=chain,
                form=request.form,
                since=request.since,
                until=request.until,
                through=extent.heads.get(chain, 0) if chain else None,
                stated_by=stated_by,
            ),
        )
    return export


async def pages(
    database: Database, export: Export, still: Callable[[], Awaitable[Caller | None]] | None = None
) -> AsyncIterator[list[Entry]]:
    """The entries of a recorded export, the oldest first, a page at a time; one tenant's as row security shows them.

    Raises Unauthenticated or Forbidden where, by `still`, the caller is none any more or no longer may (P7), and
    Unavailable where the database goes away: what was written until then is not the whole.
    """
    place = None
    while True:
        if still:
            caller = await still()
            if caller is None:
                raise Unauthenticated("The sign-in or key ended during the export.")
            permit(caller.permissions, Permission.AUDIT_EXPORT)
        async with database.read(tenant=export.extent.chain) as connection:
            entries, place = await exports.entries(connection, export.extent, place)
        yield entries
        if place is None:
            return


async def _tenant(connection: Connection, caller: Caller | None, asked: str | None) -> Tenant | Refused | None:
    """The tenant meant; None for all. Another tenant than its own does not exist for a bound key (threat 28)."""
    own = caller.tenant_id if caller else None
    if asked is None and own is None:
        return None
    tenant_id = own if asked is None else _uuid(asked)
    if tenant_id:
        found = (await tenants.by_ids(connection, [tenant_id])).get(tenant_id)
    else:
        found = (await tenants.by_slugs(connection, [asked or ""])).get(asked or "")
    if found is None or (caller and not sees(caller, found.id)):
        return NO_SUCH_TENANT
    return found


def _uuid(asked: str) -> UUID | None:
    try:
        return UUID(asked)
    except ValueError:
        return None


def _sees_origin(caller: Caller | None, tenant: Tenant | None) -> bool:
    """TENANT_SIDE_READ stands for ORIGIN_READ within one tenant only."""
    if caller is None or Permission.ORIGIN_READ in caller.permissions:
        return True
    return tenant is not None and caller.may(Permission.ORIGIN_READ)
