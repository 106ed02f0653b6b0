"""Records survive the process, the disk and the console: each arrives once (P6, S3-13, S3-21)."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import sys
import threading
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.guard.conftest import INSIDE, TOKEN, Browser, guarded, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.guard.conftest import Site
    from tests.guard.console import FakeConsole


@asynccontextmanager
async def spooled(console: FakeConsole, spool: Path, **settings: Any) -> AsyncIterator[Site]:
    async with guarded(console, spool=spool, **settings) as site:
        await until(lambda: site.live.ready and site.guard._service.keys.known)
        yield site


@asynccontextmanager
async def another_process(
    console: FakeConsole, spool: Path, largest_file: str = ""
) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """A guarded product that a test may kill, and its port."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.guard.dying", console.url, str(spool), largest_file),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout
        async with asyncio.timeout(30):
            port = int(await process.stdout.readline())
        yield process, port
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def paths(console: FakeConsole) -> list[str]:
    return sorted(record["path"] for record in console.records)


def files(spool: Path) -> list[Path]:
    return sorted(spool.glob("*.spool"))


def rows(spool: Path) -> int:
    """How many records lie in the files of nobody."""
    found = 0
    for path in files(spool):
        connection = sqlite3.connect(path)
        found += connection.execute("select count(*) from record").fetchone()[0]
        connection.close()
    return found


class TestConsole:
    async def test_records_wait_on_disk_for_a_console_that_is_down_and_arrive_once_in_order(
        self, console: FakeConsole, tmp_path: Path
    ) -> None:
        async with spooled(console, tmp_path) as site:
            _, browser = await site.operator()
            console.down = True
            for number in range(5):
                assert (await browser.get(f"/n{number}")).status_code == 200
            assert not site.guard._service.records._waiting
            assert site.guard.metrics().records_waiting == 5
            console.down = False
            await until(lambda: len(console.records) == 5)
            assert [record["path"] for record in console.records] == [f"/n{number}" for number in range(5)]
            assert {(record["status"], record["route"]) for record in console.records} == {(200, "/{path:path}")}
            await until(lambda: site.guard.metrics().records_waiting == 0)
        assert files(tmp_path) == []

    async def test_what_the_console_did_not_take_is_sent_by_the_next_process(
        self, console: FakeConsole, tmp_path: Path
    ) -> None:
        async with spooled(console, tmp_path) as site:
            _, browser = await site.operator()
            console.down = True
            await browser.get("/before")
        assert rows(tmp_path) == 1
        console.down = False
        async with spooled(console, tmp_path):
            await until(lambda: paths(console) == ["/before"])
        assert files(tmp_path) == []

    async def test_one_record_that_the_console_refuses_does_not_hold_up_the_others(
        self, console: FakeConsole, tmp_path: Path
    ) -> None:
        async with spooled(console, tmp_path) as site:
            _, browser = await site.operator()
            console.down = True
            for path in ("/one", "/poison", "/two"):
                await browser.get(path)
            console.down = False
            await until(lambda: paths(console) == ["/one", "/two"])
        assert rows(tmp_path) == 1


class TestDeath:
    async def test_whatever_was_answered_is_recorded_once_however_the_process_dies(
        self, console: FakeConsole, tmp_path: Path
    ) -> None:
        """P6: killed at any moment, with requests on their way through it; the console hears it from the next one."""
        session = console.start(console.tenants["acme"][0])
        cookies = {TOKEN: console.token(session), INSIDE: f"{session.id}.TENANT"}
        answered: list[str] = []
        dice = random.Random(7)

        async def visit(port: int, life: int, visitor: int) -> None:
            browser = Browser(port, console.tenants["acme"][0], **cookies)
            for number in range(1000):
                path = f"/{life}-{visitor}-{number}"
                assert (await browser.get(path)).status_code == 200
                answered.append(path)

        for life in range(3):
            console.down = life != 1
            already = len(answered)
            async with another_process(console, tmp_path) as (process, port):
                visits = [asyncio.create_task(visit(port, life, visitor)) for visitor in range(4)]
                enough = already + dice.randint(5, 40)
                await until(partial(_reached, answered, enough))
                process.kill()
                for outcome in await asyncio.gather(*visits, return_exceptions=True):
                    assert isinstance(outcome, httpx.HTTPError)
        console.down = False
        async with spooled(console, tmp_path):
            await until(lambda: set(answered) <= set(paths(console)))
            await until(lambda: not rows_elsewhere(tmp_path))
        assert len(paths(console)) == len(set(paths(console)))
        assert {record["status"] for record in console.records if record["path"] in answered} <= {200, 500}

    async def test_a_request_that_died_with_its_process_is_recorded_as_failed_and_perhaps_written(
        self, console: FakeConsole, tmp_path: Path
    ) -> None:
        session = console.start(console.tenants["acme"][0])
        async with another_process(console, tmp_path) as (process, port):
            browser = Browser(port, console.tenants["acme"][0], **{TOKEN: console.token(session)})
            asked = asyncio.create_task(browser.ask("POST", "/never"))
            assert process.stdout
            assert await process.stdout.readline() == b"never\n"
            await until(lambda: _begun(tmp_path))
            process.kill()
            with pytest.raises(httpx.HTTPError):
                await asked
        async with spooled(console, tmp_path):
            await until(lambda: console.records)
        told = console.records[0]
        assert (told["path"], told["status"], told["wrote"], told["durationMs"]) == ("/never", 500, True, 0)

    async def test_a_living_process_keeps_its_own_file(self, console: FakeConsole, tmp_path: Path) -> None:
        async with spooled(console, tmp_path) as first:
            _, browser = await first.operator()
            console.down = True
            await browser.get("/first")
            async with spooled(console, tmp_path) as second:
                await until(lambda: len(files(tmp_path)) == 2)
                assert second.guard.metrics().records_waiting == 0
            assert first.guard.metrics().records_waiting == 1
            console.down = False
            await until(lambda: paths(console) == ["/first"])


def rows_elsewhere(spool: Path) -> bool:
    """Whether more than the living process's own file is there."""
    return len(files(spool)) > 1


def _reached(answered: list[str], enough: int) -> bool:
    return len(answered) >= enough


def _begun(spool: Path) -> bool:
    """Whether something was written: a transaction lies in the log beside the file."""
    return any(b"/never" in log.read_bytes() for log in spool.glob("*.spool-wal"))


class TestDisk:
    async def test_a_full_spool_leaves_records_in_memory_and_then_refuses_operators_alone(
        self, console: FakeConsole, tmp_path: Path
    ) -> None:
        """P6, and the tenant's own people never suffer from the record."""
        async with spooled(console, tmp_path, max_spool_bytes=2**16, max_pending_records=5) as site:
            _, browser = await site.operator()
            console.down = True
            answers = [await browser.get("/" + "long/" * 400) for _ in range(60)]
            refused = [answer for answer in answers if answer.status_code == 503]
            assert {answer.json()["code"] for answer in refused} == {"RECORDS_FULL"}
            assert site.guard.metrics().records_kept_in == "NOWHERE"
            assert (await browser.get("/actas/state")).json()["recordsKeptIn"] == "NOWHERE"
            assert (await site.browser().get("/actas/state")).json()["recordsKeptIn"] is None
            assert (await site.browser().get("/inbox")).status_code == 200
            answered = len(answers) - len(refused)
            assert len(site.product.seen) == answered + 1
            console.down = False
            await until(lambda: len(console.records) == answered)
            await until(lambda: site.guard.metrics().records_waiting == 0)
            assert (await browser.get("/again")).status_code == 200

    async def test_strict_refuses_what_the_disk_does_not_take_before_the_product_sees_it(
        self, console: FakeConsole, tmp_path: Path
    ) -> None:
        async with spooled(console, tmp_path, max_spool_bytes=2**16, strict=True) as site:
            _, browser = await site.operator()
            console.down = True
            answers = [await browser.get("/" + "long/" * 400) for _ in range(60)]
            assert {answer.status_code for answer in answers} == {200, 503}
            assert len(site.product.seen) == sum(answer.status_code == 200 for answer in answers)
            # Those that were refused; and an answer's own end, where the full disk took no more than its beginning.
            assert 503 in {record.document()["status"] for record in site.guard._service.records._waiting} <= {200, 503}
            assert (await site.browser().get("/inbox")).status_code == 200

    async def test_a_disk_that_does_not_answer_holds_up_nobody_for_long(
        self, console: FakeConsole, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("actas_guard.spool._PATIENCE_SECONDS", 0.05)
        async with spooled(console, tmp_path) as site:
            _, browser = await site.operator()
            held, spool = threading.Event(), site.guard._service.spool
            assert spool
            run = spool._file.run
            monkeypatch.setattr(spool._file, "run", lambda group: (held.wait(10), run(group))[1])
            try:
                assert (await browser.get("/inbox")).status_code == 200
                assert site.guard.metrics().records_kept_in == "MEMORY"
                assert (await site.browser().get("/inbox")).status_code == 200
                await until(lambda: paths(console) == ["/inbox"])
            finally:
                held.set()

    async def test_a_folder_that_cannot_be_written_is_no_reason_to_fail(
        self, console: FakeConsole, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        (tmp_path / "file").write_text("no folder")
        async with spooled(console, tmp_path / "file") as site:
            _, browser = await site.operator()
            assert (await browser.get("/inbox")).status_code == 200
            await until(lambda: paths(console) == ["/inbox"])
            assert site.guard.metrics().records_kept_in == "MEMORY"
        assert "access records cannot be written to" in caplog.text

    async def test_a_damaged_file_is_kept_beside_and_a_new_one_is_begun(
        self, console: FakeConsole, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        (tmp_path / "left.spool").write_bytes(b"no database at all " * 1000)
        async with spooled(console, tmp_path) as site:
            _, browser = await site.operator()
            await browser.get("/inbox")
            await until(lambda: paths(console) == ["/inbox"])
        assert (tmp_path / "left.spool.damaged").exists()
        assert "is damaged" in caplog.text

    @pytest.mark.skipif(sys.platform != "linux", reason="limits of a process are Linux's here")
    async def test_a_disk_that_is_really_full_costs_no_record(self, console: FakeConsole, tmp_path: Path) -> None:
        """The kernel refuses the write, in a process whose files may not grow."""
        session = console.start(console.tenants["acme"][0])
        cookies = {TOKEN: console.token(session), INSIDE: f"{session.id}.TENANT"}
        async with another_process(console, tmp_path, "65536") as (_, port):
            console.down = True
            browser = Browser(port, console.tenants["acme"][0], **cookies)
            answered = []
            for number in range(60):
                path = f"/{number}/" + "long/" * 300
                assert (await browser.get(path)).status_code == 200
                answered.append(path)
            console.down = False
            await until(lambda: set(paths(console)) == set(answered))
        assert len(console.records) == len(answered)
