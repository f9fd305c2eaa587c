"""The store in PostgreSQL: for workers on many machines.

Each change is one READ COMMITTED transaction under an advisory lock on its intent, so that a claim sees every attempt
of the intent as it is now and two claims of one intent go one after the other. Rate budgets are one statement each, on
an unlogged table: they survive a restart of the workers, not a crash of the server, and cost no fsync.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import SecretStr

from xborder_sdk.errors import ConfigurationError, LedgerError, MissingExtra
from xborder_sdk.ledger.records import micros, moment
from xborder_sdk.ledger.schedule import Pace
from xborder_sdk.ledger.schema import BUDGETS_V1, EFFECTS_V1, EFFECTS_V2, statements
from xborder_sdk.ledger.tables import Session, TableStore

try:
    import psycopg
    from psycopg.conninfo import conninfo_to_dict, make_conninfo
    from psycopg.pq import TransactionStatus
except ImportError as _error:
    raise MissingExtra("a ledger in PostgreSQL", "postgres") from _error

from xborder_sdk.ledger.postgres_pool import Connection, Pool

T = TypeVar("T")

_SCRIPTS = (EFFECTS_V1.format(bytes="BYTEA") + BUDGETS_V1.format(unlogged="UNLOGGED"), EFFECTS_V2)

# A worker that is stopped inside a transaction must not stop the others for good; a server whose default is not to
# wait for the disk must wait for ours.
_BEGIN = """
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
SET LOCAL lock_timeout = '{wait_ms}ms';
SET LOCAL idle_in_transaction_session_timeout = '{wait_ms}ms';
SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off';
"""
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('xborder ' || %s, 0))"
_SERVER_TIME = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
_NOW = f"COALESCE(%(now)s::bigint, {_SERVER_TIME})"
_RESERVE = f"""
INSERT INTO xborder_budget AS held (key, empty_at, blocked_until)
VALUES (%(key)s, {_NOW} + %(interval)s, 0)
ON CONFLICT (key) DO UPDATE SET empty_at = GREATEST(held.empty_at, held.blocked_until, {_NOW}) + %(interval)s
RETURNING empty_at, blocked_until, {_NOW}
""".encode()  # noqa: S608 - all parts are ours
_BLOCK = f"""
INSERT INTO xborder_budget AS held (key, empty_at, blocked_until)
VALUES (%(key)s, 0, {_NOW} + %(pause)s)
ON CONFLICT (key) DO UPDATE SET blocked_until = GREATEST(held.blocked_until, excluded.blocked_until)
""".encode()  # noqa: S608 - all parts are ours

# A dead network must not hold a worker for the two hours that TCP allows.
_DEFAULTS = {
    "application_name": "xborder_sdk",
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}

_HINTS = {
    "0A000": "connect to the primary: this server is a standby or too old",
    "25006": "connect to the primary: this server is a standby or read-only",
    "28": "check user and password",
    "3D000": "make the database first",
    "42501": "let this user create tables in its schema once, and write them",
    "53100": "make room on the server's disk",
    "53300": "allow the server more connections, or the store fewer",
    "55P03": "another worker holds this intent for too long: is one stopped in a debugger or suspended?",
}

# Messages of a failed connection may repeat parts of a mistyped URL, so only words that we know are passed on.
_KNOWN_TROUBLE = (
    "password authentication failed",
    "no password supplied",
    "connection refused",
    "timeout expired",
    "could not translate host name",
    "no such file or directory",
    "no pg_hba.conf entry",
    "server closed the connection",
    "too many clients",
    "starting up",
    "shutting down",
)


class _PostgresSession:
    def __init__(self, connection: Connection, clock: Callable[[], datetime] | None) -> None:
        self._connection = connection
        self._clock = clock

    @property
    def now(self) -> datetime:
        if self._clock is not None:
            return self._clock()
        (row,) = self.rows(f"SELECT {_SERVER_TIME}")
        return moment(row[0])

    def rows(self, sql: str, values: Sequence[object] = ()) -> Sequence[Sequence[Any]]:
        return self._connection.execute(sql.replace("?", "%s").encode(), values).fetchall()

    def change(self, sql: str, values: Sequence[object] = ()) -> int:
        return self._connection.execute(sql.replace("?", "%s").encode(), values).rowcount


class PostgresStore(TableStore):
    """Effects, tokens and rate budgets in PostgreSQL 11 or later.

    The tables (`xborder_...`) are made at first use in the user's default schema, where they are missing.

    Args:
        dsn: A `postgresql://` URL or a libpq connection string.
        clock: Gives the time, aware. None asks the server, which is what leases need: machines disagree about the
            time, and a worker whose clock runs ahead would take over claims that are still alive. Tests pass theirs.
        connections: Most connections at once.
        wait_s: How long to wait for a connection, or for another worker's transaction on the same intent.

    Raises:
        ConfigurationError: `dsn` cannot be read.
    """

    def __init__(
        self,
        dsn: str,
        *,
        clock: Callable[[], datetime] | None = None,
        connections: int = 8,
        wait_s: float = 30.0,
    ) -> None:
        self._conninfo = _read_dsn(SecretStr(dsn))
        self._clock = clock
        self._begin = _BEGIN.format(wait_ms=max(1, round(wait_s * 1000))).encode()
        self._pool = Pool(self._connect, connections, wait_s)
        self._ready = False

    def __repr__(self) -> str:
        return "<PostgresStore>"

    def _transact(self, lock: str, work: Callable[[Session], T], /) -> T:
        return self._run(lambda connection: self._transaction(connection, lock, work))

    def _look(self, work: Callable[[Session], T]) -> T:
        return self._run(lambda connection: work(_PostgresSession(connection, self._clock)))

    def reserve(self, key: str, interval_s: float, burst_s: float, headroom_s: float) -> float:
        pace = Pace.of(interval_s, burst_s, headroom_s)

        def run(connection: Connection) -> float:
            values = {"key": key, "now": self._own_now(), "interval": pace.interval}
            row: tuple[Any, ...] | None = connection.execute(_RESERVE, values).fetchone()
            assert row is not None  # noqa: S101 - the statement always returns its row
            return pace.wait_s(*row)

        return self._run(run)

    def block(self, key: str, seconds: float) -> None:
        def run(connection: Connection) -> None:
            pause = timedelta(seconds=seconds) // timedelta(microseconds=1)
            connection.execute(_BLOCK, {"key": key, "now": self._own_now(), "pause": pause})

        self._run(run)

    def close(self) -> None:
        self._pool.close()

    def _own_now(self) -> int | None:
        return None if self._clock is None else micros(self._clock())

    def _connect(self) -> Connection:
        return psycopg.connect(
            self._conninfo.get_secret_value(),
            autocommit=True,
            prepare_threshold=None,  # poolers that lend a connection per transaction lose prepared statements
        )

    def _run(self, use: Callable[[Connection], T]) -> T:
        # Errors are raised outside the handlers: the frames of the driver's own error hold the values it was given.
        while True:
            stale = False
            try:
                with self._pool.lend() as lent:
                    try:
                        self._prepare(lent.connection)
                        return use(lent.connection)
                    except psycopg.OperationalError:
                        # Nothing was committed: a lost COMMIT is reported as `LedgerError` below.
                        stale = lent.reused and lent.connection.closed
                        if not stale:
                            raise
            except (psycopg.Error, UnicodeError) as error:
                problem = _explain(error)
            if not stale:
                raise problem
            self._pool.drop_idle()

    def _transaction(self, connection: Connection, lock: str, work: Callable[[Session], T]) -> T:
        lost = False
        try:
            connection.execute(self._begin)
            connection.execute(_LOCK, (lock,))
            result = work(_PostgresSession(connection, self._clock))
            try:
                connection.execute("COMMIT")
            except psycopg.OperationalError:
                if not connection.closed:
                    raise
                lost = True
        finally:
            _leave(connection)
        if lost:
            raise LedgerError(
                "the connection to PostgreSQL broke while the change was written: it may or may not be kept",
                hint="repeat the call: the row tells which",
            )
        return result

    def _prepare(self, connection: Connection) -> None:
        if self._ready:
            return
        if _version(connection) < len(_SCRIPTS):
            self._transaction(connection, "schema", _migrate)
        self._ready = True


def _leave(connection: Connection) -> None:
    """Rolls back what is open; a connection in the middle of a query (an interrupt) is closed."""
    status = connection.info.transaction_status
    if status in {TransactionStatus.INTRANS, TransactionStatus.INERROR}:
        connection.execute("ROLLBACK")
    elif status != TransactionStatus.IDLE:
        connection.close()


def _version(connection: Connection) -> int:
    (row,) = connection.execute("SELECT to_regclass('xborder_ledger') IS NOT NULL").fetchall()
    return _recorded_version(_PostgresSession(connection, None)) if row[0] else 0


def _recorded_version(session: Session) -> int:
    found = session.rows("SELECT version FROM xborder_ledger")
    version = int(found[0][0]) if found else 0
    if version > len(_SCRIPTS):
        raise LedgerError(
            f"the effects ledger was made by a newer version of xborder_sdk (schema {version})",
            hint="upgrade xborder-sdk in every worker",
        )
    return version


def _migrate(session: Session) -> None:
    # Another worker may have done it while this one waited for the lock, and `to_regclass` would not see that: it
    # answers from a cache which only the creation of a table brings up to date.
    session.change("CREATE TABLE IF NOT EXISTS xborder_ledger (version INTEGER NOT NULL)")
    version = _recorded_version(session)
    if version == len(_SCRIPTS):
        return
    for script in _SCRIPTS[version:]:
        for statement in statements(script):
            session.change(statement)
    session.change("DELETE FROM xborder_ledger")
    session.change("INSERT INTO xborder_ledger (version) VALUES (?)", (len(_SCRIPTS),))


def _read_dsn(dsn: SecretStr) -> SecretStr:
    try:
        given = conninfo_to_dict(dsn.get_secret_value())
    except psycopg.Error:
        given = None
    if given is None:
        raise ConfigurationError(
            "the PostgreSQL URL of the ledger cannot be read",
            hint="write postgresql://user@host/database, with special characters of the password percent-encoded",
        )
    return SecretStr(make_conninfo("", **{**_DEFAULTS, **given}))


def _explain(error: psycopg.Error | UnicodeError) -> LedgerError:
    if isinstance(error, UnicodeError):
        return LedgerError("the PostgreSQL ledger was given text that no database can store")
    code = error.sqlstate
    if code is None:
        text = str(error).lower()
        known = next((words for words in _KNOWN_TROUBLE if words in text), type(error).__name__)
        return LedgerError(f"PostgreSQL cannot be used: {known}", hint="is the server up, and the URL right?")
    hint = _HINTS.get(code) or _HINTS.get(code[:2])
    return LedgerError(f"PostgreSQL refused: {error.diag.message_primary or type(error).__name__} ({code})", hint=hint)
