"""What of a request's address is fit to be recorded: secrets travel in queries and paths (ASVS 16.2.5, threat 58)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from actas_guard.asgi import Request

REDACTED: Final = "[redacted]"
LONGEST_PATH: Final = 2048
_LONGEST_NAMES: Final = 40
_REMEMBERED_PATHS: Final = 1024  # of those that hold no secret; the others are looked at each time, and kept nowhere
_LONGEST_REMEMBERED: Final = 256
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,128}")
# What commonly stands before a secret in a path, as in /reset-password/<secret>.
_BEFORE_SECRETS: Final = frozenset({
    "token", "tokens", "password", "passwd", "passcode", "reset", "reset-password", "password-reset",
    "forgot-password", "recover", "recovery", "login", "log-in", "signin", "sign-in", "activate", "activation", "code",
    "otp", "key", "api-key", "apikey", "secret", "secrets", "signature", "magic", "magic-link", "invite", "invitation",
    "invitations", "verify", "verify-email", "confirm", "confirmation", "unsubscribe", "share", "session",
    "sessionid", "credential", "credentials",
})  # fmt: skip
# Words of pages that stand there, too. Small letters alone make no page: an invitation's code may have no others.
_PAGES: Final = frozenset({
    "accept", "accepted", "archive", "authorize", "callback", "cancel", "change", "complete", "confirm", "confirmed",
    "create", "current", "decline", "delete", "disable", "download", "enable", "expired", "export", "failed",
    "failure", "finish", "forgot", "history", "import", "logout", "manage", "members", "options", "pending",
    "preview", "refresh", "regenerate", "reject", "remove", "rename", "request", "requested", "resend", "restore",
    "retry", "revoke", "rotate", "search", "settings", "signin", "signup", "start", "status", "submit", "success",
    "update", "upload", "usage", "all", "and", "app", "back", "bulk", "by", "done", "edit", "email", "for", "form",
    "in", "info", "link", "list", "me", "mfa", "my", "new", "ok", "out", "page", "sent", "set", "show", "sms", "sso",
    "to", "up", "user", "users", "view", "with", "your",
})  # fmt: skip
# Keys that say of themselves that they are keys, however short.
_ISSUED: Final = re.compile(
    r"(?:^|[^A-Za-z0-9])(?:[sr]k_(?:live|test)_|whsec_|xox[a-z]-|gh[a-z]_|github_pat_|glpat-|actas_|AKIA)\w{6}"
)
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_JWT: Final = re.compile(r"eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+")
_SHORTEST_SECRET: Final = 6  # /password/new is a page
_SHORTEST_RANDOM: Final = 18
_LONGEST_CAMEL: Final = 32
_RUNS: Final = re.compile(r"[a-z]+|[A-Z]+|[0-9]+")
_PRINTABLE: Final = re.compile(rb"[!-~]*")
_ODD: Final = re.compile(r"[^\w.%\[\]-]", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """How a path is recorded. A product adds what is secret in its own addresses, and what is not.

    Parts of a path that look like tokens are redacted, and so is what follows a name such as `token` or `invite`. Of a
    query only the names are ever recorded.
    """

    names: frozenset[str] = frozenset()
    """Further names, in lower case: the part of a path that follows one is redacted."""

    secrets: tuple[re.Pattern[str], ...] = field(default=())
    """What else is secret: a part in which one of these is found is redacted."""

    plain: tuple[re.Pattern[str], ...] = field(default=())
    """What only looks secret, such as a row's long id: a part that matches one of these as a whole is kept."""

    _harmless: dict[bytes, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def path(self, request: Request) -> str:
        """The path as it was sent, without its secrets, and with the names but not the values of its query."""
        sent: bytes | None = request.scope.get("raw_path")
        # A server may have left the query in it; a `?` of the decoded path is one of the path's own.
        raw = sent.partition(b"?")[0] if sent else encoded(request.scope["path"].encode("utf-8", "surrogateescape"))
        path = self._harmless.get(raw) or self._looked_at(raw)
        if names := self._names(request.scope.get("query_string", b"")):
            path = f"{path}?{'&'.join(f'{name}=' for name in names)}"
        return path[:LONGEST_PATH]

    def _looked_at(self, raw: bytes) -> str:
        sent = _printable(raw)
        before, parts = "", []
        for part in sent.split("/"):
            parts.append(self._part(part, before) if part else part)
            before = part or before  # servers and frameworks take doubled slashes for one
        path = "/".join(parts)
        if path == sent and len(raw) <= _LONGEST_REMEMBERED:
            if len(self._harmless) >= _REMEMBERED_PATHS:
                self._harmless.clear()
            self._harmless[raw] = path
        return path

    def _part(self, sent: str, before: str) -> str:
        # `;name=value` rides on a part of a path; what is behind `=` is never a name.
        if "=" in sent:
            return (
                f"{sent.partition('=')[0]}={REDACTED}" if not self._secret(sent.partition("=")[0], before) else REDACTED
            )
        return REDACTED if self._secret(sent, before) else sent

    def _secret(self, sent: str, before: str) -> bool:
        part = _decoded(sent)
        if self.secrets and any(pattern.search(part) for pattern in self.secrets):
            return True
        if self.plain and any(pattern.fullmatch(part) for pattern in self.plain):
            return False
        if _ISSUED.search(part):
            return True
        before = _decoded(before).lower()
        name = before.replace("_", "-")
        if name and (name in _BEFORE_SECRETS or name in self.names or before in self.names):
            return before in self.names or (len(part) >= _SHORTEST_SECRET and not _page(part))
        return looks_random(part)

    def _names(self, query: bytes) -> list[str]:
        if not query:
            return []
        # A part without `=` may be a value all the same.
        pairs = [pair for pair in query.split(b"&")[:_LONGEST_NAMES] if b"=" in pair]
        names = (_ODD.sub("", pair.partition(b"=")[0].decode("latin-1")) for pair in pairs)
        return [REDACTED if self._secret(name, "") else name for name in names]


def encoded(path: bytes) -> bytes:
    """A decoded path as it may have been sent (RFC 3986, section 3.3): nothing in it is a delimiter any more."""
    return quote(path, safe="/:@!$&'()*+,;=").encode("ascii")


def _page(part: str) -> bool:
    """Whether it is of words alone that pages about secrets are called by, such as `request` or `set-password`."""
    return all(word in _PAGES or word in _BEFORE_SECRETS for word in re.split("[-_]", part))


def _decoded(part: str) -> str:
    return unquote_to_bytes(part).decode("utf-8", "replace") if "%" in part else part


def _printable(path: bytes) -> str:
    if _PRINTABLE.fullmatch(path):
        return path.decode("ascii")
    return "".join(chr(byte) if 0x20 < byte < 0x7F else f"%{byte:02X}" for byte in path)


def looks_random(text: str) -> bool:
    """Whether a text looks like a token: a JWT, or long with its kinds of characters in no order. A UUID is an id."""
    if len(text) < _SHORTEST_RANDOM or _UUID.fullmatch(text):
        return False
    if _JWT.search(text):
        return True
    written = "".join(character for character in text if character.isalnum())
    runs = _RUNS.findall(written)
    # Words and dates come in long runs; of random letters and digits every second character or so begins a new one.
    if len(written) >= _LONGEST_CAMEL and len(runs) * 5 >= len(written) * 2:
        return True
    return len(written) >= _SHORTEST_RANDOM and len(runs) * 4 >= len(written) and any(run.isdigit() for run in runs)


def request_id(request: Request) -> str | None:
    """The request's `X-Request-ID`, where it is one that can be stored and shown safely."""
    value = request.header(b"x-request-id")
    return value if value and _REQUEST_ID.fullmatch(value) else None
