"""Who acts is found by the proof itself, never by a name that the process hands over (mechanisms E)."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
import pytest

from db.ledger import ATTEMPTS, PLATFORM
from permissions.ids import uuid7
from permissions.operators import Permission
from permissions.policy import TenantStatus
from permissions.refusals import Unauthenticated
from resolvers import sign_ins, tenants
from resolvers.events import KINDS
from resolvers.tenants import SetStatus
from tests.raw import Raw
from tests.world import World

if TYPE_CHECKING:
    from permissions.caller import Caller

NO_PROOF = "AC003"
# Who may be the actor where nobody proves who they are: only what append() checks itself, the command line, strangers.
UNPROVED = {
    "IMPERSONATION_ENDED",
    "OPERATOR_ADDED",
    "ROLE_GRANTED",
    "ROLE_REVOKED",
    "SERVICE_KEY_ISSUED",
    "SIGNED_OUT",
    "SIGN_IN_REFUSED",
    "STRANGER_ATTEMPTS",
    "DATABASE_RESTORED",
    "TENANT_STATUS_CHANGED",
    "TENANT_SUSPENDED",
    "TENANT_SUSPENSION_LIFTED",
    "OPERATOR_DISABLED",
    "SERVICE_KEY_REVOKED",
    "LEDGER_EXPORTED",
    "POLICY_SET",
}


class TestActors:
    """Mechanisms E: who acts is found by the proof itself, never by a name that the process hands over."""

    @pytest.mark.parametrize("kind", sorted(KINDS))
    async def test_only_what_the_database_can_check_itself_needs_no_proof(
        self, app: Raw, acme: UUID, kind: str
    ) -> None:
        subjects: dict[str, Any] = {each: uuid7() for each in ("operatorId", "signInId", "keyId", "policyId")}
        chain, tenant = (acme, acme) if kind.startswith("TENANT_") else (PLATFORM, None)
        if tenant:
            subjects["tenantId"] = tenant
        refusal = None
        try:
            async with app.sql.transaction():
                await app.append(kind, chain, tenant=tenant, session=uuid7(), role="x", **subjects)
        except asyncpg.PostgresError as error:
            refusal = error.sqlstate
        if kind not in UNPROVED:
            assert refusal == NO_PROOF
        elif kind == "IMPERSONATION_ENDED":
            assert refusal == "23505", "a made-up session has no start that could end"
        else:
            assert refusal is None

    async def test_a_proof_that_nobody_has_proves_nothing(self, app: Raw, jane: Caller) -> None:
        for proof in (b"", b"\0" * 32, jane.proof[:-1], hashlib.sha256(jane.proof).digest()):
            with pytest.raises(asyncpg.PostgresError) as caught:
                await app.append(
                    "SIGNED_OUT", PLATFORM, caller=dataclasses.replace(jane, proof=proof), signInId=uuid7()
                )
            assert caught.value.sqlstate == NO_PROOF

    async def test_a_sign_in_that_is_over_proves_nothing(self, world: World) -> None:
        """S2-3: the recording checks again, whatever was checked before."""
        leaver, place = await world.operator(), (await world.somewhere()).id
        await sign_ins.sign_out(world.database, leaver)
        with pytest.raises(Unauthenticated):
            await tenants.suspend(
                world.database, leaver, SetStatus(tenant_id=place, to=TenantStatus.SUSPENDED, reason="a test")
            )
        assert await world.admin_sql("select status from identity.tenant where id = $1", place) == "ACTIVE"

    async def test_a_revoked_key_proves_nothing(self, world: World, app: Raw) -> None:
        service = await world.service(Permission.AUDIT_APPEND)
        await app.append("IMPERSONATION_REFUSED", PLATFORM, caller=service)
        async with app.sql.transaction():
            await app.append("SERVICE_KEY_REVOKED", PLATFORM, caller=world.admin, keyId=service.id)
            await app.sql.execute("update identity.service_key set revoked_at = now() where id = $1", service.id)
        with pytest.raises(asyncpg.PostgresError) as caught:
            await app.append("IMPERSONATION_REFUSED", PLATFORM, caller=service)
        assert caught.value.sqlstate == NO_PROOF

    async def test_who_acted_and_how_the_ledger_knew_is_written(self, world: World, app: Raw, jane: Caller) -> None:
        """P4, P6: whom a service names is its own statement, and so is who sits at the command line."""
        service = await world.service(Permission.TENANT_SIDE_DECIDE, name="Acme's product")
        assert jane.person
        by = ("actor_kind", "actor_id", "actor_name", "actor_proof")
        expected = [
            (jane, None, ("OPERATOR", jane.id, jane.person.name, "SIGN_IN")),
            (jane, "The CEO", ("OPERATOR", jane.id, jane.person.name, "SIGN_IN")),
            (service, None, ("SERVICE", service.id, "Acme's product", "SERVICE_KEY")),
            (
                service,
                "Ann (owner)",
                ("TENANT", service.id, "Ann (owner), as stated by key Acme's product", "STATED"),
            ),
            (None, None, ("SYSTEM", None, "Actas", "NONE")),
            (None, "root on db1", ("SYSTEM", None, "root on db1", "CLAIMED")),
        ]
        for caller, stated, written in expected:
            await app.append("SIGNED_OUT", PLATFORM, caller=caller, stated=stated, signInId=uuid7())
            entry = (await world.rows(PLATFORM))[-1]
            assert tuple(entry[column] for column in by) == written
            assert entry["db_user"] == "actas_app"
        await app.append("STRANGER_ATTEMPTS", ATTEMPTS)
        assert (await world.rows(ATTEMPTS))[-1]["actor_kind"] == "ANONYMOUS"

    async def test_no_end_is_called_expired_before_its_time(self, app: Raw, jane: Caller, acme: UUID) -> None:
        """P2: without a proof, only a deadline that has passed ends a session as EXPIRED."""
        session = await app.start_session(jane, acme)
        with pytest.raises(asyncpg.PostgresError) as caught:
            await app.ended(None, acme, session, "EXPIRED")
        assert caught.value.sqlstate == NO_PROOF
