"""What only a server can suffer: lost connections, standbys, clocks, stuck transactions, forks."""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from xborder_sdk.errors import ConfigurationError, LedgerError, MissingExtra
from xborder_sdk.hookspecs.connector import Token
from xborder_sdk.ledger import ClaimResult, StoredAnswer

psycopg = pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")

from xborder_sdk.ledger.postgres import PostgresStore  # noqa: E402 - needs the extra

Claimer = Callable[..., Any]
Fork = Callable[[], int]
CANARY = "Kanarienvogel Weg 7731"
SECRET_WRITES: list[Callable[[PostgresStore], None]] = [
    lambda store: store.put_token("ebay", Token(access=SecretStr(CANARY), refresh=SecretStr(CANARY))),
    lambda store: store.put_token("ebay", Token(access=SecretStr(CANARY + "\ud800"))),
    lambda store: store.store_answer("parcel", 1, StoredAnswer(200, (("x", CANARY),), CANARY.encode())),
]


@pytest.fixture
def store(postgres_place: Any) -> Iterator[PostgresStore]:
    with closing(PostgresStore(postgres_place.location)) as opened:
        yield opened


def _end_other_sessions(admin: Any) -> None:
    admin.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )


def test_leases_follow_the_servers_clock(store: PostgresStore, admin: Any, claim: Claimer) -> None:
    before = admin.execute("SELECT clock_timestamp()").fetchone()[0]
    record = claim(store, lease_s=60).record
    after = admin.execute("SELECT clock_timestamp()").fetchone()[0]
    assert before - timedelta(milliseconds=1) <= record.claimed_at <= after
    assert record.lease_until - record.claimed_at == timedelta(seconds=60)
    assert store.reserve("budget", 1000.0, 0.0, 0.0) == 0.0
    assert 900 < store.reserve("budget", 1000.0, 0.0, 0.0) <= 1000
    store.block("other", 1000.0)
    assert 900 < store.reserve("other", 1.0, 0.0, 0.0) <= 1000


def test_a_restarted_server_is_met_with_new_connections(store: PostgresStore, admin: Any, claim: Claimer) -> None:
    claim(store)
    _end_other_sessions(admin)
    assert claim(store, owner="bob").result is ClaimResult.BUSY
    _end_other_sessions(admin)
    assert store.get("parcel", 1) is not None
    _end_other_sessions(admin)
    assert store.reserve("budget", 1.0, 0.0, 0.0) == 0.0


class _DeafCommit:
    """A connection whose COMMIT is lost on the way, by cutting it at that moment."""

    def __init__(self, connection: Any, admin: Any) -> None:
        self._connection = connection
        self._admin = admin

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, sql: Any, *values: Any) -> Any:
        if sql == "COMMIT":
            _end_other_sessions(self._admin)
        return self._connection.execute(sql, *values)


def test_a_commit_without_an_answer_is_no_win(
    store: PostgresStore, admin: Any, claim: Claimer, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim(store)
    connect = store._pool._connect
    store._pool.drop_idle()
    monkeypatch.setattr(store._pool, "_connect", lambda: _DeafCommit(connect(), admin))
    with pytest.raises(LedgerError, match="may or may not"):
        claim(store, intent="other")
    monkeypatch.undo()
    assert claim(store, intent="third").result is ClaimResult.WON


def test_a_change_is_not_durable_only_if_the_server_says_so(
    store: PostgresStore, admin: Any, monkeypatch: pytest.MonkeyPatch, used_schema: str, claim: Claimer
) -> None:
    """A server or role that does not wait for the disk is told to; a stricter one keeps its rule."""
    seen: list[str] = []

    def look(session: Any) -> None:
        seen.append(session.rows("SELECT current_setting('synchronous_commit')")[0][0])

    for default in ("off", "on", "remote_apply"):
        admin.execute(f"ALTER ROLE postgres SET synchronous_commit = {default}")
        try:
            store._pool.drop_idle()
            store._transact("x", look)
        finally:
            admin.execute("ALTER ROLE postgres RESET synchronous_commit")
    assert seen == ["on", "on", "remote_apply"]


def test_claims_hold_even_where_the_server_defaults_to_another_isolation(
    postgres_place: Any, admin: Any, claim: Claimer
) -> None:
    admin.execute("ALTER ROLE postgres SET default_transaction_isolation = 'serializable'")
    try:
        with closing(postgres_place.open()) as store:
            barrier = threading.Barrier(4)
            results: list[Any] = []

            def work(owner: str) -> None:
                barrier.wait()
                results.append(claim(store, owner=owner).result)

            threads = [threading.Thread(target=work, args=(str(number),)) for number in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(30)
    finally:
        admin.execute("ALTER ROLE postgres RESET default_transaction_isolation")
    assert sorted(results) == [ClaimResult.BUSY] * 3 + [ClaimResult.WON]


def test_a_worker_stuck_in_a_transaction_does_not_stop_the_others(postgres_place: Any, claim: Claimer) -> None:
    with closing(PostgresStore(postgres_place.location, wait_s=0.2)) as store:
        claim(store)
        with psycopg.connect(postgres_place.location) as stuck:
            stuck.execute("SELECT pg_advisory_xact_lock(hashtextextended('xborder ' || 'parcel', 0))")
            with pytest.raises(LedgerError, match="55P03") as caught:
                claim(store, owner="bob")
            assert "suspended" in str(caught.value)
            assert claim(store, intent="other").result is ClaimResult.WON
            stuck.rollback()
        assert claim(store, owner="bob").result is ClaimResult.BUSY


def test_connections_are_bounded_and_waited_for(postgres_place: Any, claim: Claimer) -> None:
    with closing(PostgresStore(postgres_place.location, connections=1, wait_s=0.05)) as store:
        claim(store)
        with store._pool.lend(), pytest.raises(LedgerError, match=r"no connection .* became free"):
            claim(store, intent="other")
        assert claim(store, intent="other").result is ClaimResult.WON


def test_a_newer_schema_is_refused(empty_schema: Any, claim: Claimer) -> None:
    with closing(empty_schema.open()) as store:
        claim(store)
    with psycopg.connect(empty_schema.location) as connection:
        (found,) = connection.execute("SELECT version FROM xborder_ledger").fetchall()
        assert found[0] >= 1
        connection.execute("UPDATE xborder_ledger SET version = version + 1")
    with closing(empty_schema.open()) as store, pytest.raises(LedgerError, match="newer version"):
        claim(store)


def test_a_user_who_may_not_write_is_told_without_secrets(
    postgres_place: Any, used_schema: str, admin: Any, store: PostgresStore, claim: Claimer, visible: Any
) -> None:
    claim(store)
    admin.execute("CREATE ROLE clerk LOGIN")
    try:
        admin.execute(f"GRANT USAGE ON SCHEMA {used_schema} TO clerk".encode())
        admin.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {used_schema} TO clerk".encode())
        with closing(PostgresStore(postgres_place.location.replace("postgres@", "clerk@"))) as clerks:
            assert clerks.get("parcel", 1) is not None
            with pytest.raises(LedgerError, match="42501") as caught:
                claim(clerks, owner="bob", intent="other")
            assert "let this user" in str(caught.value)
            for write in SECRET_WRITES:
                with pytest.raises(LedgerError) as caught:
                    write(clerks)
                assert repr(clerks) in visible(caught.value)  # it does look at the frames
                assert CANARY not in visible(caught.value)
    finally:
        admin.execute("DROP OWNED BY clerk")
        admin.execute("DROP ROLE clerk")


@pytest.mark.parametrize(
    "location",
    ["postgresql://u:hunter2@127.0.0.1:1/x", "postgresql://u:hunter2@/x?host=/nonexistent"],
)
def test_a_server_that_is_not_there(location: str, claim: Claimer) -> None:
    with closing(PostgresStore(location)) as store:
        with pytest.raises(LedgerError) as caught:
            claim(store)
        assert "server" in str(caught.value)
        assert "hunter2" not in "".join(traceback.format_exception(caught.value)) + repr(store)


@pytest.mark.parametrize("location", ["postgresql://u:hunter2@[x/db", "host=a password='hunter2"])
def test_a_dsn_that_cannot_be_read(location: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        PostgresStore(location)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__context__ is None


def _backend(store: PostgresStore) -> int:
    """Which process of the server serves the connection that a store uses next."""
    return store._run(lambda connection: connection.info.backend_pid)


def test_a_connection_that_comes_back_inside_a_transaction_is_dropped(store: PostgresStore) -> None:
    before = _backend(store)
    assert _backend(store) == before
    with store._pool.lend() as lent:
        lent.connection.execute("BEGIN")
    assert _backend(store) != before


def test_a_forked_child_gets_its_own_connections(store: PostgresStore, claim: Claimer, fork: Fork) -> None:
    claim(store)
    parents = _backend(store)
    child = fork()
    if child == 0:  # pragma: no cover - runs in the child
        code = 1
        signal.alarm(20)
        try:
            own = _backend(store) != parents
            code = 0 if own and claim(store, intent="child").result is ClaimResult.WON else 2
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert claim(store, intent="child").result is ClaimResult.BUSY


def test_an_interrupted_change_is_rolled_back(
    store: PostgresStore, claim: Claimer, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim(store)

    def interrupt(session: Any) -> None:
        session.change("UPDATE xborder_effect SET owner = 'thief'")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store._transact("x", interrupt)
    record = store.get("parcel", 1)
    assert record is not None
    assert record.owner == "ann"


def test_the_extra_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    import xborder_sdk.ledger as ledger

    for name in [name for name in sys.modules if name.partition(".")[0] == "psycopg"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.delitem(sys.modules, "xborder_sdk.ledger.postgres")
    with pytest.raises(MissingExtra) as caught:
        ledger.open_store("postgresql://u@h/d")
    assert caught.value.extra == "postgres"
