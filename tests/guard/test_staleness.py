"""What the guard does while it cannot hear the console (P7), and how it hears it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from actas_guard import feed
from actas_guard.claims import LEEWAY_SECONDS
from tests.guard.conftest import INSIDE, TOKEN, guarded, until

if TYPE_CHECKING:
    from tests.guard.conftest import Site
    from tests.guard.console import FakeConsole


async def test_past_its_staleness_operators_are_refused_and_the_tenants_people_go_on(site: Site) -> None:
    """P7: what cannot hear of an end refuses sessions; the tenant's own people go on under the last known status."""
    _, operator = await site.operator()
    site.pass_time(31)
    answer = await operator.get("/inbox")
    assert (answer.status_code, answer.json()["code"]) == (503, "GUARD_STALE")
    assert answer.headers["retry-after"]
    assert "cannot be confirmed" in (await operator.open("/inbox")).text
    assert (await site.browser().ask("POST", "/inbox")).status_code == 200
    state = (await site.browser().get("/actas/state")).json()
    assert state["stale"]
    assert state["ageMs"] >= 31_000


async def test_a_suspension_that_was_heard_holds_while_nothing_is_heard(site: Site) -> None:
    await site.status("SUSPENDED")
    site.pass_time(3600)
    assert (await site.browser().get("/inbox")).status_code == 503


async def test_a_heartbeat_lets_operators_on(site: Site) -> None:
    _, operator = await site.operator()
    site.pass_time(31)
    assert (await operator.get("/inbox")).status_code == 503
    site.console.heartbeat()
    await until(lambda: not site.live.stale)
    assert (await operator.get("/inbox")).status_code == 200


async def test_before_the_first_snapshot_nobody_is_let_in(console: FakeConsole) -> None:
    """An unknown status is a refusal; and it says when to come again."""
    async with guarded(console, service_key="actas_revoked") as site:
        for browser in (site.browser(), site.browser(**{TOKEN: console.token(console.start(site.acme))})):
            answer = await browser.get("/inbox")
            assert (answer.status_code, answer.json()["code"]) == (503, "GUARD_NOT_READY")
            assert answer.headers["retry-after"]
        assert site.product.seen == []
        assert (await site.browser().get("/actas/banner.js")).status_code == 200


async def test_before_the_first_keys_an_operator_waits_and_is_not_called_a_forger(console: FakeConsole) -> None:
    console.keys, kept = {}, console.keys
    async with guarded(console) as site:
        await until(lambda: site.live.ready)
        console.keys = kept
        session = console.start(site.acme)
        browser = site.browser(**{TOKEN: console.token(session), INSIDE: f"{session.id}.TENANT"})
        console.keys = {}
        answer = await browser.get("/inbox")
        assert (answer.status_code, answer.json()["code"]) == (503, "GUARD_STALE")
        console.keys = kept
        site.guard._service.keys.refresh()
        await until(lambda: site.guard._service.keys.known and site.live.session(session.id))
        assert (await browser.get("/inbox")).status_code == 200


async def test_after_a_lost_connection_it_goes_on_from_its_position_and_misses_nothing(site: Site) -> None:
    session, operator = await site.operator()
    other, _ = await site.operator()
    before = len(site.console.resumed_after)
    await site.console.disconnect()
    site.console.end(session, "REVOKED")
    await until(lambda: site.live.ended(session.id))
    assert site.console.resumed_after[before] is not None
    assert site.live.session(other.id)
    assert (await operator.get("/inbox")).json()["cause"] == "REVOKED"


async def test_a_stream_that_stalls_without_closing_is_left_for_another(
    console: FakeConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actas_guard.feed._SILENCE_SECONDS", 0.2)
    async with guarded(console) as site:
        await until(lambda: site.live.ready)
        await until(lambda: len(console.resumed_after) >= 2)
        assert console.resumed_after[1] is not None


async def test_a_message_that_cannot_be_read_takes_the_trust_away_until_a_new_snapshot(site: Site) -> None:
    """Fail closed, and begin anew."""
    _, operator = await site.operator()
    connections = len(site.console.resumed_after)
    site.console.send_raw({"at": "yesterday"})
    await until(lambda: len(site.console.resumed_after) > connections)
    assert site.console.resumed_after[-1] is None
    await until(lambda: not site.live.stale)
    assert (await operator.get("/inbox")).status_code == 200


async def test_a_gap_in_the_stream_refuses_operators_until_the_new_snapshot_is_whole(site: Site) -> None:
    session, operator = await site.operator()
    site.console.send_snapshot(gap=True, end=False)
    await until(lambda: site.live.stale)
    assert (await operator.get("/inbox")).json()["code"] == "GUARD_STALE"
    assert (await site.browser().get("/inbox")).status_code == 200
    site.console.tell("SNAPSHOT_END")
    await until(lambda: site.live.session(session.id))
    assert (await operator.get("/inbox")).status_code == 200


async def test_heartbeats_of_an_old_read_send_the_guard_to_another_connection(site: Site) -> None:
    """H.5: it beats, but what it proves is old."""
    site.clock.ahead += 40  # for the guard time goes by, for the console's feed it does not
    connections = len(site.console.resumed_after)
    site.console.heartbeat()
    await until(lambda: len(site.console.resumed_after) > connections)
    assert site.console.resumed_after[-1] is None


async def test_a_revoked_key_takes_the_trust_away_at_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    _, operator = await site.operator()
    monkeypatch.setattr("tests.guard.console.SERVICE_KEY", "actas_another")
    await site.console.disconnect()
    await until(lambda: site.live.stale)
    assert (await operator.get("/inbox")).json()["code"] == "GUARD_STALE"


async def test_an_expired_session_is_over_although_nobody_said_so(site: Site) -> None:
    """P2, DESIGN section 4: by the console's clock, while the token's leeway lasts."""
    _, operator = await site.operator(seconds=10)
    site.pass_time(10 + LEEWAY_SECONDS / 2)
    answer = await operator.get("/inbox")
    assert (answer.status_code, answer.json()["code"]) == (401, "SESSION_ENDED")
    assert answer.json()["cause"] == "EXPIRED"


def test_reconnecting_is_well_within_the_staleness_that_is_borne() -> None:
    assert feed._LONGEST_PAUSE_SECONDS + feed._SILENCE_SECONDS < 30
