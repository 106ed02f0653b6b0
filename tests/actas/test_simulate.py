"""`actas simulate`: in a running demo everything moves, through the doors that browsers use; nobody stays inside."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import orjson
import pytest
import pytest_asyncio

from actas.browsing import Browser, Turned
from actas.demo.forgetting import KEY_FILE
from actas.server import set_up_embedded
from actas.settings import Settings
from actas.simulate import seconds
from tests.actas.command_line import actas
from tests.running import free_port, running_demo

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.running import Running

pytestmark = pytest.mark.long

COUNTS = """
    select jsonb_build_object(
        'entries', (select count(*) from audit.entry),
        'requests', (select count(*) from audit.access_log),
        'looks', (select count(*) from audit.activity),
        'sessions', (select count(*) from identity.impersonation_session),
        'inside', (select count(*) from identity.impersonation_session where state = 'ACTIVE'),
        'shut', (select count(*) from identity.tenant where status = 'SUSPENDED'))"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Running, Path]]:
    """A demo that the tests of this file share."""
    folder = tmp_path_factory.mktemp("simulated") / "data"
    async with running_demo(folder) as running:
        yield running, folder


@asynccontextmanager
async def simulating(demo: tuple[Running, Path], *options: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The command in a process of its own."""
    running, folder = demo
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from actas.launch import main; main()", "simulate", "--json", "--rate", "120"),
        *("--port", running.console_url.rpartition(":")[2], "--data-dir", str(folder), *options),
        stdout=asyncio.subprocess.PIPE,
        env={name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def entered(process: asyncio.subprocess.Process, times: int) -> list[dict[str, Any]]:
    """What was told until so many had entered."""
    assert process.stdout
    told: list[dict[str, Any]] = []
    async with asyncio.timeout(60):
        while sum(each["did"] == "entered" for each in told) < times:
            line = await process.stdout.readline()
            assert line, "it ended by itself"
            told.append(orjson.loads(line))
    return told


async def count(running: Running) -> dict[str, int]:
    found: dict[str, int] = orjson.loads(str(await running.ask(COUNTS)))
    return found


async def test_everything_moves_and_whoever_is_inside_when_it_is_stopped_leaves(demo: tuple[Running, Path]) -> None:
    """P2: told to stop in the midst of visits, it ends each and opens what it shut."""
    running, _ = demo
    before = await count(running)
    async with simulating(demo) as process:
        await entered(process, 4)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(30):
            await process.communicate()
        assert process.returncode == 0
    after = await count(running)
    assert all(after[what] > before[what] for what in ("entries", "requests", "looks", "sessions"))
    assert (after["inside"], after["shut"]) == (0, before["shut"])


async def test_the_same_seed_begins_with_the_same_visits(demo: tuple[Running, Path]) -> None:
    async def begins(seed: str) -> set[tuple[str, str]]:
        async with simulating(demo, "--seed", seed) as process:
            told = await entered(process, 3)
            process.send_signal(signal.SIGINT)
            await process.communicate()
            assert process.returncode == 0
        return {(each["tenant"], each["reason"]) for each in told if each["did"] == "entered"}

    assert await begins("5") == await begins("5") != await begins("6")


async def test_when_its_time_is_up_it_ends_by_itself(demo: tuple[Running, Path]) -> None:
    running, _ = demo
    async with simulating(demo, "--for", "1s") as process, asyncio.timeout(60):
        assert await process.wait() == 0
    assert (await count(running))["inside"] == 0


async def test_without_a_demo_that_answers_it_does_nothing(nowhere: None, tmp_path: Path) -> None:
    nothing = await actas("simulate")
    assert (nothing.exit_code, "no demo in .actas" in nothing.stderr) == (1, True)
    await set_up_embedded(Settings(data_dir=tmp_path / "demo"), "DEMO")
    (tmp_path / "demo" / KEY_FILE).touch()
    silent = await actas("simulate", "--data-dir", "demo", "--port", str(free_port()))
    assert (silent.exit_code, "start `actas demo`" in silent.stderr) == (3, True)


async def test_a_real_database_is_left_alone(nowhere: None, tmp_path: Path) -> None:
    await set_up_embedded(Settings(data_dir=tmp_path / "real"), "REAL")
    (tmp_path / "real" / KEY_FILE).touch()
    refused = await actas("simulate", "--data-dir", "real")
    assert (refused.exit_code, "made as REAL" in refused.stderr) == (1, True)


async def test_its_browsers_call_nobody_but_this_machine() -> None:
    async with Browser("https://console.example.com") as browser:
        with pytest.raises(Turned, match="not on this machine"):
            await browser.post("/sign-in", {"email": "admin@actas.example", "password": "demo"})


@pytest.mark.parametrize(("text", "expected"), [("90s", 90), ("10m", 600), ("2h", 7200), ("5", 5), (None, None)])
def test_durations_are_read(text: str | None, expected: float | None) -> None:
    assert seconds(text) == expected
