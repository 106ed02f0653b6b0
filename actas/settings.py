"""Settings from the environment (docs/settings.md lists them; a test compares)."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from pydantic.fields import FieldInfo

# They hold a password, so each may come from a file instead, NAME_FILE: that is how secrets are mounted.
SECRETS = {"database_url": "DATABASE_URL", "migrator_url": "ACTAS_MIGRATOR_URL", "admin_url": "ACTAS_ADMIN_URL"}


class FromFiles(PydanticBaseSettingsSource):
    """The contents of the file that `<NAME>_FILE` points to; whoever sets both has made a mistake and is told."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002  pydantic's signature
        """One secret's value, under the name that it has in the environment."""
        name = SECRETS.get(field_name, "")
        path = os.environ.get(f"{name}_FILE") if name else None
        if path and os.environ.get(name):
            raise ValueError(f"Set either {name} or {name}_FILE, not both.")
        return (Path(path).read_text(encoding="utf-8").strip() if path else None), name, False

    def __call__(self) -> dict[str, Any]:
        """All secrets that come from files."""
        values = (self.get_field_value(field, name) for name, field in self.settings_cls.model_fields.items())
        return {name: value for value, name, _ in values if value is not None}


class Settings(BaseSettings):
    """What a process needs to know. The defaults run everything on this machine with the embedded database."""

    model_config = SettingsConfigDict(env_prefix="ACTAS_", env_ignore_empty=True, populate_by_name=True, extra="ignore")

    database_url: SecretStr | None = Field(
        default=None,
        validation_alias="DATABASE_URL",
        description="The app role's database, postgresql://…; without it the embedded one is used.",
    )
    migrator_url: SecretStr | None = Field(
        default=None,
        validation_alias="ACTAS_MIGRATOR_URL",
        description="The migrator's credential, for `actas migrate`.",
    )
    admin_url: SecretStr | None = Field(
        default=None,
        validation_alias="ACTAS_ADMIN_URL",
        description="An administrator's one-off credential, for `actas migrate --audit`.",
    )
    data_dir: Path = Field(default=Path(".actas"), description="The embedded database and the signing keys.")
    signing_keys_dir: Path | None = Field(
        default=None,
        description="Ed25519 keys as PEM files, newest signs; without it `signing-keys` in the data directory.",
    )
    host: str = Field(default="127.0.0.1", description="The address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="The port to listen on.")
    console_url: str = Field(
        default_factory=lambda given: f"http://localhost:{given.get('port')}",
        description="The origin of the console: the only one that a browser may call from. Default: localhost.",
    )
    service_url: str = Field(
        default_factory=lambda given: str(given.get("console_url")),
        description="The issuer of tokens; its host serves what must be public. Default: the console's.",
    )
    proxy_hops: int = Field(
        default=0,
        ge=0,
        le=8,
        description="How many proxies of yours stand in front and each add one address to X-Forwarded-For.",
    )
    policy: str | None = Field(
        default=None,
        description="The deployment's rules: `default`, `timeboxed`, `workday`, `hourly`, or a TOML or JSON file.",
    )
    pool_size: int = Field(default=10, ge=2, le=200, description="Connections to the database, at most.")

    @field_validator("service_url", "console_url")
    @classmethod
    def _is_origin(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
            raise ValueError("must be an origin such as https://console.example.com, without a path")
        return f"{parts.scheme}://{parts.netloc.lower()}"

    @field_validator("database_url", "migrator_url", "admin_url")
    @classmethod
    def _is_database(cls, value: SecretStr | None) -> SecretStr | None:
        if value:
            parts = urlsplit(value.get_secret_value())
            if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/") or not _has_port(parts):
                raise ValueError("must be postgresql://user:password@host/database")  # no word of it is repeated
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  pydantic's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  pydantic's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over files, files over the environment; no .env file is ever read."""
        return init_settings, FromFiles(settings_cls), env_settings

    @cached_property
    def console_host(self) -> str:
        """Host and port under which the console is served."""
        return urlsplit(self.console_url).netloc

    @cached_property
    def service_host(self) -> str:
        """Host and port under which public files are served."""
        return urlsplit(self.service_url).netloc

    @property
    def keys_dir(self) -> Path:
        """Where the signing keys are."""
        return self.signing_keys_dir or self.data_dir / "signing-keys"


def _has_port(parts: SplitResult) -> bool:
    try:
        return parts.port is None or parts.port > 0
    except ValueError:
        return False
