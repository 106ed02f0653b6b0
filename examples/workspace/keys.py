"""The page of API keys and of the webhook's secret: for administrators, and the secret for no operator."""

from typing import Any

from sqlalchemy import Row, text
from starlette.requests import Request
from starlette.responses import Response

from examples.workspace.markup import Markup, h
from examples.workspace.pages import moment, page, problem, table
from examples.workspace.store import Store
from examples.workspace.visitor import Visitor

KEYS = text("select name, beginning, created_at, last_used_at from api_key order by created_at")
# In a session it gives nothing: a secret that an operator saw would work for longer than their session.
SECRET = text("select signing_secret()")
WEBHOOK = text("select url from webhook")


class Keys:
    """The page of keys, over one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def show(self, _: Request, visitor: Visitor) -> Response:
        """Every key by its beginning, and the webhook with its secret."""
        async with self._store.transaction() as connection:
            keys = (await connection.execute(KEYS)).all()
            webhook: str | None = (await connection.execute(WEBHOOK)).scalar_one_or_none()
        hint = f"What connects {visitor.tenant.name}'s own systems with this workspace."
        return page(
            visitor,
            "API keys",
            h("header", h("h1", "API keys"), h("p", hint, class_="hint")),
            table(("Key", "Begins with", "Made", "Last used"), map(_line, keys), label="API keys")
            if keys
            else h("p", "No key was made yet.", class_="empty"),
            _webhook(webhook, visitor) if webhook else None,
            here="keys",
        )

    async def secret(self, _: Request, visitor: Visitor) -> Response:
        """The webhook's secret. The guard refuses the page in a session (`credentials`), and so does the database."""
        async with self._store.transaction() as connection:
            secret: str | None = (await connection.execute(SECRET)).scalar_one()
        if secret is None:
            return problem(404, "There is no secret to show", "No webhook was set up, or it is not yours to read.")
        return page(
            visitor,
            "Signing secret",
            h("p", h("a", "← API keys", href="/keys"), class_="crumb"),
            h("header", h("h1", "Signing secret"), h("p", "Who has it can sign as this workspace.", class_="hint")),
            h("p", h("code", secret), class_="answer secret"),
            here="keys",
        )


def _line(row: Row[Any]) -> Markup:
    used = moment(row.last_used_at) if row.last_used_at else "Never"
    begins = h("code", f"{row.beginning}…")
    return h("tr", h("td", h("b", row.name)), h("td", begins), h("td", moment(row.created_at)), h("td", used))


def _webhook(url: str, visitor: Visitor) -> Markup:
    way = h("p", h("a", "Show the signing secret", href="/keys/secret", class_="button quiet"))
    hidden = h("p", "The signing secret is shown to no operator.", class_="calm")
    return h(
        "section",
        h("h2", "Webhook"),
        h("p", "Every order is sent to ", h("code", url), ", signed."),
        hidden if visitor.operator else way,
        class_="answer",
    )
