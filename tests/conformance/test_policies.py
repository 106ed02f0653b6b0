"""One engine, many rules: what each shipped profile says, and that on the way to a tenant they only get stricter."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest

from permissions.strictness import STRICTNESS, api_name
from tests.conformance.house import codes, moment, of

if TYPE_CHECKING:
    from tests.conformance.house import House

# What the documents of the replaced systems say, written down by hand: not read from the code that is tested.
TIMEBOXED = {
    "defaultDurationSeconds": 1800,
    "maxDurationSeconds": 14400,
    "durationSelectable": True,
    "reasonRequired": True,
    "reasonMinLength": 10,
    "concurrency": "PER_OPERATOR",
    "tenantPresence": "EVERYONE",
    "returnTo": "TENANT",
}
WORKDAY = {
    "defaultDurationSeconds": 28800,
    "maxDurationSeconds": 28800,
    "durationSelectable": False,
    "reasonRequired": True,
    "reasonMinLength": 3,
    "reasonMaxLength": 200,
    "concurrency": "PER_SIGN_IN",
    "onConflict": "REPLACE",
    "carrier": "COOKIE",
    "landingPath": "/inbox",
    "exclusive": False,
}
HOURLY = {
    "defaultDurationSeconds": 3600,
    "maxDurationSeconds": 3600,
    "durationSelectable": False,
    "reasonRequired": False,
    "concurrency": "PER_OPERATOR",
    "carrier": "TAB",
    "landingPath": "/",
    "returnTo": "TENANT_LIST",
}
DEFAULT = {
    "defaultDurationSeconds": 1800,
    "maxDurationSeconds": 14400,
    "reasonRequired": True,
    "reasonMinLength": 10,
    "reasonMaxLength": 500,
    "concurrency": "PER_SIGN_IN",
    "onConflict": "REPLACE",
    "carrier": "COOKIE",
    "landingPath": "/",
    "tenantPresence": "EVERYONE",
    "returnTo": "TENANT",
    "approval": "NOT_NEEDED",
}
RULES = sorted(
    {
        *DEFAULT,
        *TIMEBOXED,
        *WORKDAY,
        *HOURLY,
        "exclusive",
        "ticketRequired",
        "modes",
        *("idleTimeoutSeconds", "abandonAfterSeconds"),
    }
)
IN_FORCE = f"query ($id: ID!) {{ tenant(id: $id) {{ policy {{ version profile {' '.join(RULES)} }} }} }}"
# The order of each rule, weakest first; of the others fewer or more is stricter.
IN_ORDER: dict[str, list[Any]] = {
    "durationSelectable": [True, False],
    "reasonRequired": [False, True],
    "ticketRequired": [False, True],
    "concurrency": ["PER_SIGN_IN", "PER_OPERATOR"],
    "onConflict": ["REPLACE", "REJECT"],
    "approval": ["NOT_NEEDED", "REQUIRED", "TENANT_GRANT_ONLY"],
    "exclusive": [False, True],
    "tenantPresence": ["NOBODY", "ADMINS", "EVERYONE"],
}
AT_MOST = ["defaultDurationSeconds", "maxDurationSeconds", "reasonMaxLength"]
TIMEOUTS = ["idleTimeoutSeconds", "abandonAfterSeconds"]


async def in_force(house: House, tenant: Any) -> dict[str, Any]:
    policy: dict[str, Any] = (await house.tell(house.api.world.admin, IN_FORCE, id=of(tenant)))["policy"]
    return policy


async def holds(house: House, expected: dict[str, Any]) -> None:
    told = await in_force(house, await house.tenant())
    assert {name: told[name] for name in expected} == expected


@pytest.mark.under("timeboxed")
async def test_c_1_c_2_c_7_c_12_s1_19_s1_20_s1_21_s1_27_the_rules_of_the_first_system(house: House) -> None:
    await holds(house, TIMEBOXED)


@pytest.mark.under("workday")
async def test_c_1_c_2_c_5_c_7_c_8_c_22_s2_18_s2_21_s2_27_s2_30_s2_39_the_rules_of_the_second_system(
    house: House,
) -> None:
    await holds(house, WORKDAY)


@pytest.mark.under("hourly")
async def test_c_1_c_2_c_5_c_19_c_22_s3_8_s3_12_s3_16_s3_19_the_rules_of_the_third_system(house: House) -> None:
    await holds(house, HOURLY)


@pytest.mark.under("default")
async def test_c_1_c_2_c_7_c_8_c_12_the_default_takes_the_safest_of_each(house: House) -> None:
    await holds(house, DEFAULT)


async def test_c_1_a_deployments_rules_are_every_tenants(house: House) -> None:
    told = await in_force(house, await house.tenant())
    expected = asdict(house.policy)
    for name in expected:
        if api_name(name) in told:
            value = expected[name]
            assert told[api_name(name)] == ([*value] if isinstance(value, tuple) else value), name


@pytest.mark.parametrize("rule", IN_ORDER)
async def test_c_1_c_2_c_7_c_8_c_9_c_12_a_tenants_own_choice_is_as_strict_as_its_deployments_or_refused(
    house: House, rule: str
) -> None:
    order, tenant = IN_ORDER[rule], await house.tenant()
    held = order.index((await in_force(house, tenant))[rule])
    for rank, value in enumerate(order):
        told = await house.set_rules(tenant, **{rule: value})
        if rank < held:
            assert codes(told) == ["POLICY_WEAKER"], value
        else:
            assert "policy" in told, told
            assert (await in_force(house, tenant))[rule] == value


@pytest.mark.parametrize("rule", AT_MOST)
async def test_c_1_c_2_a_tenants_own_limit_is_at_most_its_deployments(house: House, rule: str) -> None:
    tenant = await house.tenant()
    held = (await in_force(house, tenant))[rule]
    beyond = codes(await house.set_rules(tenant, **{rule: held + 1}))
    assert beyond == (["INPUT_INVALID"] if (rule, held) == ("reasonMaxLength", 2000) else ["POLICY_WEAKER"])
    least = max(house.policy.reason_min_length, 1) if rule == "reasonMaxLength" else 1
    for value in dict.fromkeys((held, max(held - 1, least))):
        assert "policy" in await house.set_rules(tenant, **{rule: value})
        assert (await in_force(house, tenant))[rule] == value


async def test_c_2_a_tenants_shortest_reason_is_at_least_its_deployments(house: House) -> None:
    tenant, held = await house.tenant(), house.policy.reason_min_length
    if held:
        assert codes(await house.set_rules(tenant, reasonMinLength=held - 1)) == ["POLICY_WEAKER"]
    if held == house.policy.reason_max_length:
        return
    assert "policy" in await house.set_rules(tenant, reasonMinLength=held + 1)
    assert codes(await house.start(await house.jane(), tenant, reason="x" * held or "x")) == ["REASON_TOO_SHORT"]


@pytest.mark.parametrize("rule", TIMEOUTS)
async def test_c_6_a_tenants_own_timeout_is_kept_where_it_is_shorter_than_its_deployments(
    house: House, rule: str
) -> None:
    tenant = await house.tenant()
    held = (await in_force(house, tenant))[rule]
    if held is None or held > 60:
        assert "policy" in await house.set_rules(tenant, **{rule: 60})
        assert (await in_force(house, tenant))[rule] == 60
    if held is not None and held < 8 * 3600:
        assert codes(await house.set_rules(tenant, **{rule: held + 1})) == ["POLICY_WEAKER"]


async def test_c_1_no_tenant_gets_a_longer_session_than_its_own_rules_allow(house: House) -> None:
    tenant, shorter = await house.tenant(), max(house.policy.default_duration_seconds // 2, 1)
    assert "policy" in await house.set_rules(tenant, maxDurationSeconds=shorter)
    assert (await in_force(house, tenant))["defaultDurationSeconds"] == shorter
    assert codes(await house.start(await house.jane(), tenant, durationSeconds=shorter + 1)) == ["DURATION_TOO_LONG"]
    session = await house.inside(await house.jane(), tenant)
    assert (moment(session["expiresAt"]) - moment(session["startedAt"])).total_seconds() == shorter


async def test_c_16_a_tenant_takes_modes_away_and_adds_none(house: House) -> None:
    tenant = await house.tenant()
    every = ["READ_ONLY", "READ_WRITE"]
    missing = [mode for mode in every if mode not in house.policy.modes]
    if missing:
        assert codes(await house.set_rules(tenant, modes=every)) == ["POLICY_WEAKER"]
    await house.set_rules(tenant, modes=[house.mode])
    assert (await in_force(house, tenant))["modes"] == [house.mode]


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:x", "", "/ x"]
)
async def test_c_22_a_landing_path_leads_to_no_other_host(house: House, path: str) -> None:
    told = await house.set_rules(await house.tenant(), landingPath=path)
    assert codes(told) == ["INPUT_INVALID"]


async def test_c_1_a_session_keeps_the_rules_that_it_began_under(house: House) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    session = await house.inside(jane, tenant)
    before = (await in_force(house, tenant))["version"]
    await house.set_rules(tenant, maxDurationSeconds=1, defaultDurationSeconds=1)
    assert (await in_force(house, tenant))["version"] > before
    told = await house.read(session)
    assert (told["policyVersion"], told["expiresAt"]) == (session["policyVersion"], session["expiresAt"])
    assert session["policyVersion"] == before


@pytest.mark.parametrize(
    ("wanted", "code"), [("REQUIRED", "APPROVAL_REQUIRED"), ("TENANT_GRANT_ONLY", "GRANT_REQUIRED")]
)
async def test_c_17_until_there_are_approvals_a_tenant_that_wants_one_is_entered_by_nobody(
    house: House, wanted: str, code: str
) -> None:
    tenant = await house.tenant()
    told = await house.set_rules(tenant, approval=wanted)
    if "problems" in told:
        assert (codes(told), house.policy.approval) == (["POLICY_WEAKER"], "TENANT_GRANT_ONLY")
        return
    answer = await house.ask(await house.jane(), tenant)
    assert answer.data
    assert codes(answer.data["startImpersonation"]) == [code]
    assert not await house.ledger(tenant, "STARTED")


def test_c_1_every_rule_that_has_an_order_is_tried(policy: str) -> None:
    assert {api_name(name) for name in STRICTNESS} == {*IN_ORDER, *AT_MOST, *TIMEOUTS, "reasonMinLength"}, policy
