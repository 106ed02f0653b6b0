"""The rules of impersonation through the API: set, read with who set them, and followed by streams."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from permissions.operators import Permission, Role
from schema import ids
from tests.resolvers.sessions import set_rules

if TYPE_CHECKING:
    from permissions.caller import Caller
    from tests.schema.conftest import Api

REFUSED = "... on Refused { code message problems { code message field } }"
SET = f"""mutation ($input: SetImpersonationPolicyInput!) {{ setImpersonationPolicy(input: $input) {{
  __typename {REFUSED}
  ... on PolicyChanged {{ tenant {{ slug }} policy {{ version maxDurationSeconds modes exclusive }} }} }} }}"""
MODE = f"""mutation ($input: ChangeImpersonationModeInput!) {{ changeImpersonationMode(input: $input) {{ {REFUSED}
  ... on SessionChanged {{ session {{ uuid mode }} }} }} }}"""
WHENCE = "provenance { field source version setBy { kind name } setAt }"
VERSIONS = "versions(first: 5) { version forTenant rules reason setBy { name } setAt }"
POLICY = f"{{ version profile maxDurationSeconds {WHENCE} {VERSIONS} }}"
OF_TENANT = f"query ($slug: String!) {{ tenant(slug: $slug) {{ policy {POLICY} }} }}"
OF_DEPLOYMENT = f"{{ policy {POLICY} }}"
OF_SESSION = f"query ($id: ID!) {{ impersonationSession(id: $id) {{ policyVersion policy {POLICY} }} }}"
TENANTS = """subscription { tenantEvents { change tenant { slug policy { exclusive } } } }"""
SESSIONS = "subscription { sessionEvents { change session { uuid mode } } }"
GUARD = "subscription { guardEvents { change sessionUuid mode banner { presence } } }"
WHY = "agreed with the customer"


async def put(api: Api, slug: str | None = None, caller: Caller | None = None, **rules: Any) -> dict[str, Any]:
    """What setting rules answers."""
    given = {"reason": WHY, **rules}
    if slug:
        tenant = await api.data(api.world.admin, "query ($slug: String!) { tenant(slug: $slug) { id } }", slug=slug)
        given["tenantId"] = tenant["tenant"]["id"]
    answer: dict[str, Any] = (await api.data(caller or api.world.admin, SET, input=given))["setImpersonationPolicy"]
    return answer


def whence(policy: dict[str, Any]) -> dict[str, tuple[str, int | None, str | None]]:
    """Of each field: its source, version and setter."""
    return {
        each["field"]: (each["source"], each["version"], each["setBy"] and each["setBy"]["name"])
        for each in policy["provenance"]
    }


async def test_rules_are_set_left_out_and_taken_away(api: Api) -> None:
    await api.world.tenant("acme")
    answer = await put(api, "acme", maxDurationSeconds=3600, modes=["READ_ONLY"])
    assert answer["tenant"] == {"slug": "acme"}
    assert (answer["policy"]["maxDurationSeconds"], answer["policy"]["modes"]) == (3600, ["READ_ONLY"])
    answer = await put(api, "acme", modes=None, exclusive=True)
    assert (answer["policy"]["maxDurationSeconds"], answer["policy"]["modes"]) == (3600, ["READ_ONLY", "READ_WRITE"])
    assert (await put(api, exclusive=True))["tenant"] is None


async def test_a_weaker_rule_is_a_refusal_at_its_field_and_a_missing_permission_an_error(api: Api) -> None:
    await api.world.tenant("acme")
    refused = await put(api, "acme", maxDurationSeconds=20000)
    assert (refused["__typename"], refused["code"], refused["problems"][0]["field"]) == (
        "Refused",
        "POLICY_WEAKER",
        "maxDurationSeconds",
    )
    support = await api.world.newcomer("support@actas.example", Role.PLATFORM_SUPPORT)
    answer = await api.ask(support, SET, input={"reason": WHY, "exclusive": True})
    assert (answer.data, answer.codes) == ({"setImpersonationPolicy": None}, ["FORBIDDEN"])


@pytest.mark.parametrize("value", ["REQUIRED", "TENANT_GRANT_ONLY"])
async def test_a_policy_that_wants_an_approval_refuses_every_start_until_there_are_approvals(
    api: Api, value: str
) -> None:
    acme = await api.world.tenant("acme")
    await put(api, "acme", approval=value)
    start = f"mutation ($input: StartImpersonationInput!) {{ startImpersonation(input: $input) {{ {REFUSED} }} }}"
    asked = {"tenantId": ids.encode("Tenant", acme.id), "reason": "webhook 500s since this morning"}
    refused = (await api.data(api.world.admin, start, input=asked))["startImpersonation"]
    assert refused["code"] == {"REQUIRED": "APPROVAL_REQUIRED", "TENANT_GRANT_ONLY": "GRANT_REQUIRED"}[value]


async def test_every_effective_value_says_where_it_comes_from_who_set_it_and_with_which_version(api: Api) -> None:
    await api.world.tenant("acme")
    nobody = (await api.data(api.world.admin, OF_TENANT, slug="acme"))["tenant"]["policy"]
    assert set(whence(nobody).values()) == {("DEFAULT", None, None)}
    assert nobody["versions"] == []
    first = (await put(api, profile="timeboxed", exclusive=True))["policy"]["version"]
    second = (await put(api, "acme", maxDurationSeconds=600))["policy"]["version"]
    third = (await put(api, "acme", ticketRequired=True))["policy"]["version"]
    policy = (await api.data(api.world.admin, OF_TENANT, slug="acme"))["tenant"]["policy"]
    found = whence(policy)
    assert found.keys() == set(whence(nobody))
    assert found["maxDurationSeconds"] == ("TENANT", second, "Admin")
    assert found["defaultDurationSeconds"] == ("TENANT", second, "Admin")
    assert found["ticketRequired"] == ("TENANT", third, "Admin")
    assert found["exclusive"] == ("DEPLOYMENT", first, "Admin")
    assert found["concurrency"] == ("PROFILE", first, "Admin")
    assert [(each["version"], each["forTenant"], each["rules"]) for each in policy["versions"]] == [
        (third, True, {"maxDurationSeconds": 600, "ticketRequired": True}),
        (second, True, {"maxDurationSeconds": 600}),
        (first, False, {"profile": "timeboxed", "exclusive": True}),
    ]
    assert {each["reason"] for each in policy["versions"]} == {WHY}


async def test_what_a_deployment_made_stricter_later_is_said_to_be_the_deployments(api: Api) -> None:
    await api.world.tenant("acme")
    await put(api, "acme", maxDurationSeconds=7200)
    version = (await put(api, maxDurationSeconds=3600))["policy"]["version"]
    policy = (await api.data(api.world.admin, OF_TENANT, slug="acme"))["tenant"]["policy"]
    assert whence(policy)["maxDurationSeconds"] == ("DEPLOYMENT", version, "Admin")
    await set_rules(api.world, None, max_duration_seconds=100_000)
    beyond = (await api.data(api.world.admin, OF_DEPLOYMENT))["policy"]
    assert beyond["maxDurationSeconds"] == 28800
    assert whence(beyond)["maxDurationSeconds"][0] == "SYSTEM"


async def test_a_session_tells_the_rules_that_it_began_under(api: Api) -> None:
    acme = await api.world.tenant("acme")
    await put(api, "acme", maxDurationSeconds=3600)
    session = (await api.start(api.world.admin, acme)).session
    await put(api, "acme", maxDurationSeconds=60)
    told = (await api.data(api.world.admin, OF_SESSION, id=ids.encode("ImpersonationSession", session.id)))[
        "impersonationSession"
    ]
    assert told["policyVersion"] == told["policy"]["version"] == session.policy_version
    assert told["policy"]["maxDurationSeconds"] == 3600
    assert len(told["policy"]["versions"]) == 1


async def test_a_bound_key_reads_the_rules_of_its_own_tenant_only(api: Api) -> None:
    acme, other = await api.world.tenant("acme"), await api.world.tenant("other")
    await put(api, "acme", exclusive=True)
    await put(api, "other", exclusive=True)
    key = await api.key(Permission.TENANT_SIDE_READ, tenant=acme)
    mine = (await api.data(key, OF_TENANT, slug="acme"))["tenant"]["policy"]
    assert whence(mine)["exclusive"][0] == "TENANT"
    assert (await api.data(key, OF_TENANT, slug="other"))["tenant"] is None
    assert str(other.id) not in json.dumps(mine)


async def test_a_mode_is_changed_through_the_api_and_told_to_consoles_and_guards(api: Api) -> None:
    """C-16: MODE_CHANGED and SESSION_MODE, with the presence of the session's own rules."""
    acme = await api.world.tenant("acme")
    session = (await api.start(api.world.admin, acme)).session
    await put(api, tenantPresence="NOBODY")
    asked = {
        "sessionId": ids.encode("ImpersonationSession", session.id),
        "mode": "READ_WRITE",
        "reason": "the customer asked for the fix",
    }
    async with api.socket(api.world.admin) as console, api.socket(await api.key(Permission.GUARD_EVENTS)) as guard:
        await console.subscribe(SESSIONS)
        await console.until("sessionEvents", "SNAPSHOT_END")
        await guard.subscribe(GUARD)
        await guard.until("guardEvents", "SNAPSHOT_END")
        answer = (await api.data(api.world.admin, MODE, input=asked))["changeImpersonationMode"]
        assert answer == {"session": {"uuid": str(session.id), "mode": "READ_WRITE"}}
        told = (await console.until("sessionEvents", "MODE_CHANGED"))[-1]
        assert told["session"] == {"uuid": str(session.id), "mode": "READ_WRITE"}
        told = (await guard.until("guardEvents", "SESSION_MODE"))[-1]
        assert (told["sessionUuid"], told["mode"]) == (str(session.id), "READ_WRITE")
        assert told["banner"] == {"presence": "EVERYONE"}
    again = (await api.data(api.world.admin, MODE, input=asked))["changeImpersonationMode"]
    assert again["code"] == "NO_CHANGE"
    support = await api.world.newcomer("support@actas.example", Role.PLATFORM_SUPPORT)
    assert (await api.ask(support, MODE, input=asked)).codes == ["FORBIDDEN"]


async def test_a_change_of_rules_is_told_to_who_watches_tenants(api: Api) -> None:
    """One tenant's for that tenant, the deployment's for each."""
    await api.world.tenant("acme")
    await api.world.tenant("other")
    async with api.socket(api.world.admin) as console:
        await console.subscribe(TENANTS)
        await console.until("tenantEvents", "SNAPSHOT_END")
        await put(api, "acme", exclusive=True)
        changed = (await console.until("tenantEvents", "CHANGED"))[-1]["tenant"]
        assert changed == {"slug": "acme", "policy": {"exclusive": True}}
        await put(api, exclusive=True)
        both = [(await console.event("tenantEvents"))["tenant"] for _ in range(2)]
        assert {each["slug"] for each in both} == {"acme", "other"}
        assert all(each["policy"]["exclusive"] for each in both)
