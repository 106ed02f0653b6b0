"""What every vector is about: one console with its key, two tenants, and the sessions in them."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Json = dict[str, Any]

BEGAN: Final = 1_767_268_800  # 2026-01-01T12:00:00Z: iat, nbf and the start of every session
ENDS: Final = BEGAN + 1800
NOW: Final = BEGAN + 60
ISSUER: Final = "https://console.example"
KEY_ID: Final = "console-1"
OPERATOR: Final = str(uuid5(NAMESPACE_URL, "operator"))


def key(name: str) -> Ed25519PrivateKey:
    """A key that anybody can make again: it protects nothing."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"actas vectors {name}".encode()).digest())


CONSOLE: Final = key("console")
STRANGER: Final = key("stranger")


def public(private: Ed25519PrivateKey, key_id: str = KEY_ID) -> Json:
    """A public key as the console's key set has it (RFC 8037)."""
    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {"kty": "OKP", "crv": "Ed25519", "x": part(raw), "kid": key_id, "use": "sig", "alg": "EdDSA"}


def part(value: Any) -> str:
    """One part of a compact JWS: base64url of these bytes, or of the value as JSON."""
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def signed(head: Any, payload: Any, by: Ed25519PrivateKey = CONSOLE) -> str:
    """A compact JWS with exactly this header and payload."""
    body = f"{part(head)}.{part(payload)}"
    return f"{body}.{part(by.sign(body.encode()))}"


def changed(whole: Json, changes: Json) -> Json:
    """The object with these members instead; `...` takes one away."""
    return {name: value for name, value in {**whole, **changes}.items() if value is not ...}


def header(**changes: Any) -> Json:
    """The header of a good token, but for the changes."""
    return changed({"alg": "EdDSA", "typ": "impersonation+jwt", "kid": KEY_ID}, changes)


def tenant(slug: str) -> Json:
    """A tenant as the vectors' files name it."""
    return {"id": str(uuid5(NAMESPACE_URL, f"tenant {slug}")), "slug": slug, "host": f"{slug}.example.com"}


ACME: Final = tenant("acme")
GLOBEX: Final = tenant("globex")


def session_id(name: str) -> str:
    """The id of the session with this name."""
    return str(uuid5(NAMESPACE_URL, f"session {name}"))


def claims(session: str = "acme", of: Json = ACME, **changes: Any) -> Json:
    """The claims of a good token, but for the changes."""
    whole = {
        "iss": ISSUER,
        "aud": f"https://{of['host']}",
        "sub": f"tenant:{of['id']}",
        "act": {"sub": OPERATOR, "email": "jane@console.example"},
        "scope": "impersonation",
        "tenant_id": of["id"],
        "platform_user_id": OPERATOR,
        "sid": session_id(session),
        "jti": str(uuid5(NAMESPACE_URL, f"token {session}")),
        "mode": "READ_WRITE",
        "iat": BEGAN,
        "nbf": BEGAN,
        "exp": ENDS,
    }
    return changed(whole, changes)


def token(session: str = "acme", of: Json = ACME, **changes: Any) -> str:
    """A token as the console signs it, but for the changes of its claims."""
    return signed(header(), claims(session, of, **changes))


def instant(seconds: float) -> str:
    """A time as the API writes it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def told_tenant(of: Json = ACME, status: str = "ACTIVE") -> Json:
    """What `guardEvents` says of a tenant."""
    support = f"https://support.example/{of['slug']}"
    return {"tenantUuid": of["id"], "tenantSlug": of["slug"], "tenantStatus": status, "supportUrl": support}


def told_session(
    session: str = "acme", of: Json = ACME, *, mode: str = "READ_WRITE", began: int = BEGAN, ends: int = ENDS
) -> Json:
    """What `guardEvents` says of a session."""
    banner = {
        "tenantName": of["slug"].title(),
        "operatorName": "Jane Doe",
        "operatorEmail": "jane@console.example",
        "reason": "webhook 500s",
        "startedAt": instant(began),
        "expiresAt": instant(ends),
        "presence": "EVERYONE",
    }
    return {
        "sessionUuid": session_id(session),
        "tenantUuid": of["id"],
        "mode": mode,
        "expiresAt": instant(ends),
        "banner": banner,
    }


def snapshot(*parts: Json) -> list[Json]:
    """A whole snapshot; whoever reads the vectors adds `at` and `position`."""
    return [*({"change": "SNAPSHOT", **each} for each in parts), {"change": "SNAPSHOT_END"}]


def console() -> Json:
    """The members that every file begins with."""
    return {"issuer": ISSUER, "domain": "example.com", "jwks": {"keys": [public(CONSOLE)]}, "maxStalenessSeconds": 30}


PASSES: Final = {"passes": True}


def refused(status: int, code: str) -> Json:
    """An answer of the guard's own."""
    return {"passes": False, "status": status, "code": code}
