"""Our guard passes the test vectors that guards in other languages are written against (guard/vectors)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from shutil import copy
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

import pytest

from actas_guard import Guard, GuardSettings, impersonation, subdomain
from actas_guard import keys as key_sets
from actas_guard.events import Event
from actas_guard.marks import Mark
from actas_guard.spool import Spool
from tools.vectors.files import files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

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

    def __init__(self, file: dict[str, Any], *, guard_clock: float = 0, **settings: Any) -> None:
        self.file = file
        self.own = 1000.0
        self.answered: int | None = 200
        self.passed = False
        self.seen: dict[str, Any] = {}
        self.at_work: Callable[[], None] = lambda: None
        self.position = 0
        made = GuardSettings(
            console_url="https://console.example",
            service_key="actas_vectors",
            issuer=file["issuer"],
            tenant_of=subdomain(file["domain"]),
            scheme="https",
            max_staleness_seconds=file["maxStalenessSeconds"],
            clock=lambda: guard_clock,
            monotonic=lambda: self.own,
            banner_seen_seconds=None,  # no page shows one here
            **settings,
        )
        self.guard = Guard(self._product, made)
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
        headers: Iterable[tuple[str, str]] = (),
    ) -> dict[str, Any]:
        """What the guard makes of a request, in the words of the vectors."""
        given = [("host", host or self.file["host"]), *headers]
        if token is not None:
            given.append(("cookie", f"__Host-actas-session={token}"))
        path, _, query = target.partition("?")
        scope = {
            "type": "http",
            "method": method,
            "path": unquote_to_bytes(path.encode("latin-1")).decode("utf-8", "replace"),
            "raw_path": path.encode("latin-1"),
            "query_string": query.encode("latin-1"),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in given],
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
        inside = impersonation()
        values = [(name.decode(), value.decode("latin-1")) for name, value in scope["headers"]]
        cookies = [pair.strip(" \t") for name, value in values if name == "cookie" for pair in value.split(";")]
        self.seen = {
            "session": str(inside.session_id) if inside else None,
            "product": {
                "cookies": cookies,
                "authorization": [value for name, value in values if name == "authorization"],
            },
            "actas-token": [value for name, value in values if name == "actas-token"],
        }
        self.at_work()
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


@cases("carriers")
async def test_each_carrier_says_whose_request_it_is_and_the_product_sees_none_of_it(vector: dict[str, Any]) -> None:
    """C-5, C-19, S3-11, threat 58: twice, since a remembered token must have the same."""
    file, expected = FILES["carriers"], vector["answer"]
    harness = Harness(file, guard_clock=file["guard"])
    for event in file["snapshot"]:
        harness.hear(event, file["console"])
    for _ in range(2):
        answer = await harness.ask(None, host=vector["host"], headers=map(tuple, vector["headers"]))
        if not expected["passes"]:
            assert answer == expected
            continue
        assert {**answer, **harness.seen} == {**expected, "actas-token": []}


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
        file["tokens"].get(vector["who"]), method=vector["method"], headers=vector.get("headers", {}).items()
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
async def test_each_request_is_recorded_as_it_says(vector: dict[str, Any], tmp_path: Path) -> None:
    """P6, S3-13, S3-21, threat 58."""
    file, request, dies = FILES["records"], vector["request"], vector["product"] == "DIES"
    marks = tuple(Mark(**{**mark, "methods": frozenset(mark["methods"])}) for mark in file["marks"])
    on_disk = {"spool": tmp_path / "spool", "strict": True} if dies else {}
    harness = Harness(file, guard_clock=vector.get("guard", file["guard"]), marks=marks, **on_disk)
    for event in [*file["snapshot"], *vector.get("hear", ())]:
        harness.hear(event, file["console"])
    asked = {
        "token": file["tokens"].get(request["who"]),
        "method": request["method"],
        "host": vector.get("host"),
        "target": request["target"],
        "headers": request["headers"].items(),
    }
    if dies:
        answer, documents = await killed(harness, tmp_path, asked)
    else:
        harness.answered = vector["product"]
        answer = await harness.ask(**asked)
        documents = [record.document() for record in harness.service.records._waiting]
    assert answer == vector["answer"]
    expected = [vector["record"]] if vector["record"] else []
    assert [as_told(document, vector["record"] or {}) for document in documents] == expected


async def killed(harness: Harness, folder: Path, asked: dict[str, Any]) -> tuple[Any, list[dict[str, Any]]]:
    """What the next process finds on the disk of one that is killed while the product works."""
    left = folder / "left"
    left.mkdir()

    def keep_the_disk() -> None:
        for each in (folder / "spool").iterdir():
            copy(each, left)

    harness.at_work = keep_the_disk
    spool, after = harness.service.spool, Spool(left, max_bytes=2**20)
    assert spool
    spool.open()
    answer = await harness.ask(**asked)
    await spool.close()
    after.open()
    found = [document for _, document in await after.batch(10)]
    await after.close()
    return answer, found


def as_told(document: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    """What the vector tells of a record, as the record has it."""
    told = {name: document.get(name) for name in expected}
    if "at" in told:
        told["at"] = datetime.fromisoformat(document["at"]).isoformat().replace("+00:00", "Z")
    return told


def test_the_files_are_what_the_rules_make() -> None:
    """A rule changed by hand in a file would be lost: run `python -m tools.vectors`, and read what changes."""
    made = files()
    assert {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")} == made


def test_every_row_of_the_threats_about_tokens_has_a_vector() -> None:
    covered = {threat for vector in FILES["tokens"]["vectors"] for threat in vector["threats"]}
    assert covered == {*range(1, 13), 59}


async def _nothing_more() -> Any:
    return {"type": "http.request", "body": b"", "more_body": False}
