"""The guard that a tenant's product installs: operators come in through live sessions only, named and on the record.

from actas_guard import Guard, GuardSettings, subdomain

app = Guard(app, GuardSettings(console_url=..., service_key=..., issuer=..., tenant_of=subdomain("example.com")))
"""

from actas_guard.banner import BannerSettings
from actas_guard.banner_colours import BannerColours
from actas_guard.banner_texts import BannerTexts
from actas_guard.context import Impersonation, NoLongerAllowed, actor, impersonation, record_route, record_surface
from actas_guard.database import tenant_scope
from actas_guard.logs import OperatorFilter
from actas_guard.marks import (
    changes_something,
    credentials,
    masked,
    personal,
    personal_act,
    platform_managed,
    shows_credentials,
    side_effect,
)
from actas_guard.metrics import Metrics
from actas_guard.middleware import Guard
from actas_guard.outgoing import PassOn
from actas_guard.redaction import Redaction
from actas_guard.settings import GuardSettings, Named, Person, subdomain
from actas_guard.wsgi import WSGIGuard

__all__ = [
    "BannerColours",
    "BannerSettings",
    "BannerTexts",
    "Guard",
    "GuardSettings",
    "Impersonation",
    "Metrics",
    "Named",
    "NoLongerAllowed",
    "OperatorFilter",
    "PassOn",
    "Person",
    "Redaction",
    "WSGIGuard",
    "actor",
    "changes_something",
    "credentials",
    "impersonation",
    "masked",
    "personal",
    "personal_act",
    "platform_managed",
    "record_route",
    "record_surface",
    "shows_credentials",
    "side_effect",
    "subdomain",
    "tenant_scope",
]
