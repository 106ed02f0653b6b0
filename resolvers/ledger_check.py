"""Whether a chain is whole: dense from 1, each entry joined to the one before, unchanged, and up to the head (P4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from db.pages.chains import PAGE, Stretch, Walked, walk

if TYPE_CHECKING:
    from uuid import UUID

    from db.engine import Database


@dataclass(frozen=True, kw_only=True)
class LedgerCheck:
    """What a walk found. `entries` are those that are whole, `broken_at` the number of the first that is not."""

    entries: int
    broken_at: int | None = None
    explanation: str | None = None


async def check(database: Database, chain: UUID, *, only: UUID | None = None) -> LedgerCheck:
    """Walk a chain to its head; `only` confines the reads to that tenant's rows.

    It recomputes what the database stores. Whoever owns the database can also make the head and all hashes anew; that
    shows only against what was kept elsewhere.
    """
    so_far = Walked()
    while True:
        async with database.read(tenant=only) as connection:
            stretch = await walk(connection, chain, so_far)
        if stretch.broken_seq is not None:
            return _broken(stretch, stretch.broken_seq)
        if stretch.seq is not None and stretch.at is not None and stretch.hash is not None:
            entries = so_far.entries + stretch.entries
            so_far = Walked(seq=stretch.seq, at=stretch.at, hash=stretch.hash, entries=entries)
        if stretch.entries < PAGE:
            return _ended(stretch, so_far)


def _broken(stretch: Stretch, seq: int) -> LedgerCheck:
    after = stretch.after or 0
    if seq > after + 1:
        gap = f"{after + 1} is" if seq == after + 2 else f"{after + 1} to {seq - 1} are"
        return LedgerCheck(entries=after, broken_at=after + 1, explanation=f"Of the chain's entries {gap} missing.")
    if not stretch.dense:
        return LedgerCheck(entries=after, broken_at=seq, explanation=f"There is more than one entry {seq}.")
    if not stretch.joined:
        told = f"Entry {seq} does not continue entry {after}: one of the two is not what was written."
        return LedgerCheck(entries=after, broken_at=seq, explanation=told)
    told = f"Entry {seq} was changed after it was written: its hash is another."
    return LedgerCheck(entries=after, broken_at=seq, explanation=told)


def _ended(stretch: Stretch, so_far: Walked) -> LedgerCheck:
    head = stretch.head_seq or 0
    if head > so_far.seq:
        told = f"The chain ends with entry {so_far.seq}, and its head says that {head} were written."
        return LedgerCheck(entries=so_far.entries, broken_at=so_far.seq + 1, explanation=told)
    if head < so_far.seq:
        told = f"The chain goes on to entry {so_far.seq}, and its head says that only {head} were written."
        return LedgerCheck(entries=head, broken_at=head + 1, explanation=told)
    if (stretch.head_hash or b"") != so_far.hash:
        told = f"The head names another hash than entry {so_far.seq} has: one of the two is not what was written."
        return LedgerCheck(entries=max(0, head - 1), broken_at=head, explanation=told)
    return LedgerCheck(entries=so_far.entries)
