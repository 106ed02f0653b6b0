"""How the product answers, for its own monitoring and in time for the platform's error rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actas_guard.counters import Counters

if TYPE_CHECKING:
    from tests.guard.conftest import Site


async def test_every_answer_of_the_product_counts_and_none_of_the_guards(site: Site) -> None:
    _, browser = await site.operator(mode="READ_ONLY")
    for path in ("/inbox", "/404", "/503", "/broken"):
        await browser.get(path)
    await site.browser().get("/inbox")
    await browser.ask("POST", "/inbox")  # refused by the guard
    await browser.get("/actas/state")
    assert site.guard.metrics().requests == {"1xx": 0, "2xx": 2, "3xx": 0, "4xx": 1, "5xx": 2}


def test_the_last_whole_minute_is_told_apart() -> None:
    now = 30.0
    counters = Counters(lambda: now)
    counters.count(200)
    assert counters.last_minute["2xx"] == 0
    now = 60.0
    for status in (200, 500, 700):
        counters.count(status)
    assert (counters.last_minute["2xx"], counters.last_minute["5xx"]) == (1, 0)
    now = 120.0
    assert (counters.last_minute["2xx"], counters.last_minute["5xx"]) == (1, 2)
    now = 240.0
    assert set(counters.last_minute.values()) == {0}
    assert (counters.total["2xx"], counters.total["5xx"]) == (2, 2)
