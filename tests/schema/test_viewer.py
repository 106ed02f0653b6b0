"""The stream of oneself: what is true now, then every change of roles and of the session in this sign-in (P7)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from db.positions import Position
from permissions.operators import ROLE_PERMISSIONS, Permission, Role
from resolvers import ending, expiry, keys, operators, roles, sign_ins
from resolvers.streams import Lost, Now

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from permissions.caller import Caller
    from tests.schema.conftest import Api, Socket

VIEWER = """subscription { viewer { change at viewer { permissions operator { email roles } serviceKey { prefix }
    impersonation { uuid state } } } }"""


@pytest.fixture
async def jane(api: Api) -> Caller:
    return await api.world.newcomer("jane@actas.example", Role.PLATFORM_SUPPORT)


async def begin(socket: Socket) -> dict[str, Any]:
    await socket.subscribe(VIEWER)
    first = await socket.event("viewer")
    assert first["change"] == "SNAPSHOT"
    viewer: dict[str, Any] = first["viewer"]
    return viewer


async def changed(socket: Socket) -> dict[str, Any]:
    event = await socket.event("viewer")
    assert event["change"] == "CHANGED"
    viewer: dict[str, Any] = event["viewer"]
    return viewer


async def over(socket: Socket) -> str:
    """The code with which the stream ends; nothing may come before it."""
    message = await socket.receive()
    errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
    code: str = errors[0]["extensions"]["code"]
    return code


async def give(api: Api, caller: Caller, role: Role, **more: Any) -> None:
    await roles.grant_role(
        api.world.database, api.world.admin, operator_id=caller.id, role=role, reason="on call", **more
    )


async def take(api: Api, caller: Caller, role: Role) -> None:
    await roles.revoke_role(api.world.database, api.world.admin, operator_id=caller.id, role=role, reason="off call")


async def test_it_begins_with_what_is_true_now(api: Api, jane: Caller) -> None:
    started = await api.start(jane, await api.world.tenant("acme"))
    async with api.socket(jane) as socket:
        viewer = await begin(socket)
    assert viewer["operator"] == {"email": "jane@actas.example", "roles": ["PLATFORM_SUPPORT"]}
    assert set(viewer["permissions"]) == ROLE_PERMISSIONS[Role.PLATFORM_SUPPORT]
    assert viewer["impersonation"] == {"uuid": str(started.session.id), "state": "ACTIVE"}


async def test_each_role_that_comes_or_goes_is_told_with_the_permissions_of_that_moment(api: Api, jane: Caller) -> None:
    """P7: not with what was known a second ago; other people's roles are not told."""
    bystander = await api.world.operator()
    async with api.socket(jane) as socket:
        viewer = await begin(socket)
        for role in (Role.PLATFORM_BILLING, Role.PLATFORM_READONLY):
            await give(api, bystander, role)
            await give(api, jane, role)
            viewer = await changed(socket)
            assert role in viewer["operator"]["roles"]
            assert set(viewer["permissions"]) >= ROLE_PERMISSIONS[role]
        for role in (Role.PLATFORM_SUPPORT, Role.PLATFORM_BILLING):
            await take(api, bystander, role)
            await take(api, jane, role)
            viewer = await changed(socket)
            assert role not in viewer["operator"]["roles"]
        assert set(viewer["permissions"]) == ROLE_PERMISSIONS[Role.PLATFORM_READONLY]


async def test_a_session_in_this_sign_in_is_told_and_those_in_other_browsers_are_not(api: Api, jane: Caller) -> None:
    acme = await api.world.tenant("acme")
    elsewhere = await api.world.again(jane)
    async with api.socket(jane) as socket:
        assert (await begin(socket))["impersonation"] is None
        await api.start(elsewhere, acme)
        started = await api.start(jane, acme)
        assert (await changed(socket))["impersonation"] == {"uuid": str(started.session.id), "state": "ACTIVE"}
        await ending.end(api.world.database, elsewhere, session_id=None)
        await ending.end(api.world.database, jane, session_id=None)
        assert (await changed(socket))["impersonation"] is None


async def test_a_lost_role_and_the_session_that_it_carried_go_together(api: Api, jane: Caller) -> None:
    await give(api, jane, Role.PLATFORM_READONLY)
    await api.start(jane, await api.world.tenant("acme"))
    async with api.socket(jane) as socket:
        assert (await begin(socket))["impersonation"]
        await take(api, jane, Role.PLATFORM_SUPPORT)
        viewer = await changed(socket)
    assert viewer["impersonation"] is None
    assert "IMPERSONATE_READ_ONLY" not in viewer["permissions"]


async def test_a_role_that_runs_out_is_gone_before_anybody_has_written_it_down(api: Api, jane: Caller) -> None:
    """DESIGN section 4: deadlines are enforced on read as well."""
    await give(api, jane, Role.PLATFORM_BILLING, expires_in_seconds=60)
    async with api.socket(jane) as socket:
        assert "INVOICE_RESEND" in (await begin(socket))["permissions"]
        await api.world.advance(timedelta(seconds=60))
        viewer = await changed(socket)
        assert viewer["operator"]["roles"] == ["PLATFORM_SUPPORT"]
        assert "INVOICE_RESEND" not in viewer["permissions"]
        await expiry.expire_due(api.world.database)
        assert (await changed(socket)) == viewer


async def test_after_a_gap_the_whole_is_told_anew(api: Api, jane: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> AsyncIterator[Now[None] | Lost]:
        for position in (Position(1, b"\1" * 32), Position(9, b"\1" * 32)):
            yield Now(None, position, jane_signed_in)
            yield Lost(position, jane_signed_in)

    assert jane.person
    jane_signed_in = jane.person.expires_at
    monkeypatch.setattr("resolvers.viewers.told", broken)
    async with api.socket(jane) as socket:
        await begin(socket)
        events = [await socket.event("viewer") for _ in range(3)]
    assert [each["change"] for each in events] == ["GAP", "SNAPSHOT", "GAP"]
    assert [each["viewer"] is None for each in events] == [True, False, True]


async def test_it_ends_with_the_sign_in(api: Api, jane: Caller) -> None:
    """Threat 20."""
    async with api.socket(jane) as socket:
        await begin(socket)
        await sign_ins.sign_out(api.world.database, jane)
        assert await over(socket) == "UNAUTHENTICATED"


async def test_it_ends_with_the_operator(api: Api, jane: Caller) -> None:
    """Threat 21."""
    async with api.socket(jane) as socket:
        await begin(socket)
        await operators.disable(api.world.database, api.world.admin, operator_id=jane.id, reason="left the company")
        assert await over(socket) == "UNAUTHENTICATED"


async def test_it_ends_when_the_sign_ins_time_is_up(api: Api, jane: Caller) -> None:
    async with api.socket(jane) as socket:
        await begin(socket)
        await api.world.advance(timedelta(hours=12))
        assert await over(socket) == "UNAUTHENTICATED"


async def test_a_service_follows_its_own_key_until_it_is_revoked(api: Api) -> None:
    key = await api.key(Permission.GUARD_EVENTS)
    async with api.socket(key) as socket:
        viewer = await begin(socket)
        assert (viewer["operator"], viewer["permissions"]) == (None, ["GUARD_EVENTS"])
        assert viewer["serviceKey"]["prefix"].startswith("actas_")
        await keys.revoke(api.world.database, api.world.admin, key_id=key.id, reason="it leaked")
        assert await over(socket) == "UNAUTHENTICATED"
