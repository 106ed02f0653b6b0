"""docs/integrate.md, done as it says: its own blocks, in a shell, against a console and a product that it starts."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from tests.guard.conftest import Browser
from tests.guard.console import FakeTenant

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PAGE = Path(__file__).parents[2] / "docs" / "integrate.md"
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
EXPECTED = re.compile(r"(?P<command>.*\S)\s+# → (?P<answer>.+)")
START = """mutation ($tenant: ID!) { startImpersonation(input: {tenantId: $tenant, reason: "trying out the guide"}) {
  ... on ImpersonationStarted { enterUrl session { uuid } } ... on Refused { code message } } }"""


@dataclass(frozen=True)
class Block:
    language: str
    role: str  # a file's name, whose terminal it is for, or none for the reader's own
    text: str


def blocks(ports: dict[str, str]) -> list[Block]:
    """The page's blocks, on ports that are free."""
    text = PAGE.read_text(encoding="utf-8")
    for written, port in ports.items():
        text = text.replace(written, port)
    return [Block(*found) for found in BLOCK.findall(text)]


class Terminal:
    """A shell in a folder: what it exports stays, as in the reader's."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def run(self, command: str) -> str:
        """What the command prints; it must succeed."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f'{command}\necho "::done $?"\n'.encode())
        printed = ""
        async with asyncio.timeout(120):
            while not (done := re.search(r"::done (\d+)\n\Z", printed)):
                line = await self._process.stdout.readline()
                assert line, printed
                printed += line.decode()
        assert done[1] == "0", f"{command}\n{printed}"
        return printed[: done.start()]


@asynccontextmanager
async def terminal(home: Path) -> AsyncIterator[Terminal]:
    """A shell as a newcomer opens it: at home, with nothing that another one exported. What it started ends with it."""
    inherited = {name: value for name, value in os.environ.items() if name in {"LANG", "TMPDIR"}}
    checkout = str(Path(sys.executable).parent)
    path = ":".join(each for each in os.environ["PATH"].split(":") if each != checkout)
    process = await asyncio.create_subprocess_exec(
        "bash",
        cwd=home,
        env={**inherited, "HOME": str(home), "PATH": path},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield Terminal(process)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        assert process.stdin
        process.stdin.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), 20)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


async def check(reader: Terminal, text: str) -> None:
    """Each command with an answer beside it gives that answer; a stream is a moment behind the command line."""
    for line in text.splitlines():
        if expected := EXPECTED.fullmatch(line):
            async with asyncio.timeout(30):
                while expected["answer"] not in (printed := await reader.run(expected["command"])):
                    await asyncio.sleep(0.2)
            assert printed
        else:
            await reader.run(line)


async def serves(url: str, host: str) -> None:
    """Wait until somebody serves there."""

    async def answers() -> bool:
        async with httpx.AsyncClient(verify=False) as client:
            with suppress(httpx.TransportError):
                return (await client.get(url, headers={"host": host})).status_code < 500
        return False

    async with asyncio.timeout(60):
        while not await answers():
            await asyncio.sleep(0.1)


async def impersonate(console: str, password: str) -> tuple[str, str]:
    """What a person clicks: sign in, Impersonate. Gives the operator's cookie and the way in."""
    async with httpx.AsyncClient(base_url=console, headers={"origin": console, "x-actas-csrf": "1"}) as client:
        answer = await client.post("/sign-in", json={"email": "you@example.com", "password": password})
        assert answer.status_code < 300, answer.text
        client.headers["cookie"] = answer.headers["set-cookie"].partition(";")[0]

        async def ask(query: str, **variables: Any) -> Any:
            body = (await client.post("/graphql", json={"query": query, "variables": variables})).json()
            assert "errors" not in body, body
            return body["data"]

        tenant = (await ask('{ tenant(slug: "acme") { id } }'))["tenant"]["id"]
        started = (await ask(START, tenant=tenant))["startImpersonation"]
        assert "enterUrl" in started, started
        return client.headers["cookie"], started["enterUrl"]


async def enter(console: str, cookie: str, url: str, browser: Browser) -> None:
    """What the browser does: to the guard, to the console, and back."""
    parts = urlsplit(url)
    to_console = (await browser.open(f"{parts.path}?{parts.query}")).headers["location"]
    async with httpx.AsyncClient() as client:
        back = urlsplit((await client.get(to_console, headers={"cookie": cookie})).headers["location"])
    answer = await browser.open(f"{back.path}?{back.query}")
    assert (answer.status_code, answer.headers["location"]) == (302, "/")


async def test_the_page_protects_a_ten_line_application_from_nothing(tmp_path: Path) -> None:
    """The page's own blocks, each in the terminal that it names; what has a person click is done as a browser would."""
    console_port, product_port = free_port(), free_port()
    console = f"http://localhost:{console_port}"
    printed, done = "", 0
    (tmp_path / "actas" / ".venv").mkdir(parents=True)
    (tmp_path / "actas" / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    async with terminal(tmp_path) as reader, terminal(tmp_path) as consoles, terminal(tmp_path) as products:
        servers = {
            "serve": (f"{console}/readyz", f"localhost:{console_port}"),
            "app:app": (f"http://127.0.0.1:{product_port}/", f"acme.localhost:{product_port}"),
        }
        terminals = {"": reader, "console": consoles, "product": products}
        await consoles.run(f"export ACTAS_PORT={console_port}")
        for block in blocks({"8000": str(console_port), "8001": str(product_port)}):
            match block.language, block.role:
                case "python", name:
                    (tmp_path / "acme" / name).write_text(block.text, encoding="utf-8")
                case "sh", "install":
                    assert all(distribution(each).version for each in block.text.removeprefix("pip install").split())
                case "sh", "each":
                    await asyncio.gather(*(each.run(block.text) for each in terminals.values()))
                case "sh", role if address := servers.get(block.text.split()[1]):
                    await terminals[role].run(f"{block.text.strip()} >{role}.log 2>&1 &")
                    await serves(*address)
                case "sh", role if "# →" in block.text:
                    await check(terminals[role], block.text)
                    done += 1
                    if done == 1:
                        await _a_persons_part(console, product_port, printed)
                case "sh", role:
                    printed += await terminals[role].run(block.text)
    assert done == 2


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


async def _a_persons_part(console: str, product_port: int, printed: str) -> None:
    password = printed.partition("shown once: ")[2].split()[0]
    browser = Browser(product_port, FakeTenant("acme", "Acme GmbH", product_port))
    cookie, url = await impersonate(console, password)
    await enter(console, cookie, url, browser)
    assert "Read by You (operator)" in (await browser.open("/")).text
    assert (await browser.leave()).status_code == 200
    answer = await browser.get("/")
    assert (answer.status_code, answer.json()["code"]) == (401, "SESSION_ENDED")


def test_the_product_of_the_page_has_ten_lines_before_the_guard() -> None:
    [app] = [block.text for block in blocks({}) if block.role == "app.py"]
    product = [line for line in app.partition("app = Guard(")[0].splitlines() if line and not line.startswith("#")]
    assert len(product) <= 10
