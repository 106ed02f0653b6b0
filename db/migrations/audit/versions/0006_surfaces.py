"""The sixth revision of the audit history, surfaces of the platform: all of it is the SQL file beside this one."""

from db.migrations import run_sql_beside

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Run the SQL of the same name."""
    run_sql_beside(__file__)
