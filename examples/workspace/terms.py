"""The terms of service, which each person accepts for themselves: nobody does it in somebody's name."""

from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from examples.workspace.markup import Markup, h
from examples.workspace.pages import moment, page, problem
from examples.workspace.store import Store
from examples.workspace.visitor import Visitor

VERSION = "November 2026"
TERMS = (
    ("What you get", "A workspace for your team, with the care that we give to our own."),
    ("What is yours", "Everything that you and your customers write here stays yours, and leaves with you."),
    ("Who looks", "Our staff enters your workspace with a stated reason only, named on every page and every row."),
    ("How it ends", "At the end of any month. Your data can be exported for thirty days, and is then erased."),
)
ACCEPTED = text("select at from terms_acceptance where person_id = :person and version = :version")
ACCEPT = text(
    "insert into terms_acceptance (tenant_id, person_id, version)"
    " select tenant_id, id, :version from person where id = :person on conflict do nothing"
)


class Terms:
    """The page of terms, over one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def show(self, _: Request, visitor: Visitor) -> Response:
        """The terms, and whether this person has accepted them."""
        async with self._store.transaction() as connection:
            which = {"person": visitor.person, "version": VERSION}
            accepted = (await connection.execute(ACCEPTED, which)).scalar_one_or_none()
        paragraphs = (h("section", h("h2", title), h("p", sentence)) for title, sentence in TERMS)
        answer: Markup
        if visitor.operator:
            answer = h("p", "Each person accepts for themselves. In a session nobody can.", class_="calm")
        elif accepted:
            answer = h("p", "You accepted on ", moment(accepted), ".", class_="calm")
        else:
            answer = h("form", h("button", "Accept the terms"), method="post", action="/terms", class_="answer")
        return page(
            visitor,
            "Terms of service",
            h("header", h("h1", "Terms of service"), h("p", f"Version of {VERSION}", class_="hint")),
            h("div", *paragraphs, class_="prose"),
            answer,
            here="terms",
        )

    async def accept(self, _: Request, visitor: Visitor) -> Response:
        """Accept, once. The guard refuses it in a session, and so does the database."""
        if visitor.operator:
            return problem(
                403, "Only they themselves can accept", f"Nothing was accepted in the name of {visitor.tenant.name}."
            )
        async with self._store.transaction() as connection:
            await connection.execute(ACCEPT, {"person": visitor.person, "version": VERSION})
        return RedirectResponse("/terms", 303)
