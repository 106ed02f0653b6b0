"""Starting and ending a session by plain POST, for tools that speak no GraphQL (S3-2, S3-3, S3-33).

The very use cases of the mutations, so the same decisions and records; only the answers are HTTP's own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Final

import orjson

from actas.answers import NOT_FOUND, Answer
from actas.bodies import json_body, misdirected
from actas.problems import error_problem, refusal_problem
from actas.scopes import headers
from db.ledger import plain
from permissions.policy import AccessMode
from permissions.refusals import ActasError, BadInput, Forbidden, Problem, RefusalCode, Refused, Unauthenticated
from resolvers import ending, impersonation
from resolvers.impersonation import StartRequest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from starlette.types import Receive, Scope, Send

    from actas.services import Services
    from db.impersonation import Session
    from permissions.caller import Caller

START: Final = "/platform/tenants/{tenant_id}/impersonate"
END: Final = "/platform/impersonation/end"
START_FIELDS: Final[Mapping[str, type]] = {
    "reason": str,
    "ticket": str,
    "durationSeconds": int,
    "mode": str,
    "idempotencyKey": str,
}
END_FIELDS: Final[Mapping[str, type]] = {"sessionId": str, "onBehalfOf": str, "idempotencyKey": str}
KINDS: Final = {str: "one string", int: "one integer"}


class _Call(ABC):
    """A POST that is one use case. Served for every method, so that callers are told which one it is."""

    route: ClassVar[str]
    field: ClassVar[str]

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        answer = await self._answer(scope, receive)
        await answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        if answer := misdirected(scope, "POST"):
            return answer
        body = await json_body(scope, receive, self._services.settings.console_url)
        if isinstance(body, Answer):
            return body
        caller: Caller = scope["state"]["caller"]
        try:
            answer, seen = await self._decided(scope, caller, {**body, **_key(scope, body)})
            # As for an operation of the API: what cannot be recorded is not shown.
            await self._services.activity.record(
                caller, f"POST {self.route}", [self.field], [seen] if seen else [], refused=answer.status == 403
            )
        except Unauthenticated:
            # The sign-in or key ended meanwhile: a stranger by now.
            return NOT_FOUND
        except ActasError as error:
            return error_problem(error)
        return answer

    async def _decided(self, scope: Scope, caller: Caller, given: dict[str, Any]) -> tuple[Answer, UUID | None]:
        try:
            return await self._act(scope, caller, given)
        except Forbidden as error:
            return error_problem(error), None

    @abstractmethod
    async def _act(self, scope: Scope, caller: Caller, given: dict[str, Any]) -> tuple[Answer, UUID | None]:
        """The use case's answer, and the tenant that was looked at."""


class Start(_Call):
    """201 with the session and `enterUrl`; else 403 for role, status and lock, 422 for input, 409 for conflicts."""

    route = START
    field = "startImpersonation"

    async def _act(self, scope: Scope, caller: Caller, given: dict[str, Any]) -> tuple[Answer, UUID | None]:
        request = _start_request(scope["path_params"]["tenant_id"], given)
        outcome = await impersonation.start(self._services.database, caller, request)
        if isinstance(outcome, Refused):
            return refusal_problem(outcome), None
        told = {"session": _session(outcome.session), "enterUrl": outcome.enter_url}
        return _json(201, told), outcome.tenant.id


class End(_Call):
    """200 with the session that is over, or a problem."""

    route = END
    field = "endImpersonation"

    async def _act(self, scope: Scope, caller: Caller, given: dict[str, Any]) -> tuple[Answer, UUID | None]:  # noqa: ARG002  a call's signature
        if problems := _misfits(given, END_FIELDS):
            return refusal_problem(Refused(tuple(problems))), None
        session_id = given.get("sessionId")
        outcome = await ending.end(
            self._services.database,
            caller,
            session_id=None if session_id is None else _id(session_id, "ImpersonationSession", "sessionId"),
            on_behalf_of=given.get("onBehalfOf"),
            idempotency_key=given.get("idempotencyKey"),
        )
        if isinstance(outcome, Refused):
            return refusal_problem(outcome), None
        return _json(200, {"session": _session(outcome)}), outcome.tenant_id


def _start_request(asked: str, given: dict[str, Any]) -> StartRequest:
    """What is asked for; a body that cannot be understood is an attempt too, and is refused by the use case."""
    tenant_id = _asked(asked)
    if problems := _misfits(given, START_FIELDS) or _unknown_mode(given.get("mode")):
        return StartRequest(tenant_id=tenant_id, tenant_asked=asked, unfit=Refused(tuple(problems)))
    return StartRequest(
        tenant_id=tenant_id,
        tenant_asked=asked,
        reason=given.get("reason"),
        ticket=given.get("ticket"),
        duration_seconds=given.get("durationSeconds"),
        mode=AccessMode(given["mode"]) if given.get("mode") else None,
        idempotency_key=given.get("idempotencyKey"),
    )


def _asked(given: str) -> UUID | None:
    """The tenant's id, or None for what is none: an attempt at it is recorded all the same."""
    try:
        return _id(given, "Tenant", "id")
    except BadInput:
        return None


def _id(given: str, type_name: str, argument: str) -> UUID:
    """A UUID as it is, or out of the API's own id; raises BadInput for anything else."""
    from schema import ids  # noqa: PLC0415  brings Strawberry along, which no command needs

    try:
        return ids.uuid(given, argument)
    except BadInput:
        return ids.decode(given, type_name, argument)


def _key(scope: Scope, body: dict[str, Any]) -> dict[str, Any]:
    """The header's idempotency key, quoted or not; several, or another than the body's, are left for `_misfits`."""
    sent = headers(scope, "idempotency-key")
    if not sent:
        return {}
    key = sent[0].strip()
    key = key[1:-1] if len(key) > 1 and key[0] == key[-1] == '"' else key
    agreed = len(sent) == 1 and body.get("idempotencyKey") in (None, key)
    return {"idempotencyKey": key if agreed else sent}


def _misfits(given: dict[str, Any], fields: Mapping[str, type]) -> list[Problem]:
    """What of a body is no field of the call, or of another kind; null is as good as left out."""
    found = [_misfit(f"There is no field `{name[:50]}` here.", name[:50]) for name in given if name not in fields]
    for name, kind in fields.items():
        value = given.get(name)
        if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
            found.append(_misfit(f"`{name}` must be {KINDS[kind]}.", name))
    return found


def _unknown_mode(given: str | None) -> list[Problem]:
    if given is None or given in set(AccessMode):
        return []
    return [_misfit(f"`mode` must be {' or '.join(AccessMode)}.", "mode")]


def _misfit(message: str, field: str) -> Problem:
    return Problem(RefusalCode.INPUT_INVALID, message, field)


def _session(session: Session) -> dict[str, Any]:
    """A session as the API tells of it, without what further permissions guard."""
    told = {
        "id": session.id,
        "tenantId": session.tenant_id,
        "operatorId": session.operator_id,
        "state": session.state,
        "mode": session.mode,
        "reason": session.reason,
        "ticket": session.ticket,
        "startedAt": session.started_at,
        "expiresAt": session.expires_at,
        "endedAt": session.ended_at,
        "endCause": session.end_cause,
        "durationSeconds": session.duration_seconds,
        "policyVersion": session.policy_version,
    }
    return {name: plain(value) for name, value in told.items()}


def _json(status: int, told: dict[str, Any]) -> Answer:
    return Answer(status, "application/json", orjson.dumps(told))
