"""Starts the command line with the right `schema`, `db`, ... on the path.

In a checkout these folders lie beside this package. In the wheel they lie inside it, where no other distribution's
`schema` can overwrite them, and must come before whatever else site-packages calls so
(docs/decisions/0001-generic-folders-nested-in-the-wheel.md).
"""

import sys
from pathlib import Path

NESTED = Path(__file__).parent / "_nested"


def main() -> None:
    """Run `actas`."""
    if NESTED.is_dir():
        sys.path.insert(0, str(NESTED))

    from actas.cli import main as command_line  # noqa: PLC0415  the path above must be set first

    command_line()
