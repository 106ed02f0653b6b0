"""The page of API keys and of the webhook's secret: for administrators, and the secret for no operator."""

from typing import Any

from sqlalchemy import Row, text
from starlette.requests import Request
from starlette.responses import Response

from examples.workspace.markup import Markup, h
from examples.workspace.pages import moment, page, table
from examples.workspace.store import Store
from examples.workspace.visitor import Visitor

KEYS = text("select name, beginning, created_at, last_used_at from api_key order by created_at")
# In a session the function gives nothing: a secret that an operator saw would work for longer than their session.
WEBHOOK = text("select url, signing_secret() as secret from webhook")


class Keys:
    """The page of keys, over one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def show(self, _: Request, visitor: Visitor) -> Response:
        """Every key by its beginning, and the webhook with its secret."""
        async with self._store.transaction() as connection:
            keys = (await connection.execute(KEYS)).all()
            webhook = (await connection.execute(WEBHOOK)).one_or_none()
        hint = f"What connects {visitor.tenant.name}'s own systems with this workspace."
        return page(
            visitor,
            "API keys",
            h("header", h("h1", "API keys"), h("p", hint, class_="hint")),
            table(("Key", "Begins with", "Made", "Last used"), map(_line, keys), label="API keys")
            if keys
            else h("p", "No key was made yet.", class_="empty"),
            _webhook(webhook) if webhook else None,
            here="keys",
        )


def _line(row: Row[Any]) -> Markup:
    used = moment(row.last_used_at) if row.last_used_at else "Never"
    begins = h("code", f"{row.beginning}…")
    return h("tr", h("td", h("b", row.name)), h("td", begins), h("td", moment(row.created_at)), h("td", used))


def _webhook(row: Row[Any]) -> Markup:
    hidden = h("p", "The signing secret is hidden from operators.", class_="calm")
    secret = h("details", h("summary", "Show the signing secret"), h("code", row.secret, class_="secret"))
    return h(
        "section",
        h("h2", "Webhook"),
        h("p", "Every order is sent to ", h("code", row.url), ", signed."),
        secret if row.secret else hidden,
        class_="answer",
    )
