"""/livez, /readyz and the public keys: what must be public, and nothing else."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import orjson
from starlette.responses import JSONResponse, Response

from db import health
from permissions.refusals import ActasError

if TYPE_CHECKING:
    from starlette.requests import Request

    from actas.loops import Loops
    from actas.services import Services

FEED_FRESH_SECONDS: Final = 5.0
PENDING_OLDEST_SECONDS: Final = 5.0
MONTHS_AHEAD: Final = 2
# Guards keep keys for minutes; a new one is published before it signs.
KEYS_FRESH: Final = "public, max-age=60"


class Health:
    """The three routes."""

    def __init__(self, services: Services, loops: Loops) -> None:
        self._services = services
        self._loops = loops

    async def livez(self, _: Request) -> Response:
        """The process runs."""
        return JSONResponse({"live": True})

    async def readyz(self, _: Request) -> Response:
        """200 while every promise can be kept, else 503 with what is wrong."""
        wrong = await self.wrong()
        return JSONResponse({"ready": not wrong, "wrong": wrong}, status_code=503 if wrong else 200)

    async def jwks(self, _: Request) -> Response:
        """The keys that tokens are verified with (RFC 7517)."""
        body = orjson.dumps(self._services.keyring.jwks())
        return Response(body, media_type="application/jwk-set+json", headers={"cache-control": KEYS_FRESH})

    async def wrong(self) -> list[str]:
        """What keeps this process from keeping its promises, in words; empty when nothing does."""
        wrong = [f"the {name} loop stands still" for name in self._loops.standing()]
        feed = self._services.database.feed
        if time.monotonic() - feed.read_at > FEED_FRESH_SECONDS:
            wrong.append("the feed has not been read")
        elif feed.oldest_pending and feed.read_clock:
            waiting = (feed.read_clock - feed.oldest_pending).total_seconds()
            if waiting > PENDING_OLDEST_SECONDS:
                wrong.append("committed entries wait for their place in the feed")
        try:
            async with self._services.database.read() as connection:
                ahead = await health.months_ahead(connection)
        except ActasError:
            return [*wrong, "the database cannot be reached"]
        if ahead < MONTHS_AHEAD:
            wrong.append("the ledger has too few months ahead")
        return wrong
