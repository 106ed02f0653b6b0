"""Who is here: a person of the tenant who signed in, or an operator inside a session."""

import hashlib
from collections.abc import Awaitable, Callable

from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Scope

from actas_guard import Named, impersonation
from examples.workspace.pages import problem
from examples.workspace.sample import Tenant
from examples.workspace.store import Store
from examples.workspace.visitor import Visitor

COOKIE = "__Host-workspace"

# Under the policies there is one tenant, the request's, and no sign-in but its own.
WHO = text(
    "select t.id, t.slug, t.name, p.id as person_id, p.name as person, p.role from tenant t"
    " left join sign_in s on s.token_hash = :token and s.expires_at > now()"
    " left join person p on p.id = s.person_id"
)

Handler = Callable[[Request, Visitor], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


class NoWorkspace(Exception):
    """The console knows this tenant, but the product has nothing of it."""


class People:
    """Knows each request's visitor."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def only(self, handler: Handler) -> Endpoint:
        """An endpoint that only the tenant's people and an operator in a live session reach; others go and sign in."""

        async def endpoint(request: Request) -> Response:
            _, visitor = await self.who(request)
            return await handler(request, visitor) if visitor else RedirectResponse("/sign-in", 303)

        return endpoint

    def admins_only(self, handler: Handler) -> Endpoint:
        """Like `only`, but a member is told whom to ask. An operator may what an admin may, and no more (S2-8)."""

        async def admitted(request: Request, visitor: Visitor) -> Response:
            if visitor.admin:
                return await handler(request, visitor)
            return problem(
                403,
                "This page is for administrators",
                f"It shows what only the administrators of {visitor.tenant.name} may see.",
                "Ask one of them to show you, or to make you an administrator.",
            )

        return self.only(admitted)

    async def person_of(self, scope: Scope) -> Named | None:
        """For the guard: who of the tenant's own people sends this request; None for a stranger.

        Raises DatabaseUnreachable, so that an open page keeps what its banner showed: "nobody" would take it away.
        """
        try:
            _, visitor = await self.who(Request(scope))
        except NoWorkspace:
            return None
        if visitor is None or visitor.operator:
            return None
        return Named("ADMIN" if visitor.admin else "MEMBER", visitor.name)

    async def who(self, request: Request) -> tuple[Tenant, Visitor | None]:
        """The tenant of the request, and its visitor; raises NoWorkspace."""
        token = request.cookies.get(COOKIE, "")
        async with self._store.transaction() as connection:
            row = (await connection.execute(WHO, {"token": digest(token)})).one_or_none()
        if row is None:
            raise NoWorkspace
        tenant = Tenant(row.id, row.slug, row.name)
        # An operator is an operator, also in a browser in which somebody of the tenant once signed in.
        if inside := impersonation():
            return tenant, Visitor(tenant, inside.operator_name, admin=True, operator=inside)
        return tenant, Visitor(
            tenant, row.person, admin=row.role == "admin", person=row.person_id
        ) if row.person else None


def digest(token: str) -> bytes:
    """What is stored of a browser's token: a stolen database opens no door."""
    return hashlib.sha256(token.encode()).digest()
