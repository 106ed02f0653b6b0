"""Actas as outsiders expect it: other people's audits and clients find what their protocols promise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from permissions.operators import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.actas.serving import Site
    from tests.clients.conftest import Clients

    Record = Callable[[str, object], None]


def failed(told: list[dict[str, Any]], name: str, record: Record) -> list[dict[str, Any]]:
    """Those that do not hold; how many do is printed at the end of the run."""
    wrong = [each for each in told if each["status"] != "ok"]
    record("figure", f"{name}: {len(told) - len(wrong)} of {len(told)}")
    return wrong


async def test_every_audit_of_graphql_over_http_passes_signed_in(
    site: Site, clients: Clients, record_property: Record
) -> None:
    """Both media types; queries by GET are switched on, as nowhere else."""
    headers = site.console_headers(await site.operator(Role.PLATFORM_ADMIN))
    told = await clients.run("audits.mjs", f"{site.origin}/graphql", headers)
    assert failed(told, "graphql-http audits", record_property) == []
    assert len(told) == 61


@pytest.mark.parametrize(
    ("client", "script", "steps"), [("graphql-ws client", "sockets.mjs", 12), ("graphql-sse client", "events.mjs", 10)]
)
async def test_the_protocols_own_client_finds_what_it_promises(
    site: Site, clients: Clients, record_property: Record, client: str, script: str, steps: int
) -> None:
    """P7 among it: the stream is over when the viewer's sign-in is."""
    cookie = await site.operator(Role.PLATFORM_SUPPORT)

    async def turn(_: str) -> None:
        async with site.client(cookie=cookie) as browser:
            assert (await browser.post("/sign-out", headers={"origin": site.origin})).status_code < 400

    told = await clients.run(script, f"{site.origin}/graphql", site.console_headers(cookie), turn)
    assert failed(told, client, record_property) == []
    assert len(told) == steps
