"""The same promises in every framework that the guard names (issue 4, point 1): real frameworks, real sockets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from actas_guard import personal
from tests.frameworks.conftest import FRAMEWORKS, behind
from tests.guard.conftest import INSIDE, until

if TYPE_CHECKING:
    from tests.frameworks.conftest import Behind
    from tests.guard.console import FakeConsole

SEVEN = ("/cases/7", "/cases/7/", "/cases//7", "/cases/7%0A", "/cases/7/%0A", "/cases/%20%37", "/cases/7%C2%A0")


async def test_an_operator_is_named_to_a_handler_and_the_route_to_the_record(product: Behind) -> None:
    """P6, S1-13."""
    session, operator = await product.operator()
    answer = await operator.get("/cases/7")
    assert answer.json() == {"actor": "Jane Doe (operator)", "tenant": "acme"}
    assert answer.headers["cache-control"] == "no-store"
    (recorded,) = await product.recorded(session)
    shown = {name: recorded[name] for name in ("method", "path", "route", "status", "wrote")}
    assert shown == {"method": "GET", "path": "/cases/7", "route": product.route, "status": 200, "wrote": False}


async def test_the_tenants_own_people_are_nobodys_operator(product: Behind) -> None:
    assert (await product.browser().get("/cases/7")).json() == {"actor": None, "tenant": None}


async def test_a_synchronous_handler_knows_the_operator_too(product: Behind) -> None:
    """P6: the context follows into the framework's threads."""
    session, operator = await product.operator()
    answer = await operator.ask("POST", "/cases/7/reply")
    assert (answer.status_code, answer.json()["actor"]) == (200, "Jane Doe (operator)")
    (recorded,) = await product.recorded(session)
    assert recorded["wrote"] is True


async def test_a_read_only_session_changes_nothing(product: Behind) -> None:
    """C-16; a handler may say of itself that it changes something, whatever its method."""
    session, operator = await product.operator("READ_ONLY")
    for method, path in (("POST", "/cases/7/reply"), ("GET", "/seen")):
        answer = await operator.ask(method, path)
        assert (answer.status_code, answer.json()["code"]) == (403, "READ_ONLY_SESSION"), path
    assert (await operator.get("/cases/7")).status_code == 200
    assert [one["status"] for one in await product.recorded(session, 3)] == [403, 403, 200]


async def test_a_personal_act_is_refused_in_any_mode_and_open_to_the_person(product: Behind) -> None:
    _, operator = await product.operator()
    answer = await operator.ask("POST", "/terms")
    assert (answer.status_code, answer.json()["code"]) == (403, "PERSONAL_ACT")
    assert (await product.browser().ask("POST", "/terms")).status_code in {200, 201}


async def test_after_the_end_the_product_hears_nothing_more(product: Behind) -> None:
    """P7."""
    session, operator = await product.operator()
    assert (await operator.get("/cases/7")).status_code == 200
    product.console.end(session)
    await until(lambda: product.live.ended(session.id))
    answer = await operator.get("/cases/7")
    assert (answer.status_code, answer.json()["code"]) == (401, "SESSION_ENDED")


async def test_an_operator_in_a_tab_is_named_until_the_end(product: Behind) -> None:
    """C-5, P7: the carrier TAB."""
    session, operator, half = await product.operator_in_a_tab()
    assert (await operator.get("/cases/7", **half)).json() == {"actor": "Jane Doe (operator)", "tenant": "acme"}
    assert (await operator.ask("POST", "/cases/7/reply", **half)).status_code == 200
    assert [one["wrote"] for one in await product.recorded(session, 2)] == [False, True]
    product.console.end(session)
    await until(lambda: product.live.ended(session.id))
    answer = await operator.get("/cases/7", **half)
    assert (answer.status_code, answer.json()["code"]) == (401, "SESSION_ENDED")


async def test_half_of_what_a_tab_needs_lets_nobody_in(product: Behind) -> None:
    """S3-11: another browser with the tab's half, another tab with the browser's."""
    _, operator, half = await product.operator_in_a_tab()
    thief = await product.browser().get("/cases/7", **half)
    assert (thief.status_code, thief.json()["code"]) == (401, "TOKEN_INVALID")
    del operator.cookies[INSIDE]
    assert (await operator.get("/cases/7")).json() == {"actor": None, "tenant": None}


@pytest.mark.parametrize("framework", FRAMEWORKS)
async def test_an_operator_changes_nothing_before_the_banner_was_seen(
    console: FakeConsole, framework: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S1-26, threat 57."""
    monkeypatch.setattr("actas_guard.sightings._WAIT_SECONDS", 0.02)
    async with behind(console, framework, banner_seen_seconds=15) as product:
        session, operator = await product.operator()
        assert (await operator.get("/cases/7")).status_code == 200
        refused = await operator.ask("POST", "/cases/7/reply")
        assert (refused.status_code, refused.json()["code"]) == (403, "BANNER_NOT_SEEN")
        beat = {"origin": product.acme.origin, "x-actas-csrf": "1", "x-actas-seen": "yes"}
        assert (await operator.ask("POST", "/actas/seen", **beat)).status_code == 204
        assert (await operator.ask("POST", "/cases/7/reply")).status_code == 200
        assert [one["wrote"] for one in await product.recorded(session, 3)] == [False, False, True]


@pytest.mark.parametrize("framework", FRAMEWORKS)
async def test_what_a_framework_takes_for_a_marked_path_is_marked(console: FakeConsole, framework: str) -> None:
    """C-16: routes that end in `$` match before a final newline, and numbers are read with blanks around them."""
    async with behind(console, framework, marks=(personal("/cases/7"), personal("/cases/{number}/reply"))) as product:
        _, operator = await product.operator()
        replies = ("/cases/7/reply", "/cases/%00/reply", *(f"{path}/reply%0A" for path in SEVEN))
        for method, path in (*(("GET", path) for path in SEVEN), *(("POST", path) for path in replies)):
            if (await product.browser().ask(method, path)).is_success:
                assert (await operator.ask(method, path)).status_code == 403, (method, path)


async def test_the_path_is_recorded_as_it_was_sent(product: Behind) -> None:
    """P6: what a server decodes of it makes no other path of it."""
    session, operator = await product.operator()
    sent = ["/cases/7%3Fpart", "/cases%2F7", "/caf%C3%A9", "/a%250Ab", "/x%0Ay", "/cases/7?page=1%3F"]
    for path in sent:
        await operator.get(path)
    assert [one["path"] for one in await product.recorded(session, len(sent))] == [*sent[:-1], "/cases/7?page="]


async def test_a_suspended_tenant_is_closed_to_everybody(product: Behind) -> None:
    """C-18."""
    product.console.set_status(product.acme, "SUSPENDED")
    await until(lambda: product.live.tenant("acme").status == "SUSPENDED")
    assert (await product.browser().get("/cases/7")).json()["code"] == "TENANT_SUSPENDED"


async def test_a_product_without_a_lifespan_hands_its_records_over_at_the_servers_end(console: FakeConsole) -> None:
    """P6: Django knows no lifespan; the guard has one of its own."""
    async with behind(console, "django-asgi") as product:
        session, operator = await product.operator()
        console.down = True
        assert (await operator.get("/cases/7")).status_code == 200
        console.down = False
    assert [one["path"] for one in console.records if one["sessionUuid"] == str(session.id)] == ["/cases/7"]
