"""Places in the feed: what a reader keeps, so that it goes on where it was and notices another past."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from permissions.refusals import BadInput

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from db.ledger import Entry


@dataclass(frozen=True)
class Position:
    """A place in the feed: the number, and the running hash that tells a restored past from the one that was read."""

    pos: int
    link: bytes

    def encode(self) -> str:
        """The opaque text that clients keep."""
        return base64.urlsafe_b64encode(self.pos.to_bytes(8) + self.link).decode().rstrip("=")

    @classmethod
    def decode(cls, encoded: str) -> Position:
        """A position that a client gives back; raises BadInput for anything else."""
        try:
            raw = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadInput("`after` is not a position that this API gave out.") from error
        if len(raw) not in {8, 40}:
            raise BadInput("`after` is not a position that this API gave out.")
        return cls(int.from_bytes(raw[:8]), raw[8:])


@dataclass(frozen=True)
class Fed:
    """An entry at its place in the feed."""

    position: Position
    entry: Entry

    def continues(self, read: Position) -> bool:
        """Whether this is what comes next after that place, by its number and by the running hash."""
        running = hashlib.sha256(read.link + self.position.pos.to_bytes(8) + self.entry.hash).digest()
        return self.position == Position(read.pos + 1, running)


async def snapshot_position(connection: AsyncConnection) -> tuple[Position, frozenset[tuple[UUID, int]]]:
    """Where a snapshot stands: its position, and the entries that it contains already though they have none yet.

    Call it inside `Database.snapshot()` and skip the named (chain, seq) when following from the position.
    """
    row = (await connection.execute(text("select pos, link from audit.feed_head"))).one()
    pending = (await connection.execute(text("select chain, seq from audit.pending"))).all()
    return Position(row.pos, row.link), frozenset((each.chain, each.seq) for each in pending)
