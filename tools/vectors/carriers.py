"""How a request carries a token, and what of it the product sees."""

from __future__ import annotations

from typing import Any, Final

from tools.vectors import world
from tools.vectors.world import ACME, CONSOLE, ENDS, GLOBEX, PASSES, Json, claims, header, part, refused, signed

_INVALID: Final = refused(401, "TOKEN_INVALID")
_OVER: Final = refused(401, "SESSION_ENDED")
_OWN: Final = "sid=of-the-product"
_TOKEN: Final = "__Host-actas-session"  # noqa: S105 - names of cookies
_TAB: Final = "__Host-actas-tab"
_INSIDE: Final = "__Host-actas-inside"

_WHOLE: Final = world.token()
_OTHER: Final = world.token("other")
_HALF, _, _SIGNATURE = _WHOLE.rpartition(".")
_OTHERS_HALF, _, _OTHERS_SIGNATURE = _OTHER.rpartition(".")
_KEPT: Final = f"{world.session_id('acme')}.TENANT.{_SIGNATURE}"
_OTHERS_KEPT: Final = f"{world.session_id('other')}.TENANT.{_OTHERS_SIGNATURE}"
_COOKIE: Final = ("cookie", f"{_TOKEN}={_WHOLE}")
_TABS: Final = ("cookie", f"{_TAB}={_KEPT}")

Headers = list[tuple[str, str]]


def document() -> Json:
    """The file carriers.json."""
    return {
        **world.console(),
        "console": world.NOW,
        "guard": world.NOW,
        "snapshot": world.snapshot(
            world.told_tenant(), world.told_tenant(GLOBEX), world.told_session(), world.told_session("other")
        ),
        "vectors": [*_cookies(), *_spellings(), *_tabs(), *_half_and_half(), *_contending(), *_own_bearers()],
    }


def _bearer(value: str, scheme: str = "Bearer") -> tuple[str, str]:
    return ("authorization", f"{scheme} {value}")


def _vector(name: str, headers: Headers, answer: Json, host: str = ACME["host"]) -> Json:
    return {"name": name, "host": host, "headers": [list(pair) for pair in headers], "answer": answer}


def _passes(session: str | None, *cookies: str, authorization: list[str] | None = None) -> Json:
    seen = {"cookies": list(cookies), "authorization": authorization or []}
    return {**PASSES, "session": session and world.session_id(session), "product": seen}


def _cookies() -> list[Json]:
    inside = f"{_INSIDE}={world.session_id('acme')}.TENANT"
    beside = ("cookie", f"{_OWN}; {_TOKEN}={_WHOLE}; theme=dark")
    remembered = ("cookie", f"{inside}; {_TOKEN}={_WHOLE}; __Host-actas-of-a-later-guard=1")
    bad = ("cookie", f"{_OWN}; {_TOKEN}=forged")
    return [
        _vector("nothing is carried", [("cookie", _OWN)], _passes(None, _OWN)),
        _vector("the carrier COOKIE", [_COOKIE], _passes("acme")),
        _vector("the product's own sign-in beside it decides nothing", [beside], _passes("acme", _OWN, "theme=dark")),
        _vector("no cookie of a guard's is the product's", [remembered], _passes("acme")),
        _vector("a bad token beside the product's own sign-in is refused all the same", [bad], _INVALID),
        _vector("an empty value", [("cookie", f"{_OWN}; {_TOKEN}=")], _INVALID),
        _vector("what an ended session leaves behind", [("cookie", f"{_OWN}; {inside}")], _OVER),
        _vector("no header of another service's counts", [("actas-token", _WHOLE)], _passes(None)),
    ]


def _spellings() -> list[Json]:
    small = f"__host-actas-session={_WHOLE}"
    blanks = {f"{ord(blank):#x}": f"{blank}{_TOKEN}={_WHOLE}" for blank in ("\u00a0", "\u0085")}
    twice = [("cookie", f"{_OWN}; {_TOKEN}={_WHOLE}"), ("cookie", "theme=dark")]
    return [
        *(
            _vector(
                f"a sibling host's cookie with {name} in front is nobody's", [("cookie", text)], _passes(None, text)
            )
            for name, text in blanks.items()
        ),
        _vector(
            "and contends with none of ours",
            [("cookie", f"{_TOKEN}={_WHOLE}; {blanks['0xa0']}x")],
            _passes("acme", f"{blanks['0xa0']}x"),
        ),
        _vector(
            "spaces and tabs around a cookie",
            [("cookie", f"a=1;\t {_TOKEN}={_WHOLE} \t;b=2")],
            _passes("acme", "a=1", "b=2"),
        ),
        _vector("a name in other letters", [("cookie", small)], _passes(None, small)),
        _vector(
            "a name in other letters beside ours",
            [("cookie", f"{_TOKEN}={_WHOLE}; {small}x")],
            _passes("acme", f"{small}x"),
        ),
        _vector("a blank before the =", [("cookie", f"{_TOKEN} ={_WHOLE}")], _passes(None)),
        _vector("a blank behind the =", [("cookie", f"{_TOKEN}= {_WHOLE}")], _INVALID),
        _vector("a name without a value", [("cookie", f"{_OWN}; {_TOKEN}")], _passes(None, _OWN)),
        _vector("a quoted value", [("cookie", f'{_TOKEN}="{_WHOLE}"')], _INVALID),
        _vector("a percent-encoded value", [("cookie", f"{_TOKEN}=%{ord(_WHOLE[0]):02X}{_WHOLE[1:]}")], _INVALID),
        _vector("cookies in several headers", twice, _passes("acme", _OWN, "theme=dark")),
        _vector("the token in the second header", twice[::-1], _passes("acme", "theme=dark", _OWN)),
        _vector("one value twice", [("cookie", f"{_TOKEN}={_WHOLE}; {_TOKEN}={_WHOLE}")], _passes("acme")),
        _vector("two values for one name", [("cookie", f"{_TOKEN}={_WHOLE}; {_TOKEN}={_OTHER}")], _INVALID),
        _vector("two values, the good one last", [("cookie", f"{_TOKEN}=x; {_TOKEN}={_WHOLE}")], _INVALID),
        _vector("two values, one of them empty", [("cookie", f"{_TOKEN}={_WHOLE}; {_TOKEN}=")], _INVALID),
        _vector("two values in two headers", [_COOKIE, ("cookie", f"{_TOKEN}={_OTHER}")], _INVALID),
    ]


def _tabs() -> list[Json]:
    own = ("cookie", f"{_OWN}; {_TAB}={_KEPT}")
    forged = f"{part(header())}.{part(claims(exp=ENDS + 3600))}"
    return [
        _vector("the carrier TAB", [_bearer(_HALF), own], _passes("acme", _OWN)),
        _vector("the scheme in other letters", [_bearer(_HALF, "bEARER"), _TABS], _passes("acme")),
        _vector("several spaces", [_bearer(f"  {_HALF} "), _TABS], _passes("acme")),
        _vector(
            "a tab at another tenant's host", [_bearer(_HALF), _TABS], refused(403, "WRONG_TENANT"), GLOBEX["host"]
        ),
        _vector("a half with other claims", [_bearer(forged), _TABS], _INVALID),
        _vector(
            "half of a session that nobody announced",
            [
                _bearer(world.token("unheard").rpartition(".")[0]),
                ("cookie", f"{_TAB}={world.session_id('unheard')}.TENANT.{world.token('unheard').rpartition('.')[2]}"),
            ],
            _OVER,
        ),
    ]


def _half_and_half() -> list[Json]:
    """Neither half is worth anything alone (C-5)."""
    return [
        _vector("a half without its cookie", [_bearer(_HALF), ("cookie", _OWN)], _INVALID),
        _vector("a cookie without the half", [("cookie", f"{_OWN}; {_TAB}={_KEPT}")], _passes(None, _OWN)),
        _vector("the first third alone", [_bearer(_HALF.partition(".")[0]), _TABS], _INVALID),
        _vector("a half with a dot too many", [_bearer(f"{_HALF}."), _TABS], _INVALID),
        _vector("another tab's signature", [_bearer(_HALF), ("cookie", f"{_TAB}={_OTHERS_KEPT}")], _INVALID),
        _vector("a cookie with the signature alone", [_bearer(_HALF), ("cookie", f"{_TAB}={_SIGNATURE}")], _INVALID),
        _vector("a cookie without a signature", [_bearer(_HALF), ("cookie", f"{_TAB}={_KEPT[:-87]}")], _INVALID),
        _vector(
            "two signatures",
            [_bearer(_HALF), ("cookie", f"{_TAB}={_KEPT}; {_TAB}={_OTHERS_KEPT}")],
            _INVALID,
        ),
        _vector("the signature in the second header", [_bearer(_HALF), ("cookie", _OWN), _TABS], _passes("acme", _OWN)),
        _vector("a whole token as a bearer", [_bearer(_WHOLE)], _INVALID),
        _vector("a whole token as a bearer, with its signature", [_bearer(_WHOLE), _TABS], _INVALID),
        _vector("a whole token in the tab's cookie", [_bearer(_HALF), ("cookie", f"{_TAB}={_WHOLE}")], _INVALID),
        _vector("a half in the session's cookie", [("cookie", f"{_TOKEN}={_HALF}; {_TAB}={_KEPT}")], _INVALID),
    ]


def _contending() -> list[Json]:
    """Two at once are none, and nobody falls back to another identity."""
    joined = ("authorization", f"Bearer {_HALF}, Bearer of-the-product")
    return [
        _vector("both carriers at once", [_bearer(_HALF), ("cookie", f"{_TAB}={_KEPT}; {_TOKEN}={_WHOLE}")], _INVALID),
        _vector(
            "both carriers, of two sessions",
            [_bearer(_HALF), ("cookie", f"{_TAB}={_KEPT}; {_TOKEN}={_OTHER}")],
            _INVALID,
        ),
        _vector(
            "both carriers, one of them empty", [_bearer(_HALF), ("cookie", f"{_TAB}={_KEPT}; {_TOKEN}=")], _INVALID
        ),
        _vector("a good cookie beside half of nothing", [_bearer(_HALF), _COOKIE], _INVALID),
        _vector("one half in two headers", [_bearer(_HALF), _bearer(_HALF), _TABS], _INVALID),
        _vector("halves of two sessions", [_bearer(_HALF), _bearer(_OTHERS_HALF), _TABS], _INVALID),
        _vector("two bearers in one header", [joined, _TABS], _INVALID),
        _vector(
            "a half behind the product's own bearer",
            [_bearer("of-the-product"), _bearer(_HALF), _TABS],
            _passes("acme", authorization=["Bearer of-the-product"]),
        ),
        _vector(
            "a half before the product's own credentials",
            [_bearer(_HALF), ("authorization", "Basic YTpi"), _TABS],
            _passes("acme", authorization=["Basic YTpi"]),
        ),
        _vector(
            "a half without its cookie behind the product's own bearer", [_bearer("own"), _bearer(_HALF)], _INVALID
        ),
    ]


def _own_bearers() -> list[Json]:
    """What is the product's is passed on as it came; what says that it is ours is ours, however badly it is made."""

    def like(head: Any) -> str:
        return signed(head, claims(), CONSOLE)

    theirs = {
        "opaque": "of-the-product",
        "a JWT": like({"alg": "ES256", "typ": "JWT"}),
        "a JWT without typ": like({"alg": "EdDSA", "kid": world.KEY_ID}),
        "a JWT whose typ is no text": like(header(typ=["impersonation+jwt"])),
        "a JWT whose member is not spelled typ": like(header(typ=..., Typ="impersonation+jwt")),
        "a header that is a list": like(["impersonation+jwt"]),
        "over 4096 characters before the first dot": like(header(x="a" * 3100)),
    }
    padded = part(b'{"typ": "impersonation+jwt"}')
    ours = {
        "typ in capitals": like(header(typ="IMPERSONATION+JWT")),
        "typ as a media type": like(header(typ="application/impersonation+jwt")),
        "alg none": f"{part(header(alg='none'))}.{part(claims())}.",
        "no dot at all": part(header()),
        "padding": f"{padded}{'=' * (-len(padded) % 4)}.{part(claims())}",
    }
    basic = ("authorization", f"Basic {_HALF}")
    return [
        *(
            _vector(
                f"a product's own bearer: {name}", [_bearer(value)], _passes(None, authorization=[f"Bearer {value}"])
            )
            for name, value in theirs.items()
        ),
        _vector("a scheme without a bearer", [("authorization", "Bearer")], _passes(None, authorization=["Bearer"])),
        _vector("a scheme that is not Bearer", [basic, _TABS], _passes(None, authorization=[basic[1]])),
        _vector(
            "a product's own bearer beside the carrier COOKIE",
            [_bearer("own"), _COOKIE],
            _passes("acme", authorization=["Bearer own"]),
        ),
        *(
            _vector(f"a bearer that says it is ours: {name}", [_bearer(value)], _INVALID)
            for name, value in ours.items()
        ),
    ]
