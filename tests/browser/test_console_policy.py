"""A tenant's rules: where each comes from, and that they are only ever made stricter (requirements 1.4)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.browser.console import sign_in

if TYPE_CHECKING:
    from tests.browser.console import Bring
    from tests.running import Running

pytestmark = pytest.mark.long


async def test_a_weaker_rule_is_refused_at_its_field_and_a_stricter_one_says_who_set_it(
    demo: Running, person: Bring
) -> None:
    """POLICY_WEAKER; and another's page shows the new rule without a reload."""
    ada, rui = (await person("Ada")).page, (await person("Rui")).page
    await sign_in(rui, demo, "readonly", "/tenants/harbor/policy")
    longest = rui.get_by_role("row").filter(has_text="Longest duration")
    await expect(longest).to_contain_text("4 h")
    await expect(rui.get_by_role("button", name="Change the rules")).to_have_count(0)

    await sign_in(ada, demo, "admin", "/tenants/harbor/policy")
    await ada.get_by_role("button", name="Change the rules of Harbor Health…").click()
    await expect(ada.get_by_role("button", name="Nothing changed yet")).to_be_disabled()
    await expect(ada.locator("form input, form select").first).to_be_focused()
    field = ada.get_by_label("Longest duration")
    await expect(field).to_have_accessible_description(re.compile("All tenants: 4 h. Shorter is stricter."))
    await field.fill("600")
    await ada.get_by_role("textbox", name="Reason", exact=True).fill("agreed with the customer")
    await ada.get_by_role("link", name="Overview").click()
    await ada.get_by_role("dialog", name="The rules of Harbor Health").get_by_role("button", name="Keep typing").click()
    await ada.get_by_role("button", name="Set one rule of Harbor Health").click()
    await expect(field).to_have_accessible_description(re.compile("36000 is weaker"))
    await expect(field).to_be_focused()

    await field.fill("45")
    await expect(field).not_to_have_accessible_description(re.compile("weaker"))
    await ada.get_by_role("button", name="Set one rule of Harbor Health").click()
    for page in (ada, rui):
        row = page.get_by_role("row").filter(has_text="Longest duration")
        await expect(row).to_contain_text("45 min")
        await expect(row).to_contain_text("Harbor Health alone")
        await expect(row).to_contain_text("Ada Nwosu")
    await expect(ada.get_by_text("“agreed with the customer”")).to_be_visible()

    await ada.get_by_role("button", name="Change the rules of Harbor Health…").click()
    await ada.get_by_role("button", name="As all tenants").click()
    await ada.get_by_role("textbox", name="Reason", exact=True).fill("back to what all have")
    await ada.get_by_role("button", name="Set one rule of Harbor Health").click()
    await expect(longest).to_contain_text("4 h")
    await expect(longest).not_to_contain_text("Harbor Health alone")
