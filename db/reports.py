"""Reports of services: each is entered once, however often it is sent."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from db.ledger import Event
    from permissions.caller import Caller


async def claim(connection: AsyncConnection, caller: Caller, report_id: UUID, event: Event) -> str:
    """FIRST: append it in this transaction; KNOWN: it was entered before; ANOTHER: its id was used for another report.

    A twin that is being entered is waited for. The one lock that is taken before all others (mechanisms C, step 0).
    """
    told = "\0".join((str(event.chain), event.kind, event.stated or "", event.details))
    claimed = await connection.scalar(
        text("select audit.claim_report(:proof, :id, :kind, :digest)"),
        {
            "proof": caller.proof,
            "id": report_id,
            "kind": event.kind,
            "digest": hashlib.sha256(told.encode()).digest(),
        },
    )
    return str(claimed)
