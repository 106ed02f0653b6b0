"""The fifth revision of the identity history, tickets: the whole of it is the SQL file beside this one."""

from db.migrations import run_sql_beside

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Run the SQL of the same name."""
    run_sql_beside(__file__)
