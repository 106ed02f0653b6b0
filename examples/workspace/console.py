"""What the platform's console knows of a tenant: its sessions and its ledger, read with the service key."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx

from examples.workspace.sample import Tenant

QUERY = """
query TenantRecord($slug: String!, $sessionsAfter: String, $entriesAfter: String) {
  tenant(slug: $slug) {
    uuid
    inside: sessions(first: 50, filter: {states: [ACTIVE]}) { nodes { ...story } }
    past: sessions(first: 20, after: $sessionsAfter, filter: {states: [ENDED]}) {
      nodes { ...story }
      pageInfo { hasNextPage endCursor }
    }
    audit(first: 50, after: $entriesAfter) {
      nodes { at kind summary sequence actor { name } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
fragment story on ImpersonationSession {
  uuid operator { name email } reason ticket mode startedAt expiresAt endedAt endCause endedBy { name }
  durationSeconds requestCount
}
"""


class ConsoleUnavailable(Exception):
    """The console did not give the record; the message is for the tenant's admin, and names no secret."""


@dataclass(frozen=True)
class Visit:
    """One impersonation session, as the tenant reads it."""

    uuid: UUID
    operator: str
    email: str
    reason: str
    ticket: str | None
    mode: str
    started: datetime
    expires: datetime
    ended: datetime | None
    cause: str | None
    ended_by: str | None
    seconds: int
    requests: int


@dataclass(frozen=True)
class Entry:
    """One line of the tenant's ledger."""

    at: datetime
    kind: str
    summary: str
    actor: str
    sequence: int


@dataclass(frozen=True)
class Record:
    """What the ledger holds about the tenant; the cursors lead to what is older."""

    inside: tuple[Visit, ...]
    past: tuple[Visit, ...]
    entries: tuple[Entry, ...]
    older_visits: str | None
    older_entries: str | None


class Console:
    """The API of the console, as this product's service."""

    def __init__(self, url: str, service_key: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=url, headers={"authorization": f"Bearer {service_key}"}, timeout=5, trust_env=False
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def record(
        self, tenant: Tenant, *, sessions_after: str | None = None, entries_after: str | None = None
    ) -> Record:
        """The tenant's record, newest first; raises ConsoleUnavailable."""
        variables = {"slug": tenant.slug, "sessionsAfter": sessions_after, "entriesAfter": entries_after}
        try:
            response = await self._client.post("/graphql", json={"query": QUERY, "variables": variables})
            answer = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise ConsoleUnavailable("The console does not answer.") from error
        try:
            found = answer["data"]["tenant"]
            # The key reads any tenant: what comes back must be the one whose page this is.
            if UUID(found["uuid"]) != tenant.uuid:
                raise ConsoleUnavailable("The console knows another company under this name.")
            return _record(found)
        except (KeyError, TypeError, ValueError) as error:
            raise ConsoleUnavailable(_why(response, answer)) from error


def _why(response: httpx.Response, answer: Any) -> str:
    if response.status_code == httpx.codes.UNAUTHORIZED:
        return "The console does not accept this product's service key."
    errors = answer.get("errors") if isinstance(answer, dict) else None
    codes = {str(error.get("extensions", {}).get("code")) for error in errors or ()}
    if "FORBIDDEN" in codes:
        return "This product's service key may not read the record: it needs TENANT_SIDE_READ."
    if "BAD_USER_INPUT" in codes:
        return "The console could not follow the link to older entries. Open the page anew."
    return "The console answered without the record."


def _record(tenant: dict[str, Any]) -> Record:
    past, audit = tenant["past"], tenant["audit"]
    return Record(
        inside=tuple(map(_visit, tenant["inside"]["nodes"])),
        past=tuple(map(_visit, past["nodes"])),
        entries=tuple(map(_entry, audit["nodes"])),
        older_visits=past["pageInfo"]["endCursor"] if past["pageInfo"]["hasNextPage"] else None,
        older_entries=audit["pageInfo"]["endCursor"] if audit["pageInfo"]["hasNextPage"] else None,
    )


def _visit(node: dict[str, Any]) -> Visit:
    return Visit(
        uuid=UUID(node["uuid"]),
        operator=node["operator"]["name"],
        email=node["operator"]["email"],
        reason=node["reason"],
        ticket=node["ticket"],
        mode=node["mode"],
        started=_instant(node["startedAt"]),
        expires=_instant(node["expiresAt"]),
        ended=_instant(node["endedAt"]) if node["endedAt"] else None,
        cause=node["endCause"],
        ended_by=(node["endedBy"] or {}).get("name"),
        seconds=node["durationSeconds"] or 0,
        requests=node["requestCount"],
    )


def _instant(written: str) -> datetime:
    return datetime.fromisoformat(written).astimezone(UTC)


def _entry(node: dict[str, Any]) -> Entry:
    return Entry(
        at=_instant(node["at"]),
        kind=node["kind"],
        summary=node["summary"],
        actor=node["actor"]["name"],
        sequence=int(node["sequence"]),
    )
