"""The parts of a running process, made once and handed to whoever needs them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from actas.passwords import Passwords
from actas.throttle import Throttle
from resolvers.activity import ActivityRecorder
from resolvers.attempts import AttemptCounter
from resolvers.callers import Callers

if TYPE_CHECKING:
    from actas.settings import Settings
    from db.engine import Database
    from permissions.tokens import Keyring


@dataclass(frozen=True, kw_only=True)
class Services:
    """One process's parts. `demo`: the database is marked DEMO or TEST, so its well-known password is good.

    `stopping` is set once the process was told to end: what would last for ever ends then, too.
    """

    settings: Settings
    database: Database
    keyring: Keyring
    demo: bool
    callers: Callers
    attempts: AttemptCounter
    activity: ActivityRecorder
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    passwords: Passwords = field(default_factory=Passwords)
    # Failures only: thirty at once from one address range, ten for one account, there or not.
    by_address: Throttle = field(default_factory=lambda: Throttle(burst=30, seconds_each=2))
    by_account: Throttle = field(default_factory=lambda: Throttle(burst=10, seconds_each=6))

    @classmethod
    def of(cls, settings: Settings, database: Database, keyring: Keyring, *, demo: bool) -> Services:
        """The parts that follow from these."""
        return cls(
            settings=settings,
            database=database,
            keyring=keyring,
            demo=demo,
            callers=Callers(database),
            attempts=AttemptCounter(database),
            activity=ActivityRecorder(database),
        )
