"""ACTAS_POLICY: the deployment's rules from a setting, adopted when it changes (docs/decisions/0031)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from actas.policy_file import UnfitPolicy, load
from actas.server import CannotStart, services_for
from actas.settings import Settings
from db.ledger import PLATFORM
from resolvers import policies
from resolvers.policies import SetPolicy

if TYPE_CHECKING:
    from pathlib import Path

    from permissions.policy import ImpersonationPolicy
    from tests.world import World


def test_a_profile_a_toml_file_and_a_json_file_say_the_same_rules(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text('profile = "workday"\nmodes = ["READ_ONLY"]\n')
    (tmp_path / "policy.json").write_text('{"profile": "workday", "modes": ["READ_ONLY"]}')
    assert load("workday") == {"profile": "workday"}
    assert load(str(tmp_path / "policy.toml")) == load(str(tmp_path / "policy.json"))


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("absent.toml", None, "neither one of default, timeboxed, workday, hourly nor a file"),
        ("policy.toml", "exclusive =", "is not TOML"),
        ("policy.json", "{", "is not JSON"),
        ("policy.json", "[1]", "must be an object"),
        ("policy.toml", "exclusiv = true", "exclusiv is no rule that Actas has"),
        ("policy.toml", "exclusive = 1", "exclusive is true or false"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_in_words(
    tmp_path: Path, name: str, text: str | None, says: str
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(UnfitPolicy, match=says):
        load(str(tmp_path / name))


async def started(world: World, tmp_path: Path, policy: str | None) -> ImpersonationPolicy:
    """What a process finds in force that is started with this setting."""
    settings = Settings(data_dir=tmp_path, database_url=SecretStr(world.urls.app), policy=policy)
    async with services_for(settings, world.urls.app, demo=True) as services:
        return await policies.deployment(services.database)


async def recorded(world: World) -> list[dict[str, Any]]:
    return [json.loads(entry.details) for entry in await world.entries(PLATFORM, "POLICY_SET")]


async def test_a_setting_is_adopted_once_and_recorded_as_by_the_system(world: World, tmp_path: Path) -> None:
    first = await started(world, tmp_path, "hourly")
    assert (first.profile, first.max_duration_seconds) == ("hourly", 3600)
    again = await started(world, tmp_path, "hourly")
    assert again == first
    (entry,) = await world.entries(PLATFORM, "POLICY_SET")
    assert (entry.actor_kind, entry.actor_name, entry.actor_proof) == ("SYSTEM", "ACTAS_POLICY=hourly", "CLAIMED")
    assert (await recorded(world))[0]["rules"] == {"profile": "hourly"}


async def test_of_the_setting_and_the_api_whoever_changed_last_decides(world: World, tmp_path: Path) -> None:
    await started(world, tmp_path, "hourly")
    request = SetPolicy(tenant_id=None, reason="for the audit week", changes={"exclusive": True})
    changed = await policies.set_policy(world.database, world.admin, request)
    assert isinstance(changed, policies.PolicyChanged)
    unchanged_setting = await started(world, tmp_path, "hourly")
    assert (unchanged_setting.profile, unchanged_setting.exclusive) == ("hourly", True)
    assert await started(world, tmp_path, None) == unchanged_setting
    changed_setting = await started(world, tmp_path, "workday")
    assert (changed_setting.profile, changed_setting.exclusive) == ("workday", False)
    assert len(await recorded(world)) == 3


async def test_a_setting_that_cannot_be_taken_keeps_the_process_from_starting(world: World, tmp_path: Path) -> None:
    """Fails closed: never under other rules than those that were meant."""
    (tmp_path / "policy.toml").write_text("maxDurationSeconds = 86400\n")
    with pytest.raises(CannotStart, match="maxDurationSeconds is at most 28800 in every deployment"):
        await started(world, tmp_path, str(tmp_path / "policy.toml"))
    with pytest.raises(CannotStart, match="neither one of"):
        await started(world, tmp_path, "relaxed")
    assert await recorded(world) == []
