"""`node(id)`: the same rows under the same permissions as on the direct path (threat 15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from db.pages import access as access_pages
from permissions.operators import Permission, lacking
from permissions.reach import sees
from permissions.refusals import BadInput, Forbidden
from schema import access, activity, ids, impersonation, keys, ledger, operators, tenants

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from schema.context import Info
    from schema.paging import Node


async def find(info: Info, global_id: str) -> Node | None:
    """What a global id names; null where there is none, or none for this caller."""
    type_name, key = ids.split(global_id, "id")
    if type_name not in FINDERS:
        raise BadInput("`id` is not an id that this API gave out.")
    return await FINDERS[type_name](info, key)


async def _tenant(info: Info, key: str) -> Node | None:
    _need(info, Permission.TENANT_READ)
    return await tenants.load(info, ids.uuid(key, "id"))


async def _session(info: Info, key: str) -> Node | None:
    _need(info, Permission.TENANT_READ)
    return await impersonation.load(info, ids.uuid(key, "id"))


async def _entry(info: Info, key: str) -> Node | None:
    _need(info, Permission.AUDIT_READ)
    return await ledger.load(info, ids.decode_entry(key, "id"))


async def _access(info: Info, key: str) -> Node | None:
    _need(info, Permission.ACCESS_LOG_READ)
    row = await info.context.load(access_pages.by_ids, ids.uuid(key, "id"), tenant=info.context.caller.tenant_id)
    return access.AccessRecord.of(row) if row and sees(info.context.caller, row.tenant_id) else None


async def _activity(info: Info, key: str) -> Node | None:
    _need(info, Permission.AUDIT_READ)
    return await activity.load(info, ids.uuid(key, "id"))


async def _none_yet(info: Info, key: str) -> Node | None:
    """Grants and locks, of which there are none before they can be made."""
    _need(info, Permission.TENANT_READ)
    ids.uuid(key, "id")
    return None


async def _operator(info: Info, key: str) -> Node | None:
    operator_id = ids.uuid(key, "id")
    person = info.context.caller.person
    if person is None or person.operator_id != operator_id:
        _need(info, Permission.OPERATOR_READ)
    return await operators.load(info, operator_id)


async def _key(info: Info, key: str) -> Node | None:
    key_id = ids.uuid(key, "id")
    service = info.context.caller.service
    if service is None or service.key_id != key_id:
        _need(info, Permission.SERVICE_KEY_MANAGE)
    return await keys.load(info, key_id)


def _need(info: Info, permission: Permission) -> None:
    if not info.context.caller.may(permission):
        raise Forbidden(lacking(permission))


FINDERS: Final[dict[str, Callable[[Info, str], Awaitable[Node | None]]]] = {
    "Tenant": _tenant,
    "ImpersonationSession": _session,
    "AuditEntry": _entry,
    "AccessRecord": _access,
    "ActivityRecord": _activity,
    "Grant": _none_yet,
    "Lock": _none_yet,
    "Operator": _operator,
    "ServiceKey": _key,
}
