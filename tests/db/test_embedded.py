"""The embedded server: no user owns it, whoever needs it has it, and nothing outside of its directory is touched."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import sysconfig
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from db.embedded import EmbeddedError, acquire
from db.embedded import binaries as embedded_binaries
from db.embedded.folder import Folder
from tests.db.users import REPOSITORY, User, keeper, postmasters, until
from tests.postgres import binaries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
NOBODY = 65534


@pytest.fixture
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("e") / "d"
    yield folder
    until(lambda: not postmasters(folder))


@pytest.fixture
def user(data_dir: Path) -> Iterator[Callable[[], User]]:
    made: list[User] = []

    def start() -> User:
        made.append(User(data_dir, binaries()))
        return made[-1]

    yield start
    for one in made:
        one.kill()


def test_six_who_start_at_once_share_one_server(data_dir: Path, user: Callable[[], User]) -> None:
    served_by = {one.postmaster() for one in [user() for _ in range(6)]}
    assert served_by == postmasters(data_dir)
    assert len(served_by) == 1


def test_the_server_stays_when_whoever_started_it_is_killed(data_dir: Path, user: Callable[[], User]) -> None:
    first = user()
    server = first.postmaster()
    second = user()
    second.postmaster()
    first.kill()
    third = user()
    assert third.postmaster() == server
    until(lambda: postmasters(data_dir) == {server})  # a child that was just forked still goes by its parent's name


def test_the_server_stops_when_the_last_user_is_gone_and_starts_for_the_next(
    data_dir: Path, user: Callable[[], User]
) -> None:
    users = [user(), user()]
    servers = {one.postmaster() for one in users}
    users[0].leave()
    users[1].kill()
    until(lambda: not postmasters(data_dir))
    assert user().postmaster() not in servers


def test_who_comes_while_it_stops_waits_and_is_served_by_another(data_dir: Path) -> None:
    with acquire(data_dir, bin_dir=binaries(), fsync=False):
        stopping = postmasters(data_dir)
    until(lambda: not Folder(data_dir).ready())
    with acquire(data_dir, bin_dir=binaries(), fsync=False):
        assert len(postmasters(data_dir)) == 1
        assert not postmasters(data_dir) & stopping


def test_a_killed_keeper_takes_the_server_along_and_the_next_user_starts_another(
    data_dir: Path, user: Callable[[], User]
) -> None:
    server = user().postmaster()
    os.kill(keeper(data_dir), signal.SIGKILL)
    until(lambda: server not in postmasters(data_dir))
    assert user().postmaster() != server


def test_a_user_who_lost_the_server_has_it_again_by_asking(data_dir: Path) -> None:
    with acquire(data_dir, bin_dir=binaries(), fsync=False) as lease:
        (server,) = postmasters(data_dir)
        os.kill(keeper(data_dir), signal.SIGKILL)
        until(lambda: server not in postmasters(data_dir))
        assert lease.ensure() == lease.server
        assert len(postmasters(data_dir)) == 1


def test_the_keeper_leaves_the_callers_session_and_its_secrets(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACTAS_SECRET", "hidden")
    with acquire(data_dir, bin_dir=binaries(), fsync=False):
        kept_by = keeper(data_dir)
        assert os.getsid(kept_by) != os.getsid(0)
        assert b"hidden" not in Path(f"/proc/{kept_by}/environ").read_bytes()


def test_a_path_too_long_for_a_socket_gets_a_short_private_folder_that_goes_with_the_server(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    long = tmp_path_factory.mktemp("e") / ("long" * 30)
    with acquire(long, bin_dir=binaries(), fsync=False) as lease:
        outside = lease.server.socket_dir
        assert not outside.is_relative_to(long)
        assert stat.S_IMODE(outside.stat().st_mode) == 0o700
        assert Path((long / "socket-dir").read_text()) == outside
    until(lambda: not outside.exists())


async def test_only_who_knows_a_password_gets_in_and_no_port_is_open(data_dir: Path) -> None:
    with acquire(data_dir, bin_dir=binaries(), fsync=False) as lease:
        assert stat.S_IMODE((data_dir / "passwords.json").stat().st_mode) == 0o600
        assert stat.S_IMODE(data_dir.stat().st_mode) == 0o700
        connection = await asyncpg.connect(lease.server.url("actas_admin", "postgres"))
        assert await connection.fetchval("show listen_addresses") == ""
        assert await connection.fetchval("show fsync") == "off"
        assert await connection.fetchval("select lower('ÄÉ')") == "äé"
        await connection.close()
        password = lease.server.passwords["actas_admin"]
        wrong = lease.server.url("actas_admin", "postgres").replace(password, "guess")
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(wrong)


async def test_data_survives_the_server(data_dir: Path) -> None:
    async def ask(statement: str) -> object:
        with acquire(data_dir, bin_dir=binaries()) as lease:
            connection = await asyncpg.connect(lease.server.url("actas_admin", "postgres"))
            answer = await connection.fetchval(statement)
            await connection.close()
        until(lambda: not postmasters(data_dir))
        return answer

    assert await ask("show fsync") == "on"
    await ask("create table kept as select 42 as n")
    assert await ask("select n from kept") == 42


def test_what_a_crash_left_behind_does_not_stop_the_next_start(data_dir: Path) -> None:
    with acquire(data_dir, bin_dir=binaries(), fsync=False) as lease:
        socket = lease.server.socket_dir / f".s.PGSQL.{lease.server.port}.lock"
    until(lambda: not postmasters(data_dir))
    (data_dir / "cluster.partial").mkdir()  # of an initdb that was killed
    stale = f"{os.getpid()}\n{data_dir / 'cluster'}\n0\n5432\n{socket.parent}\n\n\nready\n"
    (data_dir / "cluster" / "postmaster.pid").write_text(stale)  # its process id is another program's by now: ours
    socket.write_text(stale)
    with acquire(data_dir, bin_dir=binaries(), fsync=False):
        assert len(postmasters(data_dir)) == 1


def test_nothing_above_the_data_directory_is_changed(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with acquire(tmp_path / "d", bin_dir=binaries(), fsync=False):
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
        assert [path.name for path in tmp_path.iterdir()] == ["d"]
    until(lambda: not postmasters(tmp_path / "d"))


@pytest.mark.skipif(os.geteuid() != 0, reason="all other tests run as an ordinary user already")
def test_an_ordinary_user_has_a_server_of_their_own() -> None:
    ordinary = {
        "user": NOBODY,
        "group": NOBODY,
        "extra_groups": [],
        "env": {"PYTHONPATH": sysconfig.get_path("purelib")},
    }
    python = _python_for(ordinary)
    own = _folder_of(NOBODY)
    one = User(own / "d", binaries(), python=python, **ordinary)
    try:
        server = one.postmaster()
        assert Path(f"/proc/{server}").stat().st_uid == NOBODY
    finally:
        one.kill()
        until(lambda: not postmasters(own / "d"))
        shutil.rmtree(own)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account")
def test_root_without_user_namespaces_serves_as_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    own = _folder_of(0)
    own.chmod(0o711)
    (own / "unshare").write_text("#!/bin/sh\nexit 1\n")
    (own / "unshare").chmod(0o755)
    monkeypatch.setenv("PATH", f"{own}:{os.environ['PATH']}")
    one = User(own / "d", binaries())
    try:
        server = one.postmaster()
        assert Path(f"/proc/{server}").stat().st_uid == NOBODY
        os.kill(keeper(own / "d"), signal.SIGKILL)
        until(lambda: not postmasters(own / "d"))
    finally:
        one.kill()
        until(lambda: not postmasters(own / "d"))
        shutil.rmtree(own)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make another user's folder")
def test_another_users_directory_is_refused_with_a_way_out() -> None:
    own = _folder_of(NOBODY)
    with pytest.raises(EmbeddedError, match=r"belongs to user id 65534.*--data-dir"):
        acquire(own)
    shutil.rmtree(own)


def test_without_a_server_to_embed_the_message_names_the_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_binaries, "_candidates", lambda: iter([Path("/nowhere")]))
    with pytest.raises(EmbeddedError, match=r"actas\[embedded\].*PostgreSQL 15 or later.*DATABASE_URL"):
        embedded_binaries.find()


def test_a_server_that_does_not_start_says_why(data_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "initdb").write_text("#!/bin/sh\necho 'the disk is full' >&2\nexit 1\n")
    (tmp_path / "postgres").write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 18.0'\n")
    for program in tmp_path.iterdir():
        program.chmod(0o755)
    with pytest.raises(EmbeddedError, match="the disk is full"):
        acquire(data_dir, bin_dir=tmp_path)
    assert not (data_dir / "initdb-password").exists()


def test_a_lost_password_file_is_not_replaced_by_another(data_dir: Path) -> None:
    with acquire(data_dir, bin_dir=binaries(), fsync=False) as lease:
        (data_dir / "passwords.json").unlink()
        with pytest.raises(EmbeddedError, match=r"passwords\.json is missing"):
            lease.server.url("actas_app", "actas")


def test_the_packages_may_lie_nested_in_a_wheel(data_dir: Path, tmp_path: Path) -> None:
    nested = tmp_path / "actas" / "_nested"
    shutil.copytree(REPOSITORY / "db" / "embedded", nested / "db" / "embedded")
    (nested / "db" / "__init__.py").touch()
    program = f"""
import sys; sys.path.insert(0, {str(nested)!r})
import json, pathlib, db
from db.embedded import acquire
with acquire(pathlib.Path({str(data_dir)!r}), bin_dir={str(binaries() or "")!r} or None, fsync=False) as lease:
    pid = open(lease.server.data_dir / "cluster" / "postmaster.pid").readline()
    keeper = open(f"/proc/{{int(pid)}}/stat").read().rpartition(")")[2].split()[1]
    print(json.dumps([db.__file__, open(f"/proc/{{keeper}}/environ").read()]))
"""
    said = subprocess.run([sys.executable, "-P", "-c", program], cwd="/", capture_output=True, text=True, check=True)
    package, environment = json.loads(said.stdout)
    assert package.startswith(str(nested))
    assert f"PYTHONPATH={nested}" in environment


def _python_for(options: dict[str, Any]) -> str:
    """A Python that this user may run (root's own may lie in root's home)."""
    for python in (sys.executable, "/usr/bin/python3"):
        with suppress(OSError):
            if subprocess.run([python, "-c", "import asyncpg"], cwd="/", check=False, **options).returncode == 0:
                return python
    pytest.skip("no Python here that another user than root may run")


def _folder_of(uid: int) -> Path:
    """A folder that this user reaches (pytest's own are private to who runs it)."""
    folder = Path(f"/tmp/actas-test-{os.getpid()}-{uid}")
    folder.mkdir(mode=0o700)
    os.chown(folder, uid, uid)
    return folder
