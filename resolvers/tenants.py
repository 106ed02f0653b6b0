"""Tenants: registering them, and setting their status with what that ends."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from db import impersonation, tenants
from permissions import policy as rules
from permissions.ids import uuid7
from permissions.operators import Permission
from permissions.policy import TenantStatus
from permissions.reach import sees
from permissions.refusals import Forbidden, RefusalCode, Refused, refused
from permissions.tenants import details_refusal, reason_refusal, registration_refusal, transition
from resolvers import replay
from resolvers.authority import entitled
from resolvers.ending import by, end_sessions
from resolvers.events import TenantRegistered, TenantStatusChanged, TenantSuspended, TenantSuspensionLifted

if TYPE_CHECKING:
    from uuid import UUID

    from db.engine import Database
    from db.impersonation import Session
    from db.tenants import Tenant
    from db.unit import WriteUnit
    from permissions.caller import Caller
    from permissions.policy import Decision

NO_SUCH_TENANT = refused(RefusalCode.NOT_FOUND, "There is no such tenant.", "tenantId")

# The statuses in which nobody may be inside, with the cause that their arrival gives to sessions.
ENDS_WITH = {
    TenantStatus.SUSPENDED: "TENANT_SUSPENDED",
    TenantStatus.OFFBOARDING: "TENANT_OFFBOARDING",
    TenantStatus.OFFBOARDED: "TENANT_OFFBOARDING",
}


@dataclass(frozen=True, kw_only=True)
class RegisterTenant:
    """A tenant as its product knows it."""

    slug: str
    name: str
    plan: str | None = None
    region: str | None = None
    workspace_url: str | None = None
    support_url: str | None = None
    stripe_customer_id: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    idempotency_key: str | None = None


@dataclass(frozen=True, kw_only=True)
class SetStatus:
    """A change of status; `exception` is the written one that leaving OFFBOARDING needs (S3-5)."""

    tenant_id: UUID
    to: TenantStatus | None
    """None: what it was before its suspension."""
    reason: str
    ground: str | None = None
    exception: str | None = None
    dry_run: bool = False
    idempotency_key: str | None = None


@dataclass(frozen=True, kw_only=True)
class TenantChanged:
    """A tenant after its change, and the sessions that ended with it (or would, in a dry run)."""

    tenant: Tenant
    sessions_ended: tuple[Session, ...] = ()


async def register(database: Database, caller: Caller, request: RegisterTenant) -> TenantChanged | Refused:
    """Make a tenant known, PROVISIONING until its status is set."""
    decision = rules.permit(caller.permissions, Permission.TENANT_REGISTER)
    if caller.tenant_id is not None:  # it would learn which others there are
        raise Forbidden("A key that is bound to a tenant registers no other.")
    if wrong := unfit(request):
        return wrong
    given = {name: value for name, value in vars(request).items() if name != "idempotency_key"}
    async with database.unit(caller) as unit:
        kept = await replay.begin(unit, caller, request.idempotency_key, "registerTenant", given)
        if kept is not None:
            return await _retold(unit, kept)
        now = await unit.now()
        tenant = tenants.Tenant(
            id=uuid7(),
            slug=request.slug,
            name=request.name.strip(),
            status=TenantStatus.PROVISIONING,
            status_before=None,
            status_reason=None,
            plan=request.plan,
            region=request.region,
            metadata=request.metadata,
            support_url=request.support_url,
            workspace_url=request.workspace_url,
            stripe_customer_id=request.stripe_customer_id,
            created_at=now,
            updated_at=now,
        )
        if not await tenants.insert(unit.connection, tenant):
            unit.abandon()
            return refused(RefusalCode.CONFLICT, f"The slug {request.slug} is taken.", "slug")
        unit.append(
            decision, TenantRegistered(tenant_id=tenant.id, slug=tenant.slug, name=tenant.name, to=tenant.status)
        )
        await replay.keep(unit, caller, request.idempotency_key, [tenant.id])
    return TenantChanged(tenant=tenant)


def unfit(tenant: RegisterTenant | Tenant) -> Refused | None:
    """What of a tenant cannot be kept."""
    labels = {"plan": tenant.plan, "region": tenant.region, "stripeCustomerId": tenant.stripe_customer_id}
    wrong = registration_refusal(tenant.slug, tenant.name, tenant.workspace_url, tenant.support_url)
    return wrong or details_refusal(labels, tenant.metadata)


async def set_status(
    database: Database, caller: Caller | None, request: SetStatus, *, stated_by: str | None = None
) -> TenantChanged | Refused:
    """Set any status that the table of transitions allows; `caller` None is the command line, used by `stated_by`."""
    decision = entitled(caller, Permission.TENANT_STATUS_SET)
    return await _change(database, caller, decision, request, "setTenantStatus", stated_by)


async def suspend(database: Database, caller: Caller, request: SetStatus) -> TenantChanged | Refused:
    """Block everybody's sign-in at once and end every session inside (S1-32 to S1-34)."""
    decision = rules.permit(caller.permissions, Permission.TENANT_SUSPEND)
    to_suspend = replace(request, to=TenantStatus.SUSPENDED)
    return await _change(database, caller, decision, to_suspend, "suspendTenant")


async def lift(database: Database, caller: Caller, request: SetStatus) -> TenantChanged | Refused:
    """Bring back the status that the tenant had before its suspension (S1-36)."""
    decision = rules.permit(caller.permissions, Permission.TENANT_SUSPEND)
    return await _change(database, caller, decision, replace(request, to=None), "liftSuspension")


async def _change(
    database: Database,
    caller: Caller | None,
    decision: Decision,
    request: SetStatus,
    operation: str,
    stated_by: str | None = None,
) -> TenantChanged | Refused:
    given = {name: value for name, value in vars(request).items() if name != "idempotency_key"}
    async with database.unit(caller) as unit:
        kept = await replay.begin(unit, caller, request.idempotency_key, operation, given) if caller else None
        if kept is not None:
            return await _retold(unit, kept)
        tenant = await tenants.lock(unit.connection, request.tenant_id)
        refusal = _refusal(caller, tenant, request)
        if refusal or tenant is None:
            unit.abandon()
            return refusal or NO_SUCH_TENANT
        to = request.to or tenant.status_before
        assert to
        inside: list[UUID] = []
        if to in ENDS_WITH:
            inside = await impersonation.lock_active(unit.connection, tenant_id=tenant.id)
        if request.dry_run:
            unit.abandon()
            would_end = await impersonation.now(unit.connection, inside)
            return TenantChanged(tenant=tenant, sessions_ended=tuple(s for s in would_end if s.ended_at is None))
        changed = await tenants.set_status(unit.connection, tenant, to, request.reason.strip())
        ended = await end_sessions(
            unit, decision, inside, ENDS_WITH.get(to, ""), by(caller) if caller else impersonation.SYSTEM
        )
        unit.append(decision, _event(tenant, to, request, len(ended), stated_by))
        if caller:
            ids = [tenant.id, *(session.id for session in ended)]
            await replay.keep(unit, caller, request.idempotency_key, ids)
    return TenantChanged(tenant=changed, sessions_ended=tuple(ended))


def _refusal(caller: Caller | None, tenant: Tenant | None, request: SetStatus) -> Refused | None:
    if tenant is None or (caller and not sees(caller, tenant.id)):
        return NO_SUCH_TENANT
    if unfit := reason_refusal(request.reason):
        return unfit
    if request.to is None and tenant.status is not TenantStatus.SUSPENDED:
        return refused(RefusalCode.NO_CHANGE, f"{tenant.name} is not suspended.", "tenantId")
    to = request.to or tenant.status_before or TenantStatus.ACTIVE
    return transition(tenant.status, to, before=tenant.status_before, exception=request.exception)


def _event(
    tenant: Tenant, to: TenantStatus, request: SetStatus, ended: int, stated_by: str | None
) -> TenantSuspended | TenantSuspensionLifted | TenantStatusChanged:
    reason = request.reason.strip()
    if to is TenantStatus.SUSPENDED:
        return TenantSuspended(
            tenant_id=tenant.id,
            name=tenant.name,
            was=tenant.status,
            to=to,
            ground=request.ground,
            reason=reason,
            sessions_ended=ended,
            stated_by=stated_by,
        )
    if tenant.status is TenantStatus.SUSPENDED and to is tenant.status_before:
        return TenantSuspensionLifted(
            tenant_id=tenant.id, name=tenant.name, was=tenant.status, to=to, reason=reason, stated_by=stated_by
        )
    return TenantStatusChanged(
        tenant_id=tenant.id,
        name=tenant.name,
        was=tenant.status,
        to=to,
        reason=reason,
        exception=request.exception,
        sessions_ended=ended,
        stated_by=stated_by,
    )


async def _retold(unit: WriteUnit, kept: dict[str, Any] | Refused) -> TenantChanged | Refused:
    unit.abandon()
    told = kept if isinstance(kept, Refused) else replay.retold(kept)
    if isinstance(told, Refused):
        return told
    tenant = await tenants.lock(unit.connection, told[0])
    assert tenant
    return TenantChanged(tenant=tenant, sessions_ended=tuple(await impersonation.now(unit.connection, told[1:])))
