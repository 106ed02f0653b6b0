"""The operator in calls from one service of the product to the next: the same token, so the chain stays one deep."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

import httpx

from actas_guard.asgi import FIRST_ORIGIN
from actas_guard.carrier import PASSED_ON
from actas_guard.context import current

_TOKEN: Final = PASSED_ON.decode()
_ORIGIN: Final = FIRST_ORIGIN.decode()


class PassOn:
    """Tells the services at these origins for which tenant, and for which operator, they are called.

        pass_on = PassOn("https://billing.internal")
        httpx.AsyncClient(event_hooks={"request": [pass_on]})
        httpx.Client(event_hooks={"request": [pass_on.sync]})

    They stand behind a guard with `behind_another=True`, which verifies the token by the same rules and records in the
    same session. Nobody else is told anything, redirects included: list none that you trust less than this service.
    """

    def __init__(self, *origins: str) -> None:
        self._origins = frozenset(httpx.URL(_checked(origin)) for origin in origins)

    async def __call__(self, request: httpx.Request) -> None:
        """Tell the service that an AsyncClient calls."""
        self.sync(request)

    def sync(self, request: httpx.Request) -> None:
        """Tell the service that a Client calls."""
        for name in (_TOKEN, _ORIGIN):
            request.headers.pop(name, None)  # a redirect takes the headers of the call before along
        here = current.get()
        if here is None or request.url.copy_with(raw_path=b"/") not in self._origins:
            return
        request.headers[_ORIGIN] = here.origin
        if here.token:
            request.headers[_TOKEN] = here.token


def _checked(origin: str) -> str:
    parts = urlsplit(origin)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError(f"an origin is like https://billing.internal, not {origin!r}")
    return f"{origin.rstrip('/')}/"
