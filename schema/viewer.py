"""Who is calling."""

from __future__ import annotations

import strawberry

from db.pages import impersonation as session_pages
from permissions.operators import Permission
from schema import impersonation as sessions
from schema import keys, operators
from schema.context import Info


@strawberry.type(description="Who is calling, and what they may do.")
class Viewer:
    """The caller's own view of themselves."""

    @strawberry.field(description="The operator, for a person.")
    async def operator(self, info: Info) -> operators.Operator | None:
        """Oneself."""
        person = info.context.caller.person
        return await operators.load(info, person.operator_id) if person else None

    @strawberry.field(description="The key, for a service.")
    async def service_key(self, info: Info) -> keys.ServiceKey | None:
        """Oneself."""
        service = info.context.caller.service
        return await keys.load(info, service.key_id) if service else None

    @strawberry.field(description="What the viewer may do: roles in force, or the key's own.")
    def permissions(self, info: Info) -> list[Permission]:
        """In the order of the enum."""
        return [permission for permission in Permission if permission in info.context.caller.permissions]

    @strawberry.field(description="The session that is live in this sign-in, that is in this browser.")
    async def impersonation(self, info: Info) -> sessions.ImpersonationSession | None:
        """One at most."""
        person = info.context.caller.person
        if person is None:
            return None
        row = await info.context.load(session_pages.active_of_sign_ins, person.sign_in_id)
        return sessions.wrap(info, row) if row else None
