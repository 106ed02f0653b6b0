"""Who a bearer secret belongs to, if its sign-in or key is still good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import text

from db.rows import build
from permissions.operators import Permission, Role

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """The operator behind a sign-in that is not over."""

    operator_id: UUID
    sign_in_id: UUID
    email: str
    name: str
    expires_at: datetime
    seconds_left: float
    roles: frozenset[Role]


@dataclass(frozen=True, kw_only=True)
class KeyHolder:
    """The service behind a key that is not revoked."""

    key_id: UUID
    name: str
    tenant_id: UUID | None
    permissions: frozenset[Permission]


async def by_sign_in(connection: AsyncConnection, token_hash: bytes) -> SignedIn | None:
    """Who signed in with this token, with the roles in force at this moment; nobody where the operator is disabled."""
    result = await connection.execute(
        text("""
            select o.id as operator_id, s.id as sign_in_id, o.email, o.name, s.expires_at,
                   extract(epoch from s.expires_at - c.now)::double precision as seconds_left,
                   array(select g.role from identity.role_grant g where g.operator_id = o.id and g.revoked_at is null
                          and (g.expires_at is null or g.expires_at > c.now)) as roles
              from (select audit.clock() as now offset 0) c cross join identity.sign_in s
              join identity.operator o on o.id = s.operator_id
             where s.token_hash = :hash and s.ended_at is null and s.expires_at > c.now and o.disabled_at is null"""),
        {"hash": token_hash},
    )
    row = result.mappings().one_or_none()
    return build(SignedIn, {**row, "roles": frozenset(Role(role) for role in row["roles"])}) if row else None


async def by_key(connection: AsyncConnection, key_hash: bytes) -> KeyHolder | None:
    """Whose key this is."""
    result = await connection.execute(
        text("""
            select id as key_id, name, tenant_id, permissions from identity.service_key
             where key_hash = :hash and revoked_at is null"""),
        {"hash": key_hash},
    )
    row = result.mappings().one_or_none()
    if row is None:
        return None
    return build(KeyHolder, {**row, "permissions": frozenset(Permission(each) for each in row["permissions"])})


@dataclass(frozen=True, kw_only=True)
class Account:
    """A local account, as far as signing in needs it."""

    operator_id: UUID
    email: str
    name: str
    password_hash: str | None


async def account(connection: AsyncConnection, email: str) -> Account | None:
    """The account with this address (compared without case), unless it is disabled."""
    result = await connection.execute(
        text("""
            select id as operator_id, email, name, password_hash from identity.operator
             where email = :email and disabled_at is null"""),
        {"email": email.strip().lower()},
    )
    row = result.mappings().one_or_none()
    return build(Account, row) if row else None
