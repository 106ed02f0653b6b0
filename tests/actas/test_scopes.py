"""The console's cookie is read as browsers bind it."""

from __future__ import annotations

import pytest

from actas.scopes import COOKIE, token


@pytest.mark.parametrize("blank", ["\x85", "\xa0", "\x1f"])
def test_a_cookie_of_a_sibling_host_is_not_the_consoles(blank: str) -> None:
    """Threat 16: browsers take a blank and `__Host-…` from any host of the domain, and send it along."""
    tossed = f"{blank}{COOKIE}=evil"
    assert token({"headers": [(b"cookie", tossed.encode("latin-1"))]}) is None
    assert token({"headers": [(b"cookie", f"{COOKIE}=good; {tossed}".encode("latin-1"))]}) == "good"
    assert token({"headers": [(b"cookie", f"a=1;\t {COOKIE} = good \t".encode("latin-1"))]}) == "good"
