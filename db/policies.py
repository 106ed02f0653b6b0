"""The rules of impersonation as they are stored: a row for each version, the deployment's (no tenant) and tenants'."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import orjson
from sqlalchemy import text

from db.rows import build, loaded
from permissions.rules import read, written

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from db.impersonation import By

MOST_VERSIONS: Final = 1000


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version of somebody's own rules: all of them, by the names of their fields."""

    version: int
    tenant_id: UUID | None
    rules: dict[str, Any]
    reason: str
    set_by_kind: str
    set_by_id: UUID | None
    set_by_name: str
    set_at: datetime


Rules = dict[UUID | None, Version]
"""The newest version of each tenant, and of the deployment (None)."""
_COLUMNS: Final = "version, tenant_id, rules, reason, set_by_kind, set_by_id, set_by_name, set_at"


async def serialise(connection: AsyncConnection) -> None:
    """Have this change of rules be the only one until the commit, while starts go on (mechanisms C, step 1).

    So versions are numbered in the order of their commits, and a session's version says all of its rules.
    """
    await connection.execute(text("lock table identity.gate in share row exclusive mode"))


async def latest(connection: AsyncConnection, tenant_ids: Sequence[UUID]) -> Rules:
    """What is in force now for these tenants."""
    result = await connection.execute(
        text(f"""
            select distinct on (tenant_id) {_COLUMNS} from identity.tenant_policy
             where tenant_id is null or tenant_id = any(:ids) order by tenant_id, version desc"""),
        {"ids": list(tenant_ids)},
    )
    return {version.tenant_id: version for version in map(_of, result.mappings())}


async def as_of(connection: AsyncConnection, asked: Iterable[tuple[UUID, int]]) -> dict[tuple[UUID, int], Rules]:
    """What was in force for a tenant when a version was the newest: what a session runs under."""
    pairs = list(dict.fromkeys(asked))
    result = await connection.execute(
        text(f"""
            select asked.tenant as asked_tenant, asked.version as asked_version, p.*
              from unnest(cast(:tenants as uuid[]), cast(:versions as int[])) as asked(tenant, version)
             cross join lateral (
               select distinct on (tenant_id) {_COLUMNS} from identity.tenant_policy
                where (tenant_id is null or tenant_id = asked.tenant) and version <= asked.version
                order by tenant_id, version desc) p"""),
        {"tenants": [tenant for tenant, _ in pairs], "versions": [version for _, version in pairs]},
    )
    found: dict[tuple[UUID, int], Rules] = {pair: {} for pair in pairs}
    for row in result.mappings():
        found[row["asked_tenant"], row["asked_version"]][row["tenant_id"]] = _of(row)
    return found


async def versions(connection: AsyncConnection, owners: Sequence[UUID | None]) -> dict[UUID | None, list[Version]]:
    """The versions of each of these tenants, and of the deployment (None), the newest first; at most 1000 of each."""
    result = await connection.execute(
        text(f"""
            select p.* from (select distinct unnest(cast(:owners as uuid[])) as owner) owners
             cross join lateral (
               select {_COLUMNS} from identity.tenant_policy
                where tenant_id is not distinct from owners.owner order by version desc limit :most) p
             order by p.version desc"""),
        {"owners": list(owners), "most": MOST_VERSIONS},
    )
    found: dict[UUID | None, list[Version]] = {}
    for row in result.mappings():
        found.setdefault(row["tenant_id"], []).append(_of(row))
    return found


async def newest_by_system(connection: AsyncConnection) -> Version | None:
    """The rules that a setting gave the deployment last."""
    result = await connection.execute(
        text(f"""
            select {_COLUMNS} from identity.tenant_policy
             where tenant_id is null and set_by_kind = 'SYSTEM' order by version desc limit 1""")
    )
    row = result.mappings().one_or_none()
    return _of(row) if row else None


async def insert(
    connection: AsyncConnection, policy_id: UUID, tenant_id: UUID | None, rules: Mapping[str, Any], reason: str, by: By
) -> None:
    """Add a version; it cannot commit without its entry in the ledger."""
    await connection.execute(
        text("""
            insert into identity.tenant_policy
              (id, tenant_id, rules, reason, set_by_kind, set_by_id, set_by_name, set_at)
            values (:id, :tenant_id, cast(:rules as jsonb), :reason, :by_kind, :by_id, :by_name, audit.clock())"""),
        {
            "id": policy_id,
            "tenant_id": tenant_id,
            "rules": orjson.dumps(written(rules)).decode(),
            "reason": reason,
            "by_kind": by.kind,
            "by_id": by.id,
            "by_name": by.name,
        },
    )


def _of(row: Mapping[Any, Any]) -> Version:
    return build(Version, {**row, "rules": read(loaded(row["rules"]))})
