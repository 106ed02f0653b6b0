"""The demo's data: made once, whole or not at all."""

from __future__ import annotations

import getpass
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from actas.commands import good
from actas.demo import cast
from actas.demo.forgetting import KEY_FILE
from actas.demo.plot import beginning, plot
from actas.demo.story import Storyteller
from actas.passwords import Passwords
from actas.progress import progress
from actas.server import DATABASE, CannotStart, set_up_embedded
from actas.sign_in import DEMO_PASSWORD
from actas.signing_keys import load
from db.clock import movable
from db.engine import Database
from db.pages import tenants as tenant_pages
from examples.workspace.database import load as load_workspace
from examples.workspace.database import prepare as prepare_workspace
from examples.workspace.sample import Tenant
from permissions.caller import Caller, Origin, Service
from permissions.keys import is_key
from permissions.tokens import Keyring
from resolvers import keys, operators, roles

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from actas.settings import Settings
    from db.clock import MovableClock
    from db.embedded import Server
    from resolvers.keys import Issued

# How many of the story's acts are done at once: more people than that are never at work at one moment.
AT_ONCE = 4


async def prepare(settings: Settings, server: Server, workspace_port: int) -> str:
    """The demo's world where it is not there yet; the workspace's key. Raises CannotStart."""
    now = datetime.now(UTC)
    await set_up_embedded(settings, "DEMO", clock_offset=beginning(now) - now)
    key_file = settings.data_dir / KEY_FILE
    if key_file.exists() and is_key(key := key_file.read_text(encoding="utf-8").strip()):
        await expect_made_for(workspace_port, server.url("actas_app", DATABASE), settings.data_dir)
        return key
    async with movable(server.url("actas_admin", DATABASE)) as clock:
        if await clock.has_seen_anything():
            raise CannotStart(
                f"The demo in {settings.data_dir} was interrupted while it was made. Run `actas demo --fresh`."
            )
        key = await _make(settings, server, clock, workspace_port, beginning(now))
    key_file.touch(mode=0o600)
    key_file.write_text(key, encoding="utf-8")  # last: the demo is whole only with it
    return key


async def expect_made_for(workspace_port: int, url: str, data_dir: Path) -> None:
    """The tenants' addresses have the port of the day on which the demo was made. Raises CannotStart for another."""
    database = Database(url, pool_size=1)
    try:
        async with database.read() as connection:
            found = await tenant_pages.by_slugs(connection, [company.slug for company in cast.TENANTS])
    finally:
        await database.close()
    ports = Counter(urlsplit(tenant.workspace_url).port for tenant in found.values() if tenant.workspace_url)
    if ports and workspace_port not in ports:
        ((made_for, _),) = ports.most_common(1)
        raise CannotStart(
            f"The demo in {data_dir} was made for --workspace-port {made_for}, and its tenants' addresses hold that "
            "port. Use it, or begin anew with --fresh."
        )


async def _make(settings: Settings, server: Server, clock: MovableClock, workspace_port: int, since: datetime) -> str:
    database = Database(server.url("actas_app", DATABASE), pool_size=AT_ONCE)
    try:
        password_hash = Passwords().hash(DEMO_PASSWORD)
        first, issued = await _begin(database, password_hash)
        workspace = Caller(
            who=Service(key_id=issued.key.id, name=issued.key.name, tenant_id=None),
            permissions=frozenset(cast.WORKSPACE_MAY),
            proof=issued.secret.encode(),
            origin=Origin(ip="127.0.0.1", user_agent="actas-guard"),
        )
        keyring = Keyring(load(settings.keys_dir), settings.service_url)
        story = Storyteller(database, keyring, workspace, clock.advance, workspace_port, since)
        await clock.hurry()
        await story.hire(password_hash, first)
        with progress("Making a demo of sixty tenants and ninety days") as report:
            await story.tell(plot(), report)
        await clock.catch_up()
    finally:
        await database.close()
    administrator = server.url("actas_admin", "postgres")
    await prepare_workspace(administrator)
    named = {company.slug: company.name for company in cast.TENANTS}
    await load_workspace(administrator, [Tenant(id_, slug, named[slug]) for slug, id_ in story.tenants.items()])
    return issued.secret


async def _begin(database: Database, password_hash: str) -> tuple[UUID, Issued]:
    """The first operator and the workspace's key, as the command line would make them."""
    stated_by = f"{getpass.getuser()} running the demo"
    admin = cast.OPERATORS[0]
    assert admin.role
    first = good(
        await operators.add(
            database, None, email=admin.email, name=admin.name, password_hash=password_hash, stated_by=stated_by
        )
    )
    granted = await roles.grant_role(
        database, None, operator_id=first, role=admin.role, reason="The demo's first operator.", stated_by=stated_by
    )
    good(granted)
    issued = await keys.issue(
        database, None, name="example workspace", permissions=set(cast.WORKSPACE_MAY), stated_by=stated_by
    )
    return first, good(issued)
