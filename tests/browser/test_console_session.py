"""A session's own page: its whole story, live while it runs; what its operator and an admin can do to it (S3-21)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import expect

from tests.browser.console import ask, end, sign_in, start

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.browser.console import Bring
    from tests.running import Running

pytestmark = pytest.mark.long

INSIDE = "{ viewer { impersonation { uuid } } }"
APPEND = """mutation ($records: [AccessRecordInput!]!) {
  appendAccessRecords(input: { records: $records }) { __typename }
}"""


async def test_a_session_tells_its_story_while_it_runs_and_how_it_ended(demo: Running, person: Bring) -> None:
    """P6, P7: requests folded by route, what could write in bold, the change of mode, the end; without a reload."""
    jane, ada = (await person("Jane")).page, (await person("Ada")).page
    await sign_in(jane, demo, "support")
    await start(jane, "birch", reason="an invoice that is not found")
    uuid = await inside(jane)
    await sign_in(ada, demo, "admin", f"/sessions/{uuid}")
    story = ada.get_by_role("list", name="Timeline").locator("> li")
    await expect(story.first).to_contain_text("was let in to read only")
    await expect(story.last).to_contain_text("No request yet.")

    await requested(demo, uuid, "GET", "/invoices/{id}", times=3)
    await expect(story.filter(has_text="3 requests")).to_contain_text(re.compile(r"GET /invoices/\{id\} .3"))
    await jane.goto(f"{demo.console_url}/sessions/{uuid}")
    await jane.get_by_role("button", name="Change to READ WRITE…").click()
    dialog = jane.get_by_role("dialog", name="Change to READ WRITE")
    await dialog.get_by_role("button", name="Change to READ WRITE").click()
    await expect(dialog.get_by_role("textbox", name="Reason")).to_have_accessible_description(re.compile("Say why"))
    await dialog.get_by_role("textbox", name="Reason").fill("the customer asked for a correction")
    await dialog.get_by_role("button", name="Change to READ WRITE").click()
    await expect(story.filter(has_text="the customer asked for a correction")).to_be_visible()

    await requested(demo, uuid, "POST", "/invoices/{id}/notes", wrote=True)
    written = story.get_by_text("POST /invoices/{id}/notes")
    await expect(written).to_be_visible()
    assert await written.evaluate("shown => getComputedStyle(shown).fontWeight") == "700"
    await written.click()
    await expect(story.get_by_text("/invoices/7/notes", exact=True)).to_be_visible()

    await jane.get_by_role("button", name="Leave Birch & Sons", exact=True).click()
    await expect(story.last).to_contain_text("left, after")
    await expect(story.filter(has_text="was refused")).to_have_count(0)
    await expect(ada.get_by_text("4, of them 1 that could write")).to_be_visible()
    await expect(ada.locator("dt:text-is('Last request') + dd")).to_have_text(re.compile(" UTC$"))


async def test_an_admin_ends_another_operators_session_from_its_page(demo: Running, person: Bring) -> None:
    """Nobody else has the means: they are hidden for who never may, and one's own is left, not revoked."""
    jane, ada = (await person("Jane")).page, (await person("Ada")).page
    rui = (await person("Rui")).page
    await sign_in(jane, demo, "support")
    await start(jane, "fjord")
    path = f"/sessions/{await inside(jane)}"
    await sign_in(rui, demo, "readonly", path)
    await expect(rui.get_by_role("heading", name="Jane Doe in Fjord Travel")).to_be_visible()
    for control in ("Revoke…", "Leave", "Change to"):
        await expect(rui.get_by_role("button", name=control)).to_have_count(0)

    await sign_in(ada, demo, "admin", path)
    await expect(ada.get_by_role("button", name="Leave")).to_have_count(0)
    await ada.get_by_role("button", name="Revoke…").click()
    dialog = ada.get_by_role("dialog")
    await dialog.get_by_role("textbox", name="Reason").fill("this is handled by billing")
    await dialog.get_by_role("button", name="Revoke").click()
    for page in (ada, rui):
        await expect(page.get_by_role("main").get_by_role("status").first).to_contain_text("Revoked")
    await expect(ada.get_by_role("button", name="Revoke…")).to_have_count(0)


async def test_the_board_shows_how_busy_each_session_is(demo: Running, person: Bring) -> None:
    """ACTIVITY hints move the last request and the pace, as cards and as rows; what is not known is not drawn."""
    jane, ada, bela = [(await person(name)).page for name in ("Jane", "Ada", "Bela")]
    await sign_in(jane, demo, "support")
    await start(jane, "quill")
    uuid = await inside(jane)
    await sign_in(ada, demo, "admin", "/live")
    card = ada.get_by_role("article", name="Jane Doe inside Quill Press")
    await expect(card).to_contain_text("0 a minute")
    await requested(demo, uuid, "GET", "/inbox", times=5)
    await expect(card).to_contain_text("5 a minute")
    await expect(card).to_contain_text("5 requests, the last just now")
    await ada.get_by_text("Rows", exact=True).click()
    await expect(ada).to_have_url(f"{demo.console_url}/live?view=rows")
    await expect(ada.get_by_role("row").filter(has_text="Quill Press")).to_contain_text("5 a minute")
    await sign_in(bela, demo, "billing", "/live")
    card = bela.get_by_role("article", name="Jane Doe inside Quill Press")
    await expect(card.get_by_title("Requests in the last ten minutes: not known")).to_be_visible()
    await expect(card).not_to_contain_text("a minute")
    await requested(demo, uuid, "GET", "/inbox", times=199)
    await expect(card).to_contain_text("204 requests")
    await ada.reload()
    busy = ada.get_by_role("row").filter(has_text="Quill Press")
    await expect(busy).to_contain_text("more than 200 a minute")
    await expect(busy.locator("rect")).to_have_count(0)
    await end(jane)
    await expect(ada.get_by_role("row").filter(has_text="Quill Press")).to_have_count(0)


async def inside(page: Page) -> str:
    """The uuid of the session of whoever is signed in on this page."""
    uuid: str = (await ask(page, INSIDE))["viewer"]["impersonation"]["uuid"]
    return uuid


async def requested(demo: Running, uuid: str, method: str, route: str, *, times: int = 1, wrote: bool = False) -> None:
    """As the guard of the product reports requests."""
    told: dict[str, Any] = {"sessionUuid": uuid, "method": method, "route": route, "path": route.replace("{id}", "7")}
    told |= {"status": 200, "durationMs": 3.0, "wrote": wrote, "at": datetime.now(UTC).isoformat()}
    records = [told | {"id": str(uuid4())} for _ in range(times)]
    async with httpx.AsyncClient(base_url=demo.console_url.replace("localhost", "127.0.0.1")) as client:
        headers = {"host": demo.console_url.removeprefix("http://"), "authorization": f"Bearer {demo.service_key}"}
        body = {"query": APPEND, "variables": {"records": records}}
        answer = (await client.post("/graphql", json=body, headers=headers)).json()
    assert answer["data"]["appendAccessRecords"]["__typename"] == "Appended", answer
