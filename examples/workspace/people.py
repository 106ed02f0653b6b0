"""Who is here: a person of the tenant who signed in, or an operator inside a session. And how people sign in."""

import asyncio
import hashlib
import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import cache
from urllib.parse import parse_qs

from pwdlib import PasswordHash
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from actas_guard import impersonation
from examples.workspace.markup import Markup, h
from examples.workspace.pages import bare, problem
from examples.workspace.sample import Tenant
from examples.workspace.store import Store
from examples.workspace.visitor import Visitor

COOKIE = "__Host-workspace"
SIGNED_IN_FOR = timedelta(hours=12)
WRONG = "This e-mail address and password do not belong together. Check both, or ask your administrator."

PERSON = text(
    "select p.name, p.email, p.role from sign_in s join person p on p.id = s.person_id"
    " where s.token_hash = :token and s.expires_at > now()"
)
REMEMBER = text(
    "insert into sign_in (token_hash, tenant_id, person_id, expires_at)"
    " select :token, p.tenant_id, p.id, now() + :lasting from person p where p.email = :email"
)
FORGET = text("delete from sign_in where token_hash = :token")
FORGET_OLD = text("delete from sign_in where expires_at <= now()")


Handler = Callable[[Request, Visitor], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


class People:
    """The door of the workspace."""

    def __init__(self, store: Store, tenant_of: Callable[[str], str | None]) -> None:
        self._store = store
        self._slug_at = tenant_of
        self._passwords = PasswordHash.recommended()
        # Each check takes 64 MiB and a core for a while: a crowd at the door waits, it does not take the house down.
        self._checking = asyncio.Semaphore(2)

    def only(self, handler: Handler) -> Endpoint:
        """An endpoint that only the tenant's people and an operator in a live session reach; others go and sign in."""

        async def endpoint(request: Request) -> Response:
            tenant = await self._tenant(request)
            if tenant is None:
                return no_workspace()
            visitor = await self._visitor(request, tenant)
            if visitor is None:
                return RedirectResponse("/sign-in", 303)
            return await handler(request, visitor)

        return endpoint

    def admins_only(self, handler: Handler) -> Endpoint:
        """Like :meth:`only`, but a member is told whom to ask."""

        async def admitted(request: Request, visitor: Visitor) -> Response:
            if not visitor.admin:
                return problem(
                    403,
                    "This page is for administrators",
                    f"Who was inside {visitor.tenant.name}, and why, is shown to its administrators.",
                    "Ask one of them to show you, or to make you an administrator.",
                )
            return await handler(request, visitor)

        return self.only(admitted)

    async def sign_in_page(self, request: Request) -> Response:
        """The form; whoever is in already goes to the inbox."""
        tenant = await self._tenant(request)
        if tenant is None:
            return no_workspace()
        if await self._visitor(request, tenant):
            return RedirectResponse("/", 303)
        return _form(tenant)

    async def sign_in(self, request: Request) -> Response:
        """Check e-mail and password, and remember the browser for twelve hours."""
        tenant = await self._tenant(request)
        if tenant is None:
            return no_workspace()
        if impersonation():
            return problem(403, "You are inside as an operator", "Stop the session before you sign in as yourself.")
        form = await fields(request)
        email, password = form.get("email", "").strip().lower(), form.get("password", "")
        if "\0" in email or not await self._password_is_right(tenant, email, password):
            return _form(tenant, email.replace("\0", ""), WRONG)
        token = secrets.token_urlsafe(32)
        async with self._store.as_tenant(tenant.uuid) as connection:
            await connection.execute(FORGET_OLD)
            await connection.execute(REMEMBER, {"token": _digest(token), "email": email, "lasting": SIGNED_IN_FOR})
        response = RedirectResponse("/", 303)
        response.set_cookie(
            COOKIE, token, max_age=int(SIGNED_IN_FOR.total_seconds()), secure=True, httponly=True, samesite="lax"
        )
        return response

    async def sign_out(self, request: Request) -> Response:
        """Forget this browser."""
        tenant = await self._tenant(request)
        if tenant and (token := request.cookies.get(COOKIE)):
            async with self._store.as_tenant(tenant.uuid) as connection:
                await connection.execute(FORGET, {"token": _digest(token)})
        response = RedirectResponse("/sign-in", 303)
        response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="lax")
        return response

    async def _tenant(self, request: Request) -> Tenant | None:
        slug = self._slug_at(request.headers.get("host", ""))
        return await self._store.tenant_at(slug) if slug else None

    async def _visitor(self, request: Request, tenant: Tenant) -> Visitor | None:
        if inside := impersonation():
            return Visitor(tenant, inside.operator_name, admin=True, operator=inside)
        token = request.cookies.get(COOKIE)
        if not token:
            return None
        async with self._store.as_tenant(tenant.uuid) as connection:
            row = (await connection.execute(PERSON, {"token": _digest(token)})).one_or_none()
        return Visitor(tenant, row.name, admin=row.role == "admin") if row else None

    async def _password_is_right(self, tenant: Tenant, email: str, password: str) -> bool:
        async with self._store.as_tenant(tenant.uuid) as connection:
            query = text("select password_hash_of(:email)")
            known: str | None = (await connection.execute(query, {"email": email})).scalar_one()
        async with self._checking:
            # An unknown address costs the same time as a wrong password.
            right = await asyncio.to_thread(self._passwords.verify, password, known or _nobodys_hash())
        return right and known is not None


async def fields(request: Request) -> dict[str, str]:
    """The fields of a submitted form, each once; a form in another encoding has none."""
    body = (await request.body()).decode("utf-8", "replace")
    return {name: values[0] for name, values in parse_qs(body, keep_blank_values=True, max_num_fields=20).items()}


def no_workspace() -> Response:
    """There is nobody at this host name."""
    return problem(
        404,
        "There is no workspace here",
        "Check the address: it begins with your company's short name.",
        way_out=False,
    )


def _form(tenant: Tenant, email: str = "", error: str | None = None) -> Response:
    return bare(
        f"Sign in to {tenant.name}",
        h("p", error, class_="error", role="alert") if error else None,
        h(
            "form",
            h("label", "E-mail", _input("email", "username", value=email, autofocus=not email)),
            h("label", "Password", _input("password", "current-password", autofocus=bool(email))),
            h("button", "Sign in"),
            method="post",
            action="/sign-in",
        ),
        status=401 if error else 200,
    )


def _input(kind: str, autocomplete: str, *, value: str | None = None, autofocus: bool = False) -> Markup:
    return h("input", name=kind, type=kind, value=value, required=True, autocomplete=autocomplete, autofocus=autofocus)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


@cache
def _nobodys_hash() -> str:
    return PasswordHash.recommended().hash(secrets.token_urlsafe(16))
