"""Opens an SQLite file of ours: private to its user, in WAL mode, at the schema version this library knows."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from xborder_sdk.errors import LedgerError
from xborder_sdk.ledger.schema import statements

_POLL_S = 0.01

_PRIMARY = 0xFF
_DAMAGED = "stop every worker, keep a copy, then restore a backup or run `sqlite3 FILE .recover`"
_HINTS = {
    sqlite3.SQLITE_FULL: "make room on the disk",
    sqlite3.SQLITE_READONLY: "let this user write the file and its folder",
    sqlite3.SQLITE_CANTOPEN: "let this user read and write the file and its folder",
    sqlite3.SQLITE_PERM: "let this user read and write the file and its folder",
    sqlite3.SQLITE_AUTH: "let this user read and write the file and its folder",
    sqlite3.SQLITE_NOTADB: "name another file: this one was not made by xborder_sdk",
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_IOERR: "look at the disk; " + _DAMAGED,
    sqlite3.SQLITE_BUSY: "another process holds the file for too long: is one stopped in a debugger or suspended?",
    sqlite3.SQLITE_LOCKED: "another process holds the file for too long: is one stopped in a debugger or suspended?",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """What a file of ours holds.

    Attributes:
        purpose: In words, for messages.
        application_id: SQLite's mark of whose file it is.
        scripts: One per schema version, from 1.
        durable: Whether every commit is forced to the disk before it returns.
    """

    purpose: str
    application_id: int
    scripts: tuple[str, ...]
    durable: bool


def explain(error: sqlite3.Error | OSError | UnicodeError, place: str) -> LedgerError:
    """The error that users see, without any value that was being written."""
    if isinstance(error, UnicodeError):
        return LedgerError(f"{place} was given text that no database can store")
    if isinstance(error, OSError):
        return LedgerError(
            f"{place} cannot be opened: {error.strerror}", hint="name a file in a folder this user may write"
        )
    code = getattr(error, "sqlite_errorcode", 0)
    return LedgerError(f"{place} cannot be used: {error}", hint=_HINTS.get(code & _PRIMARY))


class _LetGo(sqlite3.Connection):
    """A connection that closes when nobody holds its store any more: a store that was handed over may have no owner
    left who could, and every write is committed by itself."""

    def __del__(self) -> None:
        with suppress(sqlite3.Error):  # one that was never opened
            self.close()


def open_file(path: Path | None, layout: Layout, place: str, busy_timeout_s: float) -> sqlite3.Connection:
    """Opens a file, making it (and its folder) where there is none.

    Args:
        path: The file; None for a database in memory.
        layout: What it holds.
        place: The file in words, for messages.
        busy_timeout_s: How long to wait for other processes.

    Raises:
        LedgerError: It belongs to something else, or was made by a newer version.
        sqlite3.Error: It cannot be used.
        OSError: It cannot be made.
    """
    if path is not None:
        _make(path)
    connection = sqlite3.connect(
        ":memory:" if path is None else path,
        timeout=busy_timeout_s,
        isolation_level=None,
        check_same_thread=False,
        factory=_LetGo,
    )
    try:
        _refuse_foreign(connection, layout, place)
        if path is not None:
            _use_wal(connection, place, busy_timeout_s)
        connection.execute(f"PRAGMA synchronous = {'FULL' if layout.durable else 'NORMAL'}")
        # Only macOS heeds these: there a plain fsync leaves the data in the disk's own cache.
        connection.execute(f"PRAGMA fullfsync = {int(layout.durable)}")
        connection.execute(f"PRAGMA checkpoint_fullfsync = {int(layout.durable)}")
        # What is purged must be gone from the file, not only from the tables.
        connection.execute("PRAGMA secure_delete = ON")
        _migrate(connection, layout, place)
    except BaseException:
        connection.close()
        raise
    return connection


def _make(path: Path) -> None:
    if path.exists():
        return
    missing = [folder for folder in path.parents if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, exist_ok=True)
        # The entry of a new folder must survive a power cut as surely as the claims inside.
        _sync_folder(folder.parent)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return  # another worker was quicker
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse_foreign(connection: sqlite3.Connection, layout: Layout, place: str) -> None:
    # In this order: a worker that makes the tables now commits them together with the mark.
    tables = _number(connection, "SELECT COUNT(*) FROM sqlite_master")
    mark = _number(connection, "PRAGMA application_id")
    if mark != layout.application_id and (mark or tables):
        raise LedgerError(f"{place} cannot be used: the file belongs to something else", hint="name another file")


def _use_wal(connection: sqlite3.Connection, place: str, busy_timeout_s: float) -> None:
    # Changing the mode does not wait for others by itself: SQLite answers "locked" at once.
    ends = time.monotonic() + busy_timeout_s
    while True:
        try:
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
            break
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY != sqlite3.SQLITE_BUSY or time.monotonic() > ends:
                raise
            time.sleep(_POLL_S)
    if mode != "wal":
        raise LedgerError(
            f"{place} cannot be shared safely where it is",
            hint="put it on a local disk, or use PostgreSQL: network folders do not lock reliably",
        )


def _migrate(connection: sqlite3.Connection, layout: Layout, place: str) -> None:
    if _version(connection, layout, place) == len(layout.scripts):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another worker may have done it while this one waited.
        for script in layout.scripts[_version(connection, layout, place) :]:
            for statement in statements(script):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {layout.application_id}")
        connection.execute(f"PRAGMA user_version = {len(layout.scripts)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection, layout: Layout, place: str) -> int:
    found = _number(connection, "PRAGMA user_version")
    if found > len(layout.scripts):
        raise LedgerError(
            f"{place} was made by a newer version of xborder_sdk (schema {found})",
            hint="upgrade xborder-sdk in every worker",
        )
    return found


def _number(connection: sqlite3.Connection, sql: str) -> int:
    (value,) = connection.execute(sql).fetchone()
    return int(value)
