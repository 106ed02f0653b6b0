"""How soon an end and a suspension hold in every service of a product."""

from __future__ import annotations

import asyncio
import statistics
import time
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from actas_guard import Guard, GuardSettings, subdomain
from actas_guard.events import TenantStatus
from bench.measured import Measured
from bench.session_life import END, START, Console, elapsed
from bench.stand import hello, page, status

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.running import Running

SERVICES, ENDS, SUSPENSIONS = 100, 60, 30  # so many that one slow act is not the p99
SUSPEND = """mutation ($tenant: ID!) { suspendTenant(input: {tenantId: $tenant, reason: "measuring how soon"}) {
  __typename ... on Refused { message } } }"""
LIFT = """mutation ($tenant: ID!) { liftSuspension(input: {tenantId: $tenant, reason: "measured"}) {
  __typename ... on Refused { message } } }"""


async def reach(demo: Running) -> list[Measured]:
    """A hundred services of one product: from the operator's click to the refusal by each of them."""
    console = Console(demo.console_url)
    await console.sign_in()
    tenant = (await console.ask('{ tenant(slug: "acme") { id uuid } }'))["tenant"]
    settings = GuardSettings(
        console_url=demo.console_url,
        service_key=demo.service_key,
        issuer=demo.console_url,
        tenant_of=subdomain("example.com"),
        scheme="https",
    )
    guards = [Guard(hello, settings) for _ in range(SERVICES)]
    try:
        for guard in guards:
            guard._service.start()
        await _until(lambda: all(guard._service.live.ready for guard in guards))
        ends: list[float] = []
        for _ in range(ENDS):
            uuid = UUID((await console.ask(START, tenant=tenant["id"]))["startImpersonation"]["session"]["uuid"])
            await _until(partial(_lives_in_all, uuid, guards))
            ends += await _times(
                guards,
                UUID(tenant["uuid"]),
                console.ask(END),
                partial(_over, uuid),
            )
        suspensions: list[float] = []
        for _ in range(SUSPENSIONS):
            suspend = console.ask(SUSPEND, tenant=tenant["id"])
            suspensions += await _times(
                guards, UUID(tenant["uuid"]), suspend, lambda guard: _status(guard) is not TenantStatus.ACTIVE
            )
            assert {await status(guard, page("/")) for guard in guards} == {503}
            await console.ask(LIFT, tenant=tenant["id"])
            await _until(lambda: all(_status(guard) is TenantStatus.ACTIVE for guard in guards))
    finally:
        await asyncio.gather(*(guard._service.stop() for guard in guards))
    return [
        Measured(f"end: from the click to {SERVICES} services' refusals, p99", _p99(ends), 250, "ms"),
        Measured(f"suspension: from the click to {SERVICES} services' refusals, p99", _p99(suspensions), 250, "ms"),
    ]


async def _times(guards: list[Guard], tenant_id: UUID, act: Any, refuses: Callable[[Guard], bool]) -> list[float]:
    began = time.perf_counter()

    async def refused(guard: Guard) -> float:
        with guard._service.live.watch(tenant_id) as changed:
            while not refuses(guard):
                await changed.wait()
                changed.clear()
        return elapsed(began)

    waiting = [asyncio.create_task(refused(guard)) for guard in guards]
    await act
    async with asyncio.timeout(30):
        return await asyncio.gather(*waiting)


def _lives_in_all(session_id: UUID, guards: list[Guard]) -> bool:
    return all(guard._service.live.lives(session_id) for guard in guards)


def _over(session_id: UUID, guard: Guard) -> bool:
    return not guard._service.live.lives(session_id)


def _status(guard: Guard) -> TenantStatus | None:
    tenant = guard._service.live.tenant("acme")
    return tenant.status if tenant else None


def _p99(samples: list[float]) -> float:
    return statistics.quantiles(samples, n=100)[-1]


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.01)
