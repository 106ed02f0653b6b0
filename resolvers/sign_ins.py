"""Signing in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db import impersonation, operators
from permissions.policy import Permitted
from permissions.refusals import Unauthenticated
from resolvers.ending import by, end_sessions
from resolvers.events import SignedIn, SignedOut

if TYPE_CHECKING:
    from uuid import UUID

    from db.engine import Database
    from db.operators import Operator, SignIn
    from permissions.caller import Caller

SIGN_IN_SECONDS = 12 * 3600


async def sign_in(database: Database, caller: Caller, *, sign_in_id: UUID, token_hash: bytes, method: str) -> SignIn:
    """Open a sign-in for somebody whose password or identity provider vouched for them.

    `caller` is who they will be: its proof is the new token, so that the entry proves itself. Raises Unauthenticated
    where the operator was disabled meanwhile.
    """
    assert caller.person
    async with database.unit(caller) as unit:
        operator = await operators.lock(unit.connection, caller.person.operator_id)
        if operator is None or operator.disabled_at:
            raise Unauthenticated("This operator may not sign in.")
        opened = await operators.insert_sign_in(
            unit.connection,
            {
                "id": sign_in_id,
                "operator_id": operator.id,
                "token_hash": token_hash,
                "lasts_seconds": SIGN_IN_SECONDS,
                "ip": caller.origin.ip,
                "user_agent": caller.origin.user_agent,
            },
        )
        unit.append(
            Permitted(None),
            SignedIn(sign_in_id=sign_in_id, operator_id=operator.id, email=operator.email, method=method),
        )
    return opened


async def sign_out(database: Database, caller: Caller) -> None:
    """End the caller's sign-in and the sessions started in it (SIGNED_OUT)."""
    assert caller.person
    async with database.unit(caller) as unit:
        operator = await operators.lock(unit.connection, caller.person.operator_id)
        open_ones = await operators.lock_sign_ins(unit.connection, caller.person.operator_id, caller.person.sign_in_id)
        if operator is None or not open_ones:
            unit.abandon()
            return
        own = Permitted(None)
        inside = await impersonation.lock_active(unit.connection, sign_in_id=caller.person.sign_in_id)
        await end_sessions(unit, own, inside, "SIGNED_OUT", by(caller))
        unit.append(own, signed_out(operator, open_ones[0], "signed out"))
        await operators.end_sign_ins(unit.connection, [caller.person.sign_in_id])


def signed_out(operator: Operator, sign_in: SignIn, why: str) -> SignedOut:
    """The entry of a sign-in's end."""
    return SignedOut(sign_in_id=sign_in.id, operator_id=operator.id, email=operator.email, why=why)
