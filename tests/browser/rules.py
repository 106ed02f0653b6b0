"""What every page of the console must keep: the rules of accessibility that a machine can check, and its own width."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from playwright.async_api import expect

if TYPE_CHECKING:
    from playwright.async_api import Page

AXE: Final = Path(__file__).parents[2] / "ui/node_modules/axe-core/axe.min.js"
RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDE: Final = "[role=dialog], [role=dialog] form, [role=dialog] button span:not(.unseen)"
WIDER: Final = f"""() => [document.documentElement, ...document.querySelectorAll('{WIDE}')]
  .filter((box) => box.scrollWidth > box.clientWidth).map((box) => box.outerHTML.slice(0, 200))"""


async def settled(page: Page) -> None:
    """Until nothing is being loaded any more."""
    await expect(page.get_by_role("navigation", name="Console")).to_be_visible()
    await expect(page.locator("[aria-busy=true]")).to_have_count(0)


async def keeps_the_rules(page: Page, where: str) -> None:
    """No violation of WCAG 2.2 A and AA that a machine can find, and nothing that is wider than what holds it."""
    wider = await page.evaluate(WIDER)
    assert not wider, f"{where}: {wider}"
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate("rules => axe.run(document, { runOnly: rules, resultTypes: ['violations'] })", RULES)
    broken = [(each["id"], each["help"], [node["html"] for node in each["nodes"]]) for each in found["violations"]]
    assert not broken, f"{where}: {broken}"
