"""The sentences that a tenant's admin reads (S2-35), and whom an entry states."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from permissions.policy import AccessMode
from resolvers.events import (
    CAUSE_IN_WORDS,
    ImpersonationEnded,
    ImpersonationForbidden,
    ImpersonationStarted,
    ServiceKeyIssued,
    SignInRefused,
    StrangerAttempts,
)

NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)
WHO = {
    "session_id": UUID(int=1),
    "tenant_id": UUID(int=2),
    "operator_id": UUID(int=3),
    "operator_name": "Jane Doe",
    "operator_email": "support@actas.example",
}


def started(mode: AccessMode, reason: str, ticket: str | None = None) -> ImpersonationStarted:
    return ImpersonationStarted(
        **WHO,  # type: ignore[arg-type]
        mode=mode,
        reason=reason,
        ticket=ticket,
        duration_seconds=1800,
        expires_at=NINE,
        policy_version=0,
        replaces=(),
    )


def test_a_start_says_who_how_for_how_long_and_why() -> None:
    """S1-24, S1-31, C-15."""
    assert started(AccessMode.READ_ONLY, "webhook 500s").summary == (
        "Jane Doe (support@actas.example) was let in to read only, for at most 30 minutes. Reason: webhook 500s"
    )
    assert started(AccessMode.READ_WRITE, "").summary == (
        "Jane Doe (support@actas.example) was let in to read and write, for at most 30 minutes."
    )


def test_a_start_names_the_ticket_where_there_is_one() -> None:
    """A ledger is looked through for the text of its sentences, so who has only the ticket finds the start by it."""
    assert started(AccessMode.READ_ONLY, "webhook 500s", "SUP-3474").summary == (
        "Jane Doe (support@actas.example) was let in to read only on ticket SUP-3474, for at most 30 minutes. "
        "Reason: webhook 500s"
    )


def ended(cause: str, **more: str) -> ImpersonationEnded:
    return ImpersonationEnded(
        **WHO,  # type: ignore[arg-type]
        cause=cause,
        started_at=NINE,
        ended_at=NINE,
        duration_seconds=1020,
        **more,  # type: ignore[arg-type]
    )


def test_an_end_says_how_it_ended_after_how_long_and_why() -> None:
    assert ended("REVOKED", note="laptop stolen").summary == (
        "Jane Doe (support@actas.example) was sent out by an admin, after 17 minutes. Reason: laptop stolen"
    )


def test_every_cause_has_its_words() -> None:
    """A closed set: the table's, the contract's and the words' are the same."""
    causes = {
        "STOPPED", "TENANT_STOPPED", "EXPIRED", "IDLE", "ABANDONED", "REPLACED", "REVOKED", "LOCKED",
        "TENANT_SUSPENDED", "TENANT_OFFBOARDING", "ROLE_LOST", "CONSENT_WITHDRAWN", "SIGNED_OUT", "RESTORED",
    }  # fmt: skip
    assert set(CAUSE_IN_WORDS) == causes
    assert len(set(CAUSE_IN_WORDS.values())) == len(causes)
    for cause in causes:
        assert ended(cause).summary.startswith("Jane Doe (support@actas.example) ")


def test_whom_the_tenants_service_names_is_stated_and_nobody_else() -> None:
    assert ended("TENANT_STOPPED", on_behalf_of="Ann").stated == "Ann"
    assert ended("STOPPED").stated is None
    assert started(AccessMode.READ_ONLY, "").stated is None


def test_an_attempt_by_a_service_is_told_without_an_address() -> None:
    turned_down = ImpersonationForbidden(
        tenant_id=None,
        operator_id=None,
        operator_name="workspace",
        operator_email=None,
        code="MODE_NOT_ALLOWED",
        message="You may not.",
        reason_given=None,
        tenant_asked="x",
    )
    assert turned_down.summary == "workspace tried to enter and was refused: You may not."


@pytest.mark.parametrize("kind", [SignInRefused, StrangerAttempts])
def test_attempts_are_counted_not_told_one_by_one(kind: type[SignInRefused | StrangerAttempts]) -> None:
    one, many = (kind(minute=NINE, address="203.0.113.0/24", count=count).summary for count in (1, 2))
    assert one != many
    assert one.startswith("1 ")
    assert many.startswith("2 ")


def test_a_key_is_told_by_its_prefix() -> None:
    """Threat 58."""
    issued = ServiceKeyIssued(
        key_id=UUID(int=4), tenant_id=None, name="guard", prefix="actas_abcdef", permissions=("TOKEN_EXCHANGE",)
    )
    assert issued.summary == "The key guard (actas_abcdef…) was issued for TOKEN_EXCHANGE."
