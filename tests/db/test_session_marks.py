"""The database's half of "nothing without a record": no session begins, changes or ends without its entry (P1, P2).

The write unit is the process's half (test_unit.py). Here the statements are made by hand, as a captured process could.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
import pytest

from permissions.ids import uuid7
from tests.raw import UNRECORDED, Raw, refused
from tests.world import World

if TYPE_CHECKING:
    from uuid import UUID

    from permissions.caller import Caller


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

    async def test_a_mode_changes_with_its_entry(self, app: Raw, jane: Caller, acme: UUID) -> None:
        """C-16; what the next ones leave something out of."""
        session = await app.start_session(jane, acme)
        async with app.sql.transaction():
            await app.mode_changed(jane, acme, session, "READ_WRITE")
            await app.set_mode(session, "READ_WRITE")
        mode = await app.sql.fetchval("select mode from identity.impersonation_session where id = $1", session)
        assert mode == "READ_WRITE"

    async def test_no_mode_under_an_entry_of_another_mode_session_or_tenant(
        self, app: Raw, world: World, jane: Caller, acme: UUID
    ) -> None:
        """P3: the entry is in the ledger of the very tenant that the session is in."""
        session, other = await app.start_session(jane, acme), await app.start_session(jane, acme)
        elsewhere = (await world.somewhere()).id
        for tenant, subject, to in (
            (acme, session, "READ_ONLY"),
            (acme, other, "READ_WRITE"),
            (elsewhere, session, "READ_WRITE"),
        ):
            async with refused(app):
                await app.mode_changed(jane, tenant, subject, to)
                await app.set_mode(session, "READ_WRITE")

    async def test_one_entry_does_not_cover_a_mode_that_is_taken_twice(
        self, app: Raw, jane: Caller, acme: UUID
    ) -> None:
        session = await app.start_session(jane, acme)
        async with refused(app):
            for to in ("READ_WRITE", "READ_ONLY"):
                await app.mode_changed(jane, acme, session, to)
            for to in ("READ_WRITE", "READ_ONLY", "READ_WRITE"):
                await app.set_mode(session, to)

    async def test_the_mode_of_a_session_that_is_over_stays(self, app: Raw, jane: Caller, acme: UUID) -> None:
        session = await app.start_session(jane, acme)
        async with app.sql.transaction():
            await app.end_session(session)
            await app.ended(jane, acme, session)
        async with refused(app):
            await app.mode_changed(jane, acme, session, "READ_WRITE")
            await app.set_mode(session, "READ_WRITE")

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
