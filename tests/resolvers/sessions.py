"""Starts, ends and what is read of them: the words of every test about sessions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from db.ledger import PLATFORM, camel
from permissions.ids import uuid7
from permissions.refusals import Refused
from resolvers import ending, impersonation
from resolvers.impersonation import Started, StartRequest
from tests.raw import as_app
from tests.world import REASON, World

if TYPE_CHECKING:
    from uuid import UUID

    from db.impersonation import Session
    from db.ledger import Entry
    from db.tenants import Tenant
    from permissions.caller import Caller

STARTED, ENDED = "IMPERSONATION_STARTED", "IMPERSONATION_ENDED"
REFUSED, FORBIDDEN = "IMPERSONATION_REFUSED", "IMPERSONATION_FORBIDDEN"


async def ask(world: World, caller: Caller, tenant: Tenant, **asked: Any) -> Started | Refused:
    given: dict[str, Any] = {"tenant_id": tenant.id, "reason": REASON} | asked
    return await impersonation.start(world.database, caller, StartRequest(**given))


async def start(world: World, caller: Caller, tenant: Tenant, **asked: Any) -> Session:
    outcome = await ask(world, caller, tenant, **asked)
    assert isinstance(outcome, Started), outcome
    return outcome.session


async def end(world: World, caller: Caller, session: UUID | None = None, **told: Any) -> Session | Refused:
    return await ending.end(world.database, caller, session_id=session, **told)


async def now(world: World, session: UUID) -> Any:
    return await world.admin_sql("select row(state, end_cause) from identity.session_now where id = $1", session)


async def its_end(world: World, session: Session) -> Any:
    """As it was written: (cause, when, by whom)."""
    return await world.admin_sql(
        "select row(end_cause, ended_at, ended_by_kind) from identity.impersonation_session where id = $1", session.id
    )


async def live_in(world: World, tenant: Tenant) -> int:
    found: int = await world.admin_sql(
        "select count(*) from identity.session_now where state = 'ACTIVE' and tenant_id = $1", tenant.id
    )
    return found


async def entries(world: World, tenant: Tenant) -> list[Entry]:
    return await world.entries(tenant.id, STARTED, ENDED, REFUSED, FORBIDDEN)


async def set_rules(world: World, tenant: Tenant | None, **stored: Any) -> int:
    """Rules as they are stored, whether or not the API would take them."""
    policy, tenant_id = uuid7(), tenant.id if tenant else None
    rules = {camel(name): value for name, value in stored.items()}
    async with as_app(world.urls) as app, app.sql.transaction():
        await app.append("POLICY_SET", tenant_id or PLATFORM, tenant=tenant_id, policyId=policy, rules=rules)
        return await app.set_policy(policy, tenant_id, rules)


def details(entry: Entry) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(entry.details)
    return told
