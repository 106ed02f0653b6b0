"""Sees to a browser before the tests run: `python -m tests.browser.install`, called by `make test`.

An installed one will do. Else the system's package, where this user may install packages; else Playwright's own
download, only where ACTAS_ALLOW_BROWSER_DOWNLOAD=1 allows it. Without any the browser tests are skipped loudly, and
where CI is set they fail.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from playwright.sync_api import sync_playwright

from tests.browser import chromium


def main() -> int:
    """Install a browser where there is none and where that is allowed; 1 where CI is set and none could be had."""
    if chromium.installed():
        return 0
    if may_install_packages():
        install_package()
    if not chromium.installed() and os.environ.get("ACTAS_ALLOW_BROWSER_DOWNLOAD") == "1":
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    with sync_playwright() as playwright:
        found = chromium.find(playwright)
    sys.stderr.write(f"Browser for the tests: {found}\n" if found else f"{chromium.MISSING}\n")
    return 1 if os.environ.get("CI") and not found else 0


def may_install_packages() -> bool:
    """Only root on a system with apt-get: nobody's sudo is used unasked."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_package() -> None:
    """Install the system's Chromium; a failure shows in what apt-get prints, and then no browser is found."""
    sys.stderr.write("Installing the system's chromium package for the browser tests.\n")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
    for command in (["apt-get", "update", "-qq"], install):
        subprocess.run(command, check=False, env=quiet, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
