"""The keys that sign tokens: published by RFC 7517 and RFC 8037, named by RFC 7638, rotated without a gap."""

from __future__ import annotations

import base64
import json
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from actas_guard.claims import Claims
from permissions.tokens import Keyring, origin, thumbprint

# RFC 8037, appendices A.1 to A.3.
RFC_SECRET = base64.urlsafe_b64decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")
RFC_PUBLIC = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
RFC_THUMBPRINT = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
RFC_KEY = Ed25519PrivateKey.from_private_bytes(RFC_SECRET)
CLAIMS = Claims(
    issuer="https://console.example",
    audience="https://acme.example",
    tenant_id=UUID(int=1),
    operator_id=UUID(int=2),
    operator_email="support@actas.example",
    session_id=UUID(int=3),
    token_id=UUID(int=4),
    mode="READ_ONLY",
    issued_at=1_767_225_600,
    not_before=1_767_225_600,
    expires_at=1_767_227_400,
)


def test_a_key_is_named_and_published_as_the_standards_own_example() -> None:
    assert thumbprint(RFC_KEY) == RFC_THUMBPRINT
    (published,) = Keyring([RFC_KEY], "https://console.example").jwks()["keys"]
    assert published == {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": RFC_PUBLIC,
        "kid": RFC_THUMBPRINT,
        "use": "sig",
        "alg": "EdDSA",
    }


def test_no_private_part_is_ever_published() -> None:
    """Threat 58."""
    text = json.dumps(Keyring([RFC_KEY, Ed25519PrivateKey.generate()], "https://console.example").jwks())
    assert '"d"' not in text
    assert "nWGxne" not in text


def test_the_newest_key_signs_and_the_older_ones_are_still_known() -> None:
    """Rotation: what was signed before the change is still verified after it."""
    older, newer = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    before = Keyring([older], "https://console.example").mint(CLAIMS)
    rotated = Keyring([newer, older], "https://console.example")
    assert [key["kid"] for key in rotated.jwks()["keys"]] == [thumbprint(newer), thumbprint(older)]
    published = {key.key_id: key for key in jwt.PyJWKSet.from_dict(rotated.jwks()).keys}
    for token, signer in ((before, older), (rotated.mint(CLAIMS), newer)):
        header = jwt.get_unverified_header(token)
        assert header == {"alg": "EdDSA", "typ": "impersonation+jwt", "kid": thumbprint(signer)}
        payload = jwt.decode(
            token,
            published[header["kid"]],
            algorithms=["EdDSA"],
            audience=CLAIMS.audience,
            options={"verify_exp": False},
        )
        assert payload == CLAIMS.to_payload()


def test_the_same_claims_give_the_same_token() -> None:
    """So that a repeated exchange gets the very token of the first (DESIGN section 7)."""
    keyring = Keyring([RFC_KEY], "https://console.example")
    assert keyring.mint(CLAIMS) == keyring.mint(CLAIMS)


def test_without_a_key_there_is_no_keyring() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Keyring([], "https://console.example")


@pytest.mark.parametrize(
    ("url", "audience"),
    [
        ("https://acme.example", "https://acme.example"),
        ("https://acme.example:8443/inbox?x=1#y", "https://acme.example:8443"),
        ("http://acme.localhost:8001", "http://acme.localhost:8001"),
    ],
)
def test_a_products_tokens_are_for_its_origin(url: str, audience: str) -> None:
    """Threat 6."""
    assert origin(url) == audience
