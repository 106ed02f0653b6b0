"""What a JSON object from outside must be before it is kept: a tenant's metadata, and what services report."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Final

from permissions.text import defect

DEEPEST: Final = 8
LARGEST_BYTES: Final = 16 * 1024
LARGEST_INTEGER: Final = 2**63


def flaw(document: Mapping[str, object]) -> str | None:
    """What makes an object unfit to be stored or shown, in words; None where nothing does."""
    if not _is_plain(document):
        return f"has text or a number that cannot be kept, or is more than {DEEPEST} levels deep"
    if len(json.dumps(document, ensure_ascii=False).encode()) > LARGEST_BYTES:
        return f"is larger than {LARGEST_BYTES // 1024} KiB"
    return None


def _is_plain(value: object, levels: int = DEEPEST) -> bool:
    match value:
        case str():
            return defect(value) is None
        case bool() | None:
            return True
        case int():
            return -LARGEST_INTEGER <= value < LARGEST_INTEGER
        case float():
            return math.isfinite(value)
        case Mapping():
            return levels > 0 and all(_is_plain(each, levels - 1) for pair in value.items() for each in pair)
        case list():
            return levels > 0 and all(_is_plain(each, levels - 1) for each in value)
        case _:
            return False
