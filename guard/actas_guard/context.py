"""Whose request this is, for the product's own code: its queries, its rows and its logs."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from actas_guard import gate
from actas_guard.claims import Mode
from actas_guard.events import Tenant
from actas_guard.gate import Refusal
from actas_guard.live import LiveSet


class Impersonation(NamedTuple):
    """An operator inside a tenant, in a session that lives. Show and store the operator beside whatever is written."""

    session_id: UUID
    tenant_id: UUID
    tenant_slug: str
    operator_id: UUID
    operator_email: str
    operator_name: str
    reason: str
    mode: Mode  # in force now: READ_ONLY also where the tenant itself may only read
    expires_at: datetime


class NoLongerAllowed(Exception):
    """What let this request in holds no more: do nothing more for it. The guard answers in the product's stead."""


@dataclass(slots=True)
class Current:
    """The tenant that this request is for, the operator who acts in it, if any, and what the product says of it."""

    tenant: Tenant
    impersonation: Impersonation | None  # as it was let in; `inside` is as it is
    token: str | None = field(default=None, repr=False)  # for the next service, see `outgoing`
    origin: str = ""
    live: LiveSet | None = field(default=None, repr=False, compare=False)  # none where a test made this
    # What the product's code tells the guard while it works on the request.
    route: str | None = None
    changed: bool = False
    surface: str | None = None
    refusal: Refusal | None = None

    def holds(self) -> bool:
        """Whether what let the request in still does."""
        if self.live is None:
            return True
        return self.live.holds(self.tenant.slug, self.impersonation.session_id if self.impersonation else None)

    def inside(self) -> Impersonation | None:
        """The session under the mode that is in force now, which may have become less since the request was let in."""
        inside = self.impersonation
        if inside is None or self.live is None:
            return inside
        session, tenant = self.live.session(inside.session_id), self.live.tenant(self.tenant.slug)
        mode = gate.mode_in_force(tenant, session.mode) if session and tenant else inside.mode
        return inside if mode == inside.mode else inside._replace(mode=mode)


current: ContextVar[Current | None] = ContextVar("actas_current", default=None)


def impersonation() -> Impersonation | None:
    """The session that this request is made in; None for the tenant's own people, and outside a request."""
    here = current.get()
    return here.inside() if here else None


def record_route(template: str | None) -> None:
    """Name the route of this request for its record, such as `/cases/{id}`, where the framework does not tell it."""
    here = current.get()
    if here:
        here.route = template


def record_surface(name: str) -> None:
    """Say that this request touches something that the platform manages in the workspace, such as `billing`.

    In a session it becomes an entry of the tenant's ledger. Where a path can tell, prefer `platform_managed`.
    """
    here = current.get()
    if here:
        here.surface = name[:200] or None


def actor() -> str | None:
    """Who acts in the tenant's name, for a log or an audit row: `Jane Doe (operator)`, or None."""
    inside = impersonation()
    return f"{inside.operator_name} (operator)" if inside else None
