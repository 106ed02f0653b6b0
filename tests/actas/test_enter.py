"""GET /enter over HTTP: redirects with a code, or a page that says why not (DESIGN section 7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from permissions.operators import Role
from resolvers.handoff import return_address
from resolvers.impersonation import Started, StartRequest, start
from tests.actas.serving import bare
from tests.resolvers.test_handoff import VERIFIER, challenge_of
from tests.world import REASON

if TYPE_CHECKING:
    import httpx

    from tests.actas.serving import Site

TENANTS = iter(f"tenant{number}" for number in range(100))


async def inside(site: Site) -> tuple[str, Started, dict[str, Any]]:
    """The cookie of an operator inside a tenant, the session, and what that tenant's product asks /enter for."""
    cookie = await site.operator(Role.PLATFORM_SUPPORT)
    tenant = await site.world.tenant(next(TENANTS))
    started = await start(
        site.world.database, await site.caller(cookie), StartRequest(tenant_id=tenant.id, reason=REASON)
    )
    assert isinstance(started, Started)
    asked = {
        "session": str(started.session.id),
        "challenge": challenge_of(VERIFIER),
        "state": "s" * 43,
        "redirect_uri": return_address(tenant),
    }
    return cookie, started, asked


async def enter(site: Site, cookie: str | None, asked: dict[str, Any]) -> httpx.Response:
    async with site.client(cookie=cookie) as client:
        return await client.get("/enter", params=asked)


async def test_the_operators_own_browser_is_sent_back_with_a_code_and_the_state(site: Site) -> None:
    cookie, _, asked = await inside(site)
    answer = await enter(site, cookie, asked)
    to = urlsplit(answer.headers["location"])
    assert answer.status_code == 302
    assert f"{to.scheme}://{to.netloc}{to.path}" == asked["redirect_uri"]
    query = parse_qs(to.query)
    assert set(query) == {"code", "state"}
    assert query["state"] == [asked["state"]]
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"


async def test_a_stranger_learns_nothing_from_a_good_address(site: Site) -> None:
    """S1-7."""
    _, _, asked = await inside(site)
    answer = await enter(site, None, asked)
    assert bare(answer) == bare(await enter(site, None, {}))
    assert answer.status_code == 404


async def test_another_operator_reads_why_not(site: Site) -> None:
    """A forwarded address is worthless."""
    _, _, asked = await inside(site)
    answer = await enter(site, await site.operator(Role.PLATFORM_ADMIN), asked)
    assert (answer.status_code, "location" in answer.headers) == (403, False)
    assert "another sign-in" in answer.text


@pytest.mark.parametrize(
    "changed",
    [
        {"session": None},
        {"session": "x"},
        {"session": "<script>alert(1)</script>"},
        {"challenge": None},
        {"challenge": "x"},
        {"state": None},
        {"state": "short"},
        {"state": "s" * 201},
        {"state": "s" * 20 + "\r\nset-cookie: x=y"},
        {"redirect_uri": None},
        {"redirect_uri": "https://evil.example/actas/enter"},
        {"next": "https://evil.example"},
        {"state": ["s" * 43, "t" * 43]},
    ],
)
async def test_an_address_that_was_tampered_with_leads_nowhere(site: Site, changed: dict[str, Any]) -> None:
    cookie, _, asked = await inside(site)
    answer = await enter(
        site, cookie, {name: value for name, value in {**asked, **changed}.items() if value is not None}
    )
    assert (answer.status_code, "location" in answer.headers, "set-cookie" in answer.headers) == (403, False, False)
    assert "<script" not in answer.text
    assert "Back to the console" in answer.text
