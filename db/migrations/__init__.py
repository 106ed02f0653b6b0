"""The two histories. A revision is a few lines of Python and the SQL file of the same name beside it."""

from __future__ import annotations

from pathlib import Path

from alembic import op
from sqlalchemy.util import await_only


def run_sql_beside(revision: str) -> None:
    """Run the SQL file beside the revision's own file (`__file__`), within the migration's transaction.

    The driver is spoken to itself: SQLAlchemy prepares what it sends, and a prepared text is one statement only.
    """
    bind = op.get_bind()
    bind.exec_driver_sql("select 1")  # SQLAlchemy begins its transaction with its own first statement
    driver = bind.connection.driver_connection
    if driver is None:
        raise RuntimeError("The migration has lost its connection.")
    await_only(driver.execute(Path(revision).with_suffix(".sql").read_text(encoding="utf-8")))
