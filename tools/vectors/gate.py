"""Who may do what, by the tenant's status and the session's mode."""

from __future__ import annotations

from typing import Final

from tools.vectors import world
from tools.vectors.world import PASSES, Json, refused

METHODS: Final = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "PROPFIND", "get")
SAFE: Final = {"GET", "HEAD", "OPTIONS"}
_WHO: Final = ("PERSON", "READ_ONLY", "READ_WRITE")
_CLOSED: Final = {
    "PROVISIONING": refused(503, "TENANT_NOT_READY"),
    "SUSPENDED": refused(503, "TENANT_SUSPENDED"),
    "OFFBOARDED": refused(410, "TENANT_GONE"),
    "A_STATUS_OF_THE_FUTURE": refused(503, "TENANT_NOT_READY"),
}
_READ_ONLY: Final = {
    "READ_ONLY": refused(403, "TENANT_READ_ONLY"),
    "OFFBOARDING": refused(403, "TENANT_OFFBOARDING"),
}


def document() -> Json:
    """The file gate.json."""
    return {
        **world.console(),
        "host": world.ACME["host"],
        "console": world.NOW,
        "guard": world.NOW,
        "tokens": {who: world.token(who) for who in _WHO if who != "PERSON"},
        "sessions": {who: world.told_session(who, mode=who) for who in _WHO if who != "PERSON"},
        "vectors": [
            {"status": status, "who": who, "method": method, "answer": _answer(status, who, method)}
            for status in ("ACTIVE", *_READ_ONLY, *_CLOSED)
            for who in _WHO
            for method in METHODS
        ]
        + _origins(),
    }


def _origins() -> list[Json]:
    own, sibling = f"https://{world.ACME['host']}", f"https://{world.GLOBEX['host']}"
    foreign = refused(403, "CROSS_SITE")
    told: dict[str, tuple[Json, Json]] = {
        "a change from a page of the workspace": ({"origin": own, "sec-fetch-site": "same-origin"}, PASSES),
        "a change from a page that keeps its origin back": (
            {"origin": "null", "sec-fetch-site": "same-origin"},
            PASSES,
        ),
        "a change from a page of another tenant": ({"origin": sibling, "sec-fetch-site": "same-site"}, foreign),
        "a change from another site, by its Origin alone": ({"origin": "https://evil.example"}, foreign),
        "a change from an origin that is none": ({"origin": "null"}, foreign),
        "a change from a page over plain http": ({"origin": own.replace("https", "http")}, foreign),
        "a change by a link on another site": ({"sec-fetch-site": "cross-site"}, foreign),
    }
    return [
        {"name": name, "status": "ACTIVE", "who": who, "method": "POST", "headers": headers, "answer": answer}
        for name, (headers, operators) in told.items()
        for who, answer in (("READ_WRITE", operators), ("PERSON", PASSES))
    ]


def _answer(status: str, who: str, method: str) -> Json:
    if status in _CLOSED:
        return _CLOSED[status]
    if method in SAFE:
        return PASSES
    if who == "PERSON":
        return _READ_ONLY.get(status, PASSES)
    # An operator may no more than the tenant's admin: where the tenant may only read, so may the session.
    return PASSES if (status, who) == ("ACTIVE", "READ_WRITE") else refused(403, "READ_ONLY_SESSION")
