"""The operator in the product's own log lines (P6)."""

from __future__ import annotations

import logging

from actas_guard.context import impersonation


class OperatorFilter(logging.Filter):
    """Adds `operator` (who acts, as `Jane Doe (operator)`) and `session` to every line; both empty outside a session.

    Give it to the handlers, since a logger's own filters do not see the lines of the loggers below it, and name both in
    the format: `%(asctime)s %(operator)s %(session)s %(message)s`.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Add both; every line passes."""
        inside = impersonation()
        record.operator = f"{inside.operator_name} (operator)" if inside else ""
        record.session = str(inside.session_id) if inside else ""
        return True
