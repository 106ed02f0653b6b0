"""What a message of graphql-transport-ws must be before anything looks into it (threat 26)."""

from __future__ import annotations

from typing import Any, Final

# A close frame's reason may have so many bytes (RFC 6455, section 5.5); a longer one would break the connection.
LONGEST_REASON: Final = 123

_KINDS: Final = frozenset({"connection_init", "ping", "pong", "subscribe", "complete"})
_PAYLOAD: Final = (
    ("query", str, "a string"),
    ("operationName", str | None, "a string"),
    ("variables", dict | None, "an object"),
    ("extensions", dict | None, "an object"),
)


def flaw(message: Any) -> str | None:
    """Why this is no message that a client may send, in words; None where it is one."""
    if not isinstance(message, dict):
        return "A message is an object with `type`."
    kind, payload = message.get("type"), message.get("payload")
    if not isinstance(kind, str) or kind not in _KINDS:
        return f"`type` must be one of {', '.join(sorted(_KINDS))}."
    if kind not in {"subscribe", "complete"}:
        return None if isinstance(payload, dict | None) else "`payload` must be an object."
    if not isinstance(message.get("id"), str) or not message["id"]:
        return "`id` must be a string with at least one character."
    return None if kind == "complete" else _flaw_in_operation(payload)


def _flaw_in_operation(payload: Any) -> str | None:
    if not isinstance(payload, dict):
        return "`payload` must be an object with `query`."
    for name, kind, called in _PAYLOAD:
        if not isinstance(payload.get(name), kind):
            return f"`payload.{name}` must be {called}."
    return None


def shortened(reason: str) -> str:
    """A reason that fits into a close frame; it may quote what a client sent."""
    return reason.encode()[:LONGEST_REASON].decode(errors="ignore")
