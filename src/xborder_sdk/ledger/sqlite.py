"""The store in one SQLite file: for one machine, any number of threads and processes.

Every claim, send mark, answer and token is on the disk (fsync) when its method returns. Rate budgets stand in a second
file beside it, `<name>-budgets`, which is written without waiting for the disk: a power cut may forget some bookings,
never a purchase, and reads that wait for their turn never wait behind a purchase's fsync.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from xborder_sdk.ledger.records import micros
from xborder_sdk.ledger.schedule import Pace, booked
from xborder_sdk.ledger.schema import BUDGETS_V1, EFFECTS_V1, EFFECTS_V2
from xborder_sdk.ledger.sqlite_database import SqliteDatabase
from xborder_sdk.ledger.sqlite_file import Layout
from xborder_sdk.ledger.tables import Session, TableStore

T = TypeVar("T")

_EFFECTS = Layout("the effects ledger", 0x58424C31, (EFFECTS_V1.format(bytes="BLOB"), EFFECTS_V2), durable=True)
_BUDGETS = Layout("the rate budgets", 0x58424231, (BUDGETS_V1.format(unlogged=""),), durable=False)


def _utc_now() -> datetime:
    return datetime.now(UTC)


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
        self._effects = SqliteDatabase(path, _EFFECTS, busy_timeout_s)
        self._budgets = SqliteDatabase(beside, _BUDGETS, busy_timeout_s)

    @property
    def path(self) -> Path | None:
        """The file; None for a store in memory."""
        return self._path

    def __repr__(self) -> str:
        return f"<SqliteStore {self._path or 'in memory'}>"

    def _transact(self, _lock: str, work: Callable[[Session], T], /) -> T:
        with self._effects.transaction() as connection:
            return work(_SqliteSession(connection, self._clock()))

    def _look(self, work: Callable[[Session], T]) -> T:
        with self._effects.use() as connection:
            return work(_SqliteSession(connection, self._clock()))

    def purge_answers(self, before: datetime) -> int:
        purged = super().purge_answers(before)
        if purged:
            self._effects.rewrite()
        return purged

    def forget_answers(self, effects: Sequence[tuple[str, int]]) -> int:
        forgotten = super().forget_answers(effects)
        if forgotten:
            self._effects.rewrite()
        return forgotten

    def drop_token(self, key: str) -> None:
        super().drop_token(key)
        self._effects.checkpoint()

    def reserve(self, key: str, interval_s: float, burst_s: float, headroom_s: float) -> float:
        pace = Pace.of(interval_s, burst_s, headroom_s)
        with self._budgets.transaction() as connection:
            now = micros(self._clock())
            empty_at, blocked_until = _budget(connection, key)
            empty_at = booked(empty_at, blocked_until, now, pace)
            _keep_budget(connection, key, empty_at, blocked_until)
            return pace.wait_s(empty_at, blocked_until, now)

    def block(self, key: str, seconds: float) -> None:
        with self._budgets.transaction() as connection:
            empty_at, blocked_until = _budget(connection, key)
            until = micros(self._clock() + timedelta(seconds=seconds))
            _keep_budget(connection, key, empty_at, max(blocked_until, until))

    def close(self) -> None:
        self._effects.close()
        self._budgets.close()


def _budget(connection: sqlite3.Connection, key: str) -> tuple[int, int]:
    row = connection.execute("SELECT empty_at, blocked_until FROM xborder_budget WHERE key = ?", (key,)).fetchone()
    return (0, 0) if row is None else (row[0], row[1])


def _keep_budget(connection: sqlite3.Connection, key: str, empty_at: int, blocked_until: int) -> None:
    connection.execute(
        "INSERT INTO xborder_budget (key, empty_at, blocked_until) VALUES (?, ?, ?) "
        "ON CONFLICT (key) DO UPDATE SET empty_at = excluded.empty_at, blocked_until = excluded.blocked_until",
        (key, empty_at, blocked_until),
    )
