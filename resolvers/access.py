"""Access records: every request made inside a session, as the guards report them (S3-21, P6)."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from db import access
from permissions.operators import Permission
from permissions.policy import permit
from permissions.refusals import Problem, RefusalCode, Refused, refused
from permissions.text import defect

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from db.engine import Database
    from permissions.caller import Caller

LARGEST_BATCH: Final = 1000
LONGEST: Final = {"method": 32, "path": 2048, "route": 2048, "request_id": 200}
SHOWN_PROBLEMS: Final = 20


@dataclass(frozen=True, kw_only=True)
class AccessRecord:
    """One request. `id`, made by the sender, makes a repeated batch harmless."""

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


@dataclass(frozen=True, kw_only=True)
class Appended:
    """How many records were new, and how many had been reported before."""

    count: int
    duplicates: int


async def append(database: Database, caller: Caller, records: Sequence[AccessRecord]) -> Appended | Refused:
    """Log requests that were made inside sessions: all of the batch, or none of it.

    Raises Forbidden where the caller lacks ACCESS_LOG_APPEND.
    """
    permit(caller.permissions, Permission.ACCESS_LOG_APPEND)
    if len(records) > LARGEST_BATCH:
        return refused(RefusalCode.INPUT_INVALID, f"Send at most {LARGEST_BATCH} records at a time.", "records")
    if problems := [problem for index, record in enumerate(records) for problem in _problems(index, record)]:
        return Refused(tuple(problems[:SHOWN_PROBLEMS]))
    unique = {record.id: record for record in records}
    async with database.bookkeeping() as connection:
        if misdated := await access.misdated(connection, [record.at for record in records]):
            return Refused(tuple(_misdated(index) for index in misdated[:SHOWN_PROBLEMS]))
        known = await access.reportable(connection, list({each.session_id for each in records}), caller.tenant_id)
        if strange := [index for index, record in enumerate(records) if record.session_id not in known]:
            return Refused(tuple(_unknown(index) for index in strange[:SHOWN_PROBLEMS]))
        count = await access.append(connection, caller, [asdict(record) for record in unique.values()])
    return Appended(count=count, duplicates=len(records) - count)


def _problems(index: int, record: AccessRecord) -> list[Problem]:
    found = []
    for name, longest in LONGEST.items():
        text = getattr(record, name)
        if text is None:
            continue
        if flaw := defect(text):
            found.append(_problem(index, name, f"{flaw}: send it percent-encoded"))
        elif len(text) > longest or (name == "method" and not text):
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
