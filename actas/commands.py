"""What commands do once they are understood. Nobody proves who they are here: the ledger marks it as claimed."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from actas.ledger_formats import written
from actas.passwords import Passwords
from actas.server import CannotReach, cannot_reach, database_at
from db import embedded, handoff, health
from db import operators as operator_rows
from db.engine import Database
from db.errors import AWAY, OtherSchema
from db.migrate import expect_own_schema
from db.pages import keys as key_pages
from db.pages import operators as operator_pages
from db.pages import tenants as tenant_pages
from db.pages.keyset import Window
from permissions.refusals import Refused
from resolvers import exports, keys, operators, tenants
from resolvers.expiry import Ended, end_due, sweep_restored
from resolvers.roles import grant_role
from resolvers.tenants import SetStatus, TenantChanged

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection
    from uuid import UUID

    from actas.cli.base import Output
    from actas.settings import Settings
    from db.engine import Connection
    from db.keys import ServiceKey
    from db.ledger import Entry
    from db.operators import Operator
    from db.tenants import Tenant
    from permissions.operators import Permission, Role
    from permissions.policy import TenantStatus
    from resolvers.exports import ExportRequest
    from resolvers.keys import Issued

T = TypeVar("T")
MOST_OPERATORS = 10_000


class Failed(Exception):
    """What was asked for was refused; the message says why."""


@dataclass(frozen=True)
class Listed:
    """An operator with the roles in force."""

    operator: Operator
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Swept:
    """What a sweep by hand did."""

    ended: Ended
    restored: int
    months: int


async def add_operator(
    settings: Settings, *, email: str, name: str, password: str, roles: Collection[Role], stated_by: str
) -> Listed:
    """Make an operator with a local account and these roles."""
    async with database_of(settings) as database:
        added = await operators.add(
            database, None, email=email, name=name, password_hash=Passwords().hash(password), stated_by=stated_by
        )
        operator_id = good(added)
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
        async with database.read() as connection:
            found = await operator_pages.by_ids(connection, [operator_id])
            return (await _listed(connection, [found[operator_id]]))[0]


async def list_operators(settings: Settings) -> list[Listed]:
    """Everybody, by name."""
    async with database_of(settings) as database, database.read() as connection:
        page = await operator_pages.operators(connection, None, Window(MOST_OPERATORS))
        return await _listed(connection, list(page.rows))


async def disable_operator(settings: Settings, *, email: str, reason: str, stated_by: str) -> Listed:
    """Shut out whoever has this address."""
    async with database_of(settings) as database:
        async with database.read() as connection:
            operator = await operator_rows.by_email(connection, email)
        if operator is None:
            raise Failed(f"Nobody with the address {email} is an operator.")
        disabled = await operators.disable(database, None, operator_id=operator.id, reason=reason, stated_by=stated_by)
        async with database.read() as connection:
            return (await _listed(connection, [good(disabled)]))[0]


async def issue_key(
    settings: Settings, *, name: str, permissions: Collection[Permission], slug: str | None, stated_by: str
) -> Issued:
    """Make a key, for all tenants or the one with this slug."""
    async with database_of(settings) as database:
        tenant_id = (await _tenant(database, slug)).id if slug is not None else None
        issued = await keys.issue(
            database, None, name=name, permissions=set(permissions), tenant_id=tenant_id, stated_by=stated_by
        )
        return good(issued)


async def list_keys(settings: Settings) -> list[ServiceKey]:
    """All keys, the newest first."""
    async with database_of(settings) as database, database.read() as connection:
        return await key_pages.everything(connection)


async def revoke_key(settings: Settings, *, key: str, reason: str, stated_by: str) -> ServiceKey:
    """Revoke the one key that is meant by an id or a beginning."""
    async with database_of(settings) as database:
        async with database.read() as connection:
            found = await key_pages.everything(connection)
        meant = [each for each in found if key in {str(each.id), each.prefix}]
        if len(meant) != 1:
            raise Failed(f"{'Several keys begin' if meant else 'No key begins'} with {key}: see `actas key list`.")
        revoked = await keys.revoke(database, None, key_id=meant[0].id, reason=reason, stated_by=stated_by)
        return good(revoked)


async def set_tenant_status(
    settings: Settings,
    *,
    slug: str,
    to: TenantStatus,
    reason: str,
    exception: str | None,
    dry_run: bool,
    stated_by: str,
) -> tuple[TenantChanged, dict[UUID, Operator]]:
    """The tenant after the change, the sessions that ended (or would), and whose they are."""
    async with database_of(settings) as database:
        tenant = await _tenant(database, slug)
        request = SetStatus(tenant_id=tenant.id, to=to, reason=reason, exception=exception, dry_run=dry_run)
        changed = good(await tenants.set_status(database, None, request, stated_by=stated_by))
        async with database.read() as connection:
            people = await operator_pages.by_ids(connection, [each.operator_id for each in changed.sessions_ended])
    return changed, people


async def export_ledger(
    settings: Settings,
    request: ExportRequest,
    to: Output,
    report: Callable[[float], None],
    *,
    stated_by: str,
) -> int:
    """Write an export once it is recorded; how many entries it has."""
    async with database_of(settings) as database:
        export = good(await exports.begin(database, None, request, stated_by=stated_by))
        whole, count = max(1, sum(export.extent.heads.values())), 0

        async def counted() -> AsyncIterator[list[Entry]]:
            nonlocal count
            async for page in exports.pages(database, export):
                count += len(page)
                report(min(1.0, count / whole))
                yield page

        async for piece in written(export, counted()):
            to.write(piece)
        to.flush()
    return count


async def sweep(settings: Settings) -> Swept:
    """Everything that the loops of a serving process do, once."""
    async with database_of(settings) as database:
        restored = await sweep_restored(database)
        ended = await end_due(database)
        async with database.bookkeeping() as connection:
            months = await health.ensure_months(connection)
            await handoff.forget_old(connection)
    return Swept(ended, restored, months)


@asynccontextmanager
async def database_of(settings: Settings) -> AsyncIterator[Database]:
    """The database that the settings name, for one command: nothing is made where there is none.

    Raises CannotReach, CannotStart, or Failed where its schema is another version's.
    """
    if not (settings.database_url or embedded.exists(settings.data_dir)):
        raise CannotReach(
            f"There is no database in {settings.data_dir}. Name its folder with --data-dir, set DATABASE_URL, or make "
            "one with `actas migrate`."
        )
    with database_at(settings) as at:
        try:
            await expect_own_schema(at.url)
        except OtherSchema as error:
            raise Failed(str(error)) from error
        except AWAY as error:
            raise cannot_reach(error) from error
        database = Database(at.url, pool_size=2)
        try:
            yield database
        finally:
            await database.close()


def good(outcome: T | Refused) -> T:
    """The outcome; raises Failed for a refusal."""
    if isinstance(outcome, Refused):
        raise Failed(
            "\n".join(f"{each.field}: {each.message}" if each.field else each.message for each in outcome.problems)
        )
    return outcome


async def _tenant(database: Database, slug: str) -> Tenant:
    async with database.read() as connection:
        found = await tenant_pages.by_slugs(connection, [slug])
    if slug not in found:
        raise Failed(f"There is no tenant {slug}.")
    return found[slug]


async def _listed(connection: Connection, everybody: list[Operator]) -> list[Listed]:
    granted = await operator_pages.grants_of(connection, [each.id for each in everybody])
    return [Listed(each, tuple(grant.role for grant in granted[each.id])) for each in everybody]
