"""GET /enter: the console vouches to a tenant's product for the browser that started a session (DESIGN section 7)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode
from uuid import UUID

from starlette.responses import RedirectResponse, Response

from permissions.refusals import Refused, Unavailable
from resolvers.handoff import issue_code

if TYPE_CHECKING:
    from starlette.requests import Request

    from actas.answers import Answer
    from actas.pages import Pages
    from actas.services import Services

# What comes back to the product unchanged, so nothing that could break out of a query or a header.
STATE: Final = re.compile(r"[A-Za-z0-9._~-]{8,200}", re.ASCII)
AWAY_WHY: Final = "The database cannot be reached, so nothing happened. Load this page again in a moment."
EXPECTED: Final = ("session", "challenge", "state", "redirect_uri")


class Enter:
    """The route."""

    def __init__(self, services: Services, pages: Pages) -> None:
        self._services = services
        self._refused = pages.not_entered

    async def __call__(self, request: Request) -> Response | Answer:
        """Redirect with a code that only this browser's workspace can use, or a page that says why not."""
        given = request.query_params
        if sorted(given.keys()) != sorted(EXPECTED) or len(given.multi_items()) != len(EXPECTED):
            return self._refused("The address is not complete. Start again from the console.")
        if not STATE.fullmatch(given["state"]):
            return self._refused("The workspace sent a state that no address can carry. Start again from the console.")
        try:
            session_id = UUID(given["session"])
        except ValueError:
            return self._refused("The address names no session. Start again from the console.")
        try:
            code = await issue_code(
                self._services.database,
                request.scope["state"]["caller"],
                session_id=session_id,
                challenge=given["challenge"],
                redirect_uri=given["redirect_uri"],
            )
        except Unavailable:
            return self._refused(AWAY_WHY, 503)
        if isinstance(code, Refused):
            return self._refused(code.message)
        query = urlencode({"code": code, "state": given["state"]})
        return RedirectResponse(f"{given['redirect_uri']}?{query}", status_code=302)
