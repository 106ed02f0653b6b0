"""What this product's key may do, by the console's own word."""

from __future__ import annotations

import asyncio
from typing import Final

from actas_guard.console import Console, ConsoleUnavailable

_TENANT_STOP: Final = "TENANT_SIDE_DECIDE"
_ASK_AGAIN_SECONDS: Final = 30


class Rights:
    """Asked for once, so that nobody is shown a button that cannot work."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.tenant_may_end = False

    async def learn(self) -> None:
        """Ask until there is an answer."""
        while True:
            try:
                self.tenant_may_end = _TENANT_STOP in await self._console.permissions()
            except ConsoleUnavailable:
                await asyncio.sleep(_ASK_AGAIN_SECONDS)
            else:
                return
