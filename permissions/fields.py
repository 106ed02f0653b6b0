"""Guards of the schema's fields: `extensions=[needs(Permission.AUDIT_READ)]`.

The one place where permissions meet Strawberry. A guarded field answers null and a top-level FORBIDDEN to who may not;
the guard writes itself into the field's description, so that the two cannot drift apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from strawberry.permission import BasePermission, PermissionExtension

from permissions.operators import lacking
from permissions.refusals import Forbidden

if TYPE_CHECKING:
    from collections.abc import Callable

    from strawberry.types import Info
    from strawberry.types.field import StrawberryField

    from permissions.caller import Caller
    from permissions.operators import Permission


class Needs(BasePermission):
    """Lets pass who has one of the permissions, or whose own the thing is. Everybody else is denied."""

    def __init__(self, any_of: tuple[Permission, ...], own: Callable[[Any, Caller], bool] | None) -> None:
        self.any_of = any_of
        self.own = own
        self.message = lacking(*any_of)

    def has_permission(self, source: Any, info: Info[Any, Any], **_arguments: Any) -> bool:
        """Decided anew for each value, so also for each event of a stream."""
        caller: Caller = info.context.caller
        if any(caller.may(permission) for permission in self.any_of):
            return True
        return self.own is not None and self.own(source, caller)

    def on_unauthorized(self) -> None:
        """Raise FORBIDDEN, naming the permission: callers are authenticated, so they may know it."""
        raise Forbidden(self.message)


class Guard(PermissionExtension):
    """A field's guard."""

    def __init__(self, needs: Needs) -> None:
        super().__init__([needs], use_directives=False)
        self.needs = needs

    def apply(self, field: StrawberryField) -> None:
        """Add what is needed to the field's description."""
        super().apply(field)
        needed = f"Needs {' or '.join(self.needs.any_of)}{', or that it is your own' if self.needs.own else ''}."
        described = field.description or ""
        if not described.endswith(needed):
            field.description = f"{described} {needed}".strip()


def needs(*any_of: Permission, own: Callable[[Any, Caller], bool] | None = None) -> Guard:
    """The guard of a field: one of these permissions, or `own(source, caller)` where one's own is always open."""
    if not any_of:
        raise TypeError("a guard without a permission would guard nothing")
    return Guard(Needs(any_of, own))
