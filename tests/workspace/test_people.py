"""The tenant's own people sign in, at their own company, from its own page."""

from __future__ import annotations

from uuid import uuid4

import asyncpg
import pytest

from actas_guard import Impersonation
from examples.workspace.people import COOKIE, People
from examples.workspace.sample import Tenant
from examples.workspace.sign_in import WRONG
from examples.workspace.store import Store
from tests.workspace.conftest import ACME, GLOBEX, Open, jane_inside, request_for


async def test_an_owner_signs_in_sees_the_inbox_and_signs_out(open_browser: Open) -> None:
    browser = open_browser(ACME)
    assert (await browser.get("/")).headers["location"] == "/sign-in"
    answer = await browser.sign_in("owner")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert all(word in cookie.lower() for word in ("httponly", "secure", "path=/;", "samesite=lax"))
    assert "domain" not in cookie.lower()
    assert "Inbox" in (await browser.get("/")).text

    kept = browser.http.cookies[COOKIE]
    await browser.post("/sign-out")
    browser.http.cookies.set(COOKIE, kept)
    assert (await browser.get("/")).headers["location"] == "/sign-in", "the server still knew a signed-out browser"


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("owner", "wrong"),
        ("nobody", "demo"),
        ("owner", ""),
        ("owner", "demo\0"),
        ("own\0er", "demo"),
        ("Ł" * 500, "x" * 5000),
    ],
)
async def test_a_wrong_pair_gets_one_answer_whichever_half_is_wrong(
    open_browser: Open, login: str, password: str
) -> None:
    browser = open_browser(ACME)
    answer = await browser.sign_in(login, password)
    assert answer.status_code == 401
    assert WRONG in answer.text
    assert "set-cookie" not in answer.headers


async def test_a_cookie_of_one_company_is_nothing_at_another(open_browser: Open) -> None:
    """P5."""
    acme, globex = open_browser(ACME), open_browser(GLOBEX)
    await acme.sign_in("owner")
    globex.http.cookies.set(COOKIE, acme.http.cookies[COOKIE])
    assert (await globex.get("/")).headers["location"] == "/sign-in"


async def test_people_of_another_company_cannot_sign_in(open_browser: Open) -> None:
    answer = await open_browser(GLOBEX).post("/sign-in", email="owner@acme.example", password="demo")
    assert answer.status_code == 401


async def test_a_sign_in_ends_by_time(open_browser: Open, admin: asyncpg.Connection) -> None:
    browser = open_browser(ACME)
    await browser.sign_in("member")
    await admin.execute("update sign_in set expires_at = now() where tenant_id = $1", ACME.uuid)
    assert (await browser.get("/")).headers["location"] == "/sign-in"


async def test_no_clear_token_is_stored(open_browser: Open, admin: asyncpg.Connection) -> None:
    browser = open_browser(ACME)
    await browser.sign_in("owner")
    token = browser.http.cookies[COOKIE].encode()
    hashes = [row["token_hash"] for row in await admin.fetch("select token_hash from sign_in")]
    assert hashes
    assert token not in hashes


@pytest.mark.parametrize(
    "origin", [None, "null", "https://evil.example", "http://acme.localhost", "https://globex.localhost"]
)
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
async def test_a_form_from_elsewhere_is_refused(open_browser: Open, origin: str | None, path: str) -> None:
    browser = open_browser(ACME)
    await browser.sign_in("owner")
    answer = await browser.post(path, origin=origin, email="owner@acme.example", password="demo")
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert (await browser.get("/")).status_code == 200


async def test_a_company_that_only_the_console_knows_gets_a_plain_page(open_browser: Open) -> None:
    browser = open_browser(Tenant(uuid4(), "hooli", "Hooli"))
    for path in ("/", "/sign-in", "/audit"):
        answer = await browser.get(path)
        assert answer.status_code == 404
        assert "This workspace is empty" in answer.text


async def test_an_operator_cannot_sign_in_as_somebody_else(open_browser: Open) -> None:
    """P6: nobody is two people at once."""
    browser = open_browser(ACME, inside=jane_inside(ACME))
    answer = await browser.sign_in("owner")
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_the_guard_is_told_who_of_the_tenants_people_asks(
    store: Store, open_browser: Open, admin: asyncpg.Connection
) -> None:
    """S1-27: the banner is for the tenant's people, and tells a stranger nothing."""
    people = People(store)
    browser = open_browser(ACME)

    async def person(tenant: Tenant, inside: Impersonation | None = None) -> tuple[str, str] | None:
        cookie = browser.http.cookies.get(COOKIE, "none")
        scope = {"type": "http", "headers": [(b"cookie", f"{COOKIE}={cookie}".encode())]}
        with request_for(tenant, inside):
            found = await people.person_of(scope)
        return (found.role, found.name) if found else None

    async def name_of(login: str) -> str:
        query = "select name from person where email = $1"
        return str(await admin.fetchval(query, f"{login}@acme.example"))

    assert await person(ACME) is None
    await browser.sign_in("member")
    assert await person(ACME) == ("MEMBER", await name_of("member"))
    await browser.sign_in("owner")
    assert await person(ACME) == ("ADMIN", await name_of("owner"))
    assert await person(GLOBEX) is None
    assert await person(ACME, jane_inside(ACME)) is None


async def test_every_answer_forbids_foreign_scripts_frames_and_keeping(open_browser: Open) -> None:
    browser = open_browser(ACME)
    for path in ("/sign-in", "/nowhere", "/"):
        headers = (await browser.get(path)).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
    styled = await browser.get("/static/workspace.css")
    assert styled.headers["x-content-type-options"] == "nosniff"
