"""The console's files: the sign-in page that strangers see, the application that operators see, and GraphiQL."""

from __future__ import annotations

import asyncio
import gzip
import html
import mimetypes
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import orjson
from starlette.responses import FileResponse, Response

from actas.answers import NO_ACCESS, Answer
from actas.headers import NONCE, new_nonce, page_policy

if TYPE_CHECKING:
    from starlette.requests import Request

    from actas.settings import Settings

HTML: Final = "text/html; charset=utf-8"
# Their names carry a hash of what is in them.
KEPT: Final = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}
PACKED: Final = frozenset({".js", ".css"})
NOT_BUILT: Final = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>Actas</title><h1>The console is not built</h1>"
    "<p>The API works. In the checkout run <code>python build_hooks/ui.py</code>, then start Actas again.</p></html>\n"
)
# These work before the console is built.
WHY: Final = "<!-- why -->"
NOT_ENTERED: Final = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>Not entered</title><h1>The workspace was not opened</h1>"
    f"<p>{WHY}</p><p><a href=/>Back to the console</a></p></html>\n"
)
# Its script is a file of its own, so that the policy needs no exception.
PLAIN_PAGE: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sign in</title><link rel="icon" href="data:,">
<form><p><label>E-mail <input name="email" type="email" autocomplete="username" required autofocus></label>
<p><label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<p><button>Sign in</button> <span role="alert"></span></form>
<script src="/sign-in/plain.js" defer></script></html>
"""
PLAIN_SCRIPT: Final = b"""const form = document.querySelector("form");
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = JSON.stringify(Object.fromEntries(new FormData(form)));
  const answer = await fetch("/sign-in", { method: "POST", headers: { "content-type": "application/json" }, body });
  if (answer.ok) location.replace("/");
  else document.querySelector("[role=alert]").textContent = (await answer.json()).detail;
});
"""


class Pages:
    """What lies in the folder of the built console, found once at start: a path is looked up, never joined."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        parts = urlsplit(settings.console_url)
        self._sockets = f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}"
        self._files = {
            f"/{path.relative_to(folder).as_posix()}": path for path in sorted(folder.rglob("*")) if path.is_file()
        }
        self._in_gzip: dict[str, bytes] = {}
        self._application = self._text("/index.html") or NOT_BUILT
        self._graphiql = self._text("/graphiql.html") or NOT_BUILT
        self._sign_in = self._text("/signin.html") or PLAIN_PAGE
        self._not_entered = self._text("/not-entered.html") or NOT_ENTERED
        self.no_access = self._no_access()

    def sign_in(self) -> Answer:
        """The bare page that strangers see; the same for everyone but for its nonce."""
        return self._page(self._sign_in)

    def sign_in_file(self, path: str) -> Answer | FileResponse | None:
        """A file that the sign-in page needs: those under /sign-in/ are the only ones that strangers can load."""
        if path == "/sign-in/plain.js" and self._sign_in is PLAIN_PAGE:
            return Answer(200, "text/javascript; charset=utf-8", PLAIN_SCRIPT)
        return self._file(path) if path.startswith("/sign-in/") else None

    async def console(self, request: Request) -> Answer | FileResponse | Response:
        """The single page application at any path, and its files under /assets/."""
        path = request.scope["path"]
        if path.startswith(("/assets/", "/sign-in/")):
            packed = await self._packed(path) if "gzip" in request.headers.get("accept-encoding", "") else None
            return packed or self._file(path) or self.sign_in_file(path) or Response(status_code=404)
        return self._page(self._application)

    def not_entered(self, why: str, status: int = 403) -> Answer:
        """The page for an operator whose way into a workspace ends here."""
        return self._page(self._not_entered.replace(WHY, html.escape(why)), status=status)

    def graphiql(self) -> Answer:
        """The page on which operators try the API."""
        return self._page(self._graphiql, style_attributes=True)

    def _page(self, source: str, *, status: int = 200, style_attributes: bool = False) -> Answer:
        nonce = new_nonce()
        policy = page_policy(nonce, self._sockets, style_attributes=style_attributes).encode()
        body = source.replace(NONCE, nonce).encode()
        return Answer(status, HTML, body, ((b"content-security-policy", policy),))

    def _no_access(self) -> Answer:
        """One page for whoever is signed in without a role: always the same bytes, so without a nonce (S1-7)."""
        page, policies = self._text("/no-access.html"), self._text("/csp.json")
        if page is None or policies is None:
            return NO_ACCESS
        policy = orjson.loads(policies)["no-access.html"].encode()
        return Answer(NO_ACCESS.status, HTML, page.encode(), ((b"content-security-policy", policy),))

    def _file(self, path: str) -> FileResponse | None:
        found = self._files.get(path)
        if found is None:
            return None
        media_type = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
        return FileResponse(found, media_type=media_type, headers=KEPT)

    async def _packed(self, path: str) -> Response | None:
        """A script or a style sheet by gzip (RFC 9110 section 8.4.1.3): a third of what crosses the network.

        They are the same for everybody and hold no secret, so that its length tells nobody anything.
        """
        found = self._files.get(path)
        if found is None or found.suffix not in PACKED:
            return None
        if path not in self._in_gzip:
            plain = await asyncio.to_thread(found.read_bytes)
            self._in_gzip[path] = await asyncio.to_thread(gzip.compress, plain, mtime=0)
        headers = {**KEPT, "content-encoding": "gzip"}
        return Response(self._in_gzip[path], media_type=mimetypes.guess_type(found.name)[0], headers=headers)

    def _text(self, path: str) -> str | None:
        found = self._files.get(path)
        return found.read_text(encoding="utf-8") if found else None
