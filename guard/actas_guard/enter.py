"""The hand-off's two legs (DESIGN section 7): the token reaches the operator's own browser, and no URL holds a secret.

The verifier and the state stay in a cookie of the browser that began; a forwarded link lacks it, and is worthless.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import logging
import re
import secrets
from typing import Final
from urllib.parse import parse_qs, urlencode
from uuid import UUID

from actas_guard import carrier, cookies, gate, pages, tab
from actas_guard.asgi import Answer, Request
from actas_guard.claims import Claims
from actas_guard.console import ConsoleRefused, ConsoleUnavailable, HandedOver
from actas_guard.events import Tenant
from actas_guard.service import Service
from actas_guard.tokens import TokenRefused

log = logging.getLogger("actas_guard")

# How long the stream may lag behind the answer to the exchange; usually it is ahead by several redirects.
_ANNOUNCED_WITHIN_SECONDS: Final = 5
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_CODE: Final = re.compile(r"[A-Za-z0-9_.~-]{16,512}")
_AGAIN: Final = "Start or reopen the session from the console, and enter this workspace from there."


async def enter(service: Service, request: Request, tenant: Tenant) -> Answer:
    """Answer `/actas/enter`: with `session` it begins a hand-off, with `code` and `state` it completes one."""
    if request.method != "GET":
        return Answer(405, headers=(("allow", "GET"),))
    query = parse_qs(request.scope.get("query_string", b"").decode("latin-1"), max_num_fields=8)
    single = {name: values[0] for name, values in query.items() if len(values) == 1}
    if refusal := gate.closed(tenant):
        return pages.refuse(request, refusal)
    if set(single) == {"session"}:
        return _begin(service, request, single["session"])
    if set(single) == {"code", "state"}:
        answer = await _complete(service, request, tenant, single["code"], single["state"])
        return Answer(answer.status, answer.body, answer.media_type, (*answer.headers, cookies.drop(cookies.ENTER)))
    return pages.page(400, "This link is incomplete", _AGAIN)


def _begin(service: Service, request: Request, session: str) -> Answer:
    try:
        session_id = UUID(session)
    except ValueError:
        return pages.page(400, "This link is incomplete", _AGAIN)
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = urlencode(
        {
            "session": str(session_id),
            "challenge": challenge,
            "state": state,
            "redirect_uri": f"{request.origin}/actas/enter",
        }
    )
    kept = cookies.put(cookies.ENTER, f"{session_id}.{state}.{verifier}", cookies.ENTER_SECONDS)
    return pages.redirect(f"{service.settings.console_url}/enter?{query}", (kept,))


async def _complete(service: Service, request: Request, tenant: Tenant, code: str, state: str) -> Answer:
    begun = _begun(request)
    if begun is None or not hmac.compare_digest(begun[1].encode(), state.encode()):
        return pages.page(
            403,
            "This link belongs to another browser",
            "It was opened in a browser that did not begin to enter, or too long ago. It gives no access to anybody.",
            _AGAIN,
            small="HANDOFF_FOREIGN",
        )
    if not _CODE.fullmatch(code):
        return pages.page(400, "This link is incomplete", _AGAIN)
    session_id, _, verifier = begun
    try:
        handed = await service.console.exchange(code, verifier)
    except ConsoleRefused as refused:
        return _not_handed_over(refused)
    except ConsoleUnavailable as error:
        log.warning("actas: a hand-off could not be completed (%s)", error)
        return pages.page(
            502,
            "The console does not answer",
            "This product could not reach its console to let you in. Nothing was lost: your session goes on.",
            "Enter again from the console in a moment.",
            small="CONSOLE_UNAVAILABLE",
        )
    try:
        claims = service.tokens.verify(handed.token, audience=request.origin, tenant_id=tenant.id)
    except TokenRefused as refused:
        log.error("actas: the console's token was refused: %s", refused)  # noqa: TRY400 - a decision, no trace needed
        return _no_trust()
    if not claims.session_id == handed.session_id == session_id:
        log.error("actas: the console's token is for another session than was asked for")
        return _no_trust()
    return await _let_in(service, tenant, handed, claims)


async def _let_in(service: Service, tenant: Tenant, handed: HandedOver, claims: Claims) -> Answer:
    if handed.carrier not in {"COOKIE", "TAB"}:
        return pages.page(
            501,
            "This product cannot keep the session as its policy asks",
            f"The policy of this tenant asks for the carrier {handed.carrier}, which this guard does not know.",
            "Have an administrator set the tenant's policy to COOKIE or TAB, then enter again from the console.",
            small="CARRIER_NOT_SUPPORTED",
        )
    if not await _announced(service, tenant, claims.session_id):
        return pages.page(
            503,
            "This session cannot be confirmed yet",
            "The guard of this product has not heard of your session from the console.",
            "Enter again from the console in a moment.",
            small="GUARD_STALE",
            headers=(("retry-after", "5"),),
        )
    left = max(1, claims.expires_at - int(service.live.now()))
    marker = f"{claims.session_id}.{'TENANT_LIST' if handed.return_to == 'TENANT_LIST' else 'TENANT'}"
    if handed.carrier == "TAB":
        readable, signature = carrier.halves(handed.token)
        kept = cookies.put(cookies.TAB, f"{marker}.{signature}", left)
        dropped = (cookies.drop(cookies.TOKEN), cookies.drop(cookies.INSIDE))
        seen = service.sightings.entered(claims.session_id)
        return tab.hand_over(readable, landing(handed.landing_path), (kept, *dropped, *seen))
    return pages.redirect(
        landing(handed.landing_path),
        (
            cookies.put(cookies.TOKEN, handed.token, left),
            cookies.put(cookies.INSIDE, marker, left + cookies.INSIDE_AFTER_SECONDS),
            *service.sightings.entered(claims.session_id),
            cookies.drop(cookies.TAB),
        ),
    )


async def _announced(service: Service, tenant: Tenant, session_id: UUID) -> bool:
    with service.live.watch(tenant.id) as changed:
        try:
            async with asyncio.timeout(_ANNOUNCED_WITHIN_SECONDS):
                while service.live.session(session_id) is None:
                    if service.live.ended(session_id):
                        return True  # the next request shows how it ended
                    await changed.wait()
                    changed.clear()
        except TimeoutError:
            return False
    return True


def landing(path: str) -> str:
    """A policy's landing path on this very host; anything that a browser could take elsewhere becomes `/`."""
    elsewhere = path.startswith("//") or "\\" in path or any(not 0x20 < ord(character) < 0x7F for character in path)
    return path if path.startswith("/") and not elsewhere else "/"


def _begun(request: Request) -> tuple[UUID, str, str] | None:
    parts = (request.cookie(cookies.ENTER) or "").split(".")
    if len(parts) != 3 or not _SECRET.fullmatch(parts[1]) or not _SECRET.fullmatch(parts[2]):
        return None
    try:
        return UUID(parts[0]), parts[1], parts[2]
    except ValueError:
        return None


def _not_handed_over(refused: ConsoleRefused) -> Answer:
    titles = {
        "CODE_SPENT": "This link was used already",
        "CODE_EXPIRED": "This link has expired",
        "ALREADY_ENDED": "This session is over",
    }
    title = titles.get(refused.code, "The console did not let you in")
    return pages.page(403, title, str(refused), _AGAIN, small=refused.code)


def _no_trust() -> Answer:
    return pages.page(
        502,
        "This session cannot be trusted",
        "What the console sent is not a session for this workspace, so nobody was let in.",
        "Enter again from the console; if it happens again, the product's guard and the console are set up differently "
        "(issuer, workspace address, or clock): ask whoever runs them to compare.",
        small="TOKEN_INVALID",
    )
