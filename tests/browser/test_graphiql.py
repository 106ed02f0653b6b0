"""GraphiQL: for operators, offline, under the strict policy, its examples good to run as they are (threat 24)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx
import pytest
from playwright.async_api import expect

from tests.browser.console import end, sign_in, start

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.browser.console import Bring
    from tests.running import Running

pytestmark = pytest.mark.long

AXE: Final = Path(__file__).parents[2] / "ui/node_modules/axe-core/axe.min.js"
RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# GraphiQL's own tabs are items with two buttons in each; all else is in our hands.
CHECK: Final = """rules => axe.run(document, {
  runOnly: rules, rules: { 'nested-interactive': { enabled: false } }, resultTypes: ['violations'],
})"""
PAGE: Final = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
# The whole of what the editor holds, of which the page shows what has room.
ANSWER: Final = """() => __MONACO.editor.getModels().find(({ uri }) => uri.path.endsWith('response.json')).getValue()"""
INJECTED: Final = """() => {
  document.body.insertAdjacentHTML('beforeend', '<style>#in { color: rgb(255, 0, 0) }</style><p id="in">in</p>')
  return getComputedStyle(document.querySelector('#in')).color
}"""
SUPPORT: Final = ["Viewer", "Tenants", "FollowSessions", "StartSession", "EndSession", "TenantLedger", "FollowLedger"]
AUDITOR: Final = [tab for tab in SUPPORT if tab not in {"StartSession", "EndSession"}]


async def test_it_is_reached_from_the_console_by_keyboard_and_every_example_runs_as_it_is(
    demo: Running, person: Bring
) -> None:
    page = (await person("Jane")).page
    await sign_in(page, demo, "support")
    await page.get_by_role("navigation", name="Console").get_by_role("link", name="GraphiQL").focus()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{demo.console_url}/graphql")
    await expect(page.locator(".graphiql-tab-button")).to_have_text(SUPPORT)

    assert (await run(page, "Viewer"))["data"]["viewer"]["operator"]["name"] == "Jane Doe"
    assert (await run(page, "Tenants"))["data"]["tenants"]["nodes"]
    assert (await run(page, "StartSession"))["data"]["startImpersonation"]["__typename"] == "ImpersonationStarted"
    assert (await run(page, "EndSession"))["data"]["endImpersonation"]["session"]["endCause"] == "STOPPED"
    newest = (await run(page, "TenantLedger"))["data"]["tenant"]["audit"]["nodes"][0]
    assert newest["kind"] == "IMPERSONATION_ENDED"
    assert (await run(page, "FollowLedger"))["data"]["auditEvents"]["change"] == "SNAPSHOT_END"

    await page.get_by_role("link", name="Actas").click()
    await expect(page.get_by_role("navigation", name="Console")).to_be_visible()


async def test_a_running_subscription_shows_what_happens_and_stops_when_told(demo: Running, person: Bring) -> None:
    jane, ada = (await person("Jane")).page, (await person("Ada")).page
    await sign_in(jane, demo, "support")
    await sign_in(ada, demo, "admin")
    await ada.goto(f"{demo.console_url}/graphql")
    await run(ada, "FollowSessions", change="SNAPSHOT_END")

    await start(jane, "fjord", reason="an invoice that nobody can open")
    told = (await answered(ada, "STARTED"))["data"]["sessionEvents"]["session"]
    assert told["reason"] == "an invoice that nobody can open"
    await end(jane)
    told = (await answered(ada, "ENDED"))["data"]["sessionEvents"]["session"]
    assert told["endCause"] == "STOPPED"

    await ada.get_by_role("button", name="Stop query").click()
    await expect(ada.get_by_role("button", name="Execute query")).to_be_visible()


async def test_the_documentation_has_every_field_and_who_may_not_start_a_session_is_not_shown_how(
    demo: Running, person: Bring
) -> None:
    page = (await person("Rui")).page
    await sign_in(page, demo, "readonly")
    await page.goto(f"{demo.console_url}/graphql")
    await expect(page.locator(".graphiql-tab-button")).to_have_text(AUDITOR)
    await page.get_by_role("button", name="Show Documentation Explorer").click()
    docs = page.get_by_role("region", name="Documentation Explorer")
    await docs.get_by_role("link", name="Query").click()
    await docs.get_by_role("link", name="auditEntries").click()
    await expect(docs).to_contain_text("The ledger, the newest entry first")


@pytest.mark.parametrize(("system", "chosen"), [("light", "Dark"), ("dark", "Light")])
async def test_it_wears_the_theme_that_was_chosen_in_the_console(
    demo: Running, person: Bring, system: Any, chosen: str
) -> None:
    """Nothing of our own that breaks a rule of WCAG 2.2 AA, in either theme."""
    page = (await person("Jane")).page
    await page.emulate_media(color_scheme=system, reduced_motion="reduce")
    await sign_in(page, demo, "support")
    await page.get_by_role("button", name="Jane Doe").click()
    await page.get_by_role("menuitemradio", name=chosen).click()
    await page.goto(f"{demo.console_url}/graphql")
    await run(page, "Tenants")
    await expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", chosen.lower())
    paper = await page.evaluate("getComputedStyle(document.querySelector('.graphiql-container')).backgroundColor")
    assert (sum(map(int, paper.strip("rgb()").split(","))) < 3 * 128) is (chosen == "Dark")

    await page.get_by_role("button", name="Show Documentation Explorer").click()
    await expect(page.get_by_role("link", name="Query", exact=True)).to_be_visible()
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate(CHECK, RULES)
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []


async def test_what_was_typed_is_not_left_for_the_next_person_at_this_browser(demo: Running, person: Bring) -> None:
    jane = await person("Jane")
    await sign_in(jane.page, demo, "support")
    await jane.page.goto(f"{demo.console_url}/graphql")
    await run(jane.page, "Viewer")
    assert "Viewer" in await jane.page.evaluate("JSON.stringify({ ...sessionStorage })")
    assert "Viewer" not in await jane.page.evaluate("JSON.stringify({ ...localStorage })")


async def test_its_policy_differs_from_the_consoles_in_one_directive(demo: Running, person: Bring) -> None:
    """Decision 0022: attributes of style, and nothing else. An element of style that came in by markup stays out."""
    jane = await person("Jane")
    await sign_in(jane.page, demo, "support")
    console, graphiql = [await policy(jane.page, f"{demo.console_url}{path}") for path in ("/tenants", "/graphql")]
    assert graphiql - console == {"style-src-attr 'unsafe-inline'"}
    assert console - graphiql == set()
    assert "script-src 'self'" in graphiql

    jane.expects("inline style violates", because="it came in by markup")
    colour = await jane.page.evaluate(INJECTED)
    assert colour != "rgb(255, 0, 0)"


async def test_strangers_people_without_a_role_and_keys_see_nothing_of_it(demo: Running, person: Bring) -> None:
    """S1-7: the bytes that everything else gets there; a key's GET stays an operation that is sent wrongly."""
    async with httpx.AsyncClient(base_url=demo.console_url.replace("localhost", "127.0.0.1")) as client:
        client.headers["host"] = demo.console_url.removeprefix("http://")
        page = await client.get("/graphql", headers=PAGE)
        assert (page.status_code, page.content) == (401, (await client.post("/graphql")).content)
        key = await client.get("/graphql", headers={**PAGE, "authorization": f"Bearer {demo.service_key}"})
        assert (key.status_code, key.headers["content-type"]) == (405, "application/json")

    nobody = await person("nobody")
    nobody.expects("403|401", because="somebody without a role gets nowhere")
    await nobody.page.goto(f"{demo.console_url}/sign-in")
    await nobody.page.get_by_label("Email").fill("nobody@actas.example")
    await nobody.page.get_by_label("Password").fill("demo")
    await nobody.page.get_by_role("button", name="Sign in").click()
    await expect(nobody.page.get_by_role("heading", name="You don")).to_be_visible()
    answer = await nobody.page.goto(f"{demo.console_url}/graphql")
    assert answer
    assert (answer.status, await answer.body()) == (401, page.content)


async def policy(page: Page, url: str) -> set[str]:
    """The directives under which a page came, without its nonce."""
    answer = await page.goto(url)
    assert answer
    said = (await answer.all_headers())["content-security-policy"]
    return set(re.sub("nonce-[^']+", "nonce", said).split("; "))


async def run(page: Page, tab: str, *, change: str = "") -> dict[str, Any]:
    """What an example's tab answers first, or first with this change."""
    await page.get_by_role("tab").get_by_role("button", name=tab, exact=True).click()
    await page.get_by_role("button", name="Execute query").click()
    answer = await answered(page, change)
    assert "errors" not in answer, answer
    return answer


async def answered(page: Page, holding: str = "") -> dict[str, Any]:
    """The answer that is shown, once it holds a word."""
    await page.wait_for_function(
        f"word => {{ const text = ({ANSWER})(); return text && text.includes(word) }}", arg=holding
    )
    answer: dict[str, Any] = json.loads(await page.evaluate(ANSWER))
    return answer
