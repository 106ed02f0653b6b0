"""Registering tenants and setting their status, with what that ends."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from permissions.ids import uuid7
from permissions.operators import Permission, Role
from permissions.policy import TenantStatus as S
from permissions.refusals import Forbidden, Refused, Unauthenticated
from permissions.refusals import RefusalCode as Code
from resolvers import sign_ins, tenants
from resolvers.tenants import RegisterTenant, SetStatus, TenantChanged
from tests.resolvers.sessions import now, start
from tests.world import World, world_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from db.impersonation import Session
    from db.tenants import Tenant
    from permissions.caller import Caller
    from tests.databases import Databases


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(databases: Databases) -> AsyncIterator[World]:
    async with databases.fresh() as urls, world_on(urls) as made:
        yield made


async def inside(world: World, tenant: Tenant) -> Session:
    return await start(world, await world.operator(), tenant)


async def set_status(world: World, tenant: Tenant, to: S | None, **more: Any) -> TenantChanged | Refused:
    given: dict[str, Any] = {"tenant_id": tenant.id, "to": to, "reason": "a good reason"} | more
    return await tenants.set_status(world.database, world.admin, SetStatus(**given))


async def suspend(world: World, tenant: Tenant, caller: Caller | None = None, **more: Any) -> TenantChanged | Refused:
    given: dict[str, Any] = {"tenant_id": tenant.id, "to": S.SUSPENDED, "reason": "chargeback abuse"} | more
    return await tenants.suspend(world.database, caller or world.admin, SetStatus(**given))


async def lift(world: World, tenant: Tenant, caller: Caller | None = None, **more: Any) -> TenantChanged | Refused:
    given: dict[str, Any] = {"tenant_id": tenant.id, "to": None, "reason": "paid by now"} | more
    return await tenants.lift(world.database, caller or world.admin, SetStatus(**given))


async def status(world: World, tenant: Tenant) -> str:
    found: str = await world.admin_sql("select status from identity.tenant where id = $1", tenant.id)
    return found


def changed(outcome: TenantChanged | Refused) -> TenantChanged:
    assert isinstance(outcome, TenantChanged), outcome
    return outcome


def code(outcome: TenantChanged | Refused) -> Code:
    assert isinstance(outcome, Refused), outcome
    return outcome.code


class TestRegister:
    async def test_makes_it_known_provisioning_with_its_first_entry(self, world: World) -> None:
        """P1, P3: a tenant's ledger begins with itself."""
        tenant = changed(
            await tenants.register(
                world.database,
                world.admin,
                RegisterTenant(
                    slug="zuerich",
                    name=" Zürich AG ",
                    plan="Plus",
                    region="eu",
                    workspace_url="https://zuerich.example",
                    support_url="mailto:help@zuerich.example",
                    stripe_customer_id="cus_1",
                    metadata={"crm": {"id": 4711, "tags": ["a", None, True, 1.5]}},
                ),
            )
        ).tenant
        assert (tenant.slug, tenant.name, tenant.status) == ("zuerich", "Zürich AG", S.PROVISIONING)
        stored = await world.admin_sql("select metadata from identity.tenant where id = $1", tenant.id)
        assert json.loads(stored) == {"crm": {"id": 4711, "tags": ["a", None, True, 1.5]}}
        (entry,) = await world.entries(tenant.id)
        assert (entry.seq, entry.kind, entry.actor_id) == (1, "TENANT_REGISTERED", world.admin.id)
        assert entry.summary == "Zürich AG was registered as zuerich."

    async def test_a_slug_is_taken_once_also_by_two_at_once(self, world: World) -> None:
        request = RegisterTenant(slug="wanted", name="Wanted")
        outcomes = await asyncio.gather(*(tenants.register(world.database, world.admin, request) for _ in range(3)))
        refusals = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
        assert [(refusal.code, refusal.problems[0].field) for refusal in refusals] == [(Code.CONFLICT, "slug")] * 2

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"slug": "No"}, "slug"),
            ({"name": " "}, "name"),
            ({"workspace_url": "http://evil.example"}, "workspaceUrl"),
            ({"support_url": "javascript:x"}, "supportUrl"),
            ({"plan": "a\0"}, "plan"),
            ({"region": "\ud800"}, "region"),
            ({"stripe_customer_id": "x" * 201}, "stripeCustomerId"),
            ({"metadata": {"a": "\0"}}, "metadata"),
            ({"metadata": {"\ud800": 1}}, "metadata"),
            ({"metadata": {"a": [{"b": "\u202e"}]}}, "metadata"),
            ({"metadata": {"a": [[[[[[[[[]]]]]]]]]}}, "metadata"),
        ],
        ids=repr,
    )
    async def test_what_cannot_be_kept_is_named(self, world: World, wrong: dict[str, Any], field: str) -> None:
        """Threat 33: refused before the database, also with an idempotency key."""
        given: dict[str, Any] = {"slug": "unfit", "name": "Unfit", "idempotency_key": f"unfit {field}"} | wrong
        outcome = await tenants.register(world.database, world.admin, RegisterTenant(**given))
        assert isinstance(outcome, Refused)
        assert (outcome.code, outcome.problems[0].field) == (Code.INPUT_INVALID, field)

    async def test_a_retry_is_the_same_tenant(self, world: World) -> None:
        request = RegisterTenant(slug="retried", name="Retried", idempotency_key="retry", metadata={"a": [1]})
        first = changed(await tenants.register(world.database, world.admin, request))
        again = changed(await tenants.register(world.database, world.admin, request))
        assert again.tenant == first.tenant
        assert len(await world.entries(first.tenant.id)) == 1
        other = RegisterTenant(slug="retried", name="Another", idempotency_key="retry", metadata={"a": [1]})
        assert code(await tenants.register(world.database, world.admin, other)) is Code.CONFLICT

    @pytest.mark.parametrize("role", [Role.PLATFORM_SUPPORT, Role.PLATFORM_BILLING, Role.PLATFORM_READONLY])
    async def test_who_may_not_is_told_what_is_missing(self, world: World, role: Role) -> None:
        with pytest.raises(Forbidden, match="TENANT_REGISTER"):
            await tenants.register(world.database, await world.operator(role), RegisterTenant(slug="mine", name="Mine"))


class TestSuspend:
    async def test_blocks_the_tenant_and_ends_everybody_inside_at_once(self, world: World, acme: Tenant) -> None:
        """P2, P7, S1-32 to S1-34, I4: one transaction, each session with its cause, then the suspension itself."""
        sessions = [await inside(world, acme) for _ in range(2)]
        elsewhere = await inside(world, await world.somewhere())
        outcome = changed(await suspend(world, acme, ground="CHARGEBACK_ABUSE"))
        assert (outcome.tenant.status, outcome.tenant.status_before) == (S.SUSPENDED, S.ACTIVE)
        assert outcome.tenant.status_reason == "chargeback abuse"
        assert {session.id for session in outcome.sessions_ended} == {session.id for session in sessions}
        for session in sessions:
            assert await now(world, session.id) == ("ENDED", "TENANT_SUSPENDED")
        assert await now(world, elsewhere.id) == ("ACTIVE", None)
        *_, one, other, last = await world.entries(acme.id)
        assert [one.kind, other.kind, last.kind] == ["IMPERSONATION_ENDED", "IMPERSONATION_ENDED", "TENANT_SUSPENDED"]
        told = json.loads(last.details)
        assert (told["ground"], told["was"], told["to"], told["sessionsEnded"]) == (
            "CHARGEBACK_ABUSE",
            "ACTIVE",
            "SUSPENDED",
            2,
        )
        assert "was sent out by the suspension" in one.summary
        assert last.actor_id == one.actor_id == world.admin.id

    async def test_is_lifted_back_to_what_it_was(self, world: World) -> None:
        """S1-36."""
        reading = await world.somewhere(S.READ_ONLY)
        changed(await suspend(world, reading))
        lifted = changed(await lift(world, reading))
        assert (lifted.tenant.status, lifted.tenant.status_before, lifted.sessions_ended) == (S.READ_ONLY, None, ())
        entry = (await world.entries(reading.id))[-1]
        assert (entry.kind, json.loads(entry.details)["to"]) == ("TENANT_SUSPENSION_LIFTED", "READ_ONLY")

    async def test_setting_the_status_suspends_and_lifts_alike(self, world: World, acme: Tenant) -> None:
        session = await inside(world, acme)
        changed(await set_status(world, acme, S.SUSPENDED))
        assert await now(world, session.id) == ("ENDED", "TENANT_SUSPENDED")
        assert code(await set_status(world, acme, S.READ_ONLY)) is Code.TRANSITION_NOT_ALLOWED
        changed(await set_status(world, acme, S.ACTIVE))
        kinds = [entry.kind for entry in await world.entries(acme.id)][-2:]
        assert kinds == ["TENANT_SUSPENDED", "TENANT_SUSPENSION_LIFTED"]

    async def test_the_same_again_changes_nothing_and_writes_nothing(self, world: World, acme: Tenant) -> None:
        assert code(await lift(world, acme)) is Code.NO_CHANGE
        outcomes = await asyncio.gather(*(suspend(world, acme) for _ in range(3)))
        assert sorted(outcome.code if isinstance(outcome, Refused) else "" for outcome in outcomes) == [
            "",
            *[Code.NO_CHANGE] * 2,
        ]
        assert len(await world.entries(acme.id, "TENANT_SUSPENDED")) == 1

    @pytest.mark.parametrize(
        ("reason", "refusal"),
        [("", Code.REASON_REQUIRED), ("no", Code.REASON_TOO_SHORT), ("x" * 2001, Code.REASON_TOO_LONG),
         ("abc\0", Code.REASON_INVALID), ("abc\ud800", Code.REASON_INVALID)],
        ids=["none", "short", "long", "nul", "surrogate"],
    )  # fmt: skip
    async def test_needs_a_reason(self, world: World, acme: Tenant, reason: str, refusal: Code) -> None:
        """S1-10."""
        for key in (None, "unfit"):
            assert code(await suspend(world, acme, reason=reason, idempotency_key=key)) is refusal
        assert await status(world, acme) == "ACTIVE"

    async def test_a_dry_run_says_who_would_be_out_and_changes_nothing(self, world: World, acme: Tenant) -> None:
        session = await inside(world, acme)
        before = await world.entries(acme.id)
        outcome = changed(await suspend(world, acme, dry_run=True, idempotency_key="dry"))
        assert [each.id for each in outcome.sessions_ended] == [session.id]
        assert outcome.tenant.status is S.ACTIVE
        assert (await status(world, acme), await now(world, session.id)) == ("ACTIVE", ("ACTIVE", None))
        assert await world.entries(acme.id) == before
        assert code(await suspend(world, acme, dry_run=True, reason="")) is Code.REASON_REQUIRED

    async def test_a_retry_tells_the_same_change_with_the_same_sessions(self, world: World, acme: Tenant) -> None:
        session = await inside(world, acme)
        first = changed(await suspend(world, acme, idempotency_key="suspend"))
        again = changed(await suspend(world, acme, idempotency_key="suspend"))
        assert [each.id for each in again.sessions_ended] == [session.id]
        assert again.tenant == first.tenant
        assert len(await world.entries(acme.id, "TENANT_SUSPENDED")) == 1
        assert code(await suspend(world, acme, reason="another", idempotency_key="suspend")) is Code.CONFLICT

    async def test_billing_may_suspend_and_lift_and_nothing_more(self, world: World, acme: Tenant) -> None:
        """DESIGN section 6, S2-3: whatever status the request names, these two only suspend and lift."""
        billing = await world.operator(Role.PLATFORM_BILLING)
        assert changed(await suspend(world, acme, billing, to=S.OFFBOARDED)).tenant.status is S.SUSPENDED
        assert changed(await lift(world, acme, billing, to=S.OFFBOARDING)).tenant.status is S.ACTIVE
        with pytest.raises(Forbidden, match="TENANT_STATUS_SET"):
            await tenants.set_status(
                world.database, billing, SetStatus(tenant_id=acme.id, to=S.SUSPENDED, reason="a good reason")
            )

    async def test_an_auditor_may_neither(self, world: World, acme: Tenant) -> None:
        auditor = await world.operator(Role.PLATFORM_READONLY)
        for act in (suspend, lift):
            with pytest.raises(Forbidden, match="TENANT_SUSPEND"):
                await act(world, acme, auditor)

    async def test_a_tenants_key_reaches_its_own_tenant_only(self, world: World, acme: Tenant) -> None:
        """Threats 12, 28."""
        own = await world.service(Permission.TENANT_SUSPEND, tenant=acme.id)
        other = await world.somewhere()
        assert await suspend(world, other, own) == await suspend(world, acme, own, tenant_id=uuid7())
        assert await status(world, other) == "ACTIVE"
        assert changed(await suspend(world, acme, own)).tenant.status is S.SUSPENDED

    async def test_an_unknown_tenant_is_not_found(self, world: World, acme: Tenant) -> None:
        assert code(await suspend(world, acme, tenant_id=uuid7())) is Code.NOT_FOUND

    async def test_a_sign_in_that_ended_suspends_nothing(self, world: World, jane: Caller, acme: Tenant) -> None:
        await sign_ins.sign_out(world.database, jane)
        with pytest.raises(Unauthenticated):
            await suspend(world, acme, jane)
        assert await status(world, acme) == "ACTIVE"


class TestStatus:
    async def test_every_step_of_a_tenants_life_is_an_entry_in_its_ledger(self, world: World) -> None:
        """P3."""
        tenant = await world.somewhere(S.PROVISIONING)
        way = [S.ACTIVE, S.READ_ONLY, S.OFFBOARDING, S.ACTIVE, S.OFFBOARDING, S.OFFBOARDED]
        for to in way:
            changed(await set_status(world, tenant, to, exception="signed by the CTO" if to is S.ACTIVE else None))
        entries = await world.entries(tenant.id, "TENANT_STATUS_CHANGED")
        assert [json.loads(entry.details)["to"] for entry in entries] == [to.value for to in way]
        assert code(await set_status(world, tenant, S.ACTIVE)) is Code.TRANSITION_NOT_ALLOWED

    async def test_leaving_offboarding_takes_a_written_exception_that_the_ledger_keeps(self, world: World) -> None:
        """S3-5."""
        leaving = await world.somewhere(S.OFFBOARDING)
        for exception in (None, "ok", "a\0bc"):
            outcome = await set_status(world, leaving, S.ACTIVE, exception=exception)
            assert isinstance(outcome, Refused)
            assert outcome.problems[0].field == "exception"
        assert await status(world, leaving) == "OFFBOARDING"
        changed(await set_status(world, leaving, S.ACTIVE, exception="signed by the CTO"))
        entry = (await world.entries(leaving.id))[-1]
        assert json.loads(entry.details)["exception"] == "signed by the CTO"

    async def test_offboarding_sends_everybody_out_and_reading_only_sends_nobody(
        self, world: World, acme: Tenant
    ) -> None:
        """DESIGN section 5, C-18."""
        session = await inside(world, acme)
        assert changed(await set_status(world, acme, S.READ_ONLY)).sessions_ended == ()
        assert await now(world, session.id) == ("ACTIVE", None)
        outcome = changed(await set_status(world, acme, S.OFFBOARDING))
        assert [each.id for each in outcome.sessions_ended] == [session.id]
        assert await now(world, session.id) == ("ENDED", "TENANT_OFFBOARDING")

    async def test_a_suspended_tenant_that_offboards_forgets_what_it_was(self, world: World) -> None:
        tenant = await world.somewhere(S.SUSPENDED)
        assert changed(await set_status(world, tenant, S.OFFBOARDING)).tenant.status_before is None
        assert code(await lift(world, tenant)) is Code.NO_CHANGE

    async def test_naming_no_status_lifts_a_suspension(self, world: World) -> None:
        tenant = await world.somewhere(S.SUSPENDED)
        assert changed(await set_status(world, tenant, None)).tenant.status is S.ACTIVE
        assert code(await set_status(world, tenant, None)) is Code.NO_CHANGE
