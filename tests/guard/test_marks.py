"""Read-only that is real: what a method does not tell of a route, the product says (issue 4, point 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from actas_guard import credentials, masked, personal, side_effect
from actas_guard.asgi import Request
from actas_guard.marks import MASK, Mark, Marks
from tests.guard.conftest import guarded, until
from tests.guard.test_database import ACME, request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.guard.conftest import Site
    from tests.guard.console import FakeConsole

MARKS = (
    side_effect("/cases/{id}/mark-read"),
    side_effect("/export", "GET"),
    credentials("/settings/keys/{rest:path}"),
    credentials("/settings/keys", "GET"),
    personal("/terms", "POST"),
)


@pytest_asyncio.fixture
async def site(console: FakeConsole) -> AsyncIterator[Site]:
    async with guarded(console, marks=MARKS, banner_seen_seconds=None) as made:
        await until(lambda: made.live.ready and made.guard._service.keys.known)
        yield made


async def test_a_get_that_changes_something_is_refused_where_nothing_may_change(site: Site) -> None:
    """C-16."""
    _, operator = await site.operator(mode="READ_ONLY")
    for path in ("/cases/7/mark-read", "/export", "/Export/", "/export//", "/cases/7//mark-read/"):
        for method in ("GET", "HEAD"):
            assert (await operator.ask(method, path)).status_code == 403, (method, path)
    assert (await operator.get("/cases/7/8/mark-read")).status_code == 200
    assert (await operator.get("/exports")).status_code == 200
    assert {seen["path"] for seen in site.product.seen} == {"/cases/7/8/mark-read", "/exports"}


async def test_a_get_that_changes_something_is_recorded_as_a_write(site: Site) -> None:
    """P6."""
    _, operator = await site.operator()
    await operator.get("/export")
    await operator.ask("OPTIONS", "/export")
    recorded = await until(lambda: len(site.console.records) >= 2 and site.console.records)
    assert [record["wrote"] for record in recorded] == [True, False]


async def test_a_get_that_changes_something_is_refused_to_people_of_a_read_only_tenant(site: Site) -> None:
    await site.status("READ_ONLY")
    assert (await site.browser().get("/export")).json()["code"] == "TENANT_READ_ONLY"


@pytest.mark.parametrize("mode", ["READ_ONLY", "READ_WRITE"])
async def test_credentials_and_personal_acts_are_refused_in_every_session(site: Site, mode: str) -> None:
    session, operator = await site.operator(mode=mode)
    for method, path, code in (
        ("GET", "/settings/keys", "CREDENTIALS_REFUSED"),
        ("GET", "/settings/keys/1/secret", "CREDENTIALS_REFUSED"),
        ("POST", "/terms", "PERSONAL_ACT"),
    ):
        answer = await operator.ask(method, path)
        assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert site.product.seen == []
    recorded = await until(lambda: len(site.console.records) >= 3 and site.console.records)
    assert {(record["sessionUuid"], record["status"], record["wrote"]) for record in recorded} == {
        (str(session.id), 403, False)
    }


@pytest.mark.parametrize(
    ("method", "path"), [("post", "/terms"), ("Get", "/settings/keys"), ("head", "/settings/keys")]
)
def test_a_method_in_other_letters_gets_around_no_mark(method: str, path: str) -> None:
    """Some servers pass it on as it came, and some frameworks take it for the one in capitals."""
    sent = Request.of({"type": "http", "method": method, "path": path, "headers": []})
    assert Marks(MARKS).of(sent)
    assert not sent.safe


@pytest.mark.parametrize(
    "path",
    [
        "/terms\n",
        "/terms/\n",
        "/terms\r\n",
        "/ terms\x00",
        "//terms\u00a0/",
        "/TERMS\u2003",
        "http://acme.localhost/terms",
        "http://acme.localhost/terms;of=use\n",
    ],
)
def test_a_path_in_another_spelling_gets_around_no_mark(path: str) -> None:
    """Some product takes each of these for /terms."""
    assert kinds(path) == {"PERSONAL"}


@pytest.mark.parametrize("path", ["/notes/ ", "/notes/\n", "/notes/ /", "/notes/7\n", "/notes/\t7"])
def test_a_blank_part_is_a_parts_value(path: str) -> None:
    assert kinds(path) == {"SIDE_EFFECT"}


@pytest.mark.parametrize("path", ["/notes", "/notes/", "/notes/7/8", "/notes/ /8", "/terms/ /8", "/term s", "/te\nrms"])
def test_another_path_is_not_marked(path: str) -> None:
    assert kinds(path) == set()


@pytest.mark.parametrize("path", ["/", "//", "/\n"])
def test_the_first_page_can_be_marked(path: str) -> None:
    assert kinds(path, personal("/")) == {"PERSONAL"}


def kinds(path: str, *marks: Mark) -> set[str]:
    sent = Request.of({"type": "http", "method": "POST", "path": path, "headers": []})
    return set(Marks(marks or (personal("/terms"), side_effect("/notes/{id}"))).of(sent))


@pytest.mark.parametrize("override", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
async def test_a_method_in_a_header_gets_around_no_mark_and_no_mode(site: Site, override: str) -> None:
    """What the product will take the request for, the guard cannot know; so it is held for all that it may be."""
    _, writer = await site.operator()
    for method, stated, path in (("PUT", "POST", "/terms"), ("POST", "GET", "/settings/keys")):
        assert (await writer.ask(method, path, **{override: stated})).status_code == 403, (method, path)
    _, reader = await site.operator(mode="READ_ONLY")
    answer = await reader.ask("GET", "/cases", **{override: "DELETE"})
    assert (answer.status_code, answer.json()["code"]) == (403, "READ_ONLY_SESSION")
    assert site.product.seen == []


async def test_to_the_tenants_own_people_all_of_it_is_open(site: Site) -> None:
    for method, path in (("GET", "/settings/keys"), ("POST", "/terms"), ("GET", "/export")):
        assert (await site.browser().ask(method, path)).status_code == 200


def test_a_secret_on_a_page_is_dots_in_a_session_and_itself_outside() -> None:
    with request(ACME, "READ_WRITE"):
        assert masked("sk_live_1") == MASK
    with request(ACME):
        assert masked("sk_live_1") == "sk_live_1"
    assert masked("sk_live_1") == "sk_live_1"


@pytest.mark.parametrize(
    ("path", "methods"), [("terms", ()), ("/terms", ("post",)), ("", ()), ("/cases/{id:int}", ()), ("/cases/<id>", ())]
)
def test_a_mark_that_could_never_match_is_refused(path: str, methods: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"begins with|capitals|is written"):
        Mark("PERSONAL", path, frozenset(methods))
