"""The tenant's audit page: who of the platform was inside, when, why, and how it ended (S1-31, S2-34, S2-35)."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from examples.workspace.asked import KINDS, Asked
from examples.workspace.audit_words import MODES, asked_for, clock, sentence
from examples.workspace.console import Console, ConsoleUnavailable
from examples.workspace.markup import Markup, h, join
from examples.workspace.pages import badge, page, table
from examples.workspace.record import Entry, Record, Visit
from examples.workspace.visitor import Visitor

UNAVAILABLE = (
    "The record is kept outside this workspace, by the platform's console, so that nobody here can change it. "
    "Nothing is lost while it cannot be reached. Try again in a minute; everything else in your workspace works."
)


class AuditPage:
    """The page and the part of it that follows events."""

    def __init__(self, console: Console) -> None:
        self._console = console

    async def show(self, request: Request, visitor: Visitor) -> Response:
        """The whole page."""
        asked = Asked.of(request.query_params)
        try:
            record = await self._console.record(visitor.tenant, asked)
        except ConsoleUnavailable as problem:
            choice, live = None, unavailable(problem)
        else:
            choice, live = _choice(asked, record), _live(record, asked)
        lead = f"Every visit by the platform's staff to {visitor.tenant.name}, with its reason. All times are UTC."
        return page(
            visitor,
            "Who was here",
            h("header", h("h1", "Who was here"), h("p", lead, class_="hint")),
            choice,
            h("div", live, id="record"),
            here="audit",
            script="/static/audit.js",
        )

    async def fragment(self, request: Request, visitor: Visitor) -> Response:
        """What changes when somebody comes or goes, for the page's script."""
        asked = Asked.of(request.query_params)
        try:
            return HTMLResponse(_live(await self._console.record(visitor.tenant, asked, whole=False), asked))
        except ConsoleUnavailable as problem:
            return HTMLResponse(unavailable(problem))


def unavailable(problem: ConsoleUnavailable) -> Markup:
    """What stands where the record would."""
    title = h("h2", "The record cannot be shown right now")
    return h("section", title, h("p", str(problem), " ", UNAVAILABLE), class_="notice", role="alert")


def entries(lines: tuple[Entry, ...], *, linked: bool = True) -> Markup:
    """Lines of the ledger as a table."""
    heads = ("No.", "Time (UTC)", "What happened", "By", "Kind")
    return table(heads, (_row(line, linked=linked) for line in lines), label="Entries")


def visit_address(visit: UUID) -> str:
    """Where the whole story of a visit is."""
    return f"/audit/visits/{visit}"


def _live(record: Record, asked: Asked) -> Markup:
    visits = None if asked.narrows_entries else _visits(record, asked)
    return join(_inside(record), visits, _entries(record, asked))


def _choice(asked: Asked, record: Record) -> Markup:
    operators = sorted(record.operators.items(), key=lambda each: each[1])
    kinds = [(key, label) for key, (label, _) in KINDS.items()]
    return h(
        "form",
        h("label", "From", h("input", type="date", name="since", value=asked.since)),
        h("label", "To", h("input", type="date", name="until", value=asked.until)),
        h("label", "Operator", _select("operator", "Everybody", operators, asked.operator)),
        h("label", "Kind", _select("kind", "Everything", kinds, asked.kind)),
        h("label", "Text", h("input", type="search", name="text", value=asked.text, maxlength=100)),
        h("button", "Show"),
        h("a", "Show all", href="/audit", class_="button quiet") if asked.narrows else None,
        h("a", "Download as CSV", href=_csv(asked), class_="button quiet", download=True),
        class_="filter",
        action="/audit",
        role="search",
        aria_label="Choose what is shown",
    )


def _csv(asked: Asked) -> str:
    return asked.address("/audit.csv", visits_after=None, entries_after=None)


def _select(name: str, everything: str, choices: list[tuple[str, str]], chosen: str | None) -> Markup:
    options = (h("option", label, value=key, selected=key == chosen) for key, label in choices)
    return h("select", h("option", everything, value=""), *options, name=name)


def _inside(record: Record) -> Markup:
    if not record.inside:
        return h("section", h("p", "Nobody from the platform is inside now.", class_="calm"), class_="inside none")
    return h("section", h("h2", "Inside now"), h("ul", *map(_visitor_now, record.inside)), class_="inside")


def _visitor_now(visit: Visit) -> Markup:
    facts = (
        f"Since {clock(visit.started)}, until {clock(visit.expires)} at the latest",
        MODES.get(visit.mode, visit.mode),
        f"{asked_for(visit)} so far",
        *([f"ticket {visit.ticket}"] if visit.ticket else []),
    )
    return h(
        "li",
        badge(visit.email, visit.operator),
        h(
            "div",
            h("b", visit.operator),
            " ",
            h("small", visit.email),
            h("p", f"Reason: {visit.reason}"),
            h("small", " · ".join(facts), " · ", h("a", "What they do", href=visit_address(visit.uuid))),
        ),
    )


def _visits(record: Record, asked: Asked) -> Markup:
    if not record.past.items:
        told = "No visit of this period and operator." if asked.narrows else "No visit has ended yet."
        return h("section", h("h2", "Visits"), h("p", told, class_="empty"))
    lines = (
        h(
            "li",
            h("p", sentence(visit)),
            h("small", asked_for(visit), " · ", h("a", "Whole story", href=visit_address(visit.uuid))),
        )
        for visit in record.past.items
    )
    older = older_link(asked.address(visits_after=record.past.older)) if record.past.older else None
    return h("section", h("h2", "Visits"), h("ol", *lines, class_="visits"), older)


def _entries(record: Record, asked: Asked) -> Markup:
    if not record.entries.items:
        return h("section", h("h2", "Entries"), h("p", "No entry matches this choice.", class_="empty"))
    return h(
        "section",
        h("h2", "Entries" if asked.narrows else "Every entry"),
        h("p", "Numbered without gaps, and never changed afterwards.", class_="hint"),
        entries(record.entries.items),
        older_link(asked.address(entries_after=record.entries.older)) if record.entries.older else None,
    )


def older_link(href: str) -> Markup:
    """The way to the next page of a list."""
    return h("p", h("a", "Older", href=href, class_="button quiet"))


def _row(entry: Entry, *, linked: bool) -> Markup:
    story = h("a", "Visit", href=visit_address(entry.visit)) if linked and entry.visit else None
    return h(
        "tr",
        h("td", entry.sequence, class_="number"),
        h("td", h("time", f"{entry.at:%Y-%m-%d %H:%M:%S}", datetime=entry.at.isoformat())),
        h("td", entry.summary, " ", story),
        h("td", entry.actor),
        h("td", h("code", entry.kind)),
    )
