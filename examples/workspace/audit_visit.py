"""One visit from its beginning to its end: the facts, what the ledger says, what was changed, every request."""

from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Row, text
from starlette.requests import Request
from starlette.responses import Response

from examples.workspace.audit import entries, older_link, unavailable, visit_address
from examples.workspace.audit_words import MODES, asked_for, clock, how_it_ended, lasting, many, sentence
from examples.workspace.console import Console, ConsoleUnavailable
from examples.workspace.markup import Child, Markup, h, join
from examples.workspace.pages import day, moment, page, problem, table
from examples.workspace.record import Made, Story, Visit
from examples.workspace.store import Store
from examples.workspace.visitor import Visitor

FILES = "/static/"  # styles, scripts and pictures: recorded as everything is, and not what a reader looks for
# The product's own rows say it too, whoever asks the console: each names the session that it was written in (S2-31).
CHANGES = text(
    "select m.at, 'Answered' as did, c.subject, '/conversations/' || c.id as href"
    " from message m join conversation c on c.id = m.conversation_id where m.acting_session = :session"
    " union all"
    " select s.at, case s.what when 'assigned' then 'Put somebody in charge' when 'closed' then 'Closed'"
    " else 'Opened again' end, c.subject, '/cases/' || c.id"
    " from case_step s join support_case c on c.id = s.case_id where s.acting_session = :session"
    " order by at"
)


class VisitPage:
    """The story of one visit, from the console and from the product's own rows."""

    def __init__(self, console: Console, store: Store) -> None:
        self._console = console
        self._store = store

    async def show(self, request: Request, visitor: Visitor) -> Response:
        """The whole story; another tenant's visit is as absent as one that never was."""
        uuid, after = request.path_params["id"], request.query_params.get("requests_after")
        crumb = h("p", h("a", "← Who was here", href="/audit"), class_="crumb")
        try:
            story = await self._console.story(visitor.tenant, uuid, requests_after=after)
        except ConsoleUnavailable as trouble:
            return page(visitor, "A visit", crumb, h("h1", "A visit"), unavailable(trouble), here="audit")
        if story is None:
            return problem(404, "This visit is not here", "The address is incomplete, or leads to somebody else's.")
        async with self._store.transaction() as connection:
            changes = (await connection.execute(CHANGES, {"session": story.visit.uuid})).all()
        visit = story.visit
        told = sentence(visit) if visit.ended else f"{visit.operator} is inside now. Reason: {visit.reason}"
        return page(
            visitor,
            f"{visit.operator}, {day(visit.started)}",
            crumb,
            h("header", h("h1", f"{visit.operator}, {day(visit.started)}"), h("p", told, class_="hint")),
            _facts(visit),
            _changes(list(changes)),
            h("section", h("h2", "In the ledger"), entries(story.entries.items, linked=False)),
            _requests(story),
            here="audit",
        )


def _facts(visit: Visit) -> Markup:
    facts: dict[str, Child] = {
        "Operator": visit.operator,
        "Their e-mail": _email(visit.email),
        "From": f"{day(visit.started)}, {clock(visit.started)}",
        "Lasted": lasting(visit.seconds) if visit.ended else f"until {clock(visit.expires)} at the latest",
        "Could": MODES.get(visit.mode, visit.mode).capitalize(),
        "Ticket": visit.ticket or "None",
        "Ended": how_it_ended(visit) if visit.ended else "Not yet",
    }
    return h("dl", *(h("div", h("dt", name), h("dd", fact)) for name, fact in facts.items()), class_="facts")


def _email(address: str) -> Markup:
    """An address that goes on in the next line at its @, where one line is too short for it."""
    name, _, host = address.rpartition("@")
    return join(name, h("wbr"), f"@{host}")


def _changes(rows: list[Row[Any]]) -> Markup:
    if not rows:
        told = "No answer and no step of a case in this workspace was written in this visit."
        return h("section", h("h2", "What they changed"), h("p", told, class_="calm"))
    lines = (h("li", h("b", row.did), " ", h("a", row.subject, href=row.href), " ", moment(row.at)) for row in rows)
    return h("section", h("h2", "What they changed"), h("ol", *lines, class_="steps"))


def _requests(story: Story) -> Markup:
    if not story.made.items:
        told = "No request was made, or none has been handed in yet."
        return h("section", h("h2", "Requests"), h("p", told, class_="empty"))
    hint = f"{asked_for(story.visit)}. They stand out." if story.visit.writes else f"{asked_for(story.visit)}."
    heads = ("Time (UTC)", "Method", "Page", "Answer", "Took")
    pages = [made for made in story.made.items if not made.path.startswith(FILES)]
    files = [made for made in story.made.items if made.path.startswith(FILES)]
    asked = h("summary", f"{many(len(files), 'request')} for files that these pages are made of")
    older = story.made.older
    more = older_link(f"{visit_address(story.visit.uuid)}?{urlencode({'requests_after': older})}") if older else None
    return h(
        "section",
        h("h2", "Requests"),
        h("p", hint, class_="hint"),
        table(heads, map(_made, pages), label="Requests") if pages else None,
        h("details", asked, table(heads, map(_made, files), label="Requests for files")) if files else None,
        more,
    )


def _made(made: Made) -> Markup:
    took = f"{made.milliseconds:.0f} ms"
    return h(
        "tr",
        h("td", h("time", f"{made.at:%Y-%m-%d %H:%M:%S}", datetime=made.at.isoformat())),
        h("td", h("code", made.method)),
        h("td", made.path, join(" ", h("span", "could write", class_="pill needs")) if made.wrote else None),
        h("td", made.status),
        h("td", took, class_="amount"),
        class_="wrote" if made.wrote else None,
    )
