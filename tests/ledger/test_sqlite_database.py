"""What every SQLite file of ours does alike in use."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

import pytest

from xborder_sdk.errors import LedgerError
from xborder_sdk.ledger.sqlite_database import SqliteDatabase
from xborder_sdk.ledger.sqlite_file import Layout

LAYOUT: Final = Layout("the shopping list", 0x58425431, ("CREATE TABLE wish (name TEXT PRIMARY KEY);",), durable=False)


@pytest.fixture
def database(tmp_path: Path) -> SqliteDatabase:
    return SqliteDatabase(tmp_path / "list", LAYOUT, 1.0)


def wishes(database: SqliteDatabase) -> list[str]:
    with database.use() as connection:
        return [name for (name,) in connection.execute("SELECT name FROM wish ORDER BY name")]


def test_a_transaction_is_kept_whole_or_not_at_all(database: SqliteDatabase) -> None:
    with database.transaction() as connection:
        connection.execute("INSERT INTO wish VALUES ('lamp')")
    with pytest.raises(LedgerError), database.transaction() as connection:
        connection.executemany("INSERT INTO wish VALUES (?)", [("vase",), ("lamp",)])
    assert wishes(database) == ["lamp"]


def test_a_look_inside_a_transaction_ends_neither(database: SqliteDatabase) -> None:
    def wish_twice() -> None:
        with database.transaction() as connection:
            connection.execute("INSERT INTO wish VALUES ('lamp')")
            assert wishes(database) == ["lamp"]
            connection.execute("INSERT INTO wish VALUES ('lamp')")

    with pytest.raises(LedgerError):
        wish_twice()
    assert wishes(database) == []


def _nonsense(connection: sqlite3.Connection) -> None:
    connection.execute("SELECT ? FROM nowhere", ("canary",))


def _unstorable(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO wish VALUES (?)", ("canary \ud83d",))


@pytest.mark.parametrize("fault", [_nonsense, _unstorable])
@pytest.mark.parametrize("way", [SqliteDatabase.use, SqliteDatabase.transaction])
def test_what_fails_is_our_error_and_keeps_nothing_of_the_drivers(
    database: SqliteDatabase,
    fault: Callable[[sqlite3.Connection], None],
    way: Callable[[SqliteDatabase], AbstractContextManager[sqlite3.Connection]],
) -> None:
    with pytest.raises(LedgerError) as caught, way(database) as connection:
        fault(connection)
    error = caught.value
    assert "the shopping list" in error.message
    assert (error.__cause__, error.__context__) == (None, None)
    assert wishes(database) == []


def test_a_closed_one_says_so(database: SqliteDatabase) -> None:
    database.close()
    with pytest.raises(LedgerError, match="is closed"), database.use():
        pass


def test_a_file_that_was_replaced_is_not_written_to(database: SqliteDatabase, tmp_path: Path) -> None:
    wishes(database)
    (tmp_path / "list").rename(tmp_path / "elsewhere")
    with pytest.raises(LedgerError, match="moved, deleted or replaced"), database.use():
        pass
