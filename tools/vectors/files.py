"""The files of guard/vectors, as texts: the same each time, so that a change of them is a change of the rules."""

from __future__ import annotations

import json
from typing import Any

from tools.vectors import carriers, gate, records, stream, tokens


def files() -> dict[str, str]:
    """Each file's name and text."""
    made = {
        "tokens.json": tokens.document(),
        "carriers.json": carriers.document(),
        "gate.json": gate.document(),
        "stream.json": stream.document(),
        "records.json": records.document(),
    }
    return {name: _text(document) for name, document in made.items()}


def _text(document: dict[str, Any]) -> str:
    """JSON with one vector a line, as far as that can be read."""
    whole = {name: value for name, value in document.items() if name != "vectors"}
    head = json.dumps(whole, indent=2)[:-2]
    lines = ",\n".join(f"    {json.dumps(vector)}" for vector in document["vectors"])
    return f'{head},\n  "vectors": [\n{lines}\n  ]\n}}\n'
