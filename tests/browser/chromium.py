"""Finds the Chrome or Chromium that the tests drive."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from playwright.async_api import Playwright as AsyncPlaywright
    from playwright.sync_api import Playwright

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC_APPLICATIONS: Final = ("Google Chrome", "Chromium")

FLAGS: Final = (
    "--disable-gpu",
    "--no-first-run",
    # A browser under test speaks to nobody but the servers of its test: no update, no sync, no look-up of other hosts.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1",
)
MISSING: Final = (
    "No Chrome or Chromium was found: the browser tests did not run. Install one, name one with ACTAS_BROWSER=/path, "
    "or let Playwright fetch its own: ACTAS_ALLOW_BROWSER_DOWNLOAD=1 make test"
)


def flags() -> list[str]:
    """The arguments to start with. Chromium's sandbox refuses to start as root, as in most containers."""
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [*FLAGS, "--no-sandbox"] if as_root else list(FLAGS)


def find(playwright: Playwright | AsyncPlaywright) -> Path | None:
    """The browser to drive: an installed one, else one that Playwright fetched earlier."""
    fetched = Path(playwright.chromium.executable_path)
    return installed() or (fetched if fetched.exists() else None)


def installed() -> Path | None:
    """The browser that ACTAS_BROWSER names, else the first one on this machine."""
    if named := os.environ.get("ACTAS_BROWSER"):
        if not shutil.which(named):
            raise SystemExit(
                f"ACTAS_BROWSER names {named}, which is no program: name a Chrome or Chromium, or unset it."
            )
        return Path(named)
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    applications = (Path(f"/Applications/{name}.app/Contents/MacOS/{name}") for name in MAC_APPLICATIONS)
    return next((program for program in applications if program.exists()), None)
