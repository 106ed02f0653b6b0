"""That what is not there says so, and that every page can be used by everyone and stays small (S1-18, WCAG 2.2 AA)."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

from tests.browser.console import sign_in
from tests.browser.rules import keeps_the_rules, settled

if TYPE_CHECKING:
    from tests.browser.console import Bring
    from tests.running import Running

UI = Path(__file__).parents[2] / "ui"


async def test_what_does_not_exist_says_so(demo: Running, person: Bring) -> None:
    page = (await person("Rui")).page
    await sign_in(page, demo, "readonly", "/tenants/no-such-tenant")
    await expect(page.get_by_role("heading", name="There is no such tenant")).to_be_visible()
    await page.goto(f"{demo.console_url}/no/such/page")
    await expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.long)])
async def test_every_page_keeps_the_rules_of_accessibility(demo: Running, person: Bring, scheme: Any) -> None:
    ada = await person("Ada")
    page = ada.page
    await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    await page.goto(demo.console_url)
    await keeps_the_rules(page, "sign-in")
    await sign_in(page, demo, "admin", "/tenants")
    for path in (
        "/tenants",
        "/tenants/acme",
        "/tenants/indigo",
        "/tenants/acme/sessions",
        "/tenants/acme/ledger",
        "/live",
    ):
        await page.goto(f"{demo.console_url}{path}")
        await settled(page)
        await keeps_the_rules(page, path)
    await page.goto(f"{demo.console_url}/ledger")
    await page.get_by_role("list", name="Entries").get_by_role("button").first.click()
    await expect(page.get_by_role("dialog").get_by_text("Previous")).to_be_visible()
    await keeps_the_rules(page, "entry")
    await page.goto(f"{demo.console_url}/tenants/acme")
    for opener in ("Impersonate…", "Suspend…"):
        await page.get_by_role("button", name=opener).click()
        await page.get_by_role("dialog").get_by_role("textbox", name="Reason").fill("x")
        await page.get_by_role("dialog").locator("button[type=submit]").click()
        if opener == "Impersonate…":
            await expect(page.get_by_role("group", name="Recent reasons").get_by_role("button")).to_have_count(3)
        await keeps_the_rules(page, opener)
        await page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
        await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.get_by_role("button", name="Ada Nwosu").click()
    await page.get_by_role("menuitemradio", name="Dark" if scheme == "light" else "Light").click()
    await expect(page.locator("html")).to_have_attribute(
        "data-mantine-color-scheme", "dark" if scheme == "light" else "light"
    )


def test_the_first_load_is_at_most_250_kilobytes_of_script() -> None:
    """Gzipped, with everything that index.html names; pages and dialogs that load later do not count."""
    static = UI / "_static"
    index = (static / "index.html").read_text(encoding="utf-8")
    scripts = re.findall(r'(?:src|href)="/(assets/[^"]+\.js)"', index)
    assert scripts
    assert sum(len(gzip.compress((static / name).read_bytes())) for name in scripts) <= 250_000
