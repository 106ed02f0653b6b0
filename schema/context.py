"""What a resolver can reach: who calls, the database, and batched loads.

The server makes one Context for each request and one for each socket; every operation gets its own copy of it
(`for_operation`), since a socket lives for hours and carries many.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

import strawberry
from strawberry.dataloader import DataLoader

from permissions.refusals import Unauthenticated

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
    from uuid import UUID

    from db.engine import Connection, Database
    from permissions.caller import Caller

# Of the rows that the next events are about, so many are read at once.
AHEAD: Final = 100
# So that one wide operation cannot take every connection of the process.
CONNECTIONS_AT_ONCE: Final = 4

K = TypeVar("K")
V = TypeVar("V")


class Activity(Protocol):
    """Keeps what operators looked at (DESIGN section 3)."""

    async def record(
        self, caller: Caller, operation: str, fields: Sequence[str], tenants: Sequence[UUID], *, refused: bool = False
    ) -> None:
        """Return once the record is durable; raises Unavailable where it cannot be."""


@dataclass(kw_only=True)
class Context:
    """One caller's reach, for one operation.

    `recheck` loads the caller anew; None once the sign-in or key is over. The default is for a request, which is
    authenticated when it arrives and is over soon.
    """

    database: Database
    caller: Caller
    activity: Activity | None = None
    recheck: Callable[..., Awaitable[Caller | None]] | None = None
    keyring: Any = None
    seen: set[UUID] = field(default_factory=set)
    _loaders: dict[Hashable, DataLoader[Any, Any]] = field(default_factory=dict)
    _expected: dict[Any, Sequence[Any]] = field(default_factory=dict)
    _ahead: dict[Hashable, dict[Any, Any]] = field(default_factory=dict)
    _connections: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONNECTIONS_AT_ONCE))

    def for_operation(self) -> Context:
        """A copy with loads of its own, and nothing seen yet."""
        return replace(
            self,
            seen=set(),
            _loaders={},
            _expected={},
            _ahead={},
            _connections=asyncio.Semaphore(CONNECTIONS_AT_ONCE),
        )

    def expect(self, *groups: Iterable[UUID]) -> None:
        """The next results of a stream are about these rows, in this order; none: what was read ahead is forgotten.

        What a field loads for one of a group, it loads for its neighbours too. That is as true as a load of their own
        would be: whatever changes after it comes as an event behind the ones that were expected.
        """
        self._ahead = {}
        self._expected = {}
        for group in groups:
            rows = list(dict.fromkeys(group))
            for start in range(0, len(rows), AHEAD):
                neighbours = rows[start : start + AHEAD]
                self._expected |= dict.fromkeys(neighbours, neighbours)

    async def live_caller(self, *, fresh: bool = False) -> Caller:
        """The caller as of a second ago at most, or `fresh`; raises Unauthenticated where the sign-in or key ended."""
        if self.recheck:
            caller = await self.recheck(fresh=fresh)
            if caller is None:
                raise Unauthenticated("Your sign-in or key is no longer valid. Sign in again.")
            self.caller = caller
        return self.caller

    async def load(
        self,
        batch: Callable[..., Awaitable[Mapping[K, V]]],
        key: K,
        *arguments: Hashable,
        tenant: UUID | None = None,
    ) -> V | None:
        """What `batch(connection, keys, *arguments)` finds for one key.

        All parents that ask in the same turn of the event loop share one statement. Nothing is cached beyond that: a
        mutation's second field, and an event hours later, read what is true then. With `tenant`, rows are read under
        the role that row security binds to that tenant.
        """
        place = (batch, arguments, tenant)
        loader = self._loaders.get(place)
        if loader is None:

            async def load_all(keys: list[K]) -> Sequence[V | None]:
                known = self._ahead.setdefault(place, {}) if self._expected else {}
                missing = [key for key in keys if key not in known]
                if missing:
                    asked = dict.fromkeys(each for key in missing for each in (key, *self._expected.get(key, ())))
                    async with self._reading(tenant) as connection:
                        found = await batch(connection, list(asked), *arguments)
                    known.update((each, found.get(each)) for each in asked)
                return [known[key] for key in keys]

            loader = self._loaders[place] = DataLoader(load_fn=load_all, cache=False)
        result: V | None = await loader.load(key)
        return result

    async def read(
        self,
        query: Callable[..., Awaitable[V]],
        *arguments: object,
        tenant: UUID | None = None,
    ) -> V:
        """One read that no other shares: a root list."""
        async with self._reading(tenant) as connection:
            return await query(connection, *arguments)

    @asynccontextmanager
    async def _reading(self, tenant: UUID | None) -> AsyncIterator[Connection]:
        async with self._connections, self.database.read(tenant=tenant) as connection:
            yield connection


Info = strawberry.Info[Context, None]
