"""Attempts of strangers: counted by the minute, in a chain of their own (P8; mechanisms H.1)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import asyncpg
import pytest

from db.ledger import ATTEMPTS
from permissions.refusals import Unavailable
from resolvers import attempts
from resolvers.attempts import EVERYWHERE, MOST_RANGES, AttemptCounter, address_range

if TYPE_CHECKING:
    from tests.world import World

MINUTE = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ip", "counted_under"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("203.0.113.250", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("not an address", "an unknown address"),
        (None, "an unknown address"),
    ],
)
def test_addresses_are_counted_by_the_range_that_one_attacker_easily_has(ip: str | None, counted_under: str) -> None:
    assert address_range(ip) == counted_under


async def test_one_entry_a_minute_for_each_range_and_kind(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    counter = AttemptCounter(world.database)
    for minute in (MINUTE, MINUTE + timedelta(minutes=1)):
        monkeypatch.setattr(attempts, "_minute", lambda minute=minute: minute)
        for _ in range(3):
            counter.stranger("203.0.113.7")
            counter.stranger("203.0.113.8")
            counter.sign_in_refused("203.0.113.9")
        counter.stranger("198.51.100.1")
    await counter.flush()
    assert await found(world) == [
        ("SIGN_IN_REFUSED", "203.0.113.0/24", 3),
        ("STRANGER_ATTEMPTS", "198.51.100.0/24", 1),
        ("STRANGER_ATTEMPTS", "203.0.113.0/24", 6),
    ]
    await counter.flush()
    assert len(await found(world)) == 3
    await counter.flush(everything=True)
    assert len(await found(world)) == 6


async def test_a_flood_from_everywhere_stays_bounded_and_is_not_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "MOST_RANGES", 20)
    counter = AttemptCounter(world.database)
    for number in range(200):
        counter.stranger(f"10.0.{number}.1")
    await counter.flush(everything=True)
    counted = await found(world)
    assert len(counted) == 21
    assert sum(count for _, _, count in counted) == 200
    assert EVERYWHERE in {address for _, address, _ in counted}
    assert MOST_RANGES > 20


async def test_what_cannot_be_recorded_now_is_recorded_later(world: World) -> None:

    counter = AttemptCounter(world.database)
    counter.stranger("203.0.113.7")
    await counter.flush(everything=True)
    counter.stranger("203.0.113.7")
    admin = await asyncpg.connect(world.urls.admin)
    try:
        async with admin.transaction():
            await admin.execute("select from audit.chain_head where chain = $1 for update", ATTEMPTS)
            with pytest.raises(Unavailable):
                await counter.flush(everything=True)
    finally:
        await admin.close()
    counter.stranger("203.0.113.7")
    await counter.flush(everything=True)
    assert sum(count for _, _, count in await found(world)) == 3


async def found(world: World) -> list[tuple[str, str, int]]:
    """Kind, address range and count of every entry in the attempts' chain."""
    entries = [(entry.kind, json.loads(entry.details)) for entry in await world.entries(ATTEMPTS)]
    return sorted((kind, details["address"], details["count"]) for kind, details in entries)
