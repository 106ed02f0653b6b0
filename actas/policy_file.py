"""The deployment's rules as `ACTAS_POLICY` gives them: the name of a shipped profile, or a TOML or JSON file."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from permissions.profiles import PROFILES
from permissions.rules import UnfitRules, read
from resolvers import policies

if TYPE_CHECKING:
    from db.engine import Database


class UnfitPolicy(Exception):
    """Rules that cannot be the deployment's; the message says what to do."""


def load(given: str) -> dict[str, Any]:
    """The rules that are given, under the API's names; raises UnfitPolicy."""
    if given in PROFILES:
        return {"profile": given}
    path = Path(given)
    try:
        text = path.read_text(encoding="utf-8")
        rules = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except OSError as error:
        names = ", ".join(PROFILES)
        raise UnfitPolicy(
            f"ACTAS_POLICY={given} is neither one of {names} nor a file that can be read ({error.strerror})."
        ) from error
    except ValueError as error:
        raise UnfitPolicy(f"{path} is not {'JSON' if path.suffix == '.json' else 'TOML'}: {error}.") from error
    if not isinstance(rules, dict):
        raise UnfitPolicy(f"{path} must be an object whose names are rules, such as maxDurationSeconds.")
    try:
        read(rules)
    except UnfitRules as error:
        raise UnfitPolicy(f"{path}: {error}") from error
    return rules


async def adopt(database: Database, given: str) -> None:
    """Make these rules the deployment's, where they changed since they were last read; raises UnfitPolicy."""
    try:
        await policies.adopt(database, load(given), stated_by=f"ACTAS_POLICY={given}")
    except UnfitRules as error:
        raise UnfitPolicy(f"ACTAS_POLICY={given}: {error}") from error
