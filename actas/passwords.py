"""Passwords of local accounts: argon2id, off the event loop, a few at a time."""

from __future__ import annotations

import asyncio
from typing import Final

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError

from permissions.keys import new_secret

# Each check takes 64 MiB and a core: more at once would let sign-ins starve everything else.
AT_ONCE: Final = 2
MOST_WAITING: Final = 32
LONGEST: Final = 200


class Busy(Exception):
    """Too many sign-ins wait already."""


class Passwords:
    """Makes and checks password hashes. A check takes the same time whether or not there is such an account."""

    def __init__(self) -> None:
        self._hasher = PasswordHash.recommended()
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._nobodys = self._hasher.hash(new_secret())

    def hash(self, password: str) -> str:
        """A new hash; it blocks, so it is for the command line."""
        return self._hasher.hash(password)

    async def matches(self, password: str, kept: str | None) -> bool:
        """Whether this is the password of the account with this hash; without one, no, after just as long (threat 54).

        Raises Busy where too many wait.
        """
        if self._waiting >= MOST_WAITING:
            raise Busy
        self._waiting += 1
        try:
            async with self._turns:
                right = await asyncio.to_thread(self._verify, password, kept or self._nobodys)
        finally:
            self._waiting -= 1
        return right and kept is not None

    def _verify(self, password: str, kept: str) -> bool:
        try:
            return self._hasher.verify(password, kept)
        except UnknownHashError:
            return False
