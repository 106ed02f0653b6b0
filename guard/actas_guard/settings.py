"""The one settings object of the guard."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from actas_guard.asgi import Scope
from actas_guard.banner import BannerSettings
from actas_guard.graphql import OperationOf
from actas_guard.graphql import operation_of as of_json
from actas_guard.marks import Mark
from actas_guard.redaction import Redaction

Person = Literal["ADMIN", "MEMBER"]
HEARTBEAT_SECONDS: Final = 5
_LONGEST_STALENESS: Final = 300
_SMALLEST_SPOOL: Final = 2**16
_LEAST_SEEN_SECONDS: Final = 6  # three beats of two seconds


@dataclass(frozen=True, slots=True)
class Named:
    """One of the tenant's people, with the name that the ledger gives them when they end a session."""

    role: Person
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardSettings:
    """How a product and its console find and trust each other.

    Raises:
        ValueError: at a value that cannot work, saying which and what it should be.

    """

    console_url: str
    """The origin of the Actas console and API, such as `https://console.example`."""

    service_key: str = field(repr=False)
    """This product's key (`actas_…`) with TOKEN_EXCHANGE, GUARD_EVENTS and ACCESS_LOG_APPEND."""

    issuer: str
    """The `iss` of the tokens: the console's ACTAS_SERVICE_URL."""

    tenant_of: Callable[[str], str | None]
    """From a request's Host header (with its port) to the tenant's slug; None where no tenant lives there."""

    person_of: Callable[[Scope], Awaitable[Person | Named | None]] | None = None
    """Who of the tenant's own people sends this request, by the product's own sign-in: an ADMIN, a MEMBER, or nobody.

    `Named("ADMIN", "Olga Owner")` also says who they are, for the record of a session that they end.

    The guard asks before it shows who is inside. Without it only the operators themselves see the banner, since the
    guard would otherwise tell strangers an operator's name and reason."""

    scheme: Literal["http", "https"] | None = None
    """The scheme that browsers use; None takes what the server sees. Set it where TLS ends before the server."""

    marks: tuple[Mark, ...] = ()
    """What methods do not tell of the product's routes: see `side_effect`, `credentials` and `personal`."""

    graphql: tuple[str, ...] = ()
    """The paths of GraphQL endpoints, such as `/graphql`: there the operation decides what may change, no method."""

    operation_of: OperationOf = of_json
    """From a GraphQL request's content type and body to `query`, `mutation` or `subscription`; None where it cannot
    tell. For products with stored operations, whose bodies the guard's own function does not understand."""

    behind_another: bool = False
    """Whether this is an inner service, which other services of the product alone can reach (see `PassOn`). It takes
    the tenant and the token from them, and never from a browser."""

    max_staleness_seconds: float = 30
    """How old the view of live sessions may be. Past it, impersonated requests are refused; others go on."""

    spool: Path | None = None
    """A folder of this service on a disk of its own machine, where access records wait for the console. Any number of
    processes share it. Without one they wait in memory, and are lost when the process is killed."""

    strict: bool = False
    """Whether the product sees an operator's request only once its record is durable. Needs a `spool`. Without it the
    record is durable before the answer, and where the disk fails it waits in memory."""

    max_spool_bytes: int = 256 * 2**20
    """How large one process's file in the spool may grow: some 400 bytes a record."""

    max_pending_records: int = 10_000
    """How many access records may wait in memory. Past it, impersonated requests are refused."""

    redaction: Redaction = field(default_factory=Redaction)
    """How secrets are kept out of recorded paths."""

    max_streams: int = 1_000
    """How many pages may follow the banner's stream in one process at once. Strangers get half of them at most, one
    tenant's strangers a quarter, and the last tenth is kept for operators."""

    banner: BannerSettings = field(default_factory=BannerSettings)
    """The banner's words, in the product's languages, and its colours."""

    banner_seen_seconds: float | None = 15
    """How lately an operator's browser must have shown the banner for a change to go on; None asks for none.

    None is for hosts that serve an API alone, to pages that stand elsewhere: no banner can be seen there."""

    clock: Callable[[], float] = field(default=time.time, repr=False)
    """Seconds since 1970, for the times in tokens."""

    monotonic: Callable[[], float] = field(default=time.monotonic, repr=False)
    """Seconds that never go back, for the age of the view."""

    def __post_init__(self) -> None:
        """Refuse what cannot work, before the first request does."""
        object.__setattr__(self, "console_url", _origin(self.console_url, "console_url"))
        _origin(self.issuer, "issuer")
        if not self.service_key.startswith("actas_") or not self.service_key.isascii():
            raise ValueError("service_key must be a key that the console issued: it begins with actas_")
        if not HEARTBEAT_SECONDS < self.max_staleness_seconds <= _LONGEST_STALENESS:
            raise ValueError(
                f"max_staleness_seconds must be over {HEARTBEAT_SECONDS} (a heartbeat's time) "
                f"and at most {_LONGEST_STALENESS}"
            )
        if self.strict and self.spool is None:
            raise ValueError("strict needs a spool: what is in memory is lost when the process is killed")
        if self.max_spool_bytes < _SMALLEST_SPOOL:
            raise ValueError(f"max_spool_bytes must be at least {_SMALLEST_SPOOL}")
        if self.max_pending_records < 1 or self.max_streams < 1:
            raise ValueError("max_pending_records and max_streams must be at least 1")
        seen = self.banner_seen_seconds
        if seen is not None and not _LEAST_SEEN_SECONDS <= seen <= _LONGEST_STALENESS:
            raise ValueError(
                f"banner_seen_seconds must be at least {_LEAST_SEEN_SECONDS} (browsers are not punctual) "
                f"and at most {_LONGEST_STALENESS}, or None"
            )


def subdomain(domain: str) -> Callable[[str], str | None]:
    """A `tenant_of` for tenants that live at `<slug>.<domain>`, on any port."""
    suffix = f".{domain.lower().strip('.')}"

    def tenant_of(host: str) -> str | None:
        name = host.lower().partition(":")[0]
        slug = name.removesuffix(suffix)
        return slug if slug and slug != name and "." not in slug else None

    return tenant_of


def _origin(url: str, name: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ValueError(f"{name} must be an http(s) origin such as https://console.example, not {url!r}")
    if parts.path not in {"", "/"}:
        raise ValueError(f"{name} must have no path, not {parts.path!r}")
    return f"{parts.scheme}://{parts.netloc}"
