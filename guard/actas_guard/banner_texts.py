"""Every word that the banner shows or speaks, so that a product can have it in its own languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final, Literal

_PLACE: Final = re.compile(r"\{(\w+)\}")
_TAG: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_PLURAL_FORMS: Final = frozenset({"zero", "one", "two", "few", "many", "other"})  # CLDR
# What a text may speak of. It must name all of them: a banner without the operator's name is none.
_PLACES: Final[dict[str, set[str]]] = {
    "impersonating": {"tenant"},
    "operator": {"operator"},
    "reason": {"reason"},
    "began": {"operator", "tenant", "reason"},
    "last_minute": {"operator"},
    "end_question": {"operator"},
    "left_for_admins": {"operator", "time", "log"},
    "left": {"operator", "time"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BannerTexts:
    """The banner in one language; the default is English.

    Raises:
        ValueError: at a text that is empty, lacks a place such as `{operator}`, or has one that nothing fills.

    """

    region: str = "Impersonation"
    """What a screen reader calls the banner's place on the page."""

    impersonating: str = "Impersonating {tenant}"
    operator: str = "Operator: {operator}"
    reason: str = "Reason: {reason}"
    read_only: str = "read only"
    read_write: str = "read and write"
    time_left: str = "Time left"
    """What a screen reader calls the countdown."""

    began: str = "Operator {operator} is inside {tenant}. Reason: {reason}."
    """Spoken at the start, and followed by `minutes_left`."""

    minutes_left: Mapping[str, str] = field(
        default_factory=lambda: {"one": "{count} minute is left.", "other": "{count} minutes are left."}
    )
    """By the plural forms of the language (CLDR): `other`, and what else it has of zero, one, two, few, many."""

    last_minute: str = "Less than a minute is left for {operator}."

    stop: str = "Stop"
    stopping: str = "Stopping…"
    not_stopped: str = "Not stopped: try again, or stop it from the console."

    end: str = "End this session"
    """For the tenant's admins, who may send an operator out."""

    end_question: str = "Send {operator} out now?"
    end_yes: str = "End it now"
    end_no: str = "Keep it"
    ending: str = "Ending…"
    not_ended: str = "Not ended: try again, or ask the platform's support to end it."

    left_for_admins: str = "{operator} left at {time} UTC. The record is in your {log}."
    audit_log: str = "audit log"
    """The link in `left_for_admins`."""

    left: str = "{operator} left at {time} UTC. Your administrators can read the record."
    """For everybody else."""

    unseen: str = "This page hides the banner, so changes are refused until it can be seen again."
    """Spoken to an operator whose page covers or removes the banner."""

    direction: Literal["ltr", "rtl"] = "ltr"

    def __post_init__(self) -> None:
        """Refuse a text that would leave something out."""
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name == "minutes_left":
                _check_plural(value)
            elif not isinstance(value, str) or not value.strip():
                raise ValueError(f"the banner's text {each.name} must not be empty")
            else:
                _check_places(each.name, value, _PLACES.get(each.name, set()))
        if self.direction not in {"ltr", "rtl"}:
            raise ValueError(f"direction must be ltr or rtl, not {self.direction!r}")


def check_language(tag: str) -> None:
    """Refuse what is no language tag (BCP 47), such as `de` or `pt-BR`."""
    if not _TAG.fullmatch(tag):
        raise ValueError(f"{tag!r} is no language tag such as de or pt-BR")


def for_script(tag: str, texts: BannerTexts) -> dict[str, Any]:
    """The texts as the banner's script reads them."""
    return {**asdict(texts), "minutes_left": dict(texts.minutes_left), "language": tag}


def _check_plural(forms: Mapping[str, str]) -> None:
    if "other" not in forms or not set(forms) <= _PLURAL_FORMS:
        raise ValueError(f"minutes_left needs the form other, and knows only {', '.join(sorted(_PLURAL_FORMS))}")
    for form, text in forms.items():
        # "One minute is left" needs no figure.
        _check_places(f"minutes_left[{form}]", text, {"count"} if form == "other" else set(), optional={"count"})


def _check_places(name: str, text: str, needed: set[str], optional: frozenset[str] | set[str] = frozenset()) -> None:
    found = set(_PLACE.findall(text))
    if missing := needed - found:
        raise ValueError(f"the banner's text {name} must name {_named(missing)}: {text!r}")
    if unknown := found - needed - optional:
        raise ValueError(f"nothing fills {_named(unknown)} in the banner's text {name}: {text!r}")


def _named(places: set[str]) -> str:
    return ", ".join(f"{{{place}}}" for place in sorted(places))
