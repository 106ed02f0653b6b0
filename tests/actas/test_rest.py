"""Starting and ending by plain POST (S3-2, S3-3, S3-33): the same decisions and records, in HTTP's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from db.ledger import PLATFORM
from permissions.operators import Permission, Role
from permissions.policy import TenantStatus
from schema import ids
from tests.world import REASON

if TYPE_CHECKING:
    from tests.actas.serving import Site

END = "/platform/impersonation/end"
STATUSES = [each for each in TenantStatus if each not in {TenantStatus.ACTIVE, TenantStatus.READ_ONLY}]


def start_of(tenant_id: object) -> str:
    return f"/platform/tenants/{tenant_id}/impersonate"


async def post(site: Site, cookie: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
    """As the console's own page would send it."""
    async with site.client() as client:
        return await client.post(path, json=body or {}, headers={**site.console_headers(cookie), **headers})


async def by_key(site: Site, key: str, path: str, body: Any = None) -> httpx.Response:
    async with site.client() as client:
        return await client.post(path, json=body or {}, headers={"authorization": f"Bearer {key}"})


def problem(response: httpx.Response) -> tuple[int, str]:
    """The status and code of a problem that is one by RFC 9457."""
    told = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert told["status"] == response.status_code
    assert told["type"] == "/problems/" + told["code"].lower().replace("_", "-")
    assert told["title"]
    assert told["detail"]
    return response.status_code, told["code"]


class TestStart:
    async def test_a_session_starts_with_a_record_and_says_where_to_go(self, site: Site) -> None:
        """S3-33, P1."""
        cookie, tenant = await site.operator(Role.PLATFORM_SUPPORT), await site.world.somewhere()
        answer = await post(site, cookie, start_of(tenant.id), {"reason": REASON, "durationSeconds": 600})
        told = answer.json()
        assert answer.status_code == 201
        assert told["enterUrl"] == f"{tenant.workspace_url}/actas/enter?session={told['session']['id']}"
        assert (told["session"]["state"], told["session"]["mode"]) == ("ACTIVE", "READ_ONLY")
        assert told["session"]["tenantId"] == str(tenant.id)
        (entry,) = await site.world.entries(tenant.id, "IMPERSONATION_STARTED")
        assert entry.session_id == UUID(told["session"]["id"])

    async def test_the_tenant_may_be_named_as_the_api_names_it(self, site: Site) -> None:
        cookie, tenant = await site.operator(Role.PLATFORM_SUPPORT), await site.world.somewhere()
        answer = await post(site, cookie, start_of(ids.encode("Tenant", tenant.id)), {"reason": REASON})
        assert answer.status_code == 201

    @pytest.mark.parametrize("role", [Role.PLATFORM_READONLY, Role.PLATFORM_BILLING])
    @pytest.mark.parametrize("body", [{"reason": REASON}, {}, {"reason": 7, "nonsense": True}])
    async def test_a_role_that_never_may_gets_403_whatever_it_sends_and_the_tenant_reads_of_it(
        self, site: Site, role: Role, body: dict[str, Any]
    ) -> None:
        """S3-2, P8."""
        cookie, tenant = await site.operator(role), await site.world.somewhere()
        assert problem(await post(site, cookie, start_of(tenant.id), body)) == (403, "FORBIDDEN")
        caller = await site.caller(cookie)
        asked = "select array_agg(refused) from audit.activity where operator_id = $1"
        assert await site.world.admin_sql(asked, caller.id) == [True]
        assert len(await site.world.entries(tenant.id, "IMPERSONATION_FORBIDDEN")) == 1

    @pytest.mark.parametrize("status", STATUSES)
    async def test_a_status_that_forbids_it_is_a_true_403_that_says_which(
        self, site: Site, status: TenantStatus
    ) -> None:
        """S3-3, S3-4."""
        cookie, tenant = await site.operator(Role.PLATFORM_SUPPORT), await site.world.somewhere(status)
        code, name = problem(await post(site, cookie, start_of(tenant.id), {"reason": REASON}))
        (entry,) = await site.world.entries(tenant.id, "IMPERSONATION_FORBIDDEN")
        assert code == 403
        assert name in {"TENANT_SUSPENDED", "TENANT_OFFBOARDING", "TENANT_NOT_READY", "TENANT_GONE"}
        assert f'"code":"{name}"' in entry.details

    @pytest.mark.parametrize(
        ("body", "code", "field"),
        [
            ({}, "REASON_REQUIRED", "reason"),
            ({"reason": "short"}, "REASON_TOO_SHORT", "reason"),
            ({"reason": "\u202eten characters and more"}, "REASON_INVALID", "reason"),
            ({"reason": REASON, "durationSeconds": 10**6}, "DURATION_TOO_LONG", "durationSeconds"),
            ({"reason": REASON, "durationSeconds": 0}, "DURATION_TOO_SHORT", "durationSeconds"),
            ({"reason": REASON, "durationSeconds": True}, "INPUT_INVALID", "durationSeconds"),
            ({"reason": REASON, "durationSeconds": 1.5}, "INPUT_INVALID", "durationSeconds"),
            ({"reason": ["x"]}, "INPUT_INVALID", "reason"),
            ({"reason": REASON, "mode": "ROOT"}, "INPUT_INVALID", "mode"),
            ({"reason": REASON, "breakGlass": True}, "INPUT_INVALID", "breakGlass"),
            ({"reason": REASON, "idempotencyKey": ""}, "INPUT_INVALID", "idempotencyKey"),
        ],
    )
    async def test_input_that_is_wrong_is_a_422_that_names_the_field_and_is_recorded(
        self, site: Site, body: dict[str, Any], code: str, field: str
    ) -> None:
        cookie, tenant = await site.operator(Role.PLATFORM_SUPPORT), await site.world.somewhere()
        answer = await post(site, cookie, start_of(tenant.id), body)
        assert problem(answer) == (422, code)
        assert field in [each["field"] for each in answer.json()["problems"]]
        assert len(await site.world.entries(tenant.id, "IMPERSONATION_REFUSED")) == 1
        assert not await site.world.entries(tenant.id, "IMPERSONATION_STARTED")

    @pytest.mark.parametrize("asked", [UUID(int=9), "acme", "%00", ids.encode("Operator", UUID(int=1)), "x" * 999])
    async def test_a_tenant_that_does_not_exist_is_404_and_the_attempt_is_recorded(
        self, site: Site, asked: object
    ) -> None:
        cookie = await site.operator(Role.PLATFORM_SUPPORT)
        before = len(await site.world.entries(PLATFORM, "IMPERSONATION_REFUSED"))
        assert problem(await post(site, cookie, start_of(asked), {"reason": REASON})) == (404, "NOT_FOUND")
        assert len(await site.world.entries(PLATFORM, "IMPERSONATION_REFUSED")) == before + 1

    async def test_a_retry_gets_the_first_result_by_header_or_body_and_another_input_is_409(self, site: Site) -> None:
        """I5."""
        cookie, tenant = await site.operator(Role.PLATFORM_SUPPORT), await site.world.somewhere()
        body, key = {"reason": REASON}, "a-key-of-mine"
        first = await post(site, cookie, start_of(tenant.id), {**body, "idempotencyKey": key})
        quoted = await post(site, cookie, start_of(tenant.id), body, **{"idempotency-key": f'"{key}"'})
        plain = await post(site, cookie, start_of(tenant.id), body, **{"idempotency-key": key})
        assert {each.json()["session"]["id"] for each in (first, quoted, plain)} == {first.json()["session"]["id"]}
        other = await post(site, cookie, start_of(tenant.id), {"reason": REASON + "!"}, **{"idempotency-key": key})
        assert problem(other) == (409, "CONFLICT")
        twice = await post(
            site, cookie, start_of(tenant.id), {**body, "idempotencyKey": key}, **{"idempotency-key": "b"}
        )
        assert problem(twice) == (422, "INPUT_INVALID")
        assert len(await site.world.entries(tenant.id, "IMPERSONATION_STARTED")) == 1

    async def test_a_service_never_enters(self, site: Site) -> None:
        tenant = await site.world.somewhere()
        key = await site.key(Permission.TOKEN_EXCHANGE)
        assert problem(await by_key(site, key, start_of(tenant.id), {"reason": REASON})) == (403, "FORBIDDEN")
        assert len(await site.world.entries(tenant.id, "IMPERSONATION_FORBIDDEN")) == 1

    async def test_what_cannot_be_recorded_did_not_happen(self, site: Site) -> None:
        """P1."""
        cookie, tenant = await site.operator(Role.PLATFORM_SUPPORT), await site.world.somewhere()
        holding = await asyncpg.connect(site.world.urls.admin)
        async with holding.transaction():
            await holding.execute("lock table audit.chain_head in exclusive mode")
            answer = await post(site, cookie, start_of(tenant.id), {"reason": REASON})
        await holding.close()
        assert problem(answer) == (503, "UNAVAILABLE")
        assert answer.headers["retry-after"]
        assert not await site.world.entries(tenant.id, "IMPERSONATION_STARTED")


class TestEnd:
    async def test_one_ends_ones_own_by_id_or_without_and_only_once(self, site: Site) -> None:
        """S3-17."""
        cookie, tenant = await site.operator(Role.PLATFORM_SUPPORT), await site.world.somewhere()
        for named in (True, False):
            started = (await post(site, cookie, start_of(tenant.id), {"reason": REASON})).json()["session"]
            answer = await post(site, cookie, END, {"sessionId": started["id"]} if named else {})
            ended = answer.json()["session"]
            assert answer.status_code == 200
            assert (ended["id"], ended["state"], ended["endCause"]) == (started["id"], "ENDED", "STOPPED")
            again = await post(site, cookie, END, {"sessionId": started["id"]})
            assert problem(again) == (409, "ALREADY_ENDED")
        assert problem(await post(site, cookie, END)) == (404, "NOT_FOUND")
        assert len(await site.world.entries(tenant.id, "IMPERSONATION_ENDED")) == 2

    async def test_another_operators_session_is_forbidden(self, site: Site) -> None:
        cookie, tenant = await site.operator(Role.PLATFORM_SUPPORT), await site.world.somewhere()
        session = (await post(site, cookie, start_of(tenant.id), {"reason": REASON})).json()["session"]
        other = await site.operator(Role.PLATFORM_SUPPORT)
        assert problem(await post(site, other, END, {"sessionId": session["id"]})) == (403, "FORBIDDEN")

    async def test_the_tenants_service_stops_it_for_a_person_that_it_names(self, site: Site) -> None:
        cookie, tenant = await site.operator(Role.PLATFORM_SUPPORT), await site.world.somewhere()
        key = await site.key(Permission.TENANT_SIDE_DECIDE, tenant_id=tenant.id)
        session = (await post(site, cookie, start_of(tenant.id), {"reason": REASON})).json()["session"]
        body = {"sessionId": ids.encode("ImpersonationSession", UUID(session["id"])), "onBehalfOf": "Ann Owner"}
        answer = await by_key(site, key, END, body)
        assert answer.json()["session"]["endCause"] == "TENANT_STOPPED"
        (entry,) = await site.world.entries(tenant.id, "IMPERSONATION_ENDED")
        assert entry.actor_name == "Ann Owner, as stated by key a guard"

    @pytest.mark.parametrize("given", ["x", 7, {}, "VGVuYW50OjE="])
    async def test_an_id_that_is_none_is_422(self, site: Site, given: object) -> None:
        cookie = await site.operator(Role.PLATFORM_SUPPORT)
        assert problem(await post(site, cookie, END, {"sessionId": given}))[0] == 422


class TestRequests:
    """What is no call at all is told apart for callers, and for nobody else."""

    @pytest.mark.parametrize("path", [END, start_of(UUID(int=1))])
    @pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"])
    async def test_another_method_is_405(self, site: Site, method: str, path: str) -> None:
        async with site.client(cookie=await site.operator(Role.PLATFORM_SUPPORT)) as client:
            answer = await client.request(method, path)
        assert problem(answer) == (405, "METHOD_NOT_ALLOWED")
        assert answer.headers["allow"] == "POST"

    @pytest.mark.parametrize("body", [b"[]", b"7", b"null", b"{", b"\xff", b'"x"', b"{}{}", b"NaN", b"[" * 60_000])
    async def test_a_body_that_is_no_object_is_400(self, site: Site, body: bytes) -> None:
        headers = {"authorization": f"Bearer {await site.key(Permission.TOKEN_EXCHANGE)}"}
        async with site.client() as client:
            json = {**headers, "content-type": "application/json; charset=utf-8"}
            assert problem(await client.post(END, content=body, headers=json)) == (400, "MALFORMED")
            assert problem(await client.post(END, content=body, headers=headers)) == (415, "NOT_JSON")

    async def test_a_body_that_is_too_large_is_413(self, site: Site) -> None:
        """Threat 27."""
        cookie = await site.operator(Role.PLATFORM_SUPPORT)
        assert problem(await post(site, cookie, END, {"sessionId": "x" * 70_000})) == (413, "TOO_LARGE")

    @pytest.mark.parametrize(
        ("changed", "expected"),
        [
            ({"origin": "https://evil.example"}, (403, "NOT_FROM_THE_CONSOLE")),
            ({"origin": None}, (403, "NOT_FROM_THE_CONSOLE")),
            ({"x-actas-csrf": None}, (403, "NOT_FROM_THE_CONSOLE")),
            ({"content-type": "text/plain"}, (415, "NOT_JSON")),
            ({"content-type": None}, (415, "NOT_JSON")),
        ],
    )
    async def test_a_browser_is_heard_only_from_the_console(
        self, site: Site, changed: dict[str, str | None], expected: tuple[int, str]
    ) -> None:
        """Threat 16."""
        cookie, tenant = await site.operator(Role.PLATFORM_SUPPORT), await site.world.somewhere()
        given = {**site.console_headers(cookie), "content-type": "application/json", **changed}
        headers = {name: value for name, value in given.items() if value is not None}
        async with site.client() as client:
            answer = await client.post(
                start_of(tenant.id), content=b'{"reason":"%s"}' % REASON.encode(), headers=headers
            )
        assert problem(answer) == expected
        assert not await site.world.entries(tenant.id, "IMPERSONATION_STARTED")
