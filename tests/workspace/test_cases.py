"""Cases: who may put whom in charge, what is written of it, and that nothing of it is ever overwritten."""

from __future__ import annotations

import re
from uuid import uuid4

import asyncpg
import pytest

from tests.workspace.conftest import ACME, GLOBEX, Browser, Open, jane_inside

STEPS = "select * from case_step where case_id = $1 order by at"


async def an_open_case(admin: asyncpg.Connection, tenant: object = ACME.uuid) -> str:
    query = "select id from case_now where tenant_id = $1 and not closed order by id limit 1"
    return str(await admin.fetchval(query, tenant))


async def a_person(admin: asyncpg.Connection, email: str) -> str:
    return str(await admin.fetchval("select id from person where email = $1", email))


async def signed_in(open_browser: Open, login: str) -> Browser:
    browser = open_browser(ACME)
    await browser.sign_in(login)
    return browser


async def test_an_administrator_puts_anybody_in_charge_and_a_member_only_themselves(
    open_browser: Open, admin: asyncpg.Connection
) -> None:
    case, second = await an_open_case(admin), await a_person(admin, "second@acme.example")
    owner, member = await signed_in(open_browser, "owner"), await signed_in(open_browser, "member")
    assert (await owner.post(f"/cases/{case}/assignee", person=second)).status_code == 303
    before = await admin.fetch(STEPS, case)
    assert str(before[-1]["assignee_id"]) == second
    refused = await member.post(f"/cases/{case}/assignee", person=second)
    assert refused.status_code == 403
    assert await admin.fetch(STEPS, case) == before
    own = await a_person(admin, "member@acme.example")
    assert (await member.post(f"/cases/{case}/assignee", person=own)).status_code == 303
    name = await admin.fetchval("select name from person where email = 'member@acme.example'")
    assert f"{name} is in charge" in (await member.get(f"/cases/{case}")).text
    assert f"/cases/{case}" in (await member.get("/cases?show=mine")).text


async def test_an_operators_assignment_names_the_operator_for_good(
    open_browser: Open, admin: asyncpg.Connection
) -> None:
    """P6, S2-31, S3-34: also after somebody of the tenant changes it again."""
    inside = jane_inside(ACME)
    case, second = await an_open_case(admin), await a_person(admin, "second@acme.example")
    operator = open_browser(ACME, inside=inside)
    assert (await operator.post(f"/cases/{case}/assignee", person=second)).status_code == 303
    assert (await operator.post(f"/cases/{case}/state", what="closed")).status_code == 303
    owner = await signed_in(open_browser, "owner")
    assert (await owner.post(f"/cases/{case}/state", what="reopened")).status_code == 303
    *_, assigned, closed, reopened = await admin.fetch(STEPS, case)
    for step in (assigned, closed):
        named = (step["acting_operator"], step["acting_operator_email"], step["acting_session"])
        assert named == ("Jane Doe", "jane@actas.example", inside.session_id)
        assert step["author"] == ACME.name
    assert reopened["acting_operator"] is None
    shown = (await owner.get(f"/cases/{case}")).text
    assert shown.count("Jane Doe (operator) on behalf of Acme GmbH") == 2


async def test_a_read_only_session_changes_no_case(open_browser: Open, admin: asyncpg.Connection) -> None:
    case, second = await an_open_case(admin), await a_person(admin, "second@acme.example")
    before = await admin.fetch(STEPS, case)
    operator = open_browser(ACME, inside=jane_inside(ACME, "READ_ONLY"))
    assert (await operator.post(f"/cases/{case}/assignee", person=second)).status_code == 500
    assert await admin.fetch(STEPS, case) == before


@pytest.mark.parametrize("what", ["case", "person", "nonsense"])
async def test_neither_another_companys_case_nor_its_people_are_there(
    open_browser: Open, admin: asyncpg.Connection, what: str
) -> None:
    """P5: as absent as what never was."""
    owner = await signed_in(open_browser, "owner")
    case = await an_open_case(admin, GLOBEX.uuid if what == "case" else ACME.uuid)
    emails = {"case": "second@acme.example", "person": "second@globex.example"}
    person = await a_person(admin, emails[what]) if what in emails else "nobody"
    before = await admin.fetch(STEPS, case)
    answer = await owner.post(f"/cases/{case}/assignee", person=person)
    never = await owner.post(f"/cases/{uuid4()}/assignee", person=str(uuid4()))
    assert answer.status_code == never.status_code == 404
    assert await admin.fetch(STEPS, case) == before
    if what == "case":
        assert (await owner.get(f"/cases/{case}")).text == (await owner.get(f"/cases/{uuid4()}")).text


async def test_a_case_is_closed_once_and_in_no_other_word(open_browser: Open, admin: asyncpg.Connection) -> None:
    case, owner = await an_open_case(admin), await signed_in(open_browser, "owner")
    assert (await owner.post(f"/cases/{case}/state", what="deleted")).status_code == 422
    for _ in range(2):
        assert (await owner.post(f"/cases/{case}/state", what="closed")).status_code == 303
    steps = [step["what"] for step in await admin.fetch(STEPS, case)]
    assert steps[-1] == "closed"
    assert steps[-2] != "closed"
    assert f"/cases/{case}" not in (await owner.get("/cases")).text
    assert f"/cases/{case}" in (await owner.get("/cases?show=closed")).text


@pytest.mark.parametrize("path", ["/cases?show=all", "/leads", "/analytics", "/keys"])
async def test_an_operator_sees_what_the_admin_sees_and_no_secret(open_browser: Open, path: str) -> None:
    """S2-8, S2-13, S3-34: the same rows in the same order."""
    rows = re.compile(r"<tbody>.*?</tbody>", re.DOTALL)
    admins = await (await signed_in(open_browser, "owner")).get(path)
    operators = await open_browser(ACME, inside=jane_inside(ACME, "READ_ONLY")).get(path)
    assert rows.findall(admins.text) == rows.findall(operators.text) != []
    assert "whsec_" not in admins.text + operators.text
