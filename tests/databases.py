"""Real databases for tests: a fresh one for each test that asks for it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Final

import asyncpg

from db.migrate import set_up

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from db.embedded import Server

TEMPLATE: Final = "actas_template"


@dataclass(frozen=True)
class DatabaseUrls:
    """One database as each of the roles reaches it, and the administrator."""

    name: str
    app: str
    migrator: str
    auditor: str
    admin: str


class Databases:
    """Makes fresh databases of one server, copies of one that was migrated once."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._numbers = count(1)

    async def prepare(self) -> None:
        """Migrate the database that all others are copies of."""
        await set_up(self.server, TEMPLATE, purpose="TEST")

    @asynccontextmanager
    async def fresh(self) -> AsyncIterator[DatabaseUrls]:
        """A database as the migrations leave it, marked TEST; dropped afterwards, whoever is still connected."""
        name = f"test_{next(self._numbers)}"
        admin = await asyncpg.connect(self.server.url("actas_admin", "postgres"))
        try:
            await admin.execute(f"create database {name} template {TEMPLATE} strategy file_copy")
            # What PostgreSQL keeps outside of a database is not copied with it: who may connect.
            await admin.execute(f"revoke all on database {name} from public")
            await admin.execute(f"grant connect on database {name} to actas_migrator, actas_app, actas_auditor")
            try:
                roles = ("actas_app", "actas_migrator", "actas_auditor", "actas_admin")
                yield DatabaseUrls(name, *(self.server.url(role, name) for role in roles))
            finally:
                await admin.execute(f"drop database {name} with (force)")
        finally:
            await admin.close()
