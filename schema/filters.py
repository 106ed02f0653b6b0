"""Filters: what lists can be narrowed to, and what their texts must be before they reach a statement."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final, overload

import strawberry

from db.pages.access import AccessWhere
from db.pages.impersonation import SessionsWhere
from db.pages.ledger import EntriesWhere
from db.pages.tenants import TenantsWhere
from permissions.operators import Permission
from permissions.policy import TenantStatus
from permissions.refusals import BadInput, Forbidden
from permissions.text import defect
from schema import ids
from schema.enums import EndCause, SessionState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from permissions.caller import Caller

LONGEST: Final = 500
MOST: Final = 100


@strawberry.input(description="Which tenants; every condition given must hold.")
class TenantFilter:
    """Conditions on tenants."""

    ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description=f"One of these, at most {MOST}; what there is no tenant of is left out."
    )
    search: str | None = strawberry.field(default=None, description="With this text in the name or slug.")
    statuses: list[TenantStatus] | None = strawberry.field(default=None, description="In one of these statuses.")
    plans: list[str] | None = strawberry.field(default=None, description="On one of these plans.")
    regions: list[str] | None = strawberry.field(default=None, description="In one of these regions.")
    impersonated: bool | None = strawberry.field(
        default=None, description="Only those that an operator is inside now, or only the others."
    )


Tenants = Annotated[TenantFilter | None, strawberry.argument(description="Which tenants.")]


def tenants(given: TenantFilter | None, *, only: UUID | None = None) -> TenantsWhere:
    """The conditions of a filter, and the one tenant that the caller is confined to."""
    given = given or TenantFilter()
    return TenantsWhere(
        ids=each_id(given.ids, "Tenant", "filter.ids"),
        search=plain(given.search, "filter.search"),
        statuses=None if given.statuses is None else tuple(status.value for status in given.statuses),
        plans=each_plain(given.plans, "filter.plans"),
        regions=each_plain(given.regions, "filter.regions"),
        impersonated=given.impersonated,
        only=only,
    )


@strawberry.input(description="Which sessions; every condition given must hold.")
class SessionFilter:
    """Conditions on sessions."""

    states: list[SessionState] | None = strawberry.field(default=None, description="In one of these states.")
    tenant_id: strawberry.ID | None = strawberry.field(default=None, description="Of this tenant.")
    operator_id: strawberry.ID | None = strawberry.field(default=None, description="Of this operator.")
    started_since: datetime | None = strawberry.field(default=None, description="Begun at this instant or later.")
    started_until: datetime | None = strawberry.field(default=None, description="Begun before this instant.")
    inside_since: datetime | None = strawberry.field(
        default=None,
        description="Not over before this instant, whenever it began; with insideUntil: inside at any time between.",
    )
    inside_until: datetime | None = strawberry.field(
        default=None, description="Begun before this instant, whenever it ended; the other half of insideSince."
    )
    end_causes: list[EndCause] | None = strawberry.field(default=None, description="Over for one of these causes.")
    ticket: str | None = strawberry.field(
        default=None, description="About exactly this ticket, in upper or lower case; blanks around it do not count."
    )


Sessions = Annotated[SessionFilter | None, strawberry.argument(description="Which sessions.")]


def sessions(given: SessionFilter | None, *, only: UUID | None = None) -> SessionsWhere:
    """The conditions of a filter, and the one tenant that the caller is confined to."""
    given = given or SessionFilter()
    return SessionsWhere(
        states=None if given.states is None else tuple(state.value for state in given.states),
        tenant_id=ids.optional(given.tenant_id, "Tenant", "filter.tenantId"),
        operator_id=ids.optional(given.operator_id, "Operator", "filter.operatorId"),
        started_since=given.started_since,
        started_until=given.started_until,
        inside_since=given.inside_since,
        inside_until=given.inside_until,
        end_causes=None if given.end_causes is None else tuple(cause.value for cause in given.end_causes),
        ticket=None if given.ticket is None else plain(given.ticket, "filter.ticket").strip(),
        only=only,
    )


@strawberry.input(description="Which entries; every condition given must hold.")
class AuditFilter:
    """Conditions on entries."""

    kinds: list[str] | None = strawberry.field(default=None, description="Of one of these kinds.")
    tenant_id: strawberry.ID | None = strawberry.field(default=None, description="In this tenant's ledger.")
    operator_id: strawberry.ID | None = strawberry.field(default=None, description="By or about this operator.")
    session_id: strawberry.ID | None = strawberry.field(default=None, description="About this session.")
    since: datetime | None = strawberry.field(default=None, description="Written at this instant or later.")
    until: datetime | None = strawberry.field(default=None, description="Written before this instant.")
    ip_address: str | None = strawberry.field(default=None, description="Done from this address. Needs ORIGIN_READ.")
    text: str | None = strawberry.field(default=None, description="With this text in its sentence or its actor's name.")


Audit = Annotated[AuditFilter | None, strawberry.argument(description="Which entries.")]


def audit(caller: Caller, given: AuditFilter | None, *, only: UUID | None = None) -> EntriesWhere:
    """The conditions of a filter, and the one tenant that the caller is confined to.

    Raises Forbidden for a condition on what the caller may not read: the answer would tell it.
    """
    given = given or AuditFilter()
    if given.ip_address is not None and not caller.may(Permission.ORIGIN_READ):
        raise Forbidden("Filtering by ipAddress needs ORIGIN_READ.")
    return EntriesWhere(
        kinds=each_plain(given.kinds, "filter.kinds"),
        tenant_id=ids.optional(given.tenant_id, "Tenant", "filter.tenantId"),
        operator_id=ids.optional(given.operator_id, "Operator", "filter.operatorId"),
        session_id=ids.optional(given.session_id, "ImpersonationSession", "filter.sessionId"),
        since=given.since,
        until=given.until,
        ip=plain(given.ip_address, "filter.ipAddress"),
        text=plain(given.text, "filter.text"),
        only=only,
    )


@strawberry.input(description="Which requests; every condition given must hold.")
class AccessLogFilter:
    """Conditions on requests."""

    session_id: strawberry.ID | None = strawberry.field(default=None, description="Of this session.")
    since: datetime | None = strawberry.field(default=None, description="Made at this instant or later.")
    until: datetime | None = strawberry.field(default=None, description="Made before this instant.")
    path_prefix: str | None = strawberry.field(default=None, description="To a path that begins so.")
    wrote: bool | None = strawberry.field(default=None, description="Only those that could write, or only the others.")


AccessLog = Annotated[AccessLogFilter | None, strawberry.argument(description="Which requests.")]


def access_log(given: AccessLogFilter | None) -> AccessWhere:
    """The conditions of a filter."""
    given = given or AccessLogFilter()
    return AccessWhere(
        session_id=ids.optional(given.session_id, "ImpersonationSession", "filter.sessionId"),
        since=given.since,
        until=given.until,
        path_prefix=plain(given.path_prefix, "filter.pathPrefix"),
        wrote=given.wrote,
    )


@overload
def plain(given: str, argument: str) -> str: ...
@overload
def plain(given: str | None, argument: str) -> str | None: ...
def plain(given: str | None, argument: str) -> str | None:
    """A text that PostgreSQL takes; raises BadInput, naming the argument, for any other (threat 33)."""
    if given is None:
        return None
    if flaw := defect(given):
        raise BadInput(f"`{argument}` {flaw}.")
    if len(given) > LONGEST:
        raise BadInput(f"`{argument}` has more than {LONGEST} characters.")
    return given


def each_plain(given: Sequence[str] | None, argument: str) -> tuple[str, ...] | None:
    """Like plain, for a list of alternatives."""
    if given is None:
        return None
    _bound(given, argument)
    return tuple(plain(each, argument) for each in given)


def each_id(given: Sequence[str] | None, type_name: str, argument: str) -> tuple[UUID, ...] | None:
    """Like ids.decode, for a list of alternatives."""
    if given is None:
        return None
    _bound(given, argument)
    return tuple(ids.decode(each, type_name, argument) for each in given)


def _bound(given: Sequence[str], argument: str) -> None:
    if len(given) > MOST:
        raise BadInput(f"`{argument}` has more than {MOST} values.")
