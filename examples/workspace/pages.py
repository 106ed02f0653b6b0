"""What every page has in common: the frame, the times, and a page for each thing that can go wrong."""

from collections.abc import Iterable
from datetime import datetime
from zlib import crc32

from starlette.responses import HTMLResponse

from examples.workspace.markup import Child, Markup, h, join
from examples.workspace.visitor import Visitor

HUES = 8
# Key, path, label, and whether it is for administrators only.
NAVIGATION = (
    ("inbox", "/", "Inbox", False),
    ("cases", "/cases", "Cases", False),
    ("leads", "/leads", "Leads", False),
    ("analytics", "/analytics", "Analytics", False),
    ("audit", "/audit", "Who was here", True),
    ("keys", "/keys", "API keys", True),
)


def page(visitor: Visitor, title: str, *body: Child, here: str = "", script: str | None = None) -> HTMLResponse:
    """A page of the product for somebody who is in: ``here`` is the navigation's current entry."""
    tenant = visitor.tenant
    links = [
        h("a", label, href=path, aria_current="page" if key == here else None)
        for key, path, label, admins_only in NAVIGATION
        if visitor.admin or not admins_only
    ]
    sign_out = None
    if not visitor.operator:
        sign_out = h("form", h("button", "Sign out", class_="quiet"), method="post", action="/sign-out")
    side = h(
        "aside",
        h("a", badge(tenant.slug, tenant.name), h("b", tenant.name), class_="company", href="/"),
        h("nav", *links, aria_label="Workspace"),
        h("a", "Terms of service", class_="terms", href="/terms", aria_current="page" if here == "terms" else None),
        h("div", h("div", h("b", visitor.name), h("small", visitor.role)), sign_out, class_="me"),
    )
    return _document(
        f"{title} · {tenant.name}",
        h("actas-banner", audit_href="/audit" if visitor.admin else None),
        h("div", side, h("main", *body), class_="frame"),
        script=script,
    )


def bare(title: str, *body: Child, status: int = 200) -> HTMLResponse:
    """A page without the frame: for somebody who is not in, or while nothing is certain."""
    return _document(title, h("actas-banner"), h("main", h("h1", title), *body, class_="card"), status=status)


def problem(status: int, title: str, *sentences: str, way_out: bool = True) -> HTMLResponse:
    """What happened, and what to do next."""
    back = h("p", h("a", "Back to the inbox", href="/", class_="button")) if way_out else None
    return bare(title, *(h("p", sentence) for sentence in sentences), back, status=status)


def _document(title: str, *body: Child, status: int = 200, script: str | None = None) -> HTMLResponse:
    head = h(
        "head",
        h("meta", charset="utf-8"),
        h("meta", name="viewport", content="width=device-width, initial-scale=1"),
        h("meta", name="color-scheme", content="light dark"),
        h("title", title),
        h("link", rel="icon", href="/static/inbox.svg", type="image/svg+xml"),
        h("link", rel="stylesheet", href="/static/workspace.css"),
        h("script", type="module", src="/actas/banner.js"),
        h("script", type="module", src=script) if script else None,
    )
    html = join(Markup("<!doctype html>"), h("html", head, h("body", *body), lang="en"))
    return HTMLResponse(html, status)


def table(heads: Iterable[Child], rows: Iterable[Child], *, label: str) -> Markup:
    """A table that scrolls sideways by itself where it is wider than the page."""
    head = h("tr", *(h("th", each, scope="col") for each in heads))
    body = h("table", h("thead", head), h("tbody", *rows))
    return h("div", body, class_="scroll", tabindex=0, role="region", aria_label=label)


def tabs(path: str, wanted: str, choices: Iterable[tuple[str, str, int]]) -> Markup:
    """Which part of a list is shown: key, label and count of each."""
    links = (
        h("a", label, " ", h("span", count), href=f"{path}?show={key}", aria_current="true" if key == wanted else None)
        for key, label, count in choices
    )
    return h("nav", *links, class_="tabs", aria_label="Show")


def badge(key: str, name: str) -> Markup:
    """Two initials on a colour of their own; the same key always gets the same colour."""
    words = name.split()
    initials = (words[0][0] + words[-1][0]).upper() if len(words) > 1 else name[:2].upper()
    return h("span", initials, class_=f"badge hue-{crc32(key.encode()) % HUES}", aria_hidden="true")


def moment(at: datetime) -> Markup:
    """An instant as the records write it: ``14 Nov 2026, 09:12 UTC``."""
    return h("time", f"{day(at)}, {at:%H:%M} UTC", datetime=at.isoformat())


def day(at: datetime) -> str:
    """The date in words, the same on every machine: ``14 Nov 2026``."""
    return f"{at.day} {at:%b} {at.year}"


def short(at: datetime, now: datetime) -> Markup:
    """An instant for a list: the time on the same day, else the date."""
    label = f"{at:%H:%M}" if at.date() == now.date() else f"{at.day} {at:%b}"
    return h("time", label, datetime=at.isoformat(), title=f"{day(at)}, {at:%H:%M} UTC")
