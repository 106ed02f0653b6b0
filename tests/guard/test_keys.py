"""The console's keys: whatever it answers, those inside stay inside, and nobody else comes in (threat 3)."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from actas_guard.keys import KeySet
from tests.guard.conftest import Clock, until
from tests.guard.network import Network, http, network

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.guard.conftest import Site

KEY = Ed25519PrivateKey.generate()
PUBLIC: dict[str, Any] = {**OKPAlgorithm.to_jwk(KEY.public_key(), as_dict=True), "kid": "key-1"}
PRIVATE: dict[str, Any] = {**OKPAlgorithm.to_jwk(KEY, as_dict=True), "kid": "key-1"}


def key_set(*keys: Any) -> bytes:
    return http("200 OK", json.dumps({"keys": list(keys)}).encode())


# What a console, or whatever stands in its place, may answer.
FAULTS = {
    "an error": http("500 Internal Server Error", b"no"),
    "an error with keys": http("503 Service Unavailable", json.dumps({"keys": [PUBLIC]}).encode()),
    "a page": http("200 OK", b"<!doctype html><title>Welcome to nginx</title>", "content-type: text/html"),
    "nothing": http("200 OK"),
    "a list": http("200 OK", b"[]"),
    "no keys": key_set(),
    "a private key": key_set(PRIVATE),
    "an RSA key": key_set({"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "key-1"}),
    "a key for encryption": key_set({**PUBLIC, "use": "enc"}),
    "a key for another algorithm": key_set({**PUBLIC, "alg": "ES256"}),
    "a key without an id": key_set({**PUBLIC, "kid": ""}),
    "a key that is cut short": key_set({**PUBLIC, "x": PUBLIC["x"][:-8]}),
    "too many keys": key_set(*({**PUBLIC, "kid": f"key-{n}"} for n in range(33))),
    "a set without an end": http("200 OK", b" " * (1 << 20), whole=False),
    "a very deep set": http("200 OK", b"[" * 50_000),
    "packed": http("200 OK", b"\x1f\x8b", "content-encoding: gzip"),
}


@asynccontextmanager
async def asking(wire: Network) -> AsyncIterator[KeySet]:
    async with httpx.AsyncClient(base_url=wire.url, trust_env=False, timeout=2) as client:
        keys = KeySet(client, monotonic=Clock().monotonic)
        wire.answer = key_set(PUBLIC)
        await keys.fetch()
        assert keys.get("key-1")
        yield keys


@pytest.mark.parametrize("fault", FAULTS)
async def test_whatever_is_answered_the_known_keys_stay(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """CVE-2026-48524: a failed refresh must not lock out those inside; and the task that fetches goes on."""
    monkeypatch.setattr("actas_guard.keys._LONGEST_RETRY_SECONDS", 0.01)
    async with network(0) as wire, asking(wire) as keys:
        wire.answer = FAULTS[fault]
        kept = asyncio.create_task(keys.keep())
        try:
            await until(lambda: wire.connections >= 3)  # it failed, and tries again
            assert not kept.done()
            assert list(keys._keys) == ["key-1"]
        finally:
            kept.cancel()
            await asyncio.gather(kept, return_exceptions=True)


async def test_a_redirect_is_not_followed() -> None:
    """Threat 4's cousin: keys come from the console's own address, and from no other."""
    async with network(0) as wire, network(0) as elsewhere, asking(wire) as keys:
        elsewhere.answer = key_set({**PUBLIC, "kid": "key-2"})
        wire.answer = http("302 Found", b"", f"location: {elsewhere.url}/.well-known/jwks.json")
        with pytest.raises(httpx.HTTPStatusError):
            await keys.fetch()
        assert elsewhere.connections == 0


async def test_an_answer_that_does_not_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A drop now and then would keep a timeout between two reads from ever coming."""
    monkeypatch.setattr("actas_guard.keys._LONGEST_FETCH_SECONDS", 0.2)
    async with network(0) as wire, asking(wire) as keys:
        wire.answer = http("200 OK", b'{"keys": [', whole=False)
        with pytest.raises(TimeoutError):
            await keys.fetch()
        assert keys.known


async def test_somebody_elses_keys_let_nobody_in_until_the_right_ones_are_back(site: Site) -> None:
    """Fail closed: a key that the console does not publish any more is none."""
    _, operator = await site.operator()
    site.console.keys, kept = {"key-9": Ed25519PrivateKey.generate()}, site.console.keys
    await site.guard._service.keys.fetch()
    answer = await operator.get("/")
    assert (answer.status_code, answer.json()["code"]) == (401, "TOKEN_INVALID")
    site.console.keys = kept
    site.pass_time(61)
    site.console.heartbeat()
    await operator.get("/")  # its unknown kid has the keys looked for
    await until(lambda: site.guard._service.keys.get("key-1"))
    assert (await operator.get("/")).status_code == 200


async def test_during_a_rotation_tokens_of_the_old_and_the_new_key_are_good(site: Site) -> None:
    session, old = await site.operator()
    other, new = await site.operator()
    site.console.keys["key-2"] = Ed25519PrivateKey.generate()
    site.console.tell("KEYS_ROTATED")
    await until(lambda: site.guard._service.keys.get("key-2"))
    new.cookies["__Host-actas-session"] = site.console.token(other, key="key-2")
    assert [(await browser.get("/")).status_code for browser in (old, new)] == [200, 200]
    del site.console.keys["key-1"]
    site.console.tell("KEYS_ROTATED")
    await until(lambda: not site.guard._service.keys._keys.get("key-1"))
    assert [(await browser.get("/")).status_code for browser in (old, new)] == [401, 200]
    assert site.live.session(session.id)
