"""Impersonation sessions, and what starting, ending and handing off one takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from db.impersonation import Session
from db.pages import access as access_pages
from db.pages import impersonation as pages
from db.pages import keyset
from db.pages import ledger as ledger_pages
from permissions.fields import needs
from permissions.operators import Permission
from permissions.policy import DEFAULT, AccessMode
from permissions.reach import sees
from schema import access, ids, lazy, ledger, operators, tenants
from schema import policy as policies
from schema.context import Info
from schema.enums import ApprovalState, EndCause, SessionState
from schema.paging import After, Connection, First, Node
from schema.refusals import Refused


@strawberry.type(description="Where the tenant's approval of a session stands.")
class Approval:
    """The tenant's word."""

    state: ApprovalState = strawberry.field(description="Where it stands.")
    decided_at: datetime | None = strawberry.field(description="When it was decided.")
    decided_by: lazy.Actor | None = strawberry.field(description="Who decided.")
    note: str | None = strawberry.field(description="What they wrote.")


@strawberry.type(
    description="One stay of an operator in a tenant's workspace: who, where, why, from when to when, and how it ended."
)
class ImpersonationSession(Node):
    """A session as it is now."""

    row: strawberry.Private[Session]
    uuid: UUID = strawberry.field(description="The id that tokens carry as `sid`.")
    state: SessionState = strawberry.field(description="Where it stands.")
    mode: AccessMode = strawberry.field(description="What it may do in the workspace.")
    reason: str = strawberry.field(description="Why, as the operator stated it; the tenant reads it too.")
    ticket: str | None = strawberry.field(description="The ticket that it is about.")
    break_glass: bool = strawberry.field(description="Whether it began without the approval that was needed.")
    requested_at: datetime = strawberry.field(description="When it was asked for.")
    started_at: datetime | None = strawberry.field(description="When it began.")
    expires_at: datetime | None = strawberry.field(description="When it ends at the latest.")
    ended_at: datetime | None = strawberry.field(description="When it ended.")
    end_cause: EndCause | None = strawberry.field(description="Why it ended.")
    ended_by: lazy.Actor | None = strawberry.field(description="Who ended it.")
    duration_seconds: int | None = strawberry.field(description="How long it has lasted so far, or lasted in all.")
    last_seen_at: datetime | None = strawberry.field(description="When it made its last request.")
    request_count: int = strawberry.field(description="How many requests it made.")
    ip_address: str | None = strawberry.field(
        description="Where the operator's browser was.", extensions=[needs(Permission.ORIGIN_READ)]
    )
    user_agent: str | None = strawberry.field(
        description="Which browser it was.", extensions=[needs(Permission.ORIGIN_READ)]
    )
    policy_version: int = strawberry.field(description="The version of the rules that it runs under.")

    @classmethod
    def of(cls, row: Session) -> ImpersonationSession:
        """From its row."""
        return cls(
            id=ids.encode("ImpersonationSession", row.id),
            row=row,
            uuid=row.id,
            state=SessionState(row.state),
            mode=row.mode,
            reason=row.reason,
            ticket=row.ticket,
            break_glass=row.break_glass,
            requested_at=row.requested_at,
            started_at=row.started_at,
            expires_at=row.expires_at,
            ended_at=row.ended_at,
            end_cause=EndCause(row.end_cause) if row.end_cause else None,
            ended_by=(
                operators.Actor.of(row.ended_by_kind, row.ended_by_id, row.ended_by_name or "")
                if row.ended_by_kind
                else None
            ),
            duration_seconds=row.duration_seconds,
            last_seen_at=row.last_seen_at,
            request_count=row.requests,
            ip_address=row.ip,
            user_agent=row.user_agent,
            policy_version=row.policy_version,
        )

    @strawberry.field(description="How many of its requests could write.")
    async def write_count(self, info: Info) -> int:
        """For all sessions at once."""
        tenant_id = info.context.caller.tenant_id
        return await info.context.load(access_pages.writes_of_sessions, self.uuid, tenant=tenant_id) or 0

    @strawberry.field(description="Whose workspace it is in.")
    async def tenant(self, info: Info) -> lazy.Tenant:
        """Loaded for all sessions at once."""
        return await tenants.need(info, self.row.tenant_id)

    @strawberry.field(description="Who is inside.")
    async def operator(self, info: Info) -> lazy.Operator:
        """Loaded for all sessions at once."""
        return await operators.need(info, self.row.operator_id)

    @strawberry.field(description="The rules that it runs under: those of `policyVersion`.")
    async def policy(self, info: Info) -> policies.ImpersonationPolicy:
        """For all sessions at once."""
        version = (self.row.tenant_id, self.policy_version)
        found = await info.context.load(policies.as_of, version)
        return policies.ImpersonationPolicy.of(found or DEFAULT, self.row.tenant_id)

    @strawberry.field(description="The tenant's approval, where one was needed.")
    def approval(self) -> Approval | None:
        """None is needed yet."""
        return None

    @strawberry.field(
        description="The requests that it made, the newest first.", extensions=[needs(Permission.ACCESS_LOG_READ)]
    )
    async def access_log(
        self, info: Info, first: First = None, after: After = None
    ) -> lazy.AccessRecordConnection | None:
        """For all sessions at once."""
        window = keyset.window(access_pages.NEWEST_FIRST, first=first, after=after)
        found = await info.context.load(
            access_pages.of_sessions,
            self.uuid,
            access_pages.AccessWhere(),
            window,
            tenant=info.context.caller.tenant_id,
        )
        return access.page(found)

    @strawberry.field(
        description="The ledger's entries about it, the newest first.", extensions=[needs(Permission.AUDIT_READ)]
    )
    async def audit(self, info: Info, first: First = None, after: After = None) -> lazy.AuditEntryConnection | None:
        """For all sessions at once."""
        window = keyset.window(ledger_pages.NEWEST_FIRST, first=first, after=after)
        found = await info.context.load(
            ledger_pages.of_sessions,
            self.uuid,
            ledger_pages.EntriesWhere(),
            window,
            tenant=info.context.caller.tenant_id,
        )
        return ledger.page(info, found)


@strawberry.type(description="A page of sessions.")
class ImpersonationSessionConnection(Connection[ImpersonationSession]):
    """Some sessions of a list."""


def page(info: Info, found: keyset.Page[Session] | None) -> ImpersonationSessionConnection:
    """The connection of a page of sessions."""
    return ImpersonationSessionConnection.of(found or keyset.Page(), lambda row: wrap(info, row))


def wrap(info: Info, row: Session) -> ImpersonationSession:
    """A session as the API tells of it; its tenant has been looked at."""
    info.context.seen.add(row.tenant_id)
    return ImpersonationSession.of(row)


async def load(info: Info, session_id: UUID) -> ImpersonationSession | None:
    """The session with this id; another tenant's does not exist for a bound caller."""
    row = await info.context.load(pages.by_ids, session_id)
    return wrap(info, row) if row and sees(info.context.caller, row.tenant_id) else None


async def need(info: Info, session_id: UUID) -> ImpersonationSession:
    """The session that a row refers to."""
    found = await load(info, session_id)
    if found is None:
        raise LookupError(f"session {session_id} is referred to and does not exist for the caller")
    return found


@strawberry.input(description="A request to enter a tenant's workspace.")
class StartImpersonationInput:
    """What a start needs."""

    tenant_id: strawberry.ID = strawberry.field(description="Whose workspace.")
    reason: str | None = strawberry.field(default=None, description="Why: the tenant reads it.")
    ticket: str | None = strawberry.field(default=None, description="The ticket that it is about.")
    duration_seconds: int | None = strawberry.field(
        default=None, description="How long at most; the policy's default unless given."
    )
    mode: AccessMode | None = strawberry.field(default=None, description="READ_ONLY unless given.")
    break_glass: bool | None = strawberry.field(default=None, description="Enter without the approval that is needed.")
    idempotency_key: str | None = strawberry.field(default=None, description=ids.IDEMPOTENCY)


@strawberry.input(description="A request to end a session.")
class EndImpersonationInput:
    """What an end needs."""

    session_id: strawberry.ID | None = strawberry.field(
        default=None, description="Which one; the viewer's own of this sign-in unless given."
    )
    on_behalf_of: str | None = strawberry.field(
        default=None, description="The tenant's person who stopped it, as the tenant's service states."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=ids.IDEMPOTENCY)


@strawberry.input(description="A request to end another operator's session.")
class RevokeImpersonationInput:
    """What a revocation needs."""

    session_id: strawberry.ID = strawberry.field(description="Which one.")
    reason: str = strawberry.field(description="Why: it is kept in the ledger.")
    idempotency_key: str | None = strawberry.field(default=None, description=ids.IDEMPOTENCY)


@strawberry.input(description="A change of one's own session's mode.")
class ChangeImpersonationModeInput:
    """What the change needs."""

    session_id: strawberry.ID = strawberry.field(description="Which session.")
    mode: AccessMode = strawberry.field(description="What it may do from now on.")
    reason: str = strawberry.field(
        description="Why: the tenant reads it. It may be empty where the policy needs none, and for READ_ONLY."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=ids.IDEMPOTENCY)


@strawberry.input(description="A hand-off's code and the verifier of its challenge (PKCE, RFC 7636).")
class ExchangeHandoffInput:
    """What a guard trades for a token."""

    code: str = strawberry.field(description="The code that the console's redirect brought; single use, for 60 s.")
    verifier: str = strawberry.field(description="What the challenge was made of.")


@strawberry.type(description="The session runs, and is in the ledger.")
class ImpersonationStarted:
    """A start that happened."""

    session: ImpersonationSession = strawberry.field(description="The session.")
    enter_url: str = strawberry.field(
        description="Where the operator's browser goes next: the tenant's product. It holds no secret."
    )


@strawberry.type(description="The tenant has been asked to approve.")
class ImpersonationPending:
    """A start that waits."""

    session: ImpersonationSession = strawberry.field(description="The session that waits.")


@strawberry.type(description="A session changed.")
class SessionChanged:
    """The session after the change."""

    session: ImpersonationSession = strawberry.field(description="The session as it is now.")


@strawberry.type(
    description=(
        "A token in the shape of RFC 8693: `sub` is the tenant's context, `act` the operator, `scope` impersonation; "
        "with `tenant_id`, `platform_user_id`, `sid`, `jti`, `mode`, `iat`, `nbf`, `exp`. There is no refresh token."
    )
)
class ImpersonationToken:
    """What a guard keeps for the session's life."""

    access_token: str = strawberry.field(description="The token: an EdDSA JWT of the type `impersonation+jwt`.")
    token_type: str = strawberry.field(description="Always `Bearer`.")
    expires_in: int = strawberry.field(description="In how many seconds it ends, with the session.")
    session: ImpersonationSession = strawberry.field(description="The session that it is for.")


StartImpersonationResult = Annotated[
    ImpersonationStarted | ImpersonationPending | Refused,
    strawberry.union("StartImpersonationResult", description="What became of a start."),
]
SessionResult = Annotated[
    SessionChanged | Refused, strawberry.union("SessionResult", description="What became of a change to a session.")
]
ExchangeHandoffResult = Annotated[
    ImpersonationToken | Refused, strawberry.union("ExchangeHandoffResult", description="What became of a hand-off.")
]
