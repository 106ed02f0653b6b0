"""The API's scalars."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, NewType
from uuid import UUID

import strawberry
from strawberry.scalars import JSON
from strawberry.types.scalar import ScalarDefinition

from permissions.refusals import BadInput

BigInt = NewType("BigInt", int)

LONGEST_INSTANT: Final = 40


def write_instant(value: datetime) -> str:
    """RFC 3339 in UTC, with the letter Z."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def read_instant(value: Any) -> datetime:
    """An instant with its offset; raises BadInput for a local time, which would mean another instant elsewhere."""
    try:
        if not isinstance(value, str) or len(value) > LONGEST_INSTANT:
            raise BadInput("An instant is a string such as 2026-03-01T09:00:00Z.")
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            raise BadInput("An instant needs its offset: end it with Z, or with +01:00.")
        return instant.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadInput("An instant is a string such as 2026-03-01T09:00:00Z, between the years 1 and 9999.") from error


def read_uuid(value: Any) -> UUID:
    """A UUID in its usual form of 36 characters."""
    try:
        if isinstance(value, str) and len(value) == 36:
            return UUID(value)
        raise ValueError
    except ValueError as error:
        raise BadInput("A UUID has 36 characters, such as 018f2c6e-7a4b-7c1d-9e2f-0123456789ab.") from error


def read_big(value: Any) -> BigInt:
    """A whole number of at most 64 bits, as a number or in a string."""
    if not isinstance(value, bool) and isinstance(value, int | str) and len(str(value)) <= 20:
        try:
            number = int(value)
        except ValueError:
            number = 2**63
        if -(2**63) <= number < 2**63:
            return BigInt(number)
    raise BadInput("A whole number of at most 64 bits is needed.")


def read_json(value: Any) -> Any:
    """A JSON value whose numbers every reader takes (RFC 8259, section 6): finite, whole ones of at most 64 bits."""
    unread = [value]
    while unread:  # no recursion: it may be as deep as a body allows
        match unread.pop():
            case dict() as fields:
                unread += fields.values()
            case list() as elements:
                unread += elements
            case float() as number if not math.isfinite(number):
                raise BadInput("JSON has no number that is infinite or none.")
            case int() as number if not -(2**63) <= number < 2**63:
                raise BadInput("JSON takes whole numbers of at most 64 bits; send a larger one as a string.")
    return value


SCALARS: Final[dict[object, ScalarDefinition]] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant: RFC 3339, in UTC, such as `2026-03-01T09:00:00Z`.",
        specified_by_url="https://scalars.graphql.org/andimarek/date-time",
        serialize=write_instant,
        parse_value=read_instant,
    ),
    UUID: strawberry.scalar(
        name="UUID",
        description="A UUID in its usual form of 36 characters (RFC 9562).",
        specified_by_url="https://tools.ietf.org/html/rfc4122",
        serialize=str,
        parse_value=read_uuid,
    ),
    BigInt: strawberry.scalar(
        name="BigInt", description="A whole number beyond 32 bits.", serialize=int, parse_value=read_big
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="Any JSON value (RFC 8259).",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259",
        serialize=lambda value: value,
        parse_value=read_json,
    ),
    Decimal: strawberry.scalar(
        name="Decimal",
        description='An exact decimal number, as a string such as `"12.50"`.',
        serialize=str,
    ),
}
