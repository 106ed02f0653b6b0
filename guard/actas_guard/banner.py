"""The banner as the product sets it, and the one script that shows it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from typing import Final

from actas_guard.asgi import Answer, Request
from actas_guard.banner_colours import BannerColours
from actas_guard.banner_texts import BannerTexts, check_language, for_script

_BEATS_IN_TIME: Final = 3  # two may be lost before a change is refused
# One script to the browser, which waits for one answer; in this order.
_PARTS: Final = ("banner_words.js", "banner_visit.js", "banner_legible.js", "banner_sight.js", "banner.js")


@dataclass(frozen=True, slots=True, kw_only=True)
class BannerSettings:
    """What the banner says, and how it looks.

    Raises:
        ValueError: at texts or colours that cannot work.

    """

    texts: Mapping[str, BannerTexts] = field(default_factory=lambda: {"en": BannerTexts()})
    """By language tag. A page gets those of its `lang`, else of the same language elsewhere, else the first."""

    colours: BannerColours = field(default_factory=BannerColours)

    def __post_init__(self) -> None:
        """Refuse a banner without words."""
        if not self.texts:
            raise ValueError("the banner needs its texts in one language at least")
        for tag in self.texts:
            check_language(tag)


class BannerScript:
    """`/actas/banner.js`: made once, and asked for anew by each page at the price of a 304."""

    def __init__(self, settings: BannerSettings, seen_seconds: float | None) -> None:
        told = {
            "texts": [for_script(tag, texts) for tag, texts in settings.texts.items()],
            "colours": asdict(settings.colours),
            "beatSeconds": seen_seconds and seen_seconds / _BEATS_IN_TIME,
        }
        parts = [files("actas_guard").joinpath(name).read_text("utf-8") for name in _PARTS]
        body = "\n".join([f"const SETTINGS = {json.dumps(told)};", *parts]).encode()
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = (("cache-control", "no-cache"), ("etag", tag))
        self._tag = tag
        self._whole = Answer(200, body, "text/javascript; charset=utf-8", headers)
        self._same = Answer(304, headers=headers)

    def answer(self, request: Request) -> Answer:
        """The script, or that the browser's copy is still good."""
        return self._same if request.header(b"if-none-match") == self._tag else self._whole
