"""Leaving a workspace: by one's own stop, an admin's, a guard's or the customer's; one end each (P2)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from permissions.ids import uuid7
from permissions.operators import Permission, Role
from permissions.refusals import Forbidden, Refused
from permissions.refusals import RefusalCode as Code
from resolvers import ending
from tests.resolvers.sessions import (
    ENDED,
    STARTED,
    details,
    end,
    entries,
    now,
    start,
)
from tests.world import World, world_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from db.impersonation import Session
    from db.tenants import Tenant
    from permissions.caller import Caller
    from tests.databases import Databases


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(databases: Databases) -> AsyncIterator[World]:
    async with databases.fresh() as urls, world_on(urls) as made:
        yield made


class TestEnd:
    async def test_ones_own_is_stopped_and_the_tenant_reads_who_from_when_to_when(
        self, world: World, jane: Caller, acme: Tenant
    ) -> None:
        """P2, S1-30, S2-24, S2-33, S2-35."""
        session = await start(world, jane, acme)
        await world.advance(timedelta(minutes=17))
        ended = await end(world, jane, session.id)
        assert not isinstance(ended, Refused)
        assert jane.person
        assert (ended.state, ended.end_cause, ended.ended_by_kind, ended.ended_by_id) == (
            "ENDED",
            "STOPPED",
            "OPERATOR",
            jane.id,
        )
        assert ended.ended_at
        assert ended.duration_seconds // 60 == 17
        entry = (await entries(world, acme))[-1]
        told = details(entry)
        assert (entry.kind, entry.session_id, entry.operator_id) == (ENDED, session.id, jane.id)
        assert told["cause"] == "STOPPED"
        assert told["startedAt"] == session.started_at.isoformat().replace("+00:00", "Z")
        assert told["endedAt"] == ended.ended_at.isoformat().replace("+00:00", "Z")
        assert f"{jane.person.name} ({jane.person.email}) left, after 17 minutes." == entry.summary

    async def test_without_an_id_it_is_the_one_of_this_browser(self, world: World, jane: Caller, acme: Tenant) -> None:
        other_browser = await world.again(jane)
        there = await start(world, other_browser, acme)
        here = await start(world, jane, acme)
        ended = await end(world, jane)
        assert not isinstance(ended, Refused)
        assert ended.id == here.id
        assert await now(world, there.id) == ("ACTIVE", None)
        nothing = await end(world, jane)
        assert isinstance(nothing, Refused)
        assert nothing.code is Code.NOT_FOUND

    async def test_ones_own_of_another_browser_by_its_id(self, world: World, jane: Caller, acme: Tenant) -> None:
        session = await start(world, await world.again(jane), acme)
        assert not isinstance(await end(world, jane, session.id), Refused)

    async def test_a_second_end_is_told_that_it_came_second(self, world: World, jane: Caller, acme: Tenant) -> None:
        session = await start(world, jane, acme)
        outcomes = await asyncio.gather(*(end(world, jane, session.id) for _ in range(4)))
        codes = sorted(outcome.code if isinstance(outcome, Refused) else "" for outcome in outcomes)
        assert codes == ["", *[Code.ALREADY_ENDED] * 3]
        assert [entry.kind for entry in await entries(world, acme)] == [STARTED, ENDED]

    async def test_what_does_not_exist_is_not_found(self, world: World, jane: Caller) -> None:
        outcome = await end(world, jane, uuid7())
        assert isinstance(outcome, Refused)
        assert outcome.code is Code.NOT_FOUND

    async def test_another_operators_is_not_ones_to_stop(self, world: World, jane: Caller, acme: Tenant) -> None:
        """Not an admin's either: that is revoking, with a reason."""
        session = await start(world, jane, acme)
        for other in (await world.operator(), world.admin):
            with pytest.raises(Forbidden):
                await end(world, other, session.id)
        assert await now(world, session.id) == ("ACTIVE", None)

    async def test_a_retry_tells_the_same_end(self, world: World, jane: Caller, acme: Tenant) -> None:
        await start(world, jane, acme)
        first = await end(world, jane, idempotency_key="stop")
        again = await end(world, jane, idempotency_key="stop")
        assert not isinstance(first, Refused)
        assert not isinstance(again, Refused)
        assert (again.id, again.ended_at) == (first.id, first.ended_at)
        assert len(await entries(world, acme)) == 2

    async def test_after_the_deadline_it_was_expired_at_the_deadline_by_nobody(
        self, world: World, jane: Caller, acme: Tenant
    ) -> None:
        """P2, mechanisms H.4: whoever stops, revokes or sends out too late changes neither cause nor time."""
        key = await world.service(Permission.TENANT_SIDE_DECIDE)

        async def revoke(session: UUID) -> Session | Refused:
            return await ending.revoke(world.database, world.admin, session_id=session, reason="too late")

        async def stop(session: UUID) -> Session | Refused:
            return await end(world, jane, session)

        async def send_out(session: UUID) -> Session | Refused:
            return await end(world, key, session, on_behalf_of="Ann")

        for late in (revoke, stop, send_out):
            session = await start(world, jane, acme, duration_seconds=60)
            await world.advance(timedelta(seconds=61))
            ended = await late(session.id)
            assert not isinstance(ended, Refused)
            assert (ended.end_cause, ended.ended_at, ended.ended_by_kind, ended.ended_by_id, ended.ended_by_name) == (
                "EXPIRED",
                session.expires_at,
                "SYSTEM",
                None,
                "Actas",
            )
            entry = (await entries(world, acme))[-1]
            told = details(entry)
            assert (entry.actor_kind, told["cause"], told["note"], told["onBehalfOf"]) == (
                "SYSTEM",
                "EXPIRED",
                None,
                None,
            )

    async def test_a_deadline_counts_on_reading_whatever_the_loop_has_done(
        self, world: World, jane: Caller, acme: Tenant
    ) -> None:
        """DESIGN section 4: past its deadline a session is over."""
        session = await start(world, jane, acme, duration_seconds=60)
        await world.advance(timedelta(seconds=61))
        assert await now(world, session.id) == ("ENDED", "EXPIRED")
        assert [entry.kind for entry in await entries(world, acme)] == [STARTED]


class TestRevoke:
    async def test_an_admin_ends_anybodys_with_a_reason_that_the_tenant_reads(
        self, world: World, jane: Caller, acme: Tenant
    ) -> None:
        session = await start(world, jane, acme)
        ended = await ending.revoke(world.database, world.admin, session_id=session.id, reason=" laptop stolen ")
        assert not isinstance(ended, Refused)
        assert (ended.end_cause, ended.ended_by_kind, ended.ended_by_id) == ("REVOKED", "OPERATOR", world.admin.id)
        entry = (await entries(world, acme))[-1]
        assert (entry.actor_id, entry.operator_id, details(entry)["note"]) == (world.admin.id, jane.id, "laptop stolen")
        assert "was sent out by an admin" in entry.summary
        assert "laptop stolen" in entry.summary
        again = await ending.revoke(world.database, world.admin, session_id=session.id, reason="once more")
        assert isinstance(again, Refused)
        assert again.code is Code.ALREADY_ENDED

    @pytest.mark.parametrize("role", [Role.PLATFORM_SUPPORT, Role.PLATFORM_BILLING, Role.PLATFORM_READONLY])
    async def test_others_may_not(self, world: World, jane: Caller, acme: Tenant, role: Role) -> None:
        session = await start(world, jane, acme)
        with pytest.raises(Forbidden, match="IMPERSONATION_REVOKE"):
            await ending.revoke(world.database, await world.operator(role), session_id=session.id, reason="a test")
        assert await now(world, session.id) == ("ACTIVE", None)

    @pytest.mark.parametrize(
        ("reason", "code"),
        [("", Code.REASON_REQUIRED), ("ab", Code.REASON_TOO_SHORT), ("abc\0", Code.REASON_INVALID),
         ("abc\ud800", Code.REASON_INVALID)],
    )  # fmt: skip
    async def test_without_a_fit_reason_nothing_happens_with_an_idempotency_key_or_without(
        self, world: World, jane: Caller, acme: Tenant, reason: str, code: Code
    ) -> None:
        session = await start(world, jane, acme)
        for key in (None, "revoke"):
            outcome = await ending.revoke(
                world.database, world.admin, session_id=session.id, reason=reason, idempotency_key=key
            )
            assert isinstance(outcome, Refused)
            assert outcome.code is code
        assert await now(world, session.id) == ("ACTIVE", None)

    async def test_what_does_not_exist_is_not_found(self, world: World) -> None:
        outcome = await ending.revoke(world.database, world.admin, session_id=uuid7(), reason="a test")
        assert isinstance(outcome, Refused)
        assert outcome.code is Code.NOT_FOUND


class TestTheTenantsSide:
    """Stops by a service: the operator's own, passed on by the guard, and the tenant's (DESIGN sections 6 and 7)."""

    async def test_a_guard_passes_the_operators_stop_on(self, world: World, jane: Caller, acme: Tenant) -> None:
        guard = await world.service(Permission.TOKEN_EXCHANGE, name="workspace guard")
        session = await start(world, jane, acme)
        ended = await end(world, guard, session.id)
        assert not isinstance(ended, Refused)
        assert (ended.end_cause, ended.ended_by_kind, ended.ended_by_name) == ("STOPPED", "SERVICE", "workspace guard")
        assert (await entries(world, acme))[-1].actor_id == guard.id

    async def test_the_tenants_admin_sends_anybody_out_as_the_tenants_key_states(
        self, world: World, jane: Caller, acme: Tenant
    ) -> None:
        """P4: the name is the key's statement, and reads so everywhere."""
        key = await world.service(Permission.TENANT_SIDE_DECIDE, tenant=acme.id, name="Acme's product")
        session = await start(world, jane, acme)
        ended = await end(world, key, session.id, on_behalf_of=" Ann Lee (owner@acme.example) ")
        assert not isinstance(ended, Refused)
        stated = "Ann Lee (owner@acme.example), as stated by key Acme's product"
        assert (ended.end_cause, ended.ended_by_kind, ended.ended_by_name) == ("TENANT_STOPPED", "TENANT", stated)
        entry = (await entries(world, acme))[-1]
        assert (entry.actor_kind, entry.actor_id, entry.actor_name) == ("TENANT", key.id, stated)
        assert "was sent out by the customer" in entry.summary

    async def test_a_key_of_another_tenant_sees_no_such_session(self, world: World, jane: Caller, acme: Tenant) -> None:
        """Threats 12, 28: the same answer as for what does not exist."""
        other = (await world.somewhere()).id
        key = await world.service(Permission.TENANT_SIDE_DECIDE, Permission.TOKEN_EXCHANGE, tenant=other)
        session = await start(world, jane, acme)
        for told in ({}, {"on_behalf_of": "Ann"}):
            assert await end(world, key, session.id, **told) == await end(world, key, uuid7(), **told)
        assert await now(world, session.id) == ("ACTIVE", None)

    async def test_each_stop_needs_its_own_permission(self, world: World, jane: Caller, acme: Tenant) -> None:
        session = await start(world, jane, acme)
        guard = await world.service(Permission.TOKEN_EXCHANGE, tenant=acme.id)
        product = await world.service(Permission.TENANT_SIDE_DECIDE, tenant=acme.id)
        with pytest.raises(Forbidden, match="TENANT_SIDE_DECIDE"):
            await end(world, guard, session.id, on_behalf_of="Ann")
        with pytest.raises(Forbidden, match="TOKEN_EXCHANGE"):
            await end(world, product, session.id)
        assert await now(world, session.id) == ("ACTIVE", None)

    @pytest.mark.parametrize("stated", ["", "  ", "\u200b", "x" * 201, "Ann\0", "Ann\u202e", "\ud800"])
    async def test_a_person_has_a_name_that_can_be_read(
        self, world: World, jane: Caller, acme: Tenant, stated: str
    ) -> None:
        key = await world.service(Permission.TENANT_SIDE_DECIDE)
        session = await start(world, jane, acme)
        for retry in (None, "stop"):
            outcome = await end(world, key, session.id, on_behalf_of=stated, idempotency_key=retry)
            assert isinstance(outcome, Refused)
            assert (outcome.code, outcome.problems[0].field) == (Code.INPUT_INVALID, "onBehalfOf")
        assert await now(world, session.id) == ("ACTIVE", None)

    async def test_a_key_has_no_session_of_its_own(self, world: World) -> None:
        guard = await world.service(Permission.TOKEN_EXCHANGE)
        outcome = await end(world, guard)
        assert isinstance(outcome, Refused)
        assert (outcome.code, outcome.problems[0].field) == (Code.INPUT_INVALID, "sessionId")

    async def test_a_person_speaks_for_nobody_else(self, world: World, jane: Caller, acme: Tenant) -> None:
        """An operator's own stop stays the operator's, whatever name is handed over."""
        session = await start(world, jane, acme)
        ended = await end(world, jane, session.id, on_behalf_of="Ann")
        assert not isinstance(ended, Refused)
        assert (ended.end_cause, ended.ended_by_id) == ("STOPPED", jane.id)
        assert details((await entries(world, acme))[-1])["onBehalfOf"] is None
