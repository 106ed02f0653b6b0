"""What the audit page asks the console for, and the story of one visit."""

from __future__ import annotations

from html import unescape
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from examples.workspace.asked import Asked
from tests.workspace.conftest import ACME, GLOBEX, Browser, Open, jane_inside
from tests.workspace.test_audit import Answering, console, forbidden
from tests.workspace.test_audit_csv import line

__all__ = ["console"]

VISIT = UUID(int=7)
LAST = {"hasNextPage": False, "endCursor": "z"}
MORE = {"hasNextPage": True, "endCursor": "a/b="}


def session(**changes: Any) -> dict[str, Any]:
    return {
        "uuid": str(VISIT),
        "operator": {"id": "T3A=", "name": "Jane Doe", "email": "jane@actas.example"},
        "reason": "webhook 500s <since> this morning",
        "ticket": "SUP-1",
        "mode": "READ_WRITE",
        "startedAt": "2026-11-14T09:12:30Z",
        "expiresAt": "2026-11-14T09:42:30Z",
        "endedAt": "2026-11-14T09:29:30Z",
        "endCause": "STOPPED",
        "endedBy": None,
        "durationSeconds": 1020,
        "requestCount": 3,
        "writeCount": 1,
        **changes,
    }


def recorded(**changes: Any) -> dict[str, Any]:
    tenant = {
        "uuid": str(ACME.uuid),
        "inside": {"nodes": []},
        "past": {"nodes": [session()], "pageInfo": MORE},
        "visitors": {"nodes": [session()]},
        "audit": {"nodes": [line(2, "two"), line(1, "one")], "pageInfo": LAST},
        **changes,
    }
    return {"data": {"tenant": tenant}}


def told(tenant: UUID = ACME.uuid) -> dict[str, Any]:
    log = [
        {"at": "2026-11-14T09:13:00Z", "path": "/", "status": 200, "durationMs": 4.2, "method": "GET", "wrote": False},
        {"at": "2026-11-14T09:14:00Z", "path": "/x", "status": 303, "durationMs": 9, "method": "POST", "wrote": True},
    ]
    about = {"tenant": {"uuid": str(tenant)}, "audit": {"nodes": [line(1, "one")], "pageInfo": LAST}}
    return {"data": {"impersonationSession": session(accessLog={"nodes": log, "pageInfo": MORE}, **about)}}


async def owner_at(open_browser: Open, console: Answering) -> Browser:
    browser = open_browser(ACME, console_url=console.url)
    await browser.sign_in("owner")
    return browser


async def test_the_choice_is_asked_of_the_console_and_kept_on_the_way_to_older_entries(
    open_browser: Open, console: Answering
) -> None:
    console.answer = recorded()
    browser = await owner_at(open_browser, console)
    page = unescape((await browser.get("/audit?since=2026-11-01&until=2026-11-14&operator=T3A%3D")).text)
    variables = console.asked[-1]["variables"]
    began, over = "2026-11-01T00:00:00+00:00", "2026-11-15T00:00:00+00:00"
    assert variables["past"] == {
        "states": ["ENDED"],
        "insideSince": began,
        "insideUntil": over,
        "operatorId": "T3A=",
    }
    assert variables["entries"] == {"since": began, "until": over, "operatorId": "T3A="}
    chosen = "since=2026-11-01&until=2026-11-14&operator=T3A%3D"
    assert f'href="/audit?{chosen}&visits_after=a%2Fb%3D"' in page
    assert f'href="/audit.csv?{chosen}"' in page
    assert '<option value="T3A=" selected>Jane Doe</option>' in page
    assert f'href="/audit/visits/{VISIT}"' in page


async def test_a_choice_of_what_entries_say_shows_entries_alone(open_browser: Open, console: Answering) -> None:
    console.answer = recorded()
    page = (await (await owner_at(open_browser, console)).get("/audit?kind=rules&text=minutes")).text
    assert console.asked[-1]["variables"]["entries"] == {"kinds": ["POLICY_SET"], "text": "minutes"}
    assert "was inside for" not in page
    assert "two" in page


@pytest.mark.parametrize(
    "query",
    [
        {"since": "yesterday", "until": "2026-13-40", "kind": "everything", "text": " \0 "},
        {"text": "x" * 401, "operator": "y" * 401},
        {"since": "", "visits_after": "", "unknown": "1"},
    ],
)
def test_what_is_no_answer_is_not_asked(query: dict[str, str]) -> None:
    asked = Asked.of(query)
    assert asked == Asked()
    assert asked.entries == {}
    assert asked.visits == {"states": ["ENDED"]}


def test_the_last_day_of_a_period_belongs_to_it_and_the_end_of_time_breaks_nothing() -> None:
    assert Asked.of({"until": "2026-12-31"}).entries == {"until": "2027-01-01T00:00:00+00:00"}
    assert Asked.of({"until": "9999-12-31"}).entries == {}


async def test_the_story_of_a_visit_tells_requests_writes_and_what_became_of_them(
    open_browser: Open, console: Answering, admin: asyncpg.Connection
) -> None:
    """S2-31, S2-35: the console's record beside the product's own rows."""
    inside = jane_inside(ACME)
    conversation = await admin.fetchval(
        "select id from conversation where tenant_id = $1 and not archived limit 1", ACME.uuid
    )
    operator = open_browser(ACME, inside=inside)
    await operator.post(f"/conversations/{conversation}/replies", body="It is fixed.")
    console.answer = told()
    console.answer["data"]["impersonationSession"]["uuid"] = str(inside.session_id)
    page = unescape((await (await owner_at(open_browser, console)).get(f"/audit/visits/{inside.session_id}")).text)
    assert console.asked[-1]["variables"] == {"uuid": str(inside.session_id), "requestsAfter": None}
    assert "Jane Doe (jane@actas.example) was inside for 17 minutes" in page
    assert "3 requests, 1 of them could write" in page
    assert page.count('class="wrote"') == 1
    assert f'<a href="/conversations/{conversation}">' in page
    assert f'href="/audit/visits/{inside.session_id}?requests_after=a%2Fb%3D"' in page
    assert "<since>" not in (await (await owner_at(open_browser, console)).get(f"/audit/visits/{VISIT}")).text


async def test_files_that_pages_are_made_of_stand_apart_and_an_address_breaks_at_its_at_sign(
    open_browser: Open, console: Answering
) -> None:
    """S2-35: what was looked at is found at once, and nothing is left out."""
    console.answer = told()
    log = console.answer["data"]["impersonationSession"]["accessLog"]["nodes"]
    log.extend({**log[0], "path": f"/static/{name}"} for name in ("workspace.css", "inbox.svg"))
    page = unescape((await (await owner_at(open_browser, console)).get(f"/audit/visits/{VISIT}")).text)
    asked, files = page.split("<summary>2 requests for files that these pages are made of</summary>")
    assert "<td>/x" in asked
    assert "<td>/static/" not in asked
    assert files.count("<td>/static/") == 2
    assert "<dd>jane<wbr>@actas.example</dd>" in page


@pytest.mark.parametrize("answer", [told(GLOBEX.uuid), {"data": {"impersonationSession": None}}])
async def test_another_companys_visit_is_as_absent_as_one_that_never_was(
    open_browser: Open, console: Answering, answer: dict[str, Any]
) -> None:
    """P5: the service key reads every tenant, the page only its own."""
    console.answer = answer
    page = await (await owner_at(open_browser, console)).get(f"/audit/visits/{VISIT}")
    assert page.status_code == 404
    assert "Jane Doe" not in page.text


async def test_without_the_console_the_story_says_so(open_browser: Open, console: Answering) -> None:
    console.answer = {"data": {"impersonationSession": None}, "errors": forbidden()["errors"]}
    page = await (await owner_at(open_browser, console)).get(f"/audit/visits/{VISIT}")
    assert page.status_code == 200
    assert "needs TENANT_SIDE_READ" in page.text
