"""Settings and signing keys."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import ValidationError

from actas.settings import Settings
from actas.signing_keys import UnfitKeys, load
from permissions.tokens import Keyring, thumbprint


def write(path: Path, key: object, *, mode: int = 0o600, at: int = 0) -> None:
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())  # type: ignore[attr-defined]
    path.write_bytes(pem)
    path.chmod(mode)
    os.utime(path, (at, at))


def test_a_secret_may_come_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    (tmp_path / "url").write_text("postgresql://actas_app:secret@db/actas\n")
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "url"))
    settings = Settings()
    assert settings.database_url
    assert settings.database_url.get_secret_value() == "postgresql://actas_app:secret@db/actas"
    assert "secret@" not in repr(settings)


def test_the_same_secret_twice_is_a_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "url").write_text("postgresql://x")
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "url"))
    monkeypatch.setenv("DATABASE_URL", "postgresql://y")
    with pytest.raises(ValueError, match="not both"):
        Settings()


def test_names_in_the_environment_begin_with_actas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACTAS_CONSOLE_URL", "https://Console.example.com/")
    monkeypatch.setenv("ACTAS_PROXY_HOPS", "2")
    settings = Settings()
    assert (settings.console_url, settings.console_host, settings.proxy_hops) == (
        "https://console.example.com", "console.example.com", 2,
    )  # fmt: skip


@pytest.mark.parametrize("url", ["", "console.example.com", "ftp://x", "https://x/path", "https://", "https://x?y"])
def test_an_origin_is_a_scheme_and_a_host_and_nothing_else(url: str) -> None:
    with pytest.raises(ValidationError, match="must be an origin"):
        Settings(console_url=url)


def test_the_first_start_makes_a_key_that_only_its_owner_can_read_and_the_next_finds_it(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    (made,) = load(folder)
    (found,) = load(folder)
    (path,) = folder.iterdir()
    assert thumbprint(made) == thumbprint(found)
    assert (path.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)


def test_the_newest_key_signs_and_all_are_published(tmp_path: Path) -> None:
    old, new = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    write(tmp_path / "b.pem", old, at=1)
    write(tmp_path / "a.pem", new, at=2)
    keyring = Keyring(load(tmp_path), "http://console.example")
    assert [key["kid"] for key in keyring.jwks()["keys"]] == [thumbprint(new), thumbprint(old)]


def test_a_key_that_others_can_read_or_that_is_of_another_kind_is_refused(tmp_path: Path) -> None:
    for name, key, mode in (
        ("open", Ed25519PrivateKey.generate(), 0o644),
        ("other", generate_private_key(SECP256R1()), 0o600),
    ):
        folder = tmp_path / name
        folder.mkdir()
        write(folder / "key.pem", key, mode=mode)
        with pytest.raises(UnfitKeys, match=r"key\.pem"):
            load(folder)
    (tmp_path / "junk").mkdir()
    (tmp_path / "junk" / "key.pem").write_text("no key")
    (tmp_path / "junk" / "key.pem").chmod(0o600)
    with pytest.raises(UnfitKeys, match=r"key\.pem"):
        load(tmp_path / "junk")


def test_every_setting_is_documented_in_its_own_words() -> None:
    page = (Path(__file__).parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \|.*\| (.+) \|$", page, re.MULTILINE))
    fields = Settings.model_fields
    names = {str(field.validation_alias or f"ACTAS_{name.upper()}"): field for name, field in fields.items()}
    assert rows == {name: field.description for name, field in names.items()}
