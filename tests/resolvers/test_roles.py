"""Roles: who gives and takes which, for how long, and what ends with one; all of it in the ledger (S1-6, S3-7)."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from permissions.ids import uuid7
from permissions.operators import Role
from permissions.policy import AccessMode
from permissions.refusals import Forbidden, Refused
from permissions.refusals import RefusalCode as Code
from resolvers import roles
from tests.resolvers.people import ADMIN, BILLING, READONLY, SUPPORT, about, code, disable, grant, revoke, roles_of
from tests.resolvers.sessions import now, start
from tests.world import World, world_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from db.tenants import Tenant
    from permissions.caller import Caller
    from tests.databases import Databases


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(databases: Databases) -> AsyncIterator[World]:
    async with databases.fresh() as urls, world_on(urls) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def own_world(databases: Databases) -> AsyncIterator[World]:
    """A test's own, where `admin` is the only one."""
    async with databases.fresh() as urls, world_on(urls) as made:
        yield made


class TestGranting:
    async def test_a_grant_says_who_gave_what_to_whom_and_why(self, world: World) -> None:
        """S1-6."""
        operator = (await world.operator(None)).id
        assert not isinstance(await grant(world, operator, SUPPORT), Refused)
        entry = (await about(world, operator, "ROLE_GRANTED"))[-1]
        told = json.loads(entry.details)
        assert (entry.actor_id, told["role"], told["reason"], told["expiresAt"]) == (
            world.admin.id,
            "PLATFORM_SUPPORT",
            "on call",
            None,
        )
        assert "was given the role Support. Reason: on call" in entry.summary
        assert await roles_of(world, operator) == ["PLATFORM_SUPPORT"]

    async def test_a_temporary_one_says_until_when(self, world: World) -> None:
        """S3-7."""
        operator = (await world.operator(None)).id
        await grant(world, operator, SUPPORT, expires_in_seconds=3600)
        until = await world.admin_sql("select expires_at from identity.role_grant where operator_id = $1", operator)
        entry = (await about(world, operator, "ROLE_GRANTED"))[-1]
        assert json.loads(entry.details)["expiresAt"] == until.isoformat().replace("+00:00", "Z")

    async def test_one_that_ran_out_is_taken_back_on_the_record_before_it_is_given_again(
        self, own_world: World
    ) -> None:
        """P1, P7: found by the next grant before the loop found it; the session that hung on it ends at that time."""
        world, acme = own_world, await own_world.somewhere()
        await world.hire("elevated@actas.example", None)
        operator = world.people["elevated@actas.example"]
        await grant(world, operator, SUPPORT, expires_in_seconds=60)
        until = await world.admin_sql("select expires_at from identity.role_grant where operator_id = $1", operator)
        session = await start(world, await world.sign_in("elevated@actas.example", SUPPORT), acme)
        await world.advance(timedelta(seconds=61))
        assert await roles_of(world, operator) == []
        assert not isinstance(await grant(world, operator, SUPPORT), Refused)
        kinds = [entry.kind for entry in await about(world, operator, "ROLE_GRANTED", "ROLE_REVOKED")]
        assert kinds == ["ROLE_GRANTED", "ROLE_REVOKED", "ROLE_GRANTED"]
        assert await roles_of(world, operator) == ["PLATFORM_SUPPORT"]
        ended = await world.admin_sql("select ended_at from identity.session_now where id = $1", session.id)
        assert (await now(world, session.id), ended) == (("ENDED", "ROLE_LOST"), until)

    async def test_what_somebody_has_is_not_given_again(self, world: World) -> None:
        operator = (await world.operator()).id
        outcomes = await asyncio.gather(*(grant(world, operator, BILLING) for _ in range(3)))
        refusals = [each for each in outcomes if isinstance(each, Refused)]
        assert [code(each) for each in refusals] == [Code.NO_CHANGE] * 2
        assert refusals[0].message.endswith(" is Billing already.")

    @pytest.mark.parametrize(
        ("wrong", "refusal"),
        [
            ({"reason": ""}, Code.REASON_REQUIRED),
            ({"reason": "x\u202ey z"}, Code.REASON_INVALID),
            ({"operator_id": uuid7()}, Code.NOT_FOUND),
            ({"expires_in_seconds": 0}, Code.INPUT_INVALID),
            ({"expires_in_seconds": -5}, Code.INPUT_INVALID),
            ({"expires_in_seconds": 366 * 86_400 + 1}, Code.INPUT_INVALID),
        ],
        ids=["no reason", "reason", "operator", "no time", "time back", "too long a time"],
    )
    async def test_what_is_wrong_is_said_and_nothing_is_given(
        self, world: World, wrong: dict[str, Any], refusal: Code
    ) -> None:
        operator = (await world.operator(None)).id
        assert code(await grant(world, operator, SUPPORT, **wrong)) is refusal
        assert await roles_of(world, operator) == []

    async def test_somebody_is_found_by_their_address_however_it_is_spelled(self, world: World) -> None:
        email = f"spelled{len(world.people)}@actas.example"
        await world.hire(email, None)
        given: dict[str, Any] = {"role": READONLY, "reason": "an audit"}
        found = await roles.grant_role_to(world.database, world.admin, email=f" {email.upper()} ", **given)
        assert not isinstance(found, Refused)
        assert await roles_of(world, world.people[email]) == ["PLATFORM_READONLY"]
        for nobody, refusal in (("nobody@elsewhere.example", Code.NOT_FOUND), ("a\0@x.example", Code.INPUT_INVALID)):
            refused = await roles.grant_role_to(world.database, world.admin, email=nobody, **given)
            assert isinstance(refused, Refused)
            assert (refused.code, refused.problems[0].field) == (refusal, "email")
        with pytest.raises(Forbidden):
            await roles.grant_role_to(world.database, await world.operator(), email=email, **given)


class TestTaking:
    async def test_it_says_who_took_what_from_whom_and_why(self, world: World) -> None:
        operator = (await world.operator()).id
        assert not isinstance(await revoke(world, operator, SUPPORT), Refused)
        entry = (await about(world, operator, "ROLE_REVOKED"))[-1]
        told = json.loads(entry.details)
        assert (entry.actor_id, told["role"], told["reason"]) == (world.admin.id, "PLATFORM_SUPPORT", "off call")
        assert await roles_of(world, operator) == []

    async def test_ends_every_session_that_hung_on_it_in_every_browser_at_once(
        self, world: World, jane: Caller, acme: Tenant
    ) -> None:
        """P7, threat 21: in the transaction that takes the role, by the admin who takes it."""
        other_browser = await world.again(jane)
        sessions = [await start(world, each, acme) for each in (jane, other_browser)]
        await revoke(world, jane.id, SUPPORT)
        assert [await now(world, session.id) for session in sessions] == [("ENDED", "ROLE_LOST")] * 2
        last = (await world.entries(acme.id))[-2:]
        assert [(entry.kind, entry.actor_id) for entry in last] == [("IMPERSONATION_ENDED", world.admin.id)] * 2
        by = await world.admin_sql("select ended_by_id from identity.session_now where id = $1", sessions[0].id)
        assert by == world.admin.id

    async def test_a_session_that_another_role_carries_goes_on(self, world: World, jane: Caller, acme: Tenant) -> None:
        await grant(world, jane.id, BILLING)
        session = await start(world, jane, acme, mode=AccessMode.READ_WRITE)
        await revoke(world, jane.id, BILLING)
        assert await now(world, session.id) == ("ACTIVE", None)
        await grant(world, jane.id, ADMIN)
        await revoke(world, jane.id, SUPPORT)
        assert await now(world, session.id) == ("ACTIVE", None)

    async def test_what_somebody_does_not_have_is_not_taken(self, world: World) -> None:
        operator = (await world.operator()).id
        assert code(await revoke(world, operator, BILLING)) is Code.NO_CHANGE
        assert code(await revoke(world, uuid7(), BILLING)) is Code.NOT_FOUND
        assert code(await revoke(world, operator, SUPPORT, reason=" ")) is Code.REASON_REQUIRED
        outcomes = await asyncio.gather(*(revoke(world, operator, SUPPORT) for _ in range(3)))
        assert sorted(str(code(each)) for each in outcomes) == ["NO_CHANGE", "NO_CHANGE", "None"]
        assert len(await about(world, operator, "ROLE_REVOKED")) == 1

    @pytest.mark.parametrize("role", [SUPPORT, BILLING, READONLY])
    async def test_only_who_may_grant_takes(self, world: World, role: Role) -> None:
        with pytest.raises(Forbidden, match="OPERATOR_GRANT"):
            await revoke(world, world.admin.id, ADMIN, await world.operator(role))


class TestOnesOwn:
    async def test_nobody_changes_their_own(self, world: World) -> None:
        """Threat 14."""
        assert code(await grant(world, world.admin.id, SUPPORT)) is Code.OWN_ROLE
        assert code(await revoke(world, world.admin.id, ADMIN)) is Code.OWN_ROLE

    async def test_who_lost_the_role_meanwhile_gives_and_takes_nothing_more(self, world: World) -> None:
        """Threat 14: decided again under the lock that taking the role takes, whatever the caller was told before."""
        former, other = await world.operator(ADMIN), (await world.operator()).id
        await revoke(world, former.id, ADMIN)
        for attempt in (
            grant(world, other, ADMIN, former),
            revoke(world, other, SUPPORT, former),
            disable(world, other, former),
        ):
            with pytest.raises(Forbidden, match="OPERATOR_GRANT"):
                await attempt
        assert await roles_of(world, other) == ["PLATFORM_SUPPORT"]


class TestRetries:
    async def test_a_retry_gets_the_first_calls_result_and_changes_nothing(self, world: World) -> None:
        operator = (await world.operator(None)).id
        for change, kind in ((grant, "ROLE_GRANTED"), (revoke, "ROLE_REVOKED")):
            outcomes = [await change(world, operator, BILLING, idempotency_key=f"{operator} {kind}") for _ in range(2)]
            assert [outcome.id for outcome in outcomes] == [operator] * 2
            assert len(await about(world, operator, kind)) == 1

    async def test_the_same_key_with_another_input_is_a_conflict(self, world: World) -> None:
        operator, key = (await world.operator(None)).id, str(uuid7())
        await grant(world, operator, BILLING, idempotency_key=key)
        assert code(await grant(world, operator, SUPPORT, idempotency_key=key)) is Code.CONFLICT
        assert code(await revoke(world, operator, BILLING, idempotency_key=key)) is Code.CONFLICT
        assert await roles_of(world, operator) == ["PLATFORM_BILLING"]
