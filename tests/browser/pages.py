"""Fixtures for tests that look through a real browser: one browser for the run, a person with a fresh profile each.

Every page is watched. A test fails at its end if any of its pages logged an error or a warning, threw, or asked for
anything beyond this machine, unless it said before why that is expected (`person.expects("403", because="...")`).
Pages of a failed test are photographed into test-results/.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright

from tests.browser import chromium

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Generator

    from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page

RESULTS: Final = Path("test-results")
FAILED: Final = pytest.StashKey[bool]()
# The banner's shadow root is closed, to tests as well: theirs begin as a page would that means to get into it.
OPEN_ROOTS: Final = (
    "const attach = Element.prototype.attachShadow;"
    "Element.prototype.attachShadow = function (how) { return attach.call(this, { ...how, mode: 'open' }) }"
)
LOCAL_SCHEMES: Final = ("data", "blob", "about", "chrome-error")


@dataclass
class Person:
    """Someone with a browser profile of their own, and what went wrong in it."""

    name: str
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)
    _expected: list[re.Pattern[str]] = field(default_factory=list)

    def expects(self, pattern: str, *, because: str) -> None:
        """Let complaints that match `pattern` pass; the reason is for the reader of the test."""
        assert because
        self._expected.append(re.compile(pattern))

    def unexpected(self) -> list[str]:
        """The complaints that nobody expected."""
        return [one for one in self.complaints if not any(pattern.search(one) for pattern in self._expected)]

    def watch(self) -> None:
        """Listen to every page of this profile, also to those that are opened later."""
        self.context.on("console", self._on_console)
        self.context.on("weberror", lambda error: self.complaints.append(f"threw: {error.error}"))
        self.context.on("request", lambda request: self._on_address(request.url))
        self.context.on("page", self._on_page)
        self._on_page(self.page)

    def _on_page(self, page: Page) -> None:
        page.on("websocket", lambda socket: self._on_address(socket.url))

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _on_address(self, url: str) -> None:
        if leaves_this_machine(url):
            self.complaints.append(f"left this machine: {url}")


def leaves_this_machine(url: str) -> bool:
    """Whether a request for `url` goes anywhere but to this machine."""
    parts = urlsplit(url)
    if parts.scheme in LOCAL_SCHEMES:
        return False
    host = parts.hostname or ""
    return host not in {"localhost", "127.0.0.1"} and not host.endswith(".localhost")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The run's one browser. Without any, tests that need it are skipped, and failed where CI is set."""
    async with async_playwright() as playwright:
        program = chromium.find(playwright)
        if program is None:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(chromium.MISSING)
        browser = await playwright.chromium.launch(executable_path=program, args=chromium.flags())
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def person(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Callable[[str], Awaitable[Person]]]:
    """Bring in a person: `jane = await person("Jane")`, then `jane.page.goto(...)`."""
    people: list[Person] = []

    async def bring(name: str) -> Person:
        context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB", timezone_id="UTC")
        await context.add_init_script(OPEN_ROOTS)
        someone = Person(name, context, await context.new_page())
        someone.watch()
        people.append(someone)
        return someone

    yield bring
    unexpected = [f"{one.name}: {complaint}" for one in people for complaint in one.unexpected()]
    if unexpected or request.node.stash.get(FAILED, False):
        await photograph(people, RESULTS / re.sub(r"[^\w.-]+", "_", request.node.nodeid))
    for one in people:
        # A route may still wait for an answer that nobody reads any more.
        for page in one.context.pages:
            await page.unroute_all(behavior="ignoreErrors")
        await one.context.unroute_all(behavior="ignoreErrors")
        await one.context.close()
    if unexpected:
        pytest.fail("The browser complained:\n" + "\n".join(unexpected))


@pytest_asyncio.fixture(loop_scope="session")
async def page(person: Callable[[str], Awaitable[Person]]) -> Page:
    """The page of a person who needs no name."""
    return (await person("someone")).page


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell the fixtures whether their test failed."""
    report = yield
    item.stash[FAILED] = report.failed or item.stash.get(FAILED, False)
    return report


async def photograph(people: list[Person], folder: Path) -> None:
    """Keep a picture of every page that is open."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in people:
        for number, page in enumerate(one.context.pages):
            await page.screenshot(path=folder / f"{one.name}-{number}.png")
