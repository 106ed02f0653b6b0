"""The rules of impersonation, and whether the viewer may enter."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from db import policies as policy_rows
from db.pages import keyset
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
from permissions.rules import written
from permissions.strictness import api_name
from resolvers import policies
from resolvers import provenance as whence
from resolvers.provenance import Source
from schema import lazy, operators
from schema.context import Info
from schema.enums import ControlState
from schema.paging import First

if TYPE_CHECKING:
    from collections.abc import Sequence

    from db.policies import Version
    from db.tenants import Tenant
    from permissions.caller import Caller

_NEWEST_FIRST: Final = keyset.Ordering("policyVersions", (keyset.Column("version", int),), descending=True)


@strawberry.type(
    description="The rules in force: the system's cap, the deployment's, then the tenant's own, each only stricter."
)
class ImpersonationPolicy:
    """An effective policy."""

    owner: strawberry.Private[UUID | None]
    version: int = strawberry.field(
        description=(
            "Grows with every change of the rules. A change counts for sessions that start later; one that runs keeps "
            "the version that it began under, and only the tenant's status reaches it at once."
        )
    )
    profile: str = strawberry.field(
        description="The shipped rules that the deployment's own lie over: `default`, `timeboxed`, `workday`, `hourly`."
    )
    default_duration_seconds: int = strawberry.field(description="How long a session lasts unless asked.")
    max_duration_seconds: int = strawberry.field(description="How long it may last.")
    duration_selectable: bool = strawberry.field(description="Whether another duration may be asked for.")
    reason_required: bool = strawberry.field(description="Whether a reason is needed.")
    reason_min_length: int = strawberry.field(description="Its least length in characters, after trimming.")
    reason_max_length: int = strawberry.field(description="Its greatest length in characters.")
    ticket_required: bool = strawberry.field(description="Whether a ticket is needed.")
    ticket_pattern: str | None = strawberry.field(
        description=(
            "What a whole ticket looks like: characters, sets such as `[A-Z]`, `\\d`, `\\w`, `.`, groups with `|`, and "
            "`?`, `*`, `+`, `{2,4}` after one of them."
        )
    )
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

    allowed_carriers: list[Carrier] = strawberry.field(description="The carriers that a tenant may choose.")
    allowed_landing_paths: list[str] | None = strawberry.field(
        description="The landing paths that a tenant may choose; null: any that is safe."
    )
    allowed_return_to: list[ReturnTo] = strawberry.field(description="What a tenant may choose for `returnTo`.")
    allowed_notify_hosts: list[str] | None = strawberry.field(
        description="The hosts of addresses and webhooks that a tenant may have told; null: any."
    )

    @classmethod
    def of(cls, policy: rules.ImpersonationPolicy, owner: UUID | None = None) -> ImpersonationPolicy:
        """The API's view of a policy: the same fields. `owner` is the tenant that it is in force for."""
        return cls(owner=owner, **{field.name: _plain(getattr(policy, field.name)) for field in fields(policy)})

    @strawberry.field(description="Of each rule, what gave it its value, who set it and when.")
    async def provenance(self, info: Info) -> list[RuleProvenance]:
        """From the versions up to this one."""
        deployments, own = await self._versions(info)
        newest = {each[0].tenant_id: each[0] for each in (deployments, own) if each}
        found = whence.provenance(policies.effective(newest, self.owner), deployments, own)
        return [RuleProvenance.of(each) for each in found]

    @strawberry.field(description="The versions that made these rules, the newest first: the deployment's and its own.")
    async def versions(self, info: Info, first: First = None) -> list[PolicyVersion]:
        """Kept for good."""
        most = keyset.window(_NEWEST_FIRST, first=first).size
        deployments, own = await self._versions(info)
        newest_first = sorted([*deployments, *own], key=lambda each: each.version, reverse=True)
        return [PolicyVersion.of(each) for each in newest_first[:most]]

    async def _versions(self, info: Info) -> tuple[list[Version], list[Version]]:
        deployments = await _of_owner(info, None)
        own = await _of_owner(info, self.owner) if self.owner else []
        return _up_to(self.version, deployments), _up_to(self.version, own)


@strawberry.type(description="Where one rule's value comes from.")
class RuleProvenance:
    """Of one field."""

    field: str = strawberry.field(description="The rule, by its name in ImpersonationPolicy.")
    source: Source = strawberry.field(description="What gave the value.")
    version: int | None = strawberry.field(description="The version that set it; null where nobody has.")
    set_by: lazy.Actor | None = strawberry.field(description="Who set it.")
    set_at: datetime | None = strawberry.field(description="When.")

    @classmethod
    def of(cls, each: whence.Provenance) -> RuleProvenance:
        """From what the versions say."""
        since = each.since
        return cls(
            field=api_name(each.field),
            source=each.source,
            version=since.version if since else None,
            set_by=operators.Actor.of(since.set_by_kind, since.set_by_id, since.set_by_name) if since else None,
            set_at=since.set_at if since else None,
        )


@strawberry.type(description="One version of the deployment's or a tenant's own rules.")
class PolicyVersion:
    """What was set, by whom and why."""

    version: int = strawberry.field(description="Its number: of two versions the later has the greater.")
    for_tenant: bool = strawberry.field(description="Whether it is the tenant's own; else the deployment's.")
    rules: JSON = strawberry.field(description="All rules that it sets, by their names in ImpersonationPolicy.")
    reason: str = strawberry.field(description="Why.")
    set_by: lazy.Actor = strawberry.field(description="Who set it.")
    set_at: datetime = strawberry.field(description="When.")

    @classmethod
    def of(cls, row: Version) -> PolicyVersion:
        """From its row."""
        return cls(
            version=row.version,
            for_tenant=row.tenant_id is not None,
            rules=JSON(written(row.rules)),
            reason=row.reason,
            set_by=operators.Actor.of(row.set_by_kind, row.set_by_id, row.set_by_name),
            set_at=row.set_at,
        )


async def _of_owner(info: Info, owner: UUID | None) -> list[Version]:
    return await info.context.load(policy_rows.versions, owner) or []


def _up_to(version: int, newest_first: list[Version]) -> list[Version]:
    return [each for each in newest_first if each.version <= version]


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


as_of = policies.as_of
"""What sessions run under, in batches."""


async def of_tenants(connection: Any, tenant_ids: Sequence[UUID]) -> dict[UUID, rules.ImpersonationPolicy]:
    """The effective policy of each of these tenants."""
    stored = await policy_rows.latest(connection, tenant_ids)
    return {tenant_id: policies.effective(stored, tenant_id) for tenant_id in tenant_ids}
