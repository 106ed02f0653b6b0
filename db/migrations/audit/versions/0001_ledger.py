"""The first revision of the audit history: the whole of it is the SQL file beside this one."""

from db.migrations import run_sql_beside

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Run the SQL of the same name."""
    run_sql_beside(__file__)
