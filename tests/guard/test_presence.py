"""What a guard says of the life in sessions, by which the console ends those that nobody works in (C-6, S3-24)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

    from tests.guard.conftest import Site
    from tests.guard.console import FakeSession


async def reported(site: Site, session: FakeSession) -> dict[str, Any]:
    await site.guard._service.presence.report()
    return [each for each in site.console.presence if each["sessionUuid"] == str(session.id)][-1]


async def test_a_session_that_nobody_has_entered_is_reported_too(site: Site) -> None:
    """Only then is it known that nobody works in it, and not that nobody listens."""
    session, _ = await site.operator()
    assert await reported(site, session) == {
        "sessionUuid": str(session.id),
        "lastRequestAt": None,
        "pageOpen": False,
    }


async def test_the_last_request_is_reported_by_the_consoles_clock(site: Site) -> None:
    session, browser = await site.operator()
    before = site.live.now()
    await browser.get("/inbox")
    at = datetime.fromisoformat((await reported(site, session))["lastRequestAt"]).timestamp()
    assert before <= at <= site.live.now()


async def test_what_was_refused_is_no_work(site: Site) -> None:
    session, browser = await site.operator(mode="READ_ONLY")
    await browser.ask("POST", "/inbox")
    assert (await reported(site, session))["lastRequestAt"] is None


async def test_a_page_is_open_for_as_long_as_its_banner_asks(site: Site) -> None:
    session, browser = await site.operator()
    await browser.get("/actas/state")
    assert (await reported(site, session))["pageOpen"] is True
    site.clock.ahead += 16
    site.console.heartbeat()
    assert (await reported(site, session))["pageOpen"] is False


async def test_another_persons_page_is_not_the_operators(site: Site) -> None:
    site.people["olga"] = "ADMIN"
    session, _ = await site.operator()
    await site.browser(person="olga").get("/actas/state")
    assert (await reported(site, session))["pageOpen"] is False


async def test_what_is_over_is_reported_no_more(site: Site) -> None:
    session, browser = await site.operator()
    await browser.get("/inbox")
    await site.end(session)
    await site.guard._service.presence.report()
    assert site.console.presence == []
    assert site.guard._service.presence._requests == {}


async def test_a_console_that_does_not_take_it_is_told_of_once(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    await site.operator()
    site.console.down = True
    for _ in range(3):
        await site.guard._service.presence.report()
    assert caplog.text.count("sessions cannot end as idle") == 1
