"""Cases: what takes longer than an answer, who is in charge of it, and everything that befell it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, text
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from examples.workspace.forms import fields
from examples.workspace.markup import Markup, h
from examples.workspace.pages import badge, moment, page, problem, table, tabs
from examples.workspace.store import Store
from examples.workspace.visitor import Visitor

CASES = text("select * from case_now order by closed, since desc")
CASE = text("select * from case_now where id = :id")
STEPS = text(
    "select s.author, s.what, p.name as assignee, s.at, s.acting_operator, s.acting_operator_email"
    " from case_step s left join person p on p.id = s.assignee_id where s.case_id = :id order by s.at desc"
)
PEOPLE = text("select id, name from person order by name")
# Nothing is added to a case that is not the tenant's, nor in charge of somebody who is not: there are no such rows.
ASSIGN = text(
    "insert into case_step (id, tenant_id, case_id, author, what, assignee_id)"
    " select :step, c.tenant_id, c.id, :author, 'assigned', p.id from support_case c join person p on p.id = :person"
    " where c.id = :id"
)
SETTLE = text(
    "insert into case_step (id, tenant_id, case_id, author, what)"
    " select :step, tenant_id, id, :author, :what from case_now where id = :id and closed = :was_closed"
)
SHOWN = {"open": "Open", "mine": "Mine", "closed": "Closed", "all": "All"}


class Cases:
    """The pages of the cases, over one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def list(self, request: Request, visitor: Visitor) -> Response:
        """Every case, the open ones first."""
        async with self._store.transaction() as connection:
            rows = (await connection.execute(CASES)).all()
        wanted = request.query_params.get("show", "open")
        parts = {key: [row for row in rows if _belongs(row, key, visitor)] for key in SHOWN}
        shown = parts.get(wanted, rows)
        unassigned = sum(not row.closed and row.assignee is None for row in rows)
        hint = f"{unassigned} without anybody in charge." if unassigned else "Somebody is in charge of each open case."
        heads = ("No.", "Case", "Customer", "In charge", "Priority", "Since")
        return page(
            visitor,
            "Cases",
            h("header", h("h1", "Cases"), h("p", hint, class_="hint")),
            tabs("/cases", wanted, ((key, label, len(parts[key])) for key, label in SHOWN.items())),
            table(heads, map(_line, shown), label="Cases")
            if shown
            else h("p", "No case here. Cases that match this choice appear in this list.", class_="empty"),
            here="cases",
        )

    async def case(self, request: Request, visitor: Visitor) -> Response:
        """One case, what can be done with it, and its history."""
        key = {"id": request.path_params["id"]}
        async with self._store.transaction() as connection:
            row = (await connection.execute(CASE, key)).one_or_none()
            steps = (await connection.execute(STEPS, key)).all()
            people = (await connection.execute(PEOPLE)).all()
        if row is None:
            return _not_found()
        charge = f"{row.assignee} is in charge" if row.assignee else "nobody is in charge"
        lead = h("p", f"{row.customer} · {charge} ", _priority(row), class_="hint")
        opened = h("li", h("b", "Opened"), " ", moment(row.opened_at))
        history = h("ol", *(_step(step, visitor) for step in steps), opened, class_="steps")
        return page(
            visitor,
            row.subject,
            h("p", h("a", "← Cases", href="/cases"), class_="crumb"),
            h("header", h("h1", f"{row.number} · {row.subject}"), lead),
            _actions(row, people, visitor),
            h("section", h("h2", "History"), history),
            here="cases",
        )

    async def assign(self, request: Request, visitor: Visitor) -> Response:
        """Put somebody in charge. A member takes a case; an administrator gives it to anybody."""
        try:
            person = UUID((await fields(request)).get("person", ""))
        except ValueError:
            return _not_found("This person is not here")
        if not visitor.admin and person != visitor.person:
            return problem(
                403,
                "Only an administrator gives a case to somebody else",
                "Nothing was changed. You can take it yourself, or ask an administrator.",
            )
        return await self._add(ASSIGN, request.path_params["id"], visitor, person=person)

    async def settle(self, request: Request, visitor: Visitor) -> Response:
        """Close a case, or open it again."""
        what = (await fields(request)).get("what", "")
        if what not in {"closed", "reopened"}:
            return problem(422, "A case is closed or reopened", "Nothing was changed. Use the page's own buttons.")
        step = {"what": what, "was_closed": what == "reopened"}
        return await self._add(SETTLE, request.path_params["id"], visitor, absent_is_done=True, **step)

    async def _add(
        self, statement: Any, case: UUID, visitor: Visitor, *, absent_is_done: bool = False, **facts: object
    ) -> Response:
        """Add a step; a case that is closed already stays as it is (`absent_is_done`)."""
        async with self._store.transaction() as connection:
            values = {"id": case, "step": uuid4(), "author": visitor.signs_as, **facts}
            added = (await connection.execute(statement, values)).rowcount
        return RedirectResponse(f"/cases/{case}", 303) if added or absent_is_done else _not_found()


def _belongs(row: Row[Any], key: str, visitor: Visitor) -> bool:
    match key:
        case "open":
            return not row.closed
        case "closed":
            return bool(row.closed)
        case "mine":
            return visitor.person is not None and row.assignee_id == visitor.person
    return True


def _line(row: Row[Any]) -> Markup:
    charge = h("span", badge(row.assignee, row.assignee), row.assignee, class_="named") if row.assignee else "Nobody"
    return h(
        "tr",
        h("td", row.number, class_="number"),
        h("td", h("a", row.subject, href=f"/cases/{row.id}")),
        h("td", row.customer),
        h("td", charge),
        h("td", _priority(row)),
        h("td", moment(row.since)),
    )


def _priority(row: Row[Any]) -> Markup:
    if row.closed:
        return h("span", "Closed", class_="pill")
    return h("span", row.priority.capitalize(), class_=f"pill {row.priority}")


def _actions(row: Row[Any], people: Sequence[Row[Any]], visitor: Visitor) -> Markup:
    what, label = ("reopened", "Reopen") if row.closed else ("closed", "Close the case")
    settle = _form(row, "state", _hidden("what", what), h("button", label, class_="quiet"))
    read_only = visitor.operator is not None and visitor.operator.mode == "READ_ONLY"
    note = h("small", "This session is read only: a change will be refused.") if read_only else None
    return h("div", None if row.closed else _charge(row, people, visitor), note, settle, class_="answer actions")


def _charge(row: Row[Any], people: Sequence[Row[Any]], visitor: Visitor) -> Markup | None:
    """What puts somebody in charge: an administrator chooses, a member takes the case."""
    if visitor.admin:
        options = (h("option", each.name, value=str(each.id), selected=each.id == row.assignee_id) for each in people)
        choice = h("label", "In charge", h("select", *options, name="person"))
        return _form(row, "assignee", choice, h("button", "Assign"))
    if row.assignee_id == visitor.person:
        return None
    return _form(row, "assignee", _hidden("person", str(visitor.person)), h("button", "Take this case"))


def _hidden(name: str, value: str) -> Markup:
    return h("input", type="hidden", name=name, value=value)


def _form(row: Row[Any], what: str, *inside: Markup) -> Markup:
    return h("form", *inside, method="post", action=f"/cases/{row.id}/{what}")


def _step(row: Row[Any], visitor: Visitor) -> Markup:
    author = h("b", row.author)
    if row.acting_operator:
        on_behalf = f"{row.acting_operator} (operator) on behalf of {visitor.tenant.name}"
        author = h("b", on_behalf, class_="operator", title=row.acting_operator_email)
    assigned = " took it " if row.assignee == row.author else f" put {row.assignee} in charge "
    did = {"assigned": assigned, "closed": " closed it ", "reopened": " opened it again "}
    return h("li", author, did[row.what], moment(row.at))


def _not_found(title: str = "This case is not here") -> Response:
    return problem(404, title, "It may have been deleted, or the address is incomplete.")
