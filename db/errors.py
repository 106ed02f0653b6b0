"""What a database says no with, for processes that only pass it on."""

from __future__ import annotations

from socket import gaierror
from typing import Final

import asyncpg
from sqlalchemy.exc import DBAPIError

REFUSALS: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
# There is no talking to a server like this: it is not there, or does not let us in.
AWAY: Final = (OSError, asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError)
# A migration that cannot go on: what is there speaks against it, or the server refuses a statement of it.
MIGRATION: Final = (ValueError, DBAPIError)
OTHER_PURPOSE: Final = "AC005"


def is_other_purpose(error: BaseException) -> bool:
    """Whether the database was made as DEMO, TEST or REAL and is now asked to be another."""
    return getattr(error, "sqlstate", None) == OTHER_PURPOSE


def first_line(error: BaseException) -> str:
    """What the database itself said, without the statement and its parameters."""
    return str(getattr(error, "orig", None) or error).partition("\n")[0]


class OtherSchema(Exception):
    """The database's schema is not this version's; the message says what to do."""


def why_away(error: BaseException) -> str:
    """Why a database cannot be reached or signed in to, without anything out of its URL."""
    if isinstance(error, asyncpg.InvalidCatalogNameError):
        return "the server has no database of this name"
    if isinstance(error, asyncpg.InvalidAuthorizationSpecificationError):  # a wrong password is one, too
        return "the server does not let this role sign in with this password"
    if isinstance(error, TimeoutError):
        return "the server does not answer"
    if isinstance(error, gaierror):
        return "the name of its host is not known"
    if isinstance(error, ConnectionRefusedError | FileNotFoundError):
        return "no server listens there"
    return type(error).__name__
