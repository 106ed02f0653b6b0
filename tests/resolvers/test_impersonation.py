"""Entering a workspace and leaving it: every way in, every way out, and what the tenant reads of it."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest
import pytest_asyncio

from db.ledger import PLATFORM
from permissions.ids import uuid7
from permissions.operators import Permission, Role
from permissions.policy import AccessMode, TenantStatus
from permissions.refusals import Forbidden, Refused, Unauthenticated
from permissions.refusals import RefusalCode as Code
from resolvers import impersonation, operators, tenants
from resolvers.impersonation import Started, StartRequest
from resolvers.tenants import SetStatus
from tests.world import REASON, World, world_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from db.impersonation import Session
    from db.ledger import Entry
    from db.tenants import Tenant
    from permissions.caller import Caller
    from tests.databases import Databases


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(databases: Databases) -> AsyncIterator[World]:
    async with databases.fresh() as urls, world_on(urls) as made:
        yield made


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
    return await impersonation.end(world.database, caller, session_id=session, **told)


async def now(world: World, session: UUID) -> Any:
    return await world.admin_sql("select row(state, end_cause) from identity.session_now where id = $1", session)


async def live_in(world: World, tenant: Tenant) -> int:
    found: int = await world.admin_sql(
        "select count(*) from identity.session_now where state = 'ACTIVE' and tenant_id = $1", tenant.id
    )
    return found


async def entries(world: World, tenant: Tenant) -> list[Entry]:
    return await world.entries(tenant.id, STARTED, ENDED, REFUSED, FORBIDDEN)


async def set_rules(world: World, tenant: Tenant | None, **stored: Any) -> int:
    """A policy as the migrator stores it, until the API can."""
    connection = await asyncpg.connect(world.urls.migrator)
    try:
        version: int = await connection.fetchval(
            """insert into identity.tenant_policy (tenant_id, rules, reason, set_by_name, set_at)
               values ($1, $2, 'a test', 'the test', now()) returning version""",
            tenant.id if tenant else None,
            json.dumps(stored),
        )
    finally:
        await connection.close()
    return version


def details(entry: Entry) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(entry.details)
    return told


class TestStart:
    async def test_lets_in_to_read_only_for_the_default_time_and_says_where_to_go(
        self, world: World, jane: Caller, acme: Tenant
    ) -> None:
        """S1-19, C-16; the address holds no secret (DESIGN section 7)."""
        outcome = await ask(world, jane, acme, ticket="SUP-1")
        assert isinstance(outcome, Started)
        session = outcome.session
        assert jane.person
        assert outcome.enter_url == f"http://{acme.slug}.localhost:8001/actas/enter?session={session.id}"
        assert (session.tenant_id, session.operator_id, session.sign_in_id) == (
            acme.id,
            jane.id,
            jane.person.sign_in_id,
        )
        assert (session.state, session.mode, session.reason, session.ticket) == (
            "ACTIVE",
            AccessMode.READ_ONLY,
            REASON,
            "SUP-1",
        )
        assert session.expires_at - session.started_at == timedelta(minutes=30)
        assert (session.ip, session.user_agent) == ("203.0.113.7", "test")

    async def test_is_in_the_tenants_own_ledger_before_anybody_hears_of_it(
        self, world: World, jane: Caller, acme: Tenant
    ) -> None:
        """P1, P3, I7, S1-23, S1-24, S2-20, S2-32, S2-34: committed, and with everything that the tenant is to read."""
        session = await start(world, jane, acme, duration_seconds=17 * 60, mode=AccessMode.READ_WRITE)
        (entry,) = await entries(world, acme)
        assert jane.person
        assert (entry.kind, entry.session_id, entry.tenant_id, entry.operator_id) == (
            STARTED,
            session.id,
            acme.id,
            jane.id,
        )
        assert (entry.actor_kind, entry.actor_id, entry.actor_proof) == ("OPERATOR", jane.id, "SIGN_IN")
        assert (entry.ip, entry.user_agent) == ("203.0.113.7", "test")
        assert abs(entry.at - session.started_at) < timedelta(seconds=5)
        told = details(entry)
        assert told["operatorEmail"] == jane.person.email
        assert told["operatorName"] == jane.person.name
        assert told["reason"] == REASON
        assert told["durationSeconds"] == 17 * 60
        assert told["mode"] == "READ_WRITE"
        assert told["replaces"] == []
        for words in (jane.person.name, jane.person.email, "17 minutes", "read and write", REASON):
            assert words in entry.summary

    async def test_two_operators_may_be_inside_at_once_and_the_log_shows_both(
        self, world: World, jane: Caller, acme: Tenant
    ) -> None:
        """C-9, S2-39."""
        joe = await world.operator()
        await start(world, jane, acme)
        await start(world, joe, acme)
        assert await live_in(world, acme) == 2
        assert [entry.operator_id for entry in await entries(world, acme)] == [jane.id, joe.id]

    async def test_a_tenant_that_only_reads_may_be_entered(self, world: World, jane: Caller) -> None:
        """DESIGN section 5."""
        reading = await world.somewhere(TenantStatus.READ_ONLY)
        assert (await start(world, jane, reading)).state == "ACTIVE"


class TestBadInput:
    """Each a typed refusal and an entry of its own in the tenant's ledger; nobody is inside (P8, I6)."""

    @pytest.mark.parametrize(
        ("asked", "code"),
        [
            ({"reason": None}, Code.REASON_REQUIRED),
            ({"reason": "   "}, Code.REASON_REQUIRED),
            ({"reason": "x" * 9}, Code.REASON_TOO_SHORT),
            ({"reason": "x" * 501}, Code.REASON_TOO_LONG),
            ({"reason": "x" * 4_000_000}, Code.REASON_TOO_LONG),
            ({"reason": REASON + "\0"}, Code.REASON_INVALID),
            ({"reason": REASON + "\ud800."}, Code.REASON_INVALID),
            ({"reason": REASON + "\u202e"}, Code.REASON_INVALID),
            ({"ticket": "T" * 101}, Code.TICKET_INVALID),
            ({"ticket": "T\0"}, Code.TICKET_INVALID),
            ({"duration_seconds": 0}, Code.DURATION_TOO_SHORT),
            ({"duration_seconds": -(2**31)}, Code.DURATION_TOO_SHORT),
            ({"duration_seconds": 4 * 3600 + 1}, Code.DURATION_TOO_LONG),
            ({"duration_seconds": 2**31 - 1}, Code.DURATION_TOO_LONG),
            ({"break_glass": True}, Code.INPUT_INVALID),
        ],
        ids=lambda value: repr(value)[:40],
    )
    async def test_is_refused_with_its_code_and_recorded(
        self, world: World, jane: Caller, acme: Tenant, asked: dict[str, Any], code: Code
    ) -> None:
        """S1-21, S2-18, threats 31 to 34."""
        outcome = await ask(world, jane, acme, **asked)
        assert isinstance(outcome, Refused)
        assert (outcome.code, outcome.forbidden) == (code, False)
        assert await live_in(world, acme) == 0
        (entry,) = await entries(world, acme)
        assert (entry.kind, entry.operator_id, entry.actor_proof) == (REFUSED, jane.id, "SIGN_IN")
        assert details(entry)["code"] == code
        assert outcome.message in entry.summary

    async def test_a_reason_that_cannot_be_stored_is_recorded_as_far_as_it_can(
        self, world: World, jane: Caller, acme: Tenant
    ) -> None:
        await ask(world, jane, acme, reason="a\0b\ud800c\u202ed" + "x" * 5000)
        (entry,) = await entries(world, acme)
        given = details(entry)["reasonGiven"]
        assert given.startswith("a\ufffdb\ufffdc\ufffddx")
        assert len(given) <= 500

    @pytest.mark.parametrize(
        ("status", "code"),
        [
            (TenantStatus.PROVISIONING, Code.TENANT_NOT_READY),
            (TenantStatus.SUSPENDED, Code.TENANT_SUSPENDED),
            (TenantStatus.OFFBOARDING, Code.TENANT_OFFBOARDING),
            (TenantStatus.OFFBOARDED, Code.TENANT_GONE),
        ],
    )
    async def test_a_status_that_forbids_it_is_recorded_as_forbidden(
        self, world: World, jane: Caller, status: TenantStatus, code: Code
    ) -> None:
        """S3-3, S3-4, S3-6, C-18: the refusal says which check failed."""
        shut = await world.somewhere(status)
        outcome = await ask(world, jane, shut)
        assert isinstance(outcome, Refused)
        assert (outcome.code, outcome.forbidden) == (code, True)
        assert await live_in(world, shut) == 0
        (entry,) = await entries(world, shut)
        assert (entry.kind, details(entry)["code"]) == (FORBIDDEN, code)

    async def test_a_tenant_without_a_workspace_cannot_be_entered(self, world: World, jane: Caller) -> None:
        registered = await tenants.register(
            world.database, world.admin, tenants.RegisterTenant(slug="no-workspace", name="Nowhere")
        )
        assert isinstance(registered, tenants.TenantChanged)
        await tenants.set_status(
            world.database,
            world.admin,
            SetStatus(tenant_id=registered.tenant.id, to=TenantStatus.ACTIVE, reason="a test"),
        )
        outcome = await ask(world, jane, registered.tenant)
        assert isinstance(outcome, Refused)
        assert outcome.code is Code.TENANT_NOT_READY

    @pytest.mark.parametrize("asked", [None, "VGVuYW50Om5vbmU=", "a\0\ud800", "x" * 4_000_000])
    async def test_an_unknown_tenant_is_not_found_and_the_attempt_is_in_the_platforms_ledger(
        self, world: World, jane: Caller, asked: str | None
    ) -> None:
        unknown = uuid7()
        outcome = await impersonation.start(
            world.database,
            jane,
            StartRequest(tenant_id=None if asked else unknown, tenant_asked=asked, reason=REASON),
        )
        assert isinstance(outcome, Refused)
        assert outcome.code is Code.NOT_FOUND
        entry = (await world.entries(PLATFORM, REFUSED))[-1]
        told = details(entry)
        assert (entry.tenant_id, told["code"], told["operatorEmail"]) == (
            None,
            "NOT_FOUND",
            jane.person and jane.person.email,
        )
        assert told["tenantAsked"][:1] == (asked or str(unknown))[:1]
        assert len(told["tenantAsked"]) <= 500

    async def test_a_mode_that_the_tenant_forbids_is_refused(self, world: World, jane: Caller, acme: Tenant) -> None:
        """C-16."""
        await set_rules(world, acme, modes=["READ_ONLY"])
        outcome = await ask(world, jane, acme, mode=AccessMode.READ_WRITE)
        assert isinstance(outcome, Refused)
        assert outcome.code is Code.MODE_NOT_ALLOWED
        assert (await entries(world, acme))[-1].kind == REFUSED
        assert (await start(world, jane, acme)).mode is AccessMode.READ_ONLY


class TestWhoMayNot:
    """P8, S2-3, S3-2, I6, threat 13: refused in the use case itself, whatever let the call through before."""

    @pytest.mark.parametrize("role", [Role.PLATFORM_READONLY, Role.PLATFORM_BILLING, None])
    async def test_a_role_that_never_may_is_forbidden_and_that_is_recorded(
        self, world: World, acme: Tenant, role: Role | None
    ) -> None:
        caller = await world.operator(role)
        with pytest.raises(Forbidden, match="IMPERSONATE_READ_ONLY"):
            await ask(world, caller, acme)
        (entry,) = await entries(world, acme)
        assert (entry.kind, entry.operator_id, entry.actor_proof) == (FORBIDDEN, caller.id, "SIGN_IN")
        assert caller.person
        assert caller.person.email in entry.summary
        assert await live_in(world, acme) == 0

    async def test_permissions_that_a_caller_only_claims_count_for_nothing(self, world: World, acme: Tenant) -> None:
        """The roles are read under the lock that their loss needs too; the process's older knowledge is not asked."""
        reader = await world.operator(Role.PLATFORM_READONLY)
        with pytest.raises(Forbidden):
            await ask(world, replace(reader, permissions=frozenset(Permission)), acme)
        assert [entry.kind for entry in await entries(world, acme)] == [FORBIDDEN]

    @pytest.mark.parametrize("key", ["", "x" * 201, "a\0"])
    async def test_an_unfit_idempotency_key_does_not_keep_the_attempt_out_of_the_ledger(
        self, world: World, acme: Tenant, key: str
    ) -> None:
        reader = await world.operator(Role.PLATFORM_READONLY)
        with pytest.raises(Forbidden):
            await ask(world, reader, acme, idempotency_key=key)
        assert [entry.kind for entry in await entries(world, acme)] == [FORBIDDEN]

    async def test_a_service_enters_nowhere(self, world: World, acme: Tenant) -> None:
        """DESIGN section 6: a key is no person."""
        service = await world.service(Permission.TOKEN_EXCHANGE)
        with pytest.raises(Forbidden):
            await ask(world, replace(service, permissions=frozenset(Permission)), acme)
        (entry,) = await entries(world, acme)
        assert (entry.kind, entry.actor_kind, entry.actor_id) == (FORBIDDEN, "SERVICE", service.id)

    async def test_a_sign_in_that_is_over_starts_nothing(self, world: World, jane: Caller, acme: Tenant) -> None:
        await operators.sign_out(world.database, jane)
        with pytest.raises(Unauthenticated):
            await ask(world, jane, acme)
        assert not await entries(world, acme)

    async def test_a_disabled_operator_starts_nothing(self, world: World, jane: Caller, acme: Tenant) -> None:
        await operators.disable(world.database, world.admin, operator_id=jane.id, reason="a test")
        with pytest.raises(Unauthenticated):
            await ask(world, jane, acme)
        assert not await entries(world, acme)


class TestConcurrency:
    async def test_a_start_replaces_the_session_of_the_same_browser_ended_before_started(
        self, world: World, jane: Caller, acme: Tenant
    ) -> None:
        """C-8, S2-30: one transaction, an ended row for the old and a started row for the new."""
        old = await start(world, jane, acme)
        new = await start(world, jane, acme)
        assert await now(world, old.id) == ("ENDED", "REPLACED")
        assert await now(world, new.id) == ("ACTIVE", None)
        first, ended, started = await entries(world, acme)
        assert [first.kind, ended.kind, started.kind] == [STARTED, ENDED, STARTED]
        assert (ended.session_id, started.session_id) == (old.id, new.id)
        assert details(ended)["replacedBy"] == str(new.id)
        assert details(ended)["cause"] == "REPLACED"
        assert details(started)["replaces"] == [str(old.id)]

    async def test_a_replaced_session_elsewhere_ends_in_that_tenants_ledger(
        self, world: World, jane: Caller, acme: Tenant
    ) -> None:
        """P3: one tenant at a time, each with its own story."""
        elsewhere = await world.somewhere()
        await start(world, jane, elsewhere)
        await start(world, jane, acme)
        assert [entry.kind for entry in await entries(world, elsewhere)] == [STARTED, ENDED]
        assert [entry.kind for entry in await entries(world, acme)] == [STARTED]

    async def test_two_browsers_are_independent(self, world: World, jane: Caller, acme: Tenant) -> None:
        """S2-27, C-7."""
        other_browser = await world.again(jane)
        await start(world, jane, acme)
        await start(world, other_browser, acme)
        assert await live_in(world, acme) == 2

    async def test_unless_the_policy_counts_by_operator(self, world: World, jane: Caller, acme: Tenant) -> None:
        """C-7."""
        version = await set_rules(world, acme, concurrency="PER_OPERATOR")
        old = await start(world, jane, acme)
        new = await start(world, await world.again(jane), acme)
        assert await now(world, old.id) == ("ENDED", "REPLACED")
        assert (new.policy_version, await live_in(world, acme)) == (version, 1)

    async def test_or_rejects_the_second(self, world: World, jane: Caller, acme: Tenant) -> None:
        """C-8."""
        await set_rules(world, acme, on_conflict="REJECT")
        old = await start(world, jane, acme)
        outcome = await ask(world, jane, acme)
        assert isinstance(outcome, Refused)
        assert outcome.code is Code.ALREADY_IMPERSONATING
        assert await now(world, old.id) == ("ACTIVE", None)
        assert [entry.kind for entry in await entries(world, acme)] == [STARTED, REFUSED]

    async def test_or_lets_in_one_operator_only(self, world: World, jane: Caller, acme: Tenant) -> None:
        """C-9; one's own session is no other's."""
        await set_rules(world, acme, exclusive=True)
        joe = await world.operator()
        await start(world, jane, acme)
        outcome = await ask(world, joe, acme)
        assert isinstance(outcome, Refused)
        assert outcome.code is Code.EXCLUSIVE
        await start(world, jane, acme)
        await end(world, jane)
        await start(world, joe, acme)

    async def test_an_exclusive_tenant_is_entered_by_one_of_many_who_come_at_once(
        self, world: World, acme: Tenant
    ) -> None:
        await set_rules(world, acme, exclusive=True)
        callers = [await world.operator() for _ in range(4)]
        outcomes = await asyncio.gather(*(ask(world, caller, acme) for caller in callers))
        assert sorted(outcome.code if isinstance(outcome, Refused) else "" for outcome in outcomes) == [
            "",
            *[Code.EXCLUSIVE] * 3,
        ]

    async def test_a_session_whose_time_was_up_is_not_replaced_but_expired(
        self, world: World, jane: Caller, acme: Tenant
    ) -> None:
        """P2: the true cause and the true end, also where a start finds it before the loop does."""
        old = await start(world, jane, acme, duration_seconds=1)
        await world.advance(timedelta(seconds=2))
        await start(world, jane, acme)
        _, ended, started = await entries(world, acme)
        told = details(ended)
        assert (told["cause"], told["endedAt"], told["replacedBy"]) == (
            "EXPIRED",
            old.expires_at.isoformat().replace("+00:00", "Z"),
            None,
        )
        assert (ended.actor_kind, details(started)["replaces"]) == ("SYSTEM", [])

    async def test_of_two_starts_at_once_one_is_live(self, world: World, jane: Caller, acme: Tenant) -> None:
        """Threat 35, P2: a double click."""
        outcomes = await asyncio.gather(*(ask(world, jane, acme) for _ in range(4)))
        assert all(isinstance(outcome, Started) for outcome in outcomes)
        assert await live_in(world, acme) == 1
        assert [entry.kind for entry in await entries(world, acme)] == [STARTED, *[ENDED, STARTED] * 3]

    async def test_a_start_against_a_suspension_leaves_nobody_inside(self, world: World) -> None:
        """I4, threat 37: whoever comes first, the other sees it."""
        seen: Counter[str] = Counter()
        for _ in range(5):
            place, callers = await world.somewhere(), [await world.operator() for _ in range(3)]
            *outcomes, suspended = await asyncio.gather(
                *(ask(world, caller, place) for caller in callers),
                tenants.suspend(
                    world.database,
                    world.admin,
                    SetStatus(tenant_id=place.id, to=TenantStatus.SUSPENDED, reason="a test"),
                ),
            )
            assert isinstance(suspended, tenants.TenantChanged)
            assert await live_in(world, place) == 0
            started = [outcome for outcome in outcomes if isinstance(outcome, Started)]
            assert len(suspended.sessions_ended) == len(started)
            seen.update(outcome.code if isinstance(outcome, Refused) else "started" for outcome in outcomes)
        assert set(seen) <= {"started", Code.TENANT_SUSPENDED}


class TestIdempotency:
    """I5, threats 35 and 51: a retry tells the first call's outcome, whatever it was."""

    async def test_a_retry_returns_the_session_that_runs(self, world: World, jane: Caller, acme: Tenant) -> None:
        first = await ask(world, jane, acme, idempotency_key="k1")
        again = await ask(world, jane, acme, idempotency_key="k1")
        assert isinstance(first, Started)
        assert isinstance(again, Started)
        assert (again.session.id, again.enter_url) == (first.session.id, first.enter_url)
        assert len(await entries(world, acme)) == 1

    async def test_also_when_it_is_over_by_now(self, world: World, jane: Caller, acme: Tenant) -> None:
        first = await start(world, jane, acme, idempotency_key="k2")
        await end(world, jane)
        again = await start(world, jane, acme, idempotency_key="k2")
        assert (again.id, again.state) == (first.id, "ENDED")

    async def test_twins_at_once_are_one_session(self, world: World, jane: Caller, acme: Tenant) -> None:
        outcomes = await asyncio.gather(*(ask(world, jane, acme, idempotency_key="twin") for _ in range(5)))
        assert len({outcome.session.id for outcome in outcomes if isinstance(outcome, Started)}) == 1
        assert all(isinstance(outcome, Started) for outcome in outcomes)
        assert len(await entries(world, acme)) == 1

    @pytest.mark.parametrize(
        "other",
        [
            {"reason": REASON + "."},
            {"reason": REASON + "\ud800"},
            {"duration_seconds": 60},
            {"mode": AccessMode.READ_WRITE},
            {"ticket": "SUP-1"},
            {"break_glass": True},
        ],
        ids=repr,
    )
    async def test_another_input_is_a_conflict(
        self, world: World, jane: Caller, acme: Tenant, other: dict[str, Any]
    ) -> None:
        await start(world, jane, acme, idempotency_key="k")
        outcome = await ask(world, jane, acme, idempotency_key="k", **other)
        assert isinstance(outcome, Refused)
        assert outcome.code is Code.CONFLICT
        assert await live_in(world, acme) == 1
        assert [entry.kind for entry in await entries(world, acme)] == [STARTED, REFUSED]

    async def test_a_difference_far_behind_is_a_difference(self, world: World, jane: Caller, acme: Tenant) -> None:
        await set_rules(world, acme, reason_max_length=2000)
        await start(world, jane, acme, reason="x" * 1500, idempotency_key="long")
        outcome = await ask(world, jane, acme, reason="x" * 1499 + "y", idempotency_key="long")
        assert isinstance(outcome, Refused)
        assert outcome.code is Code.CONFLICT

    async def test_another_operation_with_the_key_is_a_conflict(self, world: World, jane: Caller, acme: Tenant) -> None:
        session = await start(world, jane, acme, idempotency_key="shared")
        outcome = await end(world, jane, session.id, idempotency_key="shared")
        assert isinstance(outcome, Refused)
        assert outcome.code is Code.CONFLICT

    async def test_keys_are_each_callers_own(self, world: World, jane: Caller, acme: Tenant) -> None:
        joe = await world.operator()
        one = await start(world, jane, acme, idempotency_key="same")
        other = await start(world, joe, acme, idempotency_key="same")
        assert one.id != other.id

    async def test_a_refusal_is_told_again_and_recorded_once(self, world: World, jane: Caller, acme: Tenant) -> None:
        first = await ask(world, jane, acme, reason="short", duration_seconds=0, idempotency_key="no")
        again = await ask(world, jane, acme, reason="short", duration_seconds=0, idempotency_key="no")
        assert isinstance(first, Refused)
        assert again == first
        assert [entry.kind for entry in await entries(world, acme)] == [REFUSED]

    async def test_a_forbidden_call_is_forbidden_again(self, world: World, acme: Tenant) -> None:
        reader = await world.operator(Role.PLATFORM_READONLY)
        for _ in range(2):
            with pytest.raises(Forbidden):
                await ask(world, reader, acme, idempotency_key="no")
        assert [entry.kind for entry in await entries(world, acme)] == [FORBIDDEN]

    @pytest.mark.parametrize("key", ["", "x" * 201, "a\0", "\ud800"])
    async def test_a_key_that_cannot_be_kept_is_invalid(
        self, world: World, jane: Caller, acme: Tenant, key: str
    ) -> None:
        outcome = await ask(world, jane, acme, idempotency_key=key)
        assert isinstance(outcome, Refused)
        assert (outcome.code, outcome.problems[0].field) == (Code.INPUT_INVALID, "idempotencyKey")
        assert [entry.kind for entry in await entries(world, acme)] == [REFUSED]
        assert isinstance(await ask(world, jane, acme, idempotency_key="x" * 200), Started)


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
            return await impersonation.revoke(world.database, world.admin, session_id=session, reason="too late")

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
        ended = await impersonation.revoke(world.database, world.admin, session_id=session.id, reason=" laptop stolen ")
        assert not isinstance(ended, Refused)
        assert (ended.end_cause, ended.ended_by_kind, ended.ended_by_id) == ("REVOKED", "OPERATOR", world.admin.id)
        entry = (await entries(world, acme))[-1]
        assert (entry.actor_id, entry.operator_id, details(entry)["note"]) == (world.admin.id, jane.id, "laptop stolen")
        assert "was sent out by an admin" in entry.summary
        assert "laptop stolen" in entry.summary
        again = await impersonation.revoke(world.database, world.admin, session_id=session.id, reason="once more")
        assert isinstance(again, Refused)
        assert again.code is Code.ALREADY_ENDED

    @pytest.mark.parametrize("role", [Role.PLATFORM_SUPPORT, Role.PLATFORM_BILLING, Role.PLATFORM_READONLY])
    async def test_others_may_not(self, world: World, jane: Caller, acme: Tenant, role: Role) -> None:
        session = await start(world, jane, acme)
        with pytest.raises(Forbidden, match="IMPERSONATION_REVOKE"):
            await impersonation.revoke(
                world.database, await world.operator(role), session_id=session.id, reason="a test"
            )
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
            outcome = await impersonation.revoke(
                world.database, world.admin, session_id=session.id, reason=reason, idempotency_key=key
            )
            assert isinstance(outcome, Refused)
            assert outcome.code is code
        assert await now(world, session.id) == ("ACTIVE", None)

    async def test_what_does_not_exist_is_not_found(self, world: World) -> None:
        outcome = await impersonation.revoke(world.database, world.admin, session_id=uuid7(), reason="a test")
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
