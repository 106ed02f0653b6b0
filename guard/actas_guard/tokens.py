"""Verification of an impersonation token, with no network call.

PyJWT proves the signature and no more. Everything else is decided here, since even with strict options it accepts
another token type, an operator behind an operator, a life of ten years and times that are no whole numbers (threats 8
and 9).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final, NamedTuple
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from actas_guard.claims import ALGORITHM, LEEWAY_SECONDS, MAX_TOKEN_BYTES, TOKEN_TYPE, Claims, InvalidClaims
from actas_guard.keys import KeySet

# Exactly these: what is not known to be harmless (crit, b64, jku, jwk, x5u …) is refused, not skipped.
_HEADERS: Final = frozenset({"alg", "typ", "kid"})
# RFC 7515 section 7.1, with an Ed25519 signature of 64 bytes: one spelling, without padding.
_COMPACT: Final = re.compile(r"[A-Za-z0-9_-]{1,512}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}", re.ASCII)
_CACHED_TOKENS: Final = 4096


class TokenRefused(Exception):
    """A token that is not good here and now."""


class _Signed(TokenRefused):
    def __init__(self, reason: str, claims: Claims) -> None:
        super().__init__(reason)
        self.claims = claims


class TokenExpired(_Signed):
    """A token that was good, until its session's end."""


class TokenElsewhere(_Signed):
    """A token that is good for another tenant, or at another host."""


class _Verified(NamedTuple):
    key_id: str
    key: Ed25519PublicKey
    claims: Claims


class TokenVerifier:
    """Verifies tokens of one issuer. It remembers signatures that it has checked, never the decision.

    What it remembers is bounded, and known by its digest: a dump of the memory, or a log of the cache, holds no token.
    """

    def __init__(self, keys: KeySet, *, issuer: str, clock: Callable[[], float]) -> None:
        self._keys = keys
        self._issuer = issuer
        self._clock = clock
        self._jws = jwt.PyJWS(algorithms=[ALGORITHM])
        self._cache: OrderedDict[bytes, _Verified] = OrderedDict()

    def verify(self, token: str, *, audience: str, tenant_id: UUID) -> Claims:
        """The claims of a token that is good at this origin, for this tenant, now; its session may be over anyway.

        Raises:
            TokenExpired: after its end.
            TokenElsewhere: at another origin or tenant.
            TokenRefused: in any other case.

        """
        claims = self._claims(token)
        if claims.issuer != self._issuer:
            raise TokenRefused("iss is not the console of this product")
        if claims.audience != audience or claims.tenant_id != tenant_id:
            raise TokenElsewhere("aud or tenant_id is another tenant's", claims)
        now = self._clock()
        if now < max(claims.issued_at, claims.not_before) - LEEWAY_SECONDS:
            raise TokenRefused("the token is not valid yet: compare the clocks of this machine and the console")
        if now >= claims.expires_at + LEEWAY_SECONDS:
            raise TokenExpired("the token has expired", claims)
        return claims

    def _claims(self, token: str) -> Claims:
        if len(token) > MAX_TOKEN_BYTES or not token.isascii():
            raise TokenRefused(f"a token has at most {MAX_TOKEN_BYTES} ASCII characters")
        digest = hashlib.sha256(token.encode("ascii")).digest()
        known = self._cache.get(digest)
        # A key that the console withdrew takes the tokens with it.
        if known is None or self._keys.get(known.key_id) is not known.key:
            known = self._check(token)
            self._remember(digest, known)
        return known.claims

    def _check(self, token: str) -> _Verified:
        if not _COMPACT.fullmatch(token):
            raise TokenRefused("the token is not a JWS in its compact form")
        header = _header(token)
        if set(header) != _HEADERS or header["alg"] != ALGORITHM or header["typ"] != TOKEN_TYPE:
            raise TokenRefused(f"the header must be alg {ALGORITHM}, typ {TOKEN_TYPE} and kid, and nothing else")
        key_id = header["kid"]
        key = self._keys.get(key_id) if isinstance(key_id, str) else None
        if key is None:
            raise TokenRefused("no key of the console has this kid")
        try:
            payload = _object(self._jws.decode(token, key, algorithms=[ALGORITHM]))
            return _Verified(key_id, key, Claims.from_payload(payload))
        except jwt.InvalidTokenError as error:
            raise TokenRefused("the signature is not the console's") from error
        except InvalidClaims as error:
            raise TokenRefused(str(error)) from error

    def _remember(self, digest: bytes, verified: _Verified) -> None:
        self._cache[digest] = verified
        self._cache.move_to_end(digest)
        if len(self._cache) > _CACHED_TOKENS:
            self._cache.popitem(last=False)


def _header(token: str) -> dict[str, Any]:
    segment = token.partition(".")[0]
    try:
        return _object(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    except ValueError as error:
        raise TokenRefused("the token is not a JWS in its compact form") from error


def _object(text: bytes) -> dict[str, Any]:
    """A JSON object in which no name stands twice: two readers must not see two tokens in one."""
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise TokenRefused("the token holds no plain JSON object") from error
    if not isinstance(value, dict):
        raise TokenRefused("the token holds no JSON object")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
