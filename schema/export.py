"""Write the schema's text: `python -m schema.export` keeps schema/schema.graphql in step (a test compares)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from graphql import build_schema, lexicographic_sort_schema, print_schema

from schema.build import schema

SNAPSHOT: Final = Path(__file__).with_name("schema.graphql")


def sdl() -> str:
    """The schema in the definition language, sorted by name."""
    return print_schema(lexicographic_sort_schema(build_schema(schema.as_str()))) + "\n"


def export(path: Path = SNAPSHOT) -> None:
    """Write it to a file."""
    path.write_text(sdl(), encoding="utf-8")


if __name__ == "__main__":
    export()
