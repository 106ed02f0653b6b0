"""Who of the tenant's own people asks, by the product's own sign-in."""

from __future__ import annotations

from actas_guard.asgi import Request
from actas_guard.context import Current, current
from actas_guard.events import Tenant
from actas_guard.settings import GuardSettings, Named


class PersonUnknown(Exception):
    """The product could not tell which of the tenant's people is asking."""


async def who(settings: GuardSettings, request: Request, tenant: Tenant) -> Named | None:
    """The person, or nobody. To be asked only of a browser that holds no impersonation.

    Raises:
        PersonUnknown: where `person_of` fails.

    """
    if settings.person_of is None:
        return None
    # The product looks up its people in the tenant's data, under `tenant_scope()` like all else.
    token = current.set(Current(tenant, None))
    try:
        person = await settings.person_of(request.scope)
    except Exception as error:
        # Nobody knows who asks, as when the tenant's database is away: say nothing rather than that nobody is inside.
        raise PersonUnknown from error
    finally:
        current.reset(token)
    return person if isinstance(person, Named) or person is None else Named(person, "")
