"""The hand-off: codes and tokens (DESIGN section 7; P1, S2-7; threats 12, 58, 59)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import asyncpg
import jwt
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from actas_guard.claims import MAX_TOKEN_BYTES, Claims
from permissions.caller import Caller, Origin
from permissions.operators import Permission, Role
from permissions.refusals import Forbidden, RefusalCode, Refused, Unavailable
from permissions.tokens import Keyring
from resolvers import ending, handoff, impersonation, keys
from resolvers.callers import Callers
from resolvers.handoff import Exchanged
from resolvers.impersonation import Started, StartRequest
from tests.world import REASON

if TYPE_CHECKING:
    from uuid import UUID

    from db.tenants import Tenant
    from tests.world import World

KEYRING = Keyring([Ed25519PrivateKey.generate()], "http://console.example")
VERIFIER = "v" * 43


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


@dataclass
class Entering:
    """An operator inside a tenant, and the service that serves its workspace."""

    world: World
    tenant: Tenant
    operator: Caller
    service: Caller
    session_id: UUID

    async def code(self, caller: Caller | None = None, **changed: object) -> str | Refused:
        given = {
            "session_id": self.session_id,
            "challenge": challenge_of(VERIFIER),
            "redirect_uri": handoff.return_address(self.tenant),
            **changed,
        }
        return await handoff.issue_code(self.world.database, caller or self.operator, **given)  # type: ignore[arg-type]

    async def good_code(self) -> str:
        code = await self.code()
        assert isinstance(code, str)
        return code

    async def exchange(
        self, code: str, *, verifier: str = VERIFIER, service: Caller | None = None
    ) -> Exchanged | Refused:
        return await handoff.exchange(
            self.world.database, KEYRING, service or self.service, code=code, verifier=verifier
        )

    async def key(self, *permissions: Permission, tenant_id: UUID | None = None) -> Caller:
        issued = await keys.issue(
            self.world.database,
            None,
            name="a guard",
            permissions=permissions,
            tenant_id=tenant_id,
            stated_by="the test",
        )
        assert not isinstance(issued, Refused)
        caller = await Callers(self.world.database).by_key(issued.secret, Origin())
        assert caller
        return caller

    async def told(self, *kinds: str) -> list[str]:
        """Which of these kinds the tenant's ledger has, in order."""
        return [entry.kind for entry in await self.world.entries(self.tenant.id, *kinds)]


@pytest_asyncio.fixture(loop_scope="session")
async def entering(world: World) -> Entering:
    tenant = await world.tenant("acme")
    operator = await world.newcomer("sam@actas.example", Role.PLATFORM_SUPPORT)
    started = await impersonation.start(world.database, operator, StartRequest(tenant_id=tenant.id, reason=REASON))
    assert isinstance(started, Started)
    made = Entering(world, tenant, operator, operator, started.session.id)
    made.service = await made.key(Permission.TOKEN_EXCHANGE)
    return made


def code_of(outcome: object) -> RefusalCode:
    assert isinstance(outcome, Refused), outcome
    return outcome.code


def claims_in(token: str) -> dict[str, object]:
    claims: dict[str, object] = jwt.decode(token, options={"verify_signature": False})
    return claims


async def test_the_code_of_the_right_browser_becomes_the_sessions_token(entering: Entering) -> None:
    outcome = await entering.exchange(await entering.good_code())
    assert isinstance(outcome, Exchanged)
    person = entering.operator.person
    assert person
    key = jwt.PyJWK(KEYRING.jwks()["keys"][0])
    claims = jwt.decode(
        outcome.access_token, key, algorithms=["EdDSA"], audience="http://acme.localhost:8001",
        issuer="http://console.example", options={"verify_iat": False, "verify_nbf": False},
    )  # fmt: skip
    read = Claims.from_payload(claims)
    assert (read.tenant_id, read.session_id) == (entering.tenant.id, entering.session_id)
    assert (read.operator_id, read.operator_email, read.mode) == (person.operator_id, person.email, "READ_ONLY")
    assert claims["act"] == {"sub": str(person.operator_id), "email": person.email}
    assert read.expires_at == int(outcome.session.expires_at.timestamp())
    assert 0 < outcome.expires_in <= 1800
    assert jwt.get_unverified_header(outcome.access_token) == {
        "alg": "EdDSA", "typ": "impersonation+jwt", "kid": KEYRING.jwks()["keys"][0]["kid"],
    }  # fmt: skip
    assert len(outcome.access_token) <= MAX_TOKEN_BYTES


async def test_entering_is_in_the_tenants_ledger_before_there_is_a_token(entering: Entering) -> None:
    """P1."""
    code = await entering.good_code()
    assert await entering.told("IMPERSONATION_ENTERED") == []
    outcome = await entering.exchange(code)
    assert isinstance(outcome, Exchanged)
    (entry,) = await entering.world.entries(entering.tenant.id, "IMPERSONATION_ENTERED")
    assert str(claims_in(outcome.access_token)["jti"]) in entry.details
    assert entry.actor_proof == "SERVICE_KEY"


async def test_without_a_ledger_there_is_no_token_and_the_code_is_not_spent(entering: Entering) -> None:
    """P1: the head of the tenant's chain is held by somebody else."""
    code = await entering.good_code()
    admin = await asyncpg.connect(entering.world.urls.admin)
    try:
        async with admin.transaction():
            await admin.execute("select from audit.chain_head where chain = $1 for update", entering.tenant.id)
            with pytest.raises(Unavailable):
                await entering.exchange(code)
    finally:
        await admin.close()
    assert isinstance(await entering.exchange(code), Exchanged)


async def test_the_same_verifier_gets_the_same_token_for_a_minute_and_one_entry(entering: Entering) -> None:
    code = await entering.good_code()
    first = await entering.exchange(code)
    await entering.world.advance(timedelta(seconds=58))
    again = await entering.exchange(code)
    assert isinstance(first, Exchanged)
    assert isinstance(again, Exchanged)
    assert again.access_token == first.access_token
    assert len(await entering.told("IMPERSONATION_ENTERED")) == 1
    await entering.world.advance(timedelta(seconds=2))
    assert code_of(await entering.exchange(code)) is RefusalCode.CODE_SPENT


async def test_two_at_once_get_the_same_token(entering: Entering) -> None:
    code = await entering.good_code()
    outcomes = await asyncio.gather(*(entering.exchange(code) for _ in range(6)))
    assert len({outcome.access_token for outcome in outcomes if isinstance(outcome, Exchanged)}) == 1
    assert len(await entering.told("IMPERSONATION_ENTERED")) == 1


async def test_a_spent_code_is_worthless_with_another_verifier(entering: Entering) -> None:
    code = await entering.good_code()
    await entering.exchange(code)
    assert code_of(await entering.exchange(code, verifier="w" * 43)) is RefusalCode.CODE_SPENT
    assert await entering.told("IMPERSONATION_REFUSED") == ["IMPERSONATION_REFUSED"]


async def test_a_wrong_verifier_gets_nothing_and_spends_nothing(entering: Entering) -> None:
    """RFC 7636: who stole the code from the address cannot use it, nor take it from its owner."""
    code = await entering.good_code()
    wrong = ["w" * 43, "", "v" * 42, "v" * 129, "v" * 42 + "=", "v" * 42 + "\u00e9", challenge_of(VERIFIER)]
    for verifier in wrong:
        assert code_of(await entering.exchange(code, verifier=verifier)) is RefusalCode.INPUT_INVALID
    assert await entering.told("IMPERSONATION_REFUSED") == ["IMPERSONATION_REFUSED"] * len(wrong)
    assert isinstance(await entering.exchange(code), Exchanged)


async def test_a_code_lives_for_a_minute(entering: Entering) -> None:
    code = await entering.good_code()
    await entering.world.advance(timedelta(seconds=60))
    assert code_of(await entering.exchange(code)) is RefusalCode.CODE_EXPIRED
    assert await entering.told("IMPERSONATION_ENTERED") == []


async def test_the_code_of_a_session_that_ended_meanwhile_gets_nothing(entering: Entering) -> None:
    code, spent = await entering.good_code(), await entering.good_code()
    assert isinstance(await entering.exchange(spent), Exchanged)
    await ending.end(entering.world.database, entering.operator, session_id=entering.session_id)
    assert code_of(await entering.exchange(code)) is RefusalCode.ALREADY_ENDED
    assert code_of(await entering.exchange(spent)) is RefusalCode.ALREADY_ENDED


async def test_a_session_past_its_deadline_is_over_whether_or_not_anybody_ended_it(entering: Entering) -> None:
    code = await entering.good_code()
    await entering.world.advance(timedelta(minutes=30) - timedelta(seconds=50))
    assert code_of(await entering.exchange(code)) is RefusalCode.CODE_EXPIRED
    late = await entering.good_code()
    await entering.world.advance(timedelta(seconds=50))
    assert code_of(await entering.exchange(late)) is RefusalCode.ALREADY_ENDED
    assert code_of(await entering.code()) is RefusalCode.ALREADY_ENDED


async def test_a_made_up_code_does_not_exist(entering: Entering) -> None:
    for code in ("", "x", "x" * 43, "\0" * 43, "\ud800" * 43):
        assert code_of(await entering.exchange(code)) is RefusalCode.NOT_FOUND


async def test_for_the_key_of_another_tenant_the_code_does_not_exist(entering: Entering) -> None:
    """Threat 12; nothing of it is written into the tenant's ledger either."""
    other = await entering.world.tenant("globex")
    foreign = await entering.key(Permission.TOKEN_EXCHANGE, tenant_id=other.id)
    own = await entering.key(Permission.TOKEN_EXCHANGE, tenant_id=entering.tenant.id)
    code = await entering.good_code()
    assert await entering.exchange(code, service=foreign) == await entering.exchange("x" * 43, service=foreign)
    assert await entering.told("IMPERSONATION_REFUSED", "IMPERSONATION_FORBIDDEN") == []
    assert isinstance(await entering.exchange(code, service=own), Exchanged)


async def test_only_a_key_with_token_exchange_exchanges(entering: Entering) -> None:
    code = await entering.good_code()
    guard_events = await entering.key(Permission.GUARD_EVENTS, Permission.ACCESS_LOG_APPEND)
    for caller in (entering.operator, entering.world.admin, guard_events):
        with pytest.raises(Forbidden):
            await entering.exchange(code, service=caller)


async def test_only_the_browser_that_started_the_session_gets_a_code(entering: Entering) -> None:
    """S2-7: a forwarded address is worthless, also in the same operator's other browser; and the tenant reads of it."""
    colleague = await entering.world.newcomer("kim@actas.example", Role.PLATFORM_ADMIN)
    elsewhere = await entering.world.sign_in("sam@actas.example", Role.PLATFORM_SUPPORT)
    for caller in (colleague, elsewhere):
        assert code_of(await entering.code(caller)) is RefusalCode.NOT_FOUND
    entries = await entering.world.entries(entering.tenant.id, "IMPERSONATION_FORBIDDEN")
    assert [entry.actor_name for entry in entries] == ["Kim", "Sam"]


ELSEWHERE = (
    "http://acme.localhost:8001/actas/enter/",
    "http://acme.localhost:8001/actas/enter?next=x",
    "http://acme.localhost:8001/actas/enter#x",
    "http://acme.localhost:8001/",
    "http://acme.localhost:8001.evil.example/actas/enter",
    "http://acme.localhost:8001@evil.example/actas/enter",
    "http://globex.localhost:8001/actas/enter",
    "https://acme.localhost:8001/actas/enter",
    "//acme.localhost:8001/actas/enter",
    "javascript:alert(1)",
    "",
)


async def test_a_code_goes_to_the_tenants_registered_workspace_and_nowhere_else(entering: Entering) -> None:
    for redirect_uri in ELSEWHERE:
        assert code_of(await entering.code(redirect_uri=redirect_uri)) is RefusalCode.INPUT_INVALID


async def test_a_code_needs_a_challenge(entering: Entering) -> None:
    for challenge in ("", "x", "x" * 42, "x" * 44, "x" * 42 + "=", "x" * 42 + "\n", "\u0661" * 43):
        assert code_of(await entering.code(challenge=challenge)) is RefusalCode.INPUT_INVALID


async def test_only_a_hash_of_the_code_is_stored_and_no_token(entering: Entering) -> None:
    """C-4: nothing that the server stores can be replayed."""
    code = await entering.good_code()
    outcome = await entering.exchange(code)
    assert isinstance(outcome, Exchanged)
    row = str(await entering.world.admin_sql("select h::text from identity.handoff h"))
    assert hashlib.sha256(code.encode()).hexdigest() in row
    assert code not in row
    assert outcome.access_token not in row


async def test_codes_are_never_the_same(entering: Entering) -> None:
    assert len({await entering.good_code() for _ in range(3)} | {secrets.token_urlsafe(32)}) == 4
