"""The rules of impersonation, and whether the viewer may enter."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any
from uuid import UUID

import strawberry

from db import policies as policy_rows
from permissions import policy as rules
from permissions.policy import (
    AccessMode,
    ApprovalMode,
    Carrier,
    Concurrency,
    OnConflict,
    Presence,
    ReturnTo,
)
from permissions.refusals import RefusalCode
from resolvers import policies
from schema.enums import ControlState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from db.tenants import Tenant
    from permissions.caller import Caller


@strawberry.type(
    description="The rules in force: the system's cap, the deployment's, then the tenant's own, each only stricter."
)
class ImpersonationPolicy:
    """An effective policy."""

    version: int = strawberry.field(
        description="Counts every change of the rules; a session keeps the one it ran under."
    )
    default_duration_seconds: int = strawberry.field(description="How long a session lasts unless asked.")
    max_duration_seconds: int = strawberry.field(description="How long it may last.")
    duration_selectable: bool = strawberry.field(description="Whether another duration may be asked for.")
    reason_required: bool = strawberry.field(description="Whether a reason is needed.")
    reason_min_length: int = strawberry.field(description="Its least length in characters, after trimming.")
    reason_max_length: int = strawberry.field(description="Its greatest length in characters.")
    ticket_required: bool = strawberry.field(description="Whether a ticket is needed.")
    ticket_pattern: str | None = strawberry.field(description="The regular expression that tickets match.")
    concurrency: Concurrency = strawberry.field(description="What counts as one session at a time.")
    on_conflict: OnConflict = strawberry.field(description="What a start does to the session that runs already.")
    carrier: Carrier = strawberry.field(description="Where the operator's browser keeps the token.")
    landing_path: str = strawberry.field(description="Where in the workspace the operator arrives.")
    modes: list[AccessMode] = strawberry.field(description="The modes that are allowed.")
    approval: ApprovalMode = strawberry.field(description="Whether the tenant is asked first.")
    idle_timeout_seconds: int | None = strawberry.field(description="Without a request for so long, a session is IDLE.")
    abandon_after_seconds: int | None = strawberry.field(
        description="Without a request and an open page for so long, it is ABANDONED."
    )
    exclusive: bool = strawberry.field(description="Whether only one operator at a time may be inside.")
    tenant_presence: Presence = strawberry.field(description="Which of the tenant's people see the banner.")
    return_to: ReturnTo = strawberry.field(description="Where the page after the end leads back to.")
    notify_emails: list[str] = strawberry.field(description="Who is told by mail.")
    notify_webhook: str | None = strawberry.field(description="Which webhook is told.")
    notify_kinds: list[str] = strawberry.field(description="Which kinds of entries they are told of.")

    @classmethod
    def of(cls, policy: rules.ImpersonationPolicy) -> ImpersonationPolicy:
        """The API's view of a policy: the same fields."""
        return cls(**{field.name: _plain(getattr(policy, field.name)) for field in fields(policy)})


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


@strawberry.type(description="Whether the viewer may impersonate a tenant now, and if not, why not.")
class Impersonability:
    """What the Impersonate button shows; the start decides again by the same function."""

    state: ControlState = strawberry.field(description="How the button is shown.")
    code: RefusalCode | None = strawberry.field(description="Why it cannot be used.")
    explanation: str | None = strawberry.field(description="Why, for a person.")
    modes: list[AccessMode] = strawberry.field(description="The modes that could be asked for.")

    @classmethod
    def of(cls, caller: Caller, tenant: Tenant, policy: rules.ImpersonationPolicy) -> Impersonability:
        """The one decision, asked without a request (permissions.policy.enter)."""
        permissions = caller.permissions if caller.person else frozenset()
        facts = rules.TenantFacts(
            id=tenant.id, name=tenant.name, status=tenant.status, has_workspace=tenant.workspace_url is not None
        )
        barred = rules.enter(permissions, facts, policy)
        state = ControlState.ENABLED
        if barred:
            state = ControlState.DISABLED if permissions & rules.ENTERING else ControlState.HIDDEN
        return cls(
            state=state,
            code=barred.code if barred else None,
            explanation=barred.message if barred else None,
            modes=list(rules.modes(permissions, policy)),
        )


async def of_tenants(connection: Any, tenant_ids: Sequence[UUID]) -> dict[UUID, rules.ImpersonationPolicy]:
    """The effective policy of each of these tenants."""
    stored = await policy_rows.latest_rules(connection, list(tenant_ids))
    return {tenant_id: policies.effective(stored, tenant_id) for tenant_id in tenant_ids}
