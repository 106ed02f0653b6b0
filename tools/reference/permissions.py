"""The page of permissions: which role has which, and what keys may and may never hold."""

from __future__ import annotations

from functools import cache
from typing import Final

from graphql import GraphQLEnumType, build_schema

from permissions.operators import NEVER_FOR_KEYS, ROLE_PERMISSIONS, SERVICE_ONLY, TENANT_SIDE, Permission, Role
from schema.export import SNAPSHOT
from tools.reference.markdown import code, page, section, table

SOURCE: Final = "permissions/operators.py"
INTRO: Final = """
One permission for each thing that can be done. A role is a set of permissions, and code asks for permissions, never
for roles. Roles are given by `grantRole`, for good or for a time; nobody changes their own, and the last admin stays.
A service's key holds just the permissions that it was issued with, and possibly sees one tenant only.
"""
KEYS: Final = """
A key bound to one tenant sees that tenant's things and nothing else: another's do not exist for it. A key that is not
bound and reads on the tenants' behalf names the tenant each time.
"""


def table_of_roles() -> str:
    """The page."""
    people = [each for each in Permission if each not in SERVICE_ONLY]
    services = [each for each in Permission if each not in NEVER_FOR_KEYS]
    heads = ("permission", "what", *(role.removeprefix("PLATFORM_").capitalize() for role in Role))
    by_role = (
        (code(each), _words()[each], *(_mark(each in ROLE_PERMISSIONS[role]) for role in Role)) for each in people
    )
    for_keys = ((code(each), _words()[each]) for each in services if each in SERVICE_ONLY)
    side, never = (_list(each) for each in (TENANT_SIDE, NEVER_FOR_KEYS))
    return page(
        "Permissions and roles",
        SOURCE,
        INTRO,
        section(2, "Roles", f"The full names are {_list(Role)}.", table(heads, by_role)),
        section(
            2,
            "Keys",
            KEYS.strip(),
            "For keys only:",
            table(("permission", "what"), for_keys),
            f"`TENANT_SIDE_READ` stands for {side}, within one tenant; it does not stand for `AUDIT_EXPORT`.",
            f"A key may hold those of the roles, too, but never {never}: a key is no person.",
        ),
    )


@cache
def _words() -> dict[str, str]:
    named = build_schema(SNAPSHOT.read_text(encoding="utf-8")).type_map["Permission"]
    assert isinstance(named, GraphQLEnumType)
    return {name: value.description or "" for name, value in named.values.items()}


def _mark(has: bool) -> str:  # noqa: FBT001  what a cell says
    return "yes" if has else ""


def _list(names: object) -> str:
    return ", ".join(code(str(each)) for each in sorted(names))  # type: ignore[call-overload]  # sets and enums of names
