"""Write the pages: `make docs`."""

from __future__ import annotations

from pathlib import Path

from tools.reference import PAGES

FOLDER = Path(__file__).parents[2] / "docs" / "reference"

for name, written in PAGES.items():
    (FOLDER / name).write_text(written(), encoding="utf-8")
