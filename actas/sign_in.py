"""POST /sign-in and /sign-out: a local account's password for a cookie that can be taken back (DESIGN section 6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import orjson
import structlog
from starlette.responses import Response

from actas.answers import AWAY_PAGE, Answer, problem
from actas.passwords import LONGEST, Busy
from actas.scopes import COOKIE, from_here, is_json, token
from permissions.caller import Caller, Person
from permissions.ids import uuid7
from permissions.keys import digest, new_secret
from permissions.refusals import Unauthenticated, Unavailable
from permissions.text import defect
from resolvers.attempts import address_range
from resolvers.sign_ins import SIGN_IN_SECONDS, sign_in, sign_out

if TYPE_CHECKING:
    from starlette.requests import Request

    from actas.services import Services
    from permissions.caller import Origin

log = structlog.get_logger(__name__)

LARGEST_BODY: Final = 2048
LONGEST_EMAIL: Final = 320
DEMO_PASSWORD: Final = "demo"  # noqa: S105  everybody knows it, which is why it opens nothing outside a demo

WRONG = problem(401, "Not signed in", "The e-mail address or the password is wrong.")
NOT_HERE = problem(403, "Refused", "Sign in from the console's own page.")
NOT_JSON = problem(415, "Refused", "Send JSON: {email, password}.")
TOO_LARGE = problem(413, "Refused", f"Send at most {LARGEST_BODY} bytes.")
MALFORMED = problem(400, "Refused", "Send JSON: {email, password}, both plain text.")
TOO_MANY = "Too many attempts. Wait a little, then try again."


@dataclass(frozen=True)
class Credentials:
    """What somebody typed."""

    email: str
    password: str


class SigningIn:
    """The two routes."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def sign_in(self, request: Request) -> Response | Answer:
        """204 with a new cookie, or a problem; nothing in it or in its time tells whether there is such an account."""
        if not from_here(request.scope, self._services.settings.console_url):
            return NOT_HERE
        if not is_json(request.scope):
            return NOT_JSON
        given = await _credentials(request)
        if isinstance(given, Answer):
            return given
        origin: Origin = request.scope["state"]["origin"]
        throttles = (
            (self._services.by_address, address_range(origin.ip)),
            (self._services.by_account, given.email.strip().lower()),
        )
        wait = max(throttle.take(key) for throttle, key in throttles)
        if wait:
            self._services.attempts.sign_in_refused(origin.ip)
            return problem(429, "Too many attempts", TOO_MANY, retry_after=str(int(wait) + 1))
        try:
            secret = await self._open(given, origin)
        except Busy:
            return problem(429, "Too many attempts", TOO_MANY, retry_after="2")
        except Unavailable:
            return AWAY_PAGE
        if secret is None:
            self._services.attempts.sign_in_refused(origin.ip)
            return WRONG
        for throttle, key in throttles:
            throttle.give_back(key)
        return _with_cookie(secret, SIGN_IN_SECONDS)

    async def sign_out(self, request: Request) -> Response | Answer:
        """204 and no cookie any more; the sign-in and the sessions started in it are over before it is said (P7)."""
        if not from_here(request.scope, self._services.settings.console_url):
            return NOT_HERE
        try:
            caller = await self._services.callers.by_sign_in(
                token(request.scope) or "", request.scope["state"]["origin"]
            )
            if caller:
                await sign_out(self._services.database, caller)
        except Unavailable:
            return AWAY_PAGE
        except Unauthenticated:
            log.debug("signed out twice at once")
        return _with_cookie("", 0)

    async def _open(self, given: Credentials, origin: Origin) -> str | None:
        """The secret of a new sign-in; None where the address or the password is wrong."""
        account = await self._services.callers.account(given.email)
        right = await self._services.passwords.matches(given.password, account.password_hash if account else None)
        if account is None or not right or (given.password == DEMO_PASSWORD and not self._services.demo):
            return None
        secret, sign_in_id = new_secret(), uuid7()
        person = Person(
            operator_id=account.operator_id,
            sign_in_id=sign_in_id,
            email=account.email,
            name=account.name,
            expires_at=datetime.max.replace(tzinfo=UTC),
        )
        caller = Caller(who=person, permissions=frozenset(), proof=secret.encode(), origin=origin)
        try:
            await sign_in(
                self._services.database,
                caller,
                sign_in_id=sign_in_id,
                token_hash=digest(secret.encode()),
                method="PASSWORD",
            )
        except Unauthenticated:
            return None
        return secret


async def _credentials(request: Request) -> Credentials | Answer:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            return TOO_LARGE
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError:
        return MALFORMED
    match given:
        case {"email": str(email), "password": str(password)}:
            fit = 0 < len(email) <= LONGEST_EMAIL and 0 < len(password) <= LONGEST
            return MALFORMED if not fit or defect(email) or defect(password) else Credentials(email, password)
        case _:
            return MALFORMED


def _with_cookie(value: str, seconds: int) -> Response:
    response = Response(status_code=204)
    response.set_cookie(COOKIE, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax")
    return response
