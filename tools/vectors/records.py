"""What is kept of a request that an operator makes."""

from __future__ import annotations

from typing import Any, Final

from tools.vectors import addresses, world
from tools.vectors.world import ACME, GLOBEX, PASSES, Json, refused

_SESSIONS: Final = ("READ_ONLY", "READ_WRITE")
_DIES: Final = "DIES"
_CROSS_SITE: Final = {"origin": "https://evil.example"}


def document() -> Json:
    """The file records.json."""
    return {
        **world.console(),
        "host": ACME["host"],
        "console": world.NOW,
        "guard": world.NOW,
        "tokens": {**{who: world.token(who) for who in _SESSIONS}, "FORGED": world.token("READ_WRITE", mode="ALL")},
        "snapshot": world.snapshot(
            world.told_tenant(),
            world.told_tenant(GLOBEX),
            *(world.told_session(who, mode=who) for who in _SESSIONS),
        ),
        "redaction": addresses.rules(),
        "marks": [
            _mark("PLATFORM", "/billing/{rest:path}", surface="billing"),
            _mark("PLATFORM", "/billing/invoices", surface="never, since another mark is before it"),
            _mark("PLATFORM", "/settings/plan", "GET", surface="plan"),
            _mark("PLATFORM", "/seats/{id}", surface="seats"),
            _mark("SIDE_EFFECT", "/export", "GET"),
            _mark("CREDENTIALS", "/settings/keys/{rest:path}"),
            _mark("PERSONAL", "/terms", "POST"),
        ],
        "vectors": [*_wrote(), *_died(), *_told(), *_marked(), *_surfaces(), *_unrecorded(), *_addresses()],
    }


def _mark(kind: str, path: str, *methods: str, surface: str | None = None) -> Json:
    return {"kind": kind, "path": path, "methods": list(methods), "surface": surface}


def _vector(
    name: str,
    record: Json | None,
    *,
    target: str = "/inbox",
    product: int | str | None = 200,
    answer: Json = PASSES,
    more: Json | None = None,
    **request: Any,
) -> Json:
    asked = {"who": "READ_WRITE", "method": "GET", "target": target, "headers": {}, **request}
    kept = {
        "method": asked["method"],
        "path": target,
        "status": 499 if product is None else product,
        "wrote": False,
        "requestId": None,
        "surface": None,
        "sessionUuid": world.session_id(asked["who"]) if asked["who"] else None,
    }
    given = {"request": asked, "product": product, "answer": answer, **(more or {})}
    return {"name": name, **given, "record": None if record is None else {**kept, **record}}


def _wrote() -> list[Json]:
    forbidden = refused(403, "READ_ONLY_SESSION")
    return [
        _vector("a read", {}),
        _vector("a write", {"wrote": True}, method="POST"),
        _vector("a write that the product refused changed nothing", {}, method="POST", product=422),
        _vector("of a write that broke nobody can say so", {"wrote": True}, method="POST", product=500),
        _vector("a redirect after a write", {"wrote": True}, method="POST", product=303),
        _vector("an unknown method may write", {"wrote": True}, method="PROPFIND", product=207),
        _vector("a method in small letters may write", {"wrote": True}, method="get"),
        _vector(
            "a read that asks to be taken for something else may write",
            {"wrote": True},
            headers={"x-http-method-override": "DELETE"},
        ),
        _vector("a write that the guard refused", {"status": 403}, method="POST", who="READ_ONLY", answer=forbidden),
        _vector(
            "a write from another site",
            {"status": 403},
            method="POST",
            headers=_CROSS_SITE,
            answer=refused(403, "CROSS_SITE"),
        ),
        _vector("a read that was not answered", {}, product=None),
        _vector("a write that was not answered may have written", {"wrote": True}, method="POST", product=None),
    ]


def _died() -> list[Json]:
    """The process is killed while the product works; the next one sends what it finds on the disk."""
    failed = {"status": 500, "durationMs": 0, "route": None}
    return [
        _vector("the process died on a read", failed, product=_DIES),
        _vector("the process died on a write", {**failed, "wrote": True}, product=_DIES, method="POST"),
        _vector(
            "the process died on what the platform manages",
            {**failed, "surface": "billing"},
            target="/billing/invoices",
            product=_DIES,
        ),
    ]


def _told() -> list[Json]:
    good = "01JH-abc.def:7_x"
    long = "M" * 20
    elsewhere: Json = {"more": {"host": GLOBEX["host"]}, "answer": refused(403, "WRONG_TENANT")}
    return [
        _vector("the time is the console's", {"at": world.instant(world.NOW)}, more={"guard": world.NOW + 20}),
        _vector("a method has at most 16 characters", {"method": long[:16], "wrote": True}, method=long),
        _vector("a request at another tenant's host is its own session's", {"status": 403}, **elsewhere),
        _vector(
            "also where it would be one for the platform", {"status": 403}, target="/billing/invoices", **elsewhere
        ),
        _vector("a request id", {"requestId": good}, headers={"x-request-id": good}),
        _vector("a request id of 128 characters", {"requestId": "a" * 128}, headers={"x-request-id": "a" * 128}),
        _vector("a request id with a tab is not kept", {}, headers={"x-request-id": "a\tb"}),
        _vector("a request id of over 128 characters is not kept", {}, headers={"x-request-id": "a" * 129}),
    ]


def _marked() -> list[Json]:
    forbidden = refused(403, "READ_ONLY_SESSION")
    kept_back = {"status": 403}
    secret, personal = refused(403, "CREDENTIALS_REFUSED"), refused(403, "PERSONAL_ACT")
    return [
        _vector("a marked read that changes something is a write", {"wrote": True}, target="/export"),
        _vector("HEAD is marked where GET is", {"wrote": True}, target="/export", method="HEAD"),
        _vector("another method is not", {}, target="/export", method="OPTIONS"),
        _vector("it is refused in READ_ONLY", kept_back, target="/export", who="READ_ONLY", answer=forbidden),
        _vector("credentials are shown to no operator", kept_back, target="/settings/keys/7", answer=secret),
        _vector("nor without a further part", kept_back, target="/settings/keys", answer=secret),
        _vector("nor with a final slash", kept_back, target="/settings/keys/", answer=secret),
        _vector(
            "it is refused before a final newline", kept_back, target="/export%0A", who="READ_ONLY", answer=forbidden
        ),
        _vector("a final slash and a newline", kept_back, target="/settings/keys/%0A", answer=secret),
        _vector(
            "blanks and control characters around parts", kept_back, target="/%20settings%00/keys%C2%A0", answer=secret
        ),
        _vector("a personal act is no operator's", kept_back, target="/terms", method="POST", answer=personal),
        _vector("nor in small letters", kept_back, target="/terms", method="post", answer=personal),
        _vector(
            "nor under another method that a header takes back",
            kept_back,
            target="/terms",
            method="PUT",
            headers={"x-method-override": "POST"},
            answer=personal,
        ),
        _vector("it may be read", {}, target="/terms"),
    ]


def _surfaces() -> list[Json]:
    billing, plan, seats = {"surface": "billing"}, {"surface": "plan"}, {"surface": "seats"}
    return [
        _vector("a surface of the platform's; the first mark counts", billing, target="/billing/invoices"),
        _vector("and all that is below", billing, target="/billing/invoices/7"),
        _vector("and the place itself", billing, target="/billing"),
        _vector("capitals and slashes make no difference", seats, target="/Seats//7/"),
        _vector("nor do encoded letters", billing, target="/b%69lling/invoices"),
        _vector("nor does the query", billing | {"path": "/billing?q="}, target="/billing?q=1"),
        _vector("another word that begins so", {}, target="/billings"),
        _vector("one part", seats, target="/seats/7"),
        _vector("not none", {}, target="/seats/"),
        _vector("a blank one", seats, target="/seats/%20"),
        _vector("not two", {}, target="/seats/7/8"),
        _vector("not two of which one is blank", {}, target="/seats/%20/8"),
        _vector("a surface of a method", plan, target="/settings/plan"),
        _vector("HEAD touches it as GET does", plan, target="/settings/plan", method="HEAD"),
        _vector("another method does not", {"wrote": True}, target="/settings/plan", method="POST"),
        _vector(
            "another method that a header takes back may",
            {**plan, "wrote": True},
            target="/settings/plan",
            method="POST",
            headers={"x-http-method": "GET"},
        ),
        _vector("also where the product refused", billing, target="/billing/invoices", product=404),
        _vector(
            "not where the guard did",
            {"status": 403},
            target="/billing/invoices",
            method="POST",
            who="READ_ONLY",
            answer=refused(403, "READ_ONLY_SESSION"),
        ),
    ]


def _unrecorded() -> list[Json]:
    """Nobody's requests, and those of no live session."""
    over = {"change": "SESSION_ENDED", "sessionUuid": world.session_id("READ_WRITE"), "endCause": "STOPPED"}
    suspended = {"change": "TENANT_STATUS", **world.told_tenant(status="SUSPENDED")}
    own: Json = {"target": "/actas/no-page-of-ours", "answer": refused(404, "NOT_FOUND")}
    return [
        _vector("what is below /actas/ is the guard's own", None, **own),
        _vector("people of the tenant are not recorded", None, who=None),
        _vector("a bad token is nobody's", None, who="FORGED", answer=refused(401, "TOKEN_INVALID")),
        _vector("nor is a session that is over", None, more={"hear": [over]}, answer=refused(401, "SESSION_ENDED")),
        _vector(
            "nor what is closed to everybody",
            None,
            more={"hear": [suspended]},
            answer=refused(503, "TENANT_SUSPENDED"),
        ),
    ]


def _addresses() -> list[Json]:
    return [
        _vector(address["name"], {"path": address["path"]}, target=address["target"]) for address in addresses.vectors()
    ]
