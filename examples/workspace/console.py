"""The platform's console: a tenant's sessions and ledger, read with the product's service key."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx

from examples.workspace.asked import Asked
from examples.workspace.record import Entry, Page, Record, Story, entry, page, record, story
from examples.workspace.sample import Tenant

SESSION = """
fragment session on ImpersonationSession {
  uuid operator { id name email } reason ticket mode startedAt expiresAt endedAt endCause endedBy { name }
  durationSeconds requestCount writeCount
}"""
LINE = "fragment line on AuditEntry { at kind summary sequence ipAddress actor { name } session { uuid } }"
# `visitors` is for the choice of operators: those of the last two hundred visits.
RECORD = f"""
query TenantRecord(
  $slug: String!, $past: SessionFilter, $entries: AuditFilter, $visitsAfter: String, $entriesAfter: String,
  $whole: Boolean!
) {{
  tenant(slug: $slug) {{
    uuid
    inside: sessions(first: 50, filter: {{states: [ACTIVE]}}) {{ nodes {{ ...session }} }}
    past: sessions(first: 20, after: $visitsAfter, filter: $past) {{
      nodes {{ ...session }}
      pageInfo {{ hasNextPage endCursor }}
    }}
    visitors: sessions(first: 200) @include(if: $whole) {{ nodes {{ operator {{ id name }} }} }}
    audit(first: 50, after: $entriesAfter, filter: $entries) {{
      nodes {{ ...line }}
      pageInfo {{ hasNextPage endCursor }}
    }}
  }}
}}
{SESSION}
{LINE}
"""
ENTRIES = f"""
query TenantEntries($slug: String!, $entries: AuditFilter, $after: String) {{
  tenant(slug: $slug) {{
    uuid
    audit(first: 200, after: $after, filter: $entries) {{
      nodes {{ ...line }}
      pageInfo {{ hasNextPage endCursor }}
    }}
  }}
}}
{LINE}
"""
STORY = f"""
query TenantVisit($uuid: UUID!, $requestsAfter: String) {{
  impersonationSession(uuid: $uuid) {{
    ...session
    tenant {{ uuid }}
    audit(first: 200) {{ nodes {{ ...line }} pageInfo {{ hasNextPage endCursor }} }}
    accessLog(first: 100, after: $requestsAfter) {{
      nodes {{ at method path status durationMs wrote }}
      pageInfo {{ hasNextPage endCursor }}
    }}
  }}
}}
{SESSION}
{LINE}
"""


class ConsoleUnavailable(Exception):
    """The console did not give the record; the message is for the tenant's admin, and names no secret."""


class Console:
    """The API of the console, as this product's service.

    The key reads any tenant: each answer must be the asked tenant's own, or it is no answer (P5).
    """

    def __init__(self, url: str, service_key: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=url, headers={"authorization": f"Bearer {service_key}"}, timeout=5, trust_env=False
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def record(self, tenant: Tenant, asked: Asked, *, whole: bool = True) -> Record:
        """What was asked for, and who is inside; `whole` adds who has been. Raises ConsoleUnavailable."""
        cursors = {"visitsAfter": asked.visits_after, "entriesAfter": asked.entries_after}
        filters = {"past": asked.visits, "entries": asked.entries}
        response, answer = await self._ask(RECORD, slug=tenant.slug, whole=whole, **filters, **cursors)
        try:
            return record(_own(answer["data"]["tenant"], tenant))
        except (KeyError, TypeError, ValueError) as error:
            raise ConsoleUnavailable(_why(response, answer)) from error

    async def entries(self, tenant: Tenant, asked: Asked) -> AsyncIterator[tuple[Entry, ...]]:
        """Every entry that was asked for, a page at a time; raises ConsoleUnavailable."""
        after: str | None = None
        while True:
            response, answer = await self._ask(ENTRIES, slug=tenant.slug, entries=asked.entries, after=after)
            try:
                found: Page[Entry] = page(_own(answer["data"]["tenant"], tenant)["audit"], entry)
            except (KeyError, TypeError, ValueError) as error:
                raise ConsoleUnavailable(_why(response, answer)) from error
            yield found.items
            after = found.older
            if after is None:
                return

    async def story(self, tenant: Tenant, uuid: UUID, *, requests_after: str | None = None) -> Story | None:
        """One session; None where the tenant has no such. Raises ConsoleUnavailable."""
        response, answer = await self._ask(STORY, uuid=str(uuid), requestsAfter=requests_after)
        try:
            found = answer["data"]["impersonationSession"]
            if found is None and not answer.get("errors"):
                return None
            return story(found) if UUID(found["tenant"]["uuid"]) == tenant.uuid else None
        except (KeyError, TypeError, ValueError) as error:
            raise ConsoleUnavailable(_why(response, answer)) from error

    async def _ask(self, query: str, **variables: object) -> tuple[httpx.Response, Any]:
        try:
            response = await self._client.post("/graphql", json={"query": query, "variables": variables})
            return response, response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise ConsoleUnavailable("The console does not answer.") from error


def _own(found: dict[str, Any], tenant: Tenant) -> dict[str, Any]:
    if UUID(found["uuid"]) != tenant.uuid:
        raise ConsoleUnavailable("The console knows another company under this name.")
    return found


def _why(response: httpx.Response, answer: Any) -> str:
    if response.status_code == httpx.codes.UNAUTHORIZED:
        return "The console does not accept this product's service key."
    errors = answer.get("errors") if isinstance(answer, dict) else None
    codes = {str(error.get("extensions", {}).get("code")) for error in errors or ()}
    if "FORBIDDEN" in codes:
        return "This product's service key may not read the record: it needs TENANT_SIDE_READ."
    if "BAD_USER_INPUT" in codes:
        return "The console could not follow this link or choice. Open the page anew."
    return "The console answered without the record."
