"""The tenant's audit page: who of the platform was inside, when, why, and how it ended (S1-31, S2-34, S2-35)."""

from datetime import datetime
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from examples.workspace.console import Console, ConsoleUnavailable, Entry, Record, Visit
from examples.workspace.markup import Markup, h, join
from examples.workspace.pages import badge, day, page
from examples.workspace.visitor import Visitor

# An unknown cause is shown as it is written: the console may learn new ones before this product does.
CAUSES = {
    "STOPPED": "Left on their own.",
    "TENANT_STOPPED": "Ended from your side{by}.",
    "EXPIRED": "The time was up.",
    "IDLE": "Ended because nothing happened any more.",
    "ABANDONED": "Ended because no page was open any more.",
    "REPLACED": "Ended when they began another session.",
    "REVOKED": "Ended by an administrator of the platform{by}.",
    "LOCKED": "Ended by a lock on the platform{by}.",
    "TENANT_SUSPENDED": "Ended because the workspace was suspended.",
    "TENANT_OFFBOARDING": "Ended because the workspace is being closed.",
    "ROLE_LOST": "Ended because they lost the permission.",
    "CONSENT_WITHDRAWN": "Ended because your consent was withdrawn.",
    "SIGNED_OUT": "Ended when they signed out of the console.",
    "RESTORED": "Ended because the platform was restored from a back-up.",
}
MODES = {"READ_ONLY": "read only", "READ_WRITE": "with changes allowed"}
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
        live = await self._live(request, visitor)
        lead = f"Every visit by the platform's staff to {visitor.tenant.name}, with its reason. All times are UTC."
        return page(
            visitor,
            "Who was here",
            h("header", h("h1", "Who was here"), h("p", lead, class_="hint")),
            h("div", live, id="record"),
            here="audit",
            script="/static/audit.js",
        )

    async def fragment(self, request: Request, visitor: Visitor) -> Response:
        """What changes when somebody comes or goes, for the page's script."""
        return HTMLResponse(await self._live(request, visitor))

    async def _live(self, request: Request, visitor: Visitor) -> Markup:
        asked = {key: request.query_params.get(key) for key in ("sessions_after", "entries_after")}
        try:
            record = await self._console.record(visitor.tenant, **asked)
        except ConsoleUnavailable as problem:
            title = h("h2", "The record cannot be shown right now")
            return h("section", title, h("p", str(problem), " ", UNAVAILABLE), class_="notice", role="alert")
        return join(_inside(record), _visits(record, asked), _entries(record, asked))


def sentence(visit: Visit) -> str:
    """A whole visit that is over, in one line (S2-35)."""
    ended = visit.ended or visit.expires
    until = clock(ended) if ended.date() == visit.started.date() else f"{day(ended)} at {clock(ended)}"
    return (
        f"On {day(visit.started)} at {clock(visit.started)} {visit.operator} ({visit.email}) was inside for "
        f"{lasting(visit.seconds)}, until {until}, {MODES.get(visit.mode, visit.mode)}. "
        f"Reason: {_stop(visit.reason)} {how_it_ended(visit)}"
    )


def how_it_ended(visit: Visit) -> str:
    """The cause in words, with whoever ended it where that was somebody else."""
    by = f" ({visit.ended_by})" if visit.ended_by else ""
    return CAUSES.get(visit.cause or "", f"Ended: {visit.cause}.").replace("{by}", by)


def lasting(seconds: int) -> str:
    """``42 seconds``, ``17 minutes``, ``1 hour 20 minutes``: whole units, rounded down."""
    if seconds < 60:
        return _many(seconds, "second")
    hours, minutes = divmod(seconds // 60, 60)
    parts = [_many(hours, "hour")] if hours else []
    return " ".join([*parts, _many(minutes, "minute")] if minutes else parts)


def clock(at: datetime) -> str:
    """``09:12 UTC``."""
    return f"{at:%H:%M} UTC"


def _many(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def _stop(reason: str) -> str:
    return reason if reason.endswith((".", "!", "?")) else f"{reason}."


def _inside(record: Record) -> Markup:
    if not record.inside:
        return h("section", h("p", "Nobody from the platform is inside now.", class_="calm"), class_="inside none")
    return h("section", h("h2", "Inside now"), h("ul", *map(_visitor_now, record.inside)), class_="inside")


def _visitor_now(visit: Visit) -> Markup:
    facts = (
        f"Since {clock(visit.started)}, until {clock(visit.expires)} at the latest",
        MODES.get(visit.mode, visit.mode),
        f"{_many(visit.requests, 'request')} so far",
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
            h("small", " · ".join(facts)),
        ),
    )


def _visits(record: Record, asked: dict[str, str | None]) -> Markup:
    if not record.past:
        return h("section", h("h2", "Visits"), h("p", "No visit has ended yet.", class_="empty"))
    lines = [h("li", h("p", sentence(visit)), h("small", _many(visit.requests, "request"))) for visit in record.past]
    older = _older("sessions_after", record.older_visits, asked)
    return h("section", h("h2", "Visits"), h("ol", *lines, class_="visits"), older)


def _entries(record: Record, asked: dict[str, str | None]) -> Markup:
    head = h("tr", h("th", "No."), h("th", "Time (UTC)"), h("th", "What happened"), h("th", "By"), h("th", "Kind"))
    return h(
        "section",
        h("h2", "Every entry"),
        h("p", "Numbered without gaps, and never changed afterwards.", class_="hint"),
        h("div", h("table", h("thead", head), h("tbody", *map(_row, record.entries))), class_="scroll", tabindex=0),
        _older("entries_after", record.older_entries, asked),
    )


def _row(entry: Entry) -> Markup:
    return h(
        "tr",
        h("td", entry.sequence, class_="number"),
        h("td", h("time", f"{entry.at:%Y-%m-%d %H:%M:%S}", datetime=entry.at.isoformat())),
        h("td", entry.summary),
        h("td", entry.actor),
        h("td", h("code", entry.kind)),
    )


def _older(key: str, cursor: str | None, asked: dict[str, str | None]) -> Markup | None:
    if cursor is None:
        return None
    query = urlencode({name: value for name, value in {**asked, key: cursor}.items() if value})
    return h("p", h("a", "Older", href=f"/audit?{query}", class_="button quiet"))
