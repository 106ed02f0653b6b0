"""Does what the plot says, through the use cases that serve, while the DEMO database's clock walks up to now (P1)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from actas.commands import good
from actas.demo import acts, cast
from actas.demo.plot import LAPTOP
from db import health
from permissions.caller import Caller, Origin, Person
from permissions.ids import uuid7
from permissions.operators import permissions_of
from permissions.policy import TenantStatus
from permissions.refusals import Forbidden, Refused
from resolvers import ending, expiry, handoff, impersonation, operators, roles, sign_ins, tenants
from resolvers.access import LARGEST_BATCH, AccessRecord, append
from resolvers.activity import ActivityRecorder
from resolvers.impersonation import Started, StartRequest
from resolvers.policies import SetPolicy, set_policy
from resolvers.tenants import RegisterTenant, SetStatus

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence
    from uuid import UUID

    from actas.demo.acts import Act, Seat, Visit
    from actas.demo.plot import Moment
    from db.engine import Database
    from db.impersonation import Session
    from permissions.tokens import Keyring

A_MONTH: Final = timedelta(days=28)


class Storyteller:
    """Lives through the plot, moment by moment; acts of different people at one moment are done at once."""

    def __init__(
        self,
        database: Database,
        keyring: Keyring,
        workspace: Caller,
        advance: Callable[[timedelta], Awaitable[datetime]],
        workspace_port: int,
        since: datetime,
    ) -> None:
        self._database = database
        self._keyring = keyring
        self._workspace = workspace
        self._advance = advance
        self._port = workspace_port
        self._since = since
        self._activity = ActivityRecorder(database)
        self._people: dict[str, Person] = {}
        self._callers: dict[Seat, Caller] = {}
        self._inside: dict[int, Session] = {}
        self._unreported: list[AccessRecord] = []
        self._months_until = timedelta()
        self._shows, self._read_at = since, time.monotonic()
        self.tenants: dict[str, UUID] = {}

    async def hire(self, password_hash: str, first: UUID) -> None:
        """The operators: the first one is there, and takes on the others."""
        for operator in cast.OPERATORS:
            if operator is cast.OPERATORS[0]:
                self._know(operator, first)
                await self._sign_in(acts.Seat(operator.short, "laptop"))
                continue
            caller = self._callers[acts.Seat("admin", "laptop")]
            added = await operators.add(
                self._database, caller, email=operator.email, name=operator.name, password_hash=password_hash
            )
            self._know(operator, good(added))
            if operator.role:
                granted = await roles.grant_role(
                    self._database,
                    caller,
                    operator_id=good(added),
                    role=operator.role,
                    reason="Joined the team of the demo.",
                )
                good(granted)

    async def tell(self, moments: Sequence[Moment], progress: Callable[[float], None]) -> None:
        """Everything that lies before now; then everybody goes home."""
        for number, moment in enumerate(moments):
            if self._since + moment.at >= datetime.now(UTC) - timedelta(seconds=2):
                break
            await self._come_to(moment.at)
            lanes: dict[object, list[Act]] = {}
            for act in moment.acts:
                lanes.setdefault(acts.lane(act), []).append(act)
            await asyncio.gather(*(self._in_turn(lane) for lane in lanes.values()))
            progress(number / len(moments))
        for caller in list(self._callers.values()):
            await sign_ins.sign_out(self._database, caller)
        await self._report()

    async def _in_turn(self, lane: Sequence[Act]) -> None:
        for act in lane:
            await self._do(act)

    async def _do(self, act: Act) -> None:
        match act:
            case acts.Register():
                await self._register(act)
            case acts.Change():
                await self._change(act)
            case acts.SetRules(slug=slug, rules=rules, reason=reason, by=by):
                request = SetPolicy(tenant_id=self.tenants[slug], reason=reason, changes=rules)
                good(await set_policy(self._database, self._callers[by], request))
            case acts.SignIn(seat=seat):
                await self._sign_in(seat)
            case acts.SignOut(seat=seat):
                await sign_ins.sign_out(self._database, self._callers.pop(seat))
            case acts.Elevate():
                await self._elevate(act)
            case acts.TimeIsUp():
                await expiry.expire_due(self._database)
            case acts.Report():
                await self._report()
            case _:
                await self._visit(act)

    async def _visit(self, act: acts.OfVisit) -> None:
        match act:
            case acts.Enter(visit=visit):
                await self._enter(visit)
            case acts.Leave(visit=visit):
                await self._end(self._callers[visit.seat], visit)
            case acts.TenantStops(visit=visit):
                await self._end(self._workspace, visit, on_behalf_of=f"owner@{visit.slug}.example")
            case acts.Revoke(visit=visit, reason=reason, by=by):
                session_id = self._inside[visit.number].id
                good(await ending.revoke(self._database, self._callers[by], session_id=session_id, reason=reason))
            case acts.TurnedDown():
                await self._turned_down(act)

    async def _come_to(self, at: timedelta) -> None:
        """Let time go by. What takes longer than the plot has between two moments is told that much later."""
        if (left := self._since + at - self._now()) > timedelta():
            self._shows, self._read_at = await self._advance(left), time.monotonic()
        if at >= self._months_until:
            async with self._database.bookkeeping() as connection:
                await health.ensure_months(connection)
            self._months_until = at + A_MONTH

    def _know(self, operator: cast.Operator, operator_id: UUID) -> None:
        self._people[operator.short] = Person(
            operator_id=operator_id,
            sign_in_id=operator_id,
            email=operator.email,
            name=operator.name,
            expires_at=datetime.max.replace(tzinfo=UTC),
        )

    async def _sign_in(self, seat: Seat) -> None:
        role = next(operator.role for operator in cast.OPERATORS if operator.short == seat.short)
        token = secrets.token_bytes(32)
        person = replace(self._people[seat.short], sign_in_id=uuid7())
        address = f"203.0.113.{10 + list(self._people).index(seat.short)}"
        caller = Caller(
            who=person,
            permissions=permissions_of(frozenset({role} if role else ())),
            proof=token,
            origin=Origin(ip=address, user_agent=cast.BROWSERS[seat.browser]),
        )
        await sign_ins.sign_in(
            self._database,
            caller,
            sign_in_id=person.sign_in_id,
            token_hash=hashlib.sha256(token).digest(),
            method="PASSWORD",
        )
        self._callers[seat] = caller
        await self._activity.record(caller, "Tenants", ("tenants",), tuple(self.tenants.values())[:50])

    async def _register(self, act: acts.Register) -> None:
        company = act.company
        registered = await tenants.register(
            self._database,
            self._callers[acts.Seat("admin", "laptop")],
            RegisterTenant(
                slug=company.slug,
                name=company.name,
                plan=company.plan,
                region=company.region,
                workspace_url=f"http://{company.slug}.localhost:{self._port}",
                support_url="mailto:support@actas.example",
                stripe_customer_id=f"cus_demo_{company.slug.replace('-', '_')}",
                metadata={"seats": act.seats, "industry": act.industry},
            ),
        )
        self.tenants[company.slug] = good(registered).tenant.id

    async def _change(self, act: acts.Change) -> None:
        request = SetStatus(
            tenant_id=self.tenants[act.slug],
            to=act.to,
            reason=act.reason,
            ground="UNPAID" if act.to is TenantStatus.SUSPENDED else None,
        )
        caller = self._callers[act.by]
        if act.by.short == "billing":
            change = tenants.suspend if act.to is TenantStatus.SUSPENDED else tenants.lift
        else:
            change = tenants.set_status
        good(await change(self._database, caller, request))

    async def _enter(self, visit: Visit) -> None:
        """The start, and the hand-off as the operator's browser and the workspace do it."""
        caller = self._callers[visit.seat]
        tenant_id = self.tenants[visit.slug]
        request = StartRequest(
            tenant_id=tenant_id,
            reason=visit.reason,
            ticket=visit.ticket,
            duration_seconds=visit.seconds,
            mode=visit.mode,
        )
        started, _ = await asyncio.gather(
            impersonation.start(self._database, caller, request),
            self._activity.record(caller, "Tenant", ("tenant",), (tenant_id,)),
        )
        assert isinstance(started, Started), started
        self._inside[visit.number] = started.session
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        code = await handoff.issue_code(
            self._database,
            caller,
            session_id=started.session.id,
            challenge=challenge,
            redirect_uri=handoff.return_address(started.tenant),
        )
        exchanged = await handoff.exchange(
            self._database, self._keyring, self._workspace, code=good(code), verifier=verifier
        )
        good(exchanged)
        self._unreported += _requests(visit, started.session)

    async def _end(self, caller: Caller, visit: Visit, on_behalf_of: str | None = None) -> None:
        session_id = self._inside[visit.number].id
        good(await ending.end(self._database, caller, session_id=session_id, on_behalf_of=on_behalf_of))

    async def _turned_down(self, act: acts.TurnedDown) -> None:
        request = StartRequest(tenant_id=self.tenants[act.slug], reason=act.reason)
        try:
            refused = await impersonation.start(self._database, self._callers[act.seat], request)
        except Forbidden:
            return
        assert isinstance(refused, Refused), refused

    async def _elevate(self, act: acts.Elevate) -> None:
        granted = await roles.grant_role(
            self._database,
            self._callers[act.by],
            operator_id=self._people[act.short].operator_id,
            role=act.role,
            reason=f"Covers for {self._people[LAPTOP.short].name} over lunch.",
            expires_in_seconds=int(act.lasts.total_seconds()),
        )
        good(granted)

    async def _report(self) -> None:
        """What was asked for up to now; whoever is called away at the end of the story asks for no more."""
        now = self._now()
        made, self._unreported = [record for record in self._unreported if record.at < now], []
        for first in range(0, len(made), LARGEST_BATCH):
            good(await append(self._database, self._workspace, made[first : first + LARGEST_BATCH]))

    def _now(self) -> datetime:
        """What the database's clock shows, as far as we know."""
        return self._shows + timedelta(seconds=time.monotonic() - self._read_at)


def _requests(visit: Visit, session: Session) -> Iterator[AccessRecord]:
    for request in visit.requests:
        yield AccessRecord(
            id=uuid7(),
            session_id=session.id,
            at=session.started_at + request.after,
            method=request.method,
            path=request.path,
            route=request.route,
            status=303 if request.method == "POST" else 200,
            duration_ms=request.duration_ms,
            wrote=request.method == "POST",
            request_id=None,
        )
