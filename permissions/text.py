"""What a text from outside must be before it is counted, decided about or stored (threats 31 to 34)."""

from __future__ import annotations

import unicodedata
from typing import Final

# They reorder what is shown after them: a reason could read differently from what it says.
BIDI_CONTROLS: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Code points that show nothing though Unicode files them under letters, symbols or marks (Default_Ignorable_Code_Point,
# and the empty Braille pattern).
IGNORABLE: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2065\u2800\u3164\uffa0")
IGNORABLE_RANGES: Final = (range(0x180B, 0x1810), range(0xFE00, 0xFE10), range(0xFFF0, 0xFFF9), range(0xE0000, 0xE1000))


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
    # Trimmed last: spaces between two invisible characters are outer ones to whoever reads.
    return len("".join(character for character in text if not _invisible(character)).strip())


def _invisible(character: str) -> bool:
    if character in "\n\t":
        return False
    return (
        unicodedata.category(character) in {"Cf", "Cc"}
        or character in IGNORABLE
        or any(ord(character) in block for block in IGNORABLE_RANGES)
    )


def lasting(seconds: int) -> str:
    """A duration in words: `45 seconds`, `17 minutes`, `1 h 5 min`, `4 h`."""
    if seconds < 60:
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} minute{'' if minutes == 1 else 's'}"
    return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"
