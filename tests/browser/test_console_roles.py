"""Each page of the console as each role, by what the API decides by: nothing there is refused, nothing is hidden."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest
from playwright.async_api import Error, expect

from permissions.operators import ROLE_PERMISSIONS, Permission, Role
from tests.browser.console import ask, end, sign_in, start
from tests.browser.rules import settled

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

    from tests.browser.console import Bring
    from tests.running import Running

P = Permission
ROLES: Final = {
    "admin": Role.PLATFORM_ADMIN,
    "support": Role.PLATFORM_SUPPORT,
    "billing": Role.PLATFORM_BILLING,
    "readonly": Role.PLATFORM_READONLY,
}
WORDS: Final = {
    Role.PLATFORM_ADMIN: "Admin",
    Role.PLATFORM_BILLING: "Billing",
    Role.PLATFORM_READONLY: "Read only",
    Role.PLATFORM_SUPPORT: "Support",
}


class At(NamedTuple):
    """A page: its address, what one needs to see it, and each thing on it (`role: name`) with what that needs."""

    path: str
    needs: Permission
    sees: dict[str, Permission]


EVERYWHERE: Final = {
    "link: Tenants": P.TENANT_READ,
    "link: Live": P.TENANT_READ,
    "link: Ledger": P.AUDIT_READ,
    "link: Operators": P.OPERATOR_READ,
    "link: Keys": P.SERVICE_KEY_MANAGE,
    "link: GraphiQL": P.TENANT_READ,
}
TENANT: Final = {
    "link: Overview": P.TENANT_READ,
    "link: Sessions": P.TENANT_READ,
    "link: Ledger": P.AUDIT_READ,
    "link: Access log": P.ACCESS_LOG_READ,
    "link: Policy": P.TENANT_READ,
    "link: History": P.AUDIT_READ,
    "button: Impersonate…": P.IMPERSONATE_READ_ONLY,
}
ACTIVE: Final = TENANT | {"button: Suspend…": P.TENANT_SUSPEND}
PAGES: Final = (
    At("/tenants", P.TENANT_READ, {"table: Tenants": P.TENANT_READ}),
    At("/tenants/gale", P.TENANT_READ, {**ACTIVE, "button: Revoke… Jane": P.IMPERSONATION_REVOKE}),
    At("/tenants/raven", P.TENANT_READ, {**TENANT, "button: Lift suspension…": P.TENANT_SUSPEND}),
    At("/tenants/gale/sessions", P.TENANT_READ, {**ACTIVE, "table: Sessions": P.TENANT_READ}),
    At("/tenants/gale/ledger", P.AUDIT_READ, {**ACTIVE, "button: Export…": P.AUDIT_EXPORT}),
    At("/tenants/gale/access", P.ACCESS_LOG_READ, {**ACTIVE, "button: Look for new requests": P.ACCESS_LOG_READ}),
    At("/tenants/gale/policy", P.TENANT_READ, {**ACTIVE, "button: Change the rules of": P.TENANT_POLICY_SET}),
    At("/tenants/gale/history", P.AUDIT_READ, ACTIVE),
    At("/live", P.TENANT_READ, {"article: Jane Doe": P.TENANT_READ, "button: Revoke… Jane": P.IMPERSONATION_REVOKE}),
    At("/live?view=rows", P.TENANT_READ, {"button: Revoke… Jane": P.IMPERSONATION_REVOKE}),
    At("/sessions/{session}", P.TENANT_READ, {
        "button: Revoke…": P.IMPERSONATION_REVOKE,
        "definition of Address": P.ORIGIN_READ,
        "link: Its entries in the ledger": P.AUDIT_READ,
    }),
    At("/ledger", P.AUDIT_READ, {
        "list: Entries": P.AUDIT_READ,
        "button: Export…": P.AUDIT_EXPORT,
        "combobox: Operator": P.OPERATOR_READ,
        "searchbox: IP address": P.ORIGIN_READ,
    }),
    At("/ledger?entry={entry}", P.AUDIT_READ, {"definition of Address": P.ORIGIN_READ}),
    At("/operators", P.OPERATOR_READ, {"table: Operators": P.OPERATOR_READ}),
    At("/operators/{operator}", P.OPERATOR_READ, {
        "region: Roles": P.OPERATOR_READ,
        "button: Grant a role…": P.OPERATOR_GRANT,
        "button: Disable…": P.OPERATOR_GRANT,
        "button: Revoke Support": P.OPERATOR_GRANT,
    }),
    At("/keys", P.SERVICE_KEY_MANAGE, {
        "table: Keys": P.SERVICE_KEY_MANAGE,
        "button: Issue a key…": P.SERVICE_KEY_MANAGE,
        "button: Revoke example workspace": P.SERVICE_KEY_MANAGE,
    }),
)  # fmt: skip

# What each control that changes something asks of the API, with an input that changes nothing.
NOBODY: Final = "00000000-0000-7000-8000-000000000000"
ASKED: Final = {
    P.IMPERSONATE_READ_ONLY: 'startImpersonation(input: {{tenantId: "{tenant}", reason: ""}})',
    P.IMPERSONATION_REVOKE: 'revokeImpersonation(input: {{sessionId: "{session}", reason: ""}})',
    P.TENANT_SUSPEND: 'suspendTenant(input: {{tenantId: "{tenant}", reason: "to see", ground: OTHER, dryRun: true}})',
    P.TENANT_POLICY_SET: 'setImpersonationPolicy(input: {{tenantId: "{tenant}", reason: ""}})',
    P.OPERATOR_GRANT: 'grantRole(input: {{email: "nobody@actas.example", role: PLATFORM_READONLY, reason: ""}})',
    P.SERVICE_KEY_MANAGE: 'issueServiceKey(input: {{name: "", permissions: []}})',
}
NAMES: Final = """{
  tenant(slug: "gale") { id }
  impersonationSessions(first: 1, filter: { states: [ACTIVE] }) { nodes { id uuid operator { id uuid } } }
  auditEntries(first: 1) { nodes { id } }
}"""


GRANT: Final = """mutation($input: GrantRoleInput!) {
  grantRole(input: $input) { ... on OperatorChanged { operator { id } } }
}"""
TAKE: Final = "mutation($input: RevokeRoleInput!) { revokeRole(input: $input) { __typename } }"
RAW: Final = """async (query) => {
  const headers = { 'content-type': 'application/json', 'x-actas-csrf': '1' }
  return (await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify({ query }) })).json()
}"""


def found(page: Page, what: str) -> Locator:
    """`role: name` of the table above; names are told by their beginning."""
    if term := re.fullmatch("definition of (.+)", what):
        return page.locator(f"dt:text-is('{term[1]}') + dd").filter(has_text=re.compile(r"\S"))
    role, _, name = what.partition(": ")
    if role == "list":
        return page.get_by_role("list", name=name)
    aria: Any = role
    return page.get_by_role(aria, name=re.compile(f"^{re.escape(name)}"))


async def shows(page: Page, at: At, may: frozenset[Permission], where: str) -> None:
    """The page has what the table says, for who has these permissions, and nothing else of the table."""
    places = page.get_by_role("navigation", name="Console").locator("a")
    for what, needs in EVERYWHERE.items():
        await expect(found(page, what).and_(places), f"{where}: {what}").to_have_count(int(needs in may))
    lacks = page.get_by_role("main").get_by_text(f"This page needs {at.needs}, which the role")
    await expect(lacks, where).to_have_count(int(at.needs not in may))
    if at.needs not in may:
        for role, word in WORDS.items():
            if at.needs in ROLE_PERMISSIONS[role]:
                await expect(lacks).to_contain_text(word)
    for what, needs in at.sees.items():
        shown = found(page, what)
        if what.startswith("link: "):
            shown = shown.and_(page.get_by_role("main").locator("a"))
        if needs in may and (at.needs in may or what in ACTIVE):
            await expect(shown.first, f"{where}: {what}").to_be_visible()
        else:
            await expect(shown, f"{where}: {what}").to_have_count(0)


@pytest.mark.long
@pytest.mark.parametrize("who", ROLES)
async def test_each_page_shows_a_role_what_it_may_do_and_nothing_else(demo: Running, person: Bring, who: str) -> None:
    """S1-4, S2-1, S3-1, S3-14, C-10."""
    may = ROLE_PERMISSIONS[ROLES[who]]
    jane, page = (await person("Jane")).page, (await person(who)).page
    refused: list[str] = []

    async def read(response: Any) -> None:
        with suppress(Error):  # asked by a page that is left meanwhile; `settled` waited for what it shows
            if response.url.endswith("/graphql") and '"code":"FORBIDDEN"' in await response.text():
                refused.append(f"{page.url}: {await response.text()}")

    await sign_in(jane, demo, "support")
    await start(jane, "gale", reason="a chart that stays empty")
    await sign_in(page, demo, who)
    told = await ask(jane, NAMES)
    session = told["impersonationSessions"]["nodes"][0]
    uuids = {"session": session["uuid"], "operator": session["operator"]["uuid"]}
    uuids["entry"] = told["auditEntries"]["nodes"][0]["id"]
    page.on("response", read)
    for at in PAGES:
        await page.goto(demo.console_url + at.path.format(**uuids))
        await settled(page)
        await shows(page, at, may, f"{who} at {at.path}")
    assert refused == [], "what is shown asks for nothing that is refused"

    page.remove_listener("response", read)
    ids = {"tenant": told["tenant"]["id"], "session": session["id"]}
    for needs, mutation in ASKED.items():
        query = f"mutation {{ {mutation.format(**ids)} {{ __typename }} }}"
        answer = await page.evaluate(RAW, query)
        codes = [error["extensions"]["code"] for error in answer.get("errors", [])]
        assert codes == ([] if needs in may else ["FORBIDDEN"]), f"{who}, {needs}: {answer}"
    await end(jane)


@pytest.mark.long
async def test_impersonate_is_off_with_its_reason_for_who_may_enter_others_and_hidden_for_the_rest(
    demo: Running, person: Bring
) -> None:
    """S3-14: HIDDEN for who never may, DISABLED with its text for who may not now; `i` on a row does as the button."""
    for who, role in ROLES.items():
        page = (await person(who)).page
        await sign_in(page, demo, who, "/tenants/raven")
        control = page.get_by_role("button", name="Impersonate…")
        may = P.IMPERSONATE_READ_ONLY in ROLE_PERMISSIONS[role]
        await expect(control).to_have_count(int(may))
        if may:
            await expect(control).to_be_disabled()
            await expect(control).to_have_accessible_description(re.compile("Raven Records is suspended"))
        await page.goto(f"{demo.console_url}/tenants?q=Gale")
        await expect(
            page.get_by_role("table", name="Tenants").get_by_role("link", name="Gale Wind Power")
        ).to_be_visible()
        await page.keyboard.press("j")
        await page.keyboard.press("i")
        await page.keyboard.press("Control+k")
        dialog = page.get_by_role("dialog", name="Impersonate Gale Wind Power")
        if may:
            await expect(dialog).to_be_visible()
            await page.keyboard.press("Escape")
            await page.keyboard.press("Control+k")
        await page.get_by_role("combobox", name="Search or jump to").fill("gale")
        await expect(page.get_by_role("option", name="Gale Wind Power").first).to_be_visible()
        await expect(page.get_by_role("option", name="Impersonate Gale Wind Power…")).to_have_count(int(may))
        await page.get_by_role("combobox", name="Search or jump to").fill("suspend gale")
        offered = page.get_by_role("option", name="Suspend Gale Wind Power…")
        await expect(offered).to_have_count(int(P.TENANT_SUSPEND in ROLE_PERMISSIONS[role]))
        await page.get_by_role("combobox", name="Search or jump to").fill("")
        await expect(page.get_by_role("option", name="Ledger", exact=True)).to_be_visible()
        for choice, needs in (
            ("Keys", P.SERVICE_KEY_MANAGE),
            ("Operators", P.OPERATOR_READ),
            ("Impersonate…", P.IMPERSONATE_READ_ONLY),
            ("Suspend a tenant…", P.TENANT_SUSPEND),
            ("Export the ledger…", P.AUDIT_EXPORT),
        ):
            shown = page.get_by_role("option", name=choice, exact=True)
            await expect(shown).to_have_count(int(needs in ROLE_PERMISSIONS[role]))


async def test_who_has_no_role_is_told_so_at_every_address(demo: Running, person: Bring) -> None:
    """S1-7: the same words everywhere, so that no address tells what is there."""
    noor = await person("Noor")
    noor.expects("403", because="no access is what this is about")
    noor.expects("401", because="/graphql answers like that")
    await noor.page.goto(f"{demo.console_url}/sign-in")
    await noor.page.get_by_label("Email").fill("nobody@actas.example")
    await noor.page.get_by_label("Password").fill("demo")
    await noor.page.get_by_role("button", name="Sign in").click()
    told = noor.page.get_by_role("heading", name=re.compile("You don.t have access"))
    await expect(told).to_be_visible()
    for at in (*(each.path for each in PAGES), "/graphql", "/no-such-page"):
        await noor.page.goto(demo.console_url + at)
        if at != "/graphql":
            await expect(told, at).to_be_visible()
        await expect(noor.page.get_by_role("navigation")).to_have_count(0)


async def test_a_role_that_is_taken_away_closes_what_only_it_may_see_or_do_and_says_so(
    demo: Running, person: Bring
) -> None:
    """P7, S3-7: at once, on the page of who loses it; an open dialog goes with a word, not without."""
    ada, rui = (await person("Ada")).page, (await person("Rui")).page
    await sign_in(ada, demo, "admin")
    await sign_in(rui, demo, "readonly", "/tenants/heron")
    because = {"role": "PLATFORM_SUPPORT", "reason": "stands in for Jane this morning"}
    granted = await ask(ada, GRANT, input={"email": "readonly@actas.example", **because})
    operator = granted["grantRole"]["operator"]["id"]
    await rui.get_by_role("button", name="Suspend…").click()
    dialog = rui.get_by_role("dialog", name="Suspend Heron Shipping")
    await dialog.get_by_role("textbox", name="Reason").fill("three invoices unpaid")

    await ask(ada, TAKE, input={"operatorId": operator, **because})
    await expect(dialog).to_have_count(0)
    notice = rui.get_by_text("You are not Support any more")
    await expect(notice).to_be_visible()
    for gone in ("Suspend…", "Impersonate…"):
        await expect(rui.get_by_role("button", name=gone)).to_have_count(0)
    await rui.get_by_role("button", name="Dismiss").click()
    await expect(notice).to_have_count(0)


async def test_who_loses_the_last_role_sees_nothing_of_the_console_any_more(demo: Running, person: Bring) -> None:
    """P7: whichever page was open, and whatever stood on it."""
    ada, noor = (await person("Ada")).page, await person("Noor")
    noor.expects("401|403|404", because="the page asks once more, and is refused")
    await sign_in(ada, demo, "admin")
    because = {"role": "PLATFORM_READONLY", "reason": "an audit, this morning"}
    granted = await ask(ada, GRANT, input={"email": "nobody@actas.example", **because})
    try:
        await sign_in(noor.page, demo, "nobody", "/ledger")
        await expect(noor.page.get_by_role("list", name="Entries")).to_be_visible()
    finally:
        await ask(ada, TAKE, input={"operatorId": granted["grantRole"]["operator"]["id"], **because})
    await expect(noor.page.get_by_text("You have no role any more")).to_be_visible()
    await expect(noor.page.get_by_role("list", name="Entries")).to_have_count(0)
    await expect(noor.page.get_by_role("navigation", name="Console")).to_have_count(0)
    await noor.page.get_by_role("button", name="Look again").click()
    await expect(noor.page.get_by_role("heading", name=re.compile("You don.t have access"))).to_be_visible()
