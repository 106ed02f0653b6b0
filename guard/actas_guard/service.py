"""Everything in the guard that lasts longer than a request."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math

from actas_guard import console
from actas_guard.closing import Closing
from actas_guard.console import Console
from actas_guard.counters import Counters
from actas_guard.feed import Feed
from actas_guard.keys import KeySet
from actas_guard.live import LiveSet
from actas_guard.marks import Marks, plain
from actas_guard.metrics import Metrics
from actas_guard.presence import Presence
from actas_guard.records import Recorder
from actas_guard.rights import Rights
from actas_guard.settings import GuardSettings
from actas_guard.sightings import Sightings
from actas_guard.spool import Spool
from actas_guard.streams import Streams
from actas_guard.tokens import TokenVerifier

log = logging.getLogger("actas_guard")

_DRAIN_SECONDS = 5


class Service:
    """The keys, the live set, the records, and the tasks that keep them."""

    def __init__(self, settings: GuardSettings) -> None:
        self.settings = settings
        self._http = console.client(settings)
        self.console = Console(self._http, settings.service_key)
        self.keys = KeySet(self._http, monotonic=settings.monotonic)
        self.tokens = TokenVerifier(self.keys, issuer=settings.issuer, clock=settings.clock)
        self.live = LiveSet(
            max_staleness=settings.max_staleness_seconds, monotonic=settings.monotonic, clock=settings.clock
        )
        self.spool = self._spool()
        self.records = Recorder(
            self.console,
            limit=settings.max_pending_records,
            redaction=settings.redaction,
            spool=self.spool,
            strict=settings.strict,
        )
        self.marks = Marks(settings.marks)
        self.graphql = frozenset(plain(path) for path in settings.graphql)
        self.rights = Rights(self.console)
        # What another service of the product lets through was asked for the banner there.
        seconds = None if settings.behind_another else settings.banner_seen_seconds
        self.sightings = Sightings(settings.service_key, seconds, self.live.now)
        self.presence = Presence(self.console, self.live)
        self.counters = Counters(settings.clock)
        self.streams = Streams(settings.max_streams)
        self.closing = Closing()
        self._feed = Feed(settings, self.live, on_keys_rotated=self.keys.refresh)
        self._tasks: list[asyncio.Task[None]] = []
        self.stopped = False

    def start(self) -> None:
        """Begin to follow the console; called again, it does nothing."""
        if self._tasks or self.stopped:
            return
        self.closing.listen()
        if self.spool:
            self.spool.open()
        else:
            log.warning(
                "actas: no spool is set: access records wait in memory, and are lost when the process is killed"
            )
        for work in (self._feed.follow, self.keys.keep, self.records.send, self.rights.learn, self.presence.keep):
            task = asyncio.get_running_loop().create_task(work(), name=f"actas_guard {work.__qualname__}")
            task.add_done_callback(_report)
            self._tasks.append(task)

    def metrics(self) -> Metrics:
        """What the guard knows of itself now."""
        tenants, sessions = self.live.counts
        return Metrics(
            ready=self.live.ready,
            stale=self.live.stale,
            view_age_seconds=_finite(self.live.age),
            connected=self._feed.connected,
            reconnects=self._feed.reconnects,
            tenants=tenants,
            live_sessions=sessions,
            keys=self.keys.count,
            keys_age_seconds=_finite(self.keys.age),
            records_waiting=self.records.waiting,
            records_unreadable=self.records.unreadable,
            records_kept_in=self.records.kept_in,
            requests=self.counters.total,
            requests_last_minute=self.counters.last_minute,
            banner_streams=self.streams.total,
        )

    async def stop(self) -> None:
        """Stop following, and hand over the records that wait, for a few seconds at most."""
        self.stopped = True
        self.closing.forget()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.records.drain(), _DRAIN_SECONDS)
        await self.records.close()
        await self._http.aclose()

    def _spool(self) -> Spool | None:
        settings = self.settings
        return Spool(settings.spool, max_bytes=settings.max_spool_bytes) if settings.spool else None


def _finite(seconds: float) -> float | None:
    return seconds if math.isfinite(seconds) else None


def _report(task: asyncio.Task[None]) -> None:
    # Without its tasks the guard goes stale and refuses operators: safe, but somebody has to know why.
    if not task.cancelled() and (error := task.exception()):
        log.critical("actas: %s has stopped; restart the product", task.get_name(), exc_info=error)
