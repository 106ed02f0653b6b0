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

CUT: Final = """() => [...document.querySelectorAll('.mantine-Button-label')]
  .filter((label) => label.scrollHeight > label.clientHeight).map((label) => label.outerHTML.slice(0, 200))"""
# WCAG 1.4.11, which axe does not look at: 3:1 between the edge of what is chosen or typed in and the ground around it.
FAINT: Final = """() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number)
  const linear = (part) => (part <= 10 ? part / 3294 : ((part / 255 + 0.055) / 1.055) ** 2.4)
  const light = ([red, green, blue]) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  const ground = (box) => {
    const found = parts(getComputedStyle(box).backgroundColor)
    return (found[3] ?? 1) > 0 || !box.parentElement ? found : ground(box.parentElement)
  }
  const ratio = (box) => {
    const both = [light(parts(getComputedStyle(box).borderTopColor)), light(ground(box.parentElement))]
    return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05)
  }
  return [...document.querySelectorAll('input, select, textarea, [role=radio], .mantine-Chip-label')]
    .filter((box) => box.checkVisibility() && !box.disabled && parseFloat(getComputedStyle(box).borderTopWidth) > 0)
    .filter((box) => ratio(box) < 3).map((box) => box.outerHTML.slice(0, 200))
}"""


async def settled(page: Page) -> None:
    """Until nothing is being loaded any more."""
    await expect(page.get_by_role("navigation", name="Console")).to_be_visible()
    await expect(page.locator("[aria-busy=true]")).to_have_count(0)


async def keeps_the_rules(page: Page, where: str) -> None:
    """No violation of WCAG 2.2 A and AA that a machine can find, nor wider or higher than what holds it."""
    wider = await page.evaluate(WIDER)
    assert not wider, f"{where}: {wider}"
    cut = await page.evaluate(CUT)
    assert not cut, f"{where}: cut off: {cut}"
    faint = await page.evaluate(FAINT)
    assert not faint, f"{where}: edges of less than 3:1: {faint}"
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate("rules => axe.run(document, { runOnly: rules, resultTypes: ['violations'] })", RULES)
    broken = [(each["id"], each["help"], [node["html"] for node in each["nodes"]]) for each in found["violations"]]
    assert not broken, f"{where}: {broken}"
