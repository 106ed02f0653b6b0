"""Every command on a real database, for people and for programs; docs/cli.md tells of all of them and of their JSON."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from typer.main import get_command

from actas import cli
from permissions.operators import Role
from resolvers.impersonation import Started, StartRequest, start
from tests.actas.command_line import actas, told
from tests.rules.source import ROOT
from tests.running import free_port
from tests.world import REASON

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.world import World

PAGE = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
OPERATOR = {"id", "email", "name", "roles", "createdAt", "lastSignInAt", "disabledAt"}
KEY = {"id", "name", "prefix", "permissions", "tenantId", "createdAt", "lastUsedAt", "revokedAt"}
WHY = ("--reason", "left the company")


def commands(group: Any, *before: str) -> Iterator[str]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, *before, name)
        else:
            yield " ".join((*before, name))


def test_the_page_tells_of_every_command() -> None:
    everything = set(commands(get_command(cli.app)))
    assert {"demo", "operator add", "ledger export", "schema"} < everything
    assert [command for command in everything if f"`{command}" not in PAGE] == []


@pytest.mark.parametrize("command", sorted(commands(get_command(cli.app))))
async def test_every_command_explains_itself(command: str) -> None:
    shown = await actas(*command.split(), "--help")
    assert (shown.exit_code, "Examples:" in shown.output) == (0, True)


async def test_an_operator_is_added_listed_and_shut_out_once(at: None, world: World) -> None:
    added = await told("operator", "add", "jane@example.com", "--name", "Jane Doe", "--role", "PLATFORM_SUPPORT")
    assert (added["operator"].keys(), added["operator"]["roles"]) == (OPERATOR, ["PLATFORM_SUPPORT"])
    listed = await actas("operator", "list")
    assert re.search(r"jane@example.com +Jane Doe +PLATFORM_SUPPORT$", listed.output, re.MULTILINE)
    assert added["password"] not in listed.output
    gone = (await told("operator", "disable", "jane@example.com", *WHY))["operator"]
    assert gone in (await told("operator", "list"))["operators"]
    assert gone["disabledAt"]
    again = await actas("operator", "disable", "jane@example.com", *WHY)
    assert (again.exit_code, "disabled already" in again.stderr) == (1, True)


async def test_a_key_is_told_by_the_command_that_issues_it_and_by_no_other(at: None, world: World) -> None:
    issued = await told("key", "issue", "guard", "--permission", "GUARD_EVENTS")
    assert (issued.keys(), issued["key"].keys()) == ({"key", "secret"}, KEY)
    prefix = issued["key"]["prefix"]
    revoking = ("key", "revoke", prefix, *WHY)
    shown = [await actas("key", "list"), await actas("key", "list", "--json"), await actas(*revoking)]
    assert [(each.exit_code, prefix in each.output, issued["secret"] in each.output) for each in shown] == [
        (0, True, False)
    ] * 3
    (key,) = (await told("key", "list"))["keys"]
    assert key["revokedAt"]
    again = await actas(*revoking)
    assert (again.exit_code, "revoked" in again.stderr) == (1, True)


async def test_a_dry_run_lists_what_would_end_and_ends_nothing(at: None, world: World) -> None:
    tenant = await world.tenant("acme")
    operator = await world.newcomer("sam@actas.example", Role.PLATFORM_SUPPORT)
    started = await start(world.database, operator, StartRequest(tenant_id=tenant.id, reason=REASON))
    assert isinstance(started, Started)
    suspending = ("tenant", "status", "acme", "--to", "SUSPENDED", "--reason", "three invoices unpaid")
    would = await told(*suspending, "--dry-run")
    assert (would["dryRun"], would["tenant"]["status"], would["to"]) == (True, "ACTIVE", "SUSPENDED")
    assert [session["reason"] for session in would["sessions"]] == [REASON]
    assert await world.entries(tenant.id, "IMPERSONATION_ENDED") == []
    did = await actas(*suspending)
    assert (did.exit_code, "Sam" in did.output, "SUSPENDED" in did.output) == (0, True, True)
    *_, entry = await world.entries(tenant.id, "TENANT_SUSPENDED", "TENANT_STATUS_CHANGED")
    assert entry.actor_proof == "CLAIMED"


async def test_a_sweep_ends_what_is_due_and_then_nothing_more(at: None, world: World) -> None:
    """P2."""
    tenant = await world.tenant("acme")
    operator = await world.newcomer("sam@actas.example", Role.PLATFORM_SUPPORT)
    await start(world.database, operator, StartRequest(tenant_id=tenant.id, reason=REASON))
    await world.advance(timedelta(days=1))
    swept = await told("sweep")
    assert (swept["sessions"], swept["signIns"] > 0) == (1, True)
    assert set((await told("sweep")).values()) == {0}


async def test_the_ledger_goes_to_a_new_file_or_to_standard_output(at: None, world: World, tmp_path: Path) -> None:
    await world.tenant("acme")
    saved = await told("ledger", "export", "--tenant", "acme", "--output", "acme.ndjson")
    lines = [orjson.loads(line) for line in (tmp_path / "acme.ndjson").read_text().splitlines()]
    assert (lines[0]["type"], lines[-1]) == ("export", {"type": "end", "entries": saved["entries"]})
    assert saved == {"entries": len(lines) - 2, "file": "acme.ndjson"}
    assert (await actas("ledger", "export", "--output", "acme.ndjson")).exit_code == 1
    written = await actas("ledger", "export", "--tenant", "acme", "--format", "csv")
    assert (written.exit_code, written.stdout.startswith('"chain","sequence"')) == (0, True)


async def test_an_empty_database_is_made_once_and_says_what_to_do_next(nowhere: None) -> None:
    assert [await told("migrate") for _ in range(2)] == [{"upToDate": True}] * 2
    for command, advice in {"operator list": "actas operator add", "key list": "actas key issue"}.items():
        shown = await actas(*command.split())
        assert (shown.exit_code, advice in shown.output) == (0, True)
    assert await told("operator", "list") == {"operators": []}
    assert await told("key", "list") == {"keys": []}
    ports = ("--port", str(free_port()), "--workspace-port", str(free_port()))
    for how in ((), ("--fresh",)):
        assert "made as REAL" in (await actas("demo", *ports, *how)).stderr


def test_programs_are_told_the_names_that_the_page_tells() -> None:
    for name, fields in {"Operator": OPERATOR, "Key": KEY}.items():
        (listed,) = re.findall(rf"`{name}` is\s+`\{{(.*?)\}}`", PAGE)
        assert set(re.findall(r'"(\w+)"', listed)) == fields
