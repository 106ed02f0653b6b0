"""Rules in the words that the console calls them by, for the ledger's sentences (a test compares)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from permissions.text import lasting


@dataclass(frozen=True)
class Words:
    """What a rule is called, what its values are, and what it means to have none."""

    name: str
    values: Mapping[str, str] = field(default_factory=dict)
    none: str = "Not set"


def _flag(name: str, *, yes: str, no: str) -> Words:
    return Words(name, {"true": yes, "false": no})


WORDS: Final[Mapping[str, Words]] = {
    "defaultDurationSeconds": Words("Usual duration"),
    "maxDurationSeconds": Words("Longest duration"),
    "durationSelectable": _flag("Other durations", yes="The operator chooses", no="Always the usual one"),
    "idleTimeoutSeconds": Words("Out when idle for", none="Never"),
    "abandonAfterSeconds": Words("Out when no page is open for", none="Never"),
    "reasonRequired": _flag("Reason", yes="Needed", no="If there is one"),
    "reasonMinLength": Words("Shortest reason"),
    "reasonMaxLength": Words("Longest reason"),
    "ticketRequired": _flag("Ticket", yes="Needed", no="If there is one"),
    "ticketPattern": Words("Form of a ticket", none="Any"),
    "approval": Words(
        "The tenant is asked",
        {
            "NOT_NEEDED": "No",
            "REQUIRED": "Before each session",
            "TENANT_GRANT_ONLY": "Only under a standing grant of its own",
        },
    ),
    "modes": Words(
        "Modes",
        {
            "READ_ONLY": "Read only",
            "READ_ONLY,READ_WRITE": "Read only, and to write when asked for",
            "READ_WRITE": "To write",
        },
    ),
    "concurrency": Words("One session at a time for each", {"PER_SIGN_IN": "Browser", "PER_OPERATOR": "Operator"}),
    "onConflict": Words("A further start", {"REPLACE": "Ends the session before", "REJECT": "Is refused"}),
    "exclusive": _flag("Operators at the same time", yes="One", no="Any number"),
    "tenantPresence": Words(
        "Who sees the banner", {"NOBODY": "The operator alone", "ADMINS": "Its admins", "EVERYONE": "Everyone"}
    ),
    "notifyEmails": Words("Mail to", none="Nobody"),
    "notifyWebhook": Words("Webhook", none="None"),
    "notifyKinds": Words("Of these kinds of entries", none="None"),
    "landingPath": Words("First page"),
    "returnTo": Words("Afterwards to", {"TENANT": "The tenant's page", "TENANT_LIST": "The list of tenants"}),
    "carrier": Words(
        "The token is kept in", {"COOKIE": "A cookie that scripts cannot read", "TAB": "The tab, and goes with it"}
    ),
}


def in_words(rule: str, value: Any) -> str:
    """A rule under its API's name with its JSON value, within a sentence: `usual duration: 15 minutes`.

    None is a value of its own that was taken away.
    """
    words = WORDS.get(rule) or Words(re.sub("([A-Z])", r" \1", rule).lower())
    return f"{_small(words.name)}: {'inherited' if value is None else _value(rule, value, words)}"


def _value(rule: str, value: Any, words: Words) -> str:
    if rule.endswith("Seconds"):
        return lasting(value) if value % 60 == 0 else f"{value} seconds"
    key = str(value).lower() if isinstance(value, bool) else ",".join(value) if isinstance(value, list) else str(value)
    if known := words.values.get(key):
        return _small(known)
    return key.replace(",", ", ") if isinstance(value, list) and value else key or _small(words.none)


def _small(words: str) -> str:
    return words[0].lower() + words[1:]
