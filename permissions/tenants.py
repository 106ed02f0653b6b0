"""Which status a tenant may go to, and what that ends (DESIGN section 5, S1-32 to S1-36, S3-5)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from permissions import documents
from permissions.policy import TenantStatus
from permissions.refusals import RefusalCode, Refused, refused
from permissions.text import defect, visible_length

S = TenantStatus

_NEXT: Final[dict[TenantStatus, frozenset[TenantStatus]]] = {
    S.PROVISIONING: frozenset({S.ACTIVE}),
    S.ACTIVE: frozenset({S.READ_ONLY, S.SUSPENDED, S.OFFBOARDING}),
    S.READ_ONLY: frozenset({S.ACTIVE, S.SUSPENDED, S.OFFBOARDING}),
    S.SUSPENDED: frozenset({S.ACTIVE, S.READ_ONLY, S.OFFBOARDING}),
    S.OFFBOARDING: frozenset({S.OFFBOARDED, S.ACTIVE}),
    S.OFFBOARDED: frozenset(),
}
SHORTEST_REASON: Final = 3
LONGEST_REASON: Final = 2000
LONGEST_NAME: Final = 200
LONGEST_LINK: Final = 2000
LONGEST_HOST: Final = 253
_SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")


def transition(
    now: TenantStatus, to: TenantStatus, *, before: TenantStatus | None, exception: str | None
) -> Refused | None:
    """What forbids going from `now` to `to`; `before` is what a suspended tenant was, and goes back to."""
    if now is to:
        return refused(RefusalCode.NO_CHANGE, f"The tenant is {now} already.", "status")
    if to not in _NEXT[now] or (now is S.SUSPENDED and to in {S.ACTIVE, S.READ_ONLY} and to is not before):
        allowed = ", ".join(sorted(_NEXT[now] - ({S.ACTIVE, S.READ_ONLY} - {before} if now is S.SUSPENDED else set())))
        return refused(
            RefusalCode.TRANSITION_NOT_ALLOWED,
            f"A tenant that is {now} cannot become {to}" + (f": only {allowed}." if allowed else "."),
            "status",
        )
    if now is S.OFFBOARDING and to is S.ACTIVE and visible_length(exception or "") < SHORTEST_REASON:
        return refused(RefusalCode.REASON_REQUIRED, "Leaving OFFBOARDING needs the written exception.", "exception")
    return reason_refusal(exception, "exception") if exception else None


def reason_refusal(reason: str, field: str = "reason") -> Refused | None:
    """What is wrong with the reason of a change that is not a session."""
    if len(reason) > LONGEST_REASON:
        return refused(RefusalCode.REASON_TOO_LONG, f"At most {LONGEST_REASON} characters.", field)
    if flaw := defect(reason):
        return refused(RefusalCode.REASON_INVALID, f"The {field} {flaw}: write it anew.", field)
    length = visible_length(reason)
    if length == 0:
        return refused(RefusalCode.REASON_REQUIRED, "Say why: it is kept in the ledger.", field)
    if length < SHORTEST_REASON:
        return refused(RefusalCode.REASON_TOO_SHORT, f"At least {SHORTEST_REASON} characters are needed.", field)
    return None


def registration_refusal(slug: str, name: str, workspace_url: str | None, support_url: str | None) -> Refused | None:
    """What is wrong with a tenant's registration. A workspaceUrl is an origin: the hand-off's code goes only there."""
    if not _SLUG.fullmatch(slug):
        return refused(RefusalCode.INPUT_INVALID, "A slug is 1 to 63 of a-z, 0-9 and inner hyphens.", "slug")
    if len(name) > LONGEST_NAME or defect(name) or not visible_length(name):
        return refused(RefusalCode.INPUT_INVALID, f"A name is 1 to {LONGEST_NAME} visible characters.", "name")
    if workspace_url is not None and not _is_origin(workspace_url):
        return refused(
            RefusalCode.INPUT_INVALID,
            "workspaceUrl is https://host[:port] with nothing after it (http only on localhost).",
            "workspaceUrl",
        )
    if support_url is not None and not _is_link(support_url):
        return refused(RefusalCode.INPUT_INVALID, "supportUrl is an https, http or mailto address.", "supportUrl")
    return None


def details_refusal(labels: Mapping[str, str | None], metadata: Mapping[str, object]) -> Refused | None:
    """What is wrong with what else is kept of a tenant: labels, by the names of their inputs, and its metadata."""
    for field, label in labels.items():
        if label is not None and (len(label) > LONGEST_NAME or defect(label)):
            return refused(RefusalCode.INPUT_INVALID, f"At most {LONGEST_NAME} plain characters.", field)
    if flaw := documents.flaw(metadata):
        return refused(RefusalCode.INPUT_INVALID, f"metadata {flaw}.", "metadata")
    return None


def _is_origin(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError:
        return False
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    local = host == "localhost" or host.endswith(".localhost")
    safe = parts.scheme == "https" or (parts.scheme == "http" and local)
    # Put together again from what was understood: browsers read a stray space, backslash or percent sign otherwise.
    return (
        safe
        and len(host) <= LONGEST_HOST
        and _HOST.fullmatch(host) is not None
        and url == f"{parts.scheme}://{host}{port}"
    )


def _is_link(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    leads = parts.path if parts.scheme == "mailto" else parts.hostname
    fits = len(url) <= LONGEST_LINK and defect(url) is None
    return fits and parts.scheme in {"https", "http", "mailto"} and bool(leads)
