"""What no session may: read a secret, or agree in somebody's name. Shown without the guard, which comes first."""

from __future__ import annotations

import asyncpg
import pytest
from sqlalchemy import text

from actas_guard.marks import Marks
from examples.workspace.app import MARKS
from examples.workspace.store import Store
from tests.workspace.conftest import ACME, Browser, Open, Workspace, jane_inside, request_for

ACCEPT = text(
    "insert into terms_acceptance (tenant_id, person_id, version)"
    " select tenant_id, id, 'forged' from person where email = 'owner@acme.example'"
)


async def signed_in(open_browser: Open, login: str) -> Browser:
    browser = open_browser(ACME)
    await browser.sign_in(login)
    return browser


async def test_an_administrator_reads_the_webhooks_secret_and_a_member_does_not(
    open_browser: Open, admin: asyncpg.Connection
) -> None:
    secret = await admin.fetchval("select signing_secret from webhook where tenant_id = $1", ACME.uuid)
    assert secret in (await (await signed_in(open_browser, "owner")).get("/keys/secret")).text
    member = await signed_in(open_browser, "member")
    for path in ("/keys", "/keys/secret"):
        refused = await member.get(path)
        assert refused.status_code == 403
        assert "whsec_" not in refused.text


@pytest.mark.parametrize("mode", ["READ_ONLY", "READ_WRITE"])
async def test_the_database_gives_no_operator_the_secret(open_browser: Open, mode: str) -> None:
    """Threat: a secret that was seen works for longer than the session."""
    operator = open_browser(ACME, inside=jane_inside(ACME, "READ_ONLY" if mode == "READ_ONLY" else "READ_WRITE"))
    answer = await operator.get("/keys/secret")
    assert answer.status_code == 404
    assert "whsec_" not in answer.text


async def test_a_person_accepts_the_terms_once_for_themselves(open_browser: Open, admin: asyncpg.Connection) -> None:
    member = await signed_in(open_browser, "member")
    assert "Accept the terms" in (await member.get("/terms")).text
    for _ in range(2):
        assert (await member.post("/terms")).status_code == 303
    assert "You accepted on" in (await member.get("/terms")).text
    emails = "select p.email from terms_acceptance t join person p on p.id = t.person_id where t.tenant_id = $1"
    assert [row["email"] for row in await admin.fetch(emails, ACME.uuid)] == ["member@acme.example"]


async def test_no_operator_accepts_for_anybody_whatever_they_may_write(
    open_browser: Open, store: Store, admin: asyncpg.Connection
) -> None:
    """P6: refused by the page, and by the database where a page forgets."""
    inside = jane_inside(ACME)
    operator = open_browser(ACME, inside=inside)
    assert "Accept the terms" not in (await operator.get("/terms")).text
    assert (await operator.post("/terms")).status_code == 403
    with pytest.raises(Exception, match="row-level security"), request_for(ACME, inside):
        async with store.transaction() as connection:
            await connection.execute(ACCEPT)
    assert not await admin.fetchval("select true from terms_acceptance where version = 'forged'")


def test_both_are_marked_for_the_guard() -> None:
    assert {(mark.kind, mark.path) for mark in MARKS} == {("CREDENTIALS", "/keys/secret"), ("PERSONAL", "/terms")}
    Marks(MARKS)


async def test_the_secret_is_in_no_table_that_the_products_role_reads(prepared: Workspace, store: Store) -> None:
    with pytest.raises(Exception, match="permission denied"), request_for(ACME):
        async with store.transaction() as connection:
            await connection.execute(text("select signing_secret from webhook"))
