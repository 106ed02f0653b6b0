"""Setting rules: what is refused, what is in force afterwards, and what becomes of sessions that run (C-1 to C-22)."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from db.ledger import PLATFORM
from permissions.ids import uuid7
from permissions.operators import Permission, Role
from permissions.refusals import Forbidden, RefusalCode, Refused
from resolvers import policies
from resolvers.policies import PolicyChanged, SetPolicy
from tests.resolvers.sessions import ask, live_in, start
from tests.world import world_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from db.tenants import Tenant
    from permissions.caller import Caller
    from permissions.policy import ImpersonationPolicy
    from tests.databases import Databases
    from tests.world import World


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shared(databases: Databases) -> AsyncIterator[World]:
    """One world for tests that leave the deployment's rules as they are."""
    async with databases.fresh() as urls, world_on(urls) as made:
        yield made


WHY = "agreed with the customer"


async def set_rules(
    world: World, tenant: Tenant | None, caller: Caller | None = None, reason: str = WHY, **changes: Any
) -> PolicyChanged | Refused:
    request = SetPolicy(tenant_id=tenant.id if tenant else None, reason=reason, changes=changes)
    return await policies.set_policy(world.database, caller or world.admin, request)


async def put(world: World, tenant: Tenant | None, **changes: Any) -> ImpersonationPolicy:
    outcome = await set_rules(world, tenant, **changes)
    assert isinstance(outcome, PolicyChanged), outcome
    return outcome.policy


async def effective(world: World, tenant: Tenant) -> ImpersonationPolicy:
    return (await policies.of(world.database, [tenant.id]))[tenant.id]


def problems(outcome: object) -> list[tuple[RefusalCode, str | None]]:
    assert isinstance(outcome, Refused), outcome
    return [(problem.code, problem.field) for problem in outcome.problems]


async def recorded(world: World, tenant: Tenant | None) -> list[dict[str, Any]]:
    entries = await world.entries(tenant.id if tenant else PLATFORM, "POLICY_SET")
    return [json.loads(entry.details) for entry in entries]


async def test_a_tenants_rules_are_in_force_at_once_and_in_its_own_ledger(world: World) -> None:
    """P1, P3."""
    acme = await world.somewhere()
    policy = await put(world, acme, reasonMinLength=20, modes=["READ_ONLY"], defaultDurationSeconds=900)
    assert (policy.reason_min_length, policy.modes) == (20, ("READ_ONLY",))
    assert policy == await effective(world, acme)
    (entry,) = await world.entries(acme.id, "POLICY_SET")
    assert (entry.actor_kind, entry.operator_id) == ("OPERATOR", world.admin.id)
    assert entry.summary == (
        "The rules for operators changed (usual duration: 15 minutes; modes: read only; shortest reason: 20). "
        f"Reason: {WHY}"
    )
    assert await recorded(world, None) == []


async def test_what_is_left_out_stays_and_null_takes_the_own_value_away(world: World) -> None:
    acme = await world.somewhere()
    await put(world, acme, reasonMinLength=20, exclusive=True)
    await put(world, acme, exclusive=None)
    policy = await put(world, acme, ticketRequired=True)
    assert (policy.reason_min_length, policy.exclusive, policy.ticket_required) == (20, False, True)
    assert [entry["rules"] for entry in await recorded(world, acme)] == [
        {"exclusive": True, "reasonMinLength": 20},
        {"reasonMinLength": 20},
        {"reasonMinLength": 20, "ticketRequired": True},
    ]


async def test_every_problem_is_named_at_its_field_and_nothing_is_changed(world: World) -> None:
    acme = await world.somewhere()
    outcome = await set_rules(world, acme, maxDurationSeconds=20000, reasonMinLength=5, exclusive=True)
    assert problems(outcome) == [
        (RefusalCode.POLICY_WEAKER, "maxDurationSeconds"),
        (RefusalCode.POLICY_WEAKER, "reasonMinLength"),
    ]
    assert isinstance(outcome, Refused)
    assert (
        outcome.message == "maxDurationSeconds is 14400 for all tenants, and 20000 is weaker: at most 14400 would do."
    )
    assert await recorded(world, acme) == []
    assert not (await effective(world, acme)).exclusive


@pytest.mark.parametrize(
    "change",
    [
        {"maxDurationSeconds": 0},
        {"defaultDurationSeconds": -1},
        {"maxDurationSeconds": True},
        {"reasonMinLength": 2001},
        {"reasonMaxLength": 0},
        {"idleTimeoutSeconds": 59},
        {"abandonAfterSeconds": 28801},
        {"modes": []},
        {"concurrency": "PER_MOON"},
        {"ticketPattern": "(a"},
        {"ticketPattern": "x" * 201},
        {"landingPath": ""},
        {"landingPath": "inbox"},
        {"landingPath": "//evil.example"},
        {"landingPath": "/\\evil.example"},
        {"landingPath": "https://evil.example"},
        {"landingPath": "/a\nb"},
        {"landingPath": "/a b"},
        {"landingPath": "/ä"},
        {"landingPath": "/" + "x" * 200},
        {"notifyEmails": ["nobody"]},
        {"notifyEmails": ["a@b"]},
        {"notifyEmails": ["a@acme.example\nbcc: b@else.example"]},
        {"notifyEmails": [f"a{number}@acme.example" for number in range(21)]},
        {"notifyWebhook": "http://acme.example/hook"},
        {"notifyWebhook": "https://user@acme.example/hook"},
        {"notifyWebhook": "https://acme.example:99999/hook"},
        {"notifyWebhook": "https://acme.example/hook#part"},
        {"notifyWebhook": "https://acme.example\\@else.example/"},
        {"notifyWebhook": "https:///hook"},
        {"notifyKinds": ["started"]},
        {"profile": "relaxed"},
        {"allowedLandingPaths": ["//evil.example"]},
        {"version": 3},
    ],
)
async def test_what_could_not_be_a_rule_is_refused_at_its_field(shared: World, change: dict[str, Any]) -> None:
    """Threats: open redirect (landingPath), header injection (notifyEmails), requests elsewhere (notifyWebhook)."""
    assert problems(await set_rules(shared, None, **change)) == [(RefusalCode.INPUT_INVALID, next(iter(change)))]


async def test_what_no_reason_could_satisfy_is_refused(shared: World) -> None:
    acme = await shared.somewhere()
    assert problems(await set_rules(shared, acme, reasonMinLength=300, reasonMaxLength=200)) == [
        (RefusalCode.INPUT_INVALID, "reasonMinLength")
    ]


async def test_the_deployments_own_choice_is_among_what_it_allows(shared: World) -> None:
    assert problems(await set_rules(shared, None, allowedLandingPaths=["/inbox"])) == [
        (RefusalCode.INPUT_INVALID, "landingPath")
    ]
    assert problems(await set_rules(shared, None, carrier="TAB", allowedCarriers=["COOKIE"])) == [
        (RefusalCode.INPUT_INVALID, "carrier")
    ]


@pytest.mark.parametrize("reason", ["", "  ", "ab", "x\u202ey is why", "x" * 2001])
async def test_rules_are_set_with_a_reason_that_the_tenant_reads(shared: World, reason: str) -> None:
    outcome = await set_rules(shared, None, reason=reason, exclusive=True)
    assert isinstance(outcome, Refused)
    assert outcome.problems[0].field == "reason"


async def test_the_same_again_is_no_change_and_not_recorded(world: World) -> None:
    acme = await world.somewhere()
    await put(world, acme, exclusive=True)
    for same in ({"exclusive": True}, {"modes": None}, {}):
        assert problems(await set_rules(world, acme, **same)) == [(RefusalCode.NO_CHANGE, None)]
    assert len(await recorded(world, acme)) == 1


async def test_who_lacks_the_permission_sets_nothing_and_a_tenant_that_is_none_has_no_rules(shared: World) -> None:
    acme = await shared.somewhere()
    for role in (Role.PLATFORM_SUPPORT, Role.PLATFORM_READONLY, Role.PLATFORM_BILLING, None):
        with pytest.raises(Forbidden, match="TENANT_POLICY_SET"):
            await set_rules(shared, acme, await shared.operator(role), exclusive=True)
    request = SetPolicy(tenant_id=uuid7(), reason=WHY, changes={"exclusive": True})
    outcome = await policies.set_policy(shared.database, shared.admin, request)
    assert problems(outcome) == [(RefusalCode.NOT_FOUND, "tenantId")]


async def test_a_key_that_is_bound_to_a_tenant_sets_that_tenants_rules_and_no_others(shared: World) -> None:
    acme, other = await shared.somewhere(), await shared.somewhere()
    key = await shared.service(Permission.TENANT_POLICY_SET, tenant=acme.id)
    assert problems(await set_rules(shared, other, key, exclusive=True)) == [(RefusalCode.NOT_FOUND, "tenantId")]
    outcome = await set_rules(shared, None, key, exclusive=True)
    assert isinstance(outcome, PolicyChanged)
    assert outcome.tenant
    assert outcome.tenant.id == acme.id
    assert not (await policies.deployment(shared.database)).exclusive


class TestDeployments:
    async def test_its_rules_lie_over_a_profile_and_under_every_tenants(self, world: World) -> None:
        acme = await world.somewhere()
        await put(world, None, profile="workday", exclusive=True)
        policy = await effective(world, acme)
        assert (policy.profile, policy.exclusive, policy.landing_path) == ("workday", True, "/inbox")
        assert (await put(world, None, profile=None)).landing_path == "/"
        assert [entry["tenantId"] for entry in await recorded(world, None)] == [None, None]
        assert await recorded(world, acme) == []

    async def test_no_rule_goes_beyond_the_systems_cap(self, world: World) -> None:
        outcome = await set_rules(world, None, maxDurationSeconds=28801)
        assert problems(outcome) == [(RefusalCode.POLICY_WEAKER, "maxDurationSeconds")]
        assert isinstance(outcome, Refused)
        assert "28800" in outcome.message

    async def test_one_that_becomes_stricter_later_wins_and_one_that_becomes_weaker_does_not_loosen_the_tenants(
        self, world: World
    ) -> None:
        """The effective value is the stricter of both at any time; what the tenant stored stays stored."""
        acme = await world.somewhere()
        await put(world, acme, maxDurationSeconds=7200, tenantPresence="EVERYONE")
        await put(world, None, maxDurationSeconds=3600)
        assert (await effective(world, acme)).max_duration_seconds == 3600
        await put(world, None, maxDurationSeconds=None, tenantPresence="NOBODY")
        policy = await effective(world, acme)
        assert (policy.max_duration_seconds, policy.tenant_presence) == (7200, "EVERYONE")

    async def test_a_tenant_whose_modes_are_all_taken_away_is_entered_by_nobody(self, world: World) -> None:
        """Fails closed."""
        acme = await world.somewhere()
        await put(world, acme, modes=["READ_WRITE"])
        await put(world, None, modes=["READ_ONLY"])
        outcome = await ask(world, await world.operator(), acme)
        assert isinstance(outcome, Refused)
        assert (outcome.code, outcome.forbidden) == (RefusalCode.MODE_NOT_ALLOWED, True)
        assert "no mode in common" in outcome.message

    async def test_rules_that_no_reason_can_meet_keep_everybody_out_and_say_so(self, world: World) -> None:
        """The tenant's least length, and a deployment's greatest that came later: neither is loosened for the other."""
        acme = await world.somewhere()
        await put(world, acme, reasonMinLength=400)
        await put(world, None, reasonMaxLength=200)
        outcome = await ask(world, await world.operator(), acme, reason="x" * 200)
        assert isinstance(outcome, Refused)
        assert (outcome.code, outcome.forbidden) == (RefusalCode.INPUT_INVALID, True)
        assert "at least 400" in outcome.message


class TestVersions:
    async def test_a_session_keeps_the_rules_that_it_began_under(self, world: World) -> None:
        acme = await world.somewhere()
        before = await put(world, acme, tenantPresence="EVERYONE", maxDurationSeconds=7200)
        session = await start(world, await world.operator(), acme, duration_seconds=7200)
        await put(world, None, landingPath="/inbox")
        after = await put(world, acme, maxDurationSeconds=60)
        assert (session.policy_version, before.version) == (before.version, before.version)
        assert after.version > before.version
        assert await live_in(world, acme) == 1
        async with world.database.read() as connection:
            pair = (acme.id, session.policy_version)
            assert (await policies.as_of(connection, [pair]))[pair] == before

    async def test_versions_are_numbered_in_the_order_of_their_commits(self, world: World) -> None:
        """Else two different policies of a tenant could have the same number: changes wait for each other."""
        acme, other = await world.somewhere(), await world.somewhere()
        await asyncio.gather(
            *(put(world, place, notifyKinds=[f"KIND_{n}"]) for n in range(4) for place in (acme, other, None))
        )
        rows = await world.admin_sql(
            """select array_agg(version order by at) from identity.tenant_policy p
                 join audit.entry e on e.kind = 'POLICY_SET' and (e.details::jsonb ->> 'policyId')::uuid = p.id"""
        )
        assert rows == sorted(rows)
        assert len(rows) == 12

    async def test_a_start_that_waited_for_a_change_is_decided_by_the_new_rules(self, world: World) -> None:
        acme, jane = await world.somewhere(), await world.operator()
        changes = [put(world, acme, reasonMinLength=n) for n in (500, 499)]
        outcomes = await asyncio.gather(*changes, *(ask(world, jane, acme) for _ in range(3)), return_exceptions=True)
        assert not [each for each in outcomes if isinstance(each, Exception) and not isinstance(each, AssertionError)]
        outcome = await ask(world, jane, acme)
        assert isinstance(outcome, Refused)
        assert outcome.code is RefusalCode.REASON_TOO_SHORT
