"""What a process refuses to serve on (DESIGN section 4, C; threat 45), and what it does before it serves."""

from __future__ import annotations

import socket
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from actas.server import CannotStart, serve, services_for
from actas.settings import Settings
from permissions.operators import Role
from resolvers.impersonation import Started, StartRequest, start
from tests.actas.serving import HASHED, serving
from tests.world import REASON

if TYPE_CHECKING:
    from pathlib import Path

    from tests.databases import DatabaseUrls
    from tests.world import World


async def refusal(tmp_path: Path, url: str, *, demo: bool = False) -> str:
    with pytest.raises(CannotStart) as refused:
        async with services_for(Settings(data_dir=tmp_path, database_url=SecretStr(url)), url, demo=demo):
            pass
    return str(refused.value)


async def test_a_demo_or_test_database_is_not_served(database_urls: DatabaseUrls, tmp_path: Path) -> None:
    assert "made as TEST" in await refusal(tmp_path, database_urls.app)
    async with services_for(Settings(data_dir=tmp_path), database_urls.app, demo=True) as services:
        assert services.demo


async def test_a_role_that_could_rewrite_the_ledger_is_refused(database_urls: DatabaseUrls, tmp_path: Path) -> None:
    """P4."""
    assert await refusal(tmp_path, database_urls.migrator, demo=True)
    assert "superuser" in await refusal(tmp_path, database_urls.admin, demo=True)


async def test_a_database_that_is_away_is_said_without_its_password(tmp_path: Path) -> None:
    """Threat 58."""
    told = await refusal(tmp_path, f"postgresql://actas_app:hunter2@/actas?host={tmp_path}")
    assert "cannot be reached" in told
    assert "hunter2" not in told


async def test_a_port_that_is_taken_is_named_before_anything_is_started(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart, match=f"127.0.0.1:{port}: Address already in use"):
            await serve(Settings(data_dir=tmp_path / "data", port=port))
    assert not (tmp_path / "data").exists()


async def test_what_fell_due_while_nobody_ran_is_over_before_anything_is_served(world: World, tmp_path: Path) -> None:
    """P2."""
    tenant = await world.tenant("acme")
    operator = await world.newcomer("sam@actas.example", Role.PLATFORM_SUPPORT)
    started = await start(world.database, operator, StartRequest(tenant_id=tenant.id, reason=REASON))
    assert isinstance(started, Started)
    await world.advance(timedelta(hours=1))
    assert await world.entries(tenant.id, "IMPERSONATION_ENDED") == []
    async with serving(world, tmp_path):
        (entry,) = await world.entries(tenant.id, "IMPERSONATION_ENDED")
    assert '"cause":"EXPIRED"' in entry.details


async def test_after_a_restore_nothing_that_was_open_is_served(world: World, tmp_path: Path) -> None:
    """DESIGN section 4: another incarnation of the database."""
    await world.hire("sam@actas.example", Role.PLATFORM_SUPPORT, password_hash=HASHED)
    async with serving(world, tmp_path) as site:
        cookie = await site.cookie_of("sam@actas.example")
    await world.admin_sql("update identity.incarnation set value = 'another'")
    async with serving(world, tmp_path) as site, site.client(cookie=cookie) as client:
        assert (await client.get("/tenants")).status_code == 404
        assert (await site.sign_in("sam@actas.example")).status_code == 204
