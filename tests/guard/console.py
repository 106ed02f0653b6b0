"""What a guard needs of a console, on a real socket: the real protocols, and tokens signed with a real key."""

# long because: it is one stand-in, all of whose doors share its sessions and its feed
from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import secrets
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from actas_guard.claims import ALGORITHM, TOKEN_TYPE, Claims, Mode

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SERVICE_KEY = "actas_test_key"
ISSUER = "http://console.test"


@dataclass(frozen=True)
class FakeTenant:
    slug: str
    name: str
    port: int = 8001
    id: UUID = field(default_factory=uuid4)

    @property
    def host(self) -> str:
        return f"{self.slug}.localhost:{self.port}"

    @property
    def origin(self) -> str:
        return f"http://{self.host}"


@dataclass(frozen=True)
class FakeSession:
    tenant: FakeTenant
    mode: Mode
    starts: datetime
    expires: datetime
    presence: str = "EVERYONE"
    id: UUID = field(default_factory=uuid4)
    operator_id: UUID = field(default_factory=uuid4)

    def claims(self) -> dict[str, Any]:
        began = int(self.starts.timestamp())
        return Claims(
            issuer=ISSUER,
            audience=self.tenant.origin,
            tenant_id=self.tenant.id,
            operator_id=self.operator_id,
            operator_email="jane@actas.example",
            session_id=self.id,
            token_id=uuid4(),
            mode=self.mode,
            issued_at=began,
            not_before=began,
            expires_at=int(self.expires.timestamp()),
        ).to_payload()

    def event(self) -> dict[str, Any]:
        return {
            "sessionUuid": str(self.id),
            "tenantUuid": str(self.tenant.id),
            "mode": self.mode,
            "expiresAt": instant(self.expires),
            "banner": {
                "tenantName": self.tenant.name,
                "operatorName": "Jane Doe",
                "operatorEmail": "jane@actas.example",
                "reason": "webhook 500s",
                "startedAt": instant(self.starts),
                "expiresAt": instant(self.expires),
                "presence": self.presence,
            },
        }


class FakeConsole:
    """`port`, and what it was asked."""

    def __init__(self) -> None:
        self.port = 0
        self.clock_ahead = timedelta(0)
        self.keys = {"key-1": Ed25519PrivateKey.generate()}
        self.tenants: dict[str, tuple[FakeTenant, str]] = {}
        self.sessions: dict[UUID, FakeSession] = {}
        self.carrier, self.landing_path, self.return_to = "COOKIE", "/inbox", "TENANT"
        self.key_requests = 0
        self.resumed_after: list[str | None] = []
        self.records: list[dict[str, Any]] = []
        self.batches_refused = 0
        self.presence: list[dict[str, Any]] = []
        self.down = False
        self.announces = True  # whether a new session is told to the guards
        self.permissions = {"TOKEN_EXCHANGE", "GUARD_EVENTS", "ACCESS_LOG_APPEND", "TENANT_SIDE_DECIDE"}
        self.stopped: list[UUID] = []
        self.stopped_for: list[tuple[UUID, str]] = []  # by the tenant, and in whose name
        self._codes: dict[str, tuple[str, FakeSession]] = {}
        self._log: list[dict[str, Any]] = []
        self._sockets: dict[WebSocket, asyncio.Queue[dict[str, Any]]] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def now(self) -> datetime:
        return datetime.now(UTC) + self.clock_ahead

    # what happens in it

    def tenant(self, slug: str = "acme", name: str = "Acme GmbH", port: int = 8001) -> FakeTenant:
        made = FakeTenant(slug, name, port)
        self.tenants[slug] = (made, "ACTIVE")
        self.tell("TENANT_STATUS", **self._tenant(slug))
        return made

    def set_status(self, tenant: FakeTenant, status: str) -> None:
        self.tenants[tenant.slug] = (tenant, status)
        self.tell("TENANT_STATUS", **self._tenant(tenant.slug))

    def start(
        self, tenant: FakeTenant, *, mode: Mode = "READ_WRITE", seconds: float = 1800, presence: str = "EVERYONE"
    ) -> FakeSession:
        now = self.now()
        session = FakeSession(tenant, mode, now, now + timedelta(seconds=seconds), presence)
        self.sessions[session.id] = session
        if self.announces:
            self.tell("SESSION_STARTED", **session.event())
        return session

    def end(self, session: FakeSession, cause: str = "STOPPED") -> None:
        if self.sessions.pop(session.id, None):
            self.tell("SESSION_ENDED", sessionUuid=str(session.id), endCause=cause)

    def heartbeat(self) -> None:
        self.tell("HEARTBEAT")

    def tell(self, change: str, **about: Any) -> None:
        """Send an event to every guard, and keep it for those who come back."""
        event = self._event(change, **about)
        self._log.append(event)
        for queue in self._sockets.values():
            queue.put_nowait(event)

    async def disconnect(self) -> None:
        """Close every guard's connection."""
        for socket in list(self._sockets):
            with suppress(RuntimeError):
                await socket.close(1012)

    def token(
        self, session: FakeSession, *, key: str = "key-1", headers: dict[str, Any] | None = None, **claims: Any
    ) -> str:
        """A token as the console mints it, but for the claims and headers given; None takes one away."""
        payload = {name: value for name, value in {**session.claims(), **claims}.items() if value is not None}
        header = {"typ": TOKEN_TYPE, "kid": key, **(headers or {})}
        return jwt.encode(payload, self.keys[key], algorithm=ALGORITHM, headers=header)

    # its HTTP

    async def _jwks(self, _: Request) -> Response:
        self.key_requests += 1
        public = [
            {**OKPAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig", "alg": ALGORITHM}
            for kid, key in self.keys.items()
        ]
        return JSONResponse({"keys": public})

    async def _enter(self, request: Request) -> Response:
        asked = request.query_params
        code = secrets.token_urlsafe(32)
        self._codes[code] = (asked["challenge"], self.sessions[UUID(asked["session"])])
        return RedirectResponse(f"{asked['redirect_uri']}?code={code}&state={asked['state']}", 302)

    async def _graphql(self, request: Request) -> Response:
        body = await request.json()
        if self.down:
            return JSONResponse({"errors": [{"message": "no", "extensions": {"code": "UNAVAILABLE"}}]}, 503)
        if request.headers.get("authorization") != f"Bearer {SERVICE_KEY}":
            return JSONResponse({"errors": [{"message": "who?", "extensions": {"code": "UNAUTHENTICATED"}}]}, 401)
        if "viewer" in body["query"]:
            return JSONResponse({"data": {"viewer": {"permissions": list(self.permissions)}}})
        given = body["variables"]["input"]
        for name, answer in (
            ("exchangeHandoff", self._exchange),
            ("endImpersonation", self._stop),
            ("appendAccessRecords", self._append),
            ("appendPresence", self._presence),
        ):
            if name in body["query"]:
                return JSONResponse({"data": {name: answer(given)}})
        raise AssertionError(body["query"])

    def _exchange(self, given: dict[str, str]) -> dict[str, Any]:
        challenge, session = self._codes.pop(given["code"], ("", None))
        digest = base64.urlsafe_b64encode(hashlib.sha256(given["verifier"].encode()).digest()).rstrip(b"=").decode()
        if session is None or digest != challenge:
            return {"code": "CODE_SPENT", "message": "This code was used before."}
        policy = {"carrier": self.carrier, "landingPath": self.landing_path, "returnTo": self.return_to}
        told = {"uuid": str(session.id), "tenant": {"slug": session.tenant.slug}, "policy": policy}
        return {"accessToken": self.token(session), "expiresIn": 1800, "session": told}

    def _stop(self, given: dict[str, str]) -> dict[str, Any]:
        kind, _, key = base64.b64decode(given["sessionId"]).decode().partition(":")
        assert kind == "ImpersonationSession"
        session = self.sessions.get(UUID(key))
        if session is None:
            return {"code": "ALREADY_ENDED", "message": "It is over already."}
        person = given.get("onBehalfOf")
        cause = "STOPPED" if person is None else "TENANT_STOPPED"
        if person is None:
            self.stopped.append(session.id)
        else:
            self.stopped_for.append((session.id, person))
        self.end(session, cause)
        return {"session": {"uuid": key, "endCause": cause, "endedAt": instant(self.now())}}

    def _append(self, given: dict[str, Any]) -> dict[str, Any]:
        records = given["records"]
        if any("/poison" in record["path"] for record in records):
            self.batches_refused += 1
            return {"code": "INPUT_INVALID", "message": "A record cannot be taken."}
        known = {record["id"] for record in self.records}
        fresh = [record for record in records if record["id"] not in known]
        self.records += fresh
        return {"count": len(fresh), "duplicates": len(records) - len(fresh)}

    def _presence(self, given: dict[str, Any]) -> dict[str, Any]:
        self.presence += given["sessions"]
        return {"count": len(given["sessions"])}

    # its socket

    async def _socket(self, socket: WebSocket) -> None:
        await socket.accept(subprotocol="graphql-transport-ws")
        init = await socket.receive_json()
        if init["payload"].get("authorization") != f"Bearer {SERVICE_KEY}":
            await socket.close(4401)
            return
        await socket.send_json({"type": "connection_ack"})
        subscribe = await socket.receive_json()
        after = subscribe["payload"]["variables"]["after"]
        self.resumed_after.append(after)
        queue = self._sockets[socket] = asyncio.Queue()
        for event in self._snapshot() if after is None else [e for e in self._log if int(e["position"]) > int(after)]:
            queue.put_nowait(event)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._send(socket, subscribe["id"], queue))
                tasks.create_task(self._until_closed(socket))
        except* (WebSocketDisconnect, RuntimeError):
            pass  # the guard went, or a test cut it off
        finally:
            del self._sockets[socket]

    @staticmethod
    async def _send(socket: WebSocket, key: str, queue: asyncio.Queue[dict[str, Any]]) -> None:
        while True:
            event = await queue.get()
            message = (
                event if "type" in event else {"id": key, "type": "next", "payload": {"data": {"guardEvents": event}}}
            )
            await socket.send_text(json.dumps(message))

    @staticmethod
    async def _until_closed(socket: WebSocket) -> None:
        while True:
            await socket.receive_json()

    def _snapshot(self) -> list[dict[str, Any]]:
        return [
            *(self._event("SNAPSHOT", **self._tenant(slug)) for slug in self.tenants),
            *(self._event("SNAPSHOT", **session.event()) for session in self.sessions.values()),
            self._event("SNAPSHOT_END"),
        ]

    def send_snapshot(self, *, gap: bool = False, end: bool = True) -> None:
        """Send the whole anew to those who are connected."""
        whole = self._snapshot()
        for event in [*([self._event("GAP")] if gap else []), *(whole if end else whole[:-1])]:
            for queue in self._sockets.values():
                queue.put_nowait(event)

    def send_raw(self, event: dict[str, Any]) -> None:
        for queue in self._sockets.values():
            queue.put_nowait({**self._event("HEARTBEAT"), **event})

    def _event(self, change: str, **about: Any) -> dict[str, Any]:
        return {"change": change, "at": instant(self.now()), "position": str(len(self._log) + 1), **about}

    def _tenant(self, slug: str) -> dict[str, Any]:
        tenant, status = self.tenants[slug]
        support = "https://support.example/acme"
        return {"tenantUuid": str(tenant.id), "tenantSlug": slug, "tenantStatus": status, "supportUrl": support}

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/jwks.json", self._jwks),
                Route("/enter", self._enter),
                Route("/graphql", self._graphql, methods=["POST"]),
                WebSocketRoute("/graphql", self._socket),
            ]
        )


def instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


@asynccontextmanager
async def served(app: Any) -> AsyncIterator[int]:
    """The application on a real socket of this machine; gives its port."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        log_config=None,
        log_level="critical",
        ws="websockets",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve())
    try:
        async with asyncio.timeout(10):
            while not server.started:
                assert not task.done(), task.exception()
                await asyncio.sleep(0.005)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await task
