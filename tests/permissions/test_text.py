"""What a text from outside must be before it is counted, decided about or stored (threats 31 to 34, C-2)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permissions.text import BIDI_CONTROLS, defect, lasting, visible_length


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("refund", 6),
        ("  refund \n", 6),
        ("no refund", 9),
        ("a" + " " * 8 + "b", 10),
        ("\u00a0\u2003refund\u3000", 6),
        ("r\u00e9fund", 6),
        ("re\u0301fund", 7),
        ("\U0001f4b6", 1),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", 3),
        ("re\u00adfund", 6),
        ("re\u200b\u200c\u2060\ufefffund", 6),
        ("\u2764\ufe0f", 1),
        ("one\ntwo\tthree", 13),
        ("esc\x1b[31m", 7),
    ],
)
def test_length_counts_code_points_with_inner_spaces_and_without_what_nobody_sees(text: str, length: int) -> None:
    """C-2, threat 34: trimmed; a combining mark is a code point of its own, a joiner none."""
    assert visible_length(text) == length


@pytest.mark.parametrize(
    "blank", ["\u200b", "\u2800", "\u3164", "\uffa0", "\u115f", "\ufe0f", "\U000e0100", "\u00ad", "\x00"]
)
def test_a_text_that_shows_nothing_has_no_length_however_it_is_padded(blank: str) -> None:
    """Threat 32: ten spaces between two invisible characters are still an empty reason."""
    assert visible_length(blank * 20) == 0
    assert visible_length(blank + " " * 10 + blank) == 0
    assert visible_length(f"{blank} {blank} x {blank}") == 1


@given(st.text())
def test_length_is_never_more_than_the_trimmed_code_points(text: str) -> None:
    assert 0 <= visible_length(text) <= len(text.strip())


@given(st.text(alphabet=st.characters(categories=["Ll", "Lu", "Nd"], exclude_characters="\u1160")))
def test_letters_and_digits_all_count(text: str) -> None:
    assert visible_length(text) == len(text)


@given(st.text(), st.text(alphabet="\u200b\u200c\u2060\ufeff\u00ad"))
def test_invisible_characters_around_a_text_change_nothing(text: str, invisible: str) -> None:
    assert visible_length(invisible + text + invisible) == visible_length(text)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("a\0b", "NUL"),
        ("a\ud800", "surrogate"),
        ("\udfffb", "surrogate"),
        *((f"safe{control}evil", "direction") for control in sorted(BIDI_CONTROLS)),
    ],
)
def test_text_that_no_database_stores_or_that_shows_otherwise_than_it_reads_is_named(text: str, word: str) -> None:
    """Threats 32 and 33."""
    flaw = defect(text)
    assert flaw is not None
    assert word in flaw


def test_every_character_that_changes_the_direction_of_writing_is_refused() -> None:
    """Threat 32: by Unicode's own list, not by ours."""
    classes = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    controls = {chr(n) for n in range(0x110000) if unicodedata.bidirectional(chr(n)) in classes}
    marks = {"\u200e", "\u200f", "\u061c"}
    assert controls | marks == BIDI_CONTROLS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "refund 4711",
        "\u05e9\u05dc\u05d5\u05dd",
        "\u0645\u0631\u062d\u0628\u0627",
        "=HYPERLINK(1)",
        "<b>",
        "two\nlines",
    ],
)
def test_what_people_write_is_kept_as_it_is(text: str) -> None:
    """Threat 31: right-to-left scripts, markup and formulas are stored; they are made inert where they are shown."""
    assert defect(text) is None


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0" + "".join(BIDI_CONTROLS))))
def test_whatever_passes_can_be_encoded(text: str) -> None:
    assert defect(text) is None
    text.encode()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (119, "1 minute"),
        (1020, "17 minutes"),
        (3599, "59 minutes"),
        (3600, "1 h"),
        (3900, "1 h 5 min"),
        (28800, "8 h"),
    ],
)
def test_a_duration_is_said_as_people_say_it(seconds: int, words: str) -> None:
    assert lasting(seconds) == words
