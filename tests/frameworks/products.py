"""One product, written as the users of each framework would write it. `told` is all that its handlers do."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

import django
import fastapi
import flask
import litestar
import quart
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from litestar.params import FromPath
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from actas_guard import actor, changes_something, impersonation, personal_act, record_route

if TYPE_CHECKING:
    from collections.abc import Callable


DRIP: Final = threading.Event()  # lets the next drop of /drip fall
ECHOED: Final[list[str]] = []  # what came to /echo as a whole


def told() -> dict[str, Any]:
    inside = impersonation()
    return {"actor": actor(), "tenant": inside.tenant_slug if inside else None}


def of_starlette() -> Any:
    async def case(_: Request) -> Response:
        return JSONResponse(told())

    def in_a_thread(_: Request) -> Response:
        return JSONResponse(told())

    @personal_act
    async def terms(_: Request) -> Response:
        return JSONResponse(told())

    @changes_something
    def seen(_: Request) -> Response:
        return JSONResponse(told())

    return Starlette(
        routes=[
            Route("/cases/{number}", case, methods=["GET"]),
            Route("/cases/{number}/reply", in_a_thread, methods=["POST"]),
            Route("/terms", terms, methods=["POST"]),
            Route("/seen", seen),
        ]
    )


def of_fastapi() -> Any:
    app = fastapi.FastAPI()

    @app.get("/cases/{number}")
    async def case(number: int) -> dict[str, Any]:
        return told()

    @app.post("/cases/{number}/reply")
    def in_a_thread(number: int) -> dict[str, Any]:
        return told()

    @app.post("/terms")
    @personal_act
    async def terms() -> dict[str, Any]:
        return told()

    @app.get("/seen")
    @changes_something
    def seen() -> dict[str, Any]:
        return told()

    return app


def of_litestar() -> Any:
    @litestar.get("/cases/{number:int}")
    async def case(number: FromPath[int]) -> dict[str, Any]:
        return told()

    @litestar.post("/cases/{number:int}/reply", sync_to_thread=True, status_code=200)
    def in_a_thread(number: FromPath[int]) -> dict[str, Any]:
        return told()

    @litestar.post("/terms")
    @personal_act
    async def terms() -> dict[str, Any]:
        return told()

    @litestar.get("/seen", sync_to_thread=True)
    @changes_something
    def seen() -> dict[str, Any]:
        return told()

    return litestar.Litestar([case, in_a_thread, terms, seen])


def of_quart() -> Any:
    app = quart.Quart(__name__)

    @app.before_request
    async def name_route() -> None:
        record_route(quart.request.url_rule.rule if quart.request.url_rule else None)

    @app.get("/cases/<int:number>")
    async def case(number: int) -> dict[str, Any]:
        return told()

    @app.post("/cases/<int:number>/reply")
    def in_a_thread(number: int) -> dict[str, Any]:
        return told()

    @app.post("/terms")
    @personal_act
    async def terms() -> dict[str, Any]:
        return told()

    @app.get("/seen")
    @changes_something
    def seen() -> dict[str, Any]:
        return told()

    return app


def of_flask() -> Any:
    app = flask.Flask(__name__)

    @app.get("/cases/<int:number>")
    def case(number: int) -> dict[str, Any]:
        return told()

    @app.post("/cases/<int:number>/reply")
    def reply(number: int) -> dict[str, Any]:
        return told()

    @app.post("/terms")
    @personal_act
    def terms() -> dict[str, Any]:
        return told()

    @app.get("/seen")
    @changes_something
    def seen() -> dict[str, Any]:
        return told()

    @app.get("/drip")
    def drip() -> flask.Response:
        def drops() -> Any:
            yield "first"
            DRIP.wait(10)
            yield "second"

        return flask.Response(drops())

    @app.post("/echo")
    def echo() -> dict[str, Any]:
        sent = flask.request
        kept = {name: sent.headers.get(name) for name in ("cookie", "actas-token")}
        ECHOED.append(sent.get_data(as_text=True))
        return {**told(), "body": ECHOED[-1], **kept}

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("the product's own mistake")

    return app


def of_django(make: Callable[[], Any]) -> Callable[[], Any]:
    def made() -> Any:
        if not settings.configured:
            settings.configure(
                ALLOWED_HOSTS=["*"],
                LOGGING_CONFIG=None,
                MIDDLEWARE=["actas_guard.django.RouteNames"],
                ROOT_URLCONF="tests.frameworks.django_urls",
                SECRET_KEY="of a test",
            )
            django.setup(set_prefix=False)
        return make()

    return made


ASGI: Final[dict[str, Callable[[], Any]]] = {
    "starlette": of_starlette,
    "fastapi": of_fastapi,
    "litestar": of_litestar,
    "quart": of_quart,
    "django-asgi": of_django(get_asgi_application),
}
WSGI: Final[dict[str, Callable[[], Any]]] = {"flask": of_flask, "django-wsgi": of_django(get_wsgi_application)}
ROUTES: Final = {
    "starlette": "/cases/{number}",
    "fastapi": "/cases/{number}",
    "litestar": "/cases/{number}",
    "quart": "/cases/<int:number>",
    "django-asgi": "/cases/<int:number>",
    "flask": "/cases/<int:number>",
    "django-wsgi": "/cases/<int:number>",
}
