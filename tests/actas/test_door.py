"""Strangers, people without a role, and who gets through (S1-7, C-11, P8; threats 16, 17, 24, 29, 30)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from permissions.operators import Permission, Role
from tests.actas.serving import bare

if TYPE_CHECKING:
    from tests.actas.serving import Site

PATHS = (
    *("/tenants", "/enter", "/enter?session=x", "/assets/index.js", "/index.html", "/graphql/", "/livez/", "/metrics"),
    *("/sign-in/", "/sign-in/../index.html", "/sign-in/x", "/sign-out", "/tenants//", "/admin", "/.well-known/"),
    *("/%2e%2e/etc/passwd", "/\u00e9"),
)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND")
HEADERS: tuple[dict[str, str], ...] = (
    {"authorization": "Bearer actas_x"},
    {"cookie": "__Host-actas=x"},
    {"cookie": f"__Host-actas={'x' * 43}"},
    {"accept": "application/json"},
    {"upgrade": "h2c", "connection": "upgrade"},
)


async def test_a_stranger_gets_the_same_404_for_every_path_method_header_and_host(site: Site) -> None:
    """S1-7, threat 29."""
    asked: list[tuple[str, str, dict[str, str]]] = [(method, path, {}) for method in METHODS for path in ("/", *PATHS)]
    asked += [("GET", "/tenants", headers) for headers in HEADERS]
    asked += [("GET", path, {"host": "elsewhere.example"}) for path in ("/", "/sign-in", "/livez")]
    async with site.client() as client:
        answers = [
            await client.request(method, path, headers=headers)
            for method, path, headers in asked
            if (method, path, headers) not in (("GET", "/", {}), ("POST", "/sign-out", {}))
        ]
    assert len({repr(bare(answer)) for answer in answers}) == 1
    assert answers[0].status_code == 404


@pytest.mark.parametrize("body", [b"", b"{}", b'{"query":"{__typename}"}', b"[" * 100_000, b"x" * 3_000_000])
async def test_a_stranger_gets_the_same_401_from_graphql_whatever_is_sent(site: Site, body: bytes) -> None:
    """Threat 24: nothing is parsed, so there is no oracle."""
    async with site.client() as client:
        expected = bare(await client.get("/graphql"))
        assert expected[0] == 401
        for method in METHODS:
            assert bare(await client.request(method, "/graphql", content=body)) == expected
        for headers in ({"authorization": "Bearer actas_" + "x" * 43}, {"cookie": "__Host-actas=" + "x" * 43}):
            assert bare(await client.post("/graphql", content=body, headers=headers)) == expected


@pytest.mark.parametrize("path", ["/", "/sign-in"])
async def test_a_stranger_sees_a_bare_sign_in_page_that_names_nothing(site: Site, path: str) -> None:
    async with site.client() as client:
        page = await client.get(path)
        files = re.findall(r'(?:src|href)="(/[^"]+)"', page.text)
        assert page.status_code == 200
        assert "actas" not in page.text.lower()
        assert files
        for file in files:
            assert file.startswith("/sign-in/")
            assert (await client.get(file)).status_code == 200


async def test_somebody_without_a_role_gets_one_page_for_every_path_and_method(site: Site) -> None:
    """S1-7: same bytes, status and headers; /graphql is the stranger's."""
    nobody = await site.operator(None)
    async with site.client(cookie=nobody) as client, site.client() as stranger:
        answers = [
            await client.request(method, path)
            for method in METHODS
            for path in ("/", "/sign-in", *PATHS)
            if (method, path) not in {("POST", "/sign-in"), ("POST", "/sign-out")}
        ]
        assert len({repr(bare(answer)) for answer in answers}) == 1
        assert answers[0].status_code == 403
        assert "have access" in answers[0].text
        assert bare(await client.post("/graphql")) == bare(await stranger.post("/graphql"))


async def test_an_operator_gets_the_application_at_every_path(site: Site) -> None:
    cookie = await site.operator(Role.PLATFORM_READONLY)
    async with site.client(cookie=cookie) as client:
        pages = [await client.get(path) for path in ("/", "/tenants", "/tenants/acme", "/sign-in")]
        assert {page.status_code for page in pages} == {200}
        assert (await client.get("/assets/none.js")).status_code == 404


async def test_each_page_has_its_own_nonce_and_a_strict_policy(site: Site) -> None:
    async with site.client() as client:
        policies = [(await client.get("/")).headers["content-security-policy"] for _ in range(2)]
    assert policies[0] != policies[1]
    assert "script-src 'self';" in policies[0]
    assert "frame-ancestors 'none'" in policies[0]
    assert "unsafe" not in policies[0]


async def test_every_answer_has_the_security_headers(site: Site) -> None:
    async with site.client() as client:
        for path in ("/", "/nowhere", "/graphql", "/livez"):
            headers = (await client.get(path)).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["cross-origin-opener-policy"] == "same-origin"
            assert headers["cache-control"] == "no-store"
            assert "server" not in headers


@pytest.mark.parametrize(
    ("changed", "passes"),
    [
        ({}, True),
        ({"origin": None, "sec-fetch-site": "same-origin"}, True),
        ({"origin": None}, False),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": None, "sec-fetch-site": "same-site"}, False),
        ({"origin": "https://evil.example", "sec-fetch-site": "same-origin"}, False),
        ({"x-actas-csrf": None}, False),
        ({"x-actas-csrf": "0"}, False),
        ({"content-type": "text/plain"}, False),
        ({"content-type": "application/x-www-form-urlencoded"}, False),
        ({"content-type": "multipart/form-data; boundary=x"}, False),
        ({"content-type": None}, False),
    ],
)
async def test_a_browser_changes_something_only_from_the_console(
    site: Site, changed: dict[str, str | None], *, passes: bool
) -> None:
    """Threat 16."""
    cookie = await site.operator(Role.PLATFORM_SUPPORT)
    headers = {**site.console_headers(cookie), "content-type": "application/json", **changed}
    async with site.client() as client:
        answer = await client.post(
            "/graphql", content=b"{}", headers={name: value for name, value in headers.items() if value is not None}
        )
    assert answer.status_code == (200 if passes else 403)


async def test_a_key_needs_no_origin_and_is_not_helped_by_a_cookie(site: Site) -> None:
    cookie = await site.operator(Role.PLATFORM_ADMIN)
    key = await site.key(Permission.GUARD_EVENTS)
    async with site.client() as client:
        answer = await client.post("/graphql", headers={"authorization": f"Bearer {key}"})
        assert answer.json()["permissions"] == ["GUARD_EVENTS"]
        for wrong in ("Bearer actas_" + "x" * 43, "Basic abc", "", key):
            headers = {**site.console_headers(cookie), "authorization": wrong}
            assert (await client.post("/graphql", json={}, headers=headers)).status_code == 401


async def test_a_body_beyond_the_cap_is_refused(site: Site) -> None:
    """Threat 27."""
    key = await site.key(Permission.ACCESS_LOG_APPEND)
    async with site.client() as client:
        answer = await client.post("/graphql", content=b"x" * 1_100_000, headers={"authorization": f"Bearer {key}"})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "hosts", ["", "Host: {0}\r\nHost: {0}\r\n", "Host: {0}\r\nHost: evil.example\r\n", "Host: {0}.\r\n"]
)
async def test_a_request_without_one_known_host_is_a_strangers(site: Site, hosts: str) -> None:
    """Threat 30."""
    lines = f"GET / HTTP/1.1\r\n{hosts.format(site.settings.console_host)}Connection: close\r\n\r\n"
    assert (await site.raw(lines)).startswith((b"HTTP/1.1 404", b"HTTP/1.1 400"))
