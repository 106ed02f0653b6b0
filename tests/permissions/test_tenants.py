"""Which status a tenant may go to, and what may be registered (DESIGN section 5)."""

from __future__ import annotations

from itertools import product

import pytest

from permissions.policy import TenantStatus as S
from permissions.refusals import RefusalCode as Code
from permissions.tenants import reason_refusal, registration_refusal, transition

EXCEPTION = "signed by the CTO on 3 March"
# DESIGN section 5: from, to, and what a suspended tenant was before.
LAWFUL = {
    (S.PROVISIONING, S.ACTIVE, None),
    (S.ACTIVE, S.READ_ONLY, None),
    (S.READ_ONLY, S.ACTIVE, None),
    (S.ACTIVE, S.SUSPENDED, None),
    (S.READ_ONLY, S.SUSPENDED, None),
    (S.SUSPENDED, S.ACTIVE, S.ACTIVE),
    (S.SUSPENDED, S.READ_ONLY, S.READ_ONLY),
    (S.ACTIVE, S.OFFBOARDING, None),
    (S.READ_ONLY, S.OFFBOARDING, None),
    (S.SUSPENDED, S.OFFBOARDING, S.ACTIVE),
    (S.SUSPENDED, S.OFFBOARDING, S.READ_ONLY),
    (S.OFFBOARDING, S.OFFBOARDED, None),
    (S.OFFBOARDING, S.ACTIVE, None),
}


@pytest.mark.parametrize(("now", "to"), list(product(S, S)))
def test_a_status_leads_only_where_the_table_says(now: S, to: S) -> None:
    """Every pair; SUSPENDED leads back only to what it was."""
    for before in (S.ACTIVE, S.READ_ONLY) if now is S.SUSPENDED else (None,):
        refusal = transition(now, to, before=before, exception=EXCEPTION)
        if (now, to, before) in LAWFUL:
            assert refusal is None
        else:
            assert refusal is not None
            assert refusal.code is (Code.NO_CHANGE if now is to else Code.TRANSITION_NOT_ALLOWED)


def test_a_refused_transition_says_what_is_left() -> None:
    refusal = transition(S.SUSPENDED, S.READ_ONLY, before=S.ACTIVE, exception=None)
    assert refusal is not None
    assert "only ACTIVE, OFFBOARDING" in refusal.message


@pytest.mark.parametrize("exception", [None, "", "ok", " " * 10, "\u200b" * 10, "a\0bcd", "abc\u202e"])
def test_leaving_offboarding_for_active_needs_a_written_exception(exception: str | None) -> None:
    """S3-5."""
    refusal = transition(S.OFFBOARDING, S.ACTIVE, before=None, exception=exception)
    assert refusal is not None
    assert refusal.problems[0].field == "exception"
    assert transition(S.OFFBOARDING, S.ACTIVE, before=None, exception=EXCEPTION) is None
    assert transition(S.OFFBOARDING, S.OFFBOARDED, before=None, exception=None) is None


def test_an_exception_that_is_not_needed_is_held_to_the_same_form() -> None:
    """It goes into the ledger: threat 33."""
    refusal = transition(S.ACTIVE, S.SUSPENDED, before=None, exception="a\0b")
    assert refusal is not None
    assert refusal.code is Code.REASON_INVALID


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("", Code.REASON_REQUIRED),
        ("  \u200b ", Code.REASON_REQUIRED),
        ("ab", Code.REASON_TOO_SHORT),
        ("abc", None),
        ("x" * 2000, None),
        ("x" * 2001, Code.REASON_TOO_LONG),
        ("xyz" + "\u200b" * 2000, Code.REASON_TOO_LONG),
        ("abc\0", Code.REASON_INVALID),
        ("abc\udc00", Code.REASON_INVALID),
        ("abc\u2066", Code.REASON_INVALID),
    ],
)
def test_a_change_needs_a_reason_that_can_be_kept(reason: str, code: Code | None) -> None:
    """S1-10, threats 32 to 34."""
    refusal = reason_refusal(reason)
    assert (refusal.code if refusal else None) is code


@pytest.mark.parametrize("slug", ["a", "acme", "acme-2", "a" * 63, "0x"])
def test_a_slug_is_one_label_of_a_host_name(slug: str) -> None:
    assert registration_refusal(slug, "Acme", None, None) is None


@pytest.mark.parametrize(
    "slug", ["", "Acme", "-acme", "acme-", "a.b", "a_b", "a" * 64, "a b", "acme\n", "\u00e4cme", "a/b"]
)
def test_what_is_no_label_is_no_slug(slug: str) -> None:
    refusal = registration_refusal(slug, "Acme", None, None)
    assert refusal is not None
    assert refusal.problems[0].field == "slug"


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "x" * 201, "Ac\0me", "Acme\u202e"])
def test_a_name_can_be_seen_and_stored(name: str) -> None:
    refusal = registration_refusal("acme", name, None, None)
    assert refusal is not None
    assert refusal.problems[0].field == "name"
    assert registration_refusal("acme", "x" * 200, None, None) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.example",
        "https://acme.example:8443",
        "https://192.0.2.1",
        "https://[2001:db8::1]:8443",
        "http://localhost:8001",
        "http://acme.localhost:8001",
    ],
)
def test_a_workspace_is_an_origin(url: str) -> None:
    assert registration_refusal("acme", "Acme", url, None) is None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://",
        "https://:443",
        "//acme.example",
        "acme.example",
        "http://acme.example",
        "http://localhost.evil.example",
        "http://evillocalhost",
        "https://acme.example/",
        "https://acme.example/path",
        "https://acme.example?x=1",
        "https://acme.example#x",
        "https://user@acme.example",
        "https://user:secret@acme.example",
        "https://acme.example:99999",
        "https://acme.example:",
        "https://acme .example",
        "https://acme.example\\.good.example",
        "https://acme.example\n",
        "https://acme.example\0",
        "https://acme.example\u202e",
        "https://\u00e4cme.example",
        "https://acme%2eexample",
        "https://[::1",
        "javascript:alert(1)",
        "ftp://acme.example",
        "HTTPS://acme.example",
    ],
)
def test_what_is_no_origin_never_gets_a_hand_offs_code(url: str) -> None:
    """The code is sent there (DESIGN section 7): a place that browsers read otherwise than we do is refused."""
    refusal = registration_refusal("acme", "Acme", url, None)
    assert refusal is not None
    assert refusal.problems[0].field == "workspaceUrl"


@pytest.mark.parametrize("url", ["https://acme.example/help", "mailto:help@acme.example", "http://help.example"])
def test_a_support_link_is_one_that_people_can_follow(url: str) -> None:
    """S1-35."""
    assert registration_refusal("acme", "Acme", None, url) is None


@pytest.mark.parametrize(
    "url", ["", "javascript:alert(1)", "data:text/html,x", "help", "http://[x", "https://a\0b", "https:x"]
)
def test_a_support_link_that_runs_or_leads_nowhere_is_refused(url: str) -> None:
    """The suspended tenant's page shows it to everybody there."""
    refusal = registration_refusal("acme", "Acme", None, url)
    assert refusal is not None
    assert refusal.problems[0].field == "supportUrl"
