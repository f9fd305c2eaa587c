"""What only an SQLite file can suffer: foreign, damaged, locked, full, read-only, replaced, forked."""

from __future__ import annotations

import os
import pwd
import signal
import sqlite3
import stat
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from xborder_sdk.errors import LedgerError
from xborder_sdk.hookspecs.connector import Token
from xborder_sdk.ledger import ClaimResult, SqliteStore, StoredAnswer

Claimer = Callable[..., Any]
Fork = Callable[[], int]
NOON = datetime(2030, 5, 17, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_making_a_store_touches_nothing(path: Path) -> None:
    store = SqliteStore(path.parent / "new" / "ledger.db")
    assert not (path.parent / "new").exists()
    store.close()
    assert not (path.parent / "new").exists()


def test_files_and_folders_belong_to_their_user_alone(tmp_path: Path, claim: Claimer) -> None:
    old = os.umask(0)
    try:
        with closing(SqliteStore(tmp_path / "a" / "b" / "ledger.db")) as store:
            claim(store)
            store.reserve("k", 1.0, 0.0, 0.0)
            assert _mode(tmp_path / "a") == _mode(tmp_path / "a" / "b") == 0o700
            files = list((tmp_path / "a" / "b").iterdir())
            assert {file.name for file in files} >= {"ledger.db", "ledger.db-wal", "ledger.db-budgets"}
            assert {_mode(file) for file in files} == {0o600}
    finally:
        os.umask(old)


def test_a_path_is_fixed_when_the_store_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, claim: Claimer
) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    monkeypatch.chdir(tmp_path / "one")
    with closing(SqliteStore(Path("ledger.db"))) as store:
        monkeypatch.chdir(tmp_path / "two")
        claim(store)
    assert (tmp_path / "one" / "ledger.db").exists()
    assert not (tmp_path / "two" / "ledger.db").exists()


def test_the_schema_has_a_version(path: Path, claim: Claimer) -> None:
    with closing(SqliteStore(path)) as store:
        claim(store)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (2,)
        connection.execute("PRAGMA user_version = 3")
    with closing(SqliteStore(path)) as store, pytest.raises(LedgerError, match="newer version") as caught:
        claim(store)
    assert "upgrade" in str(caught.value)


def test_a_file_of_the_first_version_is_brought_up_to_date(path: Path, claim: Claimer) -> None:
    token = Token(access=SecretStr("a"), refresh=SecretStr("r"))
    with closing(SqliteStore(path)) as store:
        claim(store)
        store.put_token("key", token)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE xborder_token DROP COLUMN refresh_expires_at")
        connection.execute("PRAGMA user_version = 1")
    lasting = token.replace(refresh_expires_at=datetime(2027, 9, 1, tzinfo=UTC))
    with closing(SqliteStore(path)) as store:
        assert store.get_token("key") == token
        store.put_token("key", lasting)
        assert store.get_token("key") == lasting


def _text_file(path: Path) -> None:
    path.write_text("order,sku\n" * 2000)


def _other_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE customer (name TEXT)")


def _marked_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA application_id = 77")
        connection.execute("PRAGMA user_version = 1")


def _budgets(path: Path) -> None:
    with closing(SqliteStore(path.with_name("x"))) as store:
        store.reserve("k", 1.0, 0.0, 0.0)
    path.with_name("x-budgets").rename(path)


@pytest.mark.parametrize("make", [_text_file, _other_database, _marked_database, _budgets, Path.mkdir])
def test_a_foreign_file_is_refused_and_left_alone(path: Path, claim: Claimer, make: Callable[[Path], None]) -> None:
    make(path)
    before = path.read_bytes() if path.is_file() else b""
    with closing(SqliteStore(path)) as store, pytest.raises(LedgerError) as caught:
        claim(store)
    assert str(path) in str(caught.value)
    assert caught.value.hint
    assert (path.read_bytes() if path.is_file() else b"") == before
    assert not path.with_name("ledger.db-wal").exists()


def test_an_empty_file_becomes_a_ledger(path: Path, claim: Claimer) -> None:
    path.touch()
    with closing(SqliteStore(path)) as store:
        assert claim(store).result is ClaimResult.WON


def test_a_damaged_file_is_told_apart(path: Path, claim: Claimer) -> None:
    with closing(SqliteStore(path)) as store:
        for number in range(300):
            claim(store, intent=f"parcel-{number}")
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xaa" * (len(content) - 4096)
    path.write_bytes(content)
    with closing(SqliteStore(path)) as store, pytest.raises(LedgerError) as caught:
        claim(store, intent="parcel-7")
    assert "malformed" in str(caught.value)
    assert "backup" in str(caught.value)


def test_a_full_disk_is_told_and_survived(path: Path, claim: Claimer) -> None:
    with closing(SqliteStore(path)) as store:
        claim(store)
        store.mark_sent("parcel", 1, "ann", 60)
        with store._effects.use() as connection:
            connection.execute("PRAGMA max_page_count = 1")
        with pytest.raises(LedgerError, match="full") as caught:
            store.store_answer("parcel", 1, StoredAnswer(200, (), b"x" * 1_000_000))
        assert caught.value.hint == "make room on the disk"
        with store._effects.use() as connection:
            connection.execute("PRAGMA max_page_count = 100000")
        store.store_answer("parcel", 1, StoredAnswer(200, (), b"x" * 1_000_000))
        assert store.answer("parcel", 1) is not None


@contextmanager
def _without_power() -> Iterator[None]:
    """Runs as an ordinary user: nothing is read-only for root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_read_only_place_is_told(claim: Claimer) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with closing(SqliteStore(folder / "ledger.db")) as store:
            claim(store)
        (folder / "ledger.db").chmod(0o444)
        folder.chmod(0o555)
        try:
            with _without_power():
                with closing(SqliteStore(folder / "ledger.db")) as store, pytest.raises(LedgerError) as caught:
                    claim(store, intent="other")
                assert "let this user" in str(caught.value)
                with closing(SqliteStore(folder / "new" / "ledger.db")) as store, pytest.raises(LedgerError) as caught:
                    claim(store)
                assert "may write" in str(caught.value)
        finally:
            folder.chmod(0o755)


def test_a_writer_that_hangs_is_waited_for_and_then_named(path: Path, claim: Claimer) -> None:
    with closing(SqliteStore(path, busy_timeout_s=0.05)) as store:
        claim(store)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(LedgerError, match="locked") as caught:
                claim(store, intent="other")
            assert "another process" in str(caught.value)
            other.execute("ROLLBACK")
        assert claim(store, intent="other").result is ClaimResult.WON


@pytest.mark.parametrize("replaced", [True, False])
def test_a_file_that_is_gone_or_another_is_noticed(path: Path, claim: Claimer, replaced: bool) -> None:
    with closing(SqliteStore(path)) as store:
        claim(store)
        path.rename(path.with_name("moved.db"))
        if replaced:
            path.touch()
        with pytest.raises(LedgerError, match="moved, deleted or replaced"):
            claim(store, intent="other")


CANARY = "Kanarienvogel Weg 7731"


def _purge(store: SqliteStore) -> None:
    assert store.purge_answers(NOON + timedelta(seconds=1)) == 1


@pytest.mark.parametrize(
    ("write", "forget"),
    [
        (lambda store: store.store_answer("parcel", 1, StoredAnswer(200, (), CANARY.encode() * 1000)), _purge),
        (
            lambda store: store.put_token("ebay", Token(access=SecretStr(CANARY))),
            lambda store: store.drop_token("ebay"),
        ),
    ],
    ids=["answer", "token"],
)
def test_what_is_forgotten_is_gone_from_the_files(
    path: Path, claim: Claimer, write: Callable[[SqliteStore], None], forget: Callable[[SqliteStore], None]
) -> None:
    with closing(SqliteStore(path, clock=lambda: NOON)) as store:

        def found() -> bool:
            return any(CANARY.encode() in file.read_bytes() for file in path.parent.iterdir())

        claim(store)
        write(store)
        store.release("parcel", 1, "ann", "refused")
        assert found()
        forget(store)
        assert not found()


SECRET_WRITES = [
    lambda store: store.store_answer("parcel", 1, StoredAnswer(200, (("x", CANARY),), CANARY.encode())),
    lambda store: store.put_token("ebay", Token(access=SecretStr(CANARY), refresh=SecretStr(CANARY))),
    lambda store: store.put_token("ebay", Token(access=SecretStr(CANARY + "\ud800"))),
]


@pytest.mark.parametrize("write", SECRET_WRITES, ids=["answer", "token", "unstorable token"])
def test_no_secret_in_an_error(
    path: Path, claim: Claimer, write: Callable[[SqliteStore], None], visible: Callable[[BaseException], str]
) -> None:
    with closing(SqliteStore(path)) as store:
        claim(store)
        with store._effects.use() as connection:
            for table in ("xborder_answer", "xborder_token"):
                connection.execute(
                    f"CREATE TRIGGER stop_{table} BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'no'); END"
                )
        with pytest.raises(LedgerError) as caught:
            write(store)
        assert repr(store) in visible(caught.value)  # it does look at the frames
        assert CANARY not in visible(caught.value)


def test_time_is_read_when_nobody_else_can_write(path: Path, claim: Claimer) -> None:
    """A time read before the wait for the lock would let a lease run out that was renewed meanwhile."""
    refused: list[str] = []

    def clock() -> datetime:
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                refused.append(str(error))
        return NOON

    with closing(SqliteStore(path, clock=clock)) as store:
        claim(store)
        store.mark_sent("parcel", 1, "ann", 60)
    assert refused == ["database is locked"] * 2


def test_a_forked_child_gets_its_own_connection(path: Path, claim: Claimer, fork: Fork) -> None:
    with closing(SqliteStore(path)) as store, closing(SqliteStore(None)) as memory:
        claim(store)
        claim(memory)
        assert store._effects._lock.acquire(timeout=1)  # as if another thread were writing at this moment
        child = fork()
        if child == 0:  # pragma: no cover - runs in the child
            code = 1
            signal.alarm(20)
            try:
                won = claim(store, intent="child").result is ClaimResult.WON
                busy = claim(store, owner="bob").result is ClaimResult.BUSY
                try:
                    memory.get("parcel", 1)
                except LedgerError:
                    code = 0 if won and busy else 2
            finally:
                os._exit(code)
        store._effects._lock.release()
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0
        assert claim(store, intent="child").result is ClaimResult.BUSY
        assert claim(store, intent="after").result is ClaimResult.WON


def test_an_interrupted_change_is_rolled_back(path: Path, claim: Claimer) -> None:
    moments: list[datetime | BaseException] = [NOON, KeyboardInterrupt(), NOON]

    def clock() -> datetime:
        found = moments.pop(0)
        if isinstance(found, BaseException):
            raise found
        return found

    with closing(SqliteStore(path, clock=clock)) as store:
        claim(store)
        with pytest.raises(KeyboardInterrupt):
            claim(store, intent="other")
        with closing(sqlite3.connect(path, timeout=0.1, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")  # nobody holds the lock
            other.execute("ROLLBACK")
        assert claim(store, intent="other").result is ClaimResult.WON


def test_a_repr_tells_the_place(path: Path) -> None:
    assert str(path) in repr(SqliteStore(path))
    assert "memory" in repr(SqliteStore(None))


def test_the_default_clock_has_a_zone(path: Path, claim: Claimer) -> None:
    with closing(SqliteStore(path)) as store:
        record = claim(store, lease_s=60).record
        assert record.lease_until - record.claimed_at == timedelta(seconds=60)
        assert record.claimed_at.utcoffset() == timedelta(0)


def test_closing_waits_for_the_thread_that_writes(path: Path, claim: Claimer) -> None:
    entered, leave = threading.Event(), threading.Event()

    def clock() -> datetime:
        entered.set()
        assert leave.wait(10)
        return NOON

    store = SqliteStore(path, clock=clock)
    results: list[Any] = []
    writer = threading.Thread(target=lambda: results.append(claim(store).result))
    writer.start()
    assert entered.wait(10)
    closer = threading.Thread(target=store.close)
    closer.start()
    leave.set()
    writer.join(10)
    closer.join(10)
    assert results == [ClaimResult.WON]
