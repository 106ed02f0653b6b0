"""P5: no row without a tenant, and never another tenant's, whatever the pool did before (facts/postgres.md 4.4)."""

from __future__ import annotations

import asyncio
from random import Random
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import make_url, text

from examples.workspace.sample import Tenant
from examples.workspace.store import Store
from tests.workspace.conftest import ACME, GLOBEX, Workspace, jane_inside, request_for

# By the columns that the product's role may read; EMPTY has rows only once somebody has done something.
TABLES = {
    "tenant": "id",
    "person": "tenant_id",
    "conversation": "tenant_id",
    "message": "tenant_id",
    "sign_in": "tenant_id",
    "support_case": "tenant_id",
    "case_step": "tenant_id",
    "lead": "tenant_id",
    "daily_figure": "tenant_id",
    "api_key": "tenant_id",
    "webhook": "tenant_id",
    "terms_acceptance": "tenant_id",
}
MODES = ("READ_ONLY", "READ_WRITE")
ROLES = ("person", *MODES)
EMPTY = {"sign_in", "terms_acceptance"}
WHOSE = text("select distinct tenant_id from conversation union select distinct tenant_id from message")


class GivenUpError(Exception):
    """The test's reason to roll back."""


async def as_app(prepared: Workspace) -> asyncpg.Connection:
    return await asyncpg.connect(
        make_url(prepared.url).set(drivername="postgresql").render_as_string(hide_password=False)
    )


async def test_two_companies_in_one_pool_never_see_each_other_also_when_requests_fail_or_are_cancelled(
    store: Store,
) -> None:
    chance = Random(7)

    async def visit(number: int) -> None:
        tenant = (ACME, GLOBEX)[number % 2]
        with request_for(tenant):
            await look(tenant)

    async def look(tenant: Tenant) -> None:
        async with store.transaction() as connection:
            assert {row[0] for row in await connection.execute(WHOSE)} == {tenant.uuid}
            if chance.random() < 0.2:
                raise GivenUpError
            await connection.execute(text("select pg_sleep(0.001)"))
            assert {row[0] for row in await connection.execute(WHOSE)} == {tenant.uuid}

    async def cancelled(number: int) -> None:
        task = asyncio.create_task(visit(number))
        for _ in range(chance.randrange(12)):
            await asyncio.sleep(0)
        task.cancel()
        await task

    visits = [visit(number) if number % 3 else cancelled(number) for number in range(300)]
    outcomes = await asyncio.gather(*visits, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {type(None), GivenUpError, asyncio.CancelledError}
    with request_for(ACME):
        async with store.transaction() as connection:
            assert {row[0] for row in await connection.execute(WHOSE)} == {ACME.uuid}


@pytest.mark.parametrize("table", TABLES)
async def test_without_a_tenant_there_is_no_row_also_on_a_connection_that_had_one(
    prepared: Workspace, table: str
) -> None:
    connection = await as_app(prepared)
    count = f"select count({TABLES[table]}) from {table}"
    try:
        assert await connection.fetchval(count) == 0
        async with connection.transaction():
            await connection.execute("select set_config('app.tenant_id', $1, true)", str(ACME.uuid))
            assert await connection.fetchval(count) > 0 or table in EMPTY
        assert await connection.fetchval(count) == 0
    finally:
        await connection.close()


async def test_every_table_of_the_schema_is_among_those_that_are_tested(admin: asyncpg.Connection) -> None:
    query = "select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace"
    assert {row["relname"] for row in await admin.fetch(query)} == set(TABLES)
    views = "select relname, reloptions from pg_class where relkind = 'v' and relnamespace = 'public'::regnamespace"
    assert all("security_invoker=true" in row["reloptions"] for row in await admin.fetch(views))


@given(steps=st.lists(st.tuples(st.sampled_from(sorted(TABLES)), st.booleans(), st.sampled_from(ROLES)), max_size=12))
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_is_read_as_whomever_in_whatever_order_it_is_the_requests_own(
    store: Store, steps: list[tuple[str, bool, str]]
) -> None:
    """P5: each table, as a member, an admin and an operator in either mode, over the same two connections."""
    for table, here, role in steps:
        tenant = ACME if here else GLOBEX
        inside = jane_inside(tenant, "READ_ONLY" if role == "READ_ONLY" else "READ_WRITE") if role in MODES else None
        with request_for(tenant, inside):
            async with store.transaction() as connection:
                found = await connection.execute(text(f"select distinct {TABLES[table]} from {table}"))
                whose = {row[0] for row in found}
        assert whose == {tenant.uuid} or (table in EMPTY and not whose)


async def test_a_tenant_that_is_no_tenant_is_an_error_and_not_everything(prepared: Workspace) -> None:
    connection = await as_app(prepared)
    try:
        await connection.execute("set app.tenant_id = 'acme'")
        with pytest.raises(asyncpg.InvalidTextRepresentationError):
            await connection.fetch("select id from conversation")
    finally:
        await connection.close()


async def test_archived_conversations_are_nobodys_to_read_or_to_answer(store: Store, admin: asyncpg.Connection) -> None:
    """S2-8: an operator sees no more than the admin, and the admin does not see these."""
    archived = await admin.fetchval("select id from conversation where archived and tenant_id = $1", ACME.uuid)
    assert await admin.fetchval("select count(*) from message where conversation_id = $1", archived) > 0
    by_id = {"id": archived}
    with request_for(ACME):
        async with store.transaction() as connection:
            assert not (await connection.execute(text("select id from conversation where id = :id"), by_id)).all()
            assert not (
                await connection.execute(text("select id from message where conversation_id = :id"), by_id)
            ).all()
    with pytest.raises(Exception, match="row-level security"), request_for(ACME):
        async with store.transaction() as connection:
            await connection.execute(
                text(
                    "insert into message (id, tenant_id, conversation_id, author, from_customer, body)"
                    " values (:message, :tenant, :id, 'me', false, 'hello')"
                ),
                {**by_id, "message": uuid4(), "tenant": ACME.uuid},
            )


REPLY = """insert into message (id, tenant_id, conversation_id, author, from_customer, body{column})
           values (gen_random_uuid(), '{tenant}', '{conversation}', 'me', false, 'hello'{value})"""
STEP = """insert into case_step (id, tenant_id, case_id, author, what{column})
          values (gen_random_uuid(), '{tenant}', '{case}', 'me', 'closed'{value})"""


@pytest.mark.parametrize(
    "statement",
    [
        REPLY.format(column="", value="", tenant="{globex}", conversation="{theirs}"),
        REPLY.format(column="", value="", tenant="{acme}", conversation="{theirs}"),
        REPLY.format(column=", acting_operator", value=", 'Joe'", tenant="{acme}", conversation="{ours}"),
        REPLY.format(column=", at", value=", now()", tenant="{acme}", conversation="{ours}"),
        "update message set body = 'never said'",
        "delete from message",
        "update conversation set tenant_id = '{acme}'",
        STEP.format(column="", value="", tenant="{acme}", case="{their_case}"),
        STEP.format(column="", value="", tenant="{globex}", case="{their_case}"),
        STEP.format(column=", acting_session", value=", gen_random_uuid()", tenant="{acme}", case="{our_case}"),
        "update case_step set author = 'somebody else'",
        "delete from case_step",
        "update support_case set subject = 'never asked'",
        "insert into lead (id) values (gen_random_uuid())",
        "update lead set worth = 0",
        "update daily_figure set answered = 0",
        "insert into api_key (id) values (gen_random_uuid())",
        "select signing_secret from webhook",
        "update terms_acceptance set version = 'another'",
        "delete from terms_acceptance",
        "alter view case_now set (security_invoker = false)",
        "select password_hash from person",
        "update person set role = 'admin'",
        "truncate message",
        "alter table message no force row level security",
        "alter table message disable trigger name_the_operator",
        "drop policy own_tenant on message",
        "create table mine (id int)",
        "set role workspace_owner",
        "set session_replication_role = replica",
    ],
)
async def test_the_products_role_may_not(prepared: Workspace, admin: asyncpg.Connection, statement: str) -> None:
    """P5, P6: not another company's rows, not the hashes, not the operator's name, not the rules themselves."""
    one_of = "select id from conversation where tenant_id = $1 and not archived limit 1"
    case_of = "select id from support_case where tenant_id = $1 limit 1"
    words = {
        "our_case": await admin.fetchval(case_of, ACME.uuid),
        "their_case": await admin.fetchval(case_of, GLOBEX.uuid),
        "acme": ACME.uuid,
        "globex": GLOBEX.uuid,
        "ours": await admin.fetchval(one_of, ACME.uuid),
        "theirs": await admin.fetchval(one_of, GLOBEX.uuid),
    }
    connection = await as_app(prepared)
    try:
        await connection.execute("select set_config('app.tenant_id', $1, false)", str(ACME.uuid))
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.ForeignKeyViolationError)):
            await connection.execute(statement.format(**words))
    finally:
        await connection.close()


async def test_the_products_role_owns_nothing_and_is_bound_by_the_policies(admin: asyncpg.Connection) -> None:
    role = await admin.fetchrow("select * from pg_roles where rolname = 'workspace_app'")
    assert role is not None
    assert not any(role[power] for power in ("rolsuper", "rolbypassrls", "rolcreaterole", "rolcreatedb"))
    owned = "select count(*) from pg_class where relowner = 'workspace_app'::regrole"
    assert await admin.fetchval(owned) == 0
    bound = (
        "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
        " and not (relrowsecurity and relforcerowsecurity)"
    )
    assert await admin.fetch(bound) == []
