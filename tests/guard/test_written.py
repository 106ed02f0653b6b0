"""A record as it waits says afterwards what it was told (P6)."""

from __future__ import annotations

import sqlite3

import pytest

from actas_guard import written
from actas_guard.written import Written

BEGUN = ("id", "session", "2026-11-21T10:00:00.000001Z", "POST", "/cases", "trace-1")
TOLD = dict(zip(("id", "sessionUuid", "at", "method", "path", "requestId"), BEGUN, strict=True))


def test_a_record_is_read_as_it_was_written() -> None:
    begun = written.begun(*BEGUN, unsafe=True, surface="billing")
    ended = written.ended("/cases", 201, 1.25, wrote=True, surface="billing")
    told = {**TOLD, "route": "/cases", "status": 201, "durationMs": 1.25, "wrote": True, "surface": "billing"}
    assert Written(begun, ended).document() == told


def test_what_was_not_there_is_not_told() -> None:
    begun = written.begun(*BEGUN[:-1], None, unsafe=False, surface=None)
    ended = written.ended(None, 404, 0, wrote=False, surface=None)
    told = {**TOLD, "requestId": None, "route": None, "status": 404, "durationMs": 0, "wrote": False}
    assert Written(begun, ended).document() == told


@pytest.mark.parametrize("unsafe", [True, False])
def test_a_request_that_died_with_its_process_failed_and_wrote_what_it_could(unsafe: bool) -> None:
    begun = written.begun(*BEGUN, unsafe=unsafe, surface="billing")
    told = {**TOLD, "route": None, "status": 500, "durationMs": 0, "wrote": unsafe, "surface": "billing"}
    assert Written(begun, None).document() == told


@pytest.mark.parametrize("odd", ["a\x1fb", "\ud800", "größe\x1f", "\x1f" * 7])
def test_whatever_a_product_calls_its_routes_can_be_kept_and_read(odd: str) -> None:
    begun = written.begun(*BEGUN[:3], odd, *BEGUN[4:], unsafe=False, surface=odd)
    ended = written.ended(odd, 200, 0, wrote=False, surface=odd)
    with sqlite3.connect(":memory:") as connection:
        begun, ended = connection.execute("select ?, ?", (begun, ended)).fetchone()
    document = Written(begun, ended).document()
    assert (document["path"], document["status"]) == ("/cases", 200)
    assert document["route"] == (odd.replace("\x1f", "").replace("\ud800", "?") or None)
