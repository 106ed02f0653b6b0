"""The banner's colours, which everybody must be able to read (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Final

_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_TEXT_RATIO: Final = 4.5
_SHAPE_RATIO: Final = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BannerColours:
    """Colours as `#rrggbb`; the banner has the same ones on light and on dark pages, so that everybody knows it.

    Raises:
        ValueError: at what is no such colour, or at a pair with too little contrast.

    """

    live: str = "#f2b233"
    live_text: str = "#231a05"
    live_line: str = "#b98512"
    over: str = "#d9d6d0"
    """After the end."""

    over_text: str = "#33302b"
    over_line: str = "#b5b1a9"
    button: str = "#231a05"
    button_text: str = "#fffdf7"

    def __post_init__(self) -> None:
        """Refuse what somebody could not read."""
        for each in fields(self):
            if not _COLOUR.fullmatch(getattr(self, each.name)):
                raise ValueError(f"{each.name} must be a colour such as #f2b233, not {getattr(self, each.name)!r}")
        for one, other, least in (
            ("live_text", "live", _TEXT_RATIO),
            ("over_text", "over", _TEXT_RATIO),
            ("button_text", "button", _TEXT_RATIO),
            ("button", "live", _SHAPE_RATIO),
        ):
            ratio = contrast(getattr(self, one), getattr(self, other))
            if ratio < least:
                raise ValueError(
                    f"{one} on {other} has a contrast of {ratio:.2f}:1 and needs {least}:1: "
                    f"{getattr(self, one)} on {getattr(self, other)} cannot be read by everybody"
                )


def contrast(one: str, other: str) -> float:
    """How far two colours stand apart, from 1 to 21 (WCAG 2.2's contrast ratio)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
