"""The console's files, built or not."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from actas.answers import NO_ACCESS
from actas.pages import Pages
from actas.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


def test_without_a_built_console_strangers_can_still_sign_in_and_operators_read_what_to_do(tmp_path: Path) -> None:
    pages = Pages(tmp_path, Settings())
    (script,) = re.findall(rb'src="([^"]+)"', pages.sign_in().body)
    assert pages.sign_in_file(script.decode())
    assert pages.no_access is NO_ACCESS
    assert "build_hooks/ui.py" in pages._application


def test_only_what_lies_under_sign_in_is_a_strangers(tmp_path: Path) -> None:
    for name in ("signin.html", "sign-in/a.js", "assets/b.js", "index.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    pages = Pages(tmp_path, Settings())
    assert pages.sign_in().body == b"signin.html"
    assert pages.sign_in_file("/sign-in/a.js")
    for path in ("/assets/b.js", "/sign-in/../assets/b.js", "/sign-in/plain.js", "/index.html", "/sign-in/"):
        assert pages.sign_in_file(path) is None


def test_a_page_gets_its_nonce_wherever_it_asks_for_one(tmp_path: Path) -> None:
    (tmp_path / "signin.html").write_text('<meta content="__CSP_NONCE__"><style nonce="__CSP_NONCE__">')
    page = Pages(tmp_path, Settings()).sign_in()
    (nonce,) = set(re.findall(rb'"([^"]+)"', page.body))
    assert f"'nonce-{nonce.decode()}'".encode() in dict(page.headers)[b"content-security-policy"]


@pytest.mark.parametrize(
    ("name", "accepted", "packed"), [("a.js", "gzip, br", True), ("a.js", "br", False), ("a.woff2", "gzip", False)]
)
async def test_scripts_are_packed_for_who_takes_them_so(tmp_path: Path, name: str, accepted: str, packed: bool) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / name).write_text("let a = 1;" * 1000)
    app = Starlette(routes=[Route("/{path:path}", Pages(tmp_path, Settings()).console)])
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://console", headers={"accept-encoding": accepted}
    )
    async with client, client.stream("GET", f"/assets/{name}") as answer:
        raw = b"".join([part async for part in answer.aiter_raw()])
    assert (answer.headers.get("content-encoding") == "gzip") == packed == (len(raw) < 1000)
    assert answer.headers["vary"] == "accept-encoding"
    assert (gzip.decompress(raw) if packed else raw).decode() == "let a = 1;" * 1000
