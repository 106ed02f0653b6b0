"""The live set: which sessions live now and how each tenant stands, as far as the console has proved it.

It holds who *is* inside, not who was thrown out: after a gap, a restore or a stolen signing key, a session that nobody
announced is refused. Everything here happens in one event loop, between two awaits; nothing needs a lock.
"""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from actas_guard import gate
from actas_guard.events import Banner, Event, Session, Tenant

# Enough for every session that a large deployment ends in a day; the oldest are forgotten, and then have no cause.
REMEMBERED_ENDS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Ended:
    """A session that is over; the cause is None where the console never told it to this process."""

    tenant_id: UUID
    banner: Banner
    cause: str | None
    at: datetime


@dataclass(slots=True)
class _View:
    tenants: dict[str, Tenant] = field(default_factory=dict)
    sessions: dict[UUID, Session] = field(default_factory=dict)

    def put(self, tenant: Tenant) -> None:
        for slug in [slug for slug, known in self.tenants.items() if known.id == tenant.id and slug != tenant.slug]:
            del self.tenants[slug]
        self.tenants[tenant.slug] = tenant


class LiveSet:
    """What `guardEvents` told, and how old that is."""

    def __init__(self, *, max_staleness: float, monotonic: Callable[[], float], clock: Callable[[], float]) -> None:
        self._max_staleness = max_staleness
        self._monotonic = monotonic
        self._clock = clock
        self._view: _View | None = None
        self._incoming: _View | None = None
        self._trusted = False
        self._ended: OrderedDict[UUID, Ended] = OrderedDict()
        self._watchers: dict[UUID, set[asyncio.Event]] = {}
        # Own monotonic time minus the console's time, at the fastest message: a heartbeat that took longer is older.
        self._offset = math.inf
        self._proved = -math.inf

    @property
    def ready(self) -> bool:
        """Whether any status of any tenant is known at all."""
        return self._view is not None

    @property
    def age(self) -> float:
        """Seconds since the console last proved that it reads its own feed; infinite before, and after a gap."""
        return self._monotonic() - self._proved if self._trusted else math.inf

    @property
    def stale(self) -> bool:
        """Whether the view is too old to let an operator in or on."""
        return self.age > self._max_staleness

    def now(self) -> float:
        """The console's time as far as it is known: deadlines are its, not this machine's."""
        return self._clock() if math.isinf(self._offset) else self._monotonic() - self._offset

    def tenant(self, slug: str) -> Tenant | None:
        """The tenant with this slug, under its last known status."""
        return self._view.tenants.get(slug) if self._view else None

    def session(self, session_id: UUID) -> Session | None:
        """The session if it lives; one whose deadline has passed is over, whoever has said so or not."""
        session = self._view.sessions.get(session_id) if self._view and self._trusted else None
        return session if session and session.until > self.now() else None

    def holds(self, slug: str, session_id: UUID | None) -> bool:
        """Whether what let a request in still does: its tenant is open, and its session, if it has one, lives."""
        tenant = self._view.tenants.get(slug) if self._view else None
        return tenant is not None and not gate.closed(tenant) and (session_id is None or self.lives(session_id))

    def lives(self, session_id: UUID) -> bool:
        """Whether the view is fresh and the session lives in it: asked at each part of each answer, so in one look."""
        session = self._view.sessions.get(session_id) if self._view and self._trusted else None
        now = self._monotonic()
        return session is not None and now - self._proved <= self._max_staleness and session.until > now - self._offset

    def living(self) -> set[UUID]:
        """The ids of all sessions that live."""
        known = self._view.sessions.values() if self._view and self._trusted else ()
        now = self.now()
        return {session.id for session in known if session.until > now}

    def sessions(self, tenant_id: UUID) -> list[Session]:
        """The live sessions of one tenant, the oldest first."""
        known = self._view.sessions.values() if self._view and self._trusted else ()
        now = self.now()
        found = [session for session in known if session.tenant_id == tenant_id and session.until > now]
        return sorted(found, key=lambda session: (session.banner.started_at, session.id))

    @property
    def counts(self) -> tuple[int, int]:
        """How many tenants are known, and how many sessions live."""
        if self._view is None:
            return 0, 0
        now = self.now()
        living = sum(session.until > now for session in self._view.sessions.values())
        return len(self._view.tenants), living if self._trusted else 0

    def ended(self, session_id: UUID) -> Ended | None:
        """How a session ended, as long as it is remembered."""
        if (ended := self._ended.get(session_id)) is not None:
            return ended
        session = self._view.sessions.get(session_id) if self._view else None
        if session and session.until <= self.now():
            return Ended(session.tenant_id, session.banner, "EXPIRED", session.expires_at)
        return None

    def ended_since(self, tenant_id: UUID, since: float) -> dict[UUID, Ended]:
        """The tenant's sessions that ended after `since` (console's time), as far as remembered."""
        return {
            session_id: ended
            for session_id, ended in reversed(self._ended.items())
            if ended.tenant_id == tenant_id and ended.at.timestamp() > since
        }

    def end(self, session_id: UUID, cause: str, at: datetime | None = None) -> None:
        """Hold a session for over from now on, without waiting for the stream to say so."""
        self._end(session_id, cause, at or datetime.fromtimestamp(self.now(), UTC))

    def distrust(self) -> None:
        """Forget who is inside: until a new snapshot is complete, nobody who acts for a tenant is let in or on.

        How the tenants stand stays known, for their own people.
        """
        self._trusted = False
        self._incoming = None
        self._offset = math.inf
        self._tell_all()

    def interrupted(self) -> None:
        """Drop half a snapshot: who was in it may be out when the next one is read."""
        self._incoming = None

    def apply(self, event: Event) -> None:
        """Take in one event of the stream."""
        match event.change:
            case "SNAPSHOT":
                self._incoming = self._incoming or _View()
                self._put(self._incoming, event)
            case "SNAPSHOT_END":
                self._replace(self._incoming or _View())
                self._offset = math.inf  # the console's clock may be another machine's by now
                self._prove(event.at)
                self._trusted = True
                self._tell_all()
            case "GAP":
                self.distrust()
            case "HEARTBEAT":
                was_stale = self.stale
                self._prove(event.at)
                if was_stale:
                    self._tell_all()
            case "SESSION_ENDED" if event.session_id:
                self._end(event.session_id, event.end_cause, event.at)
            case "TENANT_STATUS" | "SESSION_STARTED" | "SESSION_MODE":
                for view in (self._view, self._incoming):
                    if view is not None:
                        self._put(view, event)
                self._tell_about(event)
            case _:
                pass  # KEYS_ROTATED is about no session; what a newer console adds is not needed to refuse in time

    @contextmanager
    def watch(self, tenant_id: UUID) -> Iterator[asyncio.Event]:
        """An event that is set at each change that concerns the tenant; the watcher clears it."""
        changed = asyncio.Event()
        self._watchers.setdefault(tenant_id, set()).add(changed)
        try:
            yield changed
        finally:
            watchers = self._watchers[tenant_id]
            watchers.discard(changed)
            if not watchers:
                del self._watchers[tenant_id]

    def _put(self, view: _View, event: Event) -> None:
        if event.tenant:
            view.put(event.tenant)
        if event.session:
            # Ended stays ended: neither a replayed start nor a snapshot read before the end brings a session back.
            remembered = self._ended.get(event.session.id)
            if remembered is None or remembered.cause is None:
                view.sessions[event.session.id] = event.session
        elif event.session_id and (known := view.sessions.get(event.session_id)):
            view.sessions[known.id] = replace(known, mode=event.mode)

    def _end(self, session_id: UUID, cause: str | None, at: datetime) -> None:
        for view in (self._view, self._incoming):
            session = view.sessions.pop(session_id, None) if view else None
            if session:
                self._remember(session, cause, at)
        if known := self._ended.get(session_id):
            if cause:
                self._ended[session_id] = replace(known, cause=cause, at=at)
            self._tell(known.tenant_id)

    def _remember(self, session: Session, cause: str | None, at: datetime) -> None:
        self._ended[session.id] = Ended(session.tenant_id, session.banner, cause, at)
        if len(self._ended) > REMEMBERED_ENDS:
            self._ended.popitem(last=False)

    def _replace(self, view: _View) -> None:
        now = datetime.fromtimestamp(self.now(), UTC)
        for session in self._view.sessions.values() if self._view else ():
            if session.id not in view.sessions:
                expired = session.expires_at <= now
                self._remember(session, "EXPIRED" if expired else None, session.expires_at if expired else now)
        self._view, self._incoming = view, None

    def _prove(self, at: datetime) -> None:
        instant = at.timestamp()
        self._offset = min(self._offset, self._monotonic() - instant)
        self._proved = max(self._proved, instant + self._offset)

    def _tell_about(self, event: Event) -> None:
        known = self._view.sessions.get(event.session_id) if self._view and event.session_id else None
        if session := event.session or known:
            self._tell(session.tenant_id)
        if event.tenant:
            self._tell(event.tenant.id)

    def _tell(self, tenant_id: UUID) -> None:
        for watcher in self._watchers.get(tenant_id, ()):
            watcher.set()

    def _tell_all(self) -> None:
        for tenant_id in self._watchers:
            self._tell(tenant_id)
