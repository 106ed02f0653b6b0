"""The demo's world: a dozen tenants in every status, five operators, and a week of sessions.

Everything goes through the use cases that serve, while the clock of the DEMO database walks from a week ago to now.
"""

from __future__ import annotations

import base64
import hashlib
import random
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from permissions.caller import Caller, Origin, Person
from permissions.ids import uuid7
from permissions.operators import Role, permissions_of
from permissions.policy import AccessMode, TenantStatus
from permissions.refusals import Forbidden, Refused
from resolvers import ending, expiry, handoff, impersonation, operators, roles, sign_ins, tenants
from resolvers.access import AccessRecord, append
from resolvers.impersonation import Started, StartRequest
from resolvers.tenants import RegisterTenant, SetStatus

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from uuid import UUID

    from db.engine import Database
    from db.impersonation import Session
    from permissions.tokens import Keyring

SEED: Final = 20
DAYS: Final = 7
A_MOMENT: Final = timedelta(microseconds=1)
S = TenantStatus

PEOPLE: Final = (
    ("admin", "Ada Nwosu", Role.PLATFORM_ADMIN),
    ("support", "Jane Doe", Role.PLATFORM_SUPPORT),
    ("billing", "Bela Kiss", Role.PLATFORM_BILLING),
    ("readonly", "Rui Prado", Role.PLATFORM_READONLY),
    ("nobody", "Noor Haddad", None),
)
TENANTS: Final = (
    ("acme", "Acme GmbH", "Plus", "eu-central", S.ACTIVE),
    ("birch", "Birch & Sons", "Team", "eu-west", S.ACTIVE),
    ("cobalt", "Cobalt Robotics", "Enterprise", "us-east", S.ACTIVE),
    ("delta-foods", "Delta Foods", "Team", "us-east", S.ACTIVE),
    ("ember", "Ember Energy", "Plus", "eu-central", S.ACTIVE),
    ("fjord", "Fjord Travel", "Team", "eu-north", S.ACTIVE),
    ("granite", "Granite Legal", "Enterprise", "eu-west", S.ACTIVE),
    ("harbor", "Harbor Health", "Enterprise", "us-west", S.READ_ONLY),
    ("indigo", "Indigo Prints", "Starter", "eu-central", S.SUSPENDED),
    ("juniper", "Juniper Labs", "Starter", "us-west", S.OFFBOARDING),
    ("kestrel", "Kestrel Media", "Team", "eu-west", S.PROVISIONING),
    ("lumen", "Lumen Schools", "Starter", "eu-north", S.OFFBOARDED),
)
PATHS_TO: Final = {
    S.PROVISIONING: (),
    S.ACTIVE: (S.ACTIVE,),
    S.READ_ONLY: (S.ACTIVE, S.READ_ONLY),
    S.SUSPENDED: (S.ACTIVE, S.SUSPENDED),
    S.OFFBOARDING: (S.ACTIVE, S.OFFBOARDING),
    S.OFFBOARDED: (S.ACTIVE, S.OFFBOARDING, S.OFFBOARDED),
}
STATUS_REASONS: Final = {
    S.ACTIVE: "Set up and handed over to the customer.",
    S.READ_ONLY: "The customer moves to another region: no writes until it is done.",
    S.SUSPENDED: "Three invoices unpaid after the grace period.",
    S.OFFBOARDING: "The customer cancelled: export window until the end of the month.",
    S.OFFBOARDED: "The export window is over and the data was handed out.",
}
REASONS: Final = (
    "webhook 500s since this morning, checking the delivery log",
    "customer cannot find an archived thread, looking at filters",
    "invoice total differs from the dashboard, comparing both",
    "onboarding check before the go-live mail",
    "CSV import stuck at 80 %, looking for the bad row",
    "analytics chart is empty for two of their teams",
    "live verification of the new assignment rules",
    "reply from the shared inbox went to the wrong address",
)
ROUTES: Final = (
    ("GET", "/", "/"),
    ("GET", "/conversations/7d0e5f1c", "/conversations/{id}"),
    ("GET", "/conversations/2b9a40c3", "/conversations/{id}"),
    ("GET", "/audit", "/audit"),
    ("POST", "/conversations/7d0e5f1c/replies", "/conversations/{id}/replies"),
)


@dataclass(frozen=True)
class World:
    """Who is in the demo, by slug and by the first part of the address."""

    tenants: dict[str, UUID]
    operators: dict[str, UUID]


class Storyteller:
    """Lives a week through the real write path, one action after the other."""

    def __init__(
        self,
        database: Database,
        keyring: Keyring,
        workspace: Caller,
        advance: Callable[[timedelta], Awaitable[datetime]],
        workspace_port: int,
    ) -> None:
        self._database = database
        self._keyring = keyring
        self._workspace = workspace
        self._advance = advance
        self._port = workspace_port
        self._random = random.Random(SEED)  # noqa: S311  believable, not secret
        self._people: dict[str, Person] = {}
        self._signed_in: dict[str, Caller] = {}
        self.tenants: dict[str, UUID] = {}

    async def tell(self, password_hash: str, first_operator: UUID) -> World:
        """Operators, tenants, then the days; ends with the clock where the last action left it."""
        await self._hire(password_hash, first_operator)
        await self._sign_in("admin")
        await self._register()
        for day in range(DAYS):
            await self._live_a_day(day)
        return World(self.tenants, {name: person.operator_id for name, person in self._people.items()})

    async def _hire(self, password_hash: str, first_operator: UUID) -> None:
        for short, name, role in PEOPLE:
            email = f"{short}@actas.example"
            caller = self._signed_in.get("admin")
            if short == "admin":
                operator_id: UUID | Refused = first_operator
            else:
                operator_id = await operators.add(
                    self._database, caller, email=email, name=name, password_hash=password_hash
                )
            assert not isinstance(operator_id, Refused), operator_id
            if role and short != "admin":
                await roles.grant_role(
                    self._database, caller, operator_id=operator_id, role=role, reason="Joined the team of the demo."
                )
            now = datetime.now(UTC)
            self._people[short] = Person(
                operator_id=operator_id, sign_in_id=operator_id, email=email, name=name, expires_at=now
            )
            if short == "admin":
                await self._sign_in("admin")

    async def _sign_in(self, short: str) -> Caller:
        role = next(role for name, _, role in PEOPLE if name == short)
        token = secrets.token_bytes(32)
        person = replace(self._people[short], sign_in_id=uuid7())
        caller = Caller(
            who=person,
            permissions=permissions_of(frozenset({role} if role else ())),
            proof=token,
            origin=Origin(ip=f"203.0.113.{10 + list(self._people).index(short)}", user_agent="Mozilla/5.0 (demo)"),
        )
        await sign_ins.sign_in(
            self._database,
            caller,
            sign_in_id=person.sign_in_id,
            token_hash=hashlib.sha256(token).digest(),
            method="PASSWORD",
        )
        self._signed_in[short] = caller
        return caller

    async def _register(self) -> None:
        admin = self._signed_in["admin"]
        for slug, name, plan, region, status in TENANTS:
            registered = await tenants.register(
                self._database,
                admin,
                RegisterTenant(
                    slug=slug,
                    name=name,
                    plan=plan,
                    region=region,
                    workspace_url=f"http://{slug}.localhost:{self._port}",
                    support_url="mailto:support@actas.example",
                    stripe_customer_id=f"cus_demo_{slug}",
                    metadata={
                        "seats": self._random.randint(5, 240),
                        "industry": self._random.choice(("retail", "media", "tech")),
                    },
                ),
            )
            assert not isinstance(registered, Refused), registered
            self.tenants[slug] = registered.tenant.id
            for to in PATHS_TO[status]:
                changed = await tenants.set_status(
                    self._database,
                    admin,
                    SetStatus(tenant_id=registered.tenant.id, to=to, reason=STATUS_REASONS[to]),
                )
                assert not isinstance(changed, Refused), changed

    async def _live_a_day(self, day: int) -> None:
        tomorrow = await self._advance(A_MOMENT) + timedelta(days=1)
        for short in ("admin", "support", "readonly"):
            await self._sign_in(short)
        open_to_entry = [slug for slug, *_, status in TENANTS if status in {S.ACTIVE, S.READ_ONLY}]
        for visit in range(self._random.randint(6, 10)):
            await self._pass(timedelta(minutes=self._random.randint(4, 40)))
            short = "admin" if self._random.random() < 0.25 else "support"
            slug = self._random.choice(open_to_entry)
            await self._visit(short, slug, stays_until_expiry=visit % 5 == 4)
        if day == DAYS - 2:
            await self._turned_down()
        for short in ("admin", "support", "readonly"):
            await sign_ins.sign_out(self._database, self._signed_in[short])
        await self._pass(tomorrow - await self._advance(A_MOMENT))

    async def _turned_down(self) -> None:
        """What must be in a believable ledger: somebody who may not, a tenant that may not be entered."""
        for short, slug in (("readonly", "acme"), ("support", "indigo")):
            request = StartRequest(tenant_id=self.tenants[slug], reason="having a look at a question from sales")
            try:
                await impersonation.start(self._database, self._signed_in[short], request)
            except Forbidden:
                continue

    async def _visit(self, short: str, slug: str, *, stays_until_expiry: bool) -> None:
        caller = self._signed_in[short]
        mode = AccessMode.READ_WRITE if self._random.random() < 0.2 else AccessMode.READ_ONLY
        started = await impersonation.start(
            self._database,
            caller,
            StartRequest(
                tenant_id=self.tenants[slug],
                reason=self._random.choice(REASONS),
                ticket=f"SUP-{self._random.randint(1200, 4800)}" if self._random.random() < 0.7 else None,
                duration_seconds=self._random.choice((900, 1800, 1800, 3600)),
                mode=mode,
            ),
        )
        assert isinstance(started, Started), started
        await self._enter(caller, started)
        stays = timedelta(minutes=self._random.randint(2, 14))
        await self._pass(stays)
        await append(self._database, self._workspace, list(self._requests(started.session, stays)))
        if stays_until_expiry:
            await self._pass(timedelta(hours=1))
        else:
            await ending.end(self._database, caller, session_id=started.session.id)

    async def _enter(self, caller: Caller, started: Started) -> None:
        """The hand-off, as the operator's browser and the workspace do it."""
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        code = await handoff.issue_code(
            self._database,
            caller,
            session_id=started.session.id,
            challenge=challenge,
            redirect_uri=handoff.return_address(started.tenant),
        )
        assert isinstance(code, str), code
        entered = await handoff.exchange(self._database, self._keyring, self._workspace, code=code, verifier=verifier)
        assert not isinstance(entered, Refused), entered

    def _requests(self, session: Session, stays: timedelta) -> Iterator[AccessRecord]:
        for _ in range(self._random.randint(3, 18)):
            method, path, route = self._random.choice(ROUTES if session.mode == "READ_WRITE" else ROUTES[:-1])
            yield AccessRecord(
                id=uuid7(),
                session_id=session.id,
                at=session.started_at + stays * self._random.random(),
                method=method,
                path=path,
                route=route,
                status=303 if method == "POST" else 200,
                duration_ms=round(self._random.uniform(2, 60), 1),
                wrote=method == "POST",
                request_id=None,
            )

    async def _pass(self, by: timedelta) -> None:
        """Let time go by, ending on the way what runs out, as the expiry loop would."""
        now = await self._advance(A_MOMENT)
        until = now + by
        while (due := await expiry.expire_due(self._database)) and due < until:
            now = await self._advance(max(due - now, A_MOMENT))
        if until > now:
            await self._advance(until - now)
