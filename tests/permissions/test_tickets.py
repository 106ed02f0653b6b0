"""Ticket patterns: what they match, what is no pattern, and that none of them can be made to hang."""

from __future__ import annotations

import re
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permissions.policy import LONGEST_TICKET
from permissions.tickets import UnfitPattern, compiled, matches


@pytest.mark.parametrize(
    ("pattern", "fits", "differs"),
    [
        ("SUP-[0-9]+", ["SUP-1", "SUP-123"], ["SUP-", "sup-1", "SUP-1 ", "XSUP-1", "SUP-1x"]),
        (r"(INC|SUP)-\d{3,5}", ["INC-123", "SUP-12345"], ["INC-12", "SUP-123456", "INCSUP-123"]),
        (r"#\w*", ["#", "#a_9"], ["a", "#ä"]),
        (r"[^A-Z ]{2}", ["ab", "é9"], ["aB", "a b", "abc"]),
        (r"a?b*(cd)?\.", [".", "ab.", "bbcd."], ["aab.", "cdcd.", "abx"]),
        (r"[\d\-\]]+", ["1-]"], ["a", "\\"]),
        (".", ["x", "💡"], ["", "xy"]),
        ("a|", ["a", ""], ["b"]),
    ],
)
def test_a_whole_ticket_fits_or_not(pattern: str, fits: list[str], differs: list[str]) -> None:
    assert [ticket for ticket in fits if not matches(pattern, ticket)] == []
    assert [ticket for ticket in differs if matches(pattern, ticket)] == []


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            "",
            "(",
            ")",
            "a)",
            "(a",
            "[",
            "[]",
            "[b-a]",
            "[a-",
            "*",
            "a**",
            "a{",
            "a{,3}",
            "a{2,1}",
            "a{0}",
            "a{101}",
            "(a){2}",
        ),
        *("^a", "a$", "\\", r"\s", r"\1", "(((a)))", "(?:a)", "é", "a\n", "a" * 201, r"a{1,\d}"),
    ],
)
def test_what_the_language_does_not_have_is_refused_in_words(pattern: str) -> None:
    with pytest.raises(UnfitPattern, match=r"\w+ \w+"):
        compiled(pattern)


def steps_of(pattern: str, ticket: str) -> int:
    """How many Python calls a match makes: a measure that does not depend on the machine."""
    calls = 0

    def count(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event == "call"

    compiled(pattern)
    sys.setprofile(count)
    try:
        matches(pattern, ticket)
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+b",
        "(a*)*b",
        "(a|a)*b",
        "(a|aa)+b",
        "((a*)*)*b",
        "a*" * 90 + "b",
        "(" + "a?" * 60 + ")*b",
        "((a{0,100})*)*b",
    ],
)
def test_no_pattern_makes_a_match_hang(pattern: str) -> None:
    """What makes a backtracking engine go on for ever: the longest ticket that is looked at, and it does not fit."""
    assert steps_of(pattern, "a" * LONGEST_TICKET) < 1_000_000


PIECES = st.sampled_from(
    ["a", "b", r"\d", "[a-c]", "[^b]", ".", "(a|b)", "(ab?)", "a?", "b*", "[ab]+", "(a|b)*", "a{1,2}"]
)


@given(pattern=st.lists(PIECES, min_size=1, max_size=6).map("".join), ticket=st.text("ab1", max_size=8))
def test_what_fits_is_what_fits_a_regular_expression_of_the_same_text(pattern: str, ticket: str) -> None:
    assert matches(pattern, ticket) == bool(re.fullmatch(pattern, ticket, re.DOTALL))
