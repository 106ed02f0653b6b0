"""`actas simulate`: colleagues come and go in a running demo, over HTTP as their browsers would, so that screens move.

Only in a demo on this very machine: the database says what it is, and nothing but localhost is called.
"""

from __future__ import annotations

import asyncio
import random
import re
import sys
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import orjson

from actas.browsing import Browser, Turned
from actas.commands import database_of
from actas.demo import cast
from actas.demo.forgetting import KEY_FILE
from actas.server import CannotStart
from actas.sign_in import DEMO_PASSWORD
from db import health
from permissions.refusals import ActasError

if TYPE_CHECKING:
    from actas.settings import Settings

TENANTS: Final = "{ tenants(first: 100) { nodes { id slug name status workspaceUrl } } }"
START: Final = """mutation Enter($input: StartImpersonationInput!) { startImpersonation(input: $input) {
  ... on ImpersonationStarted { enterUrl session { id } } ... on Refused { message } } }"""
END: Final = """mutation Leave($input: EndImpersonationInput!) { endImpersonation(input: $input) {
  __typename ... on Refused { message } } }"""
SUSPEND: Final = """mutation Suspend($input: SuspendTenantInput!) { suspendTenant(input: $input) {
  __typename ... on Refused { message } } }"""
LIFT: Final = """mutation Lift($input: LiftSuspensionInput!) { liftSuspension(input: $input) {
  __typename ... on Refused { message } } }"""
CONVERSATION: Final = re.compile(r'href="(/conversations/[0-9a-f-]{36})"')
# Two browsers of one colleague are two independent sessions (C-7).
SEATS: Final = ("support", "admin", "support")
# Nobody shows these to newcomers, so nobody is surprised that they are shut for half a minute.
SHUT_AT_TIMES: Final = ("bramble", "anvil", "dune", "moss")
SHUT_SECONDS: Final = 25.0
DURATION: Final = re.compile(r"(\d+)(s|m|h|)")
UNITS: Final = {"": 1, "s": 1, "m": 60, "h": 3600}


def seconds(duration: str | None) -> float | None:
    """`90s`, `10m`, `2h` in seconds. Raises ValueError for anything else."""
    if duration is None:
        return None
    found = DURATION.fullmatch(duration.strip())
    if not found or not int(found[1]):
        raise ValueError(f"{duration} is no duration: write 90s, 10m or 2h.")
    return float(int(found[1]) * UNITS[found[2]])


async def simulate(settings: Settings, *, seconds: float | None, rate: int, seed: int, as_json: bool) -> None:
    """Keep `rate` visits a minute going until the time is up or Ctrl-C; leaves nobody inside and nothing shut.

    Raises CannotStart where there is no demo, Unavailable where it is not running.
    """
    await _is_a_demo(settings)
    async with AsyncExitStack() as stack:
        simulation = Simulation(settings.console_url, seed, as_json=as_json)
        for short in (*SEATS, "billing", "readonly"):
            await simulation.arrive(short, await stack.enter_async_context(Browser(settings.console_url)))
        try:
            async with asyncio.timeout(seconds):
                await simulation.go_on(pause=60 / rate)
        except TimeoutError:
            pass
        finally:
            await simulation.go_home()


async def _is_a_demo(settings: Settings) -> None:
    if settings.database_url is None and not (settings.data_dir / KEY_FILE).exists():
        raise CannotStart(f"There is no demo in {settings.data_dir}: start `actas demo` first, or name its --data-dir.")
    async with database_of(settings) as database, database.read() as connection:
        purpose = await health.purpose(connection)
    if purpose != "DEMO":
        raise CannotStart(f"This database was made as {purpose}: only a demo is simulated in.")


class Simulation:
    """Who sits where, and what they do next."""

    def __init__(self, console_url: str, seed: int, *, as_json: bool) -> None:
        self._console_url = console_url
        self._random = random.Random(seed)  # noqa: S311  believable, not secret
        self._as_json = as_json
        self._free: list[tuple[str, Browser]] = []
        self._others: dict[str, Browser] = {}
        self._inside: dict[Browser, str] = {}
        self._shut: dict[str, str] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    async def arrive(self, short: str, browser: Browser) -> None:
        """Sign in. Raises Turned where the demo's password is none here."""
        email = f"{short}@actas.example"
        answer = await browser.post("/sign-in", {"email": email, "password": DEMO_PASSWORD})
        if answer.status_code != 204:
            raise CannotStart(f"{email} cannot sign in at {self._console_url}: is it the demo that runs there?")
        self._tell("signed in", who=_name(short))
        if short in SEATS:
            self._free.append((short, browser))
        else:
            self._others[short] = browser

    async def go_on(self, *, pause: float) -> None:
        """Begin something new after each pause, for ever. Raises Unavailable where the demo has stopped."""
        while True:
            self._begin()
            await asyncio.sleep(pause * self._random.uniform(0.7, 1.3))
            for done in [task for task in self._under_way if task.done()]:
                self._under_way.discard(done)
                done.result()

    async def go_home(self) -> None:
        """End what goes on, open what was shut, sign everybody out; as far as the demo still answers."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        with suppress(Turned, ActasError):
            for name, tenant_id in list(self._shut.items()):
                await self._lift(tenant_id, name)
            for browser in (*self._inside, *self._others.values(), *(browser for _, browser in self._free)):
                await browser.post("/sign-out")

    def _begin(self) -> None:
        what = self._random.choices(("visit", "turned down", "shut"), weights=(84, 12, 4))[0]
        seed = self._random.random()  # drawn here, so that the order of what ends when changes no later choice
        chance = random.Random(seed)  # noqa: S311  as above
        if what == "turned down":
            self._under_way.add(asyncio.create_task(self._try_in_vain(chance)))
        elif what == "shut" and not self._shut:
            self._under_way.add(asyncio.create_task(self._shut_for_a_while(chance)))
        elif self._free:
            self._under_way.add(asyncio.create_task(self._visit(*self._free.pop(0), chance)))

    async def _visit(self, short: str, browser: Browser, chance: random.Random) -> None:
        """Find a tenant, enter it, look around, leave."""
        try:
            tenant = chance.choice(await self._tenants_that(browser, "ACTIVE", "READ_ONLY"))
            asked = {
                "tenantId": tenant["id"],
                "reason": chance.choice(cast.REASONS),
                "durationSeconds": chance.choice((300, 900, 1800)),
            }
            started = (await browser.ask(START, input=asked))["startImpersonation"]
            if "session" not in started:
                self._tell("was turned down", who=_name(short), where=tenant["name"], why=started["message"])
                return
            self._inside[browser] = short
            self._tell("entered", who=_name(short), where=tenant["name"], why=asked["reason"])
            page = await browser.get(started["enterUrl"])
            for path in chance.choices(CONVERSATION.findall(page.text) or ["/"], k=chance.randint(2, 6)):
                await asyncio.sleep(chance.uniform(0.5, 3))
                await browser.get(f"{tenant['workspaceUrl']}{path}")
            await browser.ask(END, input={"sessionId": started["session"]["id"]})
            self._tell("left", who=_name(short), where=tenant["name"])
        except Turned as turned:
            self._tell("was turned away", who=_name(short), why=str(turned))
        finally:
            self._inside.pop(browser, None)
            self._free.append((short, browser))

    async def _try_in_vain(self, chance: random.Random) -> None:
        """An auditor tries to enter."""
        browser = self._others["readonly"]
        tenant = chance.choice(await self._tenants_that(browser, "ACTIVE"))
        with suppress(Turned):
            await browser.ask(START, input={"tenantId": tenant["id"], "reason": cast.CURIOUS})
        self._tell("was turned down", who=_name("readonly"), where=tenant["name"], why=cast.CURIOUS)

    async def _shut_for_a_while(self, chance: random.Random) -> None:
        """Billing suspends a tenant, and lifts it again."""
        browser = self._others["billing"]
        candidates = [each for each in await self._tenants_that(browser, "ACTIVE") if each["slug"] in SHUT_AT_TIMES]
        if not candidates:
            return
        tenant = chance.choice(candidates)
        reason = "An invoice bounced twice, checking with the bank."
        self._shut[tenant["name"]] = tenant["id"]
        with suppress(Turned):
            await browser.ask(SUSPEND, input={"tenantId": tenant["id"], "ground": "UNPAID", "reason": reason})
            self._tell("suspended", who=_name("billing"), where=tenant["name"], why=reason)
            await asyncio.sleep(SHUT_SECONDS)
            await self._lift(tenant["id"], tenant["name"])

    async def _lift(self, tenant_id: str, name: str) -> None:
        await self._others["billing"].ask(LIFT, input={"tenantId": tenant_id, "reason": cast.PAID})
        self._shut.pop(name, None)
        self._tell("lifted the suspension of", who=_name("billing"), where=name, why=cast.PAID)

    async def _tenants_that(self, browser: Browser, *statuses: str) -> list[dict[str, Any]]:
        """As somebody looks through the list: each look is in the activity."""
        found = (await browser.ask(TENANTS))["tenants"]["nodes"]
        return [tenant for tenant in found if tenant["status"] in statuses]

    def _tell(self, what: str, *, who: str, where: str | None = None, why: str | None = None) -> None:
        now = datetime.now(UTC)
        if self._as_json:
            told = {"at": now, "operator": who, "did": what, "tenant": where, "reason": why}
            sys.stdout.write(orjson.dumps(told).decode() + "\n")
        else:
            words = f"{now:%H:%M:%S}  {who} {what}{f' {where}' if where else ''}{f': {why}' if why else ''}"
            sys.stdout.write(words + "\n")
        sys.stdout.flush()


def _name(short: str) -> str:
    return next(operator.name for operator in cast.OPERATORS if operator.short == short)
