"""What a viewer watches of themselves: their permissions, and the session in this sign-in, as they change."""

from __future__ import annotations

from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

from db import impersonation
from db.ledger import clock
from resolvers.streams import Lost, News, Now, Step, Tick, patiently, reading, told, with_ticks

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from db.engine import Database
    from db.ledger import Entry
    from permissions.caller import Caller

ROLE_CHANGES: Final = frozenset({"ROLE_GRANTED", "ROLE_REVOKED"})
SESSION_CHANGES: Final = frozenset({"IMPERSONATION_STARTED", "IMPERSONATION_MODE_CHANGED", "IMPERSONATION_ENDED"})


class Live(Protocol):
    """Loads the caller anew, as of a second ago at most; raises Unauthenticated where the sign-in or key is over."""

    async def __call__(self, *, fresh: bool = False) -> Caller:
        """`fresh`: as of now."""


async def events(database: Database, live: Live) -> AsyncGenerator[News]:
    """SNAPSHOT, then CHANGED with the whole viewer anew: a role came or went, or a session in this sign-in did.

    After a GAP a SNAPSHOT again. It raises within 2 s of the end of the sign-in or key.
    """

    async def nothing(_connection: Any) -> None:
        return None

    caller = await patiently(live)
    position = ""
    async with aclosing(with_ticks(told(database, None, nothing))) as changes:
        async for each in changes:
            known = caller.permissions
            if isinstance(each, Tick):
                caller = await patiently(live)
                # A role whose time is up counts no longer, before anybody has written that down.
                if caller.permissions != known:
                    at = await patiently(partial(reading, database, clock))
                    yield News(change="CHANGED", at=at, position=position)
                continue
            position = each.position.encode()
            if isinstance(each, Step):
                concerns = each.entry is not None and await _concerns(database, caller, each.entry)
                caller = await patiently(partial(live, fresh=concerns))
                if each.entry and (concerns or caller.permissions != known):
                    yield News(change="CHANGED", at=each.entry.at, position=position)
            elif isinstance(each, Now):
                # Asked after the snapshot was taken: what changes from here on is an entry that follows.
                caller = await patiently(partial(live, fresh=True))
                yield News(change="SNAPSHOT", at=each.at, position=position)
            elif isinstance(each, Lost):
                yield News(change="GAP", at=each.at, position=position)


async def _concerns(database: Database, caller: Caller, entry: Entry) -> bool:
    """Whether an entry tells of a role of the viewer's, or of a session in this very sign-in."""
    if caller.person is None or entry.operator_id != caller.person.operator_id:
        return False
    if entry.kind in SESSION_CHANGES and entry.session_id:
        found = await patiently(partial(reading, database, impersonation.now, [entry.session_id]))
        return any(session.sign_in_id == caller.person.sign_in_id for session in found)
    return entry.kind in ROLE_CHANGES
