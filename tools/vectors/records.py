"""What is kept of a request that an operator makes."""

from __future__ import annotations

from typing import Any

from tools.vectors import world
from tools.vectors.world import Json


def document() -> Json:
    """The file records.json."""
    return {
        **world.console(),
        "host": world.ACME["host"],
        "console": world.NOW,
        "guard": world.NOW,
        "tokens": {who: world.token(who) for who in ("READ_ONLY", "READ_WRITE")},
        "snapshot": world.snapshot(
            world.told_tenant(), *(world.told_session(who, mode=who) for who in ("READ_ONLY", "READ_WRITE"))
        ),
        "vectors": [*_wrote(), *_paths(), *_ids()],
    }


def _vector(name: str, record: Json, *, target: str = "/inbox", product: int | None = 200, **request: Any) -> Json:
    asked = {"who": "READ_WRITE", "method": "GET", "target": target, "headers": {}, **request}
    kept = {"method": asked["method"], "path": "/inbox", "status": product or 499, "wrote": False, "requestId": None}
    return {"name": name, "request": asked, "product": product, "record": {**kept, **record}}


def _wrote() -> list[Json]:
    return [
        _vector("a read", {}),
        _vector("a write", {"wrote": True}, method="POST"),
        _vector("a write that the product refused changed nothing", {}, method="POST", product=422),
        _vector("of a write that broke nobody can say so", {"wrote": True}, method="POST", product=500),
        _vector("a redirect after a write", {"wrote": True}, method="POST", product=303),
        _vector("an unknown method may write", {"wrote": True}, method="PROPFIND", product=207),
        _vector("a write that the guard refused", {"status": 403}, method="POST", who="READ_ONLY"),
        _vector("a read that was not answered", {}, product=None),
        _vector("a write that was not answered may have written", {"wrote": True}, method="POST", product=None),
    ]


def _paths() -> list[Json]:
    texts = {
        "the values of a query are not kept": ("/inbox?q=secret&page=2", "/inbox?q=&page="),
        "a query without names is not kept": ("/inbox?eyJhbGciOi", "/inbox"),
        "a path is kept as it was sent": ("/files/a%20b%2Fc", "/files/a%20b%2Fc"),
        "at most forty names": (
            "/inbox?" + "&".join(f"n{i}=1" for i in range(50)),
            "/inbox?" + "&".join(f"n{i}=" for i in range(40)),
        ),
        "a path has at most 2048 characters": ("/" + "a/" * 1100, ("/" + "a/" * 1100)[:2048]),
    }
    return [_vector(name, {"path": path}, target=target) for name, (target, path) in texts.items()]


def _ids() -> list[Json]:
    good = "01JH-abc.def:7_x"
    return [
        _vector("a request id", {"requestId": good}, headers={"x-request-id": good}),
        _vector("a request id with a line break is not kept", {}, headers={"x-request-id": "a\tb"}),
        _vector("a request id of over 128 characters is not kept", {}, headers={"x-request-id": "a" * 129}),
    ]
