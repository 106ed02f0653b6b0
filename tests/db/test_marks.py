"""The database's half of "nothing without a record": what the app's role tries without its entry is refused (P1, P2).

The write unit is the process's half (test_unit.py). Here the statements are made by hand, as a captured process could.
"""

# long because: every guarded table is tried by hand, with the same few statements
from __future__ import annotations

import secrets
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg
import pytest
import pytest_asyncio

from db.ledger import PLATFORM
from permissions.ids import uuid7
from permissions.operators import Permission
from tests.raw import Raw, as_app
from tests.world import World, world_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from permissions.caller import Caller
    from tests.databases import Databases

UNRECORDED = "AC001"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(databases: Databases) -> AsyncIterator[World]:
    async with databases.fresh() as urls, world_on(urls) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def jane(world: World) -> Caller:
    return await world.operator()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def acme(world: World) -> UUID:
    return (await world.tenant("acme")).id


@pytest_asyncio.fixture(loop_scope="session")
async def app(world: World) -> AsyncIterator[Raw]:
    async with as_app(world.urls) as raw:
        yield raw


@asynccontextmanager
async def refused(app: Raw, code: str = UNRECORDED) -> AsyncIterator[None]:
    """A transaction that the database does not let through, at a statement or at its commit."""
    with pytest.raises(asyncpg.PostgresError) as caught:
        async with app.sql.transaction():
            yield
    assert caught.value.sqlstate == code, caught.value


class TestSessions:
    async def test_a_start_with_its_entry_is_kept_and_so_is_its_end(self, app: Raw, jane: Caller, acme: UUID) -> None:
        """What all the others leave something out of."""
        session = await app.start_session(jane, acme)
        async with app.sql.transaction():
            await app.end_session(session)
            await app.ended(jane, acme, session)
        assert await app.sql.fetchval("select state from identity.session_now where id = $1", session) == "ENDED"

    async def test_no_session_without_its_start_in_the_ledger(self, app: Raw, jane: Caller, acme: UUID) -> None:
        async with refused(app):
            await app.insert_session(jane, acme, uuid7())

    async def test_no_session_under_another_sessions_start(self, app: Raw, jane: Caller, acme: UUID) -> None:
        async with refused(app):
            await app.started(jane, acme, uuid7())
            await app.insert_session(jane, acme, uuid7())

    async def test_no_session_under_a_start_of_an_earlier_transaction(
        self, app: Raw, world: World, jane: Caller, acme: UUID
    ) -> None:
        """One that only a superuser could leave lying about."""
        session = uuid7()
        admin = await asyncpg.connect(world.urls.admin)
        try:
            await admin.execute("set session_replication_role = replica")
            await admin.execute("insert into audit.session_mark values ($1, $2, 1, null, '3', null)", session, acme)
        finally:
            await admin.close()
        async with refused(app):
            await app.insert_session(jane, acme, session)

    async def test_no_session_whose_start_is_in_another_tenants_ledger(
        self, app: Raw, world: World, jane: Caller, acme: UUID
    ) -> None:
        """P3: nothing hidden from the tenant that it is about."""
        other = (await world.somewhere()).id
        session = uuid7()
        async with refused(app):
            await app.started(jane, other, session)
            await app.insert_session(jane, acme, session)

    async def test_no_session_that_is_over_from_the_beginning(self, app: Raw, jane: Caller, acme: UUID) -> None:
        """P2: every start has one end, and that one is recorded too."""
        session = uuid7()
        async with refused(app):
            await app.insert_session(jane, acme, session)
            await app.started(jane, acme, session)
            await app.end_session(session)
        async with refused(app):
            await app.insert_session(jane, acme, session, state="ENDED")
            await app.started(jane, acme, session)

    async def test_asking_for_the_check_early_checks_early(self, app: Raw, jane: Caller, acme: UUID) -> None:
        session = uuid7()
        async with refused(app):
            await app.sql.execute("set constraints all immediate")
            await app.insert_session(jane, acme, session)

    async def test_an_entry_that_is_taken_back_counts_for_nothing(self, app: Raw, jane: Caller, acme: UUID) -> None:
        """The append is rolled back to a savepoint, the row stays."""
        session = uuid7()
        async with refused(app):
            await app.sql.execute("savepoint s")
            await app.started(jane, acme, session)
            await app.sql.execute("rollback to savepoint s")
            await app.insert_session(jane, acme, session)

    async def test_a_check_that_was_passed_is_made_again_when_the_entry_is_taken_back(
        self, app: Raw, jane: Caller, acme: UUID
    ) -> None:
        """The row first, then entry and check inside a savepoint, then back: the check waits for the commit again."""
        session = uuid7()
        async with refused(app):
            await app.insert_session(jane, acme, session)
            await app.sql.execute("savepoint s")
            await app.started(jane, acme, session)
            await app.sql.execute("set constraints all immediate")
            await app.sql.execute("rollback to savepoint s")

    async def test_no_end_without_its_entry(self, app: Raw, jane: Caller, acme: UUID) -> None:
        session = await app.start_session(jane, acme)
        async with refused(app):
            await app.end_session(session)
        assert await app.sql.fetchval("select state from identity.session_now where id = $1", session) == "ACTIVE"

    async def test_no_end_under_another_sessions_entry(self, app: Raw, jane: Caller, acme: UUID) -> None:
        one, other = await app.start_session(jane, acme), await app.start_session(jane, acme)
        async with refused(app):
            await app.end_session(one)
            await app.end_session(other)
            await app.ended(jane, acme, one)

    async def test_no_start_in_the_ledger_without_its_session(self, app: Raw, jane: Caller, acme: UUID) -> None:
        """P2: such a start could never end."""
        async with refused(app):
            await app.started(jane, acme, uuid7())

    async def test_no_end_in_the_ledger_of_a_session_that_goes_on(self, app: Raw, jane: Caller, acme: UUID) -> None:
        """P2: the tenant would read that the operator has left."""
        session = await app.start_session(jane, acme)
        async with refused(app):
            await app.ended(jane, acme, session)

    async def test_a_second_start_and_a_second_end_are_refused_by_the_ledger(
        self, app: Raw, jane: Caller, acme: UUID
    ) -> None:
        """P2, I3."""
        session = await app.start_session(jane, acme)
        async with refused(app, "23505"):
            await app.started(jane, acme, session)
        async with app.sql.transaction():
            await app.end_session(session)
            await app.ended(jane, acme, session)
        async with refused(app, "23505"):
            await app.ended(jane, acme, session)

    async def test_an_end_is_recorded_in_the_chain_of_its_start(
        self, app: Raw, world: World, jane: Caller, acme: UUID
    ) -> None:
        session, other = await app.start_session(jane, acme), (await world.somewhere()).id
        async with refused(app, "23505"):
            await app.end_session(session)
            await app.ended(jane, other, session)

    @pytest.mark.parametrize(
        "change",
        [
            "reason = 'another'",
            "ticket = 'SUP-1'",
            "mode = 'READ_WRITE'",
            "break_glass = true",
            "expires_at = expires_at + interval '1 hour'",
            "started_at = started_at - interval '1 minute'",
            "requested_at = requested_at - interval '1 minute'",
            "policy_version = 1",
            "ip = '198.51.100.1'",
            "user_agent = 'another'",
            "concurrency_key = gen_random_uuid()",
            "id = gen_random_uuid()",
            "tenant_id = (select id from identity.tenant where id <> tenant_id limit 1)",
            "operator_id = (select id from identity.operator o where o.id <> operator_id limit 1)",
            "sign_in_id = (select id from identity.sign_in i where i.id <> sign_in_id limit 1)",
        ],
    )
    async def test_nothing_of_a_live_session_changes_silently(
        self, app: Raw, world: World, jane: Caller, acme: UUID, change: str
    ) -> None:
        """P1: neither who, where and why, nor how long and in what mode."""
        await world.somewhere()
        session = await app.start_session(jane, acme)
        async with refused(app):
            await app.sql.execute(f"update identity.impersonation_session set {change} where id = $1", session)

    @pytest.mark.parametrize(
        "change",
        [
            "end_cause = 'EXPIRED'",
            "ended_by_name = 'somebody else'",
            "ended_at = ended_at + interval '1 second'",
            "state = 'ACTIVE', ended_at = null, end_cause = null",
        ],
    )
    async def test_nothing_of_a_session_that_is_over_changes(
        self, app: Raw, jane: Caller, acme: UUID, change: str
    ) -> None:
        """P2: the first cause stays the cause."""
        session = await app.start_session(jane, acme)
        async with app.sql.transaction():
            await app.end_session(session)
            await app.ended(jane, acme, session)
        async with refused(app):
            await app.sql.execute(f"update identity.impersonation_session set {change} where id = $1", session)

    async def test_a_session_is_never_deleted(self, world: World, app: Raw, jane: Caller, acme: UUID) -> None:
        session = await app.start_session(jane, acme)
        statement = "delete from identity.impersonation_session where id = $1"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.sql.execute(statement, session)
        migrator = await asyncpg.connect(world.urls.migrator)
        try:
            with pytest.raises(asyncpg.PostgresError) as caught:
                await migrator.execute(statement, session)
        finally:
            await migrator.close()
        assert caught.value.sqlstate == UNRECORDED


OPERATOR = "insert into identity.operator (id, email, name, created_at) values ($1, $2, 'X', now())"
GRANT = """insert into identity.role_grant (id, operator_id, role, reason, granted_by_kind, granted_by_name, granted_at)
    values (gen_random_uuid(), $1, $2, 'x', 'SYSTEM', 'x', now())"""
SIGN_IN = """insert into identity.sign_in (id, operator_id, token_hash, created_at, expires_at)
    values ($1, $2, $3, now(), now() + interval '12 hours')"""
KEY = """insert into identity.service_key (id, name, prefix, key_hash, permissions, created_at)
    values ($1, 'x', 'actas_x', $2, '{TOKEN_EXCHANGE}', now())"""
TENANT = """insert into identity.tenant (id, slug, name, status, created_at, updated_at)
    values ($1, 'x-' || $2, 'X', 'PROVISIONING', now(), now())"""


class TestEverythingElse:
    """Tenants, operators, roles, sign-ins and keys: each change has its own entry (S1-6, S1-10, S1-17)."""

    async def test_no_tenant_without_its_entry(self, app: Raw) -> None:
        async with refused(app):
            await app.sql.execute(TENANT, uuid7(), secrets.token_hex(4))

    async def test_no_status_without_its_entry(self, app: Raw, acme: UUID) -> None:
        async with refused(app):
            await app.sql.execute("update identity.tenant set status = 'SUSPENDED' where id = $1", acme)

    async def test_no_status_under_an_entry_that_says_another(self, app: Raw, world: World, acme: UUID) -> None:
        async with refused(app):
            await app.append(
                "TENANT_STATUS_CHANGED", acme, tenant=acme, caller=world.admin, tenantId=acme, to="READ_ONLY"
            )
            await app.sql.execute("update identity.tenant set status = 'SUSPENDED' where id = $1", acme)

    async def test_no_status_under_another_tenants_entry(self, app: Raw, world: World, acme: UUID) -> None:
        other = (await world.somewhere()).id
        async with refused(app):
            await app.append(
                "TENANT_SUSPENDED", other, tenant=other, caller=world.admin, tenantId=other, to="SUSPENDED"
            )
            await app.sql.execute("update identity.tenant set status = 'SUSPENDED' where id = any($1)", [acme, other])

    async def test_one_entry_does_not_cover_two_changes(self, app: Raw, world: World, acme: UUID) -> None:
        """Suspended, lifted and suspended again in one transaction, with an entry for each but the last."""
        async with refused(app):
            for kind, to in (("TENANT_SUSPENDED", "SUSPENDED"), ("TENANT_SUSPENSION_LIFTED", "ACTIVE")):
                await app.append(kind, acme, tenant=acme, caller=world.admin, tenantId=acme, to=to)
            for status in ("SUSPENDED", "ACTIVE", "SUSPENDED"):
                await app.sql.execute("update identity.tenant set status = $2 where id = $1", acme, status)

    async def test_an_entry_of_an_earlier_transaction_covers_nothing(self, app: Raw, world: World) -> None:
        tenant = (await world.somewhere()).id
        await app.append("TENANT_SUSPENDED", tenant, tenant=tenant, caller=world.admin, tenantId=tenant, to="SUSPENDED")
        async with refused(app):
            await app.sql.execute("update identity.tenant set status = 'SUSPENDED' where id = $1", tenant)

    async def test_no_operator_without_its_entry(self, app: Raw) -> None:
        async with refused(app):
            await app.sql.execute(OPERATOR, uuid7(), "x@actas.example")

    @pytest.mark.parametrize("value", ["audit.clock()", "null"])
    async def test_no_disabling_and_no_enabling_without_its_entry(
        self, app: Raw, world: World, jane: Caller, value: str
    ) -> None:
        operator = jane.id
        if value == "null":
            operator = (await world.operator(None)).id
            async with app.sql.transaction():
                await app.append("OPERATOR_DISABLED", PLATFORM, caller=world.admin, operatorId=operator)
                await app.sql.execute(
                    "update identity.operator set disabled_at = audit.clock() where id = $1", operator
                )
        async with refused(app):
            await app.sql.execute(f"update identity.operator set disabled_at = {value} where id = $1", operator)

    async def test_no_role_without_its_entry(self, app: Raw, jane: Caller) -> None:
        """S1-6."""
        async with refused(app):
            await app.sql.execute(GRANT, jane.id, "PLATFORM_ADMIN")

    async def test_no_role_under_an_entry_of_a_lesser_one(self, app: Raw, world: World, jane: Caller) -> None:
        async with refused(app):
            await app.append("ROLE_GRANTED", PLATFORM, caller=world.admin, operatorId=jane.id, role="PLATFORM_READONLY")
            await app.sql.execute(GRANT, jane.id, "PLATFORM_ADMIN")

    async def test_no_loss_of_a_role_without_its_entry(self, app: Raw, jane: Caller) -> None:
        async with refused(app):
            await app.sql.execute("update identity.role_grant set revoked_at = now() where operator_id = $1", jane.id)

    async def test_a_lost_role_does_not_come_back(self, app: Raw, world: World) -> None:
        """A new grant with its own entry, or none."""
        operator = (await world.operator()).id
        async with app.sql.transaction():
            await app.append("ROLE_REVOKED", PLATFORM, caller=world.admin, operatorId=operator, role="PLATFORM_SUPPORT")
            await app.sql.execute("update identity.role_grant set revoked_at = now() where operator_id = $1", operator)
        async with refused(app):
            await app.sql.execute("update identity.role_grant set revoked_at = null where operator_id = $1", operator)

    async def test_no_sign_in_without_its_entry(self, app: Raw, jane: Caller) -> None:
        async with refused(app):
            await app.sql.execute(SIGN_IN, uuid7(), jane.id, secrets.token_bytes(32))

    async def test_no_end_of_a_sign_in_without_its_entry(self, app: Raw, jane: Caller) -> None:
        async with refused(app):
            await app.sql.execute("update identity.sign_in set ended_at = now() where operator_id = $1", jane.id)

    async def test_a_sign_in_that_is_over_stays_over(self, app: Raw, world: World) -> None:
        person = (await world.operator()).person
        assert person
        async with app.sql.transaction():
            await app.append("SIGNED_OUT", PLATFORM, caller=world.admin, signInId=person.sign_in_id)
            await app.sql.execute("update identity.sign_in set ended_at = now() where id = $1", person.sign_in_id)
        for value in ("null", "now() + interval '1 hour'"):
            async with refused(app):
                await app.sql.execute(
                    f"update identity.sign_in set ended_at = {value} where id = $1", person.sign_in_id
                )

    async def test_no_key_without_its_entry(self, app: Raw) -> None:
        async with refused(app):
            await app.sql.execute(KEY, uuid7(), secrets.token_bytes(32))

    async def test_no_revocation_of_a_key_without_its_entry_and_no_way_back(self, app: Raw, world: World) -> None:
        key = (await world.service(Permission.TOKEN_EXCHANGE)).id
        revoke = "update identity.service_key set revoked_at = now() where id = $1"
        async with refused(app):
            await app.sql.execute(revoke, key)
        async with app.sql.transaction():
            await app.append("SERVICE_KEY_REVOKED", PLATFORM, caller=world.admin, keyId=key)
            await app.sql.execute(revoke, key)
        async with refused(app):
            await app.sql.execute("update identity.service_key set revoked_at = null where id = $1", key)

    @pytest.mark.parametrize(
        "change",
        [
            "identity.role_grant set role = 'PLATFORM_ADMIN'",
            "identity.role_grant set expires_at = null",
            "identity.sign_in set expires_at = now() + interval '1 year'",
            "identity.sign_in set operator_id = gen_random_uuid()",
            "identity.service_key set permissions = '{TENANT_SIDE_DECIDE}'",
            "identity.service_key set tenant_id = null",
            "identity.tenant_policy set rules = '{}'",
            "audit.mark set xid = pg_current_xact_id()",
            "audit.session_mark set end_xid = pg_current_xact_id()",
        ],
    )
    async def test_what_a_grant_a_sign_in_or_a_key_is_worth_cannot_be_changed_at_all(
        self, app: Raw, change: str
    ) -> None:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.sql.execute(f"update {change}")
