"""What a service may report to the ledger: kinds of its own, never those by which Actas speaks (S3-27, S3-28)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from permissions import documents
from permissions.refusals import RefusalCode, Refused, refused
from permissions.text import defect, visible_length

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from uuid import UUID

LONGEST_KIND: Final = 80
LONGEST_ACTOR: Final = 200
# As audit.claim_report says too.
_KIND: Final = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+", re.ASCII)
# Actas speaks of these things: a kind that a service made up would read as if Actas had seen it.
RESERVED: Final = (
    "ACCESS_", "ACTAS_", "APPROVAL_", "AUDIT_", "BREAK_GLASS_", "CHECKPOINT_", "DATABASE_", "GRANT_", "IMPERSONATION_",
    "INVOICE_RESENT", "KEY_", "LEDGER_", "LOCK_", "OPERATOR_", "POLICY_", "RETENTION_", "ROLE_", "SERVICE_KEY_",
    "SESSION_", "SIGN_", "SIGNED_", "STRANGER_", "TENANT_",
)  # fmt: skip
# Of tenants a service reports only that they move: their status, rules and consent are what Actas keeps (S3-27).
TENANTS_OWN: Final = "TENANT_MOVE"


def report_refusal(
    kind: str, actor: str, details: Mapping[str, Any], tenant_id: UUID | None, own: Collection[str]
) -> Refused | None:
    """What is wrong with a report; `own` are the kinds that Actas writes itself."""
    if len(kind) > LONGEST_KIND or not _KIND.fullmatch(kind):
        return _invalid(
            f"A kind is several words in capitals, as in TENANT_MOVE_STARTED, {LONGEST_KIND} at most.", "kind"
        )
    if kind in own or (kind.startswith(RESERVED) and not kind.startswith(TENANTS_OWN)):
        return _invalid(f"Actas itself writes {kind} and its like: report under a name of your own.", "kind")
    if len(actor) > LONGEST_ACTOR or not visible_length(actor):
        return _invalid(f"Say who did it, in 1 to {LONGEST_ACTOR} characters.", "actor")
    if flaw := defect(actor):
        return _invalid(f"actor {flaw}.", "actor")
    if flaw := documents.flaw(details):
        return _invalid(f"details {flaw}.", "details")
    if "tenantId" in details and details["tenantId"] != (str(tenant_id) if tenant_id else None):
        return _invalid("details.tenantId is another tenant than the report's: leave it out.", "details")
    return None


def _invalid(message: str, field: str) -> Refused:
    return refused(RefusalCode.INPUT_INVALID, message, field)
