"""The mixed run of facts on locks, over the real use cases (docs/decisions/0012; I2 to I4 of the threat model)."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
import pytest

import db.impersonation
import db.ledger
import db.operators
import db.tenants
from permissions.operators import Role
from permissions.policy import TenantStatus
from permissions.refusals import ActasError, Forbidden, Refused, Unauthenticated
from resolvers import ending, expiry, impersonation, operators, roles, tenants
from resolvers.impersonation import Started, StartRequest
from resolvers.tenants import SetStatus
from tests.world import REASON, world_on

if TYPE_CHECKING:
    from types import ModuleType

    from db.ledger import Entry
    from permissions.caller import Caller
    from tests.databases import DatabaseUrls
    from tests.world import World

TENANTS, OPERATORS = 6, 8
STARTERS, STARTS_EACH = 10, 25


class Mix:
    """Everything that can happen to sessions, at once, each actor with its own seed."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.seed = world, seed
        self.database = world.database
        self.emails = [f"op{i}@actas.example" for i in range(OPERATORS)]
        self.callers: dict[str, Caller] = {}
        self.tenant_ids: list[UUID] = []
        self.seen: Counter[str] = Counter()
        self.disabled: set[UUID] = set()
        self.working = STARTERS

    async def prepare(self) -> None:
        for email in self.emails:
            self.callers[email] = await self.world.newcomer(email, Role.PLATFORM_SUPPORT)
        self.tenant_ids = [(await self.world.tenant(f"tenant-{i}")).id for i in range(TENANTS)]

    async def run(self) -> None:
        starters = [self.start(i) for i in range(STARTERS)]
        others = [self.suspend(0), self.suspend(1), self.expire(), self.expire(), self.stop(0), self.stop(1)]
        await asyncio.gather(*starters, *others, self.disable(), self.unseat(), self.unseat())

    async def start(self, number: int) -> None:
        chance = random.Random(f"{self.seed} start {number}")
        for _ in range(STARTS_EACH):
            email = chance.choice(self.emails)
            request = StartRequest(
                tenant_id=chance.choice(self.tenant_ids), reason=REASON, duration_seconds=chance.choice((1, 600))
            )
            try:
                outcome = await impersonation.start(self.database, self.callers[email], request)
                self.seen[type(outcome).__name__ if isinstance(outcome, Started) else outcome.code] += 1
            except (Unauthenticated, Forbidden) as error:
                self.seen[type(error).__name__] += 1
        self.working -= 1

    async def suspend(self, number: int) -> None:
        chance = random.Random(f"{self.seed} suspend {number}")
        while self.working:
            tenant_id = chance.choice(self.tenant_ids)
            admin = self.world.admin
            blocked = SetStatus(tenant_id=tenant_id, to=TenantStatus.SUSPENDED, reason="a test")
            await tenants.suspend(self.database, admin, blocked)
            await asyncio.sleep(0)
            await tenants.lift(self.database, admin, SetStatus(tenant_id=tenant_id, to=None, reason="a test"))

    async def expire(self) -> None:
        while self.working:
            await expiry.expire_due(self.database)

    async def stop(self, number: int) -> None:
        chance = random.Random(f"{self.seed} stop {number}")
        while self.working:
            try:
                await ending.end(self.database, self.callers[chance.choice(self.emails)], session_id=None)
            except Unauthenticated:
                await asyncio.sleep(0)

    async def disable(self) -> None:
        """Half of the operators, one after the other, while they start sessions."""
        for number, email in enumerate(self.emails[: OPERATORS // 2]):
            while self.working and self.seen["Started"] < (number + 1) * 12:
                await asyncio.sleep(0.001)
            outcome = await operators.disable(
                self.database, self.world.admin, operator_id=self.world.people[email], reason="a test"
            )
            assert not isinstance(outcome, Refused), outcome
            self.disabled.add(self.world.people[email])

    async def unseat(self) -> None:
        """Two admins take the role of one of the others and give it back, over and over."""
        operator_id = self.world.people[self.emails[-1]]
        while self.working:
            given: dict[str, Any] = {"operator_id": operator_id, "role": Role.PLATFORM_SUPPORT, "reason": "a test"}
            taken = await roles.revoke_role(self.database, self.world.admin, **given)
            self.seen["taken"] += not isinstance(taken, Refused)
            await roles.grant_role(self.database, self.world.admin, **given)


def inside_while_suspended(chain: list[Entry]) -> set[UUID]:
    """Sessions that a tenant's own chain shows alive at any time while it was suspended: its order is the commits'."""
    inside: set[UUID] = set()
    suspended, wrong = False, set()
    for entry in chain:
        if entry.kind == "TENANT_SUSPENDED":
            suspended = True
        elif entry.kind == "TENANT_SUSPENSION_LIFTED":
            suspended = False
        elif entry.kind == "IMPERSONATION_STARTED" and entry.session_id:
            inside.add(entry.session_id)
        elif entry.kind == "IMPERSONATION_ENDED" and entry.session_id:
            inside.discard(entry.session_id)
        if suspended:
            wrong |= inside
    return wrong


@pytest.fixture
def slow_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some milliseconds between a decision, its rows and its entries, so that every race has its chance."""
    chance = random.Random("slow steps")

    def slowed(module: ModuleType, name: str) -> None:
        step = getattr(module, name)

        async def slow(*args: object, **named: object) -> object:
            # sleep because: it is no wait but a longer race
            await asyncio.sleep(chance.random() * 0.008)
            return await step(*args, **named)

        monkeypatch.setattr(module, name, slow)

    slowed(db.impersonation, "insert")
    slowed(db.impersonation, "end")
    slowed(db.tenants, "set_status")
    slowed(db.operators, "set_disabled")
    slowed(db.operators, "revoke")
    slowed(db.ledger, "append")


@pytest.mark.usefixtures("slow_steps")
@pytest.mark.parametrize("seed", [1, 2])
async def test_no_deadlock_and_no_session_alive_that_the_decision_would_refuse(
    database_urls: DatabaseUrls, seed: int
) -> None:
    """P2, I3, I4, threats 35 to 37: starts, replacements, suspensions, expiries, stops, disabled people, lost roles."""
    async with world_on(database_urls, pool_size=16) as world:
        mix = Mix(world, seed)
        await mix.prepare()
        before = await world.admin_sql("select deadlocks from pg_stat_database where datname = current_database()")
        try:
            await mix.run()
        except ActasError as error:  # pragma: no cover  the failure that this test is about
            pytest.fail(f"the mix was refused: {error!r} from {error.__cause__!r}")
        connection = await asyncpg.connect(database_urls.admin)
        try:
            await connection.execute("select pg_stat_force_next_flush()")
            after = await connection.fetchval(
                "select deadlocks from pg_stat_database where datname = current_database()"
            )
            outlived = await connection.fetch("""
                select s.id from identity.impersonation_session s join identity.operator o on o.id = s.operator_id
                  join identity.sign_in i on i.id = s.sign_in_id
                 where coalesce(s.ended_at, 'infinity') > least(o.disabled_at, i.ended_at)""")
            roleless = await connection.fetch("""
                select s.id from identity.impersonation_session s where not exists (
                  select 1 from identity.role_grant g
                   where g.operator_id = s.operator_id and g.granted_at <= s.started_at
                     and coalesce(g.revoked_at, 'infinity') >= coalesce(s.ended_at, 'infinity'))""")
            doubled = await connection.fetchval("""
                select count(*) from (select sign_in_id from identity.impersonation_session where state = 'ACTIVE'
                  group by 1 having count(*) > 1) d""")
            unpaired = await connection.fetch("""
                select s.id, count(*) filter (where e.kind = 'IMPERSONATION_STARTED') as starts,
                       count(*) filter (where e.kind = 'IMPERSONATION_ENDED') as ends
                  from identity.impersonation_session s left join audit.entry e on e.session_id = s.id
                 group by s.id, s.state
                having count(*) filter (where e.kind = 'IMPERSONATION_STARTED') <> 1
                    or count(*) filter (where e.kind = 'IMPERSONATION_ENDED') <> (s.state = 'ENDED')::int""")
            broken = await connection.fetchval("""
                select count(*) from (select e.*, lag(hash, 1, '\\x') over (partition by chain order by seq) as before,
                    row_number() over (partition by chain order by seq) as place from audit.entry e) c
                 where c.previous_hash <> c.before or c.seq <> c.place""")
        finally:
            await connection.close()
        assert after == before, "deadlocks"
        assert not outlived, "alive after its operator was disabled"
        assert not roleless, "alive while its operator had no role that carried it"
        for tenant_id in mix.tenant_ids:
            assert not inside_while_suspended(await world.entries(tenant_id)), "alive in a suspended tenant"
        assert not doubled, "two sessions alive in one sign-in"
        assert not unpaired, "starts without exactly one end, or ends without a session that is over"
        assert not broken, "a chain with a gap"
        # The run must have met what it is about.
        assert mix.seen["Started"] > STARTERS
        assert mix.seen["TENANT_SUSPENDED"]
        assert mix.seen["taken"]
        assert len(mix.disabled) == OPERATORS // 2
