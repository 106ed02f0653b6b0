"""Without a server, or without an answer: no page hides that it is stale, and nothing falls apart or is lost (P7)."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from playwright.async_api import expect

from tests.browser.console import ask, end, live, sign_in, start
from tests.browser.rules import keeps_the_rules

if TYPE_CHECKING:
    from playwright.async_api import Route

    from tests.browser.console import Bring
    from tests.running import Running


async def test_a_page_that_lost_its_connection_says_so_and_catches_up_without_a_reload(
    demo: Running, person: Bring
) -> None:
    """P7: never the past as the present. What was missed arrives when the connection is back, from where it stopped."""
    jane, ada = (await person("Jane")).page, await person("Ada")
    ada.expects("ERR_INTERNET_DISCONNECTED|WebSocket", because="the network is taken away")
    sent: list[str] = []
    ada.page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))))
    await sign_in(jane, demo, "support")
    await sign_in(ada.page, demo, "admin", "/live")
    await start(jane, "cobalt")
    card = ada.page.get_by_role("article", name="Jane Doe inside Cobalt Robotics")
    await expect(card).to_be_visible()

    await ada.context.set_offline(offline=True)
    light = ada.page.get_by_test_id("connection")
    await expect(light).to_contain_text("reconnecting")
    await end(jane)
    await expect(light).to_contain_text(re.compile(r"stale since \d\d:\d\d UTC"), timeout=15_000)
    await expect(ada.page.locator("html")).to_have_attribute("data-stale", "")
    for scheme in ("light", "dark"):
        await ada.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await keeps_the_rules(ada.page, f"stale, {scheme}")

    sent.clear()
    await ada.context.set_offline(offline=False)
    await live(ada.page)
    assert any("sessionEvents" in frame and '"after":"' in frame for frame in sent), "it goes on where it stopped"
    await expect(card).to_have_count(0)
    await expect(ada.page.locator("html")).not_to_have_attribute("data-stale", "")


async def test_what_is_opened_without_a_connection_waits_for_it_and_the_frame_stays(
    demo: Running, person: Bring
) -> None:
    """A part of the console that was not fetched yet is neither an update nor a mistake."""
    jane = await person("Jane")
    jane.expects("ERR_INTERNET_DISCONNECTED|WebSocket|dynamically imported", because="the network is taken away")
    page = jane.page
    await sign_in(page, demo, "support", "/tenants/larch")
    await start(page, "larch")
    own = page.get_by_role("region", name="Your session")
    await expect(own).to_contain_text("You are inside Larch Timber")
    await jane.context.set_offline(offline=True)
    await page.get_by_role("link", name="History").click()
    await expect(page.get_by_test_id("connection")).to_contain_text("stale since", timeout=15_000)
    await expect(own).to_be_visible()
    await expect(page.get_by_role("navigation", name="Console")).to_be_visible()
    await jane.context.set_offline(offline=False)
    await expect(page.get_by_role("table", name="Changes of status")).to_be_visible(timeout=15_000)
    await end(page)


async def test_what_a_gateway_answers_for_the_server_is_tried_again_after_a_while_and_not_at_once(
    demo: Running, person: Bring
) -> None:
    jane = await person("Jane")
    jane.expects("502", because="a gateway has lost the server")
    page = jane.page
    await page.clock.install()
    await sign_in(page, demo, "support", "/tenants/larch")
    asked: list[str] = []
    lost = {"StatusHistory", "TenantFacets"}

    async def lose(route: Route) -> None:
        if any(query in (route.request.post_data or "") for query in lost):
            asked.append(route.request.url)
            await route.fulfill(status=502, body="<h1>Bad Gateway</h1>", content_type="text/html")
        else:
            await route.continue_()

    await page.route("**/graphql", lose)
    await page.get_by_role("link", name="History").click()
    await expect(page.get_by_role("alert")).to_contain_text("This could not be loaded")
    before = len(asked)
    for _ in range(5):
        await ask(page, "{ viewer { permissions } }")
    assert len(asked) == before, "it hammers a server that is away"
    lost.remove("StatusHistory")
    await page.clock.fast_forward(10_000)
    await expect(page.get_by_role("table", name="Changes of status")).to_be_visible()

    # What stands beside a page and does not say that it failed is tried again as well.
    await page.get_by_role("navigation", name="Console").get_by_role("link", name="Tenants").click()
    await expect(page.get_by_role("link", name="Acme GmbH")).to_be_visible()
    await expect(page.get_by_role("button", name="Plan")).to_have_count(0)
    lost.clear()
    await page.clock.fast_forward(10_000)
    await expect(page.get_by_role("button", name="Plan")).to_be_visible()
    await expect(page.get_by_role("button", name="Region")).to_be_visible()


async def test_a_change_that_nobody_answers_can_be_left_once_the_connection_is_lost(
    demo: Running, person: Bring
) -> None:
    """Whether it was done is not known then, and said; an answer that comes all the same leads nobody away."""
    jane = await person("Jane")
    jane.expects("ERR_INTERNET_DISCONNECTED|WebSocket", because="the network is taken away")
    page = jane.page
    await sign_in(page, demo, "support", "/tenants/larch")
    asked, over = asyncio.Event(), asyncio.Event()

    async def wait(route: Route) -> None:
        if "startImpersonation" not in (route.request.post_data or ""):
            await route.continue_()
            return
        asked.set()
        await over.wait()
        started = {"__typename": "ImpersonationStarted", "session": None, "enterUrl": f"{demo.console_url}/live"}
        await route.fulfill(json={"data": {"startImpersonation": started}})

    await page.route("**/graphql", wait)
    await page.get_by_role("button", name="Impersonate…").click()
    dialog = page.get_by_role("dialog", name="Impersonate Larch Timber")
    await dialog.get_by_role("textbox", name="Reason").fill("an import that stays at zero")
    submit = dialog.locator("button[type=submit]")
    await submit.click()
    await asyncio.wait_for(asked.wait(), 15)
    await expect(submit).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_visible()
    await jane.context.set_offline(offline=True)
    await expect(page.get_by_test_id("connection")).not_to_have_text("live", timeout=15_000)
    await page.keyboard.press("Escape")
    await expect(dialog.get_by_role("alert")).to_contain_text("whether it was done is not known")
    await dialog.get_by_role("button", name="Leave").click()
    await expect(dialog).to_have_count(0)
    await page.get_by_role("button", name="Impersonate…").click()
    await dialog.get_by_role("textbox", name="Reason").fill("another case")
    async with page.expect_response(lambda told: "startImpersonation" in (told.request.post_data or "")):
        over.set()
    await jane.context.set_offline(offline=False)
    await live(page)
    await expect(page).to_have_url(f"{demo.console_url}/tenants/larch")
    await expect(dialog.get_by_role("textbox", name="Reason")).to_have_value("another case")


async def test_a_dialog_that_an_update_took_away_leaves_the_page_as_it_is(demo: Running, person: Bring) -> None:
    ada = await person("Ada")
    ada.expects("404|dynamically imported", because="the console was updated since it was loaded")
    page = ada.page
    await page.route("**/assets/SuspendDialog-*.js", lambda route: route.fulfill(status=404))
    await sign_in(page, demo, "admin", "/tenants/larch")
    await page.get_by_role("button", name="Suspend…").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("the console may have been updated since you loaded it")
    await expect(dialog.get_by_role("link", name="Load the page again")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_role("main").get_by_role("heading", name="Larch Timber")).to_be_visible()
