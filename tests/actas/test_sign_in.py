"""Signing in and out (DESIGN section 6; threats 31, 33, 54, 55, 56)."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from actas.sign_in import LARGEST_BODY
from db.ledger import PLATFORM
from permissions.operators import Role
from resolvers.impersonation import Started, StartRequest, start
from tests.actas.serving import HASHED, PASSWORD, bare, cookie_in, serving
from tests.world import REASON

if TYPE_CHECKING:
    from pathlib import Path

    from tests.actas.serving import Site
    from tests.world import World


async def test_the_right_password_gives_a_cookie_that_only_its_browser_can_use(site: Site) -> None:
    """Threat 55."""
    answer = await site.sign_in(await site.hire(Role.PLATFORM_SUPPORT))
    name, _, attributes = answer.headers["set-cookie"].partition("=")
    assert (answer.status_code, answer.content, name) == (204, b"", "__Host-actas")
    said = {each.strip().lower() for each in attributes.split(";")[1:]}
    assert said == {"httponly", "secure", "samesite=lax", "path=/", "max-age=43200"}
    async with site.client(cookie=cookie_in(answer)) as client:
        assert (await client.get("/tenants")).status_code == 200


async def test_the_address_is_found_whatever_its_case(site: Site) -> None:
    email = await site.hire(Role.PLATFORM_SUPPORT)
    assert (await site.sign_in(f" {email.upper()} ")).status_code == 204


async def test_only_a_hash_of_the_secret_is_stored(site: Site) -> None:
    cookie = await site.operator(Role.PLATFORM_SUPPORT)
    hashed = hashlib.sha256(cookie.encode()).digest()
    assert await site.world.admin_sql("select count(*) from identity.sign_in where token_hash = $1", hashed) == 1
    assert (
        await site.world.admin_sql(
            "select count(*) from identity.sign_in s where s::text like '%' || $1 || '%'", cookie
        )
        == 0
    )


async def test_each_sign_in_is_a_new_one_and_leaves_other_browsers_alone(site: Site) -> None:
    """Threat 55: an id that was there before the sign-in is never taken over."""
    email = await site.hire(Role.PLATFORM_SUPPORT)
    first = await site.cookie_of(email)
    second = cookie_in(await site.sign_in(email, cookie=f"__Host-actas={first}"))
    planted = "x" * 43
    third = cookie_in(await site.sign_in(email, cookie=f"__Host-actas={planted}"))
    assert len({first, second, third, planted}) == 4
    for cookie, status in ((first, 200), (second, 200), (third, 200), (planted, 404)):
        async with site.client(cookie=cookie) as client:
            assert (await client.get("/tenants")).status_code == status


async def test_a_wrong_password_an_unknown_and_a_disabled_account_are_told_the_same(site: Site) -> None:
    """Threat 54."""
    known, disabled = await site.hire(Role.PLATFORM_SUPPORT), await site.hire(Role.PLATFORM_SUPPORT)
    await site.world.admin_sql(
        "with a as (select set_config('session_replication_role', 'replica', true))"
        " update identity.operator set disabled_at = now() from a where email = $1", disabled
    )  # fmt: skip
    answers = [
        await site.sign_in(known, "wrong"),
        await site.sign_in("nobody.known@actas.example", PASSWORD),
        await site.sign_in(disabled, PASSWORD),
    ]
    assert len({repr(bare(answer)) for answer in answers}) == 1
    assert answers[0].status_code == 401
    assert "set-cookie" not in answers[0].headers


async def test_an_unknown_account_costs_a_password_check_too(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threat 54: what takes the time is done for whoever asks."""
    checked: list[str] = []
    verify = site.services.passwords._verify

    def watched(given: str, kept: str) -> bool:
        checked.append(kept)
        return verify(given, kept)

    monkeypatch.setattr(site.services.passwords, "_verify", watched)
    await site.sign_in("nobody.known@actas.example")
    await site.world.hire("no.password@actas.example", Role.PLATFORM_SUPPORT)
    await site.sign_in("no.password@actas.example")
    assert len(checked) == 2
    assert all(kept.startswith("$argon2id$") for kept in checked)


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"origin": "https://evil.example"}, b"{}", 403),
        ({"origin": "null"}, b"{}", 403),
        ({"origin": ""}, b"{}", 403),
        ({"content-type": "text/plain"}, b"{}", 415),
        ({"content-type": "application/x-www-form-urlencoded"}, b"email=a&password=b", 415),
        ({}, b"", 400),
        ({}, b"{}", 400),
        ({}, b"[]", 400),
        ({}, b"[" * 2000, 400),
        ({}, b'{"email": "a@b.c", "password": 1}', 400),
        ({}, b'{"email": "a@b.c", "password": ""}', 400),
        ({}, b'{"email": "a@b.c", "password": "\\u0000"}', 400),
        ({}, b'{"email": "a@b.c\\ud800", "password": "x"}', 400),
        ({}, b'{"email": "a@b.c\xff", "password": "x"}', 400),
        ({}, b'{"email": "' + b"a" * 400 + b'", "password": "x"}', 400),
        ({}, b'{"email": "a@b.c", "password": "' + b"x" * 300 + b'"}', 400),
        ({}, b" " * (LARGEST_BODY + 1), 413),
    ],
)
async def test_what_is_no_sign_in_is_refused_before_any_account_is_looked_at(
    site: Site, headers: dict[str, str], body: bytes, status: int
) -> None:
    """Threats 16, 33."""
    async with site.client() as client:
        answer = await client.post(
            "/sign-in", content=body, headers={"origin": site.origin, "content-type": "application/json", **headers}
        )
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_guessing_is_slowed_down_for_an_account_whether_it_exists_or_not(
    own_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_site.services.by_account, "_now", lambda: 0.0)
    known = await own_site.hire(Role.PLATFORM_SUPPORT)
    for email in (known, "nobody.known@actas.example"):
        statuses = [(await own_site.sign_in(email, "wrong")).status_code for _ in range(11)]
        assert statuses == [401] * 10 + [429]
    refused = await own_site.sign_in(known, PASSWORD)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0


async def test_signing_in_rightly_is_never_slowed_down(own_site: Site) -> None:
    email = await own_site.hire(Role.PLATFORM_SUPPORT)
    assert {(await own_site.sign_in(email)).status_code for _ in range(12)} == {204}


async def test_the_demos_password_opens_nothing_elsewhere(own_site: Site) -> None:
    email = "support@actas.example"
    await own_site.world.hire(email, Role.PLATFORM_SUPPORT, password_hash=own_site.services.passwords.hash("demo"))
    assert (await own_site.sign_in(email, "demo")).status_code == 204
    object.__setattr__(own_site.services, "demo", False)
    assert (await own_site.sign_in(email, "demo")).status_code == 401


async def test_signing_out_ends_the_sign_in_and_its_sessions_before_it_is_said(site: Site) -> None:
    """P7, DESIGN section 6."""
    email = await site.hire(Role.PLATFORM_SUPPORT)
    cookie, other = await site.cookie_of(email), await site.cookie_of(email)
    tenant = await site.world.tenant("globex")
    request = StartRequest(tenant_id=tenant.id, reason=REASON)
    mine = await start(site.world.database, await site.caller(cookie), request)
    others = await start(site.world.database, await site.caller(other), request)
    assert isinstance(mine, Started)
    assert isinstance(others, Started)
    async with site.client(cookie=cookie) as client:
        answer = await client.post("/sign-out", headers={"origin": site.origin})
        assert answer.status_code == 204
        assert "max-age=0" in answer.headers["set-cookie"].lower()
        assert (await client.get("/tenants")).status_code == 404
    ended = await site.world.entries(tenant.id, "IMPERSONATION_ENDED")
    assert [(entry.session_id, '"cause":"SIGNED_OUT"' in entry.details) for entry in ended] == [(mine.session.id, True)]
    assert (await site.world.entries(PLATFORM, "SIGNED_OUT"))[-1].actor_proof == "SIGN_IN"
    async with site.client(cookie=other) as client:
        assert (await client.get("/tenants")).status_code == 200


async def test_a_stranger_may_sign_out_and_another_site_may_not_do_it_for_anybody(site: Site) -> None:
    cookie = await site.operator(Role.PLATFORM_SUPPORT)
    async with site.client() as stranger:
        assert (await stranger.post("/sign-out", headers={"origin": site.origin})).status_code == 204
    async with site.client(cookie=cookie) as client:
        assert (await client.post("/sign-out", headers={"origin": "https://evil.example"})).status_code == 403
        assert (await client.post("/sign-out")).status_code == 403
        assert (await client.get("/tenants")).status_code == 200


async def test_a_sign_in_is_over_after_twelve_hours(own_site: Site) -> None:
    cookie = await own_site.operator(Role.PLATFORM_SUPPORT)
    async with own_site.client(cookie=cookie) as client:
        await own_site.world.advance(timedelta(hours=11, minutes=59))
        assert (await client.get("/tenants")).status_code == 200
        await own_site.world.advance(timedelta(minutes=1))
        assert (await client.get("/tenants")).status_code == 404


@pytest.mark.parametrize(
    ("hops", "forwarded", "expected"),
    [
        (0, "198.51.100.9", "127.0.0.1"),
        (1, "198.51.100.9", "198.51.100.9"),
        (1, "6.6.6.6, 198.51.100.9", "198.51.100.9"),
        (2, "6.6.6.6, 198.51.100.9, 10.0.0.1", "198.51.100.9"),
        (2, "198.51.100.9", "127.0.0.1"),
        (1, "not an address", None),
    ],
)
async def test_the_recorded_address_is_what_ones_own_proxies_saw(
    world: World, tmp_path: Path, hops: int, forwarded: str, expected: str | None
) -> None:
    """Threat 56, S2-32."""
    await world.hire("sam@actas.example", Role.PLATFORM_SUPPORT, password_hash=HASHED)
    async with serving(world, tmp_path, proxy_hops=hops) as site:
        await site.sign_in("sam@actas.example", **{"x-forwarded-for": forwarded, "user-agent": "A browser"})
    entry = (await world.entries(PLATFORM, "SIGNED_IN"))[-1]
    assert (entry.ip, entry.user_agent) == (expected, "A browser")
