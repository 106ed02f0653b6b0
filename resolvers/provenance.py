"""Where each value of an effective policy comes from: who set it, when, and with which version."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from permissions.rules import FIELDS
from resolvers.policies import of_deployment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from db.policies import Version
    from permissions.policy import ImpersonationPolicy


class Source(StrEnum):
    """What gave an effective value."""

    SYSTEM = "SYSTEM"
    DEFAULT = "DEFAULT"
    PROFILE = "PROFILE"
    DEPLOYMENT = "DEPLOYMENT"
    TENANT = "TENANT"


@dataclass(frozen=True)
class Provenance:
    """Where one effective value comes from; `since` is the version that set it, None for what nobody set."""

    field: str
    source: Source
    since: Version | None


def provenance(policy: ImpersonationPolicy, deployments: Sequence[Version], own: Sequence[Version]) -> list[Provenance]:
    """Of each field of an effective policy, what gave it; of both owners the versions up to it, the newest first."""
    inherited = of_deployment(deployments[0].rules if deployments else {})
    return [_whence(name, policy, inherited, deployments, own) for name in FIELDS]


def _whence(
    name: str,
    policy: ImpersonationPolicy,
    inherited: ImpersonationPolicy,
    deployments: Sequence[Version],
    own: Sequence[Version],
) -> Provenance:
    value, held = getattr(policy, name), getattr(inherited, name)
    if own and name in own[0].rules and (value != held or value == own[0].rules[name]):
        return Provenance(name, Source.TENANT, _since(name, own))
    if value != held:  # the default duration, cut to the tenant's longest
        return Provenance(name, Source.TENANT, _since("max_duration_seconds", own))
    rules = deployments[0].rules if deployments else {}
    if name in rules:
        return Provenance(name, Source.DEPLOYMENT if value == rules[name] else Source.SYSTEM, _since(name, deployments))
    if "profile" in rules:
        return Provenance(name, Source.PROFILE, _since("profile", deployments))
    return Provenance(name, Source.DEFAULT, None)


def _since(name: str, newest_first: Sequence[Version]) -> Version:
    """The version that set the value which is still there."""
    since = newest_first[0]
    for version in newest_first:
        if version.rules.get(name) != since.rules.get(name):
            break
        since = version
    return since
