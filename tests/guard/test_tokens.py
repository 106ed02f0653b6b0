"""Forged, borrowed and worn-out tokens: each is a row of threats 1 to 12 and 59, and each is refused."""

# long because: the forged tokens are one table
from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from actas_guard.claims import LEEWAY_SECONDS, MAX_TOKEN_BYTES, TOKEN_TYPE
from actas_guard.keys import KeySet
from actas_guard.tokens import TokenElsewhere, TokenExpired, TokenRefused, TokenVerifier
from tests.guard.conftest import TOKEN, Clock, until
from tests.guard.console import ISSUER, FakeConsole, FakeSession, FakeTenant

if TYPE_CHECKING:
    from tests.guard.conftest import Site

ACME = FakeTenant("acme", "Acme GmbH")
CONSOLE = FakeConsole()
NOW = datetime.now(UTC)
SESSION = FakeSession(ACME, "READ_WRITE", NOW, NOW + timedelta(minutes=30))
KEY = CONSOLE.keys["key-1"]
PUBLIC = KEY.public_key()
RAW = PUBLIC.public_bytes(Encoding.Raw, PublicFormat.Raw)
PEM = PUBLIC.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def part(value: Any) -> str:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def signed(header: Any, payload: Any, key: Ed25519PrivateKey = KEY) -> str:
    body = f"{part(header)}.{part(payload)}"
    return f"{body}.{part(key.sign(body.encode()))}"


def header(**changes: Any) -> dict[str, Any]:
    whole = {"alg": "EdDSA", "typ": TOKEN_TYPE, "kid": "key-1", **changes}
    return {name: value for name, value in whole.items() if value is not None}


def claims(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in {**SESSION.claims(), **changes}.items() if value is not ...}


def hs256(secret: bytes) -> str:
    body = f"{part(header(alg='HS256'))}.{part(claims())}"
    return f"{body}.{part(hmac.digest(secret, body.encode(), hashlib.sha256))}"


def other_part(token: str) -> str:
    first, _, last = token.split(".")
    return f"{first}.{part(claims(mode='READ_WRITE', jti=str(uuid4())))}.{last}"


BEGAN = int(NOW.timestamp())
STRANGER = Ed25519PrivateKey.generate()
EMBEDDED = {
    "kty": "OKP",
    "crv": "Ed25519",
    "x": part(STRANGER.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)),
}
TWICE = json.dumps(claims())[:-1].encode() + b', "scope": "impersonation"}'

FORGED = {
    "no algorithm (1)": f"{part(header(alg='none'))}.{part(claims())}.",
    "no algorithm in odd capitals (1)": f"{part(header(alg='nOnE'))}.{part(claims())}.",
    "no algorithm, with a signature (1)": signed(header(alg="none"), claims()),
    "HMAC with our public key (2)": hs256(RAW),
    "HMAC with our public key as PEM (2)": hs256(PEM),
    "algorithm in odd capitals (2)": signed(header(alg="EDDSA"), claims()),
    "another algorithm named (2)": signed(header(alg="ES256"), claims()),
    "an unknown key id (3)": signed(header(kid="key-2"), claims()),
    "a path for a key id (3)": signed(header(kid="../../dev/null"), claims()),
    "SQL for a key id (3)": signed(header(kid="' or 1=1 --"), claims()),
    "a list for a key id (3)": signed(header(kid=["key-1"]), claims()),
    "no key id (3)": signed(header(kid=None), claims()),
    "a stranger's key under our key id (3)": signed(header(), claims(), STRANGER),
    "a key brought along (4)": signed(header(jwk=EMBEDDED), claims(), STRANGER),
    "a key brought along, though ours signed (4)": signed(header(jwk=EMBEDDED), claims()),
    "an address of keys (4)": signed(header(jku="http://127.0.0.1:1/keys"), claims()),
    "an address of a certificate (4)": signed(header(x5u="http://127.0.0.1:1/cert"), claims()),
    "an unknown critical extension (5)": signed(header(crit=["exp"], exp=1), claims()),
    "an unencoded payload (5)": signed(header(b64=False, crit=["b64"]), claims()),
    "no audience (6)": signed(header(), claims(aud=...)),
    "a list of audiences with ours among them (6)": signed(header(), claims(aud=[ACME.origin, "http://b.test"])),
    "no issuer (7)": signed(header(), claims(iss=...)),
    "another issuer (7)": signed(header(), claims(iss="http://console.example")),
    "an issuer that begins like ours (7)": signed(header(), claims(iss=f"{ISSUER}.evil.example")),
    "an issuer with a slash more (7)": signed(header(), claims(iss=f"{ISSUER}/")),
    "a plain JWT (8)": signed(header(typ="JWT"), claims()),
    "an access token (8)": signed(header(typ="at+jwt"), claims()),
    "no type (8)": signed(header(typ=None), claims()),
    "another scope (8)": signed(header(), claims(scope="impersonation admin")),
    "no scope (8)": signed(header(), claims(scope=...)),
    "no actor (8)": signed(header(), claims(act=...)),
    "an actor without a name (8)": signed(header(), claims(act={"email": "jane@actas.example"})),
    "an actor behind the actor (8, 59)": signed(
        header(), claims(act={**SESSION.claims()["act"], "act": {"sub": str(uuid4())}})
    ),
    "another operator than the actor (8)": signed(header(), claims(platform_user_id=str(uuid4()))),
    "another subject than the tenant (8)": signed(header(), claims(sub=f"tenant:{uuid4()}")),
    "ten years (9)": signed(header(), claims(exp=BEGAN + 10 * 365 * 86400)),
    "a second over eight hours (9)": signed(header(), claims(exp=BEGAN + 8 * 3600 + 1)),
    "an end in a text (9)": signed(header(), claims(exp=str(BEGAN + 60))),
    "an end of 1e300 (9)": signed(header(), claims(exp=1e300)),
    "an end that is a fraction (9)": signed(header(), claims(exp=BEGAN + 60.5)),
    "an end that is true (9)": signed(header(), claims(exp=True)),
    "an end that is not a number (9)": signed(header(), json.dumps(claims(exp=float("nan"))).encode()),
    "an infinite end (9)": signed(header(), json.dumps(claims(exp=float("inf"))).encode()),
    "no end (9)": signed(header(), claims(exp=...)),
    "no beginning (9)": signed(header(), claims(nbf=...)),
    "too large (9)": signed(header(), claims(padding="x" * MAX_TOKEN_BYTES)),
    "a megabyte (9)": "a" * 2**20,
    "a name that stands twice": signed(header(), TWICE),
    "another payload under a real signature": other_part(signed(header(), claims())),
    "a payload that is a list": signed(header(), [claims()]),
    "a payload that is no JSON": signed(header(), b"{"),
    "a very deep payload": signed(header(), b"[" * 2000),
    "a header that is a list": signed([], claims()),
    "a signature cut short": signed(header(), claims())[:-4],
    "five parts, as if encrypted": f"{signed(header(), claims())}.a.b",
    "two parts": ".".join(signed(header(), claims()).split(".")[:2]),
    "nothing": "",
    "dots": "..",
    "other letters": "ä.ö.ü",
}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def verifier(clock: Clock) -> TokenVerifier:
    keys = KeySet(httpx.AsyncClient(trust_env=False), monotonic=clock.monotonic)
    keys._keys = {"key-1": PUBLIC}
    return TokenVerifier(keys, issuer=ISSUER, clock=clock.wall)


def verify(verifier: TokenVerifier, token: str) -> Any:
    return verifier.verify(token, audience=ACME.origin, tenant_id=ACME.id)


def test_a_token_as_the_console_mints_it_is_good(verifier: TokenVerifier) -> None:
    assert verify(verifier, CONSOLE.token(SESSION)).session_id == SESSION.id
    assert verify(verifier, signed(header(), claims())).operator_id == SESSION.operator_id


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_token_is_refused(verifier: TokenVerifier, name: str) -> None:
    """Threats 1 to 9, 59: the number of the row stands in the name."""
    for _ in range(2):  # the second time from the cache, if it were there
        with pytest.raises(TokenRefused):
            verify(verifier, FORGED[name])


@pytest.mark.parametrize("name", ["a plain JWT (8)", "an actor behind the actor (8, 59)", "ten years (9)"])
def test_the_library_alone_would_have_taken_it(name: str) -> None:
    """Threats 8 and 9: why these rules are the guard's own."""
    assert jwt.decode(
        FORGED[name],
        PUBLIC,
        algorithms=["EdDSA"],
        audience=ACME.origin,
        issuer=ISSUER,
        options={"require": ["exp", "iat", "nbf", "aud", "iss", "sub", "jti"]},
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "http://globex.localhost:8001"},
        {"aud": f"{ACME.origin}.evil.example"},
        {"aud": "https://acme.localhost:8001"},
    ],
)
def test_a_token_for_another_origin_is_refused_by_name(verifier: TokenVerifier, changes: dict[str, Any]) -> None:
    """Threats 6, 12."""
    with pytest.raises(TokenElsewhere):
        verify(verifier, signed(header(), claims(**changes)))


def test_a_token_for_another_tenant_is_refused_at_this_origin(verifier: TokenVerifier) -> None:
    """Threat 12: the audience alone does not say whose rows may be read."""
    other = uuid4()
    with pytest.raises(TokenElsewhere):
        verify(verifier, signed(header(), claims(tenant_id=str(other), sub=f"tenant:{other}")))


@pytest.mark.parametrize(("seconds", "good"), [(0, True), (LEEWAY_SECONDS - 1, True), (LEEWAY_SECONDS + 1, False)])
def test_clocks_may_differ_by_half_a_minute_and_no_more(
    verifier: TokenVerifier, clock: Clock, seconds: int, good: bool
) -> None:
    """Threat 10: a guard whose clock is behind."""
    began = int(time.time())
    token = signed(header(), claims(iat=began, nbf=began, exp=began + 600))
    clock.wall_ahead = began - time.time() - seconds
    if good:
        verify(verifier, token)
    else:
        with pytest.raises(TokenRefused):
            verify(verifier, token)


@pytest.mark.parametrize(("seconds", "good"), [(LEEWAY_SECONDS - 10, True), (LEEWAY_SECONDS + 1, False)])
def test_a_remembered_token_still_expires(verifier: TokenVerifier, clock: Clock, seconds: int, good: bool) -> None:
    """Threats 9, 10: the cache remembers the signature, never the decision."""
    token = signed(header(), claims(exp=BEGAN + 60))
    clock.wall_ahead = BEGAN - time.time()  # the run may have begun long ago
    verify(verifier, token)
    clock.wall_ahead += 60 + seconds
    if good:
        verify(verifier, token)
    else:
        with pytest.raises(TokenExpired):
            verify(verifier, token)


def test_a_withdrawn_key_takes_its_remembered_tokens_with_it(verifier: TokenVerifier) -> None:
    token = signed(header(), claims())
    verify(verifier, token)
    verifier._keys._keys = {"key-2": STRANGER.public_key()}
    with pytest.raises(TokenRefused):
        verify(verifier, token)


def test_remembered_tokens_are_bounded(verifier: TokenVerifier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("actas_guard.tokens._CACHED_TOKENS", 8)
    for _ in range(20):
        verify(verifier, signed(header(), claims(jti=str(uuid4()))))
    assert len(verifier._cache) == 8


def test_what_is_remembered_holds_no_token(verifier: TokenVerifier) -> None:
    """Threat 58: neither a dump of the memory nor a log of the cache is a credential."""
    token = signed(header(), claims())
    verify(verifier, token)
    assert len(verifier._cache) == 1
    assert token not in repr(verifier._cache)


async def test_a_flood_of_unknown_keys_costs_the_console_one_request_a_minute(site: Site) -> None:
    """Threat 3: and none of the requests waits for it."""
    session, browser = await site.operator()
    before = site.console.key_requests

    async def flood() -> None:
        for number in range(50):
            browser.cookies[TOKEN] = signed(header(kid=f"key-{number}x"), session.claims())
            assert (await browser.get("/")).status_code == 401

    await flood()
    assert site.console.key_requests == before
    site.pass_time(61)
    site.console.heartbeat()
    await flood()
    await until(lambda: site.console.key_requests > before)
    assert site.console.key_requests == before + 1


async def test_a_rotated_key_is_fetched_as_soon_as_the_console_says_so(site: Site) -> None:
    session, browser = await site.operator()
    site.console.keys["key-2"] = Ed25519PrivateKey.generate()
    browser.cookies[TOKEN] = site.console.token(session, key="key-2")
    assert (await browser.get("/")).status_code == 401
    site.console.tell("KEYS_ROTATED")
    await until(lambda: site.guard._service.keys.get("key-2"))
    assert (await browser.get("/")).status_code == 200


async def test_keys_that_cannot_be_fetched_leave_the_known_ones_in_place(site: Site) -> None:
    """CVE-2026-48524: a failed refresh must not lock out those inside."""
    _, browser = await site.operator()
    site.console.keys, kept = {}, site.console.keys
    with pytest.raises(ValueError, match="no Ed25519 key"):
        await site.guard._service.keys.fetch()
    assert (await browser.get("/")).status_code == 200
    site.console.keys = kept


async def test_a_forged_token_never_reaches_the_product(site: Site) -> None:
    """P5."""
    browser = site.browser(**{TOKEN: FORGED["a stranger's key under our key id (3)"]})
    answer = await browser.get("/inbox")
    assert (answer.status_code, answer.json()["code"]) == (401, "TOKEN_INVALID")
    assert site.product.seen == []


async def test_a_token_whose_session_was_announced_for_another_tenant_opens_nothing(site: Site) -> None:
    """P5: signed and live are not enough; the session must be this very tenant's."""
    globex = site.console.tenant("globex", "Globex")
    elsewhere = site.console.start(globex)
    await until(lambda: site.live.session(elsewhere.id))
    session, browser = await site.operator()
    browser.cookies[TOKEN] = site.console.token(session, sid=str(elsewhere.id))
    assert (await browser.get("/inbox")).status_code in {302, 303, 401}
    assert site.product.seen == []


async def test_a_token_at_another_tenants_host_is_refused_and_recorded_in_its_own_session(site: Site) -> None:
    """Threat 12; P6."""
    globex = site.console.tenant("globex", "Globex")
    await until(lambda: site.live.tenant("globex"))
    session, browser = await site.operator()
    answer = await browser.ask("GET", "/inbox", host=globex.host)
    assert (answer.status_code, answer.json()["code"]) == (403, "WRONG_TENANT")
    assert site.product.seen == []
    await until(lambda: site.console.records)
    record = site.console.records[0]
    assert (record["sessionUuid"], record["status"], record["path"]) == (str(session.id), 403, "/inbox")
