"""Write guard/vectors."""

from __future__ import annotations

from pathlib import Path

from tools.vectors.files import files

FOLDER = Path(__file__).parents[2] / "guard" / "vectors"

for name, text in files().items():
    (FOLDER / name).write_text(text, encoding="utf-8")
