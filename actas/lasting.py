"""What outlasts a request is served only as long as its caller is one (P7: ended means ended, everywhere, now)."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from enum import Enum
from typing import TYPE_CHECKING, Final

from permissions.refusals import Unavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from permissions.caller import Caller
    from resolvers.callers import Callers

# A database that restarts takes less. Nothing new can be sent meanwhile, since nothing new can be read.
STALE_SECONDS: Final = 10.0
PARTING_SECONDS: Final = 0.5


class Over(Enum):
    """Why a caller may no longer be here."""

    NO_CALLER = "the sign-in, the key or the last permission is gone"
    UNKNOWN = "the database has been away for too long to know"


async def serve_while_valid(
    app: ASGIApp,
    callers: Callers,
    scope: Scope,
    receive: Receive,
    send: Send,
    part: Callable[[Over], Awaitable[None]],
) -> None:
    """Serve until either side leaves, or the caller in the scope is none any more: then `part` has the last word."""
    over = False

    async def sending(message: Message) -> None:
        if not over:
            await send(message)

    serving = asyncio.ensure_future(app(scope, receive, sending))
    watching = asyncio.ensure_future(_until_over(callers, scope["state"]["caller"]))
    try:
        await asyncio.wait({serving, watching}, return_when=asyncio.FIRST_COMPLETED)
        if not serving.done():
            over = True
            # Whoever does not read is not waited for: without a last word the server cuts the connection.
            with suppress(TimeoutError):
                async with asyncio.timeout(PARTING_SECONDS):
                    await part(watching.result())
    finally:
        for task in (serving, watching):
            task.cancel()
        outcome, _ = await asyncio.gather(serving, watching, return_exceptions=True)
    if isinstance(outcome, Exception):
        raise outcome


async def _until_over(callers: Callers, caller: Caller) -> Over:
    """Return once the caller may no longer be here."""
    known_at = time.monotonic()
    while True:
        try:
            still = await callers.still_valid(caller)
        except Unavailable:
            if time.monotonic() - known_at > STALE_SECONDS:
                return Over.UNKNOWN
            await asyncio.sleep(1)
            continue
        if still is None or not still.permissions:
            return Over.NO_CALLER
        known_at = time.monotonic()
        await asyncio.sleep(callers.recheck_in(caller))
