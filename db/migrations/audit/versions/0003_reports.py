"""The third revision of the audit history, reports: the whole of it is the SQL file beside this one."""

from db.migrations import run_sql_beside

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Run the SQL of the same name."""
    run_sql_beside(__file__)
