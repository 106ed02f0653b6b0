"""No secret of an address is recorded, and what is none stays readable (threat 58, ASVS 16.2.5)."""

from __future__ import annotations

import base64
import json
import re
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actas_guard.redaction import REDACTED, Redaction
from tests.guard.test_records import request

PLAIN = Redaction()
RANDOM = st.binary(min_size=24, max_size=64)
WORDS = st.from_regex(r"[a-z]{1,12}(-[a-z]{1,12}){0,5}(-20[0-9]{2})?", fullmatch=True)


def base62(secret: bytes) -> str:
    return "".join(character for character in base64.b64encode(secret).decode() if character.isalnum())


@given(RANDOM.filter(lambda secret: len(set(secret)) > 20))
def test_a_jwt_is_redacted_whatever_it_says(secret: bytes) -> None:
    parts = [json.dumps({"alg": "HS256"}).encode(), secret, secret]
    token = ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
    assert PLAIN.path(request(f"/files/{token}/view")) == f"/files/{REDACTED}/view"


@given(st.uuids(), st.integers(0, 10**12), WORDS)
def test_ids_and_words_are_kept(key: object, number: int, words: str) -> None:
    path = f"/cases/{key}/items/{number}/pages/{words}"
    assert PLAIN.path(request(path)) == path


@given(st.sampled_from(["token", "reset-password", "Invite", "api_key", "otp"]), RANDOM)
def test_what_follows_the_name_of_a_secret_is_redacted(name: str, secret: bytes) -> None:
    assert PLAIN.path(request(f"/{name}/{secret.hex()}")) == f"/{name}/{REDACTED}"


@pytest.mark.parametrize(
    "secret",
    [
        "k7Jq2mZr9TbXw4VnLs8PdYh3",
        "3f9a1c7be2d04856a1b2c3d4e5f60718",
        "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
        "xK9-2mQ_7pLr4vT8nW3zB6yH1cJ5",
    ],
)
@pytest.mark.parametrize("spelling", [str, lambda secret: "".join(f"%{ord(each):02X}" for each in secret)])
def test_what_looks_like_a_token_is_redacted_in_any_spelling(secret: str, spelling: type[str]) -> None:
    path = f"/download/{spelling(secret)}"
    assert PLAIN.path(request("/", raw=path.encode())) == f"/download/{REDACTED}"


@pytest.mark.parametrize(
    ("before", "secret"),
    [
        ("reset-password", "abcdefghijklmnopqrstuvwxyz"),
        ("invite", "kqzjxwvbtr"),
        ("invitation", "correct-horse-battery"),
        ("reset", "aZ3kP9qLm2Xc"),
        ("login", "482913"),
        ("recover", "MTIzNDU2Nzg5"),
        ("Activate", "550e8400-e29b-41d4-a716-446655440000"),
        ("sign_in", "abcdefgh"),
        ("invite", "abc-defg-hij"),
    ],
)
def test_a_code_of_small_letters_or_digits_is_no_page(before: str, secret: str) -> None:
    """Nothing in an invitation's letters tells it from a word, so only what pages are called is kept."""
    assert PLAIN.path(request(f"/{before}/{secret}")) == f"/{before}/{REDACTED}"


@pytest.mark.parametrize("key", ["sk_live_4eC39Hq", "xoxb-123456", "ghp_abcdef", "actas_abcdef", "v1-sk_test_abcdef"])
def test_a_key_that_says_so_is_redacted_however_short(key: str) -> None:
    assert (
        PLAIN.path(request(f"/download/{key}", f"{key}=1&page=2".encode())) == f"/download/{REDACTED}?{REDACTED}=&page="
    )


@pytest.mark.parametrize(
    "path",
    [
        "/login/callback",
        "/reset-password/set-password",
        "/invitations/accept",
        "/desk-lamps",
        "/task-management",
        "/password/new",
        "/session/edit",
        "/invite/bulk",
        "/verify",
        "/code/12",
    ],
)
def test_pages_about_secrets_are_none(path: str) -> None:
    assert PLAIN.path(request(path)) == path


@given(RANDOM)
def test_no_value_is_recorded_wherever_it_rides(secret: bytes) -> None:
    text = quote(secret, safe="").replace("=", "%3D")
    kept = PLAIN.path(request("/", raw=f"/a;jsessionid={text}/b".encode(), query=f"q={text}&x={text}".encode()))
    assert kept == f"/a;jsessionid={REDACTED}/b?q=&x="


def test_a_server_that_tells_the_decoded_path_alone_loses_nothing_of_it() -> None:
    """ASGI leaves `raw_path` to the server; a `?` in the other was sent as `%3F`."""
    assert PLAIN.path(request("/cases/7?part/ä%41", query=b"page=2")) == "/cases/7%3Fpart/%C3%A4%2541?page="


def test_only_short_paths_without_a_secret_are_remembered_and_only_so_many() -> None:
    """Threat 58: what is remembered to be quick is no new place for secrets, and no way to fill the memory."""
    own = Redaction()
    own.path(request("/", raw=b"/invite/k7Jq2mZr9TbXw4VnLs8PdYh3?code=k7Jq2mZr9TbXw4VnLs8PdYh3"))
    own.path(request("/", raw=b"/inbox?code=k7Jq2mZr9TbXw4VnLs8PdYh3"))
    own.path(request("/" + "a/" * 200))
    assert own._harmless == {b"/inbox": "/inbox"}
    for number in range(3000):
        own.path(request(f"/cases/{number}"))
    assert len(own._harmless) <= 1024
    assert own.path(request("/cases/7")) == own.path(request("/cases/7")) == "/cases/7"


def test_a_name_in_a_query_may_be_a_secret_itself() -> None:
    assert PLAIN.path(request("/a", b"k7Jq2mZr9TbXw4VnLs8PdYh3=1")) == f"/a?{REDACTED}="


def test_a_product_adds_its_own_secrets_and_its_own_ids() -> None:
    own = Redaction(
        names=frozenset({"vault"}), secrets=(re.compile("^pin-"),), plain=(re.compile("[0-9A-HJKMNP-TV-Z]{26}"),)
    )
    assert own.path(request("/vault/x")) == f"/vault/{REDACTED}"
    assert own.path(request("/doors/pin-1234")) == f"/doors/{REDACTED}"
    assert own.path(request("/rows/01ARZ3NDEKTSV4RRFFQ69G5FAV")) == "/rows/01ARZ3NDEKTSV4RRFFQ69G5FAV"
    assert PLAIN.path(request("/rows/01ARZ3NDEKTSV4RRFFQ69G5FAV")) == f"/rows/{REDACTED}"
