"""What ends because its time came, or because the database is another one than it was.

Any number of processes may run these: each ends what no other holds, in the transaction that records it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from db import impersonation, incarnation, operators, presence
from permissions.policy import Due
from resolvers.ending import end_sessions
from resolvers.events import DatabaseRestored, SignedOut
from resolvers.roles import take_back_run_out

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from db.engine import Database
    from db.operators import SignIn

TIME_UP = Due("the time was up")
NOBODY_THERE = Due("nobody worked in it any more")


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How many ended: sessions at their deadline or since nobody worked in them, sign-ins, people with lost roles."""

    sessions: int
    sign_ins: int
    roles: int


async def expire_due(database: Database) -> datetime | None:
    """End every session, sign-in and role whose time is up; when the next one will be."""
    await end_due(database)
    async with database.read() as connection:
        return await impersonation.next_deadline(connection)


async def end_due(database: Database) -> Ended:
    """End every session, sign-in and role whose time is up; what this call ended."""
    sessions = batch = await _expire_sessions(database)
    while batch == impersonation.BATCH:
        batch = await _expire_sessions(database)
        sessions += batch
    gone = batch = await _end_gone(database)
    while batch == impersonation.BATCH:
        batch = await _end_gone(database)
        gone += batch
    async with database.read() as connection:
        sign_ins = await operators.sign_ins_run_out(connection)
        people = await operators.with_roles_run_out(connection)
    return Ended(
        sessions=sessions + gone,
        sign_ins=sum([await _expire_sign_in(database, sign_in) for sign_in in sign_ins]),
        roles=sum([await _expire_roles(database, operator_id) for operator_id in people]),
    )


async def sweep_restored(database: Database) -> int:
    """After a restore or a failover, end whatever had been ended in what was lost; how many sessions ended.

    In another incarnation of the database ended sessions and sign-ins may be live again (mechanisms D).
    """
    async with database.bookkeeping() as connection:
        was, now = await incarnation.compare(connection)
    if was in {None, now}:
        return 0
    async with database.unit(None) as unit:
        if not await incarnation.take(unit.connection, was, now):
            unit.abandon()
            return 0
        restored = Due("the database was restored")
        open_ones = await operators.lock_all_sign_ins(unit.connection)
        inside = await impersonation.lock_active(unit.connection, everywhere=True)
        ended = await end_sessions(unit, restored, inside, "RESTORED")
        people = await operators.by_ids(unit.connection, [sign_in.operator_id for sign_in in open_ones])
        for sign_in in open_ones:
            email = people[sign_in.operator_id].email
            unit.append(restored, _ran_out(sign_in, email, "the database was restored"))
        await operators.end_sign_ins(unit.connection, [sign_in.id for sign_in in open_ones])
        await incarnation.forget_handoffs(unit.connection)
        unit.append(
            restored,
            DatabaseRestored(was=was or "", now=now, sessions_ended=len(ended), sign_ins_ended=len(open_ones)),
        )
    return len(ended)


async def _expire_sessions(database: Database) -> int:
    async with database.unit(None) as unit:
        due = await impersonation.lock_due(unit.connection)
        ended = await end_sessions(unit, TIME_UP, due, "EXPIRED")
        if not ended:
            unit.abandon()
    return len(ended)


async def _end_gone(database: Database) -> int:
    """End sessions that nobody works in, as guards report, each at the moment since when its rules hold it for over."""
    async with database.unit(None) as unit:
        gone = await presence.lock_gone(unit.connection)
        for each in gone:
            await end_sessions(unit, NOBODY_THERE, [each.id], each.cause, at=each.at)
        if not gone:
            unit.abandon()
    return len(gone)


async def _expire_sign_in(database: Database, due: SignIn) -> bool:
    async with database.unit(None) as unit:
        operator = await operators.lock(unit.connection, due.operator_id)
        still_open = await operators.lock_sign_ins(unit.connection, due.operator_id, due.id)
        if operator is None or not still_open:
            unit.abandon()
            return False
        inside = await impersonation.lock_active(unit.connection, sign_in_id=due.id)
        await end_sessions(unit, TIME_UP, inside, "SIGNED_OUT", at=due.expires_at)
        unit.append(TIME_UP, _ran_out(due, operator.email, "its time was up"))
        await operators.end_sign_ins(unit.connection, [due.id])
    return True


async def _expire_roles(database: Database, operator_id: UUID) -> bool:
    async with database.unit(None) as unit:
        operator = await operators.lock(unit.connection, operator_id)
        lost = operator is not None and await take_back_run_out(unit, operator)
        if not lost:
            unit.abandon()
    return lost


def _ran_out(sign_in: SignIn, email: str, why: str) -> SignedOut:
    return SignedOut(sign_in_id=sign_in.id, operator_id=sign_in.operator_id, email=email, why=why)
