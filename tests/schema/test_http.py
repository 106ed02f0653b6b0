"""GraphQL over HTTP: media types, statuses, limits, errors that say what is wrong and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from strawberry.http import process_result
from structlog.testing import capture_logs

from db.engine import Database
from db.pages import tenants as tenant_pages
from permissions.operators import Role
from permissions.refusals import Unavailable
from resolvers.activity import ActivityRecorder
from schema.build import schema
from schema.context import Context
from schema.http import JSON, status_of

if TYPE_CHECKING:
    from tests.schema.conftest import Api


@pytest.fixture
def api(shared_api: Api) -> Api:
    """One for all: what is asked here changes nothing that another test reads."""
    return shared_api


MODERN = "application/graphql-response+json"
SECRET = "postgresql://actas_app:hunter2@db.internal/actas"


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        (MODERN, MODERN),
        (f"{MODERN}, application/json;q=0.9", MODERN),
        (f"{MODERN};q=0.1, application/json", "application/json"),
    ],
)
async def test_the_media_type_is_the_one_asked_for(api: Api, accept: str | None, answered: str) -> None:
    headers = {"accept": accept} if accept else {}
    response = await api.post(api.world.admin, {"query": "{ __typename }"}, **headers)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith(answered)
    assert response.json() == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("{ oops", "Syntax Error"),
        ("{ nothing }", "Cannot query field"),
        ("query ($id: ID!) { node(id: $id) { id } }", "Variable '$id'"),
        ("{ impersonationSessions(filter: { startedSince: 7 }) { nodes { id } } }", "DateTime"),
        ('{ impersonationSessions(filter: { startedSince: "2026-01-01T00:00:00" }) { nodes { id } } }', "DateTime"),
    ],
)
async def test_a_request_that_cannot_run_is_400_without_data_in_the_modern_type(
    api: Api, query: str, message: str
) -> None:
    response = await api.post(api.world.admin, {"query": query}, accept=MODERN)
    assert response.status_code == 400
    body = response.json()
    assert "data" not in body
    assert message in body["errors"][0]["message"]
    assert body["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert (await api.post(api.world.admin, {"query": query})).status_code == 200


@pytest.mark.parametrize(
    "body", [b"7", b'"{ __typename }"', b"null", b"[]", b"\xff", b"{", b'{"query": 7}', b'{"query": ""}', b"{}",
             b'{"query": "{ __typename }", "variables": 7}', b'{"query": "{ __typename }", "operationName": 7}',
             b'{"query": "{ __typename }", "variables": {"a": NaN}}', b"[" * 100_000,
             b'[{"query": "{ __typename }"}]']
)  # fmt: skip
async def test_a_body_that_is_no_operation_is_400(api: Api, body: bytes) -> None:
    response = await api.post(api.world.admin, body)
    assert response.status_code == 400
    assert response.json()["errors"]


async def test_only_post_and_json_are_taken(api: Api) -> None:
    async def tried(**headers: str) -> int:
        return (await api.post(api.world.admin, {"query": "{ __typename }"}, **headers)).status_code

    assert await tried(**{"content-type": "text/plain"}) == 415
    assert await tried(accept="text/html") == 406
    import httpx

    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{api.port}") as client:
        response = await client.get(
            "/graphql", params={"query": "{ __typename }"}, headers={"x-caller": api.known(api.world.admin)}
        )
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{ tenats { nodes { id } } }", {}),
        ("{ node(id: 1) { ... on Tenan { id } } }", {}),
        ("{ tenants(orderBy: NAM) { nodes { id } } }", {}),
        ("{ tenants(frst: 1) { nodes { id } } }", {}),
        ("query ($o: TenantOrder) { tenants(orderBy: $o) { nodes { id } } }", {"o": "NAM"}),
        ("query ($f: TenantFilter) { tenants(filter: $f) { nodes { id } } }", {"f": {"serch": "a"}}),
    ],
)
async def test_a_wrong_name_gets_no_suggestion(api: Api, query: str, variables: dict[str, str]) -> None:
    body = (await api.post(api.world.admin, {"query": query, "variables": variables})).json()
    assert body["errors"]
    assert "Did you mean" not in str(body)


async def test_what_breaks_inside_is_masked_under_an_id_that_the_log_has_too(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threat 25: a DSN in an exception reaches nobody."""

    async def broken(*_: Any) -> Any:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(tenant_pages, "tenants", broken)
    with capture_logs() as logs:
        response = await api.post(api.world.admin, {"query": "{ viewer { permissions } tenants { nodes { id } } }"})
    body = response.json()
    assert SECRET not in response.text
    assert body["data"]["viewer"]
    assert body["data"]["tenants"] is None
    (error,) = body["errors"]
    assert error["extensions"]["code"] == "INTERNAL"
    assert [each["error_id"] for each in logs if each["event"] == "operation failed"] == [
        error["extensions"]["errorId"]
    ]


async def test_what_an_operator_looked_at_is_recorded_before_the_answer_leaves(api: Api) -> None:
    """S1-8, S1-9: operation, root fields, the tenants that were seen, and whether something was refused."""
    acme = await api.world.tenant("acme")
    reader = await api.world.newcomer("reader@actas.example", Role.PLATFORM_READONLY)
    query = """query Look { tenant(slug: "acme") { name stripeCustomerId } ...Rest }
               fragment Rest on Query { viewer { permissions } }"""
    await api.ask(reader, query)
    operation = await api.world.admin_sql("select operation from audit.activity where operator_id = $1", reader.id)
    fields = await api.world.admin_sql("select fields from audit.activity where operator_id = $1", reader.id)
    tenants = await api.world.admin_sql("select tenants from audit.activity where operator_id = $1", reader.id)
    refused = await api.world.admin_sql("select refused from audit.activity where operator_id = $1", reader.id)
    assert (operation, fields, tenants, refused) == ("query Look", ["tenant", "viewer"], [acme.id], True)


async def test_an_answer_that_cannot_be_recorded_is_thrown_away(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: Any, **__: Any) -> None:
        raise Unavailable("not now")

    await api.world.tenant("secretive")
    monkeypatch.setattr(ActivityRecorder, "record", away)
    response = await api.post(api.world.admin, {"query": '{ tenant(slug: "secretive") { name } }'})
    assert response.status_code == 503
    assert "Secretive" not in response.text
    assert response.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
    async with api.socket(api.world.admin) as socket:
        await socket.subscribe("subscription { tenantEvents { change tenant { name } } }")
        message = await socket.receive()
        assert message["payload"]["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
        assert "Secretive" not in str(message)


async def test_without_a_database_nothing_happens_and_the_answer_is_503(api: Api) -> None:
    """P1, threat 39."""
    away = Database("postgresql://actas_app:secret@127.0.0.1:1/actas")
    context = Context(database=away, caller=api.world.admin)
    start = """mutation { startImpersonation(input: { tenantId: "VGVuYW50OjE=", reason: "webhook 500s again" }) {
      ... on ImpersonationStarted { enterUrl } ... on Refused { code } } }"""
    result = await schema.execute(start, context_value=context)
    assert result.data == {"startImpersonation": None}
    assert result.errors
    response = process_result(result)
    assert [error.extensions for error in result.errors] == [{"code": "UNAVAILABLE"}]
    assert {status_of(response, media_type) for media_type in (JSON, MODERN)} == {503}
    await away.close()


async def test_a_subscription_by_post_is_told_where_subscriptions_go(api: Api) -> None:
    response = await api.post(api.world.admin, {"query": "subscription { tenantEvents { change } }"})
    assert response.status_code == 400
    assert "WebSocket" in response.json()["errors"][0]["message"]
