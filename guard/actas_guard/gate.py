"""What a tenant's status and a session's mode allow (DESIGN section 5's table), and how a refusal reads."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Final

from actas_guard.claims import Mode
from actas_guard.events import Tenant, TenantStatus


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request goes no further: `code` for programs, `title` and `detail` for people."""

    status: int
    code: str
    title: str
    detail: str
    retry_after: int | None = None
    link: tuple[str, str] | None = None  # where to go next, and what to call it
    more: dict[str, str] = field(default_factory=dict)  # further members of the problem


S = TenantStatus
_RETRY_SECONDS: Final = 30

# For everybody and every method: nothing of the tenant is served.
_CLOSED: Final = {
    S.SUSPENDED: Refusal(
        503,
        "TENANT_SUSPENDED",
        "This workspace is suspended",
        "Nobody can sign in or work here at the moment. Your data is kept, unchanged.",
        _RETRY_SECONDS,
    ),
    S.PROVISIONING: Refusal(
        503,
        "TENANT_NOT_READY",
        "This workspace is being set up",
        "It is not ready yet. Try again in a few minutes.",
        _RETRY_SECONDS,
    ),
    S.UNKNOWN: Refusal(
        503,
        "TENANT_NOT_READY",
        "This workspace is not available",
        "Its state is one that this product does not know yet. Try again in a few minutes.",
        _RETRY_SECONDS,
    ),
    S.OFFBOARDED: Refusal(
        410, "TENANT_GONE", "This workspace is closed", "It was closed for good, and there is nothing here any more."
    ),
}
# For whatever may change something.
_READ_ONLY: Final = {
    S.READ_ONLY: Refusal(
        403,
        "TENANT_READ_ONLY",
        "This workspace can only be read",
        "Nothing was changed. Changes work again as soon as the workspace is opened for them.",
    ),
    S.OFFBOARDING: Refusal(
        403,
        "TENANT_OFFBOARDING",
        "This workspace is being closed",
        "Nothing was changed. Everything can still be read and exported until it is closed.",
    ),
}
# For a request that was let in before this came, and is not answered any more.
REACHED: Final = (
    "The product had your request already, and what it answered is not shown. It may have been carried out: look "
    "before you do it again."
)
UNKNOWN_TENANT: Final = Refusal(
    404, "TENANT_UNKNOWN", "There is no workspace here", "Check the address: it begins with the workspace's short name."
)
NOT_READY: Final = Refusal(
    503,
    "GUARD_NOT_READY",
    "This workspace is starting",
    "The guard of this product has not reached its console yet. Try again in a moment.",
    2,
)
STALE: Final = Refusal(
    503,
    "GUARD_STALE",
    "This session cannot be confirmed",
    "The guard of this product has lost touch with the console and cannot know whether your session still lives, so it "
    "lets no operator through. Nothing was changed. It goes on by itself when the console answers again.",
    5,
)
RECORDS_FULL: Final = Refusal(
    503,
    "RECORDS_FULL",
    "This request cannot be recorded",
    "Every request of an operator is recorded, and the records cannot be handed to the console at the moment. Nothing "
    "was changed. Try again in a minute.",
    30,
)
READ_ONLY_SESSION: Final = Refusal(
    403,
    "READ_ONLY_SESSION",
    "Your session is read only",
    "Nothing was changed. To make changes, start a session with read and write access from the console.",
)
CREDENTIALS_REFUSED: Final = Refusal(
    403,
    "CREDENTIALS_REFUSED",
    "Credentials are not shown in a session",
    "Keys and tokens of the tenant are for its own people alone. Ask one of them, and not to send them to you.",
)
PERSONAL_ACT: Final = Refusal(
    403,
    "PERSONAL_ACT",
    "Only a person can do this for themselves",
    "Nobody accepts terms, or changes a password, in somebody else's name. Nothing was changed.",
)
FOREIGN_TOKEN: Final = Refusal(
    403, "WRONG_TENANT", "This session is for another workspace", "Enter this workspace from the console."
)
PERSON_UNKNOWN: Final = Refusal(
    503,
    "PERSON_UNKNOWN",
    "Who is asking cannot be found out",
    "This product could not look up your sign-in at the moment. Try again in a moment.",
    5,
)
INVALID_TOKEN: Final = Refusal(
    401,
    "TOKEN_INVALID",
    "This session is not valid",
    "The browser holds a session that the console did not issue, or no longer vouches for. Leave it, and enter again "
    "from the console.",
    link=("/actas/ended", "Leave this session"),
)


def closed(tenant: Tenant) -> Refusal | None:
    """What keeps everybody out of the tenant, whatever token is shown (C-18)."""
    if tenant.status is S.ACTIVE:  # as nearly always, and asked of each part of each answer
        return None
    refusal = _CLOSED.get(tenant.status)
    if refusal and tenant.support_url and tenant.status is S.SUSPENDED:
        more = {"supportUrl": tenant.support_url}
        return replace(refusal, link=(tenant.support_url, "Contact support"), more=more)
    return refusal


def unsafe_refused(tenant: Tenant) -> Refusal | None:
    """What forbids the tenant's own people a request that may change something."""
    return closed(tenant) or _READ_ONLY.get(tenant.status)


def refused(tenant: Tenant, mode: Mode | None, *, changes: bool, kinds: Collection[str]) -> Refusal | None:
    """What forbids a request: of an operator by the `mode` in force, of the tenant's own people where it is None.

    `changes` is whether it may change something, `kinds` what the product marked its route with (see `marks`).
    """
    if mode is None:
        return unsafe_refused(tenant) if changes else closed(tenant)
    if "PERSONAL" in kinds:
        return PERSONAL_ACT
    if "CREDENTIALS" in kinds:
        return CREDENTIALS_REFUSED
    return READ_ONLY_SESSION if changes and mode == "READ_ONLY" else None


def mode_in_force(tenant: Tenant, mode: Mode) -> Mode:
    """An operator may no more than the tenant's admin: a tenant that may only read makes the session read only."""
    return mode if tenant.status is S.ACTIVE else "READ_ONLY"
