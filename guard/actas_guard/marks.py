"""What a product says of its own routes that their methods do not: see `side_effect`, `credentials` and `personal`.

By path in the settings, where the guard refuses before the product hears of the request; or at a handler, where a path
cannot tell. Prefer the settings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, Final, Literal, TypeVar, cast
from unicodedata import category
from urllib.parse import urlparse

from actas_guard import gate
from actas_guard.asgi import Request
from actas_guard.context import NoLongerAllowed, current
from actas_guard.gate import Refusal

Kind = Literal["SIDE_EFFECT", "CREDENTIALS", "PERSONAL", "PLATFORM"]
Handler = TypeVar("Handler", bound=Callable[..., Any])

_LONGEST_SURFACE: Final = 200
MASK: Final = "••••••••"
_PART: Final = re.compile(r"\{[A-Za-z_][A-Za-z0-9_]*(?P<rest>:path)?\}")
_METHOD: Final = re.compile(r"[A-Z]+")
# What may count for nothing around a part of a path: `$` in a route also stands before a final newline, and `int(" 7")`
# is 7. All blanks of Unicode and all control characters.
_NOTHING: Final = "".join(filter(lambda each: each.isspace() or category(each) == "Cc", map(chr, range(0x3001))))


@dataclass(frozen=True, slots=True)
class Mark:
    """What is true of a path, for these methods; without any, for all."""

    kind: Kind
    path: str
    methods: frozenset[str]
    surface: str | None = None

    def __post_init__(self) -> None:
        """Refuse what would never match."""
        if not self.path.startswith("/"):
            raise ValueError(f"a marked path begins with /, not {self.path!r}")
        if set("{}<>").intersection(_PART.sub("", self.path)):
            raise ValueError(f"a part of a marked path is written {{id}} or {{rest:path}}, not as in {self.path!r}")
        if self.kind == "PLATFORM" and not 1 <= len(self.surface or "") <= _LONGEST_SURFACE:
            raise ValueError(f"name the platform's surface in 1 to {_LONGEST_SURFACE} characters")
        if wrong := [method for method in self.methods if not _METHOD.fullmatch(method)]:
            raise ValueError(f"a method is written in capitals, not {wrong[0]!r}")


def side_effect(path: str, *methods: str) -> Mark:
    """A route that changes something, whatever its method: an export that sends mail, a GET that marks as read.

    `path` may have parts such as `{id}`, and `{rest:path}` for any number of parts, also none. Write `{id}` for every
    part that the route converts: it may take `07` for `7`. The path is refused where nothing may change, and recorded
    as a write elsewhere. The guard reads no form: where a framework takes the method from a field such as `_method`,
    give no methods, or POST beside them. So for every mark.
    """
    return Mark("SIDE_EFFECT", path, frozenset(methods))


def credentials(path: str, *methods: str) -> Mark:
    """A route that shows credentials (keys, tokens, recovery codes): refused in every session. See also `masked`.

    Methods as in `side_effect`: a form's `_method` is not read, so give none where a framework does, or POST too.
    """
    return Mark("CREDENTIALS", path, frozenset(methods))


def personal(path: str, *methods: str) -> Mark:
    """A person's own act (accepting terms, changing a password): refused in every session, whatever its mode.

    Methods as in `side_effect`: a form's `_method` is not read, so give none where a framework does, or POST too.
    """
    return Mark("PERSONAL", path, frozenset(methods))


def platform_managed(surface: str, path: str, *methods: str) -> Mark:
    """A route to what the platform manages in the workspace, such as `billing`.

    Requests that sessions make there are entries of the tenant's ledger, under this name (1 to 200 characters).
    """
    return Mark("PLATFORM", path, frozenset(methods), surface)


class Marks:
    """The marks of a product, by path."""

    def __init__(self, marks: Iterable[Mark]) -> None:
        self._marks = [(mark, _pattern(mark.path)) for mark in marks]

    def of(self, request: Request) -> frozenset[Kind]:
        """What is true of this request. Spellings that a product may take for the same path count as the same."""
        return frozenset(mark.kind for mark in self._matching(request))

    def surface(self, request: Request) -> str | None:
        """What of the platform's this request is for; the first that is marked."""
        return next((mark.surface for mark in self._matching(request) if mark.surface), None)

    def _matching(self, request: Request) -> list[Mark]:
        if not self._marks:
            return []
        path = _spelled(request.path)
        # Some servers pass on `post` as it came, and some frameworks take it for POST.
        method = "GET" if (sent := request.method.upper()) == "HEAD" else sent
        return [
            mark
            for mark, pattern in self._marks
            if (not mark.methods or method in mark.methods or request.overridden) and pattern(path)
        ]


class RefusedHere(Exception):
    """Raised by a marked handler; the guard answers in the product's stead."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"{refusal.code}: {refusal.detail}")


def changes_something(handler: Handler) -> Handler:
    """Mark a handler like `side_effect` marks a path."""
    return _marked(handler, "SIDE_EFFECT")


def shows_credentials(handler: Handler) -> Handler:
    """Mark a handler like `credentials` marks a path."""
    return _marked(handler, "CREDENTIALS")


def personal_act(handler: Handler) -> Handler:
    """Mark a handler like `personal` marks a path."""
    return _marked(handler, "PERSONAL")


def masked(secret: str) -> str:
    """The secret for the tenant's own people, dots in a session: for pages that show more than credentials."""
    here = current.get()
    return MASK if here and here.impersonation else secret


def plain(path: str) -> str:
    """A path in the one form that is compared: products differ in what they take for the same path.

    In small letters, without empty parts, without blanks and control characters around a part, and without the origin
    that a request may name in front of its path (RFC 9112, section 3.2.2).
    """
    return _spelled(path).rstrip("/ ").lower() or "/"


def _spelled(path: str) -> str:
    """The same with each blank part as ` `: to a route it is a part's value, or at the end nothing."""
    if path[:1] != "/":
        with suppress(ValueError):
            path = urlparse(path).path
    return "".join([f"/{part.strip(_NOTHING) or ' '}" for part in path.split("/") if part])


def _pattern(path: str) -> Callable[[str], object]:
    pattern, at = "", 0
    shown = _spelled(path)
    for part in _PART.finditer(shown):
        before = re.escape(shown[at : part.start()])
        if not part["rest"]:
            pattern += f"{before}[^/]*"  # no part that is compared is empty, but blanks beside a word are left out
        elif before.endswith("/"):
            pattern += f"{before[:-1]}(?:/.*)?"  # frameworks take `/keys/` for it, which is `/keys` here
        else:
            pattern += f"{before}.*"
        at = part.end()
    return re.compile(f"{pattern}{re.escape(shown[at:])}(?:/ )*", re.IGNORECASE | re.DOTALL).fullmatch


def _marked(handler: Handler, kind: Kind) -> Handler:
    if iscoroutinefunction(handler):

        @wraps(handler)
        async def asked(*args: Any, **kwargs: Any) -> Any:
            _check(kind)
            return await handler(*args, **kwargs)

        return cast("Handler", asked)

    @wraps(handler)
    def checked(*args: Any, **kwargs: Any) -> Any:
        _check(kind)
        return handler(*args, **kwargs)

    return cast("Handler", checked)


def _check(kind: Kind) -> None:
    here = current.get()
    if here is None:
        return  # no request that the guard let through, such as a task of the product's own
    if not here.holds():
        raise NoLongerAllowed(f"{kind}: the session of this request is over, or its tenant is closed")
    inside = here.inside()
    mode = inside.mode if inside else None
    if kind == "SIDE_EFFECT":
        here.changed = True
    refusal = gate.refused(here.tenant, mode, changes=kind == "SIDE_EFFECT", kinds={kind})
    if refusal:
        here.refusal = refusal
        raise RefusedHere(refusal)
