"""Photographs every page and main dialog of the console and of the example workspace, in both themes.

Those that README and the guides show go to docs/screenshots and docs/images, all others to test-results/screenshots: to
be looked at.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from playwright.async_api import Error, async_playwright, expect

from bench.demo import demo_process
from tests.browser import chromium
from tests.browser.console import end, sign_in, start
from tests.browser.rules import settled
from tools.journey import PICTURE, journey
from tools.pages import new_page

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from playwright.async_api import Browser, Locator, Page

    from tests.running import Running

SHOWN: Final = Path("docs/screenshots")
OTHERS: Final = Path("test-results/screenshots")
# What the guides show, by name and theme.
IN_GUIDES: Final = {
    "tenants-dark",
    "impersonate-light",
    "session-light",
    "ledger-entry-light",
    "workspace-light",
    "workspace-audit-light",
}
SETTLE: Final = 300  # ms, for what fades in
THEMES: Final = ("light", "dark")
REASON: Final = "Invoices since Monday show the wrong VAT."
PAGES: Final = {
    "tenants": "/tenants",
    "tenants-none": "/tenants?q=nobody+by+this+name",
    "tenant": "/tenants/acme",
    "tenant-sessions": "/tenants/acme/sessions",
    "tenant-ledger": "/tenants/acme/ledger",
    "tenant-access": "/tenants/acme/access",
    "tenant-policy": "/tenants/acme/policy",
    "tenant-history": "/tenants/indigo/history",
    "tenant-suspended": "/tenants/indigo",
    "tenant-unknown": "/tenants/nowhere",
    "live": "/live",
    "live-rows": "/live?view=rows",
    "ledger": "/ledger",
    "operators": "/operators",
    "keys": "/keys",
    "no-such-page": "/nowhere",
}


async def main() -> int:
    """Photograph all; 1 where something could not be, and what."""
    failed: list[str] = []
    async with demo_process() as demo, async_playwright() as playwright:
        program = chromium.find(playwright)
        assert program, chromium.MISSING
        browser = await playwright.chromium.launch(executable_path=program, args=chromium.flags())
        for theme in THEMES:
            camera = Camera(browser, demo, theme, failed)
            for part in (camera.strangers, camera.console, camera.dialogs, camera.people, camera.workspace):
                await part()
        await journey(browser, demo)
        await browser.close()
    sys.stdout.write("".join(f"not photographed: {each}\n" for each in failed))
    sys.stdout.write(f"The guides' pictures are in {SHOWN} and {PICTURE.parent}, all others in {OTHERS}.\n")
    return int(bool(failed))


class Camera:
    """One theme."""

    def __init__(self, browser: Browser, demo: Running, theme: Any, failed: list[str]) -> None:
        self._browser, self._demo, self._theme, self._failed = browser, demo, theme, failed

    async def strangers(self) -> None:
        """Who is not signed in, and who may nothing."""
        page = await self._page()
        await self._shoot(page, "sign-in", page.goto(f"{self._demo.console_url}/"))
        await page.get_by_label("Email").fill("nobody@actas.example")
        await page.get_by_label("Password").fill("demo")
        await page.get_by_role("button", name="Sign in").click()
        await self._shoot(page, "no-access", expect(page.get_by_role("heading", name="access")).to_be_visible())
        await page.context.close()

    async def console(self) -> None:
        """Each page, while a colleague is inside of two tenants and one is oneself."""
        colleague, page = await self._page(), await self._page()
        await sign_in(colleague, self._demo, "support")
        await start(colleague, "acme", reason=REASON, seconds=1500)
        await sign_in(page, self._demo, "admin")
        await start(page, "granite", reason="A webhook of theirs answers with 500.", seconds=840)
        for name, path in PAGES.items():
            await self._shoot(page, name, self._go(page, path))
        await page.goto(f"{self._demo.console_url}/live")
        await page.get_by_role("link", name="Follow Jane Doe").click()
        await self._shoot(page, "session-live", settled(page))
        await self._go(page, "/tenants/acme/sessions")
        await page.locator("tr:has-text('READ WRITE') a[href^='/sessions/']").first.click()
        await self._shoot(page, "session", settled(page))
        await self._go(page, "/ledger")
        await self._shoot(
            page, "ledger-entry", page.locator("ol button[data-kind=IMPERSONATION_STARTED]").first.click()
        )
        await self._go(page, "/graphql")
        await self._shoot(page, "graphiql", expect(page.locator(".graphiql-container")).to_be_visible())
        await end(page)
        await end(colleague)
        readonly = await self._page()
        await sign_in(readonly, self._demo, "support")
        await self._shoot(readonly, "forbidden", self._go(readonly, "/keys"))
        await self._shoot(readonly, "live-nobody", self._go(readonly, "/live"))
        for each in (colleague, page, readonly):
            await each.context.close()

    async def dialogs(self) -> None:
        """What opens over a page."""
        page = await self._page()
        await sign_in(page, self._demo, "admin")

        async def opened(name: str, path: str, button: Locator) -> None:
            async def act() -> None:
                await self._go(page, path)
                await button.click()
                await expect(page.get_by_role("dialog")).to_be_visible()

            await self._shoot(page, name, act())

        def button(name: str) -> Locator:
            return page.get_by_role("main").get_by_role("button", name=name).first

        await opened("impersonate", "/tenants/acme", button("Impersonate…"))
        await opened("suspend", "/tenants/acme", button("Suspend…"))
        await opened("lift", "/tenants/indigo", button("Lift suspension…"))
        await opened("export", "/ledger", button("Export…"))
        await opened("key-issue", "/keys", button("Issue a key…"))
        await start(page, "acme", reason=REASON)
        await opened("revoke", "/live", button("Revoke…"))
        await end(page)

        await self._go(page, "/tenants/acme/policy")
        await self._shoot(page, "policy-change", button("Change the rules").click())

        async def keys(*pressed: str, into: str = "nav[aria-label=Console]") -> None:
            await self._go(page, "/tenants")
            await page.locator("tr[data-row]").first.wait_for()
            await page.keyboard.press(pressed[0])
            await page.locator(into).first.wait_for()
            for key in pressed[1:]:
                await page.keyboard.press(key)

        await self._shoot(page, "palette", keys("Control+k", *"acme", into="[role=dialog] input"))
        await self._shoot(page, "keyboard", keys("?"))
        await self._shoot(page, "tenants-selected", keys("j", "x", "j", "x", "j", "x"))
        await page.context.close()

    async def people(self) -> None:
        """An operator's page and what is done there."""
        page = await self._page()
        await sign_in(page, self._demo, "admin", "/operators")
        await page.get_by_role("main").get_by_role("link", name="Jane Doe").click()
        await self._shoot(page, "operator", settled(page))
        await self._shoot(page, "grant", page.get_by_role("button", name="Grant a role…").click())
        await page.context.close()

    async def workspace(self) -> None:
        """The customer's side of a visit: during, after, the record of it; and of a suspension."""
        page, owner = await self._page(), await self._page()
        await sign_in(page, self._demo, "support", "/tenants/acme")
        await page.get_by_role("button", name="Impersonate…").click()
        await page.get_by_role("dialog").get_by_role("textbox", name="Reason").fill(REASON)
        await page.get_by_role("dialog").get_by_role("button", name="Enter Acme GmbH").click()
        await page.wait_for_url(f"{self._demo.workspace()}/")
        await self._shoot(page, "workspace", expect(page.locator("actas-banner")).to_contain_text("Jane Doe"))
        await self._shoot(page, "workspace-case", page.locator("main a[href^='/conversations/']").first.click())
        await owner.goto(f"{self._demo.workspace()}/sign-in")
        await self._shoot(owner, "workspace-sign-in", owner.get_by_label("E-mail").fill("owner@acme.example"))
        await owner.get_by_label("Password").fill("demo")
        await owner.get_by_role("button", name="Sign in").click()
        await self._shoot(owner, "workspace-owner", expect(owner.locator("actas-banner")).to_contain_text("Jane Doe"))
        await page.get_by_role("button", name="Stop").click()
        await self._shoot(page, "workspace-ended", page.wait_for_url("**/actas/ended**"))
        await self._shoot(owner, "workspace-audit", owner.goto(f"{self._demo.workspace()}/audit"))
        await self._shoot(owner, "workspace-visit", owner.get_by_role("link", name="Whole story").first.click())
        await self._shoot(owner, "workspace-suspended", owner.goto(f"{self._demo.workspace('indigo')}/"))
        for each in (page, owner):
            await each.context.close()

    async def _page(self) -> Page:
        return await new_page(self._browser, 1440, 900, self._theme)

    async def _go(self, page: Page, path: str) -> None:
        await page.goto(f"{self._demo.console_url}{path}")
        if path != "/graphql":
            await settled(page)

    async def _shoot(self, page: Page, name: str, act: Awaitable[object]) -> None:
        file = f"{name}-{self._theme}"
        try:
            await act
            await page.wait_for_load_state("networkidle")
            await page.evaluate("document.fonts.ready")
            await page.mouse.move(1, 899)
            await page.wait_for_timeout(SETTLE)
            await page.screenshot(path=(SHOWN if file in IN_GUIDES else OTHERS) / f"{file}.png")
        except (Error, AssertionError) as error:
            self._failed.append(f"{file}: {str(error).splitlines()[0]}")


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
