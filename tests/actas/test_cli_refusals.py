"""What people get wrong on the command line: one clear sentence, the exit code of docs/cli.md, nothing secret."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import orjson
import pytest

from actas.cli.base import Exit
from actas.cli.base import settings as settings_for
from db.embedded import EmbeddedError, binaries
from tests.actas.command_line import actas
from tests.rules.source import ROOT
from tests.running import free_port

if TYPE_CHECKING:
    from tests.databases import DatabaseUrls
    from tests.world import World

SECRET = "hunter2"
REASON = ("--reason", "three invoices unpaid")
ISSUE = ("key", "issue", "x", "--permission", "GUARD_EVENTS")
# Arguments, exit code, and what the sentence says.
REFUSED = [
    (("operator", "add", "admin@actas.example", "--name", "Again"), Exit.FAILED, "is an operator already"),
    (("operator", "add", "nonsense", "--name", "N"), Exit.FAILED, "no e-mail address"),
    (("operator", "disable", "who@actas.example", *REASON), Exit.FAILED, "Nobody with the address"),
    (("operator", "disable", "admin@actas.example", *REASON), Exit.FAILED, "admin for good"),
    (("operator", "disable", "admin@actas.example", "--reason", "x"), Exit.FAILED, "reason: "),
    (("key", "issue", "x", "--permission", "OPERATOR_GRANT"), Exit.FAILED, "OPERATOR_GRANT"),
    ((*ISSUE, "--tenant", "none"), Exit.FAILED, "no tenant none"),
    (("key", "revoke", "actas_none", *REASON), Exit.FAILED, "actas key list"),
    (("tenant", "status", "none", "--to", "ACTIVE", *REASON), Exit.FAILED, "no tenant none"),
    (("tenant", "status", "acme", "--to", "ACTIVE", *REASON), Exit.FAILED, "ACTIVE already"),
    (("tenant", "status", "acme", "--to", "PROVISIONING", *REASON), Exit.FAILED, "cannot become PROVISIONING"),
    (("ledger", "export", "--tenant", "none"), Exit.FAILED, "no such tenant"),
    (("ledger", "export", "--from", "2026-05-01", "--to", "2026-04-01"), Exit.FAILED, "later than"),
    (("ledger", "export", "--output", "no/such/folder/x"), Exit.FAILED, "cannot be written"),
    (("ledger", "export", "--output", "."), Exit.FAILED, "is there already"),
    (("serve", "--port", "0"), Exit.FAILED, "made as TEST"),
    (("simulate",), Exit.FAILED, "made as TEST"),
    (("migrate", "--audit"), Exit.FAILED, "made as TEST"),
    (("nonsense",), Exit.USAGE, "nonsense"),
    (("tenant", "status", "acme", "--to", "FROZEN", *REASON), Exit.USAGE, "FROZEN"),
    (("tenant", "status", "acme", "--to", "ACTIVE"), Exit.USAGE, "--reason"),
    (("key", "issue", "x"), Exit.USAGE, "--permission"),
    (("serve", "--port", "99999"), Exit.USAGE, "65535"),
    (("serve", "--workers", "0"), Exit.USAGE, "--workers"),
    (("demo", "--port", "99999"), Exit.USAGE, "65535"),
    (("demo", "--port", "9000", "--workspace-port", "9000"), Exit.FAILED, "two ports"),
    (("simulate", "--for", "soon"), Exit.USAGE, "no duration"),
    (("simulate", "--rate", "0"), Exit.USAGE, "--rate"),
    (("ledger", "export", "--format", "xml"), Exit.USAGE, "csv, ndjson"),
    (("ledger", "export", "--from", "yesterday"), Exit.USAGE, "no instant"),
]


@pytest.mark.parametrize(("arguments", "code", "sentence"), REFUSED, ids=[" ".join(each[0]) for each in REFUSED])
async def test_a_refusal_is_a_sentence_and_a_code(
    at: None, world: World, arguments: tuple[str, ...], code: Exit, sentence: str
) -> None:
    await world.tenant("acme")
    refused = await actas(*arguments)
    assert refused.exit_code == code, refused.output
    assert sentence in re.sub(r"[│\s]+", " ", refused.stderr)
    assert isinstance(refused.exception, SystemExit)  # and no other, which would be a traceback
    assert refused.stdout == ""
    if code is Exit.FAILED:
        assert len(refused.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("tenant", "status", "none", "--to", "ACTIVE", *REASON, "--json"), Exit.FAILED),
        (("tenant", "status", "none", "--to", "FROZEN", *REASON, "--json"), Exit.USAGE),
        (("nonsense", "--json"), Exit.USAGE),
        (("key", "issue", "--json"), Exit.USAGE),
        (("operator", "list", "--data-dir", "elsewhere", "--json"), Exit.UNREACHABLE),
    ],
)
async def test_programs_read_errors_as_json(nowhere: None, arguments: tuple[str, ...], code: Exit) -> None:
    if code is Exit.FAILED:
        assert (await actas("migrate")).exit_code == 0
    refused = await actas(*arguments)
    assert (refused.exit_code, orjson.loads(refused.stderr)["error"]["code"]) == (code, code.name)


async def test_half_an_export_is_no_file(at: None, world: World, tmp_path: Path) -> None:
    assert (await actas("ledger", "export", "--tenant", "none", "--output", "out")).exit_code == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("command", "variable"),
    [
        (("operator", "list"), "DATABASE_URL"),
        (("serve",), "DATABASE_URL"),
        (("migrate",), "ACTAS_MIGRATOR_URL"),
        (("migrate", "--audit"), "ACTAS_ADMIN_URL"),
    ],
)
async def test_whose_credential_is_wrong_is_said_and_never_the_credential(
    at: None, database_urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], variable: str
) -> None:
    """Threat 58: nonsense, a server that is not there, a password that is not taken, a database that is missing."""
    good = {
        "DATABASE_URL": database_urls.app,
        "ACTAS_MIGRATOR_URL": database_urls.migrator,
        "ACTAS_ADMIN_URL": database_urls.admin,
    }[variable]
    wrong = {
        SECRET: Exit.USAGE,
        f"mysql://a:{SECRET}@host/actas": Exit.USAGE,
        f"postgresql://a:{SECRET}@host:port/actas": Exit.USAGE,
        f"postgresql://a:{SECRET}@127.0.0.1:1/actas": Exit.UNREACHABLE,
        re.sub(r":[^:@]+@", f":{SECRET}@", good): Exit.UNREACHABLE,
    }
    for url, code in wrong.items():
        monkeypatch.setenv(variable, url)
        refused = await actas(*command)
        assert refused.exit_code == code, (url, refused.output)
        assert variable in refused.output
        assert SECRET not in refused.output
        assert len(refused.stderr.splitlines()) == 1


async def test_an_empty_variable_is_none(nowhere: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("ACTAS_PORT", "")
    assert (settings_for().database_url, settings_for().port) == (None, 8000)


async def test_where_no_database_is_none_is_made(nowhere: None, tmp_path: Path) -> None:
    for command in (("operator", "list"), ("sweep",), ("key", "list"), ("ledger", "export")):
        refused = await actas(*command)
        assert (refused.exit_code, "There is no database in .actas" in refused.stderr) == (3, True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [("migrate",), ("serve",), ("demo",)])
async def test_a_data_directory_that_cannot_be_one_is_named(
    nowhere: None, tmp_path: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "file").touch()
    if "demo" in command:
        command = (*command, "--port", str(free_port()), "--workspace-port", str(free_port()))
    for wrong in ("file", "file/below", "/proc/actas"):
        refused = await actas(*command, "--data-dir", wrong)
        assert (refused.exit_code, wrong in refused.stderr, "--data-dir" in refused.stderr) == (3, True, True)
        assert len(refused.stderr.splitlines()) == 1


async def test_without_any_postgresql_the_ways_out_are_told(nowhere: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_candidates", lambda: iter(()))
    with pytest.raises(EmbeddedError):
        binaries.find()
    refused = await actas("migrate")
    assert (refused.exit_code, "set DATABASE_URL" in refused.stderr) == (3, True)


@pytest.mark.parametrize(("revision", "advice"), [("9999", "newer version"), (None, "actas migrate")])
async def test_another_versions_schema_is_said_by_every_command(
    at: None, database_urls: DatabaseUrls, revision: str | None, advice: str
) -> None:
    connection = await asyncpg.connect(database_urls.admin)
    await connection.execute("update identity.alembic_version set version_num = $1", revision or "0000")
    if revision is None:
        await connection.execute("delete from identity.alembic_version")
    await connection.close()
    commands = [("operator", "list"), ("sweep",), *([("migrate",)] if revision else [])]
    for command in commands:
        refused = await actas(*command)
        assert (refused.exit_code, advice in refused.stderr) == (1, True), refused.output
        assert len(refused.stderr.splitlines()) == 1


async def test_a_database_that_was_never_set_up_says_how(at: None, database_urls: DatabaseUrls) -> None:
    connection = await asyncpg.connect(database_urls.admin)
    await connection.execute("drop schema identity, audit cascade")
    await connection.close()
    refused = await actas("operator", "list")
    assert (refused.exit_code, "actas migrate --audit" in refused.stderr) == (1, True)


def test_the_page_tells_of_every_code_and_the_help_too() -> None:
    page = Path(ROOT / "docs/cli.md").read_text(encoding="utf-8")
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)} == {int(code) for code in Exit}


@pytest.mark.parametrize(("to", "why"), [("> /dev/full", "No space left on device"), ("| true", "its reader is gone")])
def test_an_output_that_fails_is_not_taken_for_a_database_that_is_away(to: str, why: str) -> None:
    command = f"set -o pipefail; {Path(sys.executable).parent / 'actas'} schema {to}"
    ended = subprocess.run(["/bin/bash", "-c", command], capture_output=True, text=True, check=False)
    assert ended.stderr == f"Standard output could not be written to the end: {why}.\n"
    assert ended.returncode == Exit.FAILED
