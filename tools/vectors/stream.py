"""What the stream proves, and for how long: steps in which a guard hears something, or is asked for something."""

from __future__ import annotations

from typing import Any, Final

from tools.vectors import world
from tools.vectors.world import BEGAN, PASSES, Json, refused

_STALE: Final = refused(503, "GUARD_STALE")
_OVER: Final = refused(401, "SESSION_ENDED")
_NOT_READY: Final = refused(503, "GUARD_NOT_READY")
_SUSPENDED: Final = refused(503, "TENANT_SUSPENDED")
_TENANT: Final = world.told_tenant()
_SESSION: Final = world.told_session()


def document() -> Json:
    """The file stream.json."""
    return {
        **world.console(),
        "host": world.ACME["host"],
        "began": BEGAN,
        "token": world.token(),
        "vectors": [{"name": name, "steps": steps} for name, steps in _stories().items()],
    }


def _hear(seconds: float, change: str, *, proved: float | None = None, **about: Any) -> Json:
    """At this second of the guard's clock an event arrives; `proved` is the console's time in it."""
    return {
        "after": seconds,
        "hear": {"change": change, "at": world.instant(BEGAN + (proved if proved is not None else seconds)), **about},
    }


def _ask(seconds: float, answer: Json, *, who: str = "OPERATOR", method: str = "GET") -> Json:
    return {"after": seconds, "ask": {"who": who, "method": method}, "answer": answer}


def _whole(seconds: float = 0, *parts: Json) -> list[Json]:
    return [_hear(seconds, **event) for event in world.snapshot(*(parts or (_TENANT, _SESSION)))]


def _stories() -> dict[str, list[Json]]:
    ended = {"sessionUuid": _SESSION["sessionUuid"], "endCause": "STOPPED"}
    suspended = world.told_tenant(status="SUSPENDED")
    return {
        "before the snapshot is whole nobody passes": [
            *_whole()[:-1],
            _ask(0, _NOT_READY),
            _ask(0, _NOT_READY, who="PERSON"),
            _hear(0, "SNAPSHOT_END"),
            _ask(0, PASSES),
            _ask(0, PASSES, who="PERSON"),
        ],
        "after 30 s of silence operators are refused and people go on": [
            *_whole(),
            _ask(30, PASSES),
            _ask(30.5, _STALE),
            _ask(30.5, PASSES, who="PERSON", method="POST"),
            _hear(40, "HEARTBEAT"),
            _ask(40, PASSES),
        ],
        "a heartbeat is as old as the read that it proves": [
            *_whole(),
            *(_hear(seconds, "HEARTBEAT", proved=0) for seconds in (5, 10, 15, 20, 25, 30)),
            _ask(31, _STALE),
        ],
        "only a heartbeat proves a fresh read": [
            *_whole(),
            _hear(31, "TENANT_STATUS", **_TENANT),
            _ask(31, _STALE),
        ],
        "an end is an end at once": [*_whole(), _ask(1, PASSES), _hear(1, "SESSION_ENDED", **ended), _ask(1, _OVER)],
        "an ended session does not come back": [
            *_whole(),
            _hear(1, "SESSION_ENDED", **ended),
            _hear(2, "SESSION_STARTED", **_SESSION),
            _ask(2, _OVER),
            *_whole(3),
            _ask(3, _OVER),
        ],
        "a gap refuses operators until the new snapshot is whole": [
            *_whole(),
            _hear(1, "GAP"),
            _ask(1, _STALE),
            _ask(1, PASSES, who="PERSON"),
            _hear(2, "HEARTBEAT"),
            _ask(2, _STALE),
            *_whole(3),
            _ask(3, PASSES),
        ],
        "a session that the new snapshot lacks is over": [*_whole(), *_whole(1, _TENANT), _ask(1, _OVER)],
        "the mode in force is the stream's, not the token's": [
            *_whole(),
            _ask(0, PASSES, method="POST"),
            _hear(1, "SESSION_MODE", sessionUuid=_SESSION["sessionUuid"], mode="READ_ONLY"),
            _ask(1, refused(403, "READ_ONLY_SESSION"), method="POST"),
            _ask(1, PASSES),
        ],
        "a suspension holds while nothing is heard": [
            *_whole(),
            _hear(1, "TENANT_STATUS", **suspended),
            _ask(1, _SUSPENDED),
            _ask(1, _SUSPENDED, who="PERSON"),
            _ask(3600, _SUSPENDED, who="PERSON"),
        ],
        "what a newer console adds is passed over": [*_whole(), _hear(1, "SOMETHING_NEW"), _ask(1, PASSES)],
        "the console's clock decides when a session is over": [
            *_whole(),
            _hear(5, "HEARTBEAT", proved=1800),
            _ask(5, _OVER),
        ],
    }
