"""A guard that believes what it is told, with a live session: for what is measured without a console."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from actas_guard import Guard, GuardSettings, subdomain
from actas_guard.events import Event
from actas_guard.keys import _read
from tools.vectors import world

if TYPE_CHECKING:
    from pathlib import Path

    from actas_guard.asgi import ASGIApp, Message, Receive, Scope, Send

HOST = "acme.example.com"


@dataclass(frozen=True)
class Stand:
    """A guard around a product, and the cookie of an operator inside acme."""

    guard: Guard
    cookie: bytes

    @classmethod
    def around(cls, app: ASGIApp, *, tenant_id: UUID, spool: Path | None = None) -> Stand:
        """Whose clocks stand still, so that the session lasts."""
        acme = {**world.ACME, "id": str(tenant_id)}
        settings = GuardSettings(
            console_url="https://console.example",
            service_key="actas_bench",
            issuer=world.ISSUER,
            tenant_of=subdomain("example.com"),
            scheme="https",
            max_pending_records=10**6,
            spool=spool,
            clock=lambda: world.NOW,
            monotonic=lambda: 1000.0,
        )
        guard = Guard(app, settings)
        service = guard._service
        service.stopped = True  # no console is followed
        service.keys._keys = _read({"keys": [world.public(world.CONSOLE)]})
        for event in world.snapshot(world.told_tenant(acme), world.told_session(of=acme)):
            service.live.apply(Event.read({**event, "at": world.instant(world.NOW), "position": "1"}))
        if service.spool:
            service.spool.open()
        return cls(guard, b"__Host-actas-session=" + world.token(of=acme).encode())


def page(path: str, *cookies: bytes) -> Scope:
    """A browser's GET, as uvicorn hands it over."""
    headers = [
        (b"host", HOST.encode()),
        (
            b"user-agent",
            b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36",
        ),
        (b"accept", b"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
        (b"accept-language", b"en-GB,en;q=0.9"),
        (b"accept-encoding", b"gzip, deflate, br"),
        (b"sec-fetch-mode", b"navigate"),
        (b"cookie", b"; ".join((b"theme=dark", *cookies))),
    ]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 50000),
        "server": (HOST, 443),
    }


async def hello(_: Scope, __: Receive, send: Send) -> None:
    """The smallest product."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"hello"})


async def status(app: ASGIApp, scope: Scope) -> int:
    """What the application answers."""
    answered: list[int] = []

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answered.append(message["status"])

    await app(scope, _no_body, send)
    return answered[0]


async def _no_body() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}
