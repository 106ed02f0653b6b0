"""Service keys through the API: issued, listed, revoked, and the secret told once (DESIGN section 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from permissions.caller import Origin
from permissions.operators import NEVER_FOR_KEYS, Permission, Role
from resolvers.callers import Callers
from schema import ids

if TYPE_CHECKING:
    from permissions.caller import Caller
    from tests.schema.conftest import Api

ISSUE = """mutation ($input: IssueServiceKeyInput!) { issueServiceKey(input: $input) { __typename
  ... on ServiceKeyIssued { secret serviceKey { id name prefix permissions createdAt revokedAt tenant { slug } } }
  ... on Refused { code message problems { field } } } }"""
REVOKE = """mutation ($input: RevokeServiceKeyInput!) { revokeServiceKey(input: $input) { __typename
  ... on ServiceKeyChanged { serviceKey { id revokedAt } } ... on Refused { code problems { field } } } }"""
LIST = "{ serviceKeys { id name prefix permissions lastUsedAt revokedAt tenant { slug } } }"


async def issue(api: Api, *permissions: Permission, caller: Caller | None = None, **more: Any) -> dict[str, Any]:
    given = {"name": "workspace", "permissions": list(permissions)} | more
    found: dict[str, Any] = (await api.data(caller or api.world.admin, ISSUE, input=given))["issueServiceKey"]
    return found


async def test_a_key_is_issued_with_its_secret_listed_without_and_revoked_for_good(api: Api) -> None:
    acme = await api.world.tenant("acme")
    issued = await issue(
        api, Permission.GUARD_EVENTS, Permission.TOKEN_EXCHANGE, tenantId=ids.encode("Tenant", acme.id)
    )
    key, secret = issued["serviceKey"], issued["secret"]
    assert (key["permissions"], key["tenant"], key["revokedAt"]) == (
        ["GUARD_EVENTS", "TOKEN_EXCHANGE"],
        {"slug": "acme"},
        None,
    )
    assert await Callers(api.world.database).by_key(secret, Origin())
    listed = await api.data(api.world.admin, LIST)
    assert [each["id"] for each in listed["serviceKeys"]] == [key["id"]]
    assert secret not in str(listed)
    revoked = await api.data(api.world.admin, REVOKE, input={"id": key["id"], "reason": "it leaked"})
    assert revoked["revokeServiceKey"]["serviceKey"]["revokedAt"]
    assert await Callers(api.world.database).by_key(secret, Origin()) is None
    again = await api.data(api.world.admin, REVOKE, input={"id": key["id"], "reason": "it leaked"})
    assert again["revokeServiceKey"]["code"] == "NO_CHANGE"
    assert (await api.data(api.world.admin, LIST))["serviceKeys"][0]["revokedAt"]


async def test_a_retry_tells_no_secret_and_says_what_to_do(api: Api) -> None:
    first = await issue(api, Permission.GUARD_EVENTS, idempotencyKey="once")
    again = await issue(api, Permission.GUARD_EVENTS, idempotencyKey="once")
    assert (again["__typename"], again["code"], again["problems"]) == (
        "Refused",
        "CONFLICT",
        [{"field": "idempotencyKey"}],
    )
    assert "revoke this key and issue another" in again["message"]
    assert first["secret"] not in str(again)
    assert len((await api.data(api.world.admin, LIST))["serviceKeys"]) == 1


@pytest.mark.parametrize("permission", sorted(NEVER_FOR_KEYS))
async def test_a_key_never_enters_and_never_decides_who_may(api: Api, permission: Permission) -> None:
    refused = await issue(api, Permission.TENANT_READ, permission)
    assert (refused["code"], refused["problems"]) == ("INPUT_INVALID", [{"field": "permissions"}])


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"permissions": []}, "permissions"),
        ({"idempotencyKey": ""}, "idempotencyKey"),
    ],
)
async def test_what_is_wrong_with_a_key_is_said_at_its_field(api: Api, given: dict[str, Any], field: str) -> None:
    refused = await issue(api, Permission.TENANT_READ, **given)
    assert (refused["code"], refused["problems"]) == ("INPUT_INVALID", [{"field": field}])


async def test_forged_ids_are_named_and_unknown_ones_not_found(api: Api) -> None:
    nowhere = api.world.admin.id
    assert (await issue(api, Permission.TENANT_READ, tenantId=ids.encode("Tenant", nowhere)))["code"] == "NOT_FOUND"
    unknown = {"id": ids.encode("ServiceKey", nowhere), "reason": "a test"}
    assert (await api.data(api.world.admin, REVOKE, input=unknown))["revokeServiceKey"]["code"] == "NOT_FOUND"
    for forged in ("", "garbage", ids.encode("Tenant", nowhere)):
        answer = await api.ask(api.world.admin, REVOKE, input={"id": forged, "reason": "a test"})
        assert answer.codes == ["BAD_USER_INPUT"]
        assert "input.id" in answer.errors[0]["message"]


@pytest.mark.parametrize("role", [None, Role.PLATFORM_SUPPORT, Role.PLATFORM_BILLING, Role.PLATFORM_READONLY])
async def test_only_an_admin_sees_issues_and_revokes_keys(api: Api, role: Role | None) -> None:
    """Default deny; no key manages keys either, whatever else it may."""
    caller = await api.world.operator(role)
    key = await api.key(*sorted(frozenset(Permission) - NEVER_FOR_KEYS))
    for asking in (caller, key):
        for query, given in (
            (LIST, {}),
            (ISSUE, {"input": {"name": "x", "permissions": ["TENANT_READ"]}}),
            (REVOKE, {"input": {"id": ids.encode("ServiceKey", key.id), "reason": "a test"}}),
        ):
            answer = await api.ask(asking, query, **given)
            assert answer.codes == ["FORBIDDEN"], query
            assert "SERVICE_KEY_MANAGE" in answer.errors[0]["message"]
