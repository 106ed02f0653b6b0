"""The token that a session becomes in the operator's browser, and the keys that sign it (DESIGN section 7)."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from actas_guard.claims import ALGORITHM, TOKEN_TYPE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from actas_guard.claims import Claims


class Keyring:
    """The signing keys, newest first: that one signs, all of them are published, so that keys can rotate."""

    def __init__(self, keys: Sequence[Ed25519PrivateKey], issuer: str) -> None:
        if not keys:
            raise ValueError("A keyring needs at least one signing key.")
        self._keys = {thumbprint(key): key for key in keys}
        self._signing = next(iter(self._keys))
        self.issuer = issuer

    def mint(self, claims: Claims) -> str:
        """The signed token. Ed25519 is deterministic: the same claims give the same bytes (RFC 8032)."""
        headers = {"kid": self._signing, "typ": TOKEN_TYPE}
        return jwt.encode(claims.to_payload(), self._keys[self._signing], algorithm=ALGORITHM, headers=headers)

    def jwks(self) -> dict[str, Any]:
        """The public keys as a JWK set (RFC 7517, RFC 8037)."""
        return {
            "keys": [{**_public(key), "kid": kid, "use": "sig", "alg": ALGORITHM} for kid, key in self._keys.items()]
        }


def origin(url: str) -> str:
    """Scheme, host and port of a URL: the audience of a product's tokens."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def thumbprint(key: Ed25519PrivateKey) -> str:
    """The key's id: its RFC 7638 thumbprint, so that no two keys ever share one."""
    canonical = json.dumps(_public(key), sort_keys=True, separators=(",", ":"))
    return _base64url(hashlib.sha256(canonical.encode()).digest())


def _public(key: Ed25519PrivateKey) -> dict[str, str]:
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {"crv": "Ed25519", "kty": "OKP", "x": _base64url(raw)}


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
