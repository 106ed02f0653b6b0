"""The inbox as a company's people use it, and as an operator does inside a session."""

from __future__ import annotations

import re
from uuid import uuid4

import asyncpg
import pytest

from actas_guard import Impersonation
from tests.workspace.conftest import ACME, GLOBEX, Browser, Open, jane_inside

LAST = "select * from message where conversation_id = $1 order by at desc limit 1"

PAGES = (
    "/cases",
    "/leads",
    "/analytics",
    "/keys",
    "/keys/secret",
    "/terms",
    "/audit",
    "/audit/live",
    "/audit.csv",
    "/audit/visits/00000000-0000-0000-0000-000000000001",
)


async def a_conversation(admin: asyncpg.Connection, tenant: object = ACME.uuid) -> str:
    query = "select id from conversation where tenant_id = $1 and not archived order by id limit 1"
    return str(await admin.fetchval(query, tenant))


async def signed_in(open_browser: Open, login: str = "member") -> Browser:
    browser = open_browser(ACME)
    await browser.sign_in(login)
    return browser


async def test_the_inbox_lists_what_is_open_and_nothing_archived(open_browser: Open, admin: asyncpg.Connection) -> None:
    browser = await signed_in(open_browser)
    listed = (await browser.get("/?show=all")).text
    rows = await admin.fetch("select id, status, archived from conversation where tenant_id = $1", ACME.uuid)
    for row in rows:
        assert (f"/conversations/{row['id']}" in listed) is not row["archived"]
    opened = (await browser.get("/")).text
    for row in rows:
        shown = row["status"] == "open" and not row["archived"]
        assert (f"/conversations/{row['id']}" in opened) is shown


@pytest.mark.parametrize("path", ["/", "/conversations/{id}", *PAGES])
async def test_a_stranger_is_sent_to_sign_in_and_reads_nothing(
    open_browser: Open, admin: asyncpg.Connection, path: str
) -> None:
    """P5."""
    answer = await open_browser(ACME).get(path.format(id=await a_conversation(admin)))
    assert (answer.status_code, answer.headers["location"], answer.content) == (303, "/sign-in", b"")


async def test_a_stranger_cannot_answer(open_browser: Open, admin: asyncpg.Connection) -> None:
    conversation = await a_conversation(admin)
    before = await admin.fetchval("select count(*) from message")
    answer = await open_browser(ACME).post(f"/conversations/{conversation}/replies", body="hello")
    assert answer.headers["location"] == "/sign-in"
    assert await admin.fetchval("select count(*) from message") == before


async def test_an_answer_carries_its_author_and_is_shown_as_text(open_browser: Open, admin: asyncpg.Connection) -> None:
    conversation = await a_conversation(admin)
    browser = await signed_in(open_browser)
    answer = await browser.post(f"/conversations/{conversation}/replies", body="<script>alert(1)</script>\r\nThanks")
    assert answer.status_code == 303
    written = await admin.fetchrow(LAST, conversation)
    assert written is not None
    name = await admin.fetchval("select name from person where email = 'member@acme.example'")
    assert (written["author"], written["from_customer"]) == (name, False)
    assert written["acting_operator"] is written["acting_operator_email"] is written["acting_session"] is None
    shown = (await browser.get(answer.headers["location"])).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\nThanks" in shown


async def test_an_operators_answer_names_the_operator_in_the_row_and_on_the_page(
    open_browser: Open, admin: asyncpg.Connection
) -> None:
    """P6, S2-31: nothing is laundered through the tenant's identity."""
    inside = jane_inside(ACME)
    conversation = await a_conversation(admin)
    browser = open_browser(ACME, inside=inside)
    assert (await browser.post(f"/conversations/{conversation}/replies", body="It is fixed.")).status_code == 303
    written = await admin.fetchrow(LAST, conversation)
    assert written is not None
    assert written["author"] == ACME.name
    named = (written["acting_operator"], written["acting_operator_email"], written["acting_session"])
    assert named == ("Jane Doe", "jane@actas.example", inside.session_id)
    colleague = await signed_in(open_browser)
    assert "Jane Doe (operator) on behalf of Acme GmbH" in (await colleague.get(f"/conversations/{conversation}")).text
    assert "Jane Doe (operator): It is fixed." in (await colleague.get("/?show=all")).text


async def test_the_next_answer_over_the_same_connection_names_nobody_else(
    open_browser: Open, admin: asyncpg.Connection
) -> None:
    conversation = await a_conversation(admin)
    colleague = await signed_in(open_browser)
    for _ in range(4):  # every connection of the pool has been Jane's
        await open_browser(ACME, inside=jane_inside(ACME)).post(f"/conversations/{conversation}/replies", body="Mine")
    await colleague.post(f"/conversations/{conversation}/replies", body="Ours")
    written = await admin.fetchrow(LAST, conversation)
    assert written is not None
    assert (written["body"], written["acting_operator"]) == ("Ours", None)


async def test_a_read_only_session_cannot_write_even_where_a_request_slipped_past_the_gate(
    open_browser: Open, admin: asyncpg.Connection
) -> None:
    conversation = await a_conversation(admin)
    before = await admin.fetchval("select count(*) from message")
    browser = open_browser(ACME, inside=jane_inside(ACME, "READ_ONLY"))
    answer = await browser.post(f"/conversations/{conversation}/replies", body="hello")
    assert answer.status_code == 500
    assert await admin.fetchval("select count(*) from message") == before


async def test_an_operator_sees_what_the_admin_sees(open_browser: Open) -> None:
    """S2-13: the same conversations in the same order, and the admin's navigation."""
    inside: Impersonation = jane_inside(ACME, "READ_ONLY")
    admins = await (await signed_in(open_browser, "owner")).get("/?show=all")
    operators = await open_browser(ACME, inside=inside).get("/?show=all")
    main = re.compile(r"<main.*</main>", re.DOTALL)
    assert main.findall(admins.text) == main.findall(operators.text) != []
    assert 'href="/audit"' in operators.text
    assert "Jane Doe" in operators.text


@pytest.mark.parametrize("method", ["get", "post"])
async def test_another_companys_conversation_is_as_absent_as_one_that_never_was(
    open_browser: Open, admin: asyncpg.Connection, method: str
) -> None:
    """P5: no existence oracle either."""
    browser = await signed_in(open_browser)
    archived = await admin.fetchval("select id from conversation where archived and tenant_id = $1", ACME.uuid)
    answers = []
    for conversation in (await a_conversation(admin, GLOBEX.uuid), archived, uuid4()):
        if method == "get":
            answer = await browser.get(f"/conversations/{conversation}")
        else:
            answer = await browser.post(f"/conversations/{conversation}/replies", body="hello")
        answers.append((answer.status_code, answer.text))
    assert answers[0][0] == 404
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("", "Write something"),
        (" \r\n ", "Write something"),
        ("a\0b", "cannot be stored"),
        ("x" * 10_001, "at most 10000"),
    ],
)
async def test_a_bad_answer_is_explained_and_not_lost(
    open_browser: Open, admin: asyncpg.Connection, body: str, told: str
) -> None:
    browser = await signed_in(open_browser)
    answer = await browser.post(f"/conversations/{await a_conversation(admin)}/replies", body=body)
    assert answer.status_code == 422
    assert told in answer.text
    assert body.strip().replace("\0", "") in answer.text.replace("\0", "")


async def test_a_body_beyond_any_form_is_refused_unread(open_browser: Open, admin: asyncpg.Connection) -> None:
    browser = await signed_in(open_browser)
    answer = await browser.post(f"/conversations/{await a_conversation(admin)}/replies", body="x" * 100_000)
    assert answer.status_code == 413


async def test_every_page_carries_the_banner(open_browser: Open, admin: asyncpg.Connection) -> None:
    """S1-25, S2-23."""
    browser = await signed_in(open_browser, "owner")
    for path in ("/", f"/conversations/{await a_conversation(admin)}", *PAGES, "/nowhere", "/sign-in"):
        if path == "/audit/live":  # a part of a page
            continue
        page = (await browser.http.get(path, follow_redirects=True)).text
        assert "</actas-banner>" in page
        assert '<script type="module" src="/actas/banner.js"></script>' in page
