"""The console's API over HTTP, as this product's service."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import httpx

from actas_guard.settings import GuardSettings

_EXCHANGE: Final = """
mutation ExchangeHandoff($input: ExchangeHandoffInput!) {
  exchangeHandoff(input: $input) {
    ... on ImpersonationToken {
      accessToken expiresIn
      session { uuid mode expiresAt tenant { slug } policy { carrier landingPath returnTo } }
    }
    ... on Refused { code message }
  }
}
"""
_END: Final = """
mutation EndImpersonation($input: EndImpersonationInput!) {
  endImpersonation(input: $input) {
    ... on SessionChanged { session { uuid endCause endedAt } }
    ... on Refused { code message }
  }
}
"""
_MAY: Final = "query KeyMay { viewer { permissions } }"
_APPEND: Final = """
mutation AppendAccessRecords($input: AppendAccessRecordsInput!) {
  appendAccessRecords(input: $input) {
    ... on Appended { count duplicates }
    ... on Refused { code message }
  }
}
"""
_PRESENCE: Final = """
mutation AppendPresence($input: AppendPresenceInput!) {
  appendPresence(input: $input) {
    ... on Appended { count }
    ... on Refused { code message }
  }
}
"""
_TIMEOUT: Final = httpx.Timeout(5, connect=2)


class ConsoleUnavailable(Exception):
    """The console did not answer as a console; nothing is known of whether it did what was asked."""


class ConsoleRefused(Exception):
    """The console answered no, and why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What a hand-off's code was traded for."""

    token: str
    session_id: UUID
    carrier: str
    landing_path: str
    return_to: str


def client(settings: GuardSettings) -> httpx.AsyncClient:
    """A client for the console, and for nothing else.

    The environment is not asked: a netrc file would replace the service key, and a proxy would be shown it.
    """
    return httpx.AsyncClient(base_url=settings.console_url, timeout=_TIMEOUT, trust_env=False, follow_redirects=False)


class Console:
    """The mutations that a guard needs. Each raises ConsoleUnavailable, or ConsoleRefused with the console's code."""

    def __init__(self, http: httpx.AsyncClient, service_key: str) -> None:
        self._http = http
        self._headers = {"authorization": f"Bearer {service_key}", "accept": "application/graphql-response+json"}

    async def exchange(self, code: str, verifier: str) -> HandedOver:
        """Trade a hand-off's code. A lost answer is asked for once more: the same verifier gets the same answer."""
        try:
            answer = await self._mutate(_EXCHANGE, "exchangeHandoff", {"code": code, "verifier": verifier})
        except ConsoleUnavailable:
            answer = await self._mutate(_EXCHANGE, "exchangeHandoff", {"code": code, "verifier": verifier})
        try:
            session = answer["session"]
            policy = session["policy"]
            return HandedOver(
                token=str(answer["accessToken"]),
                session_id=UUID(session["uuid"]),
                carrier=str(policy["carrier"]),
                landing_path=str(policy["landingPath"]),
                return_to=str(policy["returnTo"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ConsoleUnavailable("the console's answer to exchangeHandoff cannot be read") from error

    async def permissions(self) -> frozenset[str]:
        """What the service key may do."""
        told = (await self._mutate(_MAY, "viewer", {})).get("permissions")
        return frozenset(told) if isinstance(told, list) else frozenset()

    async def end(self, session_id: UUID, *, on_behalf_of: str | None = None) -> None:
        """Pass on the operator's Stop, or on behalf of one of the tenant's people the tenant's.

        A session that is over already is as good as stopped.
        """
        # The console's global ids are this text; a token has room for the UUID only.
        global_id = base64.b64encode(f"ImpersonationSession:{session_id}".encode()).decode()
        try:
            stated = {"onBehalfOf": on_behalf_of} if on_behalf_of is not None else {}
            await self._mutate(_END, "endImpersonation", {"sessionId": global_id, **stated})
        except ConsoleRefused as refused:
            if refused.code != "ALREADY_ENDED":
                raise

    async def append(self, records: Sequence[dict[str, Any]]) -> None:
        """Hand over access records; one that the console has already is harmless."""
        await self._mutate(_APPEND, "appendAccessRecords", {"records": list(records)})

    async def report_presence(self, sessions: Sequence[dict[str, Any]]) -> None:
        """Say what is known of the life in sessions; of one that is over it is harmless."""
        await self._mutate(_PRESENCE, "appendPresence", {"sessions": list(sessions)})

    async def _mutate(self, query: str, field: str, arguments: dict[str, Any]) -> dict[str, Any]:
        body = {"query": query, "variables": {"input": arguments}}
        try:
            response = await self._http.post("/graphql", json=body, headers=self._headers)
            answer = response.json()
            errors, result = answer.get("errors"), (answer.get("data") or {}).get(field)
        except (httpx.HTTPError, ValueError, AttributeError) as error:
            raise ConsoleUnavailable(f"{field}: {type(error).__name__}") from error
        if errors or not isinstance(result, dict):
            raise ConsoleUnavailable(f"{field}: HTTP {response.status_code}, {_codes(errors)}")
        if "code" in result:
            raise ConsoleRefused(str(result["code"]), str(result.get("message", "")))
        return result


def _codes(errors: object) -> str:
    found = [
        str(error.get("extensions", {}).get("code", "no code"))
        for error in (errors if isinstance(errors, list) else ())
        if isinstance(error, dict)
    ]
    return ", ".join(found) or "no result"
