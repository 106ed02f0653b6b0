"""The database's half of reports: services only, each id once, never a kind that Actas writes itself (P1, P2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from permissions.ids import uuid7
from permissions.operators import Permission
from tests.raw import Raw, refused
from tests.world import World

if TYPE_CHECKING:
    from permissions.caller import Caller

NO_PROOF, CANNOT_RECORD, NOT_ALLOWED = "AC003", "AC004", "42501"
CLAIM = "select audit.claim_report($1, $2, $3, $4)"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def service(world: World) -> Caller:
    return await world.service(Permission.AUDIT_APPEND)


async def test_only_the_first_with_an_id_is_to_be_entered(app: Raw, service: Caller) -> None:
    report = uuid7()
    assert await app.sql.fetchval(CLAIM, service.proof, report, "TENANT_MOVED", b"a") == "FIRST"
    assert await app.sql.fetchval(CLAIM, service.proof, report, "TENANT_MOVED", b"a") == "KNOWN"
    assert await app.sql.fetchval(CLAIM, service.proof, report, "TENANT_MOVED", b"b") == "ANOTHER"


async def test_a_report_that_was_not_entered_after_all_may_come_again(app: Raw, service: Caller) -> None:
    """The claim lives and dies with the entry's transaction."""
    report, transaction = uuid7(), app.sql.transaction()
    await transaction.start()
    assert await app.sql.fetchval(CLAIM, service.proof, report, "TENANT_UNMOVED", b"a") == "FIRST"
    await transaction.rollback()
    assert await app.sql.fetchval(CLAIM, service.proof, report, "TENANT_UNMOVED", b"a") == "FIRST"


@pytest.mark.parametrize("kind", ["IMPERSONATION_STARTED", "TENANT_SUSPENDED", "DATABASE_RESTORED"])
async def test_a_kind_that_actas_writes_itself_is_nobodys_to_report(app: Raw, service: Caller, kind: str) -> None:
    async with refused(app, CANNOT_RECORD):
        await app.sql.execute(CLAIM, service.proof, uuid7(), kind, b"a")


@pytest.mark.parametrize("kind", ["", "MOVED", "tenant_moved", "TENANT_MOVED\n", "TENANT MOVED"])
async def test_what_is_no_kind_does_not_become_one(app: Raw, service: Caller, kind: str) -> None:
    async with refused(app, CANNOT_RECORD):
        await app.sql.execute(CLAIM, service.proof, uuid7(), kind, b"a")


async def test_no_person_and_nobody_unproved_reports(app: Raw, world: World) -> None:
    for proof in (world.admin.proof, b"nobody's", None):
        async with refused(app, NO_PROOF):
            await app.sql.execute(CLAIM, proof, uuid7(), "TENANT_MOVED", b"a")


async def test_no_kind_is_entered_that_nobody_reported(app: Raw, service: Caller) -> None:
    async with refused(app, CANNOT_RECORD):
        await app.append("TENANT_UNHEARD_OF", uuid7(), caller=service)
