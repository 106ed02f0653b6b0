"""The rules in force: the system's cap, the deployment's, the tenant's own, each only stricter; and setting them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from db import policies as rows
from db import tenants
from db.impersonation import SYSTEM
from permissions import policy as rules
from permissions.ids import uuid7
from permissions.operators import Permission
from permissions.policy import Due, ImpersonationPolicy
from permissions.profiles import PROFILES
from permissions.refusals import RefusalCode, Refused, refused
from permissions.rules import BY_API_NAME, UnfitRules, contradictions, read, written
from permissions.strictness import beyond_the_cap, consistent, layered, weaker
from permissions.tenants import reason_refusal
from resolvers.ending import by
from resolvers.events import PolicySet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from db.engine import Connection, Database
    from db.policies import Rules
    from db.tenants import Tenant
    from db.unit import WriteUnit
    from permissions.caller import Caller
    from permissions.policy import Decision

NO_SUCH_TENANT: Final = refused(RefusalCode.NOT_FOUND, "There is no such tenant.", "tenantId")
NO_CHANGE: Final = refused(RefusalCode.NO_CHANGE, "These are the rules already.")


async def of(database: Database, tenant_ids: Sequence[UUID]) -> dict[UUID, ImpersonationPolicy]:
    """The effective policy of each tenant."""
    async with database.read() as connection:
        stored = await rows.latest(connection, tenant_ids)
    return {tenant_id: effective(stored, tenant_id) for tenant_id in tenant_ids}


async def deployment(database: Database) -> ImpersonationPolicy:
    """The deployment's own policy."""
    async with database.read() as connection:
        return effective(await rows.latest(connection, []), None)


async def within(connection: Connection, tenant_id: UUID) -> ImpersonationPolicy:
    """A tenant's effective policy, inside a transaction that holds the tenant."""
    return effective(await rows.latest(connection, [tenant_id]), tenant_id)


async def as_of(
    connection: Connection, asked: Sequence[tuple[UUID, int]]
) -> dict[tuple[UUID, int], ImpersonationPolicy]:
    """The policies that sessions run under: of a tenant, when a version was the newest."""
    found = await rows.as_of(connection, asked)
    return {pair: effective(stored, pair[0]) for pair, stored in found.items()}


def effective(stored: Rules, tenant_id: UUID | None) -> ImpersonationPolicy:
    """What the stored versions come to; the newer of the two numbers it."""
    deployments = stored.get(None)
    own = stored.get(tenant_id) if tenant_id else None
    policy = of_deployment(deployments.rules if deployments else {})
    if own:
        policy = layered(policy, own.rules)
    return replace(policy, version=max(version.version if version else 0 for version in (deployments, own)))


def of_deployment(own: Mapping[str, Any]) -> ImpersonationPolicy:
    """What a deployment's own rules come to: they lie over a profile, under the system's cap."""
    return consistent(replace(PROFILES[own.get("profile", "default")], **own))


@dataclass(frozen=True, kw_only=True)
class SetPolicy:
    """A change of somebody's own rules, under the API's names; None takes the own value away, left out stays."""

    tenant_id: UUID | None
    reason: str
    changes: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class PolicyChanged:
    """The rules in force after the change; `tenant` None where they are the deployment's."""

    policy: ImpersonationPolicy
    tenant: Tenant | None


async def set_policy(database: Database, caller: Caller, request: SetPolicy) -> PolicyChanged | Refused:
    """Change a tenant's own rules, or the deployment's; sessions that run keep the version that they began under.

    Raises Forbidden where the caller lacks TENANT_POLICY_SET.
    """
    decision = rules.permit(caller.permissions, Permission.TENANT_POLICY_SET)
    tenant_id = request.tenant_id or caller.tenant_id
    if caller.tenant_id not in {None, tenant_id}:
        return NO_SUCH_TENANT
    if unfit := reason_refusal(request.reason):
        return unfit
    try:
        changes = read({name: value for name, value in request.changes.items() if value is not None})
    except UnfitRules as error:
        return Refused(error.problems)
    cleared = {_field(name) for name, value in request.changes.items() if value is None}
    async with database.unit(caller) as unit:
        await rows.serialise(unit.connection)
        tenant = await tenants.lock(unit.connection, tenant_id) if tenant_id else None
        if tenant_id and tenant is None:
            unit.abandon()
            return NO_SUCH_TENANT
        stored = await rows.latest(unit.connection, [tenant_id] if tenant_id else [])
        was = stored[tenant_id].rules if tenant_id in stored else {}
        own = {name: value for name, value in was.items() if name not in cleared} | changes
        if refusal := NO_CHANGE if own == was else _refusal(stored, tenant_id, own, changes):
            unit.abandon()
            return refusal
        await _store(unit, decision, tenant_id, was, own, request.reason.strip())
        after = effective(await rows.latest(unit.connection, [tenant_id] if tenant_id else []), tenant_id)
    return PolicyChanged(policy=after, tenant=tenant)


async def adopt(database: Database, given: Mapping[str, Any], *, stated_by: str) -> bool:
    """Make the rules of a setting the deployment's, where the setting says something else than when it was last read.

    So of the setting and the API whoever changed last decides (docs/decisions/0031). True where they were adopted.
    Raises UnfitRules.
    """
    own = read(given)
    if problems := [*beyond_the_cap(own), *contradictions(of_deployment(own))]:
        raise UnfitRules(problems)
    async with database.unit(None) as unit:
        await rows.serialise(unit.connection)
        before = await rows.newest_by_system(unit.connection)
        stored = await rows.latest(unit.connection, [])
        was = stored[None].rules if None in stored else {}
        if own in (before.rules if before else None, was):
            unit.abandon()
            return False
        reason = "The process was started with these rules."
        await _store(unit, Due("the setting changed"), None, was, own, reason, stated_by=stated_by)
    return True


def _refusal(
    stored: Rules, tenant_id: UUID | None, own: Mapping[str, Any], changes: Mapping[str, Any]
) -> Refused | None:
    """What is wrong with rules that would be somebody's own; of a tenant's, only changes can be weaker."""
    if tenant_id is None:
        problems = [*beyond_the_cap(own), *contradictions(of_deployment(own))]
    else:
        inherited = effective({None: stored[None]} if None in stored else {}, None)
        problems = weaker(inherited, changes) or contradictions(layered(inherited, own))
    return Refused(tuple(problems)) if problems else None


async def _store(
    unit: WriteUnit,
    decision: Decision,
    tenant_id: UUID | None,
    was: Mapping[str, Any],
    own: Mapping[str, Any],
    reason: str,
    *,
    stated_by: str | None = None,
) -> None:
    policy_id = uuid7()
    who = by(unit.caller) if unit.caller else replace(SYSTEM, name=stated_by or SYSTEM.name)
    await rows.insert(unit.connection, policy_id, tenant_id, own, reason, who)
    unit.append(
        decision,
        PolicySet(
            policy_id=policy_id,
            tenant_id=tenant_id,
            was=written(was),
            rules=written(own),
            reason=reason,
            stated_by=stated_by,
        ),
    )


def _field(api_name: str) -> str:
    return BY_API_NAME.get(api_name, api_name)
