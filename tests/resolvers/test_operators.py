"""Operators: who they are, what they may, since when and until when; all of it in the ledger (S1-6, S3-7)."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from permissions.ids import uuid7
from permissions.operators import Role
from permissions.refusals import Forbidden, Refused, Unauthenticated
from permissions.refusals import RefusalCode as Code
from resolvers import impersonation, operators, sign_ins
from resolvers.impersonation import Started, StartRequest
from tests.resolvers.people import about, grant, roles_of
from tests.world import REASON, World, world_on

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


async def inside(world: World, caller: Caller, tenant: Tenant) -> Session:
    started = await impersonation.start(world.database, caller, StartRequest(tenant_id=tenant.id, reason=REASON))
    assert isinstance(started, Started), started
    return started.session


async def state(world: World, session: Session) -> Any:
    return await world.admin_sql("select row(state, end_cause) from identity.session_now where id = $1", session.id)


async def open_sign_ins(world: World, operator: UUID) -> int:
    found: int = await world.admin_sql(
        "select count(*) from identity.sign_in where operator_id = $1 and ended_at is null", operator
    )
    return found


class TestAdding:
    async def test_an_operator_begins_without_a_role(self, world: World) -> None:
        operator = await operators.add(world.database, world.admin, email=" Ann.Lee@Actas.Example ", name=" Ann Lee ")
        assert not isinstance(operator, Refused)
        (entry,) = await about(world, operator)
        assert (entry.kind, entry.actor_id) == ("OPERATOR_ADDED", world.admin.id)
        assert entry.summary == "Ann Lee (ann.lee@actas.example) was added as an operator."
        assert await roles_of(world, operator) == []

    async def test_the_command_line_is_taken_at_its_word_and_that_is_said(self, world: World) -> None:
        """Mechanisms E."""
        operator = await operators.add(
            world.database, None, email="first@actas.example", name="First", stated_by="root on db1"
        )
        assert not isinstance(operator, Refused)
        (entry,) = await about(world, operator)
        assert (entry.actor_kind, entry.actor_name, entry.actor_proof) == ("SYSTEM", "root on db1", "CLAIMED")

    async def test_an_address_belongs_to_one(self, world: World) -> None:
        given = {"email": "twice@actas.example", "name": "Twice"}
        outcomes = await asyncio.gather(*(operators.add(world.database, world.admin, **given) for _ in range(3)))
        assert [each.code for each in outcomes if isinstance(each, Refused)] == [Code.CONFLICT] * 2

    @pytest.mark.parametrize(
        ("email", "name", "field"),
        [
            ("nobody", "X", "email"),
            ("a\0@x.example", "X", "email"),
            ("x" * 200 + "@x.example", "X", "email"),
            ("a@x.example", " ", "name"),
            ("a@x.example", "X\u202e", "name"),
            ("a@x.example", "x" * 201, "name"),
        ],
    )
    async def test_what_cannot_be_shown_or_kept_is_named(self, world: World, email: str, name: str, field: str) -> None:
        outcome = await operators.add(world.database, world.admin, email=email, name=name)
        assert isinstance(outcome, Refused)
        assert (outcome.code, outcome.problems[0].field) == (Code.INPUT_INVALID, field)

    @pytest.mark.parametrize("role", [Role.PLATFORM_SUPPORT, Role.PLATFORM_BILLING, Role.PLATFORM_READONLY])
    async def test_only_who_may_grant_adds_grants_and_disables(self, world: World, role: Role) -> None:
        """S1-6."""
        caller, other = await world.operator(role), (await world.operator()).id
        with pytest.raises(Forbidden, match="OPERATOR_GRANT"):
            await operators.add(world.database, caller, email="mine@actas.example", name="Mine")
        with pytest.raises(Forbidden, match="OPERATOR_GRANT"):
            await grant(world, other, Role.PLATFORM_ADMIN, caller)
        with pytest.raises(Forbidden, match="OPERATOR_GRANT"):
            await operators.disable(world.database, caller, operator_id=other, reason="a test")


class TestDisabling:
    async def test_ends_every_sign_in_and_every_session_at_once(self, world: World, jane: Caller, acme: Tenant) -> None:
        """P2, P7, threat 21."""
        other_browser = await world.again(jane)
        sessions = [await inside(world, each, acme) for each in (jane, other_browser)]
        outcome = await operators.disable(world.database, world.admin, operator_id=jane.id, reason="left the company")
        assert not isinstance(outcome, Refused)
        for session in sessions:
            assert await state(world, session) == ("ENDED", "ROLE_LOST")
        assert await open_sign_ins(world, jane.id) == 0
        kinds = [entry.kind for entry in await about(world, jane.id)]
        assert kinds[-3:] == ["SIGNED_OUT", "SIGNED_OUT", "OPERATOR_DISABLED"]
        entry = (await world.entries(acme.id))[-1]
        assert (entry.kind, entry.actor_id) == ("IMPERSONATION_ENDED", world.admin.id)
        again = await operators.disable(world.database, world.admin, operator_id=jane.id, reason="once more")
        assert isinstance(again, Refused)
        assert again.code is Code.NO_CHANGE

    async def test_a_disabled_operator_does_not_sign_in(self, world: World, jane: Caller) -> None:
        await operators.disable(world.database, world.admin, operator_id=jane.id, reason="left the company")
        assert jane.person
        with pytest.raises(Unauthenticated):
            await world.sign_in(jane.person.email, Role.PLATFORM_SUPPORT)
        assert await open_sign_ins(world, jane.id) == 0

    async def test_nobody_disables_themselves(self, world: World) -> None:
        outcome = await operators.disable(world.database, world.admin, operator_id=world.admin.id, reason="a test")
        assert isinstance(outcome, Refused)
        assert outcome.code is Code.OWN_ROLE

    async def test_of_two_admins_who_disable_each_other_at_once_one_stays(self, world: World) -> None:
        """The last admin stays (DESIGN section 6): each entry asks for the proof anew, and one's has ended by then."""
        for _ in range(3):
            one, other = await world.operator(Role.PLATFORM_ADMIN), await world.operator(Role.PLATFORM_ADMIN)
            outcomes = await asyncio.gather(
                operators.disable(world.database, one, operator_id=other.id, reason="a test"),
                operators.disable(world.database, other, operator_id=one.id, reason="a test"),
                return_exceptions=True,
            )
            assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Operator", "Unauthenticated"]
            assert await open_sign_ins(world, one.id) + await open_sign_ins(world, other.id) == 1

    async def test_the_command_line_disables_at_its_word_and_that_is_said(
        self, world: World, jane: Caller, acme: Tenant
    ) -> None:
        """Mechanisms E: everything that ends with it says so too."""
        session = await inside(world, jane, acme)
        await operators.disable(
            world.database, None, operator_id=jane.id, reason="left the company", stated_by="root on db1"
        )
        assert await state(world, session) == ("ENDED", "ROLE_LOST")
        assert await open_sign_ins(world, jane.id) == 0
        (entry,) = await about(world, jane.id, "OPERATOR_DISABLED")
        assert (entry.actor_kind, entry.actor_name, entry.actor_proof) == ("SYSTEM", "root on db1", "CLAIMED")

    async def test_who_does_not_exist_is_not_found(self, world: World) -> None:
        outcome = await operators.disable(world.database, world.admin, operator_id=uuid7(), reason="a test")
        assert isinstance(outcome, Refused)
        assert outcome.code is Code.NOT_FOUND


class TestEnabling:
    async def test_who_is_enabled_again_signs_in_with_the_roles_that_are_left(self, world: World, jane: Caller) -> None:
        assert jane.person
        await operators.disable(world.database, world.admin, operator_id=jane.id, reason="on leave")
        given: dict[str, Any] = {"operator_id": jane.id, "reason": "back again", "idempotency_key": str(jane.id)}
        for _ in range(2):
            enabled = await operators.enable(world.database, world.admin, **given)
            assert not isinstance(enabled, Refused)
            assert enabled.disabled_at is None
        (entry,) = await about(world, jane.id, "OPERATOR_ENABLED")
        assert (entry.actor_id, json.loads(entry.details)["reason"]) == (world.admin.id, "back again")
        again = await world.sign_in(jane.person.email, Role.PLATFORM_SUPPORT)
        assert await open_sign_ins(world, again.id) == 1
        assert await roles_of(world, jane.id) == ["PLATFORM_SUPPORT"]

    async def test_who_is_not_disabled_or_not_there_is_not_enabled(self, world: World, jane: Caller) -> None:
        for operator, refusal in ((jane.id, Code.NO_CHANGE), (uuid7(), Code.NOT_FOUND)):
            outcome = await operators.enable(world.database, world.admin, operator_id=operator, reason="a test")
            assert isinstance(outcome, Refused)
            assert outcome.code is refusal
        with pytest.raises(Forbidden, match="OPERATOR_GRANT"):
            await operators.enable(world.database, jane, operator_id=uuid7(), reason="a test")


class TestSigningInAndOut:
    async def test_a_sign_in_is_recorded_by_its_own_proof_and_lasts_twelve_hours(
        self, world: World, jane: Caller
    ) -> None:
        """DESIGN section 6; of the token only a hash is kept (threat 55)."""
        assert jane.person
        entry = (await about(world, jane.id, "SIGNED_IN"))[-1]
        assert (entry.actor_id, entry.actor_proof, entry.ip) == (jane.id, "SIGN_IN", "203.0.113.7")
        assert json.loads(entry.details)["signInId"] == str(jane.person.sign_in_id)
        kept = await world.admin_sql(
            "select row(token_hash, expires_at - created_at) from identity.sign_in where id = $1",
            jane.person.sign_in_id,
        )
        assert kept == (hashlib.sha256(jane.proof).digest(), timedelta(hours=12))

    async def test_a_caller_with_another_proof_than_the_token_opens_nothing(self, world: World, jane: Caller) -> None:
        """Mechanisms E: the entry proves itself, or there is no sign-in."""
        sign_in = uuid7()
        with pytest.raises(Unauthenticated):
            await sign_ins.sign_in(
                world.database,
                replace(jane, proof=secrets.token_bytes(32)),
                sign_in_id=sign_in,
                token_hash=hashlib.sha256(b"another").digest(),
                method="PASSWORD",
            )
        assert not await world.admin_sql("select count(*) from identity.sign_in where id = $1", sign_in)

    async def test_signing_out_ends_this_browser_and_what_was_started_in_it_only(
        self, world: World, jane: Caller, acme: Tenant
    ) -> None:
        """DESIGN section 6, S2-27, P2."""
        other_browser = await world.again(jane)
        here, there = await inside(world, jane, acme), await inside(world, other_browser, acme)
        await sign_ins.sign_out(world.database, jane)
        assert await state(world, here) == ("ENDED", "SIGNED_OUT")
        assert await state(world, there) == ("ACTIVE", None)
        assert await open_sign_ins(world, jane.id) == 1
        ended = (await world.entries(acme.id))[-1]
        assert (ended.kind, ended.session_id, ended.actor_id) == ("IMPERSONATION_ENDED", here.id, jane.id)
        assert "left by signing out" in ended.summary
        out = (await about(world, jane.id, "SIGNED_OUT"))[-1]
        assert (out.actor_id, json.loads(out.details)["why"]) == (jane.id, "signed out")

    async def test_signing_out_twice_is_once(self, world: World, jane: Caller) -> None:
        await asyncio.gather(*(sign_ins.sign_out(world.database, jane) for _ in range(3)))
        await sign_ins.sign_out(world.database, jane)
        assert len(await about(world, jane.id, "SIGNED_OUT")) == 1
