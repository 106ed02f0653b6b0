"""The ledger as a download: GET /ledger/export, for who has AUDIT_EXPORT."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

import structlog
from starlette.responses import StreamingResponse

from actas.answers import NOT_FOUND
from actas.bodies import misdirected
from actas.ledger_formats import FORMATS, written
from actas.problems import NOT_FROM_THE_CONSOLE, error_problem, refusal_problem, request_problem
from actas.scopes import bearer, headers
from permissions.refusals import ActasError, Forbidden, Problem, RefusalCode, Refused, Unauthenticated, refused
from permissions.text import defect
from resolvers import exports
from resolvers.exports import ExportRequest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from starlette.types import ASGIApp, Receive, Scope, Send

    from actas.services import Services
    from permissions.caller import Caller
    from resolvers.exports import Export

log = structlog.get_logger(__name__)

EXPORT: Final = "/ledger/export"
PARAMETERS: Final = frozenset({"format", "tenant", "from", "to"})
LONGEST_QUERY: Final = 1000
FROM_ELSEWHERE: Final = "Another site asked for this download: open it from the console."
# What a browser says of a request that its own user made: from this origin, or typed into the address bar.
OWN_SITES: Final[tuple[list[str], ...]] = (["same-origin"], ["none"], [])


class LedgerExport:
    """The route: decided and recorded, then streamed in pages; a stream that fails is cut, never ended."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        caller: Caller = scope["state"]["caller"]
        answer = await self._answer(scope, caller)
        try:
            await answer(scope, receive, send)
        except ActasError as error:
            # Returning without an end makes the server cut the connection, so that nobody takes a part for the whole.
            log.warning("an export was cut", caller=str(caller.id), why=str(error))

    async def _answer(self, scope: Scope, caller: Caller) -> ASGIApp:
        if answer := misdirected(scope, "GET"):
            return answer
        if bearer(scope) is None and headers(scope, "sec-fetch-site") not in OWN_SITES:
            return request_problem(NOT_FROM_THE_CONSOLE, FROM_ELSEWHERE)
        request = asked(scope["query_string"])
        if isinstance(request, Refused):
            return refusal_problem(request)
        try:
            try:
                export = await exports.begin(self._services.database, caller, request)
            except Forbidden as error:
                await self._looked(caller, None, refused=True)
                return error_problem(error)
            if isinstance(export, Refused):
                return refusal_problem(export)
            await self._looked(caller, export.tenant.id if export.tenant else None)
            return await self._download(caller, export)
        except Unauthenticated:
            return NOT_FOUND
        except ActasError as error:
            return error_problem(error)

    async def _looked(self, caller: Caller, tenant_id: UUID | None, *, refused: bool = False) -> None:
        seen = [tenant_id] if tenant_id else []
        await self._services.activity.record(caller, f"GET {EXPORT}", ["ledgerExport"], seen, refused=refused)

    async def _download(self, caller: Caller, export: Export) -> StreamingResponse:
        still = partial(self._services.callers.still_valid, caller)
        pieces = written(export, exports.pages(self._services.database, export, still))
        first = await anext(pieces)  # so that what fails at once is told by the status
        whose = export.tenant.slug if export.tenant else "all"
        name = f"actas-ledger-{whose}-{export.at:%Y%m%dT%H%M%SZ}.{export.form}"
        return StreamingResponse(
            _all(first, pieces),
            media_type=FORMATS[export.form].media_type,
            headers={"content-disposition": f'attachment; filename="{name}"'},
        )


async def _all(first: bytes, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in pieces:
        yield piece


def asked(query: bytes) -> ExportRequest | Refused:
    """What a query string asks for; everything that is wrong with it."""
    if len(query) > LONGEST_QUERY:
        return refused(RefusalCode.INPUT_INVALID, f"The query has more than {LONGEST_QUERY} characters.")
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    given = dict(pairs)
    problems = [
        _misfit(f"There is no parameter `{name[:50]}` here.", name[:50]) for name in given if name not in PARAMETERS
    ]
    if len(given) != len(pairs):
        problems.append(_misfit("Give each parameter once.", None))
    if given.get("format") not in FORMATS:
        problems.append(_misfit(f"`format` must be {' or '.join(FORMATS)}.", "format"))
    if not given.get("tenant", "x") or defect(given.get("tenant", "")):
        problems.append(_misfit("`tenant` must be a tenant's slug or id.", "tenant"))
    instants = {name: _instant(given[name]) for name in ("from", "to") if name in given}
    problems += [
        _misfit(f"`{name}` must be an instant (2026-11-21T09:00:00Z) or a day in UTC (2026-11-21).", name)
        for name, instant in instants.items()
        if instant is None
    ]
    if problems:
        return Refused(tuple(problems))
    return ExportRequest(
        form=given["format"], tenant=given.get("tenant"), since=instants.get("from"), until=instants.get("to")
    )


def _instant(given: str) -> datetime | None:
    """An instant of RFC 3339 with its offset, or the midnight in UTC with which a day begins."""
    try:
        if len(given) == len("2026-11-21"):
            return datetime.combine(date.fromisoformat(given), time(), UTC)
        instant = datetime.fromisoformat(given)
        return instant.astimezone(UTC) if instant.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _misfit(message: str, field: str | None) -> Problem:
    return Problem(RefusalCode.INPUT_INVALID, message, field)
