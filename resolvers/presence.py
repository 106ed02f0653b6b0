"""Presence: what guards know of a session's life, so that one that nobody works in ends (C-6, S3-24)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from db import impersonation, presence
from db.presence import Sign
from permissions.operators import Permission
from permissions.policy import permit
from permissions.refusals import Problem, RefusalCode, Refused, refused
from resolvers import policies
from resolvers.access import LARGEST_BATCH, Appended

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from db.engine import Database
    from permissions.caller import Caller


@dataclass(frozen=True, kw_only=True)
class Presence:
    """What a guard knows of one session: its last request there, and whether a page of it is open now."""

    session_id: UUID
    last_request_at: datetime | None
    page_open: bool


async def append(database: Database, caller: Caller, reported: Sequence[Presence]) -> Appended | Refused:
    """Take in what a guard knows; `count` is how many of these sessions live. Those that are over are no mistake.

    Raises Forbidden where the caller lacks ACCESS_LOG_APPEND.
    """
    permit(caller.permissions, Permission.ACCESS_LOG_APPEND)
    if len(reported) > LARGEST_BATCH:
        return refused(RefusalCode.INPUT_INVALID, f"Report at most {LARGEST_BATCH} sessions at a time.", "sessions")
    if problems := [_undated(place) for place, each in enumerate(reported) if _floating(each.last_request_at)]:
        return Refused(tuple(problems))
    told = {each.session_id: each for each in reported}
    async with database.bookkeeping() as connection:
        known = await impersonation.now(connection, list(told))
        live = [each for each in known if each.state == "ACTIVE" and caller.tenant_id in {None, each.tenant_id}]
        rules = await policies.as_of(connection, [(each.tenant_id, each.policy_version) for each in live])
        signs = [
            Sign(
                session_id=each.id,
                last_request_at=told[each.id].last_request_at,
                page_open=told[each.id].page_open,
                idle_seconds=rules[each.tenant_id, each.policy_version].idle_timeout_seconds,
                abandon_seconds=rules[each.tenant_id, each.policy_version].abandon_after_seconds,
            )
            for each in live
        ]
        if judged := [sign for sign in signs if sign.idle_seconds or sign.abandon_seconds]:
            await presence.note(connection, judged)
    return Appended(count=len(live), duplicates=0)


def _floating(at: datetime | None) -> bool:
    return at is not None and at.tzinfo is None


def _undated(place: int) -> Problem:
    return Problem(
        RefusalCode.INPUT_INVALID,
        f"lastRequestAt of session {place} has no time zone.",
        f"sessions.{place}.lastRequestAt",
    )
