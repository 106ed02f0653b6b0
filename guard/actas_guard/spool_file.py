"""The file of a spool, as the spool's thread works on it: its lock, its transactions, and what others left behind."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final, Protocol
from uuid import uuid4

log = logging.getLogger("actas_guard")

# Of the table and of the texts in it: whoever changes either counts on, and no older process touches the file.
_LAYOUT: Final = 1
# `ended` is null for as long as the request is under way, `left` is 1 where it died with its process.
_CREATE: Final = "create table record (key integer primary key, begun text, ended text, left integer)"
INSERT: Final = "insert into record (key, begun) values (?, ?)"
COMPLETE: Final = "update record set ended = ? where key = ?"
EXISTS: Final = "select 1 from record where key = ?"
READ: Final = "select key, begun, ended from record where ended is not null or left = 1 order by key limit ?"
_READ_ALL: Final = "select begun, ended from record order by key"
_ADOPT: Final = "insert into record values (?, ?, ?, 1)"
MOVE: Final = "update record set key = ? where key = ?"
DELETE: Final = "delete from record where key = ?"
DELETE_BEGUN: Final = "delete from record where key = ? and ended is null"
_PAGE_BYTES: Final = 4096
LOOK_SECONDS: Final = 30  # how soon the file of a process that died is found


class Task(Protocol):
    """One thing to do in a transaction; what needs no room still has a chance on a full disk."""

    needs_room: ClassVar[bool]

    def run(self, connection: sqlite3.Connection) -> Any:
        """Do it."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a group came to: a result for each task, None for one that failed."""

    results: list[Any]
    adopted: int
    anew: bool
    """Whether the file is another than before, and all that lay there is no longer ours."""
    problem: str | None


class _OtherLayout(sqlite3.DatabaseError):
    """A file that another version of the guard wrote."""


class SpoolFile:
    """A file in `folder` that this process has locked; made when it is first needed, and anew where it is lost."""

    def __init__(self, folder: Path, max_bytes: int, keys: Iterator[int]) -> None:
        self._folder = folder
        self._max_pages = max(8, max_bytes // _PAGE_BYTES)
        self._keys = keys
        self._path: Path | None = None
        self._connection: sqlite3.Connection | None = None
        self._looked_at: float | None = None
        self._told: set[Path] = set()

    def run(self, group: Sequence[Task]) -> Done:
        """Do all of it in one durable transaction; where that fails, what needs no room once more on its own."""
        adopted, before = 0, self._connection
        try:
            connection = self._ready()
            adopted = self._look(connection)
            return Done(_transact(connection, group), adopted, connection is not before, None)
        except (sqlite3.Error, OSError) as error:
            results = [self._alone(task) for task in group]
            if self._connection is None:  # what was done in it is gone with it
                return Done([None] * len(group), 0, anew=True, problem=str(error))
            return Done(results, adopted, self._connection is not before, str(error))

    def leave(self) -> None:
        """Let go of the file; an empty one is removed."""
        if self._connection is None or self._path is None:
            return
        try:
            with closing(self._connection) as connection:
                empty = connection.execute("select 1 from record limit 1").fetchone() is None
            if empty:
                _remove(self._path)
        except (sqlite3.Error, OSError) as error:
            log.warning("actas: the spool %s could not be closed (%s)", self._path, error)

    def _ready(self) -> sqlite3.Connection:
        if self._connection is not None and self._path is not None:
            if self._path.exists():
                return self._connection
            log.critical("actas: the spool %s was removed, with the records in it", self._path)
            self._forsake()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{uuid4()}.spool"
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            connection = _locked(path, self._max_pages)
        except BaseException:
            _remove(path)
            raise
        if not path.exists():
            connection.close()
            raise FileNotFoundError("another process took the new spool for one that was left behind")
        self._path, self._connection = path, connection
        return connection

    def _alone(self, task: Task) -> Any:
        if task.needs_room or self._connection is None:
            return None
        try:
            return _transact(self._connection, [task])[0]
        except sqlite3.OperationalError:
            return None
        except sqlite3.DatabaseError as error:
            if self._path:
                _put_aside(self._path, error)
            self._forsake()
            return None

    def _forsake(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = self._path = None

    def _look(self, connection: sqlite3.Connection) -> int:
        """Take over what processes left that are no more; how many records that were."""
        now = time.monotonic()
        if self._looked_at is not None and now - self._looked_at < LOOK_SECONDS:
            return 0
        self._looked_at = now
        left = (path for path in sorted(self._folder.glob("*.spool")) if path != self._path)
        return sum(self._adopt(path, connection) for path in left)

    def _adopt(self, path: Path, connection: sqlite3.Connection) -> int:
        try:
            with closing(_locked(path, self._max_pages)) as left:
                rows = left.execute(_READ_ALL).fetchall()
                with connection:
                    connection.executemany(_ADOPT, [(next(self._keys), *row) for row in rows])
                # Whoever dies before this leaves the same records twice, which the console counts once.
                with left:
                    left.execute("delete from record")
                _remove(path)
        except _OtherLayout as other:
            if path not in self._told:
                self._told.add(path)
                log.warning("actas: the access records in the spool %s are not sent: %s", path, other)
            return 0
        except sqlite3.DatabaseError as error:
            # Its process lives; or this disk is full, and it waits for better times. But SQL that fails stays so.
            if not isinstance(error, sqlite3.OperationalError) or error.sqlite_errorcode == sqlite3.SQLITE_ERROR:
                _put_aside(path, error)
            return 0
        if rows:
            log.warning("actas: %d access records that a process left behind are taken over", len(rows))
        return len(rows)


def _locked(path: Path, max_pages: int) -> sqlite3.Connection:
    """Open a spool's file for this process alone, until the connection closes or the process dies.

    Raises sqlite3.OperationalError at once where another holds it, and leaves what has another layout as it is.
    """
    connection = sqlite3.connect(path, timeout=0, check_same_thread=False)
    # SQLite would fail the whole batch for one text that is none.
    connection.text_factory = bytes
    try:
        # Exclusive from the first read on: no memory is shared, and one fsync a commit is all that is needed.
        connection.execute("pragma locking_mode = exclusive")
        with connection:
            connection.execute("begin exclusive")
            _lay_out(connection)
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        connection.execute(f"pragma max_page_count = {max_pages}")
    except BaseException:
        connection.close()
        raise
    return connection


def _lay_out(connection: sqlite3.Connection) -> None:
    (layout,) = connection.execute("pragma user_version").fetchone()
    if layout == 0 and connection.execute("select 1 from sqlite_master limit 1").fetchone() is None:
        connection.execute(_CREATE)
        connection.execute(f"pragma user_version = {_LAYOUT}")
    elif layout != _LAYOUT:
        raise _OtherLayout(
            f"their layout is {layout}, this version of the guard knows {_LAYOUT}; "
            "run the version that wrote them in this folder until the file is gone"
        )


def _transact(connection: sqlite3.Connection, group: Sequence[Task]) -> list[Any]:
    with connection:
        return [task.run(connection) for task in group]


def _remove(path: Path) -> None:
    for each in (path, path.with_name(f"{path.name}-wal")):
        each.unlink(missing_ok=True)


def _put_aside(path: Path, error: Exception) -> None:
    log.critical("actas: the spool %s is damaged (%s); it is kept as %s.damaged", path, error, path)
    for name in (path.name, f"{path.name}-wal"):
        if (each := path.with_name(name)).exists():
            each.rename(each.with_name(f"{name}.damaged"))
