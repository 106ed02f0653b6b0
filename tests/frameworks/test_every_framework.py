"""The same promises in every framework that the guard names (issue 4, point 1): real frameworks, real sockets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.frameworks.conftest import behind
from tests.guard.conftest import until

if TYPE_CHECKING:
    from tests.frameworks.conftest import Behind
    from tests.guard.console import FakeConsole


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
