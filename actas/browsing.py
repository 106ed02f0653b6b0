"""A browser for the demo: cookies by host, redirects followed, every name under localhost found on this machine."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import Any, Final, Self
from urllib.parse import urljoin, urlsplit

import httpx

from actas.scopes import CSRF_HEADER
from permissions.refusals import Unavailable

MOST_REDIRECTS: Final = 8
AGENT: Final = "Mozilla/5.0 (simulated) Actas"


class Turned(Exception):
    """The product said no; the message is its own."""


class Browser:
    """One browser. httpx's own cookie jar keeps Secure cookies from http, which browsers allow on localhost."""

    def __init__(self, console_url: str) -> None:
        self.console_url = console_url
        self._client = httpx.AsyncClient(timeout=15, trust_env=False)
        self._cookies: dict[str, dict[str, str]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def get(self, url: str) -> httpx.Response:
        """The page at the end of the redirects."""
        for _ in range(MOST_REDIRECTS):
            response = await self._send("GET", url)
            if not response.is_redirect:
                return response
            url = urljoin(url, response.headers["location"])
        raise Turned(f"{url} redirects without an end.")

    async def post(self, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        """A change, asked for from the console's own page."""
        headers = {"origin": self.console_url, CSRF_HEADER: "1"}
        return await self._send("POST", f"{self.console_url}{path}", headers=headers, json=body)

    async def ask(self, query: str, **variables: Any) -> Any:
        """What the API answers; raises Turned with its words where it refuses."""
        response = await self.post("/graphql", {"query": query, "variables": variables})
        told = response.json() if response.headers.get("content-type", "").startswith("application/") else {}
        if response.status_code != httpx.codes.OK or told.get("errors"):
            errors = told.get("errors") or [{"message": f"The API answered {response.status_code}."}]
            raise Turned(errors[0]["message"])
        return told["data"]

    async def _send(self, method: str, url: str, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if host != "localhost" and not host.endswith(".localhost"):
            raise Turned(f"{url} is not on this machine.")
        kept = self._cookies.setdefault(parts.netloc, {})
        sent = {"host": parts.netloc, "user-agent": AGENT, **(headers or {})}
        if kept:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in kept.items())
        here = parts._replace(netloc=f"127.0.0.1:{parts.port or 80}").geturl()
        try:
            response = await self._client.request(method, here, headers=sent, **more)
        except httpx.HTTPError as error:
            raise Unavailable(f"{parts.scheme}://{parts.netloc} does not answer: start `actas demo`.") from error
        for line in response.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0" or not morsel.value:
                    kept.pop(name, None)
                else:
                    kept[name] = morsel.value
        return response
