"""Valid and forged tokens (facts: RFC 8725, RFC 8693; threats 1 to 12 and 59 of the threat model)."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tools.vectors import world
from tools.vectors.world import (
    ACME,
    BEGAN,
    CONSOLE,
    ENDS,
    GLOBEX,
    NOW,
    PASSES,
    STRANGER,
    Json,
    claims,
    header,
    part,
    refused,
    signed,
)

INVALID: Final = refused(401, "TOKEN_INVALID")
ELSEWHERE: Final = refused(403, "WRONG_TENANT")
OVER: Final = refused(401, "SESSION_ENDED")
_OTHER: Final = str(uuid5(NAMESPACE_URL, "somebody else"))
_RAW: Final = CONSOLE.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
_PEM: Final = CONSOLE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
_TEN_YEARS: Final = 10 * 365 * 86400


def document() -> Json:
    """The file tokens.json."""
    over = world.told_session("expired", began=BEGAN - 3600, ends=BEGAN)
    sessions = (world.told_session(), over, world.told_session("globex", GLOBEX))
    return {
        **world.console(),
        "snapshot": world.snapshot(world.told_tenant(), world.told_tenant(GLOBEX), *sessions),
        "vectors": [*_good(), *_forged(), *_elsewhere(), *_over(), *_clocks()],
    }


def _vector(name: str, threats: list[int], answer: Json, token: str, **more: Any) -> Json:
    clocks = {"console": NOW, "guard": NOW}
    return {"name": name, "threats": threats, "host": ACME["host"], **clocks, "token": token, **more, "answer": answer}


def _good() -> list[Json]:
    last = claims(exp=BEGAN + 8 * 3600)
    return [
        _vector("a token as the console signs it", [], PASSES, world.token()),
        _vector("a claim that nobody knows is ignored", [], PASSES, world.token(region="eu")),
        _vector("a life of exactly eight hours", [9], PASSES, signed(header(), last)),
        _vector(
            "the host in capitals, with the scheme's own port", [], PASSES, world.token(), host="ACME.example.com:443"
        ),
    ]


def _forged() -> list[Json]:
    return [_vector(name, threats, INVALID, token) for name, threats, token in _forgeries()]


def _forgeries() -> list[tuple[str, list[int], str]]:
    whole = world.token()
    actor = claims()["act"]
    twice = json.dumps(claims())[:-1].encode() + b', "scope": "impersonation"}'
    embedded = {name: world.public(STRANGER)[name] for name in ("kty", "crv", "x")}
    heads = [
        ("alg none", [1], f"{part(header(alg='none'))}.{part(claims())}."),
        ("alg none in odd capitals", [1], f"{part(header(alg='nOnE'))}.{part(claims())}."),
        ("alg none with a good signature", [1], signed(header(alg="none"), claims())),
        ("HS256 with the public key's bytes", [2], _hs256(_RAW)),
        ("HS256 with the public key as PEM", [2], _hs256(_PEM)),
        ("alg EDDSA in capitals", [2], signed(header(alg="EDDSA"), claims())),
        ("alg ES256 named", [2], signed(header(alg="ES256"), claims())),
        ("an unknown kid", [3], signed(header(kid="console-2"), claims())),
        ("a path for a kid", [3], signed(header(kid="../../dev/null"), claims())),
        ("SQL for a kid", [3], signed(header(kid="' or 1=1 --"), claims())),
        ("a list for a kid", [3], signed(header(kid=[world.KEY_ID]), claims())),
        ("no kid", [3], signed(header(kid=...), claims())),
        ("a stranger's signature under a known kid", [3], signed(header(), claims(), STRANGER)),
        ("a key in the header, and its signature", [4], signed(header(jwk=embedded), claims(), STRANGER)),
        ("a key in the header, though the console signed", [4], signed(header(jwk=embedded), claims())),
        ("an address of keys", [4], signed(header(jku="https://keys.example/"), claims())),
        ("an address of a certificate", [4], signed(header(x5u="https://keys.example/"), claims())),
        ("an unknown critical extension", [5], signed(header(crit=["exp"], exp=1), claims())),
        ("an unencoded payload", [5], signed(header(b64=False, crit=["b64"]), claims())),
        ("typ JWT", [8], signed(header(typ="JWT"), claims())),
        ("typ at+jwt", [8], signed(header(typ="at+jwt"), claims())),
        ("no typ", [8], signed(header(typ=...), claims())),
    ]
    bodies: list[tuple[str, list[int], Json]] = [
        ("no aud", [6], {"aud": ...}),
        ("a list for an aud", [6], {"aud": [claims()["aud"], "https://globex.example.com"]}),
        ("no iss", [7], {"iss": ...}),
        ("another iss", [7], {"iss": "https://console.example.org"}),
        ("an iss that begins alike", [7], {"iss": f"{world.ISSUER}.evil.example"}),
        ("an iss with a slash more", [7], {"iss": f"{world.ISSUER}/"}),
        ("another scope", [8], {"scope": "impersonation admin"}),
        ("no scope", [8], {"scope": ...}),
        ("no act", [8], {"act": ...}),
        ("an act without a sub", [8], {"act": {"email": actor["email"]}}),
        ("an actor behind the actor", [8, 59], {"act": {**actor, "act": {"sub": _OTHER}}}),
        ("another platform_user_id than act.sub", [8], {"platform_user_id": _OTHER}),
        ("another sub than tenant_id", [8], {"sub": f"tenant:{_OTHER}"}),
        ("a sid in capitals", [8], {"sid": claims()["sid"].upper()}),
        ("a mode that nobody knows", [8], {"mode": "ADMIN"}),
        ("ten years", [9], {"exp": BEGAN + _TEN_YEARS}),
        ("a second over eight hours", [9], {"exp": BEGAN + 8 * 3600 + 1}),
        ("an end before the beginning", [9], {"exp": BEGAN - 1}),
        ("a nbf before iat", [9], {"nbf": BEGAN - 1}),
        ("exp as a text", [9], {"exp": str(ENDS)}),
        ("exp 1e300", [9], {"exp": 1e300}),
        ("exp as a fraction", [9], {"exp": ENDS + 0.5}),
        ("exp true", [9], {"exp": True}),
        ("exp NaN", [9], {"exp": float("nan")}),
        ("exp Infinity", [9], {"exp": float("inf")}),
        ("no exp", [9], {"exp": ...}),
        ("no nbf", [9], {"nbf": ...}),
        ("no iat", [9], {"iat": ...}),
        ("over 4096 characters", [9], {"padding": "x" * 4096}),
    ]
    shapes = [
        ("a name that stands twice", [8], signed(header(), twice)),
        ("another payload under a good signature", [8], _swapped(whole)),
        ("a payload that is a list", [8], signed(header(), [claims()])),
        ("a payload that is no JSON", [8], signed(header(), b"{")),
        ("a very deep payload", [9], signed(header(), b"[" * 2000)),
        ("a header that is a list", [1], signed([], claims())),
        ("a signature cut short", [1], whole[:-4]),
        ("no signature", [1], whole.rpartition(".")[0] + "."),
        ("two parts", [1], whole.rpartition(".")[0]),
        ("five parts, as if encrypted", [1], f"{whole}.a.b"),
        ("only dots", [1], ".."),
        ("padding in base64url", [1], f"{whole}=="),
    ]
    return [*heads, *((name, threats, world.token(**changes)) for name, threats, changes in bodies), *shapes]


def _elsewhere() -> list[Json]:
    return [
        _vector("a good token at another tenant's host", [12], ELSEWHERE, world.token(), host=GLOBEX["host"]),
        _vector("another tenant's token here", [12], ELSEWHERE, world.token("globex", GLOBEX)),
        _vector("another tenant's id under this tenant's aud", [12], ELSEWHERE, _other_tenant()),
        _vector("this tenant under another service's aud", [6], ELSEWHERE, world.token(aud="https://billing.example")),
        _vector("the aud with http", [6], ELSEWHERE, world.token(aud=f"http://{ACME['host']}")),
        _vector("the aud with a path", [6], ELSEWHERE, world.token(aud=f"https://{ACME['host']}/")),
        _vector("a host of no tenant", [12], refused(404, "TENANT_UNKNOWN"), world.token(), host="nobody.example.com"),
        _vector(
            "a host below a tenant's", [12], refused(404, "TENANT_UNKNOWN"), world.token(), host="a.acme.example.com"
        ),
        _vector(
            "another host that ends in it",
            [12],
            refused(404, "TENANT_UNKNOWN"),
            world.token(),
            host="acme.example.com.evil",
        ),
    ]


def _over() -> list[Json]:
    expired: Json = {"iat": BEGAN - 3600, "nbf": BEGAN - 3600, "exp": BEGAN}
    return [
        _vector("a session that was never announced", [11], OVER, world.token("unheard")),
        _vector(
            "a session that was announced for another tenant", [12], OVER, world.token(sid=world.session_id("globex"))
        ),
        _vector("an expired session", [11], OVER, world.token("expired", **expired)),
        _vector(
            "expired by the console's clock, within the leeway of the guard's",
            [10],
            OVER,
            world.token(),
            console=ENDS,
            guard=ENDS - 20,
        ),
    ]


def _clocks() -> list[Json]:
    """The guard's clock may differ by 30 seconds."""
    return [
        _vector(
            "the guard's clock 29 s behind at the beginning",
            [10],
            PASSES,
            world.token(),
            console=BEGAN,
            guard=BEGAN - 29,
        ),
        _vector(
            "the guard's clock 30 s behind at the beginning",
            [10],
            PASSES,
            world.token(),
            console=BEGAN,
            guard=BEGAN - 30,
        ),
        _vector(
            "the guard's clock 31 s behind at the beginning",
            [10],
            INVALID,
            world.token(),
            console=BEGAN,
            guard=BEGAN - 31,
        ),
        _vector(
            "the guard's clock 29 s ahead before the end",
            [10],
            PASSES,
            world.token(),
            console=ENDS - 1,
            guard=ENDS + 28,
        ),
        _vector(
            "the guard's clock 31 s ahead before the end", [10], OVER, world.token(), console=ENDS - 1, guard=ENDS + 30
        ),
    ]


def _hs256(secret: bytes) -> str:
    body = f"{part(header(alg='HS256'))}.{part(claims())}"
    return f"{body}.{part(hmac.digest(secret, body.encode(), hashlib.sha256))}"


def _swapped(whole: str) -> str:
    head, _, signature = whole.split(".")
    return f"{head}.{part(claims(exp=ENDS + 3600))}.{signature}"


def _other_tenant() -> str:
    return world.token(tenant_id=GLOBEX["id"], sub=f"tenant:{GLOBEX['id']}")
