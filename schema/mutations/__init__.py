"""The root of mutations: each field is a guard, one call, one mapping. One module for each noun."""

from __future__ import annotations

import strawberry

from schema.mutations.access import AccessMutations
from schema.mutations.impersonation import ImpersonationMutations
from schema.mutations.keys import KeyMutations
from schema.mutations.ledger import LedgerMutations
from schema.mutations.operators import OperatorMutations
from schema.mutations.policy import PolicyMutations
from schema.mutations.tenants import TenantMutations


@strawberry.type(
    description="Everything that can be done. Each is nullable: one refusal does not hide what others did."
)
class Mutation(
    KeyMutations,
    OperatorMutations,
    AccessMutations,
    LedgerMutations,
    TenantMutations,
    PolicyMutations,
    ImpersonationMutations,
):
    """Changes."""
