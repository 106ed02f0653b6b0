"""Operators, their roles, and who did something."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from db.pages import impersonation as session_pages
from db.pages import keyset
from db.pages import operators as pages
from permissions.fields import needs
from permissions.operators import Permission, Role
from permissions.refusals import BadInput
from schema import filters, ids, impersonation, keys, lazy
from schema.context import Info
from schema.enums import ActorKind
from schema.paging import After, Connection, First, Node
from schema.refusals import Refused

if TYPE_CHECKING:
    from db import operators as rows
    from permissions.caller import Caller

MOST_DAYS = 366


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


@strawberry.type(
    description=(
        "What an auditor asks about one operator: the sessions that began in some last days. How many there were, how "
        "many of them the operator stopped, how many ran out or were abandoned, and so on."
    )
)
class OperatorConduct:
    """Figures over a window."""

    started: int = strawberry.field(description="Sessions that began.")
    stopped: int = strawberry.field(description="Of these, how many the operator stopped.")
    expired: int = strawberry.field(description="Of these, how many were left until their time was up.")
    abandoned: int = strawberry.field(description="Of these, how many were closed without being stopped.")
    tenants: int = strawberry.field(description="How many tenants they were in.")
    without_ticket: int = strawberry.field(description="Of these, how many name no ticket.")
    break_glass: int = strawberry.field(description="Of these, how many began without the approval that was needed.")

    @classmethod
    def of(cls, row: pages.Conduct) -> OperatorConduct:
        """From what was counted."""
        return cls(**vars(row))


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

    @strawberry.field(
        description="What the operator's sessions of the last days were like.",
        extensions=[needs(Permission.OPERATOR_READ)],
    )
    async def conduct(
        self,
        info: Info,
        days: Annotated[
            int | None, strawberry.argument(description=f"How many days back from now: 1 to {MOST_DAYS}.")
        ] = 30,
    ) -> OperatorConduct | None:
        """For all operators at once; kept to the caller's tenant, where it has one."""
        days = 30 if days is None else days
        if not 1 <= days <= MOST_DAYS:
            raise BadInput(f"`days` must be between 1 and {MOST_DAYS}.")
        found = await info.context.load(pages.conduct_of, self.uuid, days, info.context.caller.tenant_id)
        return OperatorConduct.of(found or pages.Conduct())


@strawberry.type(description="A page of operators.")
class OperatorConnection(Connection[Operator]):
    """Operators, and how many there are."""

    search: strawberry.Private[str | None] = None

    @strawberry.field(description="How many operators the whole list has; counted only where asked for.")
    async def total_count(self, info: Info) -> int | None:
        """One more statement."""
        return await info.context.read(pages.count, self.search)


@strawberry.input(description="A role to be given, for good or for a time.")
class GrantRoleInput:
    """What a grant needs."""

    email: str = strawberry.field(
        description="Who gets it: an operator's address. Somebody who is none yet is added by `actas operator add`."
    )
    role: Role = strawberry.field(description="Which role.")
    reason: str = strawberry.field(description="Why: it is kept in the ledger.")
    expires_in_seconds: int | None = strawberry.field(
        default=None, description="For how long, at most 366 days; for good unless given."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=ids.IDEMPOTENCY)


@strawberry.input(description="A role to be taken.")
class RevokeRoleInput:
    """What a revocation needs."""

    operator_id: strawberry.ID = strawberry.field(description="Whose it is.")
    role: Role = strawberry.field(description="Which role.")
    reason: str = strawberry.field(description="Why: it is kept in the ledger.")
    idempotency_key: str | None = strawberry.field(default=None, description=ids.IDEMPOTENCY)


@strawberry.input(description="An operator to be let in again.")
class EnableOperatorInput:
    """What enabling needs."""

    operator_id: strawberry.ID = strawberry.field(description="Who.")
    reason: str = strawberry.field(description="Why: it is kept in the ledger.")
    idempotency_key: str | None = strawberry.field(default=None, description=ids.IDEMPOTENCY)


@strawberry.input(description="An operator to be shut out.")
class DisableOperatorInput:
    """What disabling needs."""

    operator_id: strawberry.ID = strawberry.field(description="Who.")
    reason: str = strawberry.field(description="Why: it is kept in the ledger.")
    idempotency_key: str | None = strawberry.field(default=None, description=ids.IDEMPOTENCY)


@strawberry.type(description="An operator, or their roles, changed.")
class OperatorChanged:
    """The operator after the change."""

    operator: Operator = strawberry.field(description="The operator as it is now.")


OperatorResult = Annotated[
    OperatorChanged | Refused,
    strawberry.union("OperatorResult", description="What became of a change to an operator."),
]


def page(found: keyset.Page[rows.Operator], search: str | None) -> OperatorConnection:
    """The connection of a page of operators."""
    connection = OperatorConnection.of(found, Operator.of)
    connection.search = search
    return connection


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
