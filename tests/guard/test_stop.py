"""The tenant's own stop: its admins send an operator out, and nobody else does (S1-28, DESIGN section 7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from actas_guard import Named
from tests.guard.conftest import guarded, until

if TYPE_CHECKING:
    from uuid import UUID

    import httpx

    from tests.guard.conftest import Browser, Site
    from tests.guard.console import FakeConsole


def person(site: Site, who: Any) -> Browser:
    site.people["someone"] = who
    return site.browser(person="someone")


async def end(browser: Browser, session: UUID | str, **headers: str) -> httpx.Response:
    sent = {"origin": browser.tenant.origin, "x-actas-csrf": "1", **headers}
    return await browser.ask("POST", f"/actas/end?session={session}", **sent)


async def test_an_admin_ends_a_session_and_the_record_names_them(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """TENANT_STOPPED, with the name by which the product knows the person; at once here, not at the stream's word."""
    session, operator = await site.operator()
    monkeypatch.setattr(site.console, "end", lambda *_: None)  # the stream is late
    assert (await end(person(site, Named("ADMIN", "Olga Owner")), session.id)).status_code == 204
    assert site.console.stopped_for == [(session.id, "Olga Owner")]
    refused = (await operator.get("/inbox")).json()
    assert (refused["code"], refused["cause"]) == ("SESSION_ENDED", "TENANT_STOPPED")


@pytest.mark.parametrize(
    ("name", "stated"),
    [
        ("", "An administrator of the tenant"),
        (" \u202e\n", "An administrator of the tenant"),
        ("Ol\u0000ga\u202e Owner\n", "Olga Owner"),
        ("x" * 300, "x" * 200),
    ],
)
async def test_a_name_is_stated_as_the_console_can_take_it(site: Site, name: str, stated: str) -> None:
    """No name of a person keeps them from ending a session."""
    session, _ = await site.operator()
    assert (await end(person(site, Named("ADMIN", name)), session.id)).status_code == 204
    assert site.console.stopped_for == [(session.id, stated)]


@pytest.mark.parametrize("who", ["MEMBER", Named("MEMBER", "Max"), None])
async def test_nobody_but_an_admin_may(site: Site, who: Any) -> None:
    session, _ = await site.operator()
    assert (await end(person(site, who), session.id)).json()["code"] == "ADMINS_ONLY"
    assert site.console.stopped_for == []


async def test_an_operator_ends_nobody_elses_session_though_they_act_as_an_admin(site: Site) -> None:
    """Only the operator stops their own, and with Stop; the admin's sign-in in the same browser does not help."""
    session, _ = await site.operator()
    own, operator = await site.operator()
    site.people["owner"] = "ADMIN"
    operator.cookies["person"] = "owner"
    for one in (session, own):
        assert (await end(operator, one.id)).json()["code"] == "NOT_YOURS"
    assert site.console.stopped_for == []


async def test_an_admin_ends_nothing_of_another_tenant_and_nothing_unseen(site: Site) -> None:
    """Threat 12; a session that the policy shows to nobody answers like none."""
    globex = site.console.tenant("globex", "Globex")
    theirs = site.console.start(globex)
    await until(lambda: site.live.session(theirs.id))
    unseen, _ = await site.operator(presence="NOBODY")
    admin = person(site, "ADMIN")
    for session in (theirs.id, unseen.id, "nonsense", ""):
        answer = await end(admin, session)
        assert (answer.status_code, answer.json()["code"]) == (404, "NO_SESSION")
    assert site.console.stopped_for == []


async def test_a_foreign_page_cannot_end_a_session(site: Site) -> None:
    session, _ = await site.operator()
    admin = person(site, "ADMIN")
    assert (await end(admin, session.id, origin="https://evil.example")).json()["code"] == "CROSS_SITE"
    assert (await end(admin, session.id, **{"x-actas-csrf": ""})).json()["code"] == "CROSS_SITE"
    assert (await admin.get(f"/actas/end?session={session.id}")).status_code == 405
    assert site.console.stopped_for == []


async def test_where_the_console_does_not_take_it_the_session_goes_on_and_the_admin_is_told(site: Site) -> None:
    session, operator = await site.operator()
    site.console.down = True
    answer = await end(person(site, "ADMIN"), session.id)
    assert (answer.status_code, answer.json()["code"]) == (502, "NOT_ENDED")
    assert (await operator.get("/inbox")).status_code == 200


async def test_whoever_cannot_be_looked_up_ends_nothing(console: FakeConsole) -> None:
    async def person_of(_: Any) -> Any:
        raise OSError("the database is away")

    async with guarded(console, person_of=person_of) as site:
        await until(lambda: site.live.ready and site.guard._service.keys.known)
        session, _ = await site.operator()
        assert (await end(site.browser(), session.id)).json()["code"] == "PERSON_UNKNOWN"


@pytest.mark.parametrize(("role", "may"), [("ADMIN", True), ("MEMBER", False)])
async def test_the_button_is_for_admins(site: Site, role: str, may: bool) -> None:
    _, operator = await site.operator()
    await until(lambda: site.guard._service.rights.tenant_may_end)
    for browser, viewer, shown in ((person(site, role), role, may), (operator, "OPERATOR", False)):
        told = (await browser.get("/actas/state")).json()
        assert (told["viewer"], [one["mayEnd"] for one in told["banners"]]) == (viewer, [shown])


async def test_without_the_permission_there_is_no_button(console: FakeConsole) -> None:
    """Nobody is shown what cannot work."""
    console.permissions.discard("TENANT_SIDE_DECIDE")
    async with guarded(console) as site:
        await until(lambda: site.live.ready and site.guard._service.keys.known)
        await site.operator()
        told = (await person(site, "ADMIN").get("/actas/state")).json()
        assert [one["mayEnd"] for one in told["banners"]] == [False]


async def test_the_permissions_are_asked_for_until_the_console_answers(
    console: FakeConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actas_guard.rights._ASK_AGAIN_SECONDS", 0.02)
    console.down = True
    async with guarded(console) as site:
        await until(lambda: site.live.ready)
        assert not site.guard._service.rights.tenant_may_end
        console.down = False
        await until(lambda: site.guard._service.rights.tenant_may_end)
