"""A small world on a fresh database: people with roles who are signed in, and tenants, made by the use cases."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import asyncpg

from db.engine import Database
from db.ledger import Entry
from db.rows import build
from permissions.caller import Caller, Origin, Person, Service
from permissions.ids import uuid7
from permissions.operators import Permission, Role, permissions_of
from permissions.policy import TenantStatus
from permissions.refusals import Refused
from resolvers import keys, operators, roles, sign_ins, tenants
from resolvers.tenants import RegisterTenant, SetStatus

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from datetime import datetime
    from uuid import UUID

    from db.tenants import Tenant
    from tests.databases import DatabaseUrls

REASON = "webhook 500s since this morning"
# What a tenant goes through to become each of these.
WAYS = {
    TenantStatus.PROVISIONING: (),
    TenantStatus.ACTIVE: (TenantStatus.ACTIVE,),
    TenantStatus.READ_ONLY: (TenantStatus.ACTIVE, TenantStatus.READ_ONLY),
    TenantStatus.SUSPENDED: (TenantStatus.ACTIVE, TenantStatus.SUSPENDED),
    TenantStatus.OFFBOARDING: (TenantStatus.ACTIVE, TenantStatus.OFFBOARDING),
    TenantStatus.OFFBOARDED: (TenantStatus.ACTIVE, TenantStatus.OFFBOARDING, TenantStatus.OFFBOARDED),
}


@dataclass
class World:
    """A database with people and tenants in it; `admin` is signed in from the start."""

    database: Database
    urls: DatabaseUrls
    people: dict[str, UUID] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)
    admin: Caller = field(init=False)

    async def hire(
        self, email: str, role: Role | None, *, name: str | None = None, password_hash: str | None = None
    ) -> UUID:
        """A new operator with a role, or with none."""
        name = name or email.split("@", maxsplit=1)[0].title()
        operator_id = await operators.add(
            self.database, None, email=email, name=name, password_hash=password_hash, stated_by="the test"
        )
        assert not isinstance(operator_id, Refused), operator_id
        if role:
            granted = await roles.grant_role(
                self.database, None, operator_id=operator_id, role=role, reason="for the test", stated_by="the test"
            )
            assert not isinstance(granted, Refused), granted
        self.people[email] = operator_id
        return operator_id

    async def sign_in(self, email: str, *roles: Role) -> Caller:
        """A new sign-in of somebody hired before, with the permissions of `roles`."""
        token = secrets.token_bytes(32)
        person = Person(
            operator_id=self.people[email],
            sign_in_id=uuid7(),
            email=email,
            name=email.split("@", maxsplit=1)[0].title(),
            expires_at=await self.now() + timedelta(hours=12),
        )
        caller = Caller(
            who=person,
            permissions=permissions_of(frozenset(roles)),
            proof=token,
            origin=Origin(ip="203.0.113.7", user_agent="test"),
        )
        await sign_ins.sign_in(
            self.database,
            caller,
            sign_in_id=person.sign_in_id,
            token_hash=hashlib.sha256(token).digest(),
            method="PASSWORD",
        )
        return caller

    async def newcomer(self, email: str, role: Role) -> Caller:
        """Somebody hired and signed in."""
        await self.hire(email, role)
        return await self.sign_in(email, role)

    async def operator(self, role: Role | None = Role.PLATFORM_SUPPORT) -> Caller:
        """Somebody new with this role, signed in."""
        email = f"op{len(self.people)}@actas.example"
        await self.hire(email, role)
        return await self.sign_in(email, *([role] if role else []))

    async def again(self, caller: Caller) -> Caller:
        """The same person, signed in from another browser."""
        assert caller.person
        other = await self.sign_in(caller.person.email)
        return replace(other, permissions=caller.permissions)

    async def service(self, *permissions: Permission, tenant: UUID | None = None, name: str = "workspace") -> Caller:
        """A service with a new key."""
        issued = await keys.issue(
            self.database, None, name=name, permissions=permissions, tenant_id=tenant, stated_by="the test"
        )
        assert not isinstance(issued, Refused), issued
        return Caller(
            who=Service(key_id=issued.key.id, name=name, tenant_id=tenant),
            permissions=frozenset(permissions),
            proof=issued.secret.encode(),
            origin=Origin(ip="203.0.113.9", user_agent="service"),
        )

    async def somewhere(self, status: TenantStatus = TenantStatus.ACTIVE) -> Tenant:
        """A new tenant that has come to this status."""
        return await self.tenant(f"tenant-{next(self.numbers)}", status)

    async def tenant(self, slug: str, status: TenantStatus = TenantStatus.ACTIVE) -> Tenant:
        """A tenant that has come to this status."""
        registered = await tenants.register(
            self.database,
            self.admin,
            RegisterTenant(slug=slug, name=slug.title(), workspace_url=f"http://{slug}.localhost:8001"),
        )
        assert not isinstance(registered, Refused), registered
        tenant = registered.tenant
        for to in WAYS[status]:
            changed = await tenants.set_status(
                self.database, self.admin, SetStatus(tenant_id=tenant.id, to=to, reason="for the test")
            )
            assert not isinstance(changed, Refused), changed
            tenant = changed.tenant
        return tenant

    async def advance(self, by: timedelta) -> datetime:
        """Let time go by, as only the administrator of a TEST database can."""
        now: datetime = await self.admin_sql("select audit.advance_clock($1)", by)
        return now

    async def now(self) -> datetime:
        """The database's clock."""
        now: datetime = await self.admin_sql("select audit.clock()")
        return now

    async def admin_sql(self, statement: str, *arguments: object) -> Any:
        """The first value of a statement run by the administrator."""
        connection = await asyncpg.connect(self.urls.admin)
        try:
            return await connection.fetchval(statement, *arguments)
        finally:
            await connection.close()

    async def forge(self, statement: str, *arguments: object) -> None:
        """Change rows past the triggers that want an entry, as only a superuser can."""
        connection = await asyncpg.connect(self.urls.admin, server_settings={"session_replication_role": "replica"})
        try:
            await connection.execute(statement, *arguments)
        finally:
            await connection.close()

    async def rows(self, chain: UUID) -> list[asyncpg.Record]:
        """A chain as the auditor's role reads it, in order, with every column."""
        connection = await asyncpg.connect(self.urls.auditor)
        try:
            return await connection.fetch("select * from audit.entry where chain = $1 order by seq", chain)
        finally:
            await connection.close()

    async def entries(self, chain: UUID, *kinds: str) -> list[Entry]:
        """What is written in a chain, in order; of these kinds, or all."""
        entries = [build(Entry, dict(row)) for row in await self.rows(chain)]
        return [entry for entry in entries if not kinds or entry.kind in kinds]


@asynccontextmanager
async def world_on(urls: DatabaseUrls, *, following: bool = False, pool_size: int = 10) -> AsyncIterator[World]:
    """A world on this database; `following` starts its reader of the feed."""
    database = Database(urls.app, pool_size=pool_size)
    world = World(database, urls)
    try:
        if following:
            await database.start()
        await world.hire("admin@actas.example", Role.PLATFORM_ADMIN)
        world.admin = await world.sign_in("admin@actas.example", Role.PLATFORM_ADMIN)
        yield world
    finally:
        await database.close()
