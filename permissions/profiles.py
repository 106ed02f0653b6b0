"""The four sets of rules that ship: the default, and one for each of the systems that Actas replaces (DESIGN, 5).

A shipped profile never changes: sessions name the version of the rules that they ran under, and a stored version names
its profile. A profile with other values gets another name.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from permissions.policy import DEFAULT, Carrier, Concurrency, ImpersonationPolicy, Presence, ReturnTo

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEBOXED: Final = replace(
    DEFAULT,
    profile="timeboxed",
    reason_max_length=2000,
    concurrency=Concurrency.PER_OPERATOR,
)
WORKDAY: Final = replace(
    DEFAULT,
    profile="workday",
    default_duration_seconds=8 * 3600,
    max_duration_seconds=8 * 3600,
    duration_selectable=False,
    reason_min_length=3,
    reason_max_length=200,
    landing_path="/inbox",
    tenant_presence=Presence.NOBODY,
)
HOURLY: Final = replace(
    DEFAULT,
    profile="hourly",
    default_duration_seconds=3600,
    max_duration_seconds=3600,
    duration_selectable=False,
    reason_required=False,
    reason_min_length=1,
    reason_max_length=2000,
    concurrency=Concurrency.PER_OPERATOR,
    carrier=Carrier.TAB,
    tenant_presence=Presence.NOBODY,
    return_to=ReturnTo.TENANT_LIST,
)
PROFILES: Final[Mapping[str, ImpersonationPolicy]] = MappingProxyType(
    {policy.profile: policy for policy in (DEFAULT, TIMEBOXED, WORKDAY, HOURLY)}
)
