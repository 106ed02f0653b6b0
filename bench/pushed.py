"""How smooth the console stays while it is told of a thousand acts in ten seconds, and while ten thousand rows scroll.

The acts are changes of tenants, each of them an entry of the ledger and news of a tenant. Frames are the page's own
animation frames: where it is busy for longer than one lasts, it has fewer.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from actas.demo import cast
from bench.measured import Measured
from db.engine import Database
from db.pages.tenants import by_slugs
from permissions.caller import Caller, Service
from permissions.operators import Permission
from resolvers import keys
from resolvers.tenant_details import UpdateTenant, update
from resolvers.tenants import RegisterTenant, TenantChanged, register
from tests.browser.console import live
from tests.browser.rules import settled

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, StorageState

    from tests.running import Running

EVENTS, SECONDS = 1_000, 10
AT_ONCE = 4
ROWS = 10_000
SLUGS: Final = [company.slug for company in cast.TENANTS]
PIXELS_A_FRAME = 180  # five rows: 300 a second

TOLD: Final = """window.told = 0; window.WebSocket = class extends WebSocket {
  constructor(...how) {
    super(...how)
    this.addEventListener('message', ({ data }) => { if (data.includes('"next"')) window.told += 1 })
  }
}"""
FRAMES: Final = """([seconds, step]) => new Promise((tell) => {
  const times = [], told = window.told
  const frame = (now) => {
    times.push(now)
    if (step) scrollBy(0, step)
    if (now - times[0] < seconds * 1000) return requestAnimationFrame(frame)
    const gaps = times.slice(1).map((time, index) => time - times[index])
    tell({ rate: gaps.length / (now - times[0]) * 1000, longest: Math.max(...gaps), told: window.told - told })
  }
  requestAnimationFrame(frame)
})"""


async def frames(browser: Browser, demo: Running, signed_in: StorageState) -> list[Measured]:
    """Events on the ledger and on the list of tenants, then the list with ten thousand rows."""
    found: list[Measured] = []
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, storage_state=signed_in)
    await context.add_init_script(TOLD)
    async with product(demo) as somebody:
        for path in ("/ledger", "/tenants"):
            page = await context.new_page()
            await page.goto(f"{demo.console_url}{path}")
            await live(page)
            await settled(page)
            seen, _ = await asyncio.gather(page.evaluate(FRAMES, [SECONDS, 0]), somebody.act())
            what = f"{EVENTS:,} acts in {SECONDS} s on {path}"
            found += [
                Measured(f"{what}: frames", seen["rate"], 50, "a second", "at least"),
                Measured(f"{what}: longest frame", seen["longest"], None, "ms"),
                Measured(f"{what}: told meanwhile", seen["told"], None, "events"),
            ]
            await page.close()
        await somebody.fill()
    page = await context.new_page()
    await page.goto(f"{demo.console_url}/tenants")
    await settled(page)
    seen = await page.evaluate(FRAMES, [SECONDS, PIXELS_A_FRAME])
    what = f"scrolling through {ROWS:,} tenants"
    found += [
        Measured(f"{what}: frames", seen["rate"], None, "a second"),
        Measured(f"{what}: longest frame", seen["longest"], None, "ms"),
    ]
    await context.close()
    return found


@asynccontextmanager
async def product(demo: Running) -> AsyncIterator[Product]:
    """A customer-facing product with a key of its own, which tells what becomes of its tenants."""
    database = Database(demo.admin_url, pool_size=AT_ONCE)
    try:
        may = {Permission.TENANT_REGISTER, Permission.TENANT_READ}
        issued = await keys.issue(database, None, name="measuring", permissions=may, stated_by="the measurement")
        assert isinstance(issued, keys.Issued), issued
        who = Service(key_id=issued.key.id, name=issued.key.name, tenant_id=None)
        yield Product(database, Caller(who=who, permissions=frozenset(may), proof=issued.secret.encode()))
    finally:
        await database.close()


@dataclass(frozen=True)
class Product:
    """Acts through the use cases and not over HTTP: the process that tells the page has the telling alone to do."""

    database: Database
    caller: Caller

    async def act(self) -> None:
        """So many changes of tenants, evenly over the time, whoever of the fifty it is."""
        async with self.database.read() as connection:
            tenants = [each.id for each in (await by_slugs(connection, SLUGS)).values()]
        began = time.perf_counter()
        turns = iter(range(EVENTS))

        async def go_on() -> None:
            for turn in turns:
                await asyncio.sleep(max(0, began + turn / EVENTS * SECONDS - time.perf_counter()))
                change = UpdateTenant(tenant_id=tenants[turn % len(tenants)], given={"region": f"eu-{turn}"})
                done = await update(self.database, self.caller, change)
                assert isinstance(done, TenantChanged), done

        await asyncio.gather(*(go_on() for _ in range(AT_ONCE)))

    async def fill(self) -> None:
        """As many tenants as it takes."""
        numbers = iter(range(len(SLUGS), ROWS))

        async def go_on() -> None:
            for number in numbers:
                tenant = RegisterTenant(slug=f"zz-{number}", name=f"Zz {number}", plan="Plus")
                assert isinstance(await register(self.database, self.caller, tenant), TenantChanged)

        await asyncio.gather(*(go_on() for _ in range(AT_ONCE)))
