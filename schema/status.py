"""The platform's status: aggregated, nothing of any tenant (S1-37, S1-38)."""

from __future__ import annotations

from datetime import datetime

import strawberry

from schema.enums import Health


@strawberry.type(description="A measured value at an instant.")
class Sample:
    """One point of a chart."""

    at: datetime = strawberry.field(description="When it was measured.")
    value: float = strawberry.field(description="What was measured.")


@strawberry.type(description="How far a migration has come.")
class MigrationStatus:
    """A migration that runs over tenants."""

    name: str = strawberry.field(description="Its name.")
    state: str = strawberry.field(description="What its service says of it.")
    done: int = strawberry.field(description="How many tenants are done.")
    total: int = strawberry.field(description="How many there are.")
    failed: int = strawberry.field(description="How many failed.")
    started_at: datetime | None = strawberry.field(description="When it began.")


@strawberry.type(description="How an edge function is.")
class EdgeFunctionHealth:
    """A function that answers at the edge."""

    name: str = strawberry.field(description="Its name.")
    health: Health = strawberry.field(description="How it is.")
    p50_ms: float | None = strawberry.field(name="p50Ms", description="Half of its answers took at most so many ms.")
    p95_ms: float | None = strawberry.field(name="p95Ms", description="19 of 20 answers took at most so many ms.")
    error_rate: float = strawberry.field(description="The share of its answers that were errors, from 0 to 1.")
    checked_at: datetime = strawberry.field(description="When it was looked at.")


@strawberry.type(description="How much waits in a queue.")
class QueueDepth:
    """A queue of the platform's."""

    name: str = strawberry.field(description="Its name.")
    depth: int = strawberry.field(description="How many wait.")
    oldest_seconds: float | None = strawberry.field(description="For how long the oldest has waited.")
    history: list[Sample] = strawberry.field(description="How many waited, over the last hours.")


@strawberry.type(description="How many answers of the platform were errors.")
class ErrorRate:
    """Over everything."""

    per_minute: float = strawberry.field(description="Errors in a minute.")
    ratio: float = strawberry.field(description="The share of all answers that were errors, from 0 to 1.")
    history: list[Sample] = strawberry.field(description="The share, over the last hours.")


@strawberry.type(description="How the platform is.")
class PlatformStatus:
    """Until services report, nothing is known."""

    at: datetime = strawberry.field(description="When this was true.")
    overall: Health = strawberry.field(description="The worst of it all; UNKNOWN where nothing was reported.")
    migrations: list[MigrationStatus] = strawberry.field(description="Migrations that run.")
    edge_functions: list[EdgeFunctionHealth] = strawberry.field(description="The edge functions.")
    queues: list[QueueDepth] = strawberry.field(description="The queues.")
    error_rate: ErrorRate = strawberry.field(description="Errors over everything.")

    @classmethod
    def unknown(cls, at: datetime) -> PlatformStatus:
        """Nothing has been reported."""
        nothing = ErrorRate(per_minute=0, ratio=0, history=[])
        return cls(at=at, overall=Health.UNKNOWN, migrations=[], edge_functions=[], queues=[], error_rate=nothing)
