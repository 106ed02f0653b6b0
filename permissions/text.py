"""What a text from outside must be before it is counted, decided about or stored (threats 31 to 34)."""

from __future__ import annotations

import unicodedata
from typing import Final

# They reorder what is shown after them: a reason could read differently from what it says.
BIDI_CONTROLS: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Default-ignorable code points that Unicode files under letters, symbols or marks.
IGNORABLE: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
VARIATION_SELECTORS: Final = (range(0x180B, 0x1810), range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


def defect(text: str) -> str | None:
    """What makes a text unfit to be stored or shown, in words; None where nothing does."""
    for character in text:
        if character == "\0":
            return "contains a NUL character"
        if "\ud800" <= character <= "\udfff":
            return "contains half of a surrogate pair"
        if character in BIDI_CONTROLS:
            return "contains a control character that changes the direction of writing"
    return None


def visible_length(text: str) -> int:
    """Code points after trimming; inner spaces count, invisible characters do not (DESIGN section 5, C-2)."""
    return sum(1 for character in text.strip() if not _invisible(character))


def _invisible(character: str) -> bool:
    if character in "\n\t":
        return False
    return (
        unicodedata.category(character) in {"Cf", "Cc"}
        or character in IGNORABLE
        or any(ord(character) in selectors for selectors in VARIATION_SELECTORS)
    )
