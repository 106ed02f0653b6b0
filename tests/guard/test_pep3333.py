"""What the guard makes of a WSGI request (PEP 3333)."""

from __future__ import annotations

import pytest

from actas_guard.asgi import Request
from actas_guard.pep3333 import scope_of
from actas_guard.redaction import Redaction


def recorded(path: str, mounted: str = "", **told: str) -> str:
    """The path that is recorded where a server decoded it to this one, and tells what it was sent."""
    environ = {
        "REQUEST_METHOD": "GET",
        "wsgi.url_scheme": "http",
        "SCRIPT_NAME": mounted,
        "PATH_INFO": path.encode().decode("latin-1"),
        **told,
    }
    return Redaction().path(Request.of(scope_of(environ)))


@pytest.mark.parametrize("name", ["REQUEST_URI", "RAW_URI"])
@pytest.mark.parametrize(
    ("path", "target", "shown"),
    [
        ("/cases/7?part", "/cases/7%3Fpart?page=2", "/cases/7%3Fpart"),
        ("/a/b", "/a%2Fb", "/a%2Fb"),
        ("/café", "/caf%C3%A9", "/caf%C3%A9"),
        ("/cases", "http://acme.localhost/cas%65s?page=2", "/cas%65s"),
        ("/", "http://acme.localhost", "/"),
        ("/", "/", "/"),
    ],
)
def test_a_path_is_recorded_as_the_server_says_that_it_was_sent(name: str, path: str, target: str, shown: str) -> None:
    assert recorded(path, **{name: target}) == shown


@pytest.mark.parametrize("target", ["", "*", "/elsewhere", "/internal/cases/7", "http://acme.localhost", "/€"])
def test_what_a_server_tells_of_another_path_is_not_believed(target: str) -> None:
    """A proxy or a mount may have rewritten the path; what the product serves is what happened."""
    assert recorded("/cases/7?part", REQUEST_URI=target) == "/cases/7%3Fpart"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/cases/7?part", "/cases/7%3Fpart"),
        ("/a%2Fb", "/a%252Fb"),
        ("/café/\n", "/caf%C3%A9/%0A"),
        ("/a#b;c=d", "/a%23b;c=[redacted]"),
        ("/invite/k7Jq?2mZr", "/invite/[redacted]"),
        ("", "/"),
    ],
)
def test_where_the_server_tells_nothing_no_part_of_the_path_is_lost(path: str, shown: str) -> None:
    """PEP 3333 has the decoded path alone; RFC 3986 has no `?` and no `#` in one."""
    assert recorded(path) == shown


def test_a_mounted_product_is_recorded_where_it_is_mounted() -> None:
    assert recorded("/cases/7?", "/desk", REQUEST_URI="/desk/cases/7%3F") == "/desk/cases/7%3F"
    assert recorded("/cases/7?", "/desk", REQUEST_URI="/cases/7%3F") == "/desk/cases/7%3F"
