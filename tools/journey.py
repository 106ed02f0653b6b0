"""The README's first picture: a tenant with somebody inside, what is asked before, and the banner in the workspace."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Final

from playwright.async_api import expect

from tests.browser.console import end, sign_in
from tests.browser.rules import settled
from tools.pages import new_page

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.running import Running

PICTURE: Final = Path("docs/images/journey.png")
SIZE: Final = (1600, 900)
REASON: Final = "Webhook 500s since this morning"
# Where each part lies, in px: left, top, width.
PLACES: Final = ((40, 40, 1060), (1020, 112, 540), (330, 580, 860))
SHEET: Final = """<body style="margin:0;background:#e8e4dc"><style>
img { position: absolute; border-radius: 10px; box-shadow: 0 12px 40px rgb(40 30 10 / 28%) }</style>"""


async def journey(browser: Browser, demo: Running) -> None:
    """Goes the way of README's second step and puts three pictures of it on one."""
    ada, jane = await new_page(browser, 1060, 690, "light"), await new_page(browser, 1280, 900, "light")
    await sign_in(ada, demo, "admin")
    await sign_in(jane, demo, "support", "/tenants/acme")
    await jane.get_by_role("button", name="Impersonate…").click()
    dialog = jane.get_by_role("dialog")
    await dialog.get_by_role("textbox", name="Reason").fill(REASON)
    await dialog.get_by_role("textbox", name="Ticket").fill("SUP-2041")
    asked = await dialog.screenshot()
    await dialog.get_by_role("button", name="Enter Acme GmbH").click()
    await jane.wait_for_url(f"{demo.workspace()}/")
    await jane.set_viewport_size({"width": 860, "height": 300})
    await expect(jane.locator("actas-banner")).to_contain_text("Jane Doe")
    workspace = await jane.screenshot()
    await ada.goto(f"{demo.console_url}/tenants/acme")
    await expect(ada.get_by_role("article", name="Jane Doe inside Acme GmbH")).to_be_visible()
    await settled(ada)
    tenant = await ada.screenshot()

    sheet = await new_page(browser, *SIZE, "light")
    await sheet.set_content(SHEET + "".join(map(_placed, (tenant, asked, workspace), PLACES)))
    await sheet.screenshot(path=PICTURE)
    await jane.goto(f"{demo.console_url}/live")
    await end(jane)
    for page in (ada, jane, sheet):
        await page.context.close()


def _placed(picture: bytes, place: tuple[int, int, int]) -> str:
    left, top, width = place
    source = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
    return f'<img src="{source}" width="{width}" style="left:{left}px;top:{top}px">'
