"""What lies in a spool's folder and is not as it should be: kept, told, and in nobody's way (P6, S3-13)."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, ClassVar

import pytest

from actas_guard import written
from actas_guard.spool_file import SpoolFile
from actas_guard.spool_tasks import Ended
from tests.guard.conftest import until
from tests.guard.test_spool import files, paths, rows, spooled

if TYPE_CHECKING:
    from pathlib import Path

    from tests.guard.console import FakeConsole

SESSION = "3c6d9a52-8f3e-4d5b-9f0a-1f1f6e1b7a10"
NEWER = "create table visit (key integer primary key, document blob); pragma user_version = 2"
FIRST_CUT = "create table record (key integer primary key, done integer, id, path)"


def begun(path: str) -> str:
    at = "2026-11-21T10:00:00.000000Z"
    return written.begun(f"id-of-{path}", SESSION, at, "GET", path, None, unsafe=False, surface=None)


@dataclass
class Rows:
    """Rows as a process writes them, and as a disk may spoil them."""

    needs_room: ClassVar[bool] = True
    texts: list[tuple[str | bytes | None, str | None]]

    def run(self, connection: sqlite3.Connection) -> None:
        connection.executemany("insert into record (begun, ended, left) values (?, ?, 1)", self.texts)
        connection.execute("update record set begun = cast(begun as text) where begun like 'text %'")


def left_behind(folder: Path, *texts: tuple[str | bytes | None, str | None]) -> None:
    file = SpoolFile(folder, 2**20, count(1))
    assert file.run([Rows(list(texts))]).problem is None
    file.leave()


def said(caplog: pytest.LogCaptureFixture, level: int) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.name == "actas_guard" and each.levelno == level]


class TestUnreadable:
    @pytest.mark.parametrize(
        "spoiled",
        [
            ("no record s3cret", None),
            (None, None),
            (b"\xff\xfe s3cret", None),
            (b"text \xff s3cret", None),
            (begun("/s3cret"), "s3cret"),
            (begun("/s3cret"), "\x1fs3cret\x1f1\x1f\x1f"),
            (begun("/s3cret"), "\x1f200\x1finf\x1f\x1f"),
        ],
        ids=["TEXT", "NULL", "BLOB", "NOT_UTF_8", "END", "STATUS", "DURATION"],
    )
    async def test_a_row_that_is_no_record_is_kept_and_told_once_and_holds_up_no_other(
        self,
        console: FakeConsole,
        tmp_path: Path,
        caplog: pytest.LogCaptureFixture,
        spoiled: tuple[str | bytes | None, str | None],
    ) -> None:
        left_behind(tmp_path, spoiled, (begun("/beside"), None))
        async with spooled(console, tmp_path) as site:
            _, browser = await site.operator()
            for path in ("/one", "/two"):
                assert (await browser.get(path)).status_code == 200
            await until(lambda: paths(console) == ["/beside", "/one", "/two"])
            await until(lambda: site.guard.metrics().records_waiting == 0)
            assert site.guard.metrics().records_unreadable == 1
        told = [line for line in said(caplog, logging.CRITICAL) if "are no access records" in line]
        assert len(told) == 1
        assert "s3cret" not in caplog.text
        [file] = files(tmp_path)
        with closing(sqlite3.connect(file)) as connection:
            [kept] = connection.execute("select cast(begun as blob), cast(ended as blob) from record").fetchall()
        assert kept == tuple(text.encode() if isinstance(text, str) else text for text in spoiled)

    async def test_a_batch_of_rows_that_are_no_records_does_not_hide_what_lies_behind_it(
        self, console: FakeConsole, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("actas_guard.records._BATCH", 2)
        left_behind(tmp_path, *[("no record", None)] * 5, (begun("/behind"), None))
        async with spooled(console, tmp_path) as site:
            await until(lambda: paths(console) == ["/behind"])
            assert site.guard.metrics().records_unreadable == 5


class TestLayout:
    @pytest.mark.parametrize("made_by", [NEWER, FIRST_CUT], ids=["NEWER", "FIRST_CUT"])
    async def test_a_file_of_another_layout_is_told_once_and_left_as_it_is(
        self,
        console: FakeConsole,
        tmp_path: Path,
        caplog: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch,
        made_by: str,
    ) -> None:
        monkeypatch.setattr("actas_guard.spool_file.LOOK_SECONDS", 0)
        other = tmp_path / "other.spool"
        with closing(sqlite3.connect(other)) as connection:
            connection.executescript(f"pragma journal_mode = wal; {made_by}")
        before = other.read_bytes()
        async with spooled(console, tmp_path) as site:
            _, browser = await site.operator()
            for path in ("/one", "/two"):
                await browser.get(path)
            await until(lambda: paths(console) == ["/one", "/two"])
            await until(lambda: site.guard.metrics().records_waiting == 0)
        assert files(tmp_path) == [other]
        assert other.read_bytes() == before
        assert len([line for line in said(caplog, logging.WARNING) if str(other) in line and "layout" in line]) == 1

    async def test_a_file_of_another_layout_whose_process_lives_is_nobodys_business(
        self, console: FakeConsole, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        with closing(sqlite3.connect(tmp_path / "other.spool")) as living:
            living.executescript(f"pragma locking_mode = exclusive; pragma journal_mode = wal; {NEWER}")
            async with spooled(console, tmp_path) as site:
                _, browser = await site.operator()
                await browser.get("/inbox")
                await until(lambda: paths(console) == ["/inbox"])
        assert "other.spool" not in caplog.text

    async def test_a_file_that_is_not_what_it_says_is_kept_beside(
        self, console: FakeConsole, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        with closing(sqlite3.connect(tmp_path / "left.spool")) as connection:
            connection.executescript(f"{FIRST_CUT}; pragma user_version = 1")
        async with spooled(console, tmp_path):
            await until((tmp_path / "left.spool.damaged").exists)
            await until(lambda: "is damaged" in caplog.text)


class TestCount:
    async def test_what_a_hanging_disk_takes_too_late_is_sent_once_and_does_not_stay_there(
        self, console: FakeConsole, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with spooled(console, tmp_path) as site:
            _, browser = await site.operator()
            held, spool = threading.Event(), site.guard._service.spool
            assert spool
            run = spool._file.run
            with monkeypatch.context() as disk:
                disk.setattr("actas_guard.spool._PATIENCE_SECONDS", 0.05)
                disk.setattr(spool._file, "run", lambda group: (run(group), held.wait(10))[0])
                try:
                    assert (await browser.get("/hung")).status_code == 200
                    await until(lambda: paths(console) == ["/hung"])
                finally:
                    held.set()
            await until(lambda: site.guard.metrics().records_waiting == 0 and not spool.problem)
            assert (await browser.get("/after")).status_code == 200
            await until(lambda: paths(console) == ["/after", "/hung"])
        assert files(tmp_path) == []

    async def test_an_end_that_the_disk_does_not_take_leaves_no_beginning_there(
        self, console: FakeConsole, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(_ended: Ended, _connection: sqlite3.Connection) -> None:
            raise sqlite3.OperationalError("database or disk is full")

        async with spooled(console, tmp_path) as site:
            _, browser = await site.operator()
            with monkeypatch.context() as disk:
                disk.setattr(Ended, "run", full)
                assert (await browser.get("/inbox")).status_code == 200
                await until(lambda: paths(console) == ["/inbox"])
            await until(lambda: site.guard._service.spool and site.guard._service.spool.usable)
            await browser.get("/after")
            await until(lambda: paths(console) == ["/after", "/inbox"])
            await until(lambda: site.guard.metrics().records_waiting == 0)
            assert [record["status"] for record in console.records] == [200, 200]
        assert files(tmp_path) == []

    async def test_what_was_removed_with_its_file_is_told_and_waits_no_more(
        self, console: FakeConsole, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        async with spooled(console, tmp_path) as site:
            _, browser = await site.operator()
            console.down = True
            for number in range(4):
                await browser.get(f"/gone/{number}")
            spool = site.guard._service.spool
            assert spool
            async with asyncio.timeout(15):
                while len(await spool.batch(10)) < 4:
                    pass
            for path in tmp_path.iterdir():
                path.unlink()
            await browser.get("/after")
            assert site.guard.metrics().records_waiting == 1
            console.down = False
            await until(lambda: "/after" in paths(console))
            await until(lambda: site.guard.metrics().records_waiting == 0)
        assert "was removed" in caplog.text
        assert rows(tmp_path) == 0
