"""What is public, and when a process says that it can keep the promises (P1; mechanisms H.5, H.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import asyncpg
import jwt
import pytest

from db.ledger import ATTEMPTS
from permissions.operators import Permission, Role
from tests.actas.serving import HASHED, serving, until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.actas.serving import Site
    from tests.world import World


async def ready(site: Site) -> tuple[int, list[str]]:
    async with site.client() as client:
        answer = await client.get("/readyz")
    return answer.status_code, answer.json()["wrong"]


async def test_a_process_that_serves_is_live_and_ready(site: Site) -> None:
    async with site.client() as client:
        assert (await client.get("/livez")).json() == {"live": True}
    await until(lambda: _is_ready(site))


async def _is_ready(site: Site) -> bool:
    return await ready(site) == (200, [])


async def test_the_public_keys_are_public_and_only_public(site: Site) -> None:
    async with site.client() as client:
        answer = await client.get("/.well-known/jwks.json")
    (key,) = answer.json()["keys"]
    assert set(key) == {"kty", "crv", "x", "kid", "use", "alg"}
    assert (key["kty"], key["crv"], key["alg"]) == ("OKP", "Ed25519", "EdDSA")
    assert jwt.PyJWK(key).key_id == key["kid"]


async def test_readiness_turns_red_when_the_feed_is_not_read(own_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mechanisms H.5: a socket that pings proves nothing."""
    await until(lambda: _is_ready(own_site))
    following = own_site.world.database._following
    assert following
    following.cancel()
    monkeypatch.setattr("actas.health.FEED_FRESH_SECONDS", 0.1)
    await until(lambda: _says(own_site, "the feed has not been read"))


async def test_readiness_turns_red_when_a_loop_stands_still(own_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    await until(lambda: _is_ready(own_site))

    async def failing(_: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("actas.loops.expire_due", failing)
    monkeypatch.setattr("actas.loops.PATIENCE", 0.0)
    await until(lambda: _says(own_site, "the expiry loop stands still"))


async def test_readiness_turns_red_without_room_in_the_ledger(own_site: Site) -> None:
    """Mechanisms H.7."""
    await until(lambda: _is_ready(own_site))
    await own_site.world.admin_sql("""
        do $$ declare t text; begin
          for t in select inhrelid::regclass::text from pg_inherits where inhparent = 'audit.entry'::regclass
            order by 1 desc limit 2 loop execute 'drop table ' || t; end loop; end $$""")
    assert "the ledger has too few months ahead" in (await ready(own_site))[1]


async def test_without_a_database_everything_says_unavailable_and_it_comes_back(world: World, tmp_path: Path) -> None:
    """P1: 503 UNAVAILABLE, and nothing else."""
    await world.hire("sam@actas.example", Role.PLATFORM_SUPPORT, password_hash=HASHED)
    async with serving(world, tmp_path) as site:
        cookie, key = await site.cookie_of("sam@actas.example"), await site.key(Permission.GUARD_EVENTS)
        admin = await asyncpg.connect(world.urls.admin.replace(f"/{world.urls.name}?", "/postgres?"))
        try:
            await admin.execute(f"alter database {world.urls.name} allow_connections false")
            await admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", world.urls.name
            )
            async with site.client() as client:
                by_key = await client.post("/graphql", headers={"authorization": f"Bearer {key}"})
                by_cookie = await client.post("/graphql", json={}, headers=site.console_headers(cookie))
                page = await client.get("/tenants", headers={"cookie": f"__Host-actas={cookie}"})
                stranger = await client.get("/tenants")
                sign_in = await site.sign_in("sam@actas.example")
                health = await ready(site)
            for answer in (by_key, by_cookie):
                assert answer.status_code == 503
                assert answer.json()["errors"][0]["extensions"] == {"code": "UNAVAILABLE"}
            assert (page.status_code, sign_in.status_code, stranger.status_code, health[0]) == (503, 503, 404, 503)
            assert "set-cookie" not in sign_in.headers
        finally:
            await admin.execute(f"alter database {world.urls.name} allow_connections true")
            await admin.close()
        await until(lambda: _is_ready(site), seconds=20)
        assert (await site.sign_in("sam@actas.example")).status_code == 204


async def test_what_is_public_is_on_the_services_host_only(world: World, tmp_path: Path) -> None:
    """DESIGN section 6: where it is another host than the console's, the console's host has none of it."""
    await world.hire("sam@actas.example", Role.PLATFORM_SUPPORT, password_hash=HASHED)
    async with serving(world, tmp_path, service_url="http://api.localhost:{port}") as site:
        key = await site.key(Permission.GUARD_EVENTS)
        service = site.settings.service_host
        async with site.client() as console, site.client(host=service) as api:
            for path in ("/livez", "/readyz", "/.well-known/jwks.json"):
                assert (await console.get(path)).content == b"Not Found\n"
                assert (await api.get(path)).status_code in {200, 503}
            for path in ("/", "/sign-in", "/tenants", "/enter"):
                assert (await api.get(path)).content == b"Not Found\n"
            answer = await api.post("/sign-in", json={}, headers={"origin": site.origin})
            assert answer.content == b"Not Found\n"
            assert (await api.post("/graphql", headers={"authorization": f"Bearer {key}"})).status_code == 200


async def test_what_strangers_tried_is_recorded_when_the_process_stops(world: World, tmp_path: Path) -> None:
    """P8."""
    async with serving(world, tmp_path) as site:
        await site.sign_in("nobody.known@actas.example")
        async with site.client() as client:
            for path in ("/admin", "/graphql", "/"):
                await client.get(path)
    counted = {entry.kind: entry.details for entry in await world.entries(ATTEMPTS)}
    assert set(counted) == {"SIGN_IN_REFUSED", "STRANGER_ATTEMPTS"}
    assert '"count":1' in counted["SIGN_IN_REFUSED"]
    assert '"count":2' in counted["STRANGER_ATTEMPTS"]


async def _says(site: Site, what: str) -> bool:
    return what in (await ready(site))[1]
