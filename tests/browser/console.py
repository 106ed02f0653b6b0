"""What the console's tests share: the demo, signing in by hand, and asking the API as the page itself does."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import pytest_asyncio
from playwright.async_api import expect

from tests.running import running_demo

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    import pytest
    from playwright.async_api import Page, Route

    from tests.browser.pages import Person
    from tests.running import Running

    Bring = Callable[[str], Awaitable[Person]]

ASK: Final = """async ([query, variables]) => {
  const headers = { 'content-type': 'application/json', 'x-actas-csrf': '1' }
  const body = JSON.stringify({ query, variables })
  return (await fetch('/graphql', { method: 'POST', headers, body })).json()
}"""
TENANT: Final = "query($slug: String!) { tenant(slug: $slug) { id } }"
START: Final = """mutation($input: StartImpersonationInput!) {
  startImpersonation(input: $input) {
    ... on ImpersonationStarted { session { id } }
    ... on Refused { code message }
  }
}"""
END: Final = "mutation { endImpersonation(input: {}) { __typename } }"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """One demo for all of them; each test uses tenants and sign-ins of its own."""
    async with running_demo(tmp_path_factory.mktemp("console") / "data") as running:
        yield running


async def sign_in(page: Page, demo: Running, who: str, path: str = "/") -> None:
    """As one of the demo's operators, then to a page of the console."""
    await page.goto(f"{demo.console_url}/sign-in?{urlencode({'next': path})}")
    await page.get_by_label("Email").fill(f"{who}@actas.example")
    await page.get_by_label("Password").fill("demo")
    await page.get_by_role("button", name="Sign in").click()
    await live(page)


async def live(page: Page) -> None:
    """Until the page is told of every change."""
    await expect(page.get_by_test_id("connection")).to_have_text("live", timeout=15_000)


async def ask(page: Page, query: str, **variables: Any) -> dict[str, Any]:
    """What the API answers to whoever is signed in on this page."""
    answer: dict[str, Any] = await page.evaluate(ASK, [query, variables])
    assert "errors" not in answer, answer
    data: dict[str, Any] = answer["data"]
    return data


async def start(
    page: Page,
    slug: str,
    *,
    reason: str = "looking into a failed import",
    seconds: int = 1800,
    ticket: str | None = None,
) -> None:
    """A session of whoever is signed in on this page, without leaving it."""
    tenant = (await ask(page, TENANT, slug=slug))["tenant"]["id"]
    asked = {"tenantId": tenant, "reason": reason, "durationSeconds": seconds, "ticket": ticket}
    told = await ask(page, START, input=asked)
    assert "session" in told["startImpersonation"], told


@asynccontextmanager
async def held_back(page: Page, mutation: str) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """The next answer to a mutation waits for the end of the block; what is given waits until it was asked."""
    asked, over = asyncio.Event(), asyncio.Event()

    async def wait(route: Route) -> None:
        if mutation in (route.request.post_data or ""):
            asked.set()
            await over.wait()
        await route.continue_()

    async def until_asked() -> None:
        await asyncio.wait_for(asked.wait(), 15)

    await page.route("**/graphql", wait)
    try:
        yield until_asked
    finally:
        over.set()


async def end(page: Page) -> None:
    """The session of whoever is signed in on this page."""
    assert (await ask(page, END))["endImpersonation"]["__typename"] == "SessionChanged"
