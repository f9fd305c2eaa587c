"""Which notifications have been handled, so that a repeat is not handled twice.

A notification is begun under a lease, and finished when its handler has returned. A process that dies in between loses
its lease, and the vendor's next try is handled anew: handlers run at least once, and mostly exactly once.

What is kept holds no buyer data: an account, a digest of the vendor's id and times.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from xborder_sdk.ledger.records import micros
from xborder_sdk.ledger.sqlite_database import SqliteDatabase
from xborder_sdk.ledger.sqlite_file import Layout

_SEEN_V1: Final = """
CREATE TABLE xborder_seen (
    account TEXT NOT NULL,
    digest TEXT NOT NULL,
    owner TEXT,
    lease_until BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (account, digest)
);
CREATE INDEX xborder_seen_oldest ON xborder_seen (first_at);
"""
_LAYOUT: Final = Layout("the record of notifications", 0x58424E31, (_SEEN_V1,), durable=True)


class Standing(StrEnum):
    """What is known of a notification."""

    NEW = "new"
    """It is ours to handle."""
    BUSY = "busy"
    """Somebody is handling it now."""
    SEEN = "seen"
    """It has been handled."""


class SeenStore(Protocol):
    """Where handled notifications are remembered. Implementations are thread-safe; the app calls them in threads.

    Every method raises `LedgerError` when the store cannot be used.
    """

    def begin(self, account: str, notification_id: str, owner: str, lease_s: float) -> Standing:
        """Takes a notification to handle it, atomically over all processes.

        Args:
            account: The account it was pushed to.
            notification_id: The vendor's id.
            owner: A name for this try, new for every one.
            lease_s: For how long nobody else may take it.
        """
        ...

    def finish(self, account: str, notification_id: str, owner: str) -> None:
        """Marks it handled, durable when it returns. It stays so, whoever else has taken it meanwhile."""
        ...

    def abandon(self, account: str, notification_id: str, owner: str) -> None:
        """Gives it back unhandled, if it is still this owner's."""
        ...

    def purge(self, before: datetime) -> int:
        """Forgets notifications that first came before a moment; how many."""
        ...

    def close(self) -> None:
        """Closes the store."""
        ...


class SqliteSeen:
    """Handled notifications in one SQLite file, for one machine and any number of processes.

    Args:
        path: The file, readable by its user alone; None keeps all in memory, for tests.
        keep: For how long a notification is remembered. It must be longer than a vendor's message is believed.
        clock: Gives the time, aware.
        busy_timeout_s: How long to wait for another process that is writing.
    """

    def __init__(
        self,
        path: Path | None,
        *,
        keep: timedelta = timedelta(days=30),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        busy_timeout_s: float = 30.0,
    ) -> None:
        self._database = SqliteDatabase(path, _LAYOUT, busy_timeout_s)
        self._keep = keep
        self._clock = clock

    def begin(self, account: str, notification_id: str, owner: str, lease_s: float) -> Standing:
        """Takes a notification to handle it; forgets those that are too old on the way."""
        key = (account, _digest(notification_id))
        now = self._clock()
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM xborder_seen WHERE first_at < ?", (micros(now - self._keep),))
            found = connection.execute(
                "SELECT finished_at, lease_until FROM xborder_seen WHERE account = ? AND digest = ?", key
            ).fetchone()
            if found is not None and found[0] is not None:
                return Standing.SEEN
            if found is not None and found[1] > micros(now):
                return Standing.BUSY
            connection.execute(
                "INSERT INTO xborder_seen (account, digest, owner, lease_until, first_at) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (account, digest) DO UPDATE "
                "SET owner = excluded.owner, lease_until = excluded.lease_until",
                (*key, owner, micros(now + timedelta(seconds=lease_s)), micros(now)),
            )
        return Standing.NEW

    def finish(self, account: str, notification_id: str, owner: str) -> None:
        """Marks it handled."""
        now = micros(self._clock())
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO xborder_seen (account, digest, owner, lease_until, first_at, finished_at) "
                "VALUES (?, ?, ?, 0, ?, ?) "
                "ON CONFLICT (account, digest) DO UPDATE SET finished_at = excluded.finished_at",
                (account, _digest(notification_id), owner, now, now),
            )

    def abandon(self, account: str, notification_id: str, owner: str) -> None:
        """Gives it back unhandled."""
        with self._database.transaction() as connection:
            connection.execute(
                "DELETE FROM xborder_seen WHERE account = ? AND digest = ? AND owner = ? AND finished_at IS NULL",
                (account, _digest(notification_id), owner),
            )

    def purge(self, before: datetime) -> int:
        """Forgets notifications that first came before a moment; how many."""
        with self._database.transaction() as connection:
            return connection.execute("DELETE FROM xborder_seen WHERE first_at < ?", (micros(before),)).rowcount

    def close(self) -> None:
        """Closes the file."""
        self._database.close()


def _digest(notification_id: str) -> str:
    return hashlib.sha256(notification_id.encode("utf-8", "surrogatepass")).hexdigest()
