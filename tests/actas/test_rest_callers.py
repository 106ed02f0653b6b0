"""Who may call the paths that take plain requests: to everybody else they are not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from permissions.operators import Permission, Role
from tests.actas.serving import bare, serving
from tests.world import REASON

if TYPE_CHECKING:
    from pathlib import Path

    from tests.actas.serving import Site
    from tests.world import World

END = "/platform/impersonation/end"


def start_of(tenant_id: object) -> str:
    return f"/platform/tenants/{tenant_id}/impersonate"


class TestWhoIsThere:
    PATHS = (END, start_of(UUID(int=1)), "/ledger/export", "/ledger/export?format=csv")

    async def test_a_stranger_gets_what_any_path_gives(self, site: Site) -> None:
        """S1-7, threat 29: also with a key that is none."""
        async with site.client() as client:
            for headers in ({}, {"authorization": "Bearer actas_" + "x" * 43}, {"authorization": "Basic x"}):
                expected = bare(await client.post("/nowhere", headers=headers))
                for method in ("GET", "POST", "HEAD", "OPTIONS"):
                    for path in self.PATHS:
                        found = bare(await client.request(method, path, headers=headers))
                        assert found[0] == expected[0] == 404
                        assert found[1] in {expected[1], b""}
                        assert found[2] == expected[2]

    async def test_somebody_without_a_role_gets_the_one_page(self, site: Site) -> None:
        async with site.client(cookie=await site.operator(None)) as client:
            expected = bare(await client.get("/nowhere"))
            for path in self.PATHS:
                assert bare(await client.get(path)) == expected
                assert bare(await client.post(path)) == expected

    async def test_a_key_has_these_paths_and_no_others_and_a_cookie_makes_no_wrong_key_good(self, site: Site) -> None:
        key, cookie = await site.key(Permission.TOKEN_EXCHANGE), await site.operator(Role.PLATFORM_ADMIN)
        async with site.client() as client:
            stranger = bare(await client.get("/nowhere"))
            with_key = {"authorization": f"Bearer {key}"}
            assert bare(await client.get("/nowhere", headers=with_key)) == stranger
            assert (await client.post(END, headers=with_key)).json()["code"] == "INPUT_INVALID"
            wrong = {**site.console_headers(cookie), "authorization": "Bearer actas_" + "x" * 43}
            assert bare(await client.post(END, json={}, headers=wrong)) == stranger

    async def test_an_operator_of_the_console_is_recorded_as_having_looked(self, site: Site) -> None:
        """S1-8: by the same record as an operation of the API."""
        cookie, tenant = await site.operator(Role.PLATFORM_SUPPORT), await site.world.somewhere()
        async with site.client() as client:
            await client.post(start_of(tenant.id), json={"reason": REASON}, headers=site.console_headers(cookie))
        caller = await site.caller(cookie)
        seen = await site.world.admin_sql("select tenants from audit.activity where operator_id = $1", caller.id)
        assert seen == [tenant.id]


async def test_a_service_calls_at_the_services_host_too_and_nobody_else_is_there(world: World, tmp_path: Path) -> None:
    """DESIGN section 6: where the two hosts differ, a cookie is the console's only."""
    async with serving(world, tmp_path, service_url="http://api.localhost:{port}") as site:
        key, cookie = await site.key(Permission.AUDIT_EXPORT), await site.operator(Role.PLATFORM_READONLY)
        export: dict[str, Any] = {"url": "/ledger/export", "params": {"format": "csv"}}
        for host, by_cookie in ((site.settings.service_host, 404), (site.settings.console_host, 200)):
            async with site.client(host=host) as client:
                assert (await client.get(**export, headers={"authorization": f"Bearer {key}"})).status_code == 200
            async with site.client(host=host, cookie=cookie) as client:
                assert (await client.get(**export)).status_code == by_cookie
        async with site.client(host="elsewhere.example") as client:
            assert (await client.get(**export, headers={"authorization": f"Bearer {key}"})).status_code == 404
