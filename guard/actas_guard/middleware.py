"""The guard itself: one plain ASGI middleware around the product."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Final

from actas_guard import admission, carrier, gate, graphql, marks, pages, tab, verdict
from actas_guard.asgi import Answer, ASGIApp, Message, Receive, Request, Scope, Send
from actas_guard.banner import BannerScript
from actas_guard.context import Impersonation, NoLongerAllowed, current
from actas_guard.ended import ended_page, leave
from actas_guard.enter import enter
from actas_guard.events import Tenant, TenantStatus
from actas_guard.gate import Refusal
from actas_guard.marks import RefusedHere
from actas_guard.metrics import Metrics
from actas_guard.passage import Passage
from actas_guard.people import PersonUnknown
from actas_guard.records import Record
from actas_guard.seen import BANNER_NOT_SEEN, beat
from actas_guard.service import Service
from actas_guard.settings import GuardSettings
from actas_guard.state import state, stream
from actas_guard.stop import end_now
from actas_guard.verdict import Turned

_OWN: Final = "/actas/"


class Guard:
    """Stands in front of a multi-tenant product.

    Lets operators in through live sessions only, gates by the tenant's status and the session's mode, and records
    every request that is made inside a session. `app` is any ASGI application; the guard follows its lifespan, and
    starts with the first request where the server has none. Put it outermost, so that nothing of the product runs
    before it.
    """

    def __init__(self, app: ASGIApp, settings: GuardSettings) -> None:
        self._app = app
        self._service = Service(settings)
        self._banner = BannerScript(settings.banner, settings.banner_seen_seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection (ASGI)."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        elif scope["type"] in {"http", "websocket"}:
            self._service.start()
            settings = self._service.settings
            request = Request.of(scope, settings.scheme, behind_another=settings.behind_another)
            await self._serve(request, receive, send)
        else:
            await self._app(scope, receive, send)

    def start(self) -> None:
        """Begin to follow the console, in the running event loop; a lifespan, or the first request, does this too."""
        self._service.start()

    async def stop(self) -> None:
        """Stop following, and hand over the records that wait; the end of a lifespan does this too."""
        await self._service.stop()

    def metrics(self) -> Metrics:
        """What the guard knows of itself now, for the product's own monitoring; cheap, and safe to call at any time."""
        return self._service.metrics()

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def along(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                if self._service.stopped:  # tests of a product start and stop one application again and again
                    self._service = Service(self._service.settings)
                self._service.start()
            elif message["type"].startswith("lifespan.shutdown."):
                await self._service.stop()
            await send(message)

        asked = False

        async def listening() -> Message:
            nonlocal asked
            asked = True
            return await receive()

        try:
            await self._app(scope, listening, along)
        except Exception:
            if asked:
                raise
            for moment in ("startup", "shutdown"):  # the product has no lifespan, as Django has none; the guard has one
                await receive()
                await along({"type": f"lifespan.{moment}.complete"})

    def _serve(self, request: Request, receive: Receive, send: Send) -> Awaitable[None]:
        """Decide at once, and give what is then to be awaited: each coroutine more costs every request."""
        if request.path == "/actas/banner.js":
            return self._banner.answer(request).send(request, send)
        if request.path == "/actas/tab.js":
            return tab.SCRIPT.send(request, send)
        tenant = admission.tenant_of(self._service, request)
        if isinstance(tenant, Refusal):
            return pages.refuse(request, tenant).send(request, send)
        if request.path.startswith(_OWN):
            return self._own(request, tenant, receive, send)
        settings = self._service.settings
        if settings.marks or settings.graphql:
            return self._serve_understood(request, tenant, receive, send)
        return self._serve_admitted(request, tenant, receive, send)

    async def _serve_understood(self, request: Request, tenant: Tenant, receive: Receive, send: Send) -> None:
        request, receive = await self._understood(request, tenant, receive)
        tenant = self._service.live.tenant(tenant.slug) or tenant  # reading a body takes its time
        await self._serve_admitted(request, tenant, receive, send)

    def _serve_admitted(self, request: Request, tenant: Tenant, receive: Receive, send: Send) -> Awaitable[None]:
        admitted = verdict.admit(self._service, request, tenant)
        if isinstance(admitted, Turned):
            return self._turn_away(request, admitted, send)
        passage = Passage(self._service, request, admitted, receive, send)
        if admitted.impersonation is None:
            return self._through(passage, carrier.shown(request, nobodys=True))
        return self._through_recorded(passage, admitted.impersonation)

    async def _understood(self, request: Request, tenant: Tenant, receive: Receive) -> tuple[Request, Receive]:
        """The request with what the product says of its route beyond the method."""
        service = self._service
        kinds = service.marks.of(request)
        if kinds:
            request = request._replace(kinds=kinds, changes=True if "SIDE_EFFECT" in kinds else None)
        if request.changes or request.scope["type"] != "http" or marks.plain(request.path) not in service.graphql:
            return request, receive
        carried = carrier.token(request, behind_another=service.settings.behind_another)
        if carried is None and tenant.status is TenantStatus.ACTIVE:
            return request, receive  # the tenant's own people may do anything
        return await graphql.understood(request, receive, service.settings.operation_of)

    async def _own(self, request: Request, tenant: Tenant, receive: Receive, send: Send) -> None:
        service = self._service
        answer = pages.refuse(request, Refusal(404, "NOT_FOUND", "There is no such page", "Check the address."))
        if request.scope["type"] == "http":
            match request.path:
                case "/actas/enter":
                    answer = await enter(service, request, tenant)
                case "/actas/leave":
                    answer = await leave(service, request, tenant)
                case "/actas/ended":
                    answer = ended_page(service, request, tenant)
                case "/actas/seen":
                    answer = beat(service, request, tenant)
                case "/actas/end":
                    answer = await end_now(service, request, tenant)
                case "/actas/state":
                    answer = await self._state(request, tenant)
                case "/actas/stream":
                    refusal = await stream(service, request, tenant, receive, send)
                    if refusal is None:
                        return None
                    answer = pages.refuse(request, refusal)
        return await answer.send(request, send)

    async def _state(self, request: Request, tenant: Tenant) -> Answer:
        try:
            return pages.as_json(await state(self._service, request, tenant))
        except PersonUnknown:
            return pages.refuse(request, gate.PERSON_UNKNOWN)

    async def _turn_away(self, request: Request, turned: Turned, send: Send) -> None:
        """Answer whoever is not let in; what was tried inside a session is on its record before (P6)."""
        record = None
        if turned.session_id:
            record = self._service.records.begin(request, turned.session_id, self._service.live.now())
        if record:
            with record:
                record.status = turned.answer.status
            if settled := record.settled():
                await settled
        await turned.answer.send(request, send)

    async def _through_recorded(self, passage: Passage, inside: Impersonation) -> None:
        """Let an operator through as far as the mode goes, and record it whatever comes of it (P6)."""
        service, at = self._service, self._service.live.now()
        request, here = passage.request, passage.here
        surface = service.marks.surface(request) if "PLATFORM" in request.kinds else None
        record = service.records.begin(request, inside.session_id, at, surface)
        if record is None:
            return await passage.instead(pages.refuse(request, gate.RECORDS_FULL, inside=True))
        passage.record(record)
        with record:
            if answer := await self._kept_out(passage, inside, record):
                record.status = answer.status
                return await passage.instead(answer)
            record.passed_on = True
            service.presence.request(inside.session_id, at)
            scope = carrier.shown(request)
            try:
                await self._through(passage, scope)
            finally:
                record.status = passage.status
                record.route = here.route or _route(scope)
                record.unsafe = record.unsafe or here.changed
                record.surface = record.surface or here.surface
        return None

    async def _kept_out(self, passage: Passage, inside: Impersonation, record: Record) -> Answer | None:
        """What an operator is answered before the product hears of the request; None where it may."""
        service, request, here = self._service, passage.request, passage.here
        changes, strict = record.unsafe, service.settings.strict
        refusal: Refusal | None = None
        if strict:
            if settled := record.settled():
                await settled
            refusal = None if record.durable else gate.RECORDS_FULL
        if refusal is None and (changes or request.kinds):
            refusal = verdict.refused(service, request, here, inside)
        if refusal is None and changes and not await service.sightings.allow(request, inside.session_id):
            refusal = BANNER_NOT_SEEN
        if refusal:
            return pages.refuse(request, refusal, inside=True)
        # Meanwhile the disk, or the banner's first beat, may have been waited for.
        if (changes or strict) and not admission.still_allowed(service, here, request):
            return verdict.no_longer(service, request, here.tenant)
        return None

    async def _through(self, passage: Passage, scope: Scope) -> None:
        """Let whoever was let in through to the product, as long as that holds."""
        request, here = passage.request, passage.here
        http = scope["type"] == "http"
        token = current.set(here)
        try:
            if http:
                await self._app(scope, passage.receive, passage.answer)
            else:
                with self._service.live.watch(here.tenant.id) as changed:
                    await passage.socket(self._app, scope, changed)
        except Exception as error:
            if http and isinstance(error, RefusedHere | NoLongerAllowed):
                passage.cut = True
            if not passage.cut:
                passage.status = passage.status or 500  # as the server will answer
                raise
        finally:
            current.reset(token)
            if passage.status:
                self._service.counters.count(passage.status)
        if passage.begun or not http:
            return
        if refusal := here.refusal:
            passage.status = refusal.status
            await passage.instead(pages.refuse(request, refusal, inside=here.impersonation is not None))
        elif passage.cut:
            await passage.instead(verdict.no_longer(self._service, request, here.tenant, reached=True))


def _route(scope: Scope) -> str | None:
    """The route's template as Starlette, FastAPI or Litestar leave it; others tell by `record_route()`."""
    route = getattr(scope.get("route"), "path", None) or scope.get("path_template")
    return route if isinstance(route, str) else None
