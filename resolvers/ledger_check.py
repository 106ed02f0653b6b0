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
        return _at(after + 1, f"Of the chain's entries {gap} missing.")
    if not stretch.dense:
        return _at(seq, f"There is more than one entry {seq}.")
    if not stretch.joined:
        return _at(seq, f"Entry {seq} does not continue entry {after}: one of the two is not what was written.")
    return _at(seq, f"Entry {seq} was changed after it was written: its hash is another.")


def _ended(stretch: Stretch, so_far: Walked) -> LedgerCheck:
    seq, head = so_far.seq, stretch.head_seq or 0
    if head > seq:
        return _at(seq + 1, f"The chain ends with entry {seq}, and its head says that {head} were written.")
    if head < seq:
        return _at(head + 1, f"The chain goes on to entry {seq}, and its head says that only {head} were written.")
    if (stretch.head_hash or b"") != so_far.hash:
        return _at(head, f"The head names another hash than entry {seq} has: one of the two is not what was written.")
    return LedgerCheck(entries=so_far.entries)


def _at(place: int, explanation: str) -> LedgerCheck:
    return LedgerCheck(entries=max(0, place - 1), broken_at=place, explanation=explanation)
