"""Walking a chain from its first entry to its head, a page in a transaction: as long as it is, no snapshot is held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from db.rows import build

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

PAGE: Final = 2000

# One statement sees one moment: where the page is the last, the head is the head of what was walked.
_WALK: Final = text("""
    with page as materialized (
      select e from audit.entry e
       where e.chain = :chain and (e.seq, e.at) > (:seq, :at) order by e.seq, e.at limit :size
    ), walked as (
      select (e).seq, (e).at, (e).hash, lag((e).seq, 1, :seq) over entries as after,
             (e).seq = lag((e).seq, 1, :seq) over entries + 1 as dense,
             (e).previous_hash = lag((e).hash, 1, :hash) over entries as joined,
             (e).hash = audit.entry_hash(e) as genuine
        from page window entries as (order by (e).seq, (e).at)
    ), broken as (
      select * from walked where not (dense and joined and genuine) order by seq, at limit 1
    ), last as (
      select * from walked order by seq desc, at desc limit 1
    )
    select (select count(*) from walked) as entries, l.seq, l.at, l.hash, h.seq as head_seq, h.hash as head_hash,
           b.seq as broken_seq, b.after, b.dense, b.joined
      from (select 1) as one left join last l on true left join broken b on true
      left join audit.chain_head h on h.chain = :chain
""")


@dataclass(frozen=True, kw_only=True)
class Walked:
    """How far a walk has come: the last entry that it saw."""

    seq: int = 0
    at: datetime = datetime(1, 1, 1, tzinfo=UTC)
    hash: bytes = b""
    entries: int = 0


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A page of a walk. Where it is broken, `after` is the entry before, and `dense` and `joined` say how."""

    entries: int
    seq: int | None
    at: datetime | None
    hash: bytes | None
    head_seq: int | None
    head_hash: bytes | None
    broken_seq: int | None
    after: int | None
    dense: bool | None
    joined: bool | None


async def walk(connection: AsyncConnection, chain: UUID, so_far: Walked) -> Stretch:
    """The next page of a chain, each entry's number, joint and hash computed anew."""
    result = await connection.execute(
        _WALK, {"chain": chain, "seq": so_far.seq, "at": so_far.at, "hash": so_far.hash, "size": PAGE}
    )
    return build(Stretch, result.mappings().one())
