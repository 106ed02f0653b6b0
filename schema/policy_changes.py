"""Setting the rules of impersonation: what is asked, and what became of it."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry
from strawberry import UNSET

from permissions.policy import AccessMode, ApprovalMode, Carrier, Concurrency, OnConflict, Presence, ReturnTo
from permissions.rules import FIELDS
from permissions.strictness import api_name
from schema import lazy
from schema.policy import ImpersonationPolicy
from schema.refusals import Refused


@strawberry.input(
    description=(
        "A change of the rules, of a tenant or, without one, of the deployment. A field left out stays as it is; null "
        "takes the own value away, so that the inherited one is in force. A tenant's value may only be stricter."
    )
)
class SetImpersonationPolicyInput:
    """What is to be set."""

    tenant_id: strawberry.ID | None = strawberry.field(
        default=None, description="Whose rules; the deployment's own unless given."
    )
    reason: str = strawberry.field(description="Why: it is kept in the ledger, and the tenant reads it.")
    profile: str | None = strawberry.field(
        default=UNSET, description="For the deployment: the shipped rules that its own lie over."
    )
    default_duration_seconds: int | None = strawberry.field(
        default=UNSET, description="How long a session lasts unless asked; for a tenant shorter."
    )
    max_duration_seconds: int | None = strawberry.field(
        default=UNSET, description="How long it may last: at most 28800; for a tenant shorter."
    )
    duration_selectable: bool | None = strawberry.field(
        default=UNSET, description="Whether another duration may be asked for; a fixed one is stricter."
    )
    reason_required: bool | None = strawberry.field(default=UNSET, description="Whether a reason is needed.")
    reason_min_length: int | None = strawberry.field(
        default=UNSET, description="Its least length: 0 to 2000; for a tenant longer."
    )
    reason_max_length: int | None = strawberry.field(
        default=UNSET, description="Its greatest length: 1 to 2000; for a tenant shorter."
    )
    ticket_required: bool | None = strawberry.field(default=UNSET, description="Whether a ticket is needed.")
    ticket_pattern: str | None = strawberry.field(
        default=UNSET, description="What a ticket looks like; for a tenant only where none is inherited."
    )
    concurrency: Concurrency | None = strawberry.field(default=UNSET, description="PER_OPERATOR is stricter.")
    on_conflict: OnConflict | None = strawberry.field(default=UNSET, description="REJECT is stricter.")
    carrier: Carrier | None = strawberry.field(default=UNSET, description="One that the deployment allows.")
    landing_path: str | None = strawberry.field(
        default=UNSET, description="A path on the workspace's host that the deployment allows; it begins with one `/`."
    )
    modes: list[AccessMode] | None = strawberry.field(default=UNSET, description="For a tenant fewer.")
    approval: ApprovalMode | None = strawberry.field(default=UNSET, description="For a tenant more.")
    idle_timeout_seconds: int | None = strawberry.field(
        default=UNSET, description="60 to 28800; any is stricter than none, and shorter stricter than longer."
    )
    abandon_after_seconds: int | None = strawberry.field(default=UNSET, description="As idleTimeoutSeconds.")
    exclusive: bool | None = strawberry.field(default=UNSET, description="True is stricter.")
    tenant_presence: Presence | None = strawberry.field(
        default=UNSET, description="EVERYONE is stricter than ADMINS, ADMINS than NOBODY."
    )
    return_to: ReturnTo | None = strawberry.field(default=UNSET, description="One that the deployment allows.")
    notify_emails: list[str] | None = strawberry.field(
        default=UNSET, description="At most 20 addresses at hosts that the deployment allows."
    )
    notify_webhook: str | None = strawberry.field(
        default=UNSET, description="An https address at a host that the deployment allows."
    )
    notify_kinds: list[str] | None = strawberry.field(default=UNSET, description="Kinds of entries, at most 20.")
    allowed_carriers: list[Carrier] | None = strawberry.field(default=UNSET, description="For the deployment.")
    allowed_landing_paths: list[str] | None = strawberry.field(default=UNSET, description="For the deployment.")
    allowed_return_to: list[ReturnTo] | None = strawberry.field(default=UNSET, description="For the deployment.")
    allowed_notify_hosts: list[str] | None = strawberry.field(default=UNSET, description="For the deployment.")

    @property
    def changes(self) -> dict[str, Any]:
        """What is given, under the API's names; None where the own value is taken away."""
        given = {api_name(name): getattr(self, name) for name in FIELDS}
        return {name: value for name, value in given.items() if value is not UNSET}


@strawberry.type(description="Rules changed.")
class PolicyChanged:
    """The rules after the change."""

    policy: ImpersonationPolicy = strawberry.field(description="The rules in force now.")
    tenant: lazy.Tenant | None = strawberry.field(description="For whom; null: for the deployment.")


PolicyResult = Annotated[
    PolicyChanged | Refused, strawberry.union("PolicyResult", description="What became of a change of the rules.")
]
