"""Global ids (Relay): opaque text that says which type and which row; anything else is BAD_USER_INPUT."""

from __future__ import annotations

import base64
import binascii
from typing import Final
from uuid import UUID

import strawberry

from permissions.refusals import BadInput

LONGEST: Final = 200
IDEMPOTENCY: Final = (
    "Makes a retry safe: the same key from the same caller with the same input gets the first call's result; with "
    "another input it is refused as CONFLICT."
)


def encode(type_name: str, key: UUID | str) -> strawberry.ID:
    """The global id of a type's row."""
    return strawberry.ID(base64.b64encode(f"{type_name}:{key}".encode()).decode())


def split(given: str, argument: str) -> tuple[str, str]:
    """The type's name and the key; raises BadInput, naming the argument."""
    try:
        if len(given) > LONGEST:
            raise ValueError
        type_name, _, key = base64.b64decode(given.encode("ascii"), validate=True).decode("ascii").partition(":")
    except (ValueError, binascii.Error) as error:
        raise _bad(argument) from error
    if not type_name or not key:
        raise _bad(argument)
    return type_name, key


def decode(given: str, type_name: str, argument: str) -> UUID:
    """The UUID in a global id of this type; raises BadInput where it is another type's, or none."""
    found, key = split(given, argument)
    if found != type_name:
        raise BadInput(
            f"`{argument}` is the id of a {found}, not of a {type_name}." if found.isalnum() else str(_bad(argument))
        )
    return uuid(key, argument)


def optional(given: str | None, type_name: str, argument: str) -> UUID | None:
    """Like decode, for an id that may be left out."""
    return None if given is None else decode(given, type_name, argument)


def entry(chain: UUID, seq: int) -> strawberry.ID:
    """The global id of a ledger entry: its chain and its place there."""
    return encode("AuditEntry", f"{chain}:{seq}")


def decode_entry(key: str, argument: str) -> tuple[UUID, int]:
    """The chain and the sequence in the key of an entry's id."""
    chain, _, seq = key.partition(":")
    if not (seq.isascii() and seq.isdecimal() and len(seq) <= 18 and str(int(seq)) == seq):
        raise _bad(argument)
    return uuid(chain, argument), int(seq)


def uuid(key: str, argument: str) -> UUID:
    """A key that must be a UUID in the one form that this API writes."""
    try:
        found = UUID(key)
    except ValueError as error:
        raise _bad(argument) from error
    if str(found) != key:
        raise _bad(argument)
    return found


def _bad(argument: str) -> BadInput:
    return BadInput(f"`{argument}` is not an id that this API gave out.")
