"""The claims of an impersonation token, defined once: the console mints with this module, the guard verifies with it.

The shape is RFC 8693's delegation: `sub` is the tenant's context, `act` the operator who acts in it. It imports nothing
but the standard library, so that whoever mints or verifies may depend on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args
from uuid import UUID

ALGORITHM: Final = "EdDSA"
TOKEN_TYPE: Final = "impersonation+jwt"  # noqa: S105 - the header's typ: no other token of this issuer passes for one
SCOPE: Final = "impersonation"
MAX_LIFETIME_SECONDS: Final = 8 * 3600
MAX_TOKEN_BYTES: Final = 4096
LEEWAY_SECONDS: Final = 30

Mode = Literal["READ_ONLY", "READ_WRITE"]
_MODES: Final[tuple[Mode, ...]] = get_args(Mode)
_SUBJECT_PREFIX: Final = "tenant:"
_LONGEST_TEXT: Final = 512


class InvalidClaims(ValueError):
    """A payload is not that of an impersonation token; `claim` names what is wrong with it."""

    def __init__(self, claim: str, problem: str) -> None:
        super().__init__(f"{claim} {problem}")
        self.claim = claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """Who (operator) may be where (tenant, audience) until when, in which session. Times are whole seconds (Unix)."""

    issuer: str
    audience: str  # the origin of the tenant's product
    tenant_id: UUID
    operator_id: UUID
    operator_email: str
    session_id: UUID
    token_id: UUID
    mode: Mode  # when it was minted; a guard takes the mode in force from its stream
    issued_at: int
    not_before: int
    expires_at: int  # the session's end

    def __post_init__(self) -> None:
        """Check the times, so that nothing outside the cap can be minted either.

        Raises:
            InvalidClaims: if the token would live longer than `MAX_LIFETIME_SECONDS`, or not at all.

        """
        if not 0 < self.expires_at - self.issued_at <= MAX_LIFETIME_SECONDS:
            raise InvalidClaims("exp", f"must be after iat, and at most {MAX_LIFETIME_SECONDS} s after it")
        if not 0 <= self.issued_at <= self.not_before < self.expires_at:
            raise InvalidClaims("nbf", "must be between iat and exp")

    def to_payload(self) -> dict[str, Any]:
        """The token's payload, ready to be signed."""
        return {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": f"{_SUBJECT_PREFIX}{self.tenant_id}",
            "act": {"sub": str(self.operator_id), "email": self.operator_email},
            "scope": SCOPE,
            "tenant_id": str(self.tenant_id),
            "platform_user_id": str(self.operator_id),
            "sid": str(self.session_id),
            "jti": str(self.token_id),
            "mode": self.mode,
            "iat": self.issued_at,
            "nbf": self.not_before,
            "exp": self.expires_at,
        }

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Claims:
        """Read a payload whose signature was verified; unknown claims are ignored (RFC 7519 section 4).

        This says whether it is an impersonation token at all. Whether it is one for here and now (issuer, audience,
        tenant, time, a live session) is for the caller to check.

        Raises:
            InvalidClaims: at the first claim that is missing, of the wrong type, or contradicts another.

        """
        if payload.get("scope") != SCOPE:
            raise InvalidClaims("scope", f"must be {SCOPE!r}")
        actor = payload.get("act")
        # More than these two is a chain of actors or something that we do not know how to limit (RFC 8693 4.1).
        if not isinstance(actor, dict) or set(actor) != {"sub", "email"}:
            raise InvalidClaims("act", "must be exactly the operator's sub and email, one level deep")
        tenant_id = _identifier(payload, "tenant_id")
        if payload.get("sub") != f"{_SUBJECT_PREFIX}{tenant_id}":
            raise InvalidClaims("sub", "must be the tenant of tenant_id")
        operator_id = _identifier(actor, "sub", within="act.")
        if payload.get("platform_user_id") != str(operator_id):
            raise InvalidClaims("platform_user_id", "must be the operator of act.sub")
        mode = payload.get("mode")
        if mode not in _MODES:
            raise InvalidClaims("mode", f"must be one of {', '.join(_MODES)}")
        return cls(
            issuer=_text(payload, "iss"),
            audience=_text(payload, "aud"),
            tenant_id=tenant_id,
            operator_id=operator_id,
            operator_email=_text(actor, "email", within="act."),
            session_id=_identifier(payload, "sid"),
            token_id=_identifier(payload, "jti"),
            mode=mode,
            issued_at=_seconds(payload, "iat"),
            not_before=_seconds(payload, "nbf"),
            expires_at=_seconds(payload, "exp"),
        )


def _text(source: Mapping[str, Any], name: str, within: str = "") -> str:
    value = source.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_TEXT:
        raise InvalidClaims(within + name, f"must be a text of 1 to {_LONGEST_TEXT} characters")
    return value


def _identifier(source: Mapping[str, Any], name: str, within: str = "") -> UUID:
    text = _text(source, name, within)
    try:
        value = UUID(text)
    except ValueError:
        raise InvalidClaims(within + name, "must be a UUID") from None
    if str(value) != text:  # one spelling only: what is compared as text elsewhere must compare alike here
        raise InvalidClaims(within + name, "must be a UUID in its plain lower-case form")
    return value


def _seconds(source: Mapping[str, Any], name: str) -> int:
    value = source.get(name)
    # A bool is an int in Python, and PyJWT takes numbers in texts and 1e300 for times.
    if type(value) is not int or not 0 <= value < 2**53:
        raise InvalidClaims(name, "must be a whole number of seconds since 1970")
    return value
