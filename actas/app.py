"""The application in one expression."""

from __future__ import annotations

from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route, WebSocketRoute

from actas.answers import FAILED
from actas.bounded import Bounded
from actas.door import GRAPHQL, FrontDoor
from actas.enter import Enter
from actas.export import EXPORT, LedgerExport
from actas.graphql import GraphQLGate
from actas.headers import SecurityHeaders
from actas.health import Health
from actas.loops import Loops
from actas.pages import Pages
from actas.rest import END, START, End, Start
from actas.sign_in import SigningIn

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from actas.answers import Answer
    from actas.services import Services

# A thousand access records with room to spare; nothing else comes near.
LARGEST_BODY: Final = 1_048_576
CONSOLE: Final = Path(str(files("ui"))) / "_static"


def application(services: Services, graphql: ASGIApp, *, console: Path = CONSOLE) -> ASGIApp:
    """Everything that one process serves; `graphql` finds its caller in `scope["state"]["caller"]`."""
    loops = Loops(services)
    pages = Pages(console, services.settings)
    health, signing_in = Health(services, loops), SigningIn(services)
    gate = GraphQLGate(graphql, services, pages)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with loops.running():
            yield

    return SecurityHeaders(
        Starlette(
            routes=[
                Route("/livez", health.livez),
                Route("/readyz", health.readyz),
                Route("/.well-known/jwks.json", health.jwks),
                Route("/sign-in", signing_in.sign_in, methods=["POST"]),
                Route("/sign-out", signing_in.sign_out, methods=["POST"]),
                Route("/enter", Enter(services, pages).__call__, methods=["GET"]),
                Route(GRAPHQL, Bounded(gate, LARGEST_BODY)),
                WebSocketRoute(GRAPHQL, gate),
                Route(START, Start(services)),
                Route(END, End(services)),
                Route(EXPORT, LedgerExport(services)),
                Route("/{path:path}", pages.console, methods=["GET"]),
            ],
            middleware=[Middleware(FrontDoor, services=services, pages=pages)],
            exception_handlers={Exception: _failed},  # type: ignore[dict-item]  # an Answer is a response, too
            lifespan=lifespan,
        ),
        secure=services.settings.console_url.startswith("https://"),
    )


async def _failed(_: Request, __: Exception) -> Answer:
    """Nothing of the error reaches whoever asked (threat 25); the server logs it."""
    return FAILED
