"""A gap in what the console follows: said, and everything on the page is read anew (P7)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.async_api import expect

from tests.browser.console import sign_in

if TYPE_CHECKING:
    from tests.browser.console import Bring
    from tests.running import Running

# What a restored back-up leaves: another past, and what changed meanwhile without a word.
ANOTHER_PAST = r"""do $$ begin
  set local session_replication_role = replica;
  update audit.feed_head set link = '\x00';
  update identity.tenant set name = 'Kiln and Daughters' where slug = 'kiln';
end $$"""


async def test_events_that_were_missed_are_told_and_the_page_shows_what_is_true_now(
    demo: Running, person: Bring
) -> None:
    ada, rui = (await person("Ada")).page, (await person("Rui")).page
    await sign_in(ada, demo, "admin", "/tenants?q=kiln")
    row = ada.get_by_role("table", name="Tenants").get_by_role("row").nth(1)
    await expect(row).to_contain_text("Kiln Ceramics")

    await demo.ask(ANOTHER_PAST)
    await sign_in(rui, demo, "readonly")

    told = ada.get_by_text(re.compile(r"You missed events\. Everything here was read anew at \d\d:\d\d:\d\d UTC\."))
    await expect(told).to_be_visible()
    await expect(row).to_contain_text("Kiln and Daughters")
    await ada.get_by_role("button", name="Dismiss").click()
    await expect(told).to_have_count(0)
