"""From a result row to the frozen dataclass of its noun."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping


T = TypeVar("T")


def loaded(value: Any) -> Any:
    """A jsonb column's value, whether the driver parsed it or not."""
    return orjson.loads(value) if isinstance(value, str | bytes) else value


def build(cls: type[T], mapping: Mapping[Any, Any]) -> T:
    """A `cls` from the columns of the same names; what the row has besides is left out."""
    return cls(**{field.name: mapping[field.name] for field in fields(cls)})  # type: ignore[arg-type]  # T is a dataclass
