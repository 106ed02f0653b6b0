"""A page to photograph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

# The banner's root is closed to scripts of the page: to be waited for, it is opened here.
OPEN_ROOTS: Final = """const attach = Element.prototype.attachShadow
Element.prototype.attachShadow = function (how) { return attach.call(this, { ...how, mode: 'open' }) }"""
WAITS: Final = 8_000  # ms


async def new_page(browser: Browser, width: int, height: int, theme: Literal["light", "dark"]) -> Page:
    """In a browser of its own, so that nobody is signed in; nothing on it moves."""
    context = await browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce", locale="en-GB"
    )
    context.set_default_timeout(WAITS)
    await context.add_init_script(OPEN_ROOTS)
    return await context.new_page()
