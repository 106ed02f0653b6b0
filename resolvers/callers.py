"""From a bearer secret to a caller, and whether it still is one."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from db import callers, keys
from permissions.caller import Caller, Origin, Person, Service
from permissions.keys import digest, is_key, is_secret
from permissions.operators import permissions_of
from permissions.refusals import Unavailable

if TYPE_CHECKING:
    from uuid import UUID

    from db.callers import Account
    from db.engine import Database

# How long an answer about an open socket may be used again; with the query it stays well within the promised 2 s.
RECHECK_SECONDS: Final = 1.0
TOUCH_SECONDS: Final = 60.0
SWEEP_AT: Final = 10_000
FOREVER: Final = float("inf")


@dataclass(frozen=True)
class _Known:
    caller: Caller | None
    until: float


class Callers:
    """Finds callers in the database, anew for each request; nothing about who may is kept longer than a second."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[bytes, _Known] = {}
        self._touched: dict[UUID, float] = {}

    async def by_sign_in(self, token: str, origin: Origin) -> Caller | None:
        """The operator whose sign-in this token is; permissions are those of the roles in force now.

        An operator without any role is a caller without permissions; a disabled one is nobody.
        """
        if not is_secret(token):
            return None
        return (await self._sign_in(token.encode(), origin)).caller

    async def by_key(self, key: str, origin: Origin) -> Caller | None:
        """The service whose key this is."""
        if not is_key(key):
            return None
        known = await self._key(key.encode(), origin)
        if known.caller:
            await self._touch(known.caller.id)
        return known.caller

    async def still_valid(self, caller: Caller, *, fresh: bool = False) -> Caller | None:
        """The caller as of at most a second ago, with the permissions of now; None once the sign-in or key is over.

        `fresh` asks the database whatever is known: somebody has heard of a change. Raises Unavailable where it
        cannot be known.
        """
        known = self._known.get(caller.proof)
        if fresh or known is None or known.until <= time.monotonic():
            look = partial(self._look, caller)
            # A hundred sockets of one key are due at the same moment. Who has heard of a change looks for themselves.
            known = await (look() if fresh else self._database.shared.ask(caller.proof, look, once_more=False))
        return replace(known.caller, origin=caller.origin) if known.caller else None

    async def _look(self, caller: Caller) -> _Known:
        known = await (self._sign_in if caller.person else self._key)(caller.proof, caller.origin)
        self._remember(caller.proof, known)
        return known

    def recheck_in(self, caller: Caller) -> float:
        """Seconds until `still_valid` asks the database again: a second, or less where the sign-in ends sooner."""
        known = self._known.get(caller.proof)
        return max(0.0, known.until - time.monotonic()) if known else 0.0

    async def account(self, email: str) -> Account | None:
        """The local account with this address, for checking a password."""
        async with self._database.read() as connection:
            return await callers.account(connection, email)

    async def _sign_in(self, token: bytes, origin: Origin) -> _Known:
        asked = time.monotonic()
        async with self._database.read() as connection:
            found = await callers.by_sign_in(connection, digest(token))
        if found is None:
            return _Known(None, asked + RECHECK_SECONDS)
        person = Person(
            operator_id=found.operator_id,
            sign_in_id=found.sign_in_id,
            email=found.email,
            name=found.name,
            expires_at=found.expires_at,
        )
        caller = Caller(who=person, permissions=permissions_of(found.roles), proof=token, origin=origin)
        return _Known(caller, asked + min(RECHECK_SECONDS, found.seconds_left))

    async def _key(self, key: bytes, origin: Origin) -> _Known:
        asked = time.monotonic()
        async with self._database.read() as connection:
            found = await callers.by_key(connection, digest(key))
        if found is None:
            return _Known(None, asked + RECHECK_SECONDS)
        service = Service(key_id=found.key_id, name=found.name, tenant_id=found.tenant_id)
        caller = Caller(who=service, permissions=found.permissions, proof=key, origin=origin)
        return _Known(caller, asked + RECHECK_SECONDS)

    def _remember(self, proof: bytes, known: _Known) -> None:
        if len(self._known) >= SWEEP_AT:
            now = time.monotonic()
            self._known = {each: kept for each, kept in self._known.items() if kept.until > now}
        self._known[proof] = known

    async def _touch(self, key_id: UUID) -> None:
        now = time.monotonic()
        if now - self._touched.get(key_id, -FOREVER) < TOUCH_SECONDS:
            return
        self._touched[key_id] = now
        try:
            async with self._database.bookkeeping() as connection:
                await keys.touch(connection, key_id)
        except Unavailable:
            del self._touched[key_id]
