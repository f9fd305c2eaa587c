"""An SQLite file of ours in use: one connection, whose it is, and what becomes of its errors."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import AbstractContextManager
from pathlib import Path

from xborder_sdk.errors import LedgerError
from xborder_sdk.ledger.sqlite_file import Layout, explain, open_file

_left_behind: list[sqlite3.Connection] = []
"""Connections inherited by a fork. SQLite forbids a child even to close them, so they are never collected."""


_FAILURES = (sqlite3.Error, OSError, UnicodeError)


class SqliteDatabase:
    """One connection and the lock that lets one thread at a time use it.

    It is opened when first used; a forked child opens the file anew by itself. Whatever fails is a `LedgerError`.

    Args:
        path: The file; None for a database in memory, which a forked child loses.
        layout: What it holds.
        busy_timeout_s: How long to wait for another process that is writing.
    """

    def __init__(self, path: Path | None, layout: Layout, busy_timeout_s: float) -> None:
        self._path = None if path is None else path.absolute()
        self._layout = layout
        self._busy_timeout_s = busy_timeout_s
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._inode: tuple[int, int] | None = None
        self._process = os.getpid()
        self._closed = False

    @property
    def place(self) -> str:
        """What it is and where, for messages."""
        return f"{self._layout.purpose} ({self._path or 'in memory'})"

    def use(self) -> AbstractContextManager[sqlite3.Connection]:
        """The connection, for this thread alone."""
        return _Held(self, writes=False)

    def transaction(self) -> AbstractContextManager[sqlite3.Connection]:
        """The connection, in a transaction that is durable when it ends, and undone where it fails."""
        return _Held(self, writes=True)

    def take(self, *, writes: bool) -> sqlite3.Connection:
        """Begins a use; `give_back` ends it."""
        if self._process != os.getpid():
            self._leave_parent()
        self._lock.acquire()
        try:
            connection = self._opened()
            if writes:
                connection.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._lock.release()
            raise
        return connection

    def give_back(self, connection: sqlite3.Connection, *, writes: bool, complete: bool) -> None:
        """Ends a use; a transaction that is not complete is undone."""
        try:
            if writes and complete:
                connection.execute("COMMIT")
        finally:
            try:
                if writes and connection.in_transaction:
                    connection.execute("ROLLBACK")
            finally:
                self._lock.release()

    def checkpoint(self) -> None:
        """Empties the write-ahead log, as far as other processes' reading allows."""
        with self.use() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def rewrite(self) -> None:
        """Writes the file anew and empties the write-ahead log, so that nothing deleted is left in either.

        `secure_delete` alone is not enough: where SQLite moves rows between pages, a copy may stay in the gap.
        """
        with self.use() as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Closes it for good."""
        if self._process != os.getpid():
            self._leave_parent()
        with self._lock:
            self._closed = True
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _opened(self) -> sqlite3.Connection:
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
        return self._connection

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
        self._lock = threading.RLock()
        self._process = os.getpid()
        if self._connection is not None:
            _left_behind.append(self._connection)
            self._connection = None
            self._closed = self._path is None  # a copy of memory is no shared ledger


class _Held:
    """The connection, for as long as a `with` lasts.

    The driver's own errors hold the values they were given, and so do the frames they went through: nothing of them may
    stay on the error that is raised instead. A generator would keep them in frames of the standard library.
    """

    def __init__(self, database: SqliteDatabase, *, writes: bool) -> None:
        self._database = database
        self._writes = writes
        self._connection: sqlite3.Connection | None = None

    def __enter__(self) -> sqlite3.Connection:
        try:
            self._connection = self._database.take(writes=self._writes)
        except _FAILURES as error:
            problem = explain(error, self._database.place)
        else:
            return self._connection
        raise problem

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        assert self._connection is not None  # noqa: S101 - it was entered
        problem = explain(error, self._database.place) if isinstance(error, _FAILURES) else None
        del error, trace
        try:
            self._database.give_back(self._connection, writes=self._writes, complete=kind is None)
        except _FAILURES as failure:
            problem = problem or explain(failure, self._database.place)
        if problem is not None:
            try:
                raise problem
            finally:
                problem.__context__ = None
