"""What consoles watch: sessions, tenants and the ledger as they change."""

from __future__ import annotations

from contextlib import aclosing, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from db import impersonation
from db.pages import impersonation as session_pages
from db.pages import tenants as tenant_pages
from permissions.refusals import Unavailable
from resolvers import ledger
from resolvers.hints import Hints
from resolvers.streams import Lost, News, Now, Step, Tick, mark, patiently, reading, told, with_ticks

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from datetime import datetime
    from uuid import UUID

    from db.engine import Database
    from db.impersonation import Session
    from db.ledger import Entry
    from db.pages.ledger import EntriesWhere
    from db.tenants import Tenant
    from resolvers.streams import Listener

SESSION_CHANGES: Final = {
    "IMPERSONATION_STARTED": "STARTED",
    "IMPERSONATION_MODE_CHANGED": "MODE_CHANGED",
    "IMPERSONATION_ENDED": "ENDED",
}
STATUS_CHANGES: Final = frozenset(
    {"TENANT_REGISTERED", "TENANT_UPDATED", "TENANT_STATUS_CHANGED", "TENANT_SUSPENDED", "TENANT_SUSPENSION_LIFTED"}
)
# Who is inside, and under which rules, is a part of what a tenant's page shows.
TENANT_CHANGES: Final = STATUS_CHANGES | SESSION_CHANGES.keys() | {"POLICY_SET"}


async def sessions(database: Database, listener: Listener, after: str | None) -> AsyncGenerator[News]:
    """Sessions: those that are live, then each start and end; and hints that an end is near or that one is in use."""
    hints = Hints()

    async def live(connection: Any) -> list[Session]:
        found = await session_pages.active(connection, listener.only, listener.operator_id)
        return [session for session in found if listener.hears(session.tenant_id, session.operator_id)]

    await listener.check()
    if after:
        hints.watch(await patiently(partial(reading, database, live)))
    position = after or ""
    async with aclosing(with_ticks(told(database, after, live), hints.next)) as changes:
        async for each in changes:
            await listener.check()
            if isinstance(each, Tick):
                for session in await _live(database, hints.ending()):
                    yield News(change="EXPIRING", session=session, at=session.now, position=position)
                for session in hints.used(await _in_use(database)) if hints.looks() else ():
                    yield News(change="ACTIVITY", session=session, at=session.now, position=position)
                continue
            position = each.position.encode()
            change, at, found = await _sessions_of(database, listener, each)
            hints.watch(found)
            listener.expect(*zip(*((s.id, s.tenant_id, s.operator_id) for s in found), strict=True))
            for session in found:
                yield News(change=change, session=session, at=at or session.now, position=position)
            listener.expect()
            if not isinstance(each, Step):
                yield mark(each)


async def tenants(database: Database, listener: Listener, after: str | None) -> AsyncGenerator[News]:
    """Tenants: all of them, then each as it changes; who is inside is a part of what changes."""

    async def everything(connection: Any) -> list[Tenant]:
        return [each for each in await tenant_pages.everything(connection, listener.only) if listener.hears(each.id)]

    await listener.check()
    async with aclosing(with_ticks(told(database, after, everything))) as changes:
        async for each in changes:
            await listener.check()
            if isinstance(each, Tick):
                continue
            position = each.position.encode()
            if isinstance(each, Now):
                listener.expect(tenant.id for tenant in each.state)
                for tenant in each.state:
                    yield News(change="SNAPSHOT", tenant=tenant, at=each.at, position=position)
                listener.expect()
            if not isinstance(each, Step):
                yield mark(each)
            elif (entry := each.entry) and entry.kind in TENANT_CHANGES:
                if entry.tenant_id is None:  # the deployment's rules, which are a part of every tenant's
                    changed = await patiently(partial(reading, database, everything))
                else:
                    changed = await _tenants(database, entry) if listener.hears(entry.tenant_id) else []
                listener.expect(tenant.id for tenant in changed)
                for tenant in changed:
                    yield News(change="CHANGED", tenant=tenant, at=entry.at, position=position)
                listener.expect()


async def entries(
    database: Database, listener: Listener, where: EntriesWhere, after: str | None
) -> AsyncGenerator[News]:
    """The ledger's entries as they are written. No snapshot: SNAPSHOT_END says that it listens from now on."""

    async def nothing(_connection: Any) -> None:
        return None

    await listener.check()
    async with aclosing(with_ticks(told(database, after, nothing))) as changes:
        async for each in changes:
            await listener.check()
            if isinstance(each, Tick):
                continue
            if not isinstance(each, Step):
                yield mark(each)
            elif (entry := each.entry) and _is_for(listener, entry) and ledger.matches(entry, where):
                yield News(change="CHANGED", entry=entry, at=entry.at, position=each.position.encode())


async def _sessions_of(
    database: Database, listener: Listener, each: Now[list[Session]] | Lost | Step
) -> tuple[str, datetime | None, list[Session]]:
    """Which sessions a step of the feed is about, and what happened to them."""
    if isinstance(each, Now):
        return "SNAPSHOT", each.at, each.state
    entry = each.entry if isinstance(each, Step) else None
    if entry is None or entry.session_id is None or entry.kind not in SESSION_CHANGES:
        return "", None, []
    if not listener.hears(entry.tenant_id, entry.operator_id):
        return "", None, []
    found = await patiently(partial(reading, database, impersonation.now, [entry.session_id]))
    return SESSION_CHANGES[entry.kind], entry.at, found


async def _live(database: Database, session_ids: Sequence[UUID]) -> list[Session]:
    if not session_ids:
        return []
    found = await patiently(partial(reading, database, impersonation.now, session_ids))
    return [each for each in found if each.state == "ACTIVE"]


async def _in_use(database: Database) -> Sequence[Session]:
    """What is live, with how often it was used; nothing while that cannot be asked, for a hint may be missed."""
    with suppress(Unavailable):
        return await database.uses.live()
    return ()


async def _tenants(database: Database, entry: Entry) -> list[Tenant]:
    if entry.tenant_id is None:
        return []
    return list((await patiently(partial(reading, database, tenant_pages.by_ids, [entry.tenant_id]))).values())


def _is_for(listener: Listener, entry: Entry) -> bool:
    return ledger.exists_for(listener.caller, entry) and listener.hears(entry.tenant_id)
