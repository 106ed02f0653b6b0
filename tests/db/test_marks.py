"""The database's half of "nothing without a record": tenants, rules, operators, roles, sign-ins and keys (P1, P2).

The write unit is the process's half (test_unit.py). Here the statements are made by hand, as a captured process could.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import asyncpg
import pytest

from db.ledger import PLATFORM
from permissions.ids import uuid7
from permissions.operators import Permission
from tests.raw import Raw, refused
from tests.world import World

if TYPE_CHECKING:
    from uuid import UUID

    from permissions.caller import Caller


NOT_ALLOWED = "42501"
OPERATOR = "insert into identity.operator (id, email, name, created_at) values ($1, $2, 'X', now())"
GRANT = """insert into identity.role_grant (id, operator_id, role, reason, granted_by_kind, granted_by_name, granted_at)
    values (gen_random_uuid(), $1, $2, 'x', 'SYSTEM', 'x', now())"""
SIGN_IN = """insert into identity.sign_in (id, operator_id, token_hash, created_at, expires_at)
    values ($1, $2, $3, now(), now() + interval '12 hours')"""
KEY = """insert into identity.service_key (id, name, prefix, key_hash, permissions, created_at)
    values ($1, 'x', 'actas_x', $2, '{TOKEN_EXCHANGE}', now())"""
TENANT = """insert into identity.tenant (id, slug, name, status, created_at, updated_at)
    values ($1, 'x-' || $2, 'X', 'PROVISIONING', now(), now())"""


class TestEverythingElse:
    """Tenants, operators, roles, sign-ins and keys: each change has its own entry (S1-6, S1-10, S1-17)."""

    async def test_no_tenant_without_its_entry(self, app: Raw) -> None:
        async with refused(app):
            await app.sql.execute(TENANT, uuid7(), secrets.token_hex(4))

    async def test_no_status_without_its_entry(self, app: Raw, acme: UUID) -> None:
        async with refused(app):
            await app.sql.execute("update identity.tenant set status = 'SUSPENDED' where id = $1", acme)

    async def test_no_status_under_an_entry_that_says_another(self, app: Raw, world: World, acme: UUID) -> None:
        async with refused(app):
            await app.append(
                "TENANT_STATUS_CHANGED", acme, tenant=acme, caller=world.admin, tenantId=acme, to="READ_ONLY"
            )
            await app.sql.execute("update identity.tenant set status = 'SUSPENDED' where id = $1", acme)

    async def test_no_status_under_another_tenants_entry(self, app: Raw, world: World, acme: UUID) -> None:
        other = (await world.somewhere()).id
        async with refused(app):
            await app.append(
                "TENANT_SUSPENDED", other, tenant=other, caller=world.admin, tenantId=other, to="SUSPENDED"
            )
            await app.sql.execute("update identity.tenant set status = 'SUSPENDED' where id = any($1)", [acme, other])

    async def test_one_entry_does_not_cover_two_changes(self, app: Raw, world: World, acme: UUID) -> None:
        """Suspended, lifted and suspended again in one transaction, with an entry for each but the last."""
        async with refused(app):
            for kind, to in (("TENANT_SUSPENDED", "SUSPENDED"), ("TENANT_SUSPENSION_LIFTED", "ACTIVE")):
                await app.append(kind, acme, tenant=acme, caller=world.admin, tenantId=acme, to=to)
            for status in ("SUSPENDED", "ACTIVE", "SUSPENDED"):
                await app.sql.execute("update identity.tenant set status = $2 where id = $1", acme, status)

    async def test_an_entry_of_an_earlier_transaction_covers_nothing(self, app: Raw, world: World) -> None:
        tenant = (await world.somewhere()).id
        await app.append("TENANT_SUSPENDED", tenant, tenant=tenant, caller=world.admin, tenantId=tenant, to="SUSPENDED")
        async with refused(app):
            await app.sql.execute("update identity.tenant set status = 'SUSPENDED' where id = $1", tenant)

    @pytest.mark.parametrize(
        "change",
        [
            "name = 'x'",
            "plan = 'x'",
            "region = 'x'",
            "metadata = '{\"a\": 1}'",
            "support_url = 'https://evil.example'",
            "workspace_url = 'https://evil.example'",
            "stripe_customer_id = 'x'",
            "status_reason = 'x'",
            "status_before = 'READ_ONLY'",
        ],
    )
    async def test_nothing_known_of_a_tenant_changes_without_its_entry(self, app: Raw, acme: UUID, change: str) -> None:
        """P3."""
        async with refused(app):
            await app.sql.execute(f"update identity.tenant set {change} where id = $1", acme)

    @pytest.mark.parametrize("column", ["id", "slug", "created_at"])
    async def test_what_identifies_a_tenant_never_changes(self, app: Raw, column: str) -> None:
        async with refused(app, NOT_ALLOWED):
            await app.sql.execute(f"update identity.tenant set {column} = {column}")

    async def test_no_workspace_under_an_entry_that_names_another(self, app: Raw, world: World, acme: UUID) -> None:
        """The hand-off's codes go there."""
        async with refused(app):
            url = "https://acme.example"
            await app.append("TENANT_UPDATED", acme, tenant=acme, caller=world.admin, tenantId=acme, workspaceUrl=url)
            await app.sql.execute(
                "update identity.tenant set workspace_url = 'https://evil.example' where id = $1", acme
            )

    async def test_no_workspace_under_another_tenants_entry(self, app: Raw, world: World, acme: UUID) -> None:
        other, moved = (await world.somewhere()).id, "https://new.example"
        async with refused(app):
            await app.append(
                "TENANT_UPDATED", other, tenant=other, caller=world.admin, tenantId=other, workspaceUrl=moved
            )
            await app.sql.execute("update identity.tenant set workspace_url = $2 where id = $1", acme, moved)

    async def test_no_operator_without_its_entry(self, app: Raw) -> None:
        async with refused(app):
            await app.sql.execute(OPERATOR, uuid7(), "x@actas.example")

    @pytest.mark.parametrize("value", ["audit.clock()", "null"])
    async def test_no_disabling_and_no_enabling_without_its_entry(
        self, app: Raw, world: World, jane: Caller, value: str
    ) -> None:
        operator = jane.id
        if value == "null":
            operator = (await world.operator(None)).id
            async with app.sql.transaction():
                await app.append("OPERATOR_DISABLED", PLATFORM, caller=world.admin, operatorId=operator)
                await app.sql.execute(
                    "update identity.operator set disabled_at = audit.clock() where id = $1", operator
                )
        async with refused(app):
            await app.sql.execute(f"update identity.operator set disabled_at = {value} where id = $1", operator)

    async def test_no_role_without_its_entry(self, app: Raw, jane: Caller) -> None:
        """S1-6."""
        async with refused(app):
            await app.sql.execute(GRANT, jane.id, "PLATFORM_ADMIN")

    async def test_no_role_under_an_entry_of_a_lesser_one(self, app: Raw, world: World, jane: Caller) -> None:
        async with refused(app):
            await app.append("ROLE_GRANTED", PLATFORM, caller=world.admin, operatorId=jane.id, role="PLATFORM_READONLY")
            await app.sql.execute(GRANT, jane.id, "PLATFORM_ADMIN")

    async def test_no_loss_of_a_role_without_its_entry(self, app: Raw, jane: Caller) -> None:
        async with refused(app):
            await app.sql.execute("update identity.role_grant set revoked_at = now() where operator_id = $1", jane.id)

    async def test_a_lost_role_does_not_come_back(self, app: Raw, world: World) -> None:
        """A new grant with its own entry, or none."""
        operator = (await world.operator()).id
        async with app.sql.transaction():
            await app.append("ROLE_REVOKED", PLATFORM, caller=world.admin, operatorId=operator, role="PLATFORM_SUPPORT")
            await app.sql.execute("update identity.role_grant set revoked_at = now() where operator_id = $1", operator)
        async with refused(app):
            await app.sql.execute("update identity.role_grant set revoked_at = null where operator_id = $1", operator)

    async def test_no_sign_in_without_its_entry(self, app: Raw, jane: Caller) -> None:
        async with refused(app):
            await app.sql.execute(SIGN_IN, uuid7(), jane.id, secrets.token_bytes(32))

    async def test_no_end_of_a_sign_in_without_its_entry(self, app: Raw, jane: Caller) -> None:
        async with refused(app):
            await app.sql.execute("update identity.sign_in set ended_at = now() where operator_id = $1", jane.id)

    async def test_a_sign_in_that_is_over_stays_over(self, app: Raw, world: World) -> None:
        person = (await world.operator()).person
        assert person
        async with app.sql.transaction():
            await app.append("SIGNED_OUT", PLATFORM, caller=world.admin, signInId=person.sign_in_id)
            await app.sql.execute("update identity.sign_in set ended_at = now() where id = $1", person.sign_in_id)
        for value in ("null", "now() + interval '1 hour'"):
            async with refused(app):
                await app.sql.execute(
                    f"update identity.sign_in set ended_at = {value} where id = $1", person.sign_in_id
                )

    async def test_no_key_without_its_entry(self, app: Raw) -> None:
        async with refused(app):
            await app.sql.execute(KEY, uuid7(), secrets.token_bytes(32))

    async def test_no_revocation_of_a_key_without_its_entry_and_no_way_back(self, app: Raw, world: World) -> None:
        key = (await world.service(Permission.TOKEN_EXCHANGE)).id
        revoke = "update identity.service_key set revoked_at = now() where id = $1"
        async with refused(app):
            await app.sql.execute(revoke, key)
        async with app.sql.transaction():
            await app.append("SERVICE_KEY_REVOKED", PLATFORM, caller=world.admin, keyId=key)
            await app.sql.execute(revoke, key)
        async with refused(app):
            await app.sql.execute("update identity.service_key set revoked_at = null where id = $1", key)

    async def test_no_rules_without_their_entry(self, app: Raw, acme: UUID) -> None:
        """Neither a tenant's nor the deployment's."""
        for tenant in (acme, None):
            async with refused(app):
                await app.set_policy(uuid7(), tenant, {"exclusive": False})

    @pytest.mark.parametrize("recorded", [{"exclusive": True}, {"ticketPattern": "x" * 5_000}])
    async def test_no_rules_under_an_entry_that_says_others(
        self, app: Raw, world: World, acme: UUID, recorded: dict[str, object]
    ) -> None:
        policy = uuid7()
        async with refused(app):
            await app.append(
                "POLICY_SET", acme, tenant=acme, caller=world.admin, policyId=policy, tenantId=acme, rules=recorded
            )
            await app.set_policy(policy, acme, {**recorded, "modes": ["READ_WRITE"]})

    async def test_no_rules_of_a_tenant_under_an_entry_that_it_cannot_read(
        self, app: Raw, world: World, acme: UUID
    ) -> None:
        """P3: in another tenant's ledger, or in the platform's."""
        for other in ((await world.somewhere()).id, None):
            policy = uuid7()
            async with refused(app):
                await app.append(
                    "POLICY_SET", other or PLATFORM, tenant=other, caller=world.admin, policyId=policy, rules={}
                )
                await app.set_policy(policy, acme, {})

    async def test_rules_with_their_entry_are_kept_however_long_they_are(
        self, app: Raw, world: World, acme: UUID
    ) -> None:
        """What the others leave something out of."""
        policy, rules = uuid7(), {"ticketPattern": "x" * 5_000}
        async with app.sql.transaction():
            await app.append(
                "POLICY_SET", acme, tenant=acme, caller=world.admin, policyId=policy, tenantId=acme, rules=rules
            )
            assert await app.set_policy(policy, acme, rules) > 0

    @pytest.mark.parametrize(
        "change",
        [
            "identity.role_grant set role = 'PLATFORM_ADMIN'",
            "identity.role_grant set expires_at = null",
            "identity.sign_in set expires_at = now() + interval '1 year'",
            "identity.sign_in set operator_id = gen_random_uuid()",
            "identity.service_key set permissions = '{TENANT_SIDE_DECIDE}'",
            "identity.service_key set tenant_id = null",
            "identity.tenant_policy set rules = '{}'",
            "audit.mark set xid = pg_current_xact_id()",
            "audit.session_mark set end_xid = pg_current_xact_id()",
        ],
    )
    async def test_what_a_grant_a_sign_in_or_a_key_is_worth_cannot_be_changed_at_all(
        self, app: Raw, change: str
    ) -> None:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.sql.execute(f"update {change}")
