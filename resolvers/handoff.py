"""The hand-off: from a live session to a token in the operator's own browser, and nowhere else (DESIGN section 7).

No URL holds a secret that is worth anything alone: the code needs the verifier, which only that browser's workspace
has, and a service key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from actas_guard.claims import Claims
from db import handoff, impersonation, operators, tenants
from permissions.ids import uuid7
from permissions.keys import digest, is_secret, new_secret
from permissions.operators import Permission
from permissions.policy import permit
from permissions.refusals import RefusalCode, Refused, refused
from permissions.tokens import origin
from resolvers.events import ImpersonationEntered, turned_down

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from db.engine import Database
    from db.handoff import Handoff
    from db.impersonation import Session
    from db.operators import Operator
    from db.tenants import Tenant
    from permissions.caller import Caller
    from permissions.tokens import Keyring

CODE_SECONDS: Final = 60
REPEAT_SECONDS: Final = 60
CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)

NO_SUCH_SESSION = refused(RefusalCode.NOT_FOUND, "There is no such session.", "session")
NOT_YOURS = refused(
    RefusalCode.NOT_FOUND,
    "This session was started in another sign-in: start your own from the console.",
    "session",
    forbidden=True,
)
OVER = refused(RefusalCode.ALREADY_ENDED, "This session is over: start a new one from the console.", "session")
ELSEWHERE = refused(
    RefusalCode.INPUT_INVALID, "The redirect does not lead to this tenant's registered workspace.", "redirect_uri"
)
NO_CHALLENGE = refused(RefusalCode.INPUT_INVALID, "The challenge is no S256 challenge (RFC 7636).", "challenge")
UNKNOWN_CODE = refused(RefusalCode.NOT_FOUND, "There is no such code.", "code")
SPENT = refused(RefusalCode.CODE_SPENT, "This code was used already: enter again from the console.", "code")
EXPIRED = refused(RefusalCode.CODE_EXPIRED, "This code is too old: enter again from the console.", "code")
WRONG_VERIFIER = refused(
    RefusalCode.INPUT_INVALID, "The verifier is not the one that the challenge was made of.", "verifier"
)


@dataclass(frozen=True, kw_only=True)
class Exchanged:
    """A session's token, for the workspace to keep in the operator's browser."""

    access_token: str
    expires_in: int
    session: Session
    tenant: Tenant


def return_address(tenant: Tenant) -> str:
    """The one address that a code for this tenant is ever sent to."""
    return f"{(tenant.workspace_url or '').rstrip('/')}/actas/enter"


async def issue_code(
    database: Database, caller: Caller, *, session_id: UUID, challenge: str, redirect_uri: str
) -> str | Refused:
    """A single-use code for the browser that started the session; it lives for a minute and is bound to `challenge`.

    What is turned down is recorded in the tenant's ledger (P8): a forwarded address, a session that is over.
    """
    async with database.bookkeeping() as connection:
        found = await impersonation.now(connection, [session_id])
        session = found[0] if found else None
        tenant = await tenants.lock(connection, session.tenant_id) if session else None
        refusal = _may_enter(caller, session, tenant, challenge, redirect_uri)
        if refusal is None:
            code = new_secret()
            await handoff.insert(
                connection,
                {
                    "id": uuid7(),
                    "session_id": session_id,
                    "code_hash": digest(code.encode()),
                    "challenge": challenge,
                    "lasts_seconds": CODE_SECONDS,
                },
            )
            return code
    person = caller.person
    async with database.unit(caller) as unit:
        unit.append(
            refusal,
            turned_down(
                refusal,
                tenant_id=session.tenant_id if session else None,
                operator_id=person.operator_id if person else None,
                operator_name=person.name if person else caller.who.name,
                operator_email=person.email if person else None,
            ),
        )
    return refusal


async def exchange(
    database: Database, keyring: Keyring, caller: Caller, *, code: str, verifier: str
) -> Exchanged | Refused:
    """Trade a code for its session's token (PKCE S256). The same code and verifier within a minute give the same token.

    The first exchange is recorded before the token exists (P1). For a key of another tenant the code does not exist.
    Raises Forbidden where the caller lacks TOKEN_EXCHANGE.
    """
    decision = permit(caller.permissions, Permission.TOKEN_EXCHANGE)
    if not is_secret(code):
        return UNKNOWN_CODE
    async with database.unit(caller) as unit:
        connection = unit.connection
        await impersonation.share_gate(connection)
        known = await handoff.find(connection, digest(code.encode()))
        if known is None or caller.tenant_id not in {None, known[2]}:
            unit.abandon()
            return UNKNOWN_CODE
        handoff_id, session_id, tenant_id = known
        tenant = await tenants.lock(connection, tenant_id)
        await impersonation.lock_active(connection, ids=[session_id])
        given = await handoff.lock(connection, handoff_id)
        if tenant is None or tenant.workspace_url is None or given is None:
            unit.abandon()
            return UNKNOWN_CODE
        session = (await impersonation.now(connection, [session_id]))[0]
        operator = (await operators.by_ids(connection, [session.operator_id]))[session.operator_id]
        if refusal := _may_exchange(given, session, verifier):
            unit.append(
                refusal,
                turned_down(
                    refusal,
                    tenant_id=tenant_id,
                    operator_id=operator.id,
                    operator_name=operator.name,
                    operator_email=operator.email,
                ),
            )
            return refusal
        token_id, issued_at = given.token_id, given.spent_at
        if token_id is None or issued_at is None:
            token_id, issued_at = uuid7(), given.now
            await handoff.spend(connection, handoff_id, token_id, issued_at)
            unit.append(decision, _entered(session, operator, token_id))
        else:
            unit.abandon()
    claims = _claims(keyring.issuer, session, tenant, operator, token_id=token_id, issued_at=issued_at)
    left = int((session.expires_at - session.now).total_seconds())
    return Exchanged(access_token=keyring.mint(claims), expires_in=left, session=session, tenant=tenant)


def _may_enter(
    caller: Caller, session: Session | None, tenant: Tenant | None, challenge: str, redirect_uri: str
) -> Refused | None:
    if session is None or tenant is None:
        return NO_SUCH_SESSION
    if caller.person is None or session.sign_in_id != caller.person.sign_in_id:
        return NOT_YOURS
    if session.state != "ACTIVE":
        return OVER
    if tenant.workspace_url is None or redirect_uri != return_address(tenant):
        return ELSEWHERE
    if not CHALLENGE.fullmatch(challenge):
        return NO_CHALLENGE
    return None


def _may_exchange(given: Handoff, session: Session, verifier: str) -> Refused | None:
    proved = _proves(verifier, given.challenge)
    if given.spent_at and (not proved or (given.now - given.spent_at).total_seconds() >= REPEAT_SECONDS):
        return SPENT
    if not given.spent_at and given.expires_at <= given.now:
        return EXPIRED
    if not proved:
        return WRONG_VERIFIER
    # A token lives for whole seconds: in the last one of a session there is none to give.
    issued_at = given.spent_at or given.now
    too_late = int(session.expires_at.timestamp()) <= int(issued_at.timestamp())
    return OVER if session.state != "ACTIVE" or too_late else None


def _proves(verifier: str, challenge: str) -> bool:
    if not VERIFIER.fullmatch(verifier):
        return False
    made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    return hmac.compare_digest(made, challenge)


def _claims(
    issuer: str, session: Session, tenant: Tenant, operator: Operator, *, token_id: UUID, issued_at: datetime
) -> Claims:
    """What the token says. Seconds are whole and the end is rounded down: no token outlives its session."""
    second = int(issued_at.timestamp())
    return Claims(
        issuer=issuer,
        audience=origin(tenant.workspace_url or ""),
        tenant_id=tenant.id,
        operator_id=operator.id,
        operator_email=operator.email,
        session_id=session.id,
        token_id=token_id,
        mode=session.mode.value,
        issued_at=second,
        not_before=second,
        expires_at=int(session.expires_at.timestamp()),
    )


def _entered(session: Session, operator: Operator, token_id: UUID) -> ImpersonationEntered:
    return ImpersonationEntered(
        session_id=session.id,
        tenant_id=session.tenant_id,
        operator_id=operator.id,
        operator_name=operator.name,
        token_id=token_id,
    )
