"""The console's public keys, fetched ahead: no request ever waits for them, and none can make the guard fetch much."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from jwt.algorithms import OKPAlgorithm

from actas_guard.claims import ALGORITHM

log = logging.getLogger("actas_guard")

REFRESH_SECONDS: Final = 600
# A flood of unknown key ids may cost the console one request a minute (threat 3).
UNKNOWN_KEY_SECONDS: Final = 60
_LONGEST_RETRY_SECONDS: Final = 30
_LONGEST_FETCH_SECONDS: Final = 10
_LARGEST_SET: Final = 64 * 1024
_MOST_KEYS: Final = 32
_LONGEST_KEY_ID: Final = 128


class KeySet:
    """The Ed25519 keys of `/.well-known/jwks.json` by their id."""

    def __init__(self, client: httpx.AsyncClient, *, monotonic: Callable[[], float]) -> None:
        self._client = client
        self._monotonic = monotonic
        self._keys: dict[str, Ed25519PublicKey] = {}
        self._asked_at = -float("inf")
        self._fetched_at = -float("inf")
        self._wake = asyncio.Event()

    @property
    def known(self) -> bool:
        """Whether any key is known yet."""
        return bool(self._keys)

    @property
    def count(self) -> int:
        """How many keys are known."""
        return len(self._keys)

    @property
    def age(self) -> float:
        """Seconds since the keys were last fetched with success; infinite before."""
        return self._monotonic() - self._fetched_at

    def get(self, key_id: str) -> Ed25519PublicKey | None:
        """The key, if it is known now; asking for one that is not has it looked for, within the bound."""
        key = self._keys.get(key_id)
        if key is None and self._monotonic() - self._asked_at >= UNKNOWN_KEY_SECONDS:
            self.refresh()
        return key

    def refresh(self) -> None:
        """Have the keys fetched soon, in the background."""
        self._asked_at = self._monotonic()
        self._wake.set()

    async def keep(self) -> None:
        """Fetch the keys, and again from time to time; runs until it is cancelled."""
        failures = 0
        while True:
            self._wake.clear()
            try:
                await self.fetch()
                failures = 0
            except (httpx.HTTPError, ValueError, TimeoutError) as error:
                # The keys that are known stay: a failed refresh must not lock out those inside (CVE-2026-48524).
                failures += 1
                log.warning("actas: the console's keys could not be fetched (%s); trying again", type(error).__name__)
            pause = min(_LONGEST_RETRY_SECONDS, 0.25 * 2 ** min(failures, 10)) if failures else REFRESH_SECONDS
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), pause)

    async def fetch(self) -> None:
        """Fetch the keys once, and replace those known by them.

        Raises:
            httpx.HTTPError: where the console does not answer, or with an error or a redirect.
            TimeoutError: where the answer does not end.
            ValueError: where the answer holds no usable key.

        """
        self._asked_at = self._monotonic()
        # Read as it comes, and not unpacked: whoever answers may have no end in mind.
        asked = self._client.stream("GET", "/.well-known/jwks.json", headers={"accept-encoding": "identity"})
        async with asyncio.timeout(_LONGEST_FETCH_SECONDS), asked as response:
            response.raise_for_status()
            body = bytearray()
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > _LARGEST_SET:
                    raise ValueError("the key set is too large")
        self._keys = _read(_parsed(bytes(body)))
        self._fetched_at = self._monotonic()


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except RecursionError as error:
        raise ValueError("not a key set") from error


def _read(document: Any) -> dict[str, Ed25519PublicKey]:
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list) or len(entries) > _MOST_KEYS:
        raise ValueError("not a key set")
    keys = {}
    for entry in entries:
        if not isinstance(entry, dict) or entry.get("kty") != "OKP" or entry.get("crv") != "Ed25519" or "d" in entry:
            continue
        if entry.get("alg", ALGORITHM) != ALGORITHM or entry.get("use", "sig") != "sig":
            continue
        key_id = entry.get("kid")
        if not isinstance(key_id, str) or not 0 < len(key_id) <= _LONGEST_KEY_ID:
            continue
        with suppress(jwt.InvalidKeyError, ValueError, TypeError):
            key = OKPAlgorithm.from_jwk(entry)
            if isinstance(key, Ed25519PublicKey):
                keys[key_id] = key
    if not keys:
        raise ValueError("the key set has no Ed25519 key for signatures")
    return keys
