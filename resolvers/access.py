"""Access records: every request made inside a session, as the guards report them (S3-21, P6)."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from db import access, impersonation, operators
from permissions.operators import Permission
from permissions.policy import permit
from permissions.refusals import Problem, RefusalCode, Refused, refused
from permissions.text import defect
from resolvers.events import ImpersonationSurfaceTouched

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from db.engine import Connection, Database
    from db.unit import WriteUnit
    from permissions.caller import Caller
    from permissions.policy import Decision

LARGEST_BATCH: Final = 1000
LONGEST: Final = {"method": 32, "path": 2048, "route": 2048, "request_id": 200, "surface": 200}
SHOWN_PROBLEMS: Final = 20


@dataclass(frozen=True, kw_only=True)
class AccessRecord:
    """One request. `id`, made by the sender, makes a repeated batch harmless.

    `surface` names what it touched of that which the platform manages in a workspace.
    """

    id: UUID
    session_id: UUID
    at: datetime
    method: str
    path: str
    route: str | None
    status: int
    duration_ms: float
    wrote: bool
    request_id: str | None
    surface: str | None = None


@dataclass(frozen=True, kw_only=True)
class Appended:
    """How many records were new, and how many had been reported before."""

    count: int
    duplicates: int


async def append(database: Database, caller: Caller, records: Sequence[AccessRecord]) -> Appended | Refused:
    """Log requests that were made inside sessions: all of the batch, or none of it.

    What touched a platform-managed surface is an entry of the tenant's ledger too, in the same transaction (S3-21).

    Raises Forbidden where the caller lacks ACCESS_LOG_APPEND.
    """
    decision = permit(caller.permissions, Permission.ACCESS_LOG_APPEND)
    if len(records) > LARGEST_BATCH:
        return refused(RefusalCode.INPUT_INVALID, f"Send at most {LARGEST_BATCH} records at a time.", "records")
    if problems := [problem for index, record in enumerate(records) for problem in _problems(index, record)]:
        return Refused(tuple(problems[:SHOWN_PROBLEMS]))
    if any(record.surface for record in records):
        async with database.unit(caller) as unit:
            new = await _append(unit.connection, caller, records)
            entered = not isinstance(new, Refused) and await _enter(unit, decision, records, new)
            if not entered:
                unit.abandon()
        if entered:
            return _counted(records, new)
    # Without an entry to make, and so where every surface had been reported before.
    async with database.bookkeeping() as connection:
        return _counted(records, await _append(connection, caller, records))


def _counted(records: Sequence[AccessRecord], new: set[UUID] | Refused) -> Appended | Refused:
    return new if isinstance(new, Refused) else Appended(count=len(new), duplicates=len(records) - len(new))


async def _append(connection: Connection, caller: Caller, records: Sequence[AccessRecord]) -> set[UUID] | Refused:
    """Log the requests; the ids of those that were new."""
    if misdated := await access.misdated(connection, [record.at for record in records]):
        return Refused(tuple(_misdated(index) for index in misdated[:SHOWN_PROBLEMS]))
    known = await access.reportable(connection, list({each.session_id for each in records}), caller.tenant_id)
    if strange := [index for index, record in enumerate(records) if record.session_id not in known]:
        return Refused(tuple(_unknown(index) for index in strange[:SHOWN_PROBLEMS]))
    unique = {record.id: record for record in records}
    return await access.append(connection, caller, [asdict(record) for record in unique.values()])


async def _enter(unit: WriteUnit, decision: Decision, records: Sequence[AccessRecord], new: set[UUID]) -> bool:
    """Append what touched a surface and is new to its tenant's ledger; whether there was any."""
    touched = {each.id: each for each in records if each.surface and each.id in new}
    sessions = await impersonation.now(unit.connection, [each.session_id for each in touched.values()])
    inside = {session.id: session for session in sessions}
    people = await operators.by_ids(unit.connection, [session.operator_id for session in sessions])
    for record in sorted(touched.values(), key=lambda each: each.at):
        session = inside[record.session_id]
        operator = people[session.operator_id]
        unit.append(
            decision,
            ImpersonationSurfaceTouched(
                session_id=session.id,
                tenant_id=session.tenant_id,
                operator_id=operator.id,
                operator_name=operator.name,
                operator_email=operator.email,
                surface=record.surface or "",
                record_id=record.id,
                requested_at=record.at,
                method=record.method,
                path=record.path,
                status=record.status,
                wrote=record.wrote,
            ),
        )
    return bool(touched)


def _problems(index: int, record: AccessRecord) -> list[Problem]:
    found = []
    for name, longest in LONGEST.items():
        text = getattr(record, name)
        if text is None:
            continue
        if flaw := defect(text):
            found.append(_problem(index, name, f"{flaw}: send it percent-encoded"))
        elif len(text) > longest or (name in {"method", "surface"} and not text):
            found.append(_problem(index, name, f"is empty or has more than {longest} characters"))
    if not 100 <= record.status <= 599:
        found.append(_problem(index, "status", "is no HTTP status"))
    if not (math.isfinite(record.duration_ms) and 0 <= record.duration_ms <= 1e9):
        found.append(_problem(index, "duration_ms", "is no number of milliseconds"))
    if record.at.tzinfo is None:
        found.append(_problem(index, "at", "has no time zone"))
    return found


def _problem(index: int, name: str, what: str) -> Problem:
    head, *rest = name.split("_")
    field = head + "".join(word.title() for word in rest)
    return Problem(RefusalCode.INPUT_INVALID, f"{field} of record {index} {what}.", f"records.{index}.{field}")


def _misdated(index: int) -> Problem:
    return _problem(index, "at", "lies in the future or in a month that is not kept: set the sender's clock")


def _unknown(index: int) -> Problem:
    return Problem(
        RefusalCode.NOT_FOUND, f"The session of record {index} does not exist.", f"records.{index}.sessionUuid"
    )
