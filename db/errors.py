"""What a database says no with, for processes that only pass it on."""

from __future__ import annotations

from typing import Final

import asyncpg

REFUSALS: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
OTHER_PURPOSE: Final = "AC005"


def is_other_purpose(error: BaseException) -> bool:
    """Whether the database was made as DEMO, TEST or REAL and is now asked to be another."""
    return getattr(error, "sqlstate", None) == OTHER_PURPOSE
