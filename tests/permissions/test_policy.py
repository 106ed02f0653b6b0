"""The one decision about a start: every refusal, in its order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from permissions import policy as rules
from permissions.operators import Permission
from permissions.policy import (
    DEFAULT,
    SYSTEM_CAP_SECONDS,
    AccessMode,
    Allowed,
    ApprovalMode,
    OnConflict,
    TenantStatus,
    decide,
    enter,
)
from permissions.refusals import RefusalCode as Code
from permissions.refusals import Refused
from tests.permissions.facts import (
    ACME,
    GOOD,
    OTHERS,
    OWN,
    READER,
    REASON,
    SUPPORT,
    WRITER,
    allowed,
    asked,
    refused,
    under,
)


def test_a_start_that_asks_for_nothing_special_reads_only_for_the_default_time() -> None:
    """C-1, C-16, S1-19."""
    assert decide(GOOD) == Allowed(
        reason=REASON, ticket=None, mode=AccessMode.READ_ONLY, duration_seconds=1800, replaces=()
    )


def test_what_was_asked_is_what_is_allowed_trimmed() -> None:
    decision = allowed(reason=f"  {REASON}\n", ticket=" SUP-1 ", mode=AccessMode.READ_WRITE, duration_seconds=60)
    assert decision == Allowed(
        reason=REASON, ticket="SUP-1", mode=AccessMode.READ_WRITE, duration_seconds=60, replaces=()
    )
    assert allowed(ticket="  ").ticket is None


class TestReason:
    """S1-21, S2-18, C-2, threat 34."""

    @pytest.mark.parametrize("reason", [None, "", " " * 10, "\u200b" * 10, "\u200b" + " " * 10 + "\u200b"])
    def test_none_is_asked_for(self, reason: str | None) -> None:
        assert refused(reason=reason).code is Code.REASON_REQUIRED

    @pytest.mark.parametrize(
        ("reason", "code"),
        [
            ("x" * 9, Code.REASON_TOO_SHORT),
            (" " + "x" * 9 + " ", Code.REASON_TOO_SHORT),
            ("x" * 9 + "\u200b" * 9, Code.REASON_TOO_SHORT),
            ("x" * 10, None),
            ("x" + " " * 8 + "x", None),
            ("\U0001f4b6" * 10, None),
            ("e\u0301" * 5, None),
            ("x" * 500, None),
            ("\U0001f4b6" * 500, None),
            ("x" * 500 + " \n", None),
            ("x" * 501, Code.REASON_TOO_LONG),
            ("\u200b" * 501 + "x" * 500, Code.REASON_TOO_LONG),
        ],
    )
    def test_its_length_is_held_to_the_character(self, reason: str, code: Code | None) -> None:
        decision = decide(asked(reason=reason))
        assert (decision.code if isinstance(decision, Refused) else None) is code

    @pytest.mark.parametrize("bad", ["\0", "\ud800", "\u202e"])
    def test_one_that_cannot_be_stored_or_shown_as_it_reads_is_invalid(self, bad: str) -> None:
        """Threats 32 and 33."""
        assert refused(reason=REASON + bad + "x").code is Code.REASON_INVALID

    def test_what_is_only_invisible_is_bounded_too_where_no_reason_is_needed(self) -> None:
        """S3-19; the database keeps at most 8000 bytes of a reason."""
        free = under(reason_required=False)
        assert allowed(policy=free, reason=None).reason == ""
        assert allowed(policy=free, reason="  ").reason == ""
        assert refused(policy=free, reason="\u200b" * 100_000).code is Code.REASON_TOO_LONG

    def test_the_longest_that_any_policy_allows_still_fits_the_database(self) -> None:
        """Threat 34: limits in bytes as well as in code points."""
        longest = under(reason_max_length=2000)
        assert len(allowed(policy=longest, reason="\U0001f4b6" * 2000).reason.encode()) <= 8000
        assert refused(policy=longest, reason="\U0001f4b6\u200b" * 2000).code is Code.REASON_TOO_LONG

    def test_a_problem_names_its_field(self) -> None:
        assert [p.field for p in refused(reason="short").problems] == ["reason"]


class TestTicket:
    @pytest.mark.parametrize("ticket", [None, "", "  "])
    def test_one_is_asked_for_where_the_policy_needs_it(self, ticket: str | None) -> None:
        assert refused(policy=under(ticket_required=True), ticket=ticket).code is Code.TICKET_REQUIRED

    @pytest.mark.parametrize(
        ("ticket", "fits"), [("T" * 100, True), ("T" * 101, False), ("T\0", False), ("\u202eT", False)]
    )
    def test_it_is_a_hundred_plain_characters_at_most(self, ticket: str, fits: bool) -> None:
        decision = decide(asked(ticket=ticket))
        assert isinstance(decision, Allowed) is fits
        assert fits or (isinstance(decision, Refused) and decision.code is Code.TICKET_INVALID)


class TestDuration:
    """C-1, S1-20, S2-21, S3-8."""

    @pytest.mark.parametrize(
        ("seconds", "code"),
        [
            (-1, Code.DURATION_TOO_SHORT),
            (0, Code.DURATION_TOO_SHORT),
            (1, None),
            (4 * 3600, None),
            (4 * 3600 + 1, Code.DURATION_TOO_LONG),
            (2**62, Code.DURATION_TOO_LONG),
        ],
    )
    def test_it_lies_between_a_second_and_the_policys_longest(self, seconds: int, code: Code | None) -> None:
        decision = decide(asked(duration_seconds=seconds))
        assert (decision.code if isinstance(decision, Refused) else None) is code

    def test_no_policy_reaches_beyond_the_systems_eight_hours(self) -> None:
        endless = under(max_duration_seconds=10**6, default_duration_seconds=10**6)
        assert allowed(policy=endless).duration_seconds == SYSTEM_CAP_SECONDS == 8 * 3600
        assert allowed(policy=endless, duration_seconds=SYSTEM_CAP_SECONDS).duration_seconds == SYSTEM_CAP_SECONDS
        assert refused(policy=endless, duration_seconds=SYSTEM_CAP_SECONDS + 1).code is Code.DURATION_TOO_LONG

    def test_a_fixed_one_is_not_chosen(self) -> None:
        hourly = under(duration_selectable=False, default_duration_seconds=3600, max_duration_seconds=3600)
        assert allowed(policy=hourly).duration_seconds == 3600
        assert allowed(policy=hourly, duration_seconds=3600).duration_seconds == 3600
        assert refused(policy=hourly, duration_seconds=3599).code is Code.DURATION_TOO_SHORT
        assert refused(policy=hourly, duration_seconds=3601).code is Code.DURATION_TOO_LONG


class TestMode:
    """C-16, C-17."""

    def test_reading_and_writing_are_two_permissions(self) -> None:
        assert allowed(permissions=READER).mode is AccessMode.READ_ONLY
        assert refused(permissions=READER, mode=AccessMode.READ_WRITE).code is Code.MODE_NOT_ALLOWED
        assert allowed(permissions=WRITER, mode=AccessMode.READ_WRITE).mode is AccessMode.READ_WRITE
        assert refused(permissions=WRITER, mode=AccessMode.READ_ONLY).code is Code.MODE_NOT_ALLOWED

    def test_who_may_only_write_must_say_so(self) -> None:
        """READ_ONLY where none is asked: writing is never a default."""
        assert refused(permissions=WRITER).code is Code.MODE_NOT_ALLOWED

    def test_a_tenant_may_forbid_one(self) -> None:
        looking = under(modes=(AccessMode.READ_ONLY,))
        assert refused(policy=looking, mode=AccessMode.READ_WRITE).code is Code.MODE_NOT_ALLOWED
        entry = refused(policy=looking, permissions=WRITER)
        assert (entry.code, entry.forbidden) == (Code.MODE_NOT_ALLOWED, True)


class TestWhoAndWhere:
    def test_no_permission_is_the_first_thing_that_counts(self) -> None:
        """S2-3, S3-2: default deny; not even whether the tenant exists is said."""
        for tenant in (ACME, None, replace(ACME, status=TenantStatus.SUSPENDED)):
            refusal = refused(permissions=frozenset(Permission) - rules.ENTERING, tenant=tenant, reason=None)
            assert refusal is rules.NO_ROLE
            assert refusal.forbidden

    def test_breaking_the_glass_does_not_let_anybody_in(self) -> None:
        assert refused(permissions=frozenset({Permission.IMPERSONATE_BREAK_GLASS}), break_glass=True) is rules.NO_ROLE
        assert refused(break_glass=True).code is Code.INPUT_INVALID

    def test_a_tenant_that_is_not_there_is_not_found(self) -> None:
        refusal = refused(tenant=None, reason=None)
        assert (refusal.code, refusal.forbidden) == (Code.NOT_FOUND, False)

    @pytest.mark.parametrize(
        ("status", "code"),
        [
            (TenantStatus.PROVISIONING, Code.TENANT_NOT_READY),
            (TenantStatus.ACTIVE, None),
            (TenantStatus.READ_ONLY, None),
            (TenantStatus.SUSPENDED, Code.TENANT_SUSPENDED),
            (TenantStatus.OFFBOARDING, Code.TENANT_OFFBOARDING),
            (TenantStatus.OFFBOARDED, Code.TENANT_GONE),
        ],
    )
    def test_a_status_lets_in_or_forbids_whatever_is_asked(self, status: TenantStatus, code: Code | None) -> None:
        """DESIGN section 5, C-18, S3-3, S3-6."""
        decision = decide(asked(tenant=replace(ACME, status=status), reason=None if code else REASON))
        if code is None:
            assert isinstance(decision, Allowed)
        else:
            assert isinstance(decision, Refused)
            assert (decision.code, decision.forbidden) == (code, True)
            assert "Acme" in decision.message

    def test_every_status_is_decided_about(self) -> None:
        """A status added later is refused until somebody decides."""
        for status in TenantStatus:
            entered = enter(SUPPORT, replace(ACME, status=status), DEFAULT) is None
            assert entered is (status in {TenantStatus.ACTIVE, TenantStatus.READ_ONLY})

    def test_a_tenant_without_a_workspace_cannot_be_entered(self) -> None:
        refusal = refused(tenant=replace(ACME, has_workspace=False))
        assert (refusal.code, refusal.forbidden) == (Code.TENANT_NOT_READY, True)

    @pytest.mark.parametrize(
        ("approval", "code"),
        [
            (ApprovalMode.REQUIRED, Code.APPROVAL_REQUIRED),
            (ApprovalMode.TENANT_GRANT_ONLY, Code.GRANT_REQUIRED),
        ],
    )
    def test_where_the_tenant_must_be_asked_nobody_goes_in_unasked(self, approval: ApprovalMode, code: Code) -> None:
        assert refused(policy=under(approval=approval)).code is code


class TestConcurrency:
    def test_a_start_replaces_what_runs(self) -> None:
        """C-8, S2-30."""
        assert allowed(running=(OWN,)).replaces == (OWN.id,)

    def test_or_is_rejected_where_the_policy_says_so(self) -> None:
        assert refused(running=(OWN,), policy=under(on_conflict=OnConflict.REJECT)).code is Code.ALREADY_IMPERSONATING
        assert allowed(policy=under(on_conflict=OnConflict.REJECT)).replaces == ()

    def test_two_operators_may_be_inside_unless_the_tenant_is_exclusive(self) -> None:
        """C-9, S2-39."""
        assert allowed(others_inside=(OTHERS,)).replaces == ()
        assert refused(others_inside=(OTHERS,), policy=under(exclusive=True)).code is Code.EXCLUSIVE


def test_everything_wrong_with_the_input_is_said_at_once_each_with_its_field() -> None:
    refusal = refused(
        policy=under(ticket_required=True),
        permissions=READER,
        reason="short",
        duration_seconds=0,
        mode=AccessMode.READ_WRITE,
        break_glass=True,
    )
    assert [(problem.code, problem.field) for problem in refusal.problems] == [
        (Code.REASON_TOO_SHORT, "reason"),
        (Code.TICKET_REQUIRED, "ticket"),
        (Code.MODE_NOT_ALLOWED, "mode"),
        (Code.INPUT_INVALID, "breakGlass"),
        (Code.DURATION_TOO_SHORT, "durationSeconds"),
    ]
    assert not refusal.forbidden


def test_refusals_come_in_one_order_who_where_what_and_what_runs_already() -> None:
    """The most telling first: each mended, the next one shows."""
    everything: dict[str, Any] = {
        "permissions": frozenset(),
        "tenant": None,
        "policy": under(on_conflict=OnConflict.REJECT, exclusive=True),
        "reason": None,
        "running": (OWN,),
        "others_inside": (OTHERS,),
    }
    mends: list[tuple[Code, dict[str, Any]]] = [
        (Code.MODE_NOT_ALLOWED, {"permissions": SUPPORT}),
        (Code.NOT_FOUND, {"tenant": replace(ACME, status=TenantStatus.SUSPENDED)}),
        (Code.TENANT_SUSPENDED, {"tenant": replace(ACME, has_workspace=False)}),
        (Code.TENANT_NOT_READY, {"tenant": ACME}),
        (Code.REASON_REQUIRED, {"reason": REASON}),
        (Code.ALREADY_IMPERSONATING, {"running": ()}),
        (Code.EXCLUSIVE, {"others_inside": ()}),
    ]
    for code, mend in mends:
        assert refused(**everything).code is code
        everything |= mend
    assert allowed(**everything).reason == REASON
