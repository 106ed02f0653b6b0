"""What the demo and the tests find in a workspace."""

from __future__ import annotations

from uuid import UUID

import asyncpg
import pytest

from db.embedded import Server
from examples.workspace.database import MadeByAnother, load, prepare
from examples.workspace.sample import CONVERSATIONS, Tenant, scenarios, tenant_rows
from tests.workspace.conftest import ACME, DATABASE, NOON


async def test_loading_again_adds_only_what_is_new(server: Server, prepared: object, admin: asyncpg.Connection) -> None:
    new = Tenant(UUID("0190b0a0-0000-7000-8000-00000000000c"), "initech", "Initech")
    url = server.url("actas_admin", "postgres")
    before = await admin.fetchval("select count(*) from message where tenant_id = $1", ACME.uuid)
    for _ in range(2):
        await load(url, [ACME, new], database=DATABASE)
    assert await admin.fetchval("select count(*) from message where tenant_id = $1", ACME.uuid) == before
    people = await admin.fetch("select email, role from person where tenant_id = $1", new.uuid)
    assert {person["email"] for person in people if person["role"] == "admin"} == {"owner@initech.example"}
    assert "member@initech.example" in {person["email"] for person in people if person["role"] == "member"}
    shown = "select count(*) from conversation where tenant_id = $1 and not archived"
    assert await admin.fetchval(shown, new.uuid) == CONVERSATIONS


def test_the_same_slug_gets_the_same_people_and_words() -> None:
    assert tenant_rows([ACME], NOON) == tenant_rows([ACME], NOON)
    other = Tenant(ACME.uuid, "globex", ACME.name)
    assert tenant_rows([ACME], NOON)["conversation"] != tenant_rows([other], NOON)["conversation"]


def test_every_scenario_is_a_dialogue_that_the_customer_begins() -> None:
    text = {scenario.subject: scenario for scenario in scenarios()}
    assert len(text) == len(scenarios()) > CONVERSATIONS
    for scenario in scenarios():
        assert scenario.state in {"open", "closed", "archived"}
        assert scenario.messages
        assert all(message.strip() == message for message in scenario.messages)


async def test_a_database_of_another_version_is_not_taken_for_this_ones(server: Server, prepared: object) -> None:
    """A page that finds no table would be a riddle; the demo says what to do instead."""
    url, old = server.url("actas_admin", "postgres"), "workspace_old"
    await prepare(url, database=old)
    await prepare(url, database=old)
    admin = await asyncpg.connect(server.url("actas_admin", old))
    try:
        await admin.execute("comment on table tenant is 'another'")
    finally:
        await admin.close()
    with pytest.raises(MadeByAnother):
        await prepare(url, database=old)
