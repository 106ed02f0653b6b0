"""Somebody who may see a workspace."""

from dataclasses import dataclass

from actas_guard import Impersonation
from examples.workspace.sample import Tenant


@dataclass(frozen=True)
class Visitor:
    """A person of ``tenant``, or an operator in a live session, who may what its admin may, and no more."""

    tenant: Tenant
    name: str
    admin: bool
    operator: Impersonation | None = None

    @property
    def role(self) -> str:
        """What stands under the name."""
        if self.operator:
            return f"Operator, for {self.tenant.name}"
        return "Administrator" if self.admin else "Member"
