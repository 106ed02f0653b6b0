"""Starts that are refused: each with its code, and each in the ledger (P8, I6)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from db.ledger import PLATFORM
from permissions.ids import uuid7
from permissions.operators import Permission, Role
from permissions.policy import AccessMode, TenantStatus
from permissions.refusals import Forbidden, Refused, Unauthenticated
from permissions.refusals import RefusalCode as Code
from resolvers import impersonation, operators, sign_ins, tenants
from resolvers.impersonation import StartRequest
from resolvers.tenants import SetStatus
from tests.resolvers.sessions import (
    FORBIDDEN,
    REFUSED,
    ask,
    details,
    entries,
    live_in,
    set_rules,
    start,
)
from tests.world import REASON, World, world_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from db.tenants import Tenant
    from permissions.caller import Caller
    from tests.databases import Databases


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(databases: Databases) -> AsyncIterator[World]:
    async with databases.fresh() as urls, world_on(urls) as made:
        yield made


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
        await sign_ins.sign_out(world.database, jane)
        with pytest.raises(Unauthenticated):
            await ask(world, jane, acme)
        assert not await entries(world, acme)

    async def test_a_disabled_operator_starts_nothing(self, world: World, jane: Caller, acme: Tenant) -> None:
        await operators.disable(world.database, world.admin, operator_id=jane.id, reason="a test")
        with pytest.raises(Unauthenticated):
            await ask(world, jane, acme)
        assert not await entries(world, acme)


class TestTenantsRules:
    async def test_a_ticket_is_held_against_the_pattern(self, world: World, jane: Caller, acme: Tenant) -> None:
        """C-2."""
        await set_rules(world, acme, ticket_pattern=r"(INC|SUP)-\d+")
        for ticket in ("SUP", "sup-1", "SUP-1 and more"):
            outcome = await ask(world, jane, acme, ticket=ticket)
            assert isinstance(outcome, Refused)
            assert [(problem.code, problem.field) for problem in outcome.problems] == [(Code.TICKET_INVALID, "ticket")]
        assert (await start(world, jane, acme, ticket=" SUP-12 ")).ticket == "SUP-12"
        assert (await start(world, jane, acme, ticket=None)).ticket is None
        await set_rules(world, acme, ticket_pattern=r"(INC|SUP)-\d+", ticket_required=True)
        outcome = await ask(world, jane, acme, ticket=" ")
        assert isinstance(outcome, Refused)
        assert outcome.code is Code.TICKET_REQUIRED

    @pytest.mark.parametrize(
        ("approval", "code"), [("REQUIRED", "APPROVAL_REQUIRED"), ("TENANT_GRANT_ONLY", "GRANT_REQUIRED")]
    )
    async def test_until_approvals_exist_one_that_is_wanted_keeps_everybody_out(
        self, world: World, acme: Tenant, approval: str, code: str
    ) -> None:
        await set_rules(world, acme, approval=approval)
        outcome = await ask(world, world.admin, acme)
        assert isinstance(outcome, Refused)
        assert (outcome.code, outcome.forbidden) == (code, True)
        assert len(await world.entries(acme.id, FORBIDDEN)) == 1
