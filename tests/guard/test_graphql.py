"""GraphQL products are decided by operation, not by method (issue 4, point 5)."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import pytest_asyncio

from actas_guard import graphql
from actas_guard.graphql import kind_of, operation_of
from tests.guard.conftest import guarded, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.guard.conftest import Browser, Site
    from tests.guard.console import FakeConsole

BLOCK = '"""'


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        ("{ cases { id } }", "query"),
        ("query Cases($n: Int = 3) @live { cases(first: $n) { id } }", "query"),
        ("query mutation { a }", "query"),
        ("mutation { close(id: 1) }", "mutation"),
        ("subscription { changed }", "subscription"),
        ("query A { a } mutation B { b }", "mutation"),
        ("fragment F on Case { id } query { ...F }", "query"),
        ("# mutation { b }\n{ a }", "query"),
        ("\ufeff, { a }", "query"),
        ('{ a(text: "} mutation { b }") }', "query"),
        ('{ a(text: "\\"} mutation { b }") }', "query"),
        (f"{{ a(text: {BLOCK}}} mutation {{ b }}{BLOCK}) }}", "query"),
        # What looks like a text to a hasty reader is code to the product's.
        (f"{{ a(t: {BLOCK}\\\\{BLOCK} {BLOCK}) }} mutation M {{ b }} # {BLOCK}", "mutation"),
        ('{ a } # "\n mutation { b } # "', "mutation"),
        ('{ a(t: "#") } mutation { b }', "mutation"),
        ("", None),
        ("fragment F on Case { id }", None),
        ("type A { b: Int }", None),
        ("{ a", None),
        ("{ a } }", None),
        ("{ a( } )", None),
        ('{ a(t: ") }', None),
        (f"{{ a(t: {BLOCK}) }}", None),
        ('{ a } "', None),
    ],
)
def test_a_document_is_its_most_far_reaching_operation(document: str, kind: str | None) -> None:
    assert kind_of(document) == kind


@pytest.mark.parametrize(
    ("content_type", "body", "kind"),
    [
        ("application/json", {"query": "{ a }", "variables": {"b": 1}, "operationName": None}, "query"),
        ('application/json; charset="UTF-8"', {"query": "{ a }", "extensions": {}}, "query"),
        ("application/json", [{"query": "{ a }"}, {"query": "mutation { b }"}], "mutation"),
        ("application/json", [{"query": "{ a }"}, {"id": "stored"}], None),
        ("application/json", {"query": "{ a }", "documentId": "stored"}, None),
        ("application/json", {"query": "{ a }", "extensions": {"persistedQuery": {"sha256Hash": "x"}}}, None),
        ("application/json", [], None),
        ("application/json", {"query": 1}, None),
        ("application/json; charset=utf-7", {"query": "{ a }"}, None),
        ("application/x-www-form-urlencoded", {"query": "{ a }"}, None),
        ("text/plain", {"query": "{ a }"}, None),
        ("", {"query": "{ a }"}, None),
        ("application/json", b'{"query": "{ a }", "query": "mutation { b }"}', None),
        ("application/json", json.dumps({"query": "{ a }"}).encode("utf-16"), None),
        ("application/json", b"{", None),
        ("application/json", b"[" * 100_000, None),
    ],
)
def test_what_two_readers_may_read_differently_is_not_told(content_type: str, body: Any, kind: str | None) -> None:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    assert operation_of(content_type, sent) == kind


@pytest_asyncio.fixture
async def site(console: FakeConsole) -> AsyncIterator[Site]:
    async with guarded(console, graphql=("/graphql",), banner_seen_seconds=None) as made:
        await until(lambda: made.live.ready and made.guard._service.keys.known)
        yield made


async def post(site: Site, browser: Browser, query: str, path: str = "/graphql", **headers: str) -> httpx.Response:
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    sent = {"host": browser.tenant.host, "cookie": cookies, "content-type": "application/json", **headers}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{site.port}", verify=False) as client:
        return await client.post(path, content=json.dumps({"query": query}), headers=sent)


async def test_a_read_only_session_asks_and_changes_nothing(site: Site) -> None:
    """C-16."""
    session, operator = await site.operator(mode="READ_ONLY")
    for path in ("/graphql", "/graphql/"):
        assert (await post(site, operator, "{ cases }", path)).status_code == 200
    for query in ("mutation { close }", "subscription { changed }", "{", "{ a } mutation { b }"):
        assert (await post(site, operator, query)).json()["code"] == "READ_ONLY_SESSION", query
    assert (await post(site, operator, "{ cases }", "/other")).json()["code"] == "READ_ONLY_SESSION"
    recorded = await until(lambda: len(site.console.records) >= 7 and site.console.records)
    assert {record["wrote"] for record in recorded if record["sessionUuid"] == str(session.id)} == {False}


async def test_what_is_in_the_address_or_encoded_is_not_believed_of_the_body(site: Site) -> None:
    """Some servers take the operation from the query string rather than from the body."""
    _, operator = await site.operator(mode="READ_ONLY")
    for path in ("/graphql?query=mutation%7Bb%7D", "/graphql?operationName=b"):
        assert (await post(site, operator, "{ a }", path)).status_code == 403
    assert (await post(site, operator, "{ a }", content_encoding="br", **{"content-encoding": "br"})).status_code == 403
    assert (await operator.get("/graphql?query=%7Ba%7D")).status_code == 200
    assert (await operator.get("/graphql?query=mutation%7Bb%7D")).status_code == 403
    assert (await operator.get("/graphql")).status_code == 200


@pytest.mark.parametrize("path", ["/graphql%0A", "/graphql/%0A", "/graphql//%20", "/%00graphql", "/GraphQL"])
async def test_another_spelling_of_the_path_is_asked_for_its_operation_too(site: Site, path: str) -> None:
    """C-16: a route that ends in `$` takes a final newline, and a server may take a mutation by GET."""
    _, operator = await site.operator(mode="READ_ONLY")
    assert (await operator.get(f"{path}?query=mutation%7Bb%7D")).json()["code"] == "READ_ONLY_SESSION"
    assert (await post(site, operator, "{ cases }", path)).status_code == 200


async def test_a_mutation_is_recorded_as_a_write_and_a_query_is_not(site: Site) -> None:
    """P6."""
    _, operator = await site.operator(mode="READ_WRITE")
    await post(site, operator, "{ cases }")
    await post(site, operator, "mutation { close }")
    recorded = await until(lambda: len(site.console.records) >= 2 and site.console.records)
    assert [record["wrote"] for record in recorded] == [False, True]


async def test_the_tenants_people_read_on_while_the_tenant_is_read_only(site: Site) -> None:
    await site.status("READ_ONLY")
    assert (await post(site, site.browser(), "{ cases }")).status_code == 200
    assert (await post(site, site.browser(), "mutation { close }")).json()["code"] == "TENANT_READ_ONLY"


async def test_a_body_that_came_after_a_suspension_reaches_no_product(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S1-33: a sender may take as long as they like over their body, and the status of before is not kept for them."""
    begun, suspended = asyncio.Event(), asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield b'{"query": '
        await suspended.wait()
        yield b'"{ cases }"}'

    async def reading(*given: Any) -> bytes | None:
        begun.set()
        return await read(*given)

    read = graphql._body
    monkeypatch.setattr(graphql, "_body", reading)
    await site.status("READ_ONLY")
    sent = {"host": site.acme.host, "content-type": "application/json"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{site.port}", verify=False) as client:
        asking = asyncio.create_task(client.post("/graphql", content=body(), headers=sent))
        await asyncio.wait_for(begun.wait(), 5)
        await site.status("SUSPENDED")
        suspended.set()
        assert (await asking).json()["code"] == "TENANT_SUSPENDED"
    assert site.product.seen == []


async def test_a_product_with_stored_operations_decides_by_a_function_of_its_own(console: FakeConsole) -> None:
    def stored(_content_type: str, body: bytes) -> str | None:
        return {"{ cases }": "query"}.get(json.loads(body)["query"])

    async with guarded(console, graphql=("/graphql",), operation_of=stored, banner_seen_seconds=None) as site:
        await until(lambda: site.live.ready and site.guard._service.keys.known)
        _, operator = await site.operator(mode="READ_ONLY")
        assert (await post(site, operator, "{ cases }")).status_code == 200
        assert (await post(site, operator, "{ others }")).status_code == 403
