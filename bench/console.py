"""The console's bars in a real Chromium, beside a demo in a process of its own: its first load and its changes of page.

A first visit is the first in a page that has shown the tenants' list and nothing else; second visits are all later
ones in the same page. The pointer rests on the link as a hand does, then clicks. The page itself times the rest, from
the time stamp of the click to the end of a frame that was painted: the first with the new page in it, be it as a
skeleton, and the first with what only that page has and nothing that is loading.
"""

from __future__ import annotations

import gzip
import statistics
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from playwright.async_api import async_playwright

from bench import pushed
from bench.demo import demo_process
from bench.measured import Measured
from tests.browser import chromium
from tests.browser.console import live, sign_in
from tests.browser.rules import settled

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page, Response, StorageState

    from tests.running import Running

    Samples = dict[str, list[tuple[float, float]]]

BROWSERS, ROUNDS = 7, 4
VIEWPORT: Final[Any] = {"width": 1440, "height": 900}

# What is clicked, in this order, and what only the page behind it has: an element, and words in it.
PLACES: Final = {
    "Live": ("main h1", "Live|live"),
    "Ledger": ("main ol[aria-label=Entries] li", ""),
    "Operators": ("main caption", "Operators"),
    "Keys": ("main caption", "Keys"),
    "Tenants": ("main tr[data-row]", ""),
}
TABS: Final = {
    "Policy": ("main caption", "Rules in force"),
    "Sessions": ("main caption", "Sessions"),
    "Ledger": ("main ol[aria-label=Entries] li", ""),
    "Access log": ("main caption", "Access log"),
    "History": ("main caption", "Changes of status"),
    "Overview": ("main h2", "Inside now"),
}
TENANT: Final = ("main h1", "Acme GmbH")
REST: Final = 100  # ms
# A message that is posted within a frame arrives after that frame was painted.
TIME: Final = """([selector, words]) => {
  window.change = new Promise((tell) => {
    let clicked, shown
    addEventListener('click', (event) => { clicked = event.timeStamp }, { capture: true, once: true })
    const painted = (then) => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => then(performance.now() - clicked)
      requestAnimationFrame(() => port2.postMessage(''))
    }
    const watch = new MutationObserver(() => {
      if (clicked === undefined) return
      const loading = document.querySelector('main [aria-busy=true]') !== null
      const here = [...document.querySelectorAll(selector)].some((one) => new RegExp(words).test(one.textContent))
      if (here || loading) shown ??= new Promise(painted)
      if (!here || loading) return
      watch.disconnect()
      painted(async (complete) => tell([await shown, complete]))
    })
    watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true })
  })
}"""


async def measure() -> list[Measured]:
    """Every figure of the console; what fills the demo with ten thousand tenants last."""
    async with demo_process() as demo, async_playwright() as playwright:
        program = chromium.find(playwright)
        assert program, chromium.MISSING
        browser = await playwright.chromium.launch(executable_path=program, args=chromium.flags())
        page = await browser.new_page(viewport=VIEWPORT)
        await sign_in(page, demo, "admin")
        signed_in = await page.context.storage_state()
        await page.context.close()
        found = await first_load(browser, demo, signed_in)
        found += await changes(browser, demo, signed_in)
        found += await pushed.frames(browser, demo, signed_in)
        await browser.close()
    return found


async def first_load(browser: Browser, demo: Running, signed_in: StorageState) -> list[Measured]:
    """Every script that the tenants' list fetches before anything is clicked, as an empty cache makes it fetch them."""
    page = await _page(browser, signed_in)
    scripts: list[Response] = []
    page.on("response", lambda answer: scripts.append(answer) if answer.request.resource_type == "script" else None)
    await _open(page, demo)
    await page.wait_for_load_state("networkidle")
    packed = [len(gzip.compress(await script.body(), mtime=0)) for script in scripts]
    sent = [(await script.request.sizes())["responseBodySize"] for script in scripts]
    await page.context.close()
    return [
        Measured(f"first load: {len(packed)} scripts, each by gzip", sum(packed) / 1000, 250, "kB"),
        Measured("first load: the same as they came over the wire", sum(sent) / 1000, None, "kB"),
    ]


async def changes(browser: Browser, demo: Running, signed_in: StorageState) -> list[Measured]:
    """Each place of the sidebar but GraphiQL, which is a page of its own; a tenant; each tab of it."""
    first: Samples = defaultdict(list)
    second: Samples = defaultdict(list)
    for _ in range(BROWSERS):
        page = await _page(browser, signed_in)
        await _open(page, demo)
        for turn in range(ROUNDS):
            await _walk(page, second if turn else first)
        await page.context.close()
    return [*_slowest("first visits", first), *_slowest("second visits", second)]


async def _walk(page: Page, samples: Samples) -> None:
    for name, mark in PLACES.items():
        samples[name].append(await _change(page, "Console", name, mark))
    samples["a tenant"].append(await _change(page, None, "Acme GmbH", TENANT))
    for name, mark in TABS.items():
        samples[f"its {name}"].append(await _change(page, "Tenant", name, mark))
    await page.get_by_role("navigation", name="Console").get_by_role("link", name="Tenants").click()
    await settled(page)


async def _change(page: Page, within: str | None, name: str, mark: tuple[str, str]) -> tuple[float, float]:
    """Milliseconds until the new page shows, and until it is complete."""
    around = page.get_by_role("navigation", name=within, exact=True) if within else page.locator("main")
    link = around.get_by_role("link", name=name)
    await link.hover()
    await page.wait_for_timeout(REST)
    await page.evaluate(TIME, mark)
    await link.click()
    shown, complete = await page.evaluate("window.change")
    await settled(page)
    return shown, complete


def _slowest(which: str, samples: Samples) -> list[Measured]:
    found = []
    for moment, what, limit in ((0, "shown", 100), (1, "complete", None)):
        medians = {name: statistics.median(one[moment] for one in of) for name, of in samples.items()}
        name = max(medians, key=medians.__getitem__)
        found.append(Measured(f"change of page, {which}, {what}: slowest is {name}", medians[name], limit, "ms"))
    return found


async def _page(browser: Browser, signed_in: StorageState) -> Page:
    """In a browser profile of its own, with an empty cache."""
    return await browser.new_page(viewport=VIEWPORT, storage_state=signed_in)


async def _open(page: Page, demo: Running) -> None:
    await page.goto(f"{demo.console_url}/tenants")
    await live(page)
    await settled(page)
