"""The demo over what is there already: another port, a running demo, somebody else's data; and what does not start."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from actas.demo import demo, together
from actas.demo.forgetting import KEY_FILE, forget
from actas.demo.making import expect_made_for
from actas.server import CannotStart, server, set_up_embedded
from actas.settings import Settings
from db import embedded
from tests.running import free_port

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.types import Receive, Scope, Send

    from tests.world import World


async def refusal(settings: Settings, workspace_port: int, *, fresh: bool = False) -> str:
    with pytest.raises(CannotStart) as refused:
        async with demo(settings, workspace_port, fresh=fresh):
            pass
    return str(refused.value)


async def test_a_demo_made_for_another_workspace_port_names_the_one_to_use(world: World, tmp_path: Path) -> None:
    """The tenants' return addresses hold the port, so every Enter would fail."""
    await world.tenant("acme")
    await world.admin_sql("update identity.tenant set workspace_url = 'http://acme.localhost:8001'")
    with pytest.raises(CannotStart, match=r"made for --workspace-port 8001.*--fresh"):
        await expect_made_for(9001, world.urls.app, tmp_path)
    await expect_made_for(8001, world.urls.app, tmp_path)


async def test_two_servers_on_one_port_are_refused_before_anything_is_made(tmp_path: Path) -> None:
    port = free_port()
    assert f"port {port}" in await refusal(Settings(data_dir=tmp_path / "data", port=port), port)
    assert not (tmp_path / "data").exists()


async def test_a_port_that_is_taken_is_named_before_anything_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = await refusal(Settings(data_dir=tmp_path / "data", port=free_port()), port)
    assert f"Cannot listen on 127.0.0.1:{port}" in told
    assert not (tmp_path / "data").exists()


async def test_nothing_is_forgotten_while_something_runs_in_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, port=free_port())
    (tmp_path / KEY_FILE).touch()
    with embedded.acquire(tmp_path, fsync=False) as lease:
        assert "Stop it first" in await refusal(settings, free_port(), fresh=True)
        with socket.create_server(("127.0.0.1", settings.port)):
            assert "Stop it first" in await refusal(settings, free_port(), fresh=True)
            assert "is it the demo already" in await refusal(settings, free_port())
        assert lease.server.passwords
    await forget(tmp_path)
    assert {entry.suffix for entry in tmp_path.iterdir()} <= {".lock", ""}
    assert not (tmp_path / "cluster").exists()


async def test_a_real_database_is_never_forgotten(tmp_path: Path) -> None:
    """P4: `actas demo --fresh` in the folder of a service of one's own."""
    settings = Settings(data_dir=tmp_path, port=free_port())
    await set_up_embedded(settings, "REAL")
    (tmp_path / KEY_FILE).touch()
    assert "made as REAL" in await refusal(settings, free_port(), fresh=True)
    assert (tmp_path / "cluster" / "PG_VERSION").exists()


async def silent(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """An application that does not get as far as to be asked."""


@pytest.mark.parametrize("order", [list, lambda servers: servers[::-1]], ids=["first", "second"])
async def test_a_port_that_is_taken_in_the_last_moment_ends_all_servers_with_a_reason(
    tmp_path: Path, order: Callable[[list[int]], list[int]]
) -> None:
    """The library's own way would be to end the process."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ports = order([taken.getsockname()[1], free_port()])
        servers = [server(Settings(data_dir=tmp_path, port=port), silent) for port in ports]
        for each in servers:
            each.config.lifespan = "off"
        with pytest.raises(CannotStart, match="Cannot listen"):
            await together(*servers)
    assert all(each.should_exit for each in servers)
