"""A guarded product in a process of its own, for tests that kill it: `python -m tests.guard.dying CONSOLE SPOOL BYTES`.

BYTES is how large its files may grow; empty for no limit.
"""

from __future__ import annotations

import asyncio
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from actas_guard import Guard, GuardSettings, subdomain
from tests.guard.console import ISSUER, SERVICE_KEY, served

if TYPE_CHECKING:
    from actas_guard.asgi import Receive, Scope, Send


async def product(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers at once; at /never it does not."""
    if scope["type"] == "lifespan":
        for moment in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{moment}.complete"})
        return
    if scope["path"] == "/never":
        sys.stdout.write("never\n")
        sys.stdout.flush()
        await asyncio.Event().wait()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"done"})


async def main(console_url: str, spool: str, largest_file: str) -> None:
    if largest_file:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(largest_file), int(largest_file)))
    given: dict[str, Any] = {"tenant_of": subdomain("localhost"), "spool": Path(spool), "banner_seen_seconds": None}
    guard = Guard(product, GuardSettings(console_url=console_url, service_key=SERVICE_KEY, issuer=ISSUER, **given))
    async with served(guard) as port:
        while not (guard.metrics().ready and guard.metrics().keys):
            await asyncio.sleep(0.01)
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
