"""The command line, as somebody types it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from actas import logs
from db import embedded, selfcheck
from db.ledger import PLATFORM
from permissions.caller import Origin
from permissions.keys import is_key
from permissions.operators import Permission
from resolvers.callers import Callers
from tests.actas.command_line import actas
from tests.actas.serving import serving

if TYPE_CHECKING:
    from pathlib import Path

    from tests.world import World


async def test_the_first_operator_signs_in_with_the_password_that_was_shown_once(
    at: None, world: World, tmp_path: Path
) -> None:
    told = await actas("operator", "add", "jane@example.com", "--name", "Jane Doe", "--role", "PLATFORM_ADMIN")
    assert told.exit_code == 0, told.output
    async with serving(world, tmp_path) as site:
        assert (await site.sign_in("jane@example.com", told.output.split()[-1])).status_code == 204
    kinds = {entry.kind: entry.actor_proof for entry in await world.entries(PLATFORM, "OPERATOR_ADDED", "ROLE_GRANTED")}
    assert kinds == {"OPERATOR_ADDED": "CLAIMED", "ROLE_GRANTED": "CLAIMED"}


async def test_a_password_that_is_asked_for_is_neither_short_nor_the_demos(
    at: None, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for typed in (["demo"], ["short"], ["long enough to be taken", "and another one"]):
        answers = iter(typed)
        monkeypatch.setattr("getpass.getpass", lambda _, answers=answers: next(answers))
        told = await actas("operator", "add", "jane@example.com", "--name", "Jane", "--ask")
        assert told.exit_code == 1


async def test_somebody_who_is_there_already_is_not_added_again(at: None, world: World) -> None:
    told = await actas("operator", "add", "ADMIN@actas.example", "--name", "Another")
    assert (told.exit_code, "already" in told.output) == (1, True)
    assert "shown once" not in told.output


async def test_a_key_is_printed_once_and_works(at: None, world: World) -> None:
    tenant = await world.tenant("acme")
    told = await actas("key", "issue", "workspace", "--permission", "TOKEN_EXCHANGE", "--tenant", "acme")
    key = told.output.strip()
    assert is_key(key)
    caller = await Callers(world.database).by_key(key, Origin())
    assert caller
    assert (caller.tenant_id, caller.permissions) == (tenant.id, frozenset({Permission.TOKEN_EXCHANGE}))


async def test_a_key_for_nobody_or_with_too_much_is_refused_in_one_line(at: None, world: World) -> None:
    for arguments in (("--permission", "GUARD_EVENTS", "--tenant", "none"), ("--permission", "OPERATOR_GRANT")):
        told = await actas("key", "issue", "x", *arguments)
        assert (told.exit_code, len(told.output.strip().splitlines())) == (1, 1)


async def test_a_server_of_ones_own_is_ready_after_two_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the passwords that its URLs name, since the roles are made there."""
    monkeypatch.setattr(logs, "configure", lambda: None)
    with embedded.acquire(tmp_path / "server") as lease:
        named = {"DATABASE_URL": "actas_app", "ACTAS_MIGRATOR_URL": "actas_migrator", "ACTAS_ADMIN_URL": "actas_admin"}
        for variable, role in named.items():
            monkeypatch.setenv(variable, lease.server.url(role, "of our own"))
        for command in (["migrate", "--audit"], ["migrate"], ["migrate", "--audit"]):
            told = await actas(*command)
            assert (told.exit_code, told.output) == (0, "The database is up to date.\n")
        assert await selfcheck.check(lease.server.url("actas_app", "of our own")) == []


async def test_migrating_what_is_up_to_date_changes_nothing_and_another_purpose_is_refused(at: None) -> None:
    assert (await actas("migrate")).exit_code == 0
    told = await actas("migrate", "--audit")
    assert (told.exit_code, "made as TEST" in told.output) == (1, True)


async def test_serve_says_in_one_line_why_it_does_not(at: None) -> None:
    told = await actas("serve", "--port", "0")
    assert (told.exit_code, "made as TEST" in told.output) == (1, True)
    assert "Traceback" not in told.output


async def test_the_schema_is_written_as_sdl() -> None:
    told = await actas("schema")
    assert "type Mutation" in told.output


async def test_a_setting_that_makes_no_sense_is_named(at: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACTAS_CONSOLE_URL", "console")
    told = await actas("serve")
    assert (told.exit_code, "ACTAS_CONSOLE_URL" in told.output) == (2, True)
