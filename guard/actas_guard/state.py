"""What a page of the product shows about who is inside, and the stream that keeps it current."""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

from actas_guard import admission, gate
from actas_guard.admission import Operator, Over
from actas_guard.asgi import Receive, Request, Send
from actas_guard.events import Banner, Tenant
from actas_guard.people import PersonUnknown, who
from actas_guard.service import Service

log = logging.getLogger("actas_guard")

_SHOWN_AFTER_END_SECONDS: Final = 60
# How soon a stream notices what no event tells: staleness, and a person who signed out.
_LOOK_SECONDS: Final = 10
# A server that restarts waits for open responses; the page connects again by itself.
_LONGEST_STREAM_SECONDS: Final = 300
TOO_MANY: Final = gate.Refusal(503, "TOO_MANY_STREAMS", "Too many pages are open", "Try again soon.", 10)


async def state(service: Service, request: Request, tenant: Tenant) -> dict[str, Any]:
    """What this caller may know: the tenant's status, their own session, and who else is inside.

    Raises:
        PersonUnknown: where `person_of` fails.

    """
    live = service.live
    caller = admission.caller(service, request, tenant)
    viewer = await _viewer(service, request, tenant, caller)
    sees = "ADMIN" if viewer == "OPERATOR" else viewer
    may_end = viewer == "ADMIN" and service.rights.tenant_may_end
    now = live.now()
    own = caller.session.id if isinstance(caller, Operator) else None
    if own:
        service.presence.page(own)
    banners = [
        {
            "session": str(session.id),
            "own": session.id == own,
            "mayEnd": may_end,
            "tenantName": session.banner.tenant_name,
            "operatorName": session.banner.operator_name,
            "operatorEmail": session.banner.operator_email,
            "reason": session.banner.reason,
            "mode": gate.mode_in_force(tenant, session.mode),
            "expiresAt": _text(session.expires_at),
            "remainingMs": max(0, int((session.until - now) * 1000)),
        }
        for session in live.sessions(tenant.id)
        if session.id == own or _shown(session.banner, sees)
    ]
    return {
        "tenant": {"slug": tenant.slug, "status": tenant.status},
        "viewer": viewer,
        "session": _own(request, caller, banners),
        "banners": banners,
        "left": _left(service, tenant, sees, now),
        "at": _text(datetime.fromtimestamp(now, UTC)),
        "ageMs": int(live.age * 1000) if live.age < 10**9 else None,
        "stale": live.stale,
        "recordsKeptIn": service.records.kept_in if viewer else None,
    }


async def stream(
    service: Service, request: Request, tenant: Tenant, receive: Receive, send: Send
) -> gate.Refusal | None:
    """Server-sent events: the state at once, and again after each change of it; or why there are none.

    Nothing is queued: a reader that is slow gets the latest state when it is ready for one.
    """
    try:
        viewer = await _viewer(service, request, tenant, admission.caller(service, request, tenant))
    except PersonUnknown:
        return gate.PERSON_UNKNOWN
    if not service.streams.has_room(tenant.id, viewer):
        return TOO_MANY
    with service.streams.held(tenant.id, viewer):
        await _follow(service, request, tenant, receive, send)
    return None


async def _follow(service: Service, request: Request, tenant: Tenant, receive: Receive, send: Send) -> None:
    headers = [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"x-accel-buffering", b"no"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    over = {asyncio.ensure_future(_gone(receive)), asyncio.ensure_future(service.closing.told.wait())}
    deadline = asyncio.get_running_loop().time() + _LONGEST_STREAM_SECONDS
    told: dict[str, Any] | None = None
    try:
        with service.live.watch(tenant.id) as changed:
            while not any(each.done() for each in over) and asyncio.get_running_loop().time() < deadline:
                changed.clear()
                try:
                    latest = await state(service, request, service.live.tenant(tenant.slug) or tenant)
                except PersonUnknown as error:
                    log.warning("actas: the banner's stream breaks off, since person_of failed (%r)", error.__cause__)
                    break
                if told is None or _lasting(latest) != _lasting(told):
                    text = f"retry: 1000\ndata: {json.dumps(latest)}\n\n"
                    told = latest
                else:
                    text = ": still here\n\n"
                await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
                wait = asyncio.ensure_future(changed.wait())
                await asyncio.wait({wait, *over}, timeout=_LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                wait.cancel()
    finally:
        for each in over:
            each.cancel()
    with suppress(OSError):
        await send({"type": "http.response.body", "body": b""})


async def _viewer(service: Service, request: Request, tenant: Tenant, caller: admission.Caller) -> str | None:
    if isinstance(caller, Operator):
        return "OPERATOR"
    person = None if caller is not None else await who(service.settings, request, tenant)
    return person.role if person else None


def _shown(banner: Banner, sees: str | None) -> bool:
    return (banner.presence == "EVERYONE" and sees is not None) or (banner.presence == "ADMINS" and sees == "ADMIN")


def _own(request: Request, caller: admission.Caller, banners: list[dict[str, Any]]) -> dict[str, Any] | None:
    if isinstance(caller, Over):
        ended = admission.ended_path(request, caller.session_id)
        return {"id": str(caller.session_id), "over": True, "endedUrl": ended}
    if isinstance(caller, Operator):
        own, own_id = next((banner for banner in banners if banner["own"]), None), caller.session.id
        if own:
            kept = {key: own[key] for key in ("mode", "expiresAt", "remainingMs")}
            # Told ahead: by the end another tab may have been shown it, and this browser know nothing any more.
            return {"id": own["session"], "over": False, "endedUrl": admission.ended_path(request, own_id), **kept}
    return None


def _left(service: Service, tenant: Tenant, sees: str | None, now: float) -> list[dict[str, Any]]:
    ended = service.live.ended_since(tenant.id, now - _SHOWN_AFTER_END_SECONDS)
    return [
        {"session": str(session_id), "operatorName": end.banner.operator_name, "at": _text(end.at), "cause": end.cause}
        for session_id, end in ended.items()
        if _shown(end.banner, sees)
    ]


def _lasting(document: dict[str, Any]) -> dict[str, Any]:
    """The state without what only the clock changes."""
    kept = {key: value for key, value in document.items() if key not in {"at", "ageMs", "session", "banners"}}
    parts = [*document["banners"], *([document["session"]] if document["session"] else [])]
    return {**kept, "parts": [{k: v for k, v in part.items() if k != "remainingMs"} for part in parts]}


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
