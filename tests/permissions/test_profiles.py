"""The shipped profiles, field by field: they never change (requirements C-1 to C-22)."""

from __future__ import annotations

from dataclasses import asdict

from permissions.policy import DEFAULT
from permissions.profiles import PROFILES


def differences(name: str) -> dict[str, object]:
    return {field: value for field, value in asdict(PROFILES[name]).items() if value != asdict(DEFAULT)[field]}


def test_the_profiles_are_what_the_three_systems_need() -> None:
    assert list(PROFILES) == ["default", "timeboxed", "workday", "hourly"]
    assert differences("default") == {}
    assert differences("timeboxed") == {
        "profile": "timeboxed",
        "reason_max_length": 2000,
        "concurrency": "PER_OPERATOR",
    }
    assert differences("workday") == {
        "profile": "workday",
        "default_duration_seconds": 28800,
        "max_duration_seconds": 28800,
        "duration_selectable": False,
        "reason_min_length": 3,
        "reason_max_length": 200,
        "landing_path": "/inbox",
        "tenant_presence": "NOBODY",
    }
    assert differences("hourly") == {
        "profile": "hourly",
        "default_duration_seconds": 3600,
        "max_duration_seconds": 3600,
        "duration_selectable": False,
        "reason_required": False,
        "reason_min_length": 1,
        "reason_max_length": 2000,
        "concurrency": "PER_OPERATOR",
        "carrier": "TAB",
        "tenant_presence": "NOBODY",
        "return_to": "TENANT_LIST",
    }
