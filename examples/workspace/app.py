"""The example workspace: a small tenant product, protected by the guard.

`workspace(settings)` is the whole product. What makes it fit to be entered by an operator is the `Guard` around it,
the `<actas-banner>` element in `pages.py`, and `impersonation()` where `store.py` opens a transaction.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from actas_guard import Guard, GuardSettings, credentials, personal, subdomain
from examples.workspace.analytics import Analytics
from examples.workspace.audit import AuditPage
from examples.workspace.audit_csv import AuditCsv
from examples.workspace.audit_visit import VisitPage
from examples.workspace.cases import Cases
from examples.workspace.console import Console
from examples.workspace.hardening import SafeHeaders, SameOrigin
from examples.workspace.inbox import Inbox
from examples.workspace.keys import Keys
from examples.workspace.leads import Leads
from examples.workspace.pages import problem
from examples.workspace.people import NoWorkspace, People
from examples.workspace.sign_in import SignIn
from examples.workspace.store import DatabaseUnreachable, Store
from examples.workspace.terms import Terms

LARGEST_FORM = 64 * 1024
# What no method tells: a page that shows a secret, and what a person does for themselves. No session may either.
MARKS = (credentials("/keys/secret"), personal("/terms", "POST"))


@dataclass(frozen=True)
class WorkspaceSettings:
    """Where the product finds its database and its console; each tenant lives at ``<slug>.<domain>``."""

    database_url: str = field(repr=False)
    console_url: str
    service_key: str = field(repr=False)
    issuer: str
    domain: str = "localhost"
    port: int = 8001
    spool: Path | None = None
    """Where the records of operators' requests wait for the console; without it a killed process loses them."""


def workspace(settings: WorkspaceSettings) -> ASGIApp:
    """The product behind its guard."""
    store = Store(settings.database_url)
    people = People(store)
    console = Console(settings.console_url, settings.service_key)
    guard = GuardSettings(
        console_url=settings.console_url,
        service_key=settings.service_key,
        issuer=settings.issuer,
        tenant_of=subdomain(settings.domain),
        person_of=people.person_of,
        marks=MARKS,
        spool=settings.spool,
    )
    return Guard(product(store, people, console), guard)


def product(store: Store, people: People, console: Console) -> Starlette:
    """The product alone, as its own people know it; at the end it closes what it was given."""
    sign_in = SignIn(store, people)
    inbox = Inbox(store)
    cases = Cases(store)
    keys = Keys(store)
    terms = Terms(store)
    audit = AuditPage(console)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await console.close()
        await store.close()

    return Starlette(
        routes=[
            Route("/", people.only(inbox.list)),
            Route("/conversations/{id:uuid}", people.only(inbox.conversation)),
            Route("/conversations/{id:uuid}/replies", people.only(inbox.reply), methods=["POST"]),
            Route("/cases", people.only(cases.list)),
            Route("/cases/{id:uuid}", people.only(cases.case)),
            Route("/cases/{id:uuid}/assignee", people.only(cases.assign), methods=["POST"]),
            Route("/cases/{id:uuid}/state", people.only(cases.settle), methods=["POST"]),
            Route("/leads", people.only(Leads(store).list)),
            Route("/analytics", people.only(Analytics(store).show)),
            Route("/keys", people.admins_only(keys.show)),
            Route("/keys/secret", people.admins_only(keys.secret)),
            Route("/terms", people.only(terms.show)),
            Route("/terms", people.only(terms.accept), methods=["POST"]),
            Route("/audit", people.admins_only(audit.show)),
            Route("/audit/live", people.admins_only(audit.fragment)),
            Route("/audit/visits/{id:uuid}", people.admins_only(VisitPage(console, store).show)),
            Route("/audit.csv", people.admins_only(AuditCsv(console).download)),
            Route("/sign-in", sign_in.page),
            Route("/sign-in", sign_in.sign_in, methods=["POST"]),
            Route("/sign-out", sign_in.sign_out, methods=["POST"]),
            Mount("/static", StaticFiles(directory=Path(__file__).with_name("static"))),
        ],
        middleware=[Middleware(SafeHeaders), Middleware(SameOrigin)],
        exception_handlers={
            HTTPException: _http_error,
            DatabaseUnreachable: _unreachable,
            NoWorkspace: _no_workspace,
            Exception: _broken,
        },
        lifespan=lifespan,
        max_body_size=LARGEST_FORM,
    )


async def _http_error(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 404:
        return problem(404, "This page does not exist", "Check the address, or begin at the inbox.")
    return problem(status, "This cannot be done here", "Go back and use the page's own buttons.")


async def _unreachable(_: Request, __: Exception) -> Response:
    answer = problem(
        503,
        "The data of this workspace cannot be reached",
        "Its database does not answer at the moment. Nothing was changed, and nothing is lost.",
        "Try again in a minute. If it lasts, tell your administrator.",
        way_out=False,
    )
    answer.headers["retry-after"] = "5"
    return answer


async def _no_workspace(_: Request, __: Exception) -> Response:
    return problem(
        404,
        "This workspace is empty",
        "Nothing was set up for this company yet. Ask whoever invited you.",
        way_out=False,
    )


async def _broken(_: Request, __: Exception) -> Response:
    return problem(500, "Something went wrong", "It is our mistake. Try again, or begin at the inbox.")
