"""What the guard reads of a request decides; so it is read strictly (threat 30)."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from actas_guard.asgi import Request, without_cookies


def request(
    *headers: tuple[str, str], kind: str = "http", seen: str = "http", method: str = "GET", **settings: Any
) -> Request:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    return Request.of({"type": kind, "method": method, "path": "/", "scheme": seen, "headers": raw}, **settings)


@pytest.mark.parametrize(
    "host",
    ["acme.test\r\nx: y", "acme.test/path", "acme.test:port", "a b", "user@acme.test", "[::1]", "-acme", "", "ä"],
)
def test_a_host_that_is_none_is_nobodys(host: str) -> None:
    assert request(("host", host)).host == ""


def test_two_hosts_are_none() -> None:
    """Two readers of one request must not see two tenants."""
    assert request(("host", "acme.test"), ("host", "globex.test")).host == ""
    assert request().host == ""


@pytest.mark.parametrize(
    ("host", "seen", "scheme", "origin"),
    [
        ("acme.test", "http", None, "http://acme.test"),
        ("ACME.test:8001", "http", None, "http://acme.test:8001"),
        ("acme.test", "https", None, "https://acme.test"),
        ("acme.test:443", "https", None, "https://acme.test"),
        ("acme.test:80", "http", None, "http://acme.test"),
        ("acme.test:80", "https", None, "https://acme.test:80"),
        ("acme.test", "wss", None, "https://acme.test"),
        ("acme.test", "ws", None, "http://acme.test"),
        ("acme.test", "http", "https", "https://acme.test"),
    ],
)
def test_the_origin_is_the_one_that_browsers_send(
    host: str, seen: str, scheme: Literal["http", "https"] | None, origin: str
) -> None:
    """RFC 6454: in lower case, without the scheme's own port."""
    assert request(("host", host), seen=seen, scheme=scheme).origin == origin


@pytest.mark.parametrize(
    ("headers", "method", "person"),
    [
        ([("sec-fetch-mode", "navigate")], "GET", True),
        ([("sec-fetch-mode", "navigate")], "POST", True),
        ([("sec-fetch-mode", "cors"), ("accept", "text/html")], "GET", False),
        ([("accept", "text/html,*/*")], "GET", True),
        ([("accept", "text/html,*/*")], "POST", False),
        ([("accept", "*/*")], "GET", False),
        ([], "GET", False),
    ],
)
def test_a_page_is_for_a_person_and_anything_else_for_a_program(
    headers: list[tuple[str, str]], method: str, person: bool
) -> None:
    assert request(*headers, method=method).navigation is person


def test_a_socket_is_never_safe() -> None:
    assert not request(kind="websocket").safe


def test_a_cookie_is_read_by_its_whole_name() -> None:
    read = request(("cookie", "a=1; __Host-b=2"), ("cookie", "c=x=y; d"))
    assert [read.cookie(name) for name in ("a", "__Host-b", "c", "d", "b")] == ["1", "2", "x=y", None, None]


def test_only_the_guards_own_cookies_are_taken_out() -> None:
    scope = request(("cookie", "a=1; __Host-actas-session=t; b=2"), ("x", "y")).scope
    assert without_cookies(scope, b"__Host-actas-") == [(b"cookie", b"a=1; b=2"), (b"x", b"y")]
    scope = request(("cookie", "a=1;\t __Host-actas-session=t\t;b")).scope
    assert without_cookies(scope, b"__Host-actas-") == [(b"cookie", b"a=1; b")]
    scope = request(("cookie", "__Host-actas-session=t")).scope
    assert without_cookies(scope, b"__Host-actas-") == []


@pytest.mark.parametrize("blank", ["\x85", "\xa0", "\x1f", "\x0c"])
def test_a_cookie_of_a_sibling_host_becomes_nobodys_by_its_odd_blank(blank: str) -> None:
    """Cookie tossing: browsers take a blank and `__Host-…` from any host of the domain, and bind neither to one."""
    tossed = request(("cookie", f"a=1; {blank}__Host-actas-session=evil; {blank}__Host-own=evil"))
    assert tossed.cookie("__Host-actas-session") is None
    contending = request(("cookie", f"__Host-actas-session=good; {blank}__Host-actas-session=evil"))
    assert contending.cookie("__Host-actas-session") == "good"
    kept = dict(without_cookies(tossed.scope, b"__Host-actas-"))[b"cookie"].decode("latin-1").split("; ")
    assert f"{blank}__Host-own=evil" in kept, "nor is one made of it for the product"
