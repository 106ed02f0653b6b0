"""Operators, their roles and sign-ins: the rows that a start, a disable and a sign-out lock alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from sqlalchemy import text

from db.rows import build
from permissions.operators import Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

COLUMNS: Final = "id, email, name, disabled_at, created_at, last_sign_in_at"


@dataclass(frozen=True, kw_only=True)
class Operator:
    """A person of the platform's staff."""

    id: UUID
    email: str
    name: str
    disabled_at: datetime | None
    created_at: datetime
    last_sign_in_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class RoleGrant:
    """A role that somebody has, from whom and why."""

    id: UUID
    operator_id: UUID
    role: Role
    reason: str
    granted_by_kind: str
    granted_by_id: UUID | None
    granted_by_name: str
    granted_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """One browser's sign-in."""

    id: UUID
    operator_id: UUID
    expires_at: datetime
    ended_at: datetime | None


async def lock(connection: AsyncConnection, operator_id: UUID) -> Operator | None:
    """The operator, held until the commit: it serialises starts, replacement, roles and disabling (mechanisms C)."""
    result = await connection.execute(
        text(f"select {COLUMNS} from identity.operator where id = :id for no key update"),
        {"id": operator_id},
    )
    found = result.mappings().one_or_none()
    return build(Operator, found) if found else None


async def lock_many(connection: AsyncConnection, ids: Sequence[UUID], *, admins: bool = False) -> dict[UUID, Operator]:
    """These operators, held until the commit, each by id.

    With `admins` everybody who is an admin too: who takes one away then knows how many are left, since nobody else
    can be taking another.
    """
    result = await connection.execute(
        text(f"""
            select {COLUMNS} from identity.operator
             where id = any(:ids) or (:admins and id in (select g.operator_id from identity.role_grant g
                    where g.role = 'PLATFORM_ADMIN' and g.revoked_at is null))
             order by id for no key update"""),
        {"ids": list(ids), "admins": admins},
    )
    return {row["id"]: build(Operator, row) for row in result.mappings()}


async def lasting_admins(connection: AsyncConnection) -> frozenset[UUID]:
    """Who is an admin for good and can sign in."""
    result = await connection.execute(
        text("""
            select g.operator_id from identity.role_grant g join identity.operator o on o.id = g.operator_id
             where g.role = 'PLATFORM_ADMIN' and g.revoked_at is null and g.expires_at is null
               and o.disabled_at is null""")
    )
    return frozenset(result.scalars())


async def by_email(connection: AsyncConnection, email: str) -> Operator | None:
    """The operator with this address, compared without case."""
    result = await connection.execute(
        text(f"select {COLUMNS} from identity.operator where email = :email"), {"email": email.strip().lower()}
    )
    found = result.mappings().one_or_none()
    return build(Operator, found) if found else None


async def by_ids(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, Operator]:
    """These operators."""
    result = await connection.execute(
        text(f"select {COLUMNS} from identity.operator where id = any(:ids)"),
        {"ids": list(ids)},
    )
    return {row["id"]: build(Operator, row) for row in result.mappings()}


async def insert(connection: AsyncConnection, values: Mapping[str, Any]) -> bool:
    """Add an operator; False where the address is taken."""
    result = await connection.execute(
        text("""
            insert into identity.operator (id, email, name, password_hash, created_at)
            values (:id, :email, :name, :password_hash, audit.clock()) on conflict (email) do nothing returning id"""),
        values,
    )
    return result.one_or_none() is not None


async def set_disabled(connection: AsyncConnection, operator_id: UUID, *, disabled: bool) -> Operator:
    """Disable or enable a locked operator."""
    result = await connection.execute(
        text(f"""
            update identity.operator set disabled_at = case when :disabled then audit.clock() end where id = :id
            returning {COLUMNS}"""),
        {"id": operator_id, "disabled": disabled},
    )
    return build(Operator, result.mappings().one())


async def roles_in_force(connection: AsyncConnection, operator_id: UUID) -> frozenset[Role]:
    """The roles that count now: neither revoked nor run out."""
    result = await connection.execute(
        text("""
            select role from identity.role_grant where operator_id = :id and revoked_at is null
             and (expires_at is null or expires_at > audit.clock())"""),
        {"id": operator_id},
    )
    return frozenset(Role(role) for role in result.scalars())


async def grant(connection: AsyncConnection, values: Mapping[str, Any]) -> RoleGrant | None:
    """Give a role to a locked operator, for good or `expires_in` seconds; None where it is held already."""
    result = await connection.execute(
        text("""
            insert into identity.role_grant (id, operator_id, role, reason, granted_by_kind, granted_by_id,
              granted_by_name, granted_at, expires_at)
            values (:id, :operator_id, :role, :reason, :by_kind, :by_id, :by_name, audit.clock(),
              audit.clock() + make_interval(secs => cast(:expires_in as double precision)))
            on conflict (operator_id, role) where revoked_at is null do nothing returning *"""),
        values,
    )
    row = result.mappings().one_or_none()
    return build(RoleGrant, {**row, "role": Role(row["role"])}) if row else None


async def revoke(connection: AsyncConnection, operator_id: UUID, role: Role) -> None:
    """Take a role from a locked operator who has it."""
    await connection.execute(
        text("""
            update identity.role_grant set revoked_at = audit.clock()
             where operator_id = :id and role = :role and revoked_at is null"""),
        {"id": operator_id, "role": role},
    )


async def revoke_run_out(connection: AsyncConnection, operator_id: UUID) -> list[tuple[Role, datetime]]:
    """Revoke a locked operator's roles whose time is up; which, and when."""
    result = await connection.execute(
        text("""
            update identity.role_grant set revoked_at = expires_at where operator_id = :id and revoked_at is null
             and expires_at <= audit.clock() returning role, expires_at"""),
        {"id": operator_id},
    )
    return [(Role(row.role), row.expires_at) for row in result]


async def with_roles_run_out(connection: AsyncConnection) -> list[UUID]:
    """Who has a role whose time is up."""
    result = await connection.execute(
        text("""
            select distinct operator_id from identity.role_grant
             where revoked_at is null and expires_at <= audit.clock() order by operator_id limit 100""")
    )
    return list(result.scalars())


async def insert_sign_in(connection: AsyncConnection, values: Mapping[str, Any]) -> SignIn:
    """Open a sign-in for `lasts_seconds`; only the hash of its token is kept."""
    result = await connection.execute(
        text("""
            insert into identity.sign_in (id, operator_id, token_hash, created_at, expires_at, ip, user_agent)
            select :id, :operator_id, :token_hash, c.now, c.now + make_interval(secs => :lasts_seconds), :ip,
              :user_agent from (select audit.clock() as now offset 0) c
            returning id, operator_id, expires_at, ended_at"""),
        values,
    )
    await connection.execute(
        text("update identity.operator set last_sign_in_at = audit.clock() where id = :operator_id"), values
    )
    return build(SignIn, result.mappings().one())


async def lock_sign_ins(connection: AsyncConnection, operator_id: UUID, sign_in_id: UUID | None = None) -> list[SignIn]:
    """A locked operator's open sign-ins, or the one named, by id."""
    result = await connection.execute(
        text("""
            select id, operator_id, expires_at, ended_at from identity.sign_in
             where operator_id = :operator and ended_at is null and (cast(:id as uuid) is null or id = :id)
             order by id for no key update"""),
        {"operator": operator_id, "id": sign_in_id},
    )
    return [build(SignIn, row) for row in result.mappings()]


async def end_sign_ins(connection: AsyncConnection, ids: Sequence[UUID]) -> None:
    """End locked sign-ins."""
    await connection.execute(
        text("""
            update identity.sign_in set ended_at = least(audit.clock(), expires_at)
             where id = any(:ids) and ended_at is null"""),
        {"ids": list(ids)},
    )


async def sign_ins_run_out(connection: AsyncConnection) -> list[SignIn]:
    """Open sign-ins past their time."""
    result = await connection.execute(
        text("""
            select id, operator_id, expires_at, ended_at from identity.sign_in
             where ended_at is null and expires_at <= audit.clock() order by expires_at limit 100""")
    )
    return [build(SignIn, row) for row in result.mappings()]


async def lock_all_sign_ins(connection: AsyncConnection) -> list[SignIn]:
    """Everybody's open sign-ins, their operators first, each by id."""
    await connection.execute(
        text("""
            select id from identity.operator
             where id in (select operator_id from identity.sign_in where ended_at is null)
             order by id for no key update""")
    )
    result = await connection.execute(
        text("""
            select id, operator_id, expires_at, ended_at from identity.sign_in where ended_at is null
             order by id for no key update""")
    )
    return [build(SignIn, row) for row in result.mappings()]
