"""How the tenant's people sign in and out."""

import asyncio
import secrets
from datetime import timedelta
from functools import cache

from pwdlib import PasswordHash
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from actas_guard import impersonation
from examples.workspace.forms import fields
from examples.workspace.markup import Markup, h
from examples.workspace.pages import bare, problem
from examples.workspace.people import COOKIE, People, digest
from examples.workspace.sample import Tenant
from examples.workspace.store import Store

LASTING = timedelta(hours=12)
WRONG = "This e-mail address and password do not belong together. Check both, or ask your administrator."

PASSWORD_HASH = text("select password_hash_of(:email)")
REMEMBER = text(
    "insert into sign_in (token_hash, tenant_id, person_id, expires_at)"
    " select :token, p.tenant_id, p.id, now() + :lasting from person p where p.email = :email"
)
FORGET = text("delete from sign_in where token_hash = :token")
FORGET_OLD = text("delete from sign_in where expires_at <= now()")


class SignIn:
    """The door of the workspace."""

    def __init__(self, store: Store, people: People) -> None:
        self._store = store
        self._people = people
        self._passwords = PasswordHash.recommended()
        # Each check takes 64 MiB and a core for a while: a crowd at the door waits, it does not take the house down.
        self._checking = asyncio.Semaphore(2)

    async def page(self, request: Request) -> Response:
        """The form; whoever is in already goes to the inbox."""
        tenant, visitor = await self._people.who(request)
        return RedirectResponse("/", 303) if visitor else _form(tenant)

    async def sign_in(self, request: Request) -> Response:
        """Check e-mail and password, and remember the browser for twelve hours."""
        tenant, _ = await self._people.who(request)
        if impersonation():
            return problem(403, "You are inside as an operator", "Stop the session before you sign in as yourself.")
        form = await fields(request)
        email, password = form.get("email", "").strip().lower(), form.get("password", "")
        if not await self._belong_together(email, password):
            return _form(tenant, email.replace("\0", ""), WRONG)
        token = secrets.token_urlsafe(32)
        async with self._store.transaction() as connection:
            await connection.execute(FORGET_OLD)
            await connection.execute(REMEMBER, {"token": digest(token), "email": email, "lasting": LASTING})
        response = RedirectResponse("/", 303)
        lasting = int(LASTING.total_seconds())
        response.set_cookie(COOKIE, token, max_age=lasting, secure=True, httponly=True, samesite="lax")
        return response

    async def sign_out(self, request: Request) -> Response:
        """Forget this browser."""
        async with self._store.transaction() as connection:
            await connection.execute(FORGET, {"token": digest(request.cookies.get(COOKIE, ""))})
        response = RedirectResponse("/sign-in", 303)
        response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="lax")
        return response

    async def _belong_together(self, email: str, password: str) -> bool:
        if "\0" in email:
            return False
        async with self._store.transaction() as connection:
            known: str | None = (await connection.execute(PASSWORD_HASH, {"email": email})).scalar_one()

        def check() -> bool:
            # An unknown address costs the same time as a wrong password.
            return self._passwords.verify(password, known or _nobodys_hash()) and known is not None

        async with self._checking:
            return await asyncio.to_thread(check)


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


@cache
def _nobodys_hash() -> str:
    return PasswordHash.recommended().hash(secrets.token_urlsafe(16))
