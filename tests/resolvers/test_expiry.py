"""What ends because its time came: each once, at its true time."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest
import pytest_asyncio

from db import impersonation as sessions
from db import operators as rows
from db.ledger import PLATFORM
from permissions.operators import Role
from permissions.policy import AccessMode, TenantStatus
from permissions.refusals import Unauthenticated
from resolvers import ending, expiry, roles, tenants
from resolvers.tenants import SetStatus
from tests.resolvers.sessions import ENDED, details, its_end, start
from tests.world import World, world_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from db.tenants import Tenant
    from permissions.caller import Caller
    from tests.databases import Databases


@pytest_asyncio.fixture(loop_scope="session")
async def world(databases: Databases) -> AsyncIterator[World]:
    """Each test's own: time goes by in it."""
    async with databases.fresh() as urls, world_on(urls) as made:
        yield made


def instant(moment: Any) -> str:
    written: str = moment.isoformat().replace("+00:00", "Z")
    return written


class TestSessions:
    async def test_one_whose_time_is_up_ends_at_its_deadline_however_late_it_is_found(
        self, world: World, jane: Caller, acme: Tenant
    ) -> None:
        """P2, C-3, S1-28, S1-30; the gap that S2-29 and S3-24 admit is closed."""
        session = await start(world, jane, acme, duration_seconds=60)
        await world.advance(timedelta(hours=3))
        await expiry.expire_due(world.database)
        assert await its_end(world, session) == ("EXPIRED", session.expires_at, "SYSTEM")
        entry = (await world.entries(acme.id))[-1]
        told = details(entry)
        assert (entry.kind, entry.actor_kind, entry.actor_proof, entry.operator_id) == (
            ENDED,
            "SYSTEM",
            "NONE",
            jane.id,
        )
        assert (told["cause"], told["endedAt"], told["durationSeconds"]) == (
            "EXPIRED",
            instant(session.expires_at),
            60,
        )
        assert entry.summary.endswith("was out when the time was up, after 1 minute.")

    async def test_one_whose_time_is_not_up_goes_on(self, world: World, jane: Caller, acme: Tenant) -> None:
        session = await start(world, jane, acme, duration_seconds=3600)
        await world.advance(timedelta(seconds=3590))
        assert await expiry.expire_due(world.database) == session.expires_at
        assert await its_end(world, session) == (None, None, None)

    async def test_one_that_somebody_holds_keeps_no_other_waiting(self, world: World, acme: Tenant) -> None:
        """P2: each is ended at its time, whatever happens to another at that moment."""
        held, other = [await start(world, await world.operator(), acme, duration_seconds=1) for _ in range(2)]
        await world.advance(timedelta(seconds=2))
        admin = await asyncpg.connect(world.urls.admin)
        try:
            async with admin.transaction():
                await admin.fetch("select from identity.impersonation_session where id = $1 for update", held.id)
                await expiry.expire_due(world.database)
                assert (await its_end(world, other))[0] == "EXPIRED"
                assert await its_end(world, held) == (None, None, None)
        finally:
            await admin.close()
        await expiry.expire_due(world.database)
        assert (await its_end(world, held))[0] == "EXPIRED"

    async def test_any_number_of_processes_end_each_once(
        self, world: World, acme: Tenant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """P2, I3: also where there are more than fit into one transaction, and operators stop some at that moment."""
        monkeypatch.setattr(sessions, "BATCH", 2)
        callers = [await world.operator() for _ in range(7)]
        begun = [await start(world, caller, acme, duration_seconds=1) for caller in callers]
        await world.advance(timedelta(seconds=2))
        await asyncio.gather(
            *(expiry.expire_due(world.database) for _ in range(3)),
            *(ending.end(world.database, caller, session_id=None) for caller in callers[:3]),
        )
        ended = [entry.session_id for entry in await world.entries(acme.id, ENDED)]
        assert sorted(map(str, ended)) == sorted(str(session.id) for session in begun)
        assert {(await its_end(world, session))[0] for session in begun} == {"EXPIRED"}

    async def test_the_next_deadline_is_the_earliest_of_all(self, world: World, jane: Caller, acme: Tenant) -> None:
        assert world.admin.person
        first_sign_in = await world.admin_sql("select min(expires_at) from identity.sign_in")
        assert await expiry.expire_due(world.database) == first_sign_in
        session = await start(world, jane, acme, duration_seconds=4 * 3600)
        assert await expiry.expire_due(world.database) == session.expires_at
        await world.hire("temp@actas.example", None)
        await roles.grant_role(
            world.database,
            world.admin,
            operator_id=world.people["temp@actas.example"],
            role=Role.PLATFORM_SUPPORT,
            reason="on call",
            expires_in_seconds=60,
        )
        until = await world.admin_sql("select min(expires_at) from identity.role_grant")
        assert await expiry.expire_due(world.database) == until

    async def test_where_nothing_is_due_nothing_is_written(self, world: World) -> None:
        before = await world.admin_sql("select count(*) from audit.entry")
        await expiry.expire_due(world.database)
        assert await world.admin_sql("select count(*) from audit.entry") == before


class TestSignIns:
    async def test_one_that_runs_out_takes_its_sessions_with_it_at_that_very_time(
        self, world: World, jane: Caller, acme: Tenant
    ) -> None:
        """P2, DESIGN section 6: a sign-in lasts 12 h at most, and its end ends what was started in it."""
        await world.advance(timedelta(hours=11))
        other_browser = await world.again(jane)
        mine = await start(world, jane, acme, duration_seconds=4 * 3600)
        others = await start(world, other_browser, acme, duration_seconds=4 * 3600)
        assert jane.person
        until = await world.admin_sql("select expires_at from identity.sign_in where id = $1", jane.person.sign_in_id)
        await world.advance(timedelta(hours=2))
        await expiry.expire_due(world.database)
        assert await its_end(world, mine) == ("SIGNED_OUT", until, "SYSTEM")
        assert await its_end(world, others) == (None, None, None)
        entry = (await world.entries(acme.id))[-1]
        assert (details(entry)["cause"], details(entry)["endedAt"]) == ("SIGNED_OUT", instant(until))
        out = [details(each) for each in await world.entries(PLATFORM, "SIGNED_OUT")]
        assert [told["why"] for told in out if told["signInId"] == str(jane.person.sign_in_id)] == ["its time was up"]
        ended_at = await world.admin_sql("select ended_at from identity.sign_in where id = $1", jane.person.sign_in_id)
        assert ended_at == until

    async def test_what_had_expired_before_stays_expired(self, world: World, jane: Caller, acme: Tenant) -> None:
        """The first cause wins, also where both are found late."""
        session = await start(world, jane, acme, duration_seconds=60)
        await world.advance(timedelta(hours=13))
        async with world.database.read() as connection:
            run_out = await rows.sign_ins_run_out(connection)
        assert jane.person
        mine = next(each for each in run_out if each.id == jane.person.sign_in_id)
        await expiry._expire_sign_in(world.database, mine)
        assert await its_end(world, session) == ("EXPIRED", session.expires_at, "SYSTEM")

    async def test_it_proves_nothing_from_its_last_moment_on_whatever_the_loop_has_done(
        self, world: World, jane: Caller, acme: Tenant
    ) -> None:
        """DESIGN section 4, mechanisms E: deadlines are enforced on read and in the ledger itself."""
        await world.advance(timedelta(hours=12, seconds=1))
        with pytest.raises(Unauthenticated):
            await start(world, jane, acme)
        with pytest.raises(Unauthenticated):
            await tenants.suspend(
                world.database, jane, SetStatus(tenant_id=acme.id, to=TenantStatus.SUSPENDED, reason="a test")
            )
        assert await world.admin_sql("select status from identity.tenant where id = $1", acme.id) == "ACTIVE"

    async def test_any_number_of_processes_end_each_once(self, world: World, jane: Caller, acme: Tenant) -> None:
        await world.advance(timedelta(hours=9))
        await start(world, jane, acme, duration_seconds=4 * 3600)
        await world.advance(timedelta(hours=4))
        await asyncio.gather(*(expiry.expire_due(world.database) for _ in range(3)))
        assert len(await world.entries(acme.id, ENDED)) == 1
        assert len(await world.entries(PLATFORM, "SIGNED_OUT")) == 2


class TestRoles:
    async def test_one_that_runs_out_takes_the_sessions_that_hung_on_it_at_that_very_time(
        self, world: World, acme: Tenant
    ) -> None:
        """P7, S3-7: temporary elevation ends by itself, on the record."""
        await world.hire("temp@actas.example", Role.PLATFORM_READONLY)
        operator = world.people["temp@actas.example"]
        await roles.grant_role(
            world.database,
            world.admin,
            operator_id=operator,
            role=Role.PLATFORM_SUPPORT,
            reason="on call",
            expires_in_seconds=600,
        )
        until = await world.admin_sql(
            "select max(expires_at) from identity.role_grant where operator_id = $1", operator
        )
        caller = await world.sign_in("temp@actas.example", Role.PLATFORM_SUPPORT)
        session = await start(world, caller, acme, mode=AccessMode.READ_WRITE)
        await world.advance(timedelta(seconds=700))
        await expiry.expire_due(world.database)
        assert await its_end(world, session) == ("ROLE_LOST", until, "SYSTEM")
        (entry,) = await world.entries(PLATFORM, "ROLE_REVOKED")
        told = details(entry)
        assert (entry.actor_kind, told["operatorId"], told["role"]) == ("SYSTEM", str(operator), "PLATFORM_SUPPORT")
        held = await world.admin_sql(
            "select array_agg(role) from identity.role_grant where operator_id = $1 and revoked_at is null", operator
        )
        assert held == ["PLATFORM_READONLY"]

    async def test_whoever_may_all_the_same_stays_inside(self, world: World, acme: Tenant) -> None:
        """Another role still lets in."""
        await world.hire("both@actas.example", Role.PLATFORM_SUPPORT)
        await roles.grant_role(
            world.database,
            world.admin,
            operator_id=world.people["both@actas.example"],
            role=Role.PLATFORM_ADMIN,
            reason="on call",
            expires_in_seconds=60,
        )
        session = await start(world, await world.sign_in("both@actas.example"), acme)
        await world.advance(timedelta(seconds=61))
        await asyncio.gather(*(expiry.expire_due(world.database) for _ in range(3)))
        assert await its_end(world, session) == (None, None, None)
        assert len(await world.entries(PLATFORM, "ROLE_REVOKED")) == 1
