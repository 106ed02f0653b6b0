"""Our guard passes the test vectors that guards in other languages are written against (guard/vectors)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from actas_guard import Guard, GuardSettings, subdomain
from actas_guard import keys as key_sets
from actas_guard.events import Event
from tools.vectors.files import files

FOLDER = Path(__file__).parents[2] / "guard" / "vectors"
FILES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.json")}


def cases(name: str) -> pytest.MarkDecorator:
    """A file's vectors, each under its own name."""
    vectors = FILES[name]["vectors"]
    names = [vector.get("name") or "-".join(vector[key] for key in ("status", "who", "method")) for vector in vectors]
    return pytest.mark.parametrize(
        "vector", [pytest.param(vector, id=n) for vector, n in zip(vectors, names, strict=True)]
    )


class Harness:
    """The whole guard, as a request meets it; what it hears comes from the vectors, and no network is there."""

    def __init__(self, file: dict[str, Any], *, guard_clock: float = 0) -> None:
        self.file = file
        self.own = 1000.0
        self.answered: int | None = 200
        self.passed = False
        self.position = 0
        settings = GuardSettings(
            console_url="https://console.example",
            service_key="actas_vectors",
            issuer=file["issuer"],
            tenant_of=subdomain(file["domain"]),
            scheme="https",
            max_staleness_seconds=file["maxStalenessSeconds"],
            clock=lambda: guard_clock,
            monotonic=lambda: self.own,
            banner_seen_seconds=None,  # no page shows one here
        )
        self.guard = Guard(self._product, settings)
        self.service = self.guard._service
        self.service.stopped = True  # nothing follows a console
        self.service.keys._keys = key_sets._read(file["jwks"])

    def hear(self, event: dict[str, Any], at: float | None = None) -> None:
        self.position += 1
        instant = {"at": datetime.fromtimestamp(at, UTC).isoformat()} if at is not None else {}
        self.service.live.apply(Event.read({**event, **instant, "position": str(self.position)}))

    async def ask(
        self,
        token: str | None,
        *,
        method: str = "GET",
        host: str | None = None,
        target: str = "/inbox",
        headers: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """What the guard makes of a request, in the words of the vectors."""
        given = {"host": host or self.file["host"], **(headers or {})}
        if token is not None:
            given["cookie"] = f"__Host-actas-session={token}"
        parts = urlsplit(target)
        scope = {
            "type": "http",
            "method": method,
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in given.items()],
        }
        sent: list[Any] = []
        self.passed = False

        async def send(message: Any) -> None:
            sent.append(message)

        await self.guard(scope, _nothing_more, send)
        if self.passed:
            return {"passes": True}
        body = b"".join(message.get("body", b"") for message in sent)
        code = json.loads(body)["code"] if body else None
        return {"passes": False, "status": sent[0]["status"], "code": code}

    async def _product(self, scope: Any, receive: Any, send: Any) -> None:
        self.passed = True
        if self.answered is not None:
            await send({"type": "http.response.start", "status": self.answered, "headers": []})
            await send({"type": "http.response.body", "body": b"hello"})


@cases("tokens")
async def test_each_token_has_its_verdict(vector: dict[str, Any]) -> None:
    """Threats 1 to 12, 59: twice, since a remembered token must have the same."""
    harness = Harness(FILES["tokens"], guard_clock=vector["guard"])
    for event in FILES["tokens"]["snapshot"]:
        harness.hear(event, vector["console"])
    for _ in range(2):
        assert await harness.ask(vector["token"], host=vector["host"]) == vector["answer"]


@cases("gate")
async def test_each_status_and_mode_lets_through_what_the_table_says(vector: dict[str, Any]) -> None:
    """C-18: the gate."""
    file = FILES["gate"]
    harness = Harness(file, guard_clock=file["guard"])
    tenant = {**FILES["stream"]["vectors"][0]["steps"][0]["hear"], "tenantStatus": vector["status"]}
    for event in (tenant, *({"change": "SNAPSHOT", **each} for each in file["sessions"].values())):
        harness.hear(event, file["console"])
    harness.hear({"change": "SNAPSHOT_END"}, file["console"])
    answer = await harness.ask(
        file["tokens"].get(vector["who"]), method=vector["method"], headers=vector.get("headers")
    )
    expected = dict(vector["answer"])
    if vector["method"] == "HEAD" and not expected["passes"]:
        expected["code"] = None  # a HEAD has no body to say it in
    assert answer == expected


@cases("stream")
async def test_each_story_of_the_stream_ends_as_it_says(vector: dict[str, Any]) -> None:
    """P7; facts/mechanisms.md H.5, H.6."""
    file = FILES["stream"]
    harness = Harness(file, guard_clock=file["began"])
    for step in vector["steps"]:
        harness.own = 1000.0 + step["after"]
        if "hear" in step:
            harness.hear(step["hear"])
            continue
        token = file["token"] if step["ask"]["who"] == "OPERATOR" else None
        assert await harness.ask(token, method=step["ask"]["method"]) == step["answer"], step


@cases("records")
async def test_each_request_is_recorded_as_it_says(vector: dict[str, Any]) -> None:
    """P6, S3-13."""
    file, request = FILES["records"], vector["request"]
    harness = Harness(file, guard_clock=file["console"])
    harness.answered = vector["product"]
    for event in file["snapshot"]:
        harness.hear(event, file["console"])
    token = file["tokens"][request["who"]]
    await harness.ask(token, method=request["method"], target=request["target"], headers=request["headers"])
    [waiting] = harness.service.records._waiting
    record = waiting.document()
    assert {name: record[name] for name in vector["record"]} == vector["record"]


def test_the_files_are_what_the_rules_make() -> None:
    """A rule changed by hand in a file would be lost: run `python -m tools.vectors`, and read what changes."""
    made = files()
    assert {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")} == made


def test_every_row_of_the_threats_about_tokens_has_a_vector() -> None:
    covered = {threat for vector in FILES["tokens"]["vectors"] for threat in vector["threats"]}
    assert covered == {*range(1, 13), 59}


async def _nothing_more() -> Any:
    return {"type": "http.request", "body": b"", "more_body": False}
