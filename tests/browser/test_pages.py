"""The browser's fixtures: what goes wrong in a page fails its test, and nothing leaves this machine."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser import chromium, install
from tests.browser.pages import leaves_this_machine

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.browser.pages import Person

    Bring = Callable[[str], Awaitable[Person]]

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        ("console.error('a planted error')", "console error: a planted error"),
        ("console.warn('a planted warning')", "console warning: a planted warning"),
        ("setTimeout(() => { throw new Error('a planted throw') })", "threw: a planted throw"),
        ("fetch('http://elsewhere.invalid/').catch(() => 0)", "left this machine: http://elsewhere.invalid/"),
        ("new WebSocket('ws://elsewhere.invalid/')", "left this machine: ws://elsewhere.invalid/"),
    ],
)
async def test_what_goes_wrong_in_a_page_is_a_complaint(person: Bring, script: str, complaint: str) -> None:
    someone = await person("someone")
    someone.expects("planted|elsewhere.invalid", because="each complaint is provoked here")
    await someone.page.goto("data:text/html,<title>planted</title>")
    await someone.page.evaluate(f"() => {{ {script} }}")
    async with asyncio.timeout(10):
        while not any(complaint in one for one in someone.complaints):
            await someone.page.wait_for_timeout(10)
    assert not someone.unexpected()


def test_a_page_that_complains_fails_its_test_and_is_photographed(tmp_path: Path) -> None:
    (tmp_path / "test_planted.py").write_text(
        "async def test_planted(page):\n    await page.evaluate(\"console.error('unheard of')\")\n"
    )
    options = f"-c {ROOT / 'pyproject.toml'} --rootdir {tmp_path} -p tests.browser.pages -p no:cacheprovider".split()
    planted = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "someone: console error: unheard of" in planted.stdout
    assert planted.returncode == 1
    assert list(tmp_path.glob("test-results/*/someone-0.png"))


@pytest.mark.parametrize(
    ("url", "leaves"),
    [
        ("http://localhost:8000/tenants", False),
        ("http://acme.localhost:8001/", False),
        ("ws://127.0.0.1:8000/graphql", False),
        ("data:text/css,a", False),
        ("https://fonts.invalid/inter.woff2", True),
        ("http://localhost.evil.invalid/", True),
        ("http://evillocalhost/", True),
    ],
)
def test_only_this_machine_may_be_asked(url: str, leaves: bool) -> None:
    assert leaves_this_machine(url) is leaves


def test_a_named_browser_is_taken_before_any_other(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ACTAS_BROWSER", str(tmp_path / "chrome"))
    with pytest.raises(SystemExit, match="which is no program"):
        chromium.installed()
    (tmp_path / "chrome").touch(mode=0o755)
    assert chromium.installed() == tmp_path / "chrome"


@pytest.mark.parametrize(("ci", "status"), [("true", 1), ("", 0)])
def test_no_browser_stops_ci_and_is_said_loudly_elsewhere(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], ci: str, status: int
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.delenv("ACTAS_ALLOW_BROWSER_DOWNLOAD", raising=False)
    monkeypatch.setattr(chromium, "installed", lambda: None)
    monkeypatch.setattr(chromium, "find", lambda _: None)
    monkeypatch.setattr(install, "may_install_packages", lambda: False)
    assert install.main() == status
    assert "the browser tests did not run" in capfd.readouterr().err


def test_without_any_browser_none_is_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ACTAS_BROWSER", raising=False)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(chromium, "MAC_APPLICATIONS", ())
    assert chromium.installed() is None
