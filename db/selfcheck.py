"""May this process serve on this database? Whatever speaks against it is a reason to refuse to start.

The promises rest on what the serving role and the migrator can *not* do (P4) and on settings of the server (P1). Nobody
notices when one of them is lost, so every start looks. The checks are the two SQL files beside this one.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final

import asyncpg

from db.migrate import newest

MONTHS_AHEAD: Final = 2
SERVER: Final = Path(__file__).with_name("selfcheck_server.sql").read_text(encoding="utf-8")
LEDGER: Final = Path(__file__).with_name("selfcheck_ledger.sql").read_text(encoding="utf-8")


async def ensure_months(app_url: str) -> None:
    """Make the ledger's missing months, as a process must that was away for long; where it cannot, `check` says why."""
    with suppress(OSError, asyncpg.PostgresError):
        connection = await asyncpg.connect(app_url, timeout=10)
        try:
            await connection.execute("select audit.ensure_months()")
        finally:
            await connection.close()


async def check(app_url: str) -> list[str]:
    """Reasons to refuse to start, each with what to do; none if all is well.

    Raises:
        OSError, asyncpg.PostgresError: the database cannot be reached or signed in to.
    """
    connection = await asyncpg.connect(app_url, timeout=10)
    try:
        reasons = [row["reason"] for row in await connection.fetch(SERVER)]
        try:
            found = await connection.fetch(LEDGER, newest("audit"), newest("identity"), MONTHS_AHEAD)
            reasons += [row["reason"] for row in found]
        except (asyncpg.UndefinedObjectError, asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
            reasons.append("The database is not set up: run `actas migrate --audit`, then `actas migrate`.")
        except asyncpg.InsufficientPrivilegeError as error:
            reasons.append(f"The role may not read the ledger ({error}). Let DATABASE_URL name the role actas_app.")
        return reasons
    finally:
        await connection.close()
