"""A deployment under one policy, and what every test of the suite does in it through the API."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import pytest
from hypothesis import find, strategies

from permissions.operators import Permission, Role
from permissions.policy import AccessMode, ApprovalMode
from permissions.tickets import matches
from resolvers import expiry, handoff
from schema import ids

if TYPE_CHECKING:
    from db.ledger import Entry
    from db.tenants import Tenant
    from permissions.caller import Caller
    from permissions.policy import ImpersonationPolicy
    from permissions.refusals import Refused
    from tests.schema.conftest import Answer, Api

REFUSED: Final = "... on Refused { code message problems { code field } }"
SESSION: Final = """session { id uuid state mode reason ticket policyVersion startedAt expiresAt endedAt endCause
  durationSeconds endedBy { kind name } operator { email } }"""
START: Final = f"""mutation ($input: StartImpersonationInput!) {{ startImpersonation(input: $input) {{ {REFUSED}
  ... on ImpersonationStarted {{ enterUrl {SESSION} }} }} }}"""
END: Final = f"""mutation ($input: EndImpersonationInput!) {{ endImpersonation(input: $input) {{ {REFUSED}
  ... on SessionChanged {{ {SESSION} }} }} }}"""
MODE: Final = f"""mutation ($input: ChangeImpersonationModeInput!) {{ changeImpersonationMode(input: $input) {{
  {REFUSED} ... on SessionChanged {{ {SESSION} }} }} }}"""
POLICY: Final = f"""mutation ($input: SetImpersonationPolicyInput!) {{ setImpersonationPolicy(input: $input) {{
  {REFUSED} ... on PolicyChanged {{ policy {{ version }} }} }} }}"""
READ: Final = f"query ($id: ID!) {{ impersonationSession(id: $id) {SESSION.removeprefix('session')} }}"
EXCHANGE: Final = f"""mutation ($input: ExchangeHandoffInput!) {{ exchangeHandoff(input: $input) {{ {REFUSED}
  ... on ImpersonationToken {{ accessToken tokenType expiresIn
    session {{ uuid policy {{ carrier landingPath returnTo }} }} }} }} }}"""
TENANT_CHANGED: Final = "... on TenantChanged { tenant { status } sessionsEnded { uuid endCause } }"
OPERATOR_CHANGED: Final = "... on OperatorChanged { operator { roles } }"
CHANGES: Final = {
    name: f"""mutation ($input: {name[0].upper()}{name[1:]}Input!) {{ done: {name}(input: $input) {{
      {REFUSED} {told} }} }}"""
    for name, told in {
        "suspendTenant": TENANT_CHANGED,
        "liftSuspension": TENANT_CHANGED,
        "updateTenant": TENANT_CHANGED,
        "setTenantStatus": TENANT_CHANGED,
        "revokeImpersonation": f"... on SessionChanged {{ {SESSION} }}",
        "grantRole": OPERATOR_CHANGED,
        "revokeRole": OPERATOR_CHANGED,
    }.items()
}
SHORTEST_TO_LOOK_AT: Final = 30
VERIFIER: Final = "v" * 43
LONG_AGO_ENOUGH: Final = "the customer cannot log in since this morning, and asked for help in writing"


@dataclass
class House:
    """The API over a database whose deployment runs under a policy."""

    api: Api = field(repr=False)
    name: str
    policy: ImpersonationPolicy = field(repr=False)

    async def jane(self, role: Role | None = Role.PLATFORM_SUPPORT) -> Caller:
        """Somebody new, signed in; support unless said."""
        return await self.api.world.operator(role)

    async def again(self, caller: Caller) -> Caller:
        """The same person in another browser."""
        return await self.api.world.again(caller)

    async def tenant(self) -> Tenant:
        """A new active tenant."""
        return await self.api.world.somewhere()

    @property
    def reason(self) -> str:
        """One that the policy takes."""
        padded = LONG_AGO_ENOUGH.ljust(self.policy.reason_min_length, ".")
        cut = padded[: self.policy.reason_max_length]
        return cut[:-1] + "." if cut.endswith(" ") else cut

    @cached_property
    def ticket(self) -> str | None:
        """One that the policy takes, where it wants one."""
        pattern = self.policy.ticket_pattern
        if pattern is None or not self.policy.ticket_required:
            return "SUP-1" if self.policy.ticket_required else None
        known = strategies.from_regex(pattern, fullmatch=True, alphabet=strategies.characters(codec="ascii"))
        return find(known, lambda ticket: matches(pattern, ticket) and ticket.strip() == ticket != "")

    @property
    def mode(self) -> str:
        """The one in which one is let in by default; where the policy has no READ_ONLY, one that it has."""
        return AccessMode.READ_ONLY if AccessMode.READ_ONLY in self.policy.modes else self.policy.modes[0]

    def needs(self, *modes: AccessMode) -> None:
        """Leave a test out whose modes this policy does not have."""
        if missing := set(modes) - set(self.policy.modes):
            pytest.skip(f"this policy has no {', '.join(missing)}")

    async def ask(self, caller: Caller, tenant: Tenant, **asked: Any) -> Answer:
        """A start as it is answered, errors and all."""
        unsaid = {"mode": self.mode, "reason": self.reason, "ticket": self.ticket}
        given = {"tenantId": ids.encode("Tenant", tenant.id)} | unsaid | asked
        return await self.api.ask(caller, START, input=given)

    async def start(self, caller: Caller, tenant: Tenant, **asked: Any) -> dict[str, Any]:
        """What came of a start: the session, or the refusal."""
        if self.policy.approval is not ApprovalMode.NOT_NEEDED:
            pytest.skip("under this policy nobody enters until there are approvals")
        if self.policy.default_duration_seconds < SHORTEST_TO_LOOK_AT:
            pytest.skip("under this policy a session may be over before it is looked at")
        answer = await self.ask(caller, tenant, **asked)
        assert not answer.errors, answer.errors
        assert answer.data
        told: dict[str, Any] = answer.data["startImpersonation"]
        return told

    async def inside(self, caller: Caller, tenant: Tenant, **asked: Any) -> dict[str, Any]:
        """A session that is live."""
        told = await self.start(caller, tenant, **asked)
        assert "session" in told, told
        session: dict[str, Any] = told["session"]
        return session

    async def leave(self, caller: Caller, session: dict[str, Any]) -> dict[str, Any]:
        """What came of a stop."""
        told: dict[str, Any] = (await self.api.data(caller, END, input={"sessionId": session["id"]}))[
            "endImpersonation"
        ]
        return told

    async def change_mode(self, caller: Caller, session: dict[str, Any], mode: str, reason: str) -> dict[str, Any]:
        """What came of a change of mode."""
        given = {"sessionId": session["id"], "mode": mode, "reason": reason}
        told: dict[str, Any] = (await self.api.data(caller, MODE, input=given))["changeImpersonationMode"]
        return told

    async def set_rules(self, tenant: Tenant, **rules: Any) -> dict[str, Any]:
        """What came of setting a tenant's own rules."""
        given = {"tenantId": ids.encode("Tenant", tenant.id), "reason": "agreed with the customer", **rules}
        told: dict[str, Any] = (await self.api.data(self.api.world.admin, POLICY, input=given))[
            "setImpersonationPolicy"
        ]
        return told

    async def read(self, session: dict[str, Any]) -> dict[str, Any]:
        """The session as it is now."""
        found: dict[str, Any] = (await self.api.data(self.api.world.admin, READ, id=session["id"]))[
            "impersonationSession"
        ]
        return found

    async def change(self, name: str, caller: Caller | None = None, **given: Any) -> dict[str, Any]:
        """What came of one of the changes above, for a reason."""
        unsaid = {} if name == "updateTenant" else {"reason": "for the test"}
        answer = await self.api.data(caller or self.api.world.admin, CHANGES[name], input=unsaid | given)
        told: dict[str, Any] = answer["done"]
        return told

    async def tell(self, caller: Caller, query: str, **asked: Any) -> Any:
        """The one root field of a query."""
        (told,) = (await self.api.data(caller, query, **asked)).values()
        return told

    async def reader(self, tenant: Tenant) -> Caller:
        """The tenant's own product, which reads on its behalf."""
        return await self.api.key(Permission.TENANT_SIDE_READ, tenant=tenant)

    async def later(self, seconds: float) -> datetime:
        """Let time go by, with an admin who has signed in since."""
        now = await self.api.world.advance(timedelta(seconds=seconds))
        self.api.world.admin = await self.api.world.sign_in("admin@actas.example", Role.PLATFORM_ADMIN)
        return now

    async def expire(self) -> None:
        """What the expiry loop does."""
        await expiry.end_due(self.api.world.database)

    async def ledger(self, tenant: Tenant, *kinds: str) -> list[Entry]:
        """The tenant's ledger, of these kinds."""
        return await self.api.world.entries(tenant.id, *(f"IMPERSONATION_{kind}" for kind in kinds))

    async def code(self, caller: Caller, tenant: Tenant, session: dict[str, Any]) -> str | Refused:
        """The first leg of the hand-off: a code for the caller's browser, or why there is none."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
        return await handoff.issue_code(
            self.api.world.database,
            caller,
            session_id=UUID(session["uuid"]),
            challenge=challenge,
            redirect_uri=handoff.return_address(tenant),
        )

    async def hand_over(self, caller: Caller, tenant: Tenant, session: dict[str, Any]) -> tuple[Caller, str]:
        """The product's service, and a code that it may exchange."""
        code = await self.code(caller, tenant, session)
        assert isinstance(code, str), code
        return await self.api.key(Permission.TOKEN_EXCHANGE), code

    async def exchange(self, service: Caller, code: str, verifier: str = VERIFIER) -> dict[str, Any]:
        """The second leg."""
        given = {"code": code, "verifier": verifier}
        told: dict[str, Any] = (await self.api.data(service, EXCHANGE, input=given))["exchangeHandoff"]
        return told


def codes(told: dict[str, Any]) -> list[str]:
    """The codes of a refusal."""
    return [problem["code"] for problem in told["problems"]]


def person(caller: Caller) -> str:
    """An operator's id, as the API has it."""
    return ids.encode("Operator", caller.id)


def of(tenant: Tenant) -> str:
    """A tenant's id, as the API has it."""
    return ids.encode("Tenant", tenant.id)


def details(entry: Entry) -> dict[str, Any]:
    """What an entry says besides its sentence."""
    told: dict[str, Any] = json.loads(entry.details)
    return told


def moment(written: str | None) -> datetime:
    """An instant of the API."""
    assert written
    return datetime.fromisoformat(written)
