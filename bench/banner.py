"""How soon an end is seen: from the click to the banner's turning grey, in a real browser."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from playwright.async_api import async_playwright

from bench.measured import Measured
from bench.session_life import END, START, Console, elapsed
from tests.browser import chromium
from tests.browser.pages import OPEN_ROOTS

if TYPE_CHECKING:
    from tests.running import Running

ENDS = 10
OPERATORS_OWN = """() => document.querySelector("actas-banner")?.shadowRoot?.querySelector("[role=timer]") !== null"""
GREY = """() => document.querySelector("actas-banner")?.shadowRoot?.querySelector(".over") !== null"""


async def greys(demo: Running) -> list[Measured]:
    """Watched by one of the tenant's own people, since the operator's page goes on to the page of the end."""
    console = Console(demo.console_url)
    await console.sign_in()
    tenant = (await console.ask('{ tenant(slug: "acme") { id } }'))["tenant"]["id"]
    seen: list[float] = []
    async with async_playwright() as playwright:
        program = chromium.find(playwright)
        assert program, chromium.MISSING
        browser = await playwright.chromium.launch(executable_path=program, args=chromium.flags())
        page = await browser.new_page()
        await page.add_init_script(OPEN_ROOTS)
        await page.goto(f"{demo.workspace()}/sign-in")
        await page.get_by_label("E-mail").fill("owner@acme.example")
        await page.get_by_label("Password").fill("demo")
        await page.get_by_role("button", name="Sign in").click()
        await page.wait_for_url(f"{demo.workspace()}/")
        for _ in range(ENDS):
            assert "session" in (await console.ask(START, tenant=tenant))["startImpersonation"]
            await page.reload()
            await page.wait_for_function(OPERATORS_OWN)
            grey = page.wait_for_function(GREY)
            began = time.perf_counter()
            await console.ask(END)
            await grey
            seen.append(elapsed(began))
        await browser.close()
    return [Measured("end: from the click to a grey banner in a browser, slowest of 10", max(seen), 1000, "ms")]
