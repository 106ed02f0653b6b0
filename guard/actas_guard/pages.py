"""Pages and problems: every answer of the guard says what happened and what to do next."""

from __future__ import annotations

import base64
import hashlib
import json
from html import escape
from typing import Any, Final
from urllib.parse import urlsplit

from actas_guard.asgi import Answer, Request
from actas_guard.gate import Refusal

_STYLE: Final = (
    ":root{color-scheme:light dark;--paper:#faf9f6;--ink:#1d1b18;--quiet:#635d54;--line:#e3dfd6;--link:#1f5fae}"
    "@media(prefers-color-scheme:dark){:root{--paper:#191714;--ink:#ece8e1;--quiet:#a69f94;--line:#3a362f;--link:#8db8ee}}"
    "body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 Inter,system-ui,sans-serif}"
    "main{max-width:34rem;margin:18vh auto 0;padding:24px;border-top:4px solid var(--quiet)}"
    "h1{font-size:28px;line-height:1.2;margin:0 0 12px}p{margin:0 0 12px}small{color:var(--quiet)}"
    "a{color:var(--link)}a.next{display:inline-block;margin:8px 0;padding:8px 16px;border:1px solid var(--line);"
    "border-radius:6px;text-decoration:none}a:focus-visible{outline:2px solid var(--link);outline-offset:2px}"
)
# A page that refuses an operator something goes on to say who they are, and lets them stop.
_BANNER: Final = '<script type="module" src="/actas/banner.js"></script><actas-banner></actas-banner>'
_FOR_BANNER: Final = "; script-src 'self'; connect-src 'self'"
_POLICY: Final = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src "
    f"'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'"
)


def page(
    status: int,
    title: str,
    *sentences: str,
    link: tuple[str, str] | None = None,
    small: str | None = None,
    headers: tuple[tuple[str, str], ...] = (),
    inside: bool = False,
) -> Answer:
    """A page that needs nothing else to be served: no script, no file, no other host.

    Only one that is shown `inside` a session has the banner.
    """
    body = "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences if sentence)
    if link and _harmless(link[0]):
        body += f'<p><a class="next" href="{escape(link[0])}">{escape(link[1])}</a></p>'
    if small:
        body += f"<small>{escape(small)}</small>"
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body>{_BANNER if inside else ''}<main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
    security = (("content-security-policy", _POLICY + (_FOR_BANNER if inside else "")), ("x-frame-options", "DENY"))
    return Answer(status, html.encode(), "text/html; charset=utf-8", (*security, *headers))


def refuse(
    request: Request, refusal: Refusal, headers: tuple[tuple[str, str], ...] = (), *, inside: bool = False
) -> Answer:
    """A refusal, as a page for a person and as a problem (RFC 9457) for a program.

    `inside` is for what an operator is refused whose session goes on: they see the banner, and a way back.
    """
    if refusal.retry_after is not None:
        headers = (*headers, ("retry-after", str(refusal.retry_after)))
    if request.navigation:
        link = refusal.link or (_way_back(request) if inside else None)
        return page(
            refusal.status,
            refusal.title,
            refusal.detail,
            link=link,
            small=refusal.code,
            headers=headers,
            inside=inside,
        )
    problem = {
        "type": "about:blank",
        "title": refusal.title,
        "status": refusal.status,
        "detail": refusal.detail,
        "code": refusal.code,
        **refusal.more,
    }
    return as_json(problem, refusal.status, headers, media_type="application/problem+json")


def as_json(
    document: dict[str, Any],
    status: int = 200,
    headers: tuple[tuple[str, str], ...] = (),
    *,
    media_type: str = "application/json",
) -> Answer:
    """A JSON answer."""
    return Answer(status, json.dumps(document).encode(), media_type, headers)


def redirect(location: str, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """Go there with GET."""
    return Answer(302, headers=(("location", location), *headers))


def _way_back(request: Request) -> tuple[str, str]:
    came_from = request.header(b"referer") or ""
    if came_from.startswith(f"{request.origin}/") and urlsplit(came_from).path != request.path:
        return came_from, "Back to where you were"
    return "/", "Back to the workspace"


def _harmless(link: str) -> bool:
    return link.startswith("/") or urlsplit(link).scheme in {"https", "http", "mailto"}
