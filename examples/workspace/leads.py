"""Leads: who may become a customer, how far that went, and what it would be worth."""

from typing import Any

from sqlalchemy import Row, text
from starlette.requests import Request
from starlette.responses import Response

from examples.workspace.markup import Markup, h
from examples.workspace.pages import badge, moment, page, table, tabs
from examples.workspace.store import Store
from examples.workspace.visitor import Visitor

LEADS = text(
    "select l.company, l.contact, l.source, l.stage, l.worth, p.name as owner, l.touched_at"
    " from lead l join person p on p.id = l.owner_id order by l.touched_at desc"
)
STAGES = {
    "new": "New",
    "contacted": "Contacted",
    "qualified": "Qualified",
    "proposal": "Proposal",
    "won": "Won",
    "lost": "Lost",
}
OVER = {"won", "lost"}


class Leads:
    """The list of leads, over one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def list(self, request: Request, visitor: Visitor) -> Response:
        """Every lead, the one last touched first."""
        async with self._store.transaction() as connection:
            rows = (await connection.execute(LEADS)).all()
        wanted = request.query_params.get("show", "all")
        shown = [row for row in rows if wanted not in STAGES or row.stage == wanted]
        running = sum(row.worth for row in rows if row.stage not in OVER)
        counts = [(key, label, sum(row.stage == key for row in rows)) for key, label in STAGES.items()]
        heads = ("Company", "Contact", "Stage", "Worth a year", "Owner", "Last touched")
        return page(
            visitor,
            "Leads",
            h("header", h("h1", "Leads"), h("p", f"{money(running)} a year are still open.", class_="hint")),
            tabs("/leads", wanted, [("all", "All", len(rows)), *counts]),
            table(heads, map(_line, shown), label="Leads")
            if shown
            else h("p", "No lead is at this stage.", class_="empty"),
            here="leads",
        )


def money(amount: int) -> str:
    """``€ 12 500``: whole euros, with narrow spaces between the thousands."""
    return f"€ {amount:,}".replace(",", "\u202f")


def _line(row: Row[Any]) -> Markup:
    return h(
        "tr",
        h("td", h("b", row.company), h("br"), h("small", row.source)),
        h("td", row.contact),
        h("td", h("span", STAGES[row.stage], class_=f"pill {row.stage}")),
        h("td", money(row.worth), class_="amount"),
        h("td", h("span", badge(row.owner, row.owner), row.owner, class_="named")),
        h("td", moment(row.touched_at)),
    )
