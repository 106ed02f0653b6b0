"""Entering a tenant's workspace: the start of a session, or its recorded refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from db import impersonation, operators, tenants
from permissions import policy as rules
from permissions.ids import uuid7
from permissions.operators import Permission, permissions_of
from permissions.policy import Concurrency, Due, StartFacts, TenantFacts
from permissions.refusals import Forbidden, Refused, Unauthenticated
from permissions.text import defect
from resolvers import policies, replay
from resolvers.ending import by, end_sessions
from resolvers.events import ImpersonationStarted, turned_down

if TYPE_CHECKING:
    from uuid import UUID

    from db.engine import Database
    from db.impersonation import Session
    from db.tenants import Tenant
    from db.unit import WriteUnit
    from permissions.caller import Caller, Person
    from permissions.policy import AccessMode, Allowed, Running
    from resolvers.events import ImpersonationTurnedDown


@dataclass(frozen=True, kw_only=True)
class StartRequest:
    """What an operator asks for; `tenant_id` None where `tenant_asked` is no tenant's id at all.

    `unfit` is what was wrong with it before it could be understood: refused for that, unless the role is why.
    """

    tenant_id: UUID | None
    tenant_asked: str | None = None
    reason: str | None = None
    ticket: str | None = None
    duration_seconds: int | None = None
    mode: AccessMode | None = None
    break_glass: bool = False
    idempotency_key: str | None = None
    unfit: Refused | None = None


@dataclass(frozen=True, kw_only=True)
class Started:
    """A session that is live; `enter_url` is where the operator's browser goes next, and holds no secret."""

    session: Session
    tenant: Tenant

    @property
    def enter_url(self) -> str:
        """The tenant's product, which binds the entry to this browser (DESIGN section 7)."""
        return f"{(self.tenant.workspace_url or '').rstrip('/')}/actas/enter?session={self.session.id}"


async def start(database: Database, caller: Caller, request: StartRequest) -> Started | Refused:
    """Let the caller into a tenant's workspace: decided, recorded and committed before anything is returned (P1).

    Every refusal is recorded too (P8). Raises Forbidden, once it is recorded, where the caller's role never may.
    """
    outcome: Started | Refused
    async with database.unit(caller) as unit:
        kept = request.unfit or await replay.begin(
            unit, caller, request.idempotency_key, "startImpersonation", _given(request)
        )
        if isinstance(kept, Refused):
            outcome = await _start(unit, caller, request, unfit=kept)
        elif kept is not None and (replay.refuses(kept) or await _may_enter(unit, caller)):
            unit.abandon()
            outcome = await _retold(unit, kept)
        elif kept is not None:
            outcome = await _start(unit, caller, request, unfit=rules.NO_ROLE)
        else:
            outcome = await _start(unit, caller, request)
            ids = outcome if isinstance(outcome, Refused) else [outcome.session.id]
            await replay.keep(unit, caller, request.idempotency_key, ids)
    if outcome == rules.NO_ROLE:
        raise Forbidden(rules.NO_ROLE.message)
    return outcome


async def _start(
    unit: WriteUnit, caller: Caller, request: StartRequest, unfit: Refused | None = None
) -> Started | Refused:
    """The start, or its recorded refusal; `unfit` is what was wrong with the request before anything was asked."""
    connection = unit.connection
    await impersonation.share_gate(connection)
    permissions = await hold(unit, caller)
    tenant = await tenants.lock(connection, request.tenant_id) if request.tenant_id else None
    policy = await policies.within(connection, tenant.id) if tenant else rules.DEFAULT
    key = _concurrency_key(caller, policy.concurrency)
    locked: list[UUID] = []
    own: list[Running] = []
    running: tuple[Running, ...] = ()
    others: list[Running] = []
    if caller.person and tenant:
        locked = await impersonation.lock_active(connection, operator_id=caller.person.operator_id)
        own = await impersonation.live(connection, ids=locked)
        running = rules.counted(own, caller.person.sign_in_id, policy)
        others = [r for r in await impersonation.live(connection, tenant_id=tenant.id) if r.operator_id != caller.id]
    decision = rules.decide(
        StartFacts(
            permissions=permissions,
            tenant=_facts(tenant) if tenant else None,
            policy=policy,
            reason=request.reason,
            ticket=request.ticket,
            duration_seconds=request.duration_seconds,
            mode=request.mode,
            break_glass=request.break_glass,
            running=running,
            others_inside=tuple(others),
        )
    )
    if unfit and not (isinstance(decision, Refused) and decision.forbidden):
        decision = unfit
    if isinstance(decision, Refused) or tenant is None or key is None or caller.person is None:
        assert isinstance(decision, Refused)
        unit.append(decision, _turned_down(caller, request, tenant, decision))
        return decision
    session_id = uuid7()
    overdue = set(locked) - {each.id for each in own}
    await end_sessions(unit, Due("the time was up"), sorted(overdue), "EXPIRED")
    await end_sessions(unit, decision, decision.replaces, "REPLACED", by(caller), replaced_by=session_id)
    session = await impersonation.insert(
        connection,
        {
            "id": session_id,
            "tenant_id": tenant.id,
            "operator_id": caller.person.operator_id,
            "sign_in_id": caller.person.sign_in_id,
            "mode": decision.mode,
            "reason": decision.reason,
            "ticket": decision.ticket,
            "concurrency_key": key,
            "policy_version": policy.version,
            "duration_seconds": decision.duration_seconds,
            "ip": caller.origin.ip,
            "user_agent": caller.origin.user_agent,
        },
    )
    unit.append(decision, _started(caller.person, session, decision))
    return Started(session=session, tenant=tenant)


async def _may_enter(unit: WriteUnit, caller: Caller) -> bool:
    """Whether the caller's role still enters anywhere: a retry tells nobody else of the session."""
    await impersonation.share_gate(unit.connection)
    return bool(await hold(unit, caller) & rules.ENTERING)


async def hold(unit: WriteUnit, caller: Caller) -> frozenset[Permission]:
    """What the caller may do, read under the locks that a disable, a lost role and a sign-out need too."""
    if caller.person is None:
        return frozenset()
    operator = await operators.lock(unit.connection, caller.person.operator_id)
    sign_ins = await operators.lock_sign_ins(unit.connection, caller.person.operator_id, caller.person.sign_in_id)
    if operator is None or operator.disabled_at or not sign_ins or sign_ins[0].expires_at <= await unit.now():
        raise Unauthenticated("Your sign-in is over. Sign in again.")
    return permissions_of(await operators.roles_in_force(unit.connection, operator.id))


async def _retold(unit: WriteUnit, kept: dict[str, Any]) -> Started | Refused:
    told = replay.retold(kept)
    if isinstance(told, Refused):
        return told
    session = (await impersonation.now(unit.connection, told))[0]
    tenant = await tenants.lock(unit.connection, session.tenant_id)
    assert tenant
    return Started(session=session, tenant=tenant)


def _concurrency_key(caller: Caller, concurrency: Concurrency) -> UUID | None:
    if caller.person is None:
        return None
    return caller.person.operator_id if concurrency is Concurrency.PER_OPERATOR else caller.person.sign_in_id


def _facts(tenant: Tenant) -> TenantFacts:
    return TenantFacts(
        id=tenant.id, name=tenant.name, status=tenant.status, has_workspace=tenant.workspace_url is not None
    )


def _started(person: Person, session: Session, decision: Allowed) -> ImpersonationStarted:
    return ImpersonationStarted(
        session_id=session.id,
        tenant_id=session.tenant_id,
        operator_id=person.operator_id,
        operator_name=person.name,
        operator_email=person.email,
        mode=session.mode,
        reason=session.reason,
        ticket=session.ticket,
        duration_seconds=decision.duration_seconds,
        expires_at=session.expires_at,
        policy_version=session.policy_version,
        replaces=decision.replaces,
    )


def _turned_down(
    caller: Caller, request: StartRequest, tenant: Tenant | None, refusal: Refused
) -> ImpersonationTurnedDown:
    asked = None if tenant else (request.tenant_asked or str(request.tenant_id))
    return turned_down(
        refusal,
        tenant_id=tenant.id if tenant else None,
        operator_id=caller.person.operator_id if caller.person else None,
        operator_name=caller.person.name if caller.person else caller.who.name,
        operator_email=caller.person.email if caller.person else None,
        reason_given=storable(request.reason),
        tenant_asked=storable(asked),
    )


def storable(text: str | None, longest: int = 500) -> str | None:
    """What somebody sent, as far as a database can keep it."""
    if text is None:
        return None
    return "".join("\ufffd" if defect(character) else character for character in text[:longest])


def _given(request: StartRequest) -> dict[str, Any]:
    return {
        "tenant": request.tenant_id or request.tenant_asked,
        "reason": request.reason,
        "ticket": request.ticket,
        "durationSeconds": request.duration_seconds,
        "mode": request.mode,
        "breakGlass": request.break_glass,
    }
