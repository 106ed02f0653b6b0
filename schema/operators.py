"""Operators, their roles, and who did something."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import strawberry

from db.pages import impersonation as session_pages
from db.pages import keyset
from db.pages import operators as pages
from permissions.fields import needs
from permissions.operators import Permission, Role
from schema import filters, ids, impersonation, keys, lazy
from schema.context import Info
from schema.enums import ActorKind
from schema.paging import After, First, Node

if TYPE_CHECKING:
    from db import operators as rows
    from permissions.caller import Caller


def _own(source: Operator, caller: Caller) -> bool:
    return caller.person is not None and caller.person.operator_id == source.uuid


def _own_key(source: Actor, caller: Caller) -> bool:
    return caller.service is not None and caller.service.key_id == source.actor_id


@strawberry.type(description="Who did it.")
class Actor:
    """As the ledger names them; the name alone is for everybody who may read the entry."""

    actor_id: strawberry.Private[UUID | None]
    kind: ActorKind = strawberry.field(description="What kind of actor.")
    name: str = strawberry.field(
        description="What a tenant admin reads; a person stated by a service reads `X, as stated by key K`."
    )

    @classmethod
    def of(cls, kind: str, actor_id: UUID | None, name: str) -> Actor:
        """As a row names them."""
        return cls(kind=ActorKind(kind), actor_id=actor_id, name=name)

    @strawberry.field(description="The operator, where a person of the platform's staff did it.")
    async def operator(self, info: Info) -> Operator | None:
        """Loaded for all actors at once."""
        if self.kind is not ActorKind.OPERATOR or self.actor_id is None:
            return None
        return await load(info, self.actor_id)

    @strawberry.field(
        description="The key, where a service did it or stated who did.",
        extensions=[needs(Permission.SERVICE_KEY_MANAGE, own=_own_key)],
    )
    async def service_key(self, info: Info) -> lazy.ServiceKey | None:
        """Loaded for all actors at once."""
        if self.kind not in {ActorKind.SERVICE, ActorKind.TENANT} or self.actor_id is None:
            return None
        return await keys.load(info, self.actor_id)


@strawberry.type(description="A role that an operator has, from whom and why.")
class RoleGrant:
    """A role in force."""

    role: Role = strawberry.field(description="The role.")
    reason: str = strawberry.field(description="Why it was given.")
    granted_by: Actor = strawberry.field(description="Who gave it.")
    granted_at: datetime = strawberry.field(description="When it was given.")
    expires_at: datetime | None = strawberry.field(description="When it ends by itself, where it does.")

    @classmethod
    def of(cls, row: rows.RoleGrant) -> RoleGrant:
        """From its row."""
        return cls(
            role=row.role,
            reason=row.reason,
            granted_by=Actor.of(row.granted_by_kind, row.granted_by_id, row.granted_by_name),
            granted_at=row.granted_at,
            expires_at=row.expires_at,
        )


@strawberry.type(description="A person of the platform's staff.")
class Operator(Node):
    """An operator; who may read a session or an entry may read the operator's name and address."""

    uuid: UUID = strawberry.field(description="The id that tokens and ledgers carry.")
    email: str = strawberry.field(description="The address that the operator signs in with.")
    name: str = strawberry.field(description="The operator's name.")
    disabled: bool | None = strawberry.field(
        description="Whether the operator may no longer sign in.",
        extensions=[needs(Permission.OPERATOR_READ, own=_own)],
    )
    created_at: datetime | None = strawberry.field(
        description="When the operator was added.", extensions=[needs(Permission.OPERATOR_READ, own=_own)]
    )
    last_sign_in_at: datetime | None = strawberry.field(
        description="When the operator signed in last.", extensions=[needs(Permission.OPERATOR_READ, own=_own)]
    )

    @classmethod
    def of(cls, row: rows.Operator) -> Operator:
        """From its row."""
        return cls(
            id=ids.encode("Operator", row.id),
            uuid=row.id,
            email=row.email,
            name=row.name,
            disabled=row.disabled_at is not None,
            created_at=row.created_at,
            last_sign_in_at=row.last_sign_in_at,
        )

    @strawberry.field(description="The roles in force.", extensions=[needs(Permission.OPERATOR_READ, own=_own)])
    async def roles(self, info: Info) -> list[Role] | None:
        """By role."""
        return [row.role for row in await info.context.load(pages.grants_of, self.uuid) or []]

    @strawberry.field(
        description="The roles in force, with who gave them and why.",
        extensions=[needs(Permission.OPERATOR_READ, own=_own)],
    )
    async def role_grants(self, info: Info) -> list[RoleGrant] | None:
        """By role."""
        return [RoleGrant.of(row) for row in await info.context.load(pages.grants_of, self.uuid) or []]

    @strawberry.field(
        description="The operator's sessions, the newest first.", extensions=[needs(Permission.OPERATOR_READ)]
    )
    async def sessions(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        filter: filters.Sessions = None,
    ) -> lazy.ImpersonationSessionConnection | None:
        """Kept to the caller's tenant, where it has one."""
        where = filters.sessions(filter, only=info.context.caller.tenant_id)
        window = keyset.window(session_pages.NEWEST_FIRST, first=first, after=after)
        return impersonation.page(info, await info.context.load(session_pages.of_operators, self.uuid, where, window))


async def load(info: Info, operator_id: UUID) -> Operator | None:
    """The operator with this id, loaded for all that ask at once."""
    row = await info.context.load(pages.by_ids, operator_id)
    return Operator.of(row) if row else None


async def need(info: Info, operator_id: UUID) -> Operator:
    """The operator that a row refers to."""
    found = await load(info, operator_id)
    if found is None:
        raise LookupError(f"operator {operator_id} is referred to and missing")
    return found
