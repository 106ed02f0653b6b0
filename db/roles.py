"""The database roles, made by an administrator: who owns what, and who may become whom.

- `actas_audit_owner` (no login) owns the schema `audit`; only the administrator can become it.
- `actas_witness` (no login) owns the ledger's functions that look at the migrator's tables. What the migrator plants
  there (a view, a policy, a cast) runs with that function's rights: so they are next to none.
- `actas_migrator` owns the schemas `identity` and `platform`, and nothing of the ledger. It neither makes roles (on
  PostgreSQL 16 and later their maker could grant them to itself) nor owns the database.
- `actas_app` serves. It owns nothing; of other roles it can become only `actas_tenant`, which row security binds to
  one tenant's ledger.
- `actas_auditor` reads.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    import asyncpg

AUDIT_OWNER: Final = "actas_audit_owner"
MIGRATOR: Final = "actas_migrator"
APP: Final = "actas_app"
AUDITOR: Final = "actas_auditor"
TENANT: Final = "actas_tenant"
WITNESS: Final = "actas_witness"
# Each is made with no more than what is said here. The ledger's owner inherits the use of the witness's functions.
ROLES: Final = {
    AUDIT_OWNER: "nologin inherit",
    WITNESS: "nologin noinherit",
    MIGRATOR: "login noinherit",
    APP: "login noinherit",
    AUDITOR: "login noinherit",
    TENANT: "nologin noinherit",
}
SCHEMAS: Final = {"audit": AUDIT_OWNER, "identity": MIGRATOR, "platform": MIGRATOR}
ITERATIONS: Final = 4096  # PostgreSQL's own default; the passwords are random


async def make_roles(connection: asyncpg.Connection, passwords: Mapping[str, str]) -> None:
    """Make the cluster's roles where they are missing, and set the passwords that are given.

    Raises:
        ValueError: a password has characters whose form PostgreSQL would have to normalise.
    """
    # sql because: DDL takes no parameters; roles and attributes are ours, a verifier is base64 and colons
    known = {row["rolname"] for row in await connection.fetch("select rolname from pg_roles")}
    for role, attributes in ROLES.items():
        if role not in known:
            await connection.execute(f"create role {role} {attributes}")
    await connection.execute(f"grant {TENANT} to {APP}")
    await connection.execute(f"grant {WITNESS} to {AUDIT_OWNER}")  # who hands it those functions
    if not await connection.fetchval("select rolsuper from pg_roles where rolname = current_user"):
        await connection.execute(f"grant {AUDIT_OWNER}, {MIGRATOR} to current_user")
    for role, password in passwords.items():
        if role in ROLES:
            await connection.execute(f"alter role {role} password '{scram(password)}'")


async def make_schemas(connection: asyncpg.Connection) -> None:
    """Make this database's schemas, each for its owner, and take away what PostgreSQL gives to everyone."""
    # sql because: DDL takes no parameters; PostgreSQL quoted the database's name, the others are ours
    database = await connection.fetchval("select quote_ident(current_database())")
    await connection.execute(f"revoke all on database {database} from public")
    await connection.execute(f"grant connect on database {database} to {MIGRATOR}, {APP}, {AUDITOR}")
    await connection.execute("revoke all on schema public from public")
    for schema, owner in SCHEMAS.items():
        await connection.execute(f"create schema if not exists {schema} authorization {owner}")
    for owner in set(SCHEMAS.values()):
        await connection.execute(f"alter default privileges for role {owner} revoke execute on functions from public")


def scram(password: str) -> str:
    """What PostgreSQL stores of a password (RFC 5802, RFC 7677): so no statement and no log ever holds the password."""
    if not password.isascii() or not password.isprintable():
        raise ValueError("A role's password must be printable ASCII.")
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    encoded = [base64.b64encode(value).decode() for value in (salt, stored, server)]
    return f"SCRAM-SHA-256${ITERATIONS}:{encoded[0]}${encoded[1]}:{encoded[2]}"
