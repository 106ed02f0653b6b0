"""The ledger: for whom an entry exists, and which entries a filter means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.ledger import ATTEMPTS, PLATFORM
from permissions.operators import Permission
from permissions.reach import sees, sees_platform

if TYPE_CHECKING:
    from db.ledger import Entry
    from db.pages.ledger import EntriesWhere
    from permissions.caller import Caller


def exists_for(caller: Caller, entry: Entry) -> bool:
    """Whether the caller may know of this entry: its own tenant's, or the platform's for who reads across tenants."""
    if entry.chain in {PLATFORM, ATTEMPTS}:
        return sees_platform(caller, Permission.AUDIT_READ)
    return sees(caller, entry.chain)


def matches(entry: Entry, where: EntriesWhere) -> bool:
    """The same conditions as a list's statement has, for an entry that is at hand."""
    text = (where.text or "").strip().casefold()
    return (
        (where.kinds is None or entry.kind in where.kinds)
        and where.tenant_id in {None, entry.chain}
        and where.operator_id in {None, entry.operator_id}
        and where.session_id in {None, entry.session_id}
        and (where.since is None or entry.at >= where.since)
        and (where.until is None or entry.at < where.until)
        and where.ip in {None, entry.ip}
        and (text in entry.summary.casefold() or text in entry.actor_name.casefold())
    )
