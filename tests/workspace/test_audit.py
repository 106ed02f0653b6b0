"""The words of the audit page, and what it says when the console gives it nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
import uvicorn
from graphql import GraphQLEnumType, build_schema, parse, validate
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from examples.workspace.asked import KINDS
from examples.workspace.audit_words import CAUSES, lasting, sentence
from examples.workspace.console import ENTRIES, RECORD, STORY
from examples.workspace.record import Visit
from resolvers import events
from tests.workspace.conftest import ACME, GLOBEX, Open
from tests.workspace.sockets import serving_on

STARTED = datetime(2026, 11, 14, 9, 12, 30, tzinfo=UTC)
VISIT = Visit(
    uuid=UUID(int=1),
    operator="Jane Doe",
    email="jane@actas.example",
    reason="webhook 500s",
    ticket=None,
    mode="READ_ONLY",
    started=STARTED,
    expires=STARTED + timedelta(minutes=30),
    ended=STARTED + timedelta(minutes=17),
    cause="STOPPED",
    ended_by="Jane Doe",
    seconds=17 * 60,
    requests=3,
    writes=0,
)


def schema_of_the_console() -> str:
    return (Path(__file__).parents[2] / "schema" / "schema.graphql").read_text("utf-8")


def test_a_visit_is_one_sentence_that_tells_who_when_how_long_and_why() -> None:
    """S2-35."""
    assert sentence(VISIT) == (
        "On 14 Nov 2026 at 09:12 UTC Jane Doe (jane@actas.example) was inside for 17 minutes, until 09:29 UTC, "
        "read only. Reason: webhook 500s. Left on their own."
    )


def test_a_visit_over_midnight_names_both_days_and_whoever_ended_it() -> None:
    late = replace(
        VISIT,
        mode="READ_WRITE",
        reason="Really?",
        ended=STARTED + timedelta(hours=15),
        seconds=15 * 3600,
        cause="REVOKED",
        ended_by="Max Admin",
    )
    assert sentence(late) == (
        "On 14 Nov 2026 at 09:12 UTC Jane Doe (jane@actas.example) was inside for 15 hours, until 15 Nov 2026 at "
        "00:12 UTC, with changes allowed. Reason: Really? Ended by an administrator of the platform (Max Admin)."
    )


def test_every_cause_that_the_console_knows_has_words() -> None:
    enum = build_schema(schema_of_the_console()).type_map["EndCause"]
    assert isinstance(enum, GraphQLEnumType)
    assert set(enum.values) == set(CAUSES)
    assert sentence(replace(VISIT, cause="NEWER")).endswith("Ended: NEWER.")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (3599, "59 minutes"),
        (4804, "1 hour 20 minutes"),
    ],
)
def test_lengths_are_whole_units(seconds: int, words: str) -> None:
    assert lasting(seconds) == words


@pytest.mark.parametrize("question", [RECORD, ENTRIES, STORY])
def test_each_question_is_one_that_the_console_understands(question: str) -> None:
    assert validate(build_schema(schema_of_the_console()), parse(question)) == []


def test_every_kind_that_can_be_chosen_is_one_that_the_console_writes() -> None:
    known = {each.kind for each in vars(events).values() if isinstance(getattr(each, "kind", None), str)}
    assert {kind for _, kinds in KINDS.values() for kind in kinds} <= known


class Answering:
    """A console that answers what it is told to."""

    def __init__(self) -> None:
        self.status = 200
        self.answer: Any = {}
        self.answers: list[Any] = []  # these first, in their order
        self.asked: list[Any] = []
        self.url = ""

    async def graphql(self, request: Request) -> Response:
        self.asked.append(await request.json())
        return JSONResponse(self.answers.pop(0) if self.answers else self.answer, self.status)


@pytest_asyncio.fixture(loop_scope="session")
async def console() -> AsyncIterator[Answering]:
    made = Answering()
    app = Starlette(routes=[Route("/graphql", made.graphql, methods=["POST"])])
    async with serving_on(uvicorn.Config(app, log_config=None, log_level="error", lifespan="off")) as port:
        made.url = f"http://127.0.0.1:{port}"
        yield made


def forbidden() -> dict[str, Any]:
    return {"data": {"tenant": None}, "errors": [{"message": "no", "extensions": {"code": "FORBIDDEN"}}]}


@pytest.mark.parametrize(
    ("status", "answer", "told"),
    [
        (401, {}, "does not accept this product's service key"),
        (200, forbidden(), "needs TENANT_SIDE_READ"),
        (200, {"data": {"tenant": None}}, "answered without the record"),
        (200, {"data": {"tenant": {"uuid": str(GLOBEX.uuid)}}}, "another company under this name"),
        (200, {"data": {"tenant": {"uuid": str(ACME.uuid)}}}, "answered without the record"),
        (200, ["unexpected"], "answered without the record"),
        (500, None, "answered without the record"),
    ],
)
async def test_an_answer_without_the_record_is_explained(
    open_browser: Open, console: Answering, status: int, answer: Any, told: str
) -> None:
    """The other company's record in particular is never shown (P5)."""
    console.status, console.answer = status, answer
    browser = open_browser(ACME, console_url=console.url)
    await browser.sign_in("owner")
    page = await browser.get("/audit")
    assert page.status_code == 200
    assert told in page.text.replace("&#x27;", "'")
    assert "Nothing is lost" in page.text


async def test_without_a_console_the_page_says_so_and_the_rest_works(open_browser: Open) -> None:
    browser = open_browser(ACME)
    await browser.sign_in("owner")
    assert "The console does not answer" in (await browser.get("/audit")).text
    assert (await browser.get("/")).status_code == 200


@pytest.mark.parametrize("path", ["/audit", "/audit/live"])
async def test_a_member_may_not_read_the_record(open_browser: Open, path: str) -> None:
    browser = open_browser(ACME)
    await browser.sign_in("member")
    answer = await browser.get(path)
    assert answer.status_code == 403
    assert "for administrators" in answer.text
    assert 'href="/audit"' not in (await browser.get("/")).text
