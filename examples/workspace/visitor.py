"""Somebody who may see a workspace."""

from dataclasses import dataclass
from uuid import UUID

from actas_guard import Impersonation
from examples.workspace.sample import Tenant


@dataclass(frozen=True)
class Visitor:
    """A person of ``tenant``, or an operator in a live session, who may what its admin may, and no more."""

    tenant: Tenant
    name: str
    admin: bool
    person: UUID | None = None  # an operator is none of the tenant's people
    operator: Impersonation | None = None

    @property
    def signs_as(self) -> str:
        """The author of what they write. Of an operator the database adds the name beside it (S2-31)."""
        return self.tenant.name if self.operator else self.name

    @property
    def role(self) -> str:
        """What stands under the name."""
        if self.operator:
            return f"Operator, for {self.tenant.name}"
        return "Administrator" if self.admin else "Member"
