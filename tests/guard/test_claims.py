"""The token's claims, as both sides read them (DESIGN section 7; threats 8, 9, 59)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from actas_guard.claims import MAX_LIFETIME_SECONDS, Claims, InvalidClaims

CLAIMS = Claims(
    issuer="http://console.test",
    audience="http://acme.localhost:8001",
    tenant_id=uuid4(),
    operator_id=uuid4(),
    operator_email="jane@actas.example",
    session_id=uuid4(),
    token_id=uuid4(),
    mode="READ_ONLY",
    issued_at=1_000,
    not_before=1_000,
    expires_at=2_800,
)


def payload(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in {**CLAIMS.to_payload(), **changes}.items() if value is not ...}


def test_what_is_written_is_read_back() -> None:
    assert Claims.from_payload(CLAIMS.to_payload()) == CLAIMS


def test_the_payload_names_the_tenant_as_subject_and_the_operator_as_actor() -> None:
    """RFC 8693 section 4.1: delegation, not a login as the tenant (S3-10)."""
    written = CLAIMS.to_payload()
    assert written["sub"] == f"tenant:{CLAIMS.tenant_id}"
    assert written["act"] == {"sub": str(CLAIMS.operator_id), "email": "jane@actas.example"}
    assert written["platform_user_id"] == str(CLAIMS.operator_id)


@pytest.mark.parametrize("name", list(CLAIMS.to_payload()))
def test_every_claim_is_required(name: str) -> None:
    with pytest.raises(InvalidClaims):
        Claims.from_payload(payload(**{name: ...}))


@pytest.mark.parametrize("name", list(CLAIMS.to_payload()))
@pytest.mark.parametrize("value", [None, "", [], {}, True, -1, 1.5, "x" * 513])
def test_no_claim_takes_a_value_of_another_kind(name: str, value: Any) -> None:
    with pytest.raises(InvalidClaims):
        Claims.from_payload(payload(**{name: value}))


def test_a_claim_that_is_not_known_is_ignored() -> None:
    """RFC 7519 section 4: newer consoles may say more."""
    assert Claims.from_payload(payload(region="eu")) == CLAIMS


@pytest.mark.parametrize("seconds", [0, -1, MAX_LIFETIME_SECONDS + 1, 10 * 365 * 86400])
def test_no_token_lives_longer_than_the_cap_not_even_when_minted(seconds: int) -> None:
    """Threat 9; DESIGN section 5: the system's cap."""
    with pytest.raises(InvalidClaims, match="exp"):
        Claims.from_payload(payload(exp=CLAIMS.issued_at + seconds))


def test_an_id_has_one_spelling() -> None:
    with pytest.raises(InvalidClaims, match="sid"):
        Claims.from_payload(payload(sid=str(CLAIMS.session_id).upper()))
