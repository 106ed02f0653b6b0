"""What a running session may do, changed while it runs (C-16)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from permissions.ids import uuid7
from permissions.operators import Permission, Role
from permissions.policy import AccessMode
from permissions.refusals import Forbidden, Refused, Unauthenticated
from permissions.refusals import RefusalCode as Code
from resolvers import modes, sign_ins
from resolvers.modes import ChangeMode
from tests.resolvers.sessions import FORBIDDEN, REFUSED, details, end, live_in, set_rules, start
from tests.world import world_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from db.impersonation import Session
    from db.tenants import Tenant
    from permissions.caller import Caller
    from tests.databases import Databases
    from tests.world import World


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(databases: Databases) -> AsyncIterator[World]:
    """One for all: each test has a tenant and an operator of its own."""
    async with databases.fresh() as urls, world_on(urls) as made:
        yield made


READ, WRITE = AccessMode.READ_ONLY, AccessMode.READ_WRITE
CHANGED = "IMPERSONATION_MODE_CHANGED"
WHY = "the customer asked for the fix"


async def change(
    world: World, caller: Caller, session: Session, to: AccessMode = WRITE, reason: str = WHY, **asked: Any
) -> Session | Refused:
    return await modes.change(
        world.database, caller, ChangeMode(session_id=session.id, mode=to, reason=reason, **asked)
    )


async def changed(world: World, caller: Caller, session: Session, to: AccessMode = WRITE, **asked: Any) -> Session:
    outcome = await change(world, caller, session, to, **asked)
    assert not isinstance(outcome, Refused), outcome
    return outcome


async def refused(world: World, caller: Caller, session: Session, to: AccessMode = WRITE, **asked: Any) -> Code:
    outcome = await change(world, caller, session, to, **asked)
    assert isinstance(outcome, Refused), outcome
    return outcome.code


async def test_a_session_may_write_after_its_operator_said_why_and_the_tenant_reads_it(
    world: World, jane: Caller, acme: Tenant
) -> None:
    session = await start(world, jane, acme)
    after = await changed(world, jane, session)
    assert (after.mode, after.reason, after.expires_at) == (WRITE, session.reason, session.expires_at)
    (entry,) = await world.entries(acme.id, CHANGED)
    assert (entry.session_id, entry.operator_id) == (session.id, jane.id)
    assert entry.summary.endswith(f"may write now. Reason: {WHY}")
    assert (details(entry)["was"], details(entry)["to"]) == (READ, WRITE)
    back = await changed(world, jane, session, READ)
    assert back.mode is READ
    assert len(await world.entries(acme.id, CHANGED)) == 2


async def test_going_back_to_reading_is_always_possible_without_a_reason(
    world: World, jane: Caller, acme: Tenant
) -> None:
    session = await start(world, jane, acme, mode=WRITE)
    await set_rules(world, acme, modes=["READ_WRITE"], reason_min_length=400)
    assert (await changed(world, jane, session, READ, reason="")).mode is READ


async def test_the_same_mode_again_is_no_change_and_not_recorded(world: World, jane: Caller, acme: Tenant) -> None:
    session = await start(world, jane, acme)
    assert await refused(world, jane, session, READ) is Code.NO_CHANGE
    assert await world.entries(acme.id, CHANGED, REFUSED, FORBIDDEN) == []


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("", Code.REASON_REQUIRED),
        ("too short", Code.REASON_TOO_SHORT),
        ("x" * 501, Code.REASON_TOO_LONG),
        ("read \u202ethis backwards", Code.REASON_INVALID),
    ],
)
async def test_writing_needs_a_reason_as_the_policy_says_and_the_attempt_is_recorded(
    world: World, jane: Caller, acme: Tenant, reason: str, code: Code
) -> None:
    """P8."""
    session = await start(world, jane, acme)
    assert await refused(world, jane, session, reason=reason) is code
    (entry,) = await world.entries(acme.id, REFUSED)
    assert (entry.session_id, details(entry)["code"]) == (session.id, code)
    assert "tried to do more" in entry.summary


async def test_writing_needs_the_permission_of_now_not_of_the_start(world: World, jane: Caller, acme: Tenant) -> None:
    reader = await world.operator(Role.PLATFORM_SUPPORT)
    session = await start(world, reader, acme)
    await world.admin_sql(
        "update identity.role_grant set expires_at = audit.clock() where operator_id = $1 returning 1", reader.id
    )
    assert await refused(world, reader, session) is Code.MODE_NOT_ALLOWED
    assert len(await world.entries(acme.id, FORBIDDEN)) == 1


async def test_a_policy_that_forbids_writing_forbids_it_whether_the_session_began_before_or_after(
    world: World, jane: Caller, acme: Tenant
) -> None:
    """A change of mode is a new decision: both the session's version and the newest must allow it."""
    other = await world.somewhere()
    before = await start(world, jane, acme)
    await set_rules(world, acme, modes=["READ_ONLY"])
    assert await refused(world, jane, before) is Code.MODE_NOT_ALLOWED
    await set_rules(world, other, modes=["READ_ONLY"])
    under_the_strict_one = await start(world, jane, other)
    await set_rules(world, other)
    assert await refused(world, jane, under_the_strict_one) is Code.MODE_NOT_ALLOWED


async def test_only_the_operator_inside_changes_it(world: World, jane: Caller, acme: Tenant) -> None:
    """Not an admin, not a service; one's own other browser may."""
    session = await start(world, jane, acme)
    for caller in (world.admin, await world.operator(), await world.service(Permission.TOKEN_EXCHANGE)):
        with pytest.raises(Forbidden, match="Only the operator who is inside"):
            await change(world, caller, session)
    assert (await changed(world, await world.again(jane), session)).mode is WRITE


async def test_no_session_and_one_that_is_over_cannot_change(world: World, jane: Caller, acme: Tenant) -> None:
    session = await start(world, jane, acme)
    await end(world, jane, session.id)
    assert await refused(world, jane, session) is Code.ALREADY_ENDED
    request = ChangeMode(session_id=uuid7(), mode=WRITE, reason=WHY)
    outcome = await modes.change(world.database, jane, request)
    assert isinstance(outcome, Refused)
    assert outcome.code is Code.NOT_FOUND
    late = await start(world, jane, acme, duration_seconds=60)
    await world.advance(timedelta(seconds=60))
    assert await refused(world, jane, late) is Code.ALREADY_ENDED


async def test_a_sign_in_that_is_over_changes_nothing(world: World, jane: Caller, acme: Tenant) -> None:
    session = await start(world, jane, acme)
    other = await world.again(jane)
    assert other.person
    await sign_ins.sign_out(world.database, other)
    with pytest.raises(Unauthenticated):
        await change(world, other, session)
    assert await live_in(world, acme) == 1


async def test_against_an_end_either_wins_and_nothing_changes_after_it(
    world: World, jane: Caller, acme: Tenant
) -> None:
    """P2: the last entry of a session is its end."""
    for _ in range(4):
        session = await start(world, jane, acme)
        outcome, ended = await asyncio.gather(change(world, jane, session), end(world, jane, session.id))
        assert not isinstance(ended, Refused)
        assert not isinstance(outcome, Refused) or outcome.code is Code.ALREADY_ENDED
        about = [entry.kind for entry in await world.entries(acme.id) if entry.session_id == session.id]
        assert about[-1] == "IMPERSONATION_ENDED"
        assert about.count(CHANGED) == (0 if isinstance(outcome, Refused) else 1)


async def test_a_retry_changes_and_records_once(world: World, jane: Caller, acme: Tenant) -> None:
    session = await start(world, jane, acme)
    for _ in range(2):
        assert (await changed(world, jane, session, idempotency_key="once")).mode is WRITE
    assert len(await world.entries(acme.id, CHANGED)) == 1
    assert await refused(world, jane, session, READ, idempotency_key="once") is Code.CONFLICT
