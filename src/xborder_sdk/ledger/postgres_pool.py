"""A few connections to PostgreSQL, lent to one thread at a time."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

import psycopg
from psycopg.pq import TransactionStatus

from xborder_sdk.errors import LedgerError

Connection: TypeAlias = "psycopg.Connection[tuple[object, ...]]"


@dataclass(frozen=True, slots=True)
class Lent:
    """A connection on loan.

    Attributes:
        connection: The connection, in autocommit mode.
        reused: Whether it was idle before, so that the server may have closed it meanwhile.
    """

    connection: Connection
    reused: bool


class Pool:
    """Opens connections when needed, at most so many at once.

    Args:
        connect: Opens one.
        size: Most connections at once.
        wait_s: How long a thread waits for one.
    """

    def __init__(self, connect: Callable[[], Connection], size: int, wait_s: float) -> None:
        self._connect = connect
        self._size = size
        self._wait_s = wait_s
        self._closed = False
        self._start()

    def _start(self) -> None:
        self._process = os.getpid()
        self._free = threading.Semaphore(self._size)
        self._idle: list[Connection] = []

    @contextmanager
    def lend(self) -> Iterator[Lent]:
        """Lends a connection; one that comes back inside a transaction or broken is dropped.

        Raises:
            LedgerError: The pool is closed, or no connection became free in time.
            psycopg.Error: The server cannot be reached.
        """
        if self._process != os.getpid():
            self._start()  # a forked child must not touch its parent's connections; libpq leaves them open for it
        free = self._free
        if self._closed:
            raise LedgerError("the PostgreSQL ledger is closed")
        if not free.acquire(timeout=self._wait_s):
            raise LedgerError(
                "no connection to the PostgreSQL ledger became free in time", hint="allow the store more connections"
            )
        try:
            try:
                lent = Lent(self._idle.pop(), reused=True)
            except IndexError:
                lent = Lent(self._connect(), reused=False)
            try:
                yield lent
            finally:
                self._take_back(lent.connection)
        finally:
            free.release()

    def drop_idle(self) -> None:
        """Closes what is not lent: after a restart of the server all of it is stale."""
        while self._idle:
            try:
                self._idle.pop().close()
            except IndexError:  # another thread was quicker
                return

    def close(self) -> None:
        """Closes what is not lent now, and the rest when it comes back."""
        self._closed = True
        if self._process == os.getpid():
            self.drop_idle()

    def _take_back(self, connection: Connection) -> None:
        if self._closed or connection.closed or connection.info.transaction_status != TransactionStatus.IDLE:
            connection.close()
        else:
            self._idle.append(connection)
