"""A ledger from its beginning, for exports: keyset pages in short transactions, of what was committed at the start.

Never one cursor: while an export's transaction is open, retiring a month would make every append wait behind it
(mechanisms D).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from sqlalchemy import text

from db.ledger import Entry
from db.rows import build

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

# Few enough that writing them down does not hold up what else the process serves.
PAGE: Final = 500
BEFORE_ALL: Final = UUID(int=0)


@dataclass(frozen=True, kw_only=True)
class Extent:
    """What an export has: the chains as far as they had come, and `since` (inclusive) to `until` (exclusive)."""

    heads: Mapping[UUID, int]
    last: datetime | None
    chain: UUID | None
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True)
class Place:
    """The entry that a page follows."""

    at: datetime
    chain: UUID
    seq: int


async def extent(
    connection: AsyncConnection, *, chain: UUID | None, since: datetime | None, until: datetime | None
) -> Extent:
    """What is committed now, of one chain or of all; what comes later is another export's."""
    result = await connection.execute(
        text("select chain, seq, at from audit.chain_head where seq > 0 and chain = coalesce(:chain, chain)"),
        {"chain": chain},
    )
    found = result.all()
    last = max((row.at for row in found), default=None)
    return Extent(heads={row.chain: row.seq for row in found}, last=last, chain=chain, since=since, until=until)


async def entries(connection: AsyncConnection, extent: Extent, after: Place | None) -> tuple[list[Entry], Place | None]:
    """The entries behind a place, the oldest first, and the place that the next page follows; None after the last.

    An entry has its time before its commit, so one that commits meanwhile may sort before what was read already: such
    an entry is beyond its chain's head of the start, and left out.
    """
    parameters: dict[str, object] = {"since": extent.since, "until": extent.until, "last": extent.last}
    if extent.chain:
        parameters |= {"chain": extent.chain, "after_seq": after.seq if after else 0}
    else:
        parameters |= {
            "after_at": after.at if after else None,
            "after_chain": after.chain if after else BEFORE_ALL,
            "after_seq": after.seq if after else 0,
        }
    result = await connection.execute(text(_OF_ONE if extent.chain else _OF_ALL), parameters)
    read = [build(Entry, row) for row in result.mappings()]
    following = Place(read[-1].at, read[-1].chain, read[-1].seq) if len(read) == PAGE else None
    return [entry for entry in read if entry.seq <= extent.heads.get(entry.chain, 0)], following


_WITHIN: Final = """
    e.at >= coalesce(cast(:since as timestamptz), '-infinity')
    and e.at < coalesce(cast(:until as timestamptz), 'infinity')
    and e.at <= coalesce(cast(:last as timestamptz), '-infinity')"""
# Time never falls within a chain, so its own order is that of time.
_OF_ONE: Final = f"""
    select e.* from audit.entry e where e.chain = :chain and e.seq > :after_seq and {_WITHIN}
     order by e.seq limit {PAGE}"""
_OF_ALL: Final = f"""
    select e.* from audit.entry e
     where (e.at, e.chain, e.seq)
           > (coalesce(cast(:after_at as timestamptz), '-infinity'), cast(:after_chain as uuid), :after_seq)
       and {_WITHIN}
     order by e.at, e.chain, e.seq limit {PAGE}"""
