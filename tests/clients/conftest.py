"""Other people's clients and audits, run by the Node in .venv against the whole application."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from actas.graphql import schema
from build_hooks.ui import find_node
from tests.actas.serving import Site, serving
from tests.world import world_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from tests.databases import Databases

HERE = Path(__file__).parent
CACHE = HERE.parent.parent / ".cache" / "clients"
PATIENCE = 30.0


@dataclass(frozen=True)
class Clients:
    """The installed packages, with this folder's scripts beside them."""

    folder: Path
    node: Path

    async def run(
        self, script: str, url: str, headers: dict[str, str], turn: Callable[[str], Awaitable[None]] | None = None
    ) -> list[dict[str, Any]]:
        """What a script tells, line by line; `turn` does the test's part when the script asks for it."""
        running = await asyncio.create_subprocess_exec(
            self.node, self.folder / script, url, json.dumps(headers),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=2**20,
        )  # fmt: skip
        assert running.stdin
        assert running.stdout
        told: list[dict[str, Any]] = []
        bound = asyncio.get_running_loop().call_later(PATIENCE, running.kill)
        try:
            async for line in running.stdout:
                said = json.loads(line)
                if turn and "yourTurn" in said:
                    await turn(said["yourTurn"])
                    running.stdin.write(b"done\n")
                else:
                    told.append(said)
            assert await running.wait() == 0, f"it stopped after: {told[-1:]}"
        finally:
            bound.cancel()
            if running.returncode is None:
                running.kill()
                await running.wait()
            running.stdin.close()
        return told


@pytest.fixture(scope="session")
def clients() -> Clients:
    """Installed once for each lock file; without a registry the tests are skipped, which a build server never does."""
    lock = (HERE / "package-lock.json").read_bytes()
    folder = CACHE / hashlib.sha256(lock).hexdigest()[:16]
    node, npm = find_node()
    if not (folder / "node_modules" / ".package-lock.json").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(HERE / name, folder)
        path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
        command = [str(node), str(npm), "ci", "--no-audit", "--no-fund", "--loglevel=error"]
        done = subprocess.run(
            command, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            shutil.rmtree(folder)
            why = f"the test clients cannot be installed: {done.stderr[-500:]}"
            (pytest.fail if os.environ.get("CI") else pytest.skip)(why)
    for script in HERE.glob("*.mjs"):
        shutil.copy(script, folder)
    return Clients(folder, node)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """The whole application, which here takes queries by GET, too."""
    async with (
        databases.fresh() as urls,
        world_on(urls) as world,
        serving(
            world, tmp_path_factory.mktemp("site"), graphql=lambda services: schema(services, queries_by_get=True)
        ) as served,
    ):
        await world.tenant("acme")
        yield served
