"""Every request inside a session is recorded, or it is not made (P6, S3-13, S3-21)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from actas_guard import platform_managed
from actas_guard.asgi import Request
from actas_guard.redaction import Redaction, request_id
from tests.guard.conftest import guarded, until

if TYPE_CHECKING:
    from tests.guard.conftest import Site
    from tests.guard.console import FakeConsole


def request(path: str = "/", query: bytes = b"", raw: bytes | None = None, **headers: str) -> Request:
    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query,
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }
    if raw is not None:
        scope["raw_path"] = raw
    return Request.of(scope)


async def test_a_request_is_recorded_with_who_what_and_what_came_of_it(site: Site) -> None:
    session, browser = await site.operator()
    await browser.ask("POST", "/inbox?show=open", x_request_id="req-1")
    await until(lambda: site.console.records)
    record = site.console.records[0]
    assert str(UUID(record["id"])) == record["id"]
    assert record["at"].endswith("Z")
    assert record["durationMs"] >= 0
    kept = {name: record[name] for name in record if name not in {"id", "at", "durationMs"}}
    assert kept == {
        "sessionUuid": str(session.id),
        "method": "POST",
        "path": "/inbox?show=",
        "route": "/{path:path}",
        "status": 200,
        "wrote": True,
        "requestId": "req-1",
    }


@pytest.mark.parametrize(
    ("method", "path", "status", "wrote"),
    [
        ("GET", "/inbox", 200, False),
        ("POST", "/inbox", 200, True),
        ("POST", "/422", 422, False),
        ("POST", "/503", 503, True),
        ("DELETE", "/broken", 500, True),
    ],
)
async def test_a_record_says_whether_something_may_have_been_written(
    site: Site, method: str, path: str, status: int, wrote: bool
) -> None:
    """A product's 4xx changed nothing; of an error nobody can say so."""
    _, browser = await site.operator()
    await browser.ask(method, path)
    await until(lambda: site.console.records)
    assert (site.console.records[0]["status"], site.console.records[0]["wrote"]) == (status, wrote)


async def test_a_refused_write_is_recorded_too(site: Site) -> None:
    _, browser = await site.operator(mode="READ_ONLY")
    await browser.ask("POST", "/inbox")
    await until(lambda: site.console.records)
    assert (site.console.records[0]["status"], site.console.records[0]["wrote"]) == (403, False)


async def test_the_tenants_own_people_are_not_recorded(site: Site) -> None:
    await site.browser().get("/inbox")
    _, browser = await site.operator()
    await browser.get("/mark")
    await until(lambda: site.console.records)
    assert [record["path"] for record in site.console.records] == ["/mark"]


async def test_records_wait_for_a_console_that_is_down_and_arrive_once(site: Site) -> None:
    _, browser = await site.operator()
    site.console.down = True
    for number in range(5):
        assert (await browser.get(f"/n{number}")).status_code == 200
    site.console.down = False
    await until(lambda: len(site.console.records) == 5)
    assert [record["path"] for record in site.console.records] == [f"/n{number}" for number in range(5)]


async def test_a_batch_whose_answer_was_lost_is_sent_again_under_the_same_ids(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the console can tell: nothing is doubled."""
    take, batches = site.console._append, []

    def lose_the_first(given: dict[str, Any]) -> Any:
        batches.append([record["id"] for record in given["records"]])
        answer = take(given)
        return answer if len(batches) > 1 else None

    monkeypatch.setattr(site.console, "_append", lose_the_first)
    _, browser = await site.operator()
    await browser.get("/inbox")
    await until(lambda: len(batches) == 2)
    assert batches[0] == batches[1]
    assert len(site.console.records) == 1


async def test_when_no_record_can_be_kept_the_request_is_not_made(console: FakeConsole) -> None:
    """P6, fail closed; the tenant's own people are not held up."""
    async with guarded(console, max_pending_records=3) as site:
        await until(lambda: site.live.ready and site.guard._service.keys.known)
        _, browser = await site.operator()
        console.down = True
        for _ in range(3):
            assert (await browser.get("/inbox")).status_code == 200
        answer = await browser.get("/inbox")
        assert (answer.status_code, answer.json()["code"]) == (503, "RECORDS_FULL")
        assert len(site.product.seen) == 3
        assert (await site.browser().get("/inbox")).status_code == 200
        console.down = False
        await until(lambda: len(console.records) == 3)
        assert (await browser.get("/inbox")).status_code == 200


async def test_requests_under_way_have_their_places_kept(console: FakeConsole) -> None:
    """The queue is never found full after the fact."""
    async with guarded(console, max_pending_records=1) as site:
        await until(lambda: site.live.ready and site.guard._service.keys.known)
        _, browser = await site.operator()
        slow = asyncio.create_task(browser.get("/slow"))
        await until(lambda: site.product.seen)
        assert (await browser.get("/inbox")).status_code == 503
        site.product.go_on.set()
        assert (await slow).status_code == 200


async def test_one_record_that_the_console_refuses_does_not_hold_up_the_others(site: Site) -> None:
    _, browser = await site.operator()
    site.console.down = True
    for path in ("/one", "/poison", "/two"):
        await browser.get(path)
    site.console.down = False
    await until(lambda: len(site.console.records) == 2)
    assert {record["path"] for record in site.console.records} == {"/one", "/two"}
    await until(lambda: len(site.guard._service.records._waiting) == 1)  # once the answer of the last batch is here


async def test_what_waits_is_handed_over_before_the_product_stops(console: FakeConsole) -> None:
    async with guarded(console) as site:
        await until(lambda: site.live.ready and site.guard._service.keys.known)
        _, browser = await site.operator()
        console.down = True
        await browser.get("/inbox")
        console.down = False
    assert len(console.records) == 1


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        (b"", "/a"),
        (b"show=open&token=s3cret", "/a?show=&token="),
        (b"s3cret", "/a"),
        (b"s3cret&page=2", "/a?page="),
        (b"filter[id]=1&q=%00", "/a?filter[id]=&q="),
        (b"<script>=1", "/a?script="),
        (b"a=1\r\nx=2", "/a?a="),
        (b"&".join(b"n=1" for _ in range(1000)), "/a?" + "&".join(["n="] * 40)),
    ],
)
def test_no_value_of_a_query_is_recorded(query: bytes, kept: str) -> None:
    """Threat 58, ASVS 16.2.5: secrets travel there."""
    assert Redaction().path(request("/a", query)) == kept


@pytest.mark.parametrize(
    ("path", "raw", "kept"),
    [
        ("/ä b", b"/%C3%A4%20b", "/%C3%A4%20b"),
        ("/ä", None, "/%C3%A4"),
        ("/a\r\nb", b"/a\r\nb", "/a%0D%0Ab"),
        ("/a", b"/a?token=s3cret", "/a"),
        ("/" + "x" * 5000, None, "/" + "x" * 2047),
    ],
)
def test_a_path_is_recorded_as_it_was_sent_and_fit_to_be_stored(path: str, raw: bytes | None, kept: str) -> None:
    """Threats 31, 33."""
    assert Redaction().path(request(path, raw=raw)) == kept


@pytest.mark.parametrize(
    ("given", "kept"), [("abc-1.2_3:4", "abc-1.2_3:4"), ("a b", None), ("x" * 129, None), ("", None)]
)
def test_a_request_id_is_kept_only_where_it_can_be_shown_safely(given: str, kept: str | None) -> None:
    assert request_id(request(x_request_id=given)) == kept


async def test_a_request_to_what_the_platform_manages_is_recorded_as_such(console: FakeConsole) -> None:
    """S3-21: the console makes an entry of it; a request that was refused touched nothing."""
    marks = (platform_managed("billing", "/billing/{rest:path}", "GET", "POST"),)
    async with guarded(console, marks=marks) as site:
        await until(lambda: site.live.ready and site.guard._service.keys.known)
        _, browser = await site.operator(mode="READ_ONLY")
        await browser.get("/billing/plan")
        await browser.ask("POST", "/billing/plan")
        await browser.get("/inbox")
        await until(lambda: len(console.records) == 3)
        assert [record.get("surface") for record in console.records] == ["billing", None, None]


def test_a_surface_has_a_name() -> None:
    with pytest.raises(ValueError, match="name the platform's surface"):
        platform_managed("", "/billing")
