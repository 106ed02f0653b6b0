"""PostgreSQL without an installation: a server in a data directory, shared by all processes that use it."""

from db.embedded.errors import EmbeddedError
from db.embedded.folder import LOGIN_ROLES
from db.embedded.lease import Lease, Server, acquire, alone, exists, in_use

__all__ = ["LOGIN_ROLES", "EmbeddedError", "Lease", "Server", "acquire", "alone", "exists", "in_use"]
