"""The second revision of the audit history, policies and modes: the whole of it is the SQL file beside this one."""

from db.migrations import run_sql_beside

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Run the SQL of the same name."""
    run_sql_beside(__file__)
