"""The inbox: what customers wrote, and what the company answered."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, text
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from examples.workspace.forms import fields
from examples.workspace.markup import Markup, h
from examples.workspace.pages import badge, moment, page, problem, short, tabs
from examples.workspace.store import Store
from examples.workspace.visitor import Visitor

LONGEST_REPLY = 10_000

# No tenant in any statement: the transaction has one, and the database shows nothing else.
CONVERSATIONS = text(
    "select c.id, c.subject, c.customer, c.status, m.author, m.from_customer, m.body, m.at, m.acting_operator"
    " from conversation c join lateral"
    " (select * from message where conversation_id = c.id order by at desc limit 1) m on true"
    " order by m.at desc"
)
CONVERSATION = text("select id, subject, customer, status, assignee from conversation where id = :id")
MESSAGES = text(
    "select author, from_customer, body, at, acting_operator, acting_operator_email"
    " from message where conversation_id = :id order by at"
)
REPLY = text(
    "insert into message (id, tenant_id, conversation_id, author, from_customer, body)"
    " select :id, tenant_id, id, :author, false, :body from conversation where id = :conversation"
)
TABS = (("open", "Open"), ("closed", "Closed"), ("all", "All"))


class Inbox:
    """The pages of the inbox, over one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def list(self, request: Request, visitor: Visitor) -> Response:
        """Every conversation, the latest first."""
        async with self._store.transaction() as connection:
            rows = (await connection.execute(CONVERSATIONS)).all()
        wanted = request.query_params.get("show", "open")
        shown = [row for row in rows if wanted not in {"open", "closed"} or row.status == wanted]
        waiting = sum(row.status == "open" and row.from_customer for row in rows)
        now = datetime.now(UTC)
        return page(
            visitor,
            "Inbox",
            h("header", h("h1", "Inbox"), h("p", _count(waiting), class_="hint")),
            tabs("/", wanted, ((key, label, sum(key in ("all", row.status) for row in rows)) for key, label in TABS)),
            h("ul", *(_line(row, now) for row in shown), class_="conversations")
            if shown
            else h("p", "Nothing here. New messages from your customers appear in this list.", class_="empty"),
            here="inbox",
        )

    async def conversation(self, request: Request, visitor: Visitor) -> Response:
        """One conversation and the field to answer in."""
        return await self._conversation(request.path_params["id"], visitor)

    async def reply(self, request: Request, visitor: Visitor) -> Response:
        """Add an answer. In a session the database writes the operator's name beside it (S2-31)."""
        conversation: UUID = request.path_params["id"]
        body = (await fields(request)).get("body", "").replace("\r\n", "\n").strip()
        if mistake := _mistake(body):
            return await self._conversation(conversation, visitor, body, mistake)
        async with self._store.transaction() as connection:
            answer = {"id": uuid4(), "author": visitor.signs_as, "body": body, "conversation": conversation}
            added = (await connection.execute(REPLY, answer)).rowcount
        return RedirectResponse(f"/conversations/{conversation}", 303) if added else _not_found()

    async def _conversation(self, key: UUID, visitor: Visitor, draft: str = "", mistake: str | None = None) -> Response:
        async with self._store.transaction() as connection:
            found = (await connection.execute(CONVERSATION, {"id": key})).one_or_none()
            messages = (await connection.execute(MESSAGES, {"id": key})).all()
        if found is None or not messages:
            return _not_found()
        assignee = f"assigned to {found.assignee}" if found.assignee else "not assigned"
        state = _pill(found.status, waiting=messages[-1].from_customer)
        shown = page(
            visitor,
            found.subject,
            h("p", h("a", "← Inbox", href="/"), class_="crumb"),
            h("header", h("h1", found.subject), h("p", f"{found.customer} · {assignee} ", state, class_="hint")),
            h("ol", *(_message(row, visitor) for row in messages), class_="thread"),
            _answer(key, visitor, draft, mistake),
            here="inbox",
        )
        shown.status_code = 422 if mistake else 200
        return shown


def _line(row: Row[Any], now: datetime) -> Markup:
    author = f"{row.acting_operator} (operator)" if row.acting_operator else row.author
    snippet = row.body if row.from_customer else f"{author}: {row.body}"
    return h(
        "li",
        h(
            "a",
            badge(row.customer, row.customer),
            h("span", h("b", row.customer), h("span", row.subject), h("small", snippet), class_="what"),
            h("span", short(row.at, now), _pill(row.status, waiting=row.from_customer), class_="state"),
            href=f"/conversations/{row.id}",
        ),
        class_="waiting" if row.from_customer and row.status == "open" else None,
    )


def _message(row: Row[Any], visitor: Visitor) -> Markup:
    author, face = h("b", row.author), badge(row.author, row.author)
    if row.acting_operator:
        on_behalf = f"{row.acting_operator} (operator) on behalf of {visitor.tenant.name}"
        author = h("b", on_behalf, class_="operator", title=row.acting_operator_email)
        face = badge(row.acting_operator_email, row.acting_operator)
    return h(
        "li",
        face,
        h("article", h("header", author, moment(row.at)), h("p", row.body)),
        class_="theirs" if row.from_customer else "ours",
    )


def _answer(key: UUID, visitor: Visitor, draft: str, mistake: str | None) -> Markup:
    note = None
    if visitor.operator:
        named = f"Your answer will be signed “{visitor.name} (operator) on behalf of {visitor.tenant.name}”."
        refused = "This session is read only: an answer will be refused."
        note = refused if visitor.operator.mode == "READ_ONLY" else named
    return h(
        "form",
        h("p", mistake, class_="error", role="alert") if mistake else None,
        h("label", "Your answer", h("textarea", draft, name="body", rows=4, maxlength=LONGEST_REPLY, required=True)),
        h("footer", h("small", note) if note else None, h("button", "Send answer")),
        method="post",
        action=f"/conversations/{key}/replies",
        class_="answer",
    )


def _pill(status: str, *, waiting: bool) -> Markup:
    if status == "closed":
        return h("span", "Closed", class_="pill closed")
    if waiting:
        return h("span", "Needs an answer", class_="pill needs")
    return h("span", "Waiting for customer", class_="pill")


def _count(waiting: int) -> str:
    if not waiting:
        return "Every customer has an answer."
    return (
        "One customer is waiting for an answer." if waiting == 1 else f"{waiting} customers are waiting for an answer."
    )


def _mistake(body: str) -> str | None:
    if not body:
        return "Write something before you send it."
    if "\0" in body:
        return "The text holds a character that cannot be stored. Paste it as plain text."
    if len(body) > LONGEST_REPLY:
        return f"An answer has at most {LONGEST_REPLY} characters; this one has {len(body)}."
    return None


def _not_found() -> Response:
    return problem(404, "This conversation is not here", "It may have been archived, or the address is incomplete.")
