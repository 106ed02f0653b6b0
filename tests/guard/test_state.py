"""Who is inside, told to those who may know (S1-27, C-12, C-15), and kept current."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest

from actas_guard.streams import Streams
from tests.guard.conftest import guarded, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.guard.conftest import Browser, Site
    from tests.guard.console import FakeConsole


async def state(browser: Browser) -> dict[str, Any]:
    answer = await browser.get("/actas/state")
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


def person(site: Site, role: str) -> Browser:
    site.people[role] = role
    return site.browser(person=role)


async def test_an_operator_sees_their_own_session_and_banner(site: Site) -> None:
    session, browser = await site.operator(mode="READ_ONLY", seconds=600)
    told = await state(browser)
    assert told["tenant"] == {"slug": "acme", "status": "ACTIVE"}
    assert (told["session"]["id"], told["session"]["over"], told["session"]["mode"]) == (
        str(session.id),
        False,
        "READ_ONLY",
    )
    assert 590_000 < told["session"]["remainingMs"] <= 600_000
    (banner,) = told["banners"]
    assert banner["own"]
    assert (banner["tenantName"], banner["operatorName"], banner["reason"]) == ("Acme GmbH", "Jane Doe", "webhook 500s")
    assert banner["operatorEmail"] == "jane@actas.example"
    assert not told["stale"]


@pytest.mark.parametrize(
    ("presence", "role", "sees"),
    [
        ("EVERYONE", "ADMIN", True),
        ("EVERYONE", "MEMBER", True),
        ("EVERYONE", None, False),
        ("ADMINS", "ADMIN", True),
        ("ADMINS", "MEMBER", False),
        ("NOBODY", "ADMIN", False),
        ("SOMETHING_NEW", "ADMIN", False),
    ],
)
async def test_the_policys_presence_says_who_of_the_tenant_sees_the_banner(
    site: Site, presence: str, role: str | None, sees: bool
) -> None:
    """C-12; a stranger to the product never learns an operator's name and reason."""
    await site.operator(presence=presence)
    browser = person(site, role) if role else site.browser()
    told = await state(browser)
    assert [banner["own"] for banner in told["banners"]] == ([False] if sees else [])
    assert told["session"] is None


async def test_without_a_way_to_know_people_only_operators_see_the_banner(console: FakeConsole) -> None:
    async with guarded(console, person_of=None) as site:
        await until(lambda: site.live.ready and site.guard._service.keys.known)
        _, browser = await site.operator()
        assert (await state(browser))["banners"]
        assert (await state(person(site, "ADMIN")))["banners"] == []


async def test_two_operators_see_each_other(site: Site) -> None:
    """S2-39."""
    _, browser = await site.operator()
    await site.operator()
    assert sorted(banner["own"] for banner in (await state(browser))["banners"]) == [False, True]


async def test_one_tenant_learns_nothing_of_anothers_visitors(site: Site) -> None:
    globex = site.console.tenant("globex", "Globex")
    session = site.console.start(globex)
    await until(lambda: site.live.session(session.id))
    assert (await state(person(site, "ADMIN")))["banners"] == []


async def test_after_the_end_people_read_who_left_and_when(site: Site) -> None:
    session, browser = await site.operator()
    await site.end(session, "REVOKED")
    told = await state(person(site, "MEMBER"))
    assert told["banners"] == []
    (left,) = told["left"]
    assert (left["session"], left["operatorName"], left["cause"]) == (str(session.id), "Jane Doe", "REVOKED")
    assert (await state(site.browser()))["left"] == []
    over = await state(browser)
    assert over["session"] == {"id": str(session.id), "over": True, "endedUrl": f"/actas/ended?session={session.id}"}
    assert over["banners"] == []


async def test_a_read_only_tenant_makes_every_session_read_only(site: Site) -> None:
    _, browser = await site.operator(mode="READ_WRITE")
    await site.status("READ_ONLY")
    assert (await state(browser))["session"]["mode"] == "READ_ONLY"


@asynccontextmanager
async def follow(browser: Browser) -> AsyncIterator[Any]:
    """The banner's stream: each `anext` is the next state."""
    headers = {"host": browser.tenant.host, "cookie": "; ".join(f"{k}={v}" for k, v in browser.cookies.items())}
    async with (
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{browser.port}", timeout=5, verify=False) as client,
        client.stream("GET", "/actas/stream", headers=headers) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")

        async def states() -> AsyncIterator[dict[str, Any]]:
            async for line in answer.aiter_lines():
                if line.startswith("data: "):
                    yield json.loads(line[6:])

        yield states()


async def test_the_stream_tells_a_start_a_change_of_mode_and_an_end_as_they_happen(site: Site) -> None:
    """S1-27, S1-29: pushed, to a colleague who does nothing."""
    async with follow(person(site, "MEMBER")) as states:
        assert (await anext(states))["banners"] == []
        session, _ = await site.operator()
        (banner,) = (await anext(states))["banners"]
        assert (banner["operatorName"], banner["mode"]) == ("Jane Doe", "READ_WRITE")
        site.console.tell("SESSION_MODE", sessionUuid=str(session.id), mode="READ_ONLY")
        assert (await anext(states))["banners"][0]["mode"] == "READ_ONLY"
        site.console.end(session)
        last = await anext(states)
        assert (last["banners"], last["left"][0]["operatorName"]) == ([], "Jane Doe")


async def test_the_stream_of_the_operators_own_page_says_where_to_go_after_the_end(site: Site) -> None:
    session, browser = await site.operator()
    async with follow(browser) as states:
        assert not (await anext(states))["session"]["over"]
        site.console.end(session, "REVOKED")
        assert (await anext(states))["session"]["endedUrl"] == f"/actas/ended?session={session.id}"


async def test_the_stream_tells_a_suspension(site: Site) -> None:
    async with follow(person(site, "MEMBER")) as states:
        await anext(states)
        site.console.set_status(site.acme, "SUSPENDED")
        assert (await anext(states))["tenant"]["status"] == "SUSPENDED"


async def test_the_stream_tells_that_the_view_is_stale(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("actas_guard.state._LOOK_SECONDS", 0.02)
    async with follow(site.browser()) as states:
        assert not (await anext(states))["stale"]
        site.pass_time(31)
        assert (await anext(states))["stale"]
        site.console.heartbeat()
        assert not (await anext(states))["stale"]


async def test_a_person_who_signs_out_is_told_no_more(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Decided anew at every event, not once."""
    monkeypatch.setattr("actas_guard.state._LOOK_SECONDS", 0.02)
    await site.operator()
    async with follow(person(site, "MEMBER")) as states:
        assert (await anext(states))["banners"]
        site.people.clear()
        assert (await anext(states))["banners"] == []


async def test_the_number_of_streams_is_bounded_and_a_closed_one_makes_room(console: FakeConsole) -> None:
    async with guarded(console, max_streams=1) as site:
        await until(lambda: site.live.ready)
        async with follow(site.browser()) as states:
            await anext(states)
            assert (await site.browser().get("/actas/stream")).status_code == 503
        await until(lambda: site.guard._service.streams.total == 0)
        async with follow(site.browser()) as states:
            await anext(states)


async def test_strangers_keep_no_operator_and_nobody_of_the_tenant_from_the_banner(console: FakeConsole) -> None:
    """S1-27: whoever opens pages without end shuts out others of their kind alone."""
    async with guarded(console, max_streams=8) as site, AsyncExitStack() as stack:
        await until(lambda: site.live.ready and site.guard._service.keys.known)
        _, operator = await site.operator()
        following = []  # a stream that nobody holds is closed

        async def begin(*browsers: Browser) -> None:
            for browser in browsers:
                following.append(await stack.enter_async_context(follow(browser)))
                await anext(following[-1])

        await begin(site.browser(), site.browser())
        assert (await site.browser().get("/actas/stream")).json()["code"] == "TOO_MANY_STREAMS"
        await begin(*(person(site, "MEMBER") for _ in range(4)))
        assert (await person(site, "ADMIN").get("/actas/stream")).status_code == 503
        await begin(operator, operator)


def test_the_people_of_one_tenant_leave_room_for_other_tenants_and_everybody_for_operators() -> None:
    streams, acme, globex = Streams(20), uuid4(), uuid4()
    with ExitStack() as stack:
        for tenant, expected in ((acme, 15), (globex, 3)):
            began = 0
            while streams.has_room(tenant, "MEMBER"):
                stack.enter_context(streams.held(tenant, "MEMBER"))
                began += 1
            assert began == expected
        for _ in range(2):
            assert streams.has_room(acme, "OPERATOR")
            stack.enter_context(streams.held(acme, "OPERATOR"))
        assert not streams.has_room(acme, "OPERATOR")
    assert streams.total == 0
    assert streams.has_room(acme, None)


async def test_a_stream_ends_by_itself_so_that_no_restart_waits_for_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actas_guard.state._LOOK_SECONDS", 0.02)
    monkeypatch.setattr("actas_guard.state._LONGEST_STREAM_SECONDS", 0.1)
    async with follow(site.browser()) as states:
        await anext(states)
        with pytest.raises(StopAsyncIteration):
            await anext(states)


async def test_the_banner_is_served_as_a_script_whatever_the_tenants_status(site: Site) -> None:
    await site.status("SUSPENDED")
    answer = await site.browser().get("/actas/banner.js")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert "customElements.define" in answer.text


async def test_other_paths_of_the_guard_are_nobodys(site: Site) -> None:
    assert (await site.browser().get("/actas/other")).status_code == 404
    assert site.product.seen == []
