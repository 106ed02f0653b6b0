"""What commands do once they are understood."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from actas.passwords import Passwords
from actas.server import database_at
from db.engine import Database
from db.pages import tenants
from permissions.refusals import Refused
from resolvers import keys, operators
from resolvers.roles import grant_role

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection

    from actas.settings import Settings
    from permissions.operators import Permission, Role

T = TypeVar("T")


class Failed(Exception):
    """What was asked for was refused; the message says why."""


async def add_operator(
    settings: Settings, *, email: str, name: str, password: str, roles: Collection[Role], stated_by: str
) -> None:
    """Make an operator with a local account and these roles."""
    async with database_of(settings) as database:
        password_hash = Passwords().hash(password)
        operator_id = good(
            await operators.add(
                database, None, email=email, name=name, password_hash=password_hash, stated_by=stated_by
            )
        )
        for role in roles:
            granted = await grant_role(
                database,
                None,
                operator_id=operator_id,
                role=role,
                reason="Added on the command line",
                stated_by=stated_by,
            )
            good(granted)


async def issue_key(
    settings: Settings, *, name: str, permissions: Collection[Permission], slug: str | None, stated_by: str
) -> str:
    """Make a key, for all tenants or the one with this slug; its secret."""
    async with database_of(settings) as database:
        tenant_id = None
        if slug is not None:
            async with database.read() as connection:
                found = await tenants.by_slugs(connection, [slug])
            if slug not in found:
                raise Failed(f"There is no tenant {slug}.")
            tenant_id = found[slug].id
        issued = await keys.issue(
            database, None, name=name, permissions=set(permissions), tenant_id=tenant_id, stated_by=stated_by
        )
        return good(issued).secret


@asynccontextmanager
async def database_of(settings: Settings) -> AsyncIterator[Database]:
    """The database that the settings name, for one command."""
    with database_at(settings) as at:
        database = Database(at.url, pool_size=2)
        try:
            yield database
        finally:
            await database.close()


def good(outcome: T | Refused) -> T:
    """The outcome; raises Failed for a refusal."""
    if isinstance(outcome, Refused):
        raise Failed(outcome.message)
    return outcome
