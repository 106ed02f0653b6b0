"""What registering tenants, changing what is known of them and setting their status takes."""

from __future__ import annotations

from typing import Any

import strawberry
from strawberry.scalars import JSON

from permissions.policy import TenantStatus
from schema import ids
from schema.enums import SuspensionGround


@strawberry.input(description="A tenant as its product knows it; it is PROVISIONING until its status is set.")
class RegisterTenantInput:
    """What a registration needs."""

    slug: str = strawberry.field(
        description="Its short name: lower-case letters, digits and inner hyphens, at most 63."
    )
    name: str = strawberry.field(description="Its name.")
    plan: str | None = strawberry.field(default=None, description="What it has bought.")
    region: str | None = strawberry.field(default=None, description="Where its data is.")
    workspace_url: str | None = strawberry.field(
        default=None, description="The origin of its product; without one nobody can enter."
    )
    support_url: str | None = strawberry.field(
        default=None, description="The contact-support link that its people see when it is suspended."
    )
    stripe_customer_id: str | None = strawberry.field(default=None, description="Its id at Stripe.")
    metadata: JSON | None = strawberry.field(default=None, description="What else there is to tell: an object.")
    idempotency_key: str | None = strawberry.field(default=None, description=ids.IDEMPOTENCY)


@strawberry.input(
    description="What is known of a tenant, changed: a field that is left out stays, and null takes the value away."
)
class UpdateTenantInput:
    """What an update may name."""

    tenant_id: strawberry.ID = strawberry.field(description="Which tenant.")
    name: str | None = strawberry.field(default=strawberry.UNSET, description="Its name, which cannot be taken away.")
    plan: str | None = strawberry.field(default=strawberry.UNSET, description="What it has bought.")
    region: str | None = strawberry.field(default=strawberry.UNSET, description="Where its data is.")
    workspace_url: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The origin of its product; it moves only while no session is live in it, else CONFLICT.",
    )
    support_url: str | None = strawberry.field(
        default=strawberry.UNSET, description="The contact-support link that its people see when it is suspended."
    )
    stripe_customer_id: str | None = strawberry.field(default=strawberry.UNSET, description="Its id at Stripe.")
    metadata: JSON | None = strawberry.field(
        default=strawberry.UNSET, description="What else there is to tell: an object, which takes the old one's place."
    )

    def given(self) -> dict[str, Any]:
        """The fields that were named, with what they become."""
        return {
            name: value for name, value in vars(self).items() if name != "tenant_id" and value is not strawberry.UNSET
        }


@strawberry.input(description="A change of a tenant's status.")
class SetTenantStatusInput:
    """What the change needs."""

    tenant_id: strawberry.ID = strawberry.field(description="Which tenant.")
    status: TenantStatus = strawberry.field(description="What it becomes.")
    reason: str = strawberry.field(description="Why: the tenant reads it.")
    exception: str | None = strawberry.field(
        default=None, description="The written exception that leaving OFFBOARDING needs."
    )
    dry_run: bool | None = strawberry.field(
        default=False, description="Decide, say what would end, and change nothing."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=ids.IDEMPOTENCY)


@strawberry.input(description="A suspension: sign-in is blocked for everybody in the tenant, at once.")
class SuspendTenantInput:
    """What a suspension needs."""

    tenant_id: strawberry.ID = strawberry.field(description="Which tenant.")
    ground: SuspensionGround | None = strawberry.field(default=None, description="What it is for.")
    reason: str = strawberry.field(description="Why: the tenant reads it.")
    dry_run: bool | None = strawberry.field(
        default=False, description="Decide, say what would end, and change nothing."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=ids.IDEMPOTENCY)


@strawberry.input(description="The end of a suspension: it brings back the status that the tenant had before.")
class LiftSuspensionInput:
    """What lifting needs."""

    tenant_id: strawberry.ID = strawberry.field(description="Which tenant.")
    reason: str = strawberry.field(description="Why: the tenant reads it.")
    idempotency_key: str | None = strawberry.field(default=None, description=ids.IDEMPOTENCY)
