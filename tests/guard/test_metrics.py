"""What the guard tells of itself, for a product's own monitoring (P7: how old its view is)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from tests.guard.conftest import guarded, until

if TYPE_CHECKING:
    from tests.guard.conftest import Site
    from tests.guard.console import FakeConsole


async def test_a_guard_that_hears_its_console_says_so(site: Site) -> None:
    await site.operator()
    told = site.guard.metrics()
    assert (told.ready, told.stale, told.connected, told.reconnects) == (True, False, True, 0)
    assert (told.tenants, told.live_sessions, told.keys) == (1, 1, 1)
    assert told.view_age_seconds is not None
    assert 0 <= told.view_age_seconds < 30
    assert told.keys_age_seconds is not None


async def test_a_stale_view_is_told_with_its_age(site: Site) -> None:
    await site.operator()
    site.pass_time(31)
    told = site.guard.metrics()
    assert told.stale
    assert told.view_age_seconds is not None
    assert told.view_age_seconds >= 31


async def test_a_gap_has_no_age_and_nobody_lives_in_it(site: Site) -> None:
    await site.operator()
    site.console.send_snapshot(gap=True, end=False)
    await until(lambda: site.live.stale)
    told = site.guard.metrics()
    assert (told.view_age_seconds, told.live_sessions, told.tenants) == (None, 0, 1)


async def test_a_stream_that_was_begun_again_is_counted(site: Site) -> None:
    await site.console.disconnect()
    await until(lambda: site.guard.metrics().reconnects == 1 and site.guard.metrics().connected)


async def test_before_the_console_was_heard_nothing_is_claimed(console: FakeConsole) -> None:
    async with guarded(console, service_key="actas_revoked") as site:
        told = site.guard.metrics()
    assert not told.ready
    assert told.stale
    assert (told.view_age_seconds, told.tenants, told.live_sessions) == (None, 0, 0)


async def test_records_that_wait_are_counted(site: Site) -> None:
    site.console.down = True
    _, operator = await site.operator()
    await operator.get("/inbox")
    assert site.guard.metrics().records_waiting == 1
    site.console.down = False
    await until(lambda: site.guard.metrics().records_waiting == 0)


async def test_what_is_told_names_nobody(site: Site) -> None:
    """Threat 58: it goes to monitoring, which more people read than the product's data."""
    await site.operator()
    told = asdict(site.guard.metrics())
    assert told.pop("records_kept_in") == "MEMORY"
    for counts in (told.pop("requests"), told.pop("requests_last_minute")):
        told |= counts
    assert all(value is None or isinstance(value, int | float) for value in told.values())
