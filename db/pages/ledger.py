"""Lists of ledger entries, and the heads of chains.

An entry about a tenant is in the tenant's chain, so a tenant's ledger is its chain, in its order (P3).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from sqlalchemy import text

from db.ledger import Entry
from db.pages.keyset import Column, Ordering, Page, Select, Window, containing, page, pages
from db.rows import build

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from sqlalchemy.ext.asyncio import AsyncConnection

NEWEST_FIRST: Final = Ordering(
    "entries", (Column("e.at", datetime), Column("e.chain", UUID), Column("e.seq", int)), descending=True
)


@dataclass(frozen=True, kw_only=True)
class EntriesWhere:
    """Which entries a list keeps to. `only` is the tenant that the caller is confined to."""

    kinds: tuple[str, ...] | None = None
    tenant_id: UUID | None = None
    operator_id: UUID | None = None
    session_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    ip: str | None = None
    text: str | None = None
    only: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Head:
    """The last entry of a chain; sequence 0 where there is none yet."""

    seq: int = 0
    hash: bytes = b""
    at: datetime | None = None


async def entries(connection: AsyncConnection, where: EntriesWhere, window: Window) -> Page[Entry]:
    """A page of the ledger, the newest first."""
    select = _select(where, window)
    result = await connection.execute(text(select.sql), select.parameters)
    return page(select, result.mappings(), _entry)


async def of_tenants(
    connection: AsyncConnection, tenant_ids: Sequence[UUID], where: EntriesWhere, window: Window
) -> dict[UUID, Page[Entry]]:
    """A page of each of these tenants' ledgers."""
    return await _of_parents(connection, "e.chain = parents.parent", tenant_ids, where, window)


async def of_sessions(
    connection: AsyncConnection, session_ids: Sequence[UUID], where: EntriesWhere, window: Window
) -> dict[UUID, Page[Entry]]:
    """A page of the entries about each of these sessions."""
    return await _of_parents(connection, "e.session_id = parents.parent", session_ids, where, window)


async def by_places(connection: AsyncConnection, places: Sequence[tuple[UUID, int]]) -> dict[tuple[UUID, int], Entry]:
    """The entries at these places: chain and sequence."""
    result = await connection.execute(
        text("""
            select e.* from audit.entry e
              join unnest(cast(:chains as uuid[]), cast(:seqs as bigint[])) as p(chain, seq)
                on e.chain = p.chain and e.seq = p.seq"""),
        {"chains": [chain for chain, _ in places], "seqs": [seq for _, seq in places]},
    )
    return {(row["chain"], row["seq"]): _entry(row) for row in result.mappings()}


async def heads(connection: AsyncConnection, chains: Sequence[UUID]) -> dict[UUID, Head]:
    """How far each of these chains has come."""
    result = await connection.execute(
        text("select chain, seq, hash, at from audit.chain_head where chain = any(:chains)"), {"chains": list(chains)}
    )
    found = {row["chain"]: build(Head, row) for row in result.mappings() if row["seq"]}
    return {chain: found.get(chain, Head()) for chain in chains}


async def _of_parents(
    connection: AsyncConnection, parent: str, ids: Sequence[UUID], where: EntriesWhere, window: Window
) -> dict[UUID, Page[Entry]]:
    select = _select(where, window)
    select.where(parent)
    result = await connection.execute(text(select.sql_for_parents), {**select.parameters, "parents": list(ids)})
    return pages(select, ids, result.mappings(), _entry)


def _entry(row: Mapping[Any, Any]) -> Entry:
    return build(Entry, row)


def _select(where: EntriesWhere, window: Window) -> Select:
    select = Select("e.*", "audit.entry e", NEWEST_FIRST, window)
    if where.only:
        select.where("e.chain = :only", only=where.only)
    if where.tenant_id:
        select.where("e.chain = :tenant", tenant=where.tenant_id)
    if where.operator_id:
        select.where("e.operator_id = :operator", operator=where.operator_id)
    if where.session_id:
        select.where("e.session_id = :session", session=where.session_id)
    if where.kinds is not None:
        select.where("e.kind = any(:kinds)", kinds=list(where.kinds))
    if where.since:
        select.where("e.at >= :since", since=where.since)
    if where.until:
        select.where("e.at < :until", until=where.until)
    if where.ip:
        select.where("e.ip = :ip", ip=where.ip)
    if where.text:
        select.where("(e.summary ilike :text or e.actor_name ilike :text)", text=containing(where.text.strip()))
    return select
