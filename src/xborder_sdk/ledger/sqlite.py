"""The store in one SQLite file: for one machine, any number of threads and processes.

Every claim, send mark, answer and token is on the disk (fsync) when its method returns. Rate budgets stand in a second
file beside it, `<name>-budgets`, which is written without waiting for the disk: a power cut may forget some bookings,
never a purchase, and reads that wait for their turn never wait behind a purchase's fsync.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from xborder_sdk.errors import LedgerError
from xborder_sdk.ledger.records import micros
from xborder_sdk.ledger.schedule import Pace, booked
from xborder_sdk.ledger.schema import BUDGETS_V1, EFFECTS_V1, EFFECTS_V2
from xborder_sdk.ledger.sqlite_file import Layout, explain, open_file, rewrite
from xborder_sdk.ledger.tables import Session, TableStore

T = TypeVar("T")

_EFFECTS = Layout("the effects ledger", 0x58424C31, (EFFECTS_V1.format(bytes="BLOB"), EFFECTS_V2), durable=True)
_BUDGETS = Layout("the rate budgets", 0x58424231, (BUDGETS_V1.format(unlogged=""),), durable=False)

_left_behind: list[sqlite3.Connection] = []
"""Connections inherited by a fork. SQLite forbids a child even to close them, so they are never collected."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class _Database:
    """One connection and the lock that lets one thread at a time use it; opened when first used."""

    def __init__(self, path: Path | None, layout: Layout, busy_timeout_s: float) -> None:
        self._path = path
        self._layout = layout
        self._busy_timeout_s = busy_timeout_s
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._inode: tuple[int, int] | None = None
        self._process = os.getpid()
        self._closed = False

    @property
    def place(self) -> str:
        return f"{self._layout.purpose} ({self._path or 'in memory'})"

    @contextmanager
    def use(self) -> Iterator[sqlite3.Connection]:
        if self._process != os.getpid():
            self._leave_parent()
        with self._lock:
            if self._closed:
                raise LedgerError(f"{self.place} is closed")
            if self._connection is None:
                self._connection = open_file(self._path, self._layout, self.place, self._busy_timeout_s)
                self._inode = self._identity()
            elif self._inode != self._identity():
                raise LedgerError(
                    f"{self.place} was moved, deleted or replaced while in use",
                    hint="stop every worker, put the right file in place, start again",
                )
            yield self._connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        with self.use() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def checkpoint(self) -> None:
        """Empties the write-ahead log, as far as other processes' reading allows."""
        with self.use() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def rewrite(self) -> None:
        """Writes the file anew without what was deleted."""
        with self.use() as connection:
            rewrite(connection)

    def close(self) -> None:
        if self._process != os.getpid():
            self._leave_parent()
        with self._lock:
            self._closed = True
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _identity(self) -> tuple[int, int] | None:
        if self._path is None:
            return None
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return (0, 0)
        return (found.st_dev, found.st_ino)

    def _leave_parent(self) -> None:
        # The lock may have been held by a thread that does not exist here.
        self._lock = threading.Lock()
        self._process = os.getpid()
        if self._connection is not None:
            _left_behind.append(self._connection)
            self._connection = None
            self._closed = self._path is None  # a copy of memory is no shared ledger


class _SqliteSession:
    __slots__ = ("_connection", "now")

    def __init__(self, connection: sqlite3.Connection, now: datetime) -> None:
        self._connection = connection
        self.now = now

    def rows(self, sql: str, values: Sequence[object] = ()) -> Sequence[Sequence[Any]]:
        return self._connection.execute(sql, tuple(values)).fetchall()

    def change(self, sql: str, values: Sequence[object] = ()) -> int:
        return self._connection.execute(sql, tuple(values)).rowcount


class SqliteStore(TableStore):
    """Effects, tokens and rate budgets in SQLite.

    The file is made at first use, readable by its user alone: it holds tokens, and answers with buyers' addresses.
    It must lie on a local disk. A forked child opens the file anew by itself.

    Args:
        path: The file; None keeps all in memory, for tests: it protects one process and forgets at its end.
        clock: Gives the time, aware. Leases are compared with it, so all processes on the machine share one clock.
        busy_timeout_s: How long to wait for another process that is writing.
    """

    def __init__(
        self,
        path: Path | None,
        *,
        clock: Callable[[], datetime] = _utc_now,
        busy_timeout_s: float = 30.0,
    ) -> None:
        self._clock = clock
        beside = None
        if path is not None:
            path = path.expanduser().absolute()
            beside = path.with_name(path.name + "-budgets")
        self._path = path
        self._effects = _Database(path, _EFFECTS, busy_timeout_s)
        self._budgets = _Database(beside, _BUDGETS, busy_timeout_s)

    @property
    def path(self) -> Path | None:
        """The file; None for a store in memory."""
        return self._path

    def __repr__(self) -> str:
        return f"<SqliteStore {self._path or 'in memory'}>"

    def _transact(self, _lock: str, work: Callable[[Session], T], /) -> T:
        def run() -> T:
            with self._effects.transaction() as connection:
                return work(_SqliteSession(connection, self._clock()))

        return self._explained(self._effects, run)

    def _look(self, work: Callable[[Session], T]) -> T:
        def run() -> T:
            with self._effects.use() as connection:
                return work(_SqliteSession(connection, self._clock()))

        return self._explained(self._effects, run)

    def purge_answers(self, before: datetime) -> int:
        purged = super().purge_answers(before)
        if purged:
            self._explained(self._effects, self._effects.rewrite)
        return purged

    def forget_answers(self, effects: Sequence[tuple[str, int]]) -> int:
        forgotten = super().forget_answers(effects)
        if forgotten:
            self._explained(self._effects, self._effects.rewrite)
        return forgotten

    def drop_token(self, key: str) -> None:
        super().drop_token(key)
        self._explained(self._effects, self._effects.checkpoint)

    def reserve(self, key: str, interval_s: float, burst_s: float, headroom_s: float) -> float:
        pace = Pace.of(interval_s, burst_s, headroom_s)

        def run() -> float:
            with self._budgets.transaction() as connection:
                now = micros(self._clock())
                empty_at, blocked_until = _budget(connection, key)
                empty_at = booked(empty_at, blocked_until, now, pace)
                _keep_budget(connection, key, empty_at, blocked_until)
                return pace.wait_s(empty_at, blocked_until, now)

        return self._explained(self._budgets, run)

    def block(self, key: str, seconds: float) -> None:
        def run() -> None:
            with self._budgets.transaction() as connection:
                empty_at, blocked_until = _budget(connection, key)
                until = micros(self._clock() + timedelta(seconds=seconds))
                _keep_budget(connection, key, empty_at, max(blocked_until, until))

        self._explained(self._budgets, run)

    def close(self) -> None:
        self._explained(self._effects, self._effects.close)
        self._explained(self._budgets, self._budgets.close)

    def _explained(self, database: _Database, run: Callable[[], T]) -> T:
        # The error is raised outside the handler: the frames of the driver's own error hold the values it was given.
        try:
            return run()
        except (sqlite3.Error, OSError, UnicodeError) as error:
            problem = explain(error, database.place)
        raise problem


def _budget(connection: sqlite3.Connection, key: str) -> tuple[int, int]:
    row = connection.execute("SELECT empty_at, blocked_until FROM xborder_budget WHERE key = ?", (key,)).fetchone()
    return (0, 0) if row is None else (row[0], row[1])


def _keep_budget(connection: sqlite3.Connection, key: str, empty_at: int, blocked_until: int) -> None:
    connection.execute(
        "INSERT INTO xborder_budget (key, empty_at, blocked_until) VALUES (?, ?, ?) "
        "ON CONFLICT (key) DO UPDATE SET empty_at = excluded.empty_at, blocked_until = excluded.blocked_until",
        (key, empty_at, blocked_until),
    )
