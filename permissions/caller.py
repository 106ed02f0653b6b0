"""Who is calling: a person by a sign-in, or a service by its key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from permissions.operators import TENANT_SIDE, Permission

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a call comes from, as the ledger keeps it (S2-32)."""

    ip: str | None = None
    user_agent: str | None = None


@dataclass(frozen=True, kw_only=True)
class Person:
    """An operator, by one sign-in in one browser."""

    operator_id: UUID
    sign_in_id: UUID
    email: str
    name: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service, by its key; `tenant_id` where the key is bound to one tenant, the only one that it then sees."""

    key_id: UUID
    name: str
    tenant_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class Caller:
    """An authenticated caller; `proof` is the bearer secret itself, by which the ledger finds the actor."""

    who: Person | Service
    permissions: frozenset[Permission]
    proof: bytes = field(repr=False)
    origin: Origin = Origin()

    def may(self, permission: Permission) -> bool:
        """Whether the caller may do this; TENANT_SIDE_READ stands for reading within one tenant (DESIGN section 6)."""
        if permission in self.permissions:
            return True
        return permission in TENANT_SIDE and Permission.TENANT_SIDE_READ in self.permissions

    @property
    def id(self) -> UUID:
        """The operator's or the key's id: whose idempotency keys and activity these are."""
        return self.who.operator_id if isinstance(self.who, Person) else self.who.key_id

    @property
    def person(self) -> Person | None:
        """The operator, if a person calls."""
        return self.who if isinstance(self.who, Person) else None

    @property
    def service(self) -> Service | None:
        """The service, if a service calls."""
        return self.who if isinstance(self.who, Service) else None

    @property
    def tenant_id(self) -> UUID | None:
        """The one tenant that the caller is bound to."""
        return self.who.tenant_id if isinstance(self.who, Service) else None
