"""Stores by their name in a configuration."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

import xborder_sdk.ledger as ledger
from xborder_sdk.errors import ConfigurationError
from xborder_sdk.ledger import SqliteStore, open_store


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("shop.db", "{cwd}/shop.db"),
        ("folder/shop.db", "{cwd}/folder/shop.db"),
        ("/srv/shop.db", "/srv/shop.db"),
        ("~/shop.db", "{home}/shop.db"),
        ("sqlite:///shop.db", "{cwd}/shop.db"),
        ("sqlite:////srv/shop.db", "/srv/shop.db"),
        ("sqlite:////srv/my%20shop.db", "/srv/my shop.db"),
    ],
)
def test_names_of_files(name: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/kim")
    store = open_store(name)
    assert isinstance(store, SqliteStore)
    assert repr(store) == f"<SqliteStore {expected.format(cwd=tmp_path, home='/home/kim')}>"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_names_of_servers(scheme: str) -> None:
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    with closing(open_store(f"{scheme}://kim:hunter2@db.example/shop")) as store:
        assert isinstance(store, ledger.PostgresStore)
        assert "hunter2" not in repr(store)


@pytest.mark.parametrize(
    "name",
    ["", ":memory:", "sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite://host/x", "sqlite:///x?mode=ro",
     "mysql://kim:hunter2@host/x", "://x"],
)  # fmt: skip
def test_names_of_nothing(name: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        open_store(name)
    assert caught.value.hint
    assert "hunter2" not in str(caught.value)


def test_public_names_are_there() -> None:
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    assert all(hasattr(ledger, name) for name in ledger.__all__)
    assert not hasattr(ledger, "MysqlStore")


def test_importing_the_ledger_loads_no_database() -> None:
    code = "import sys, xborder_sdk.ledger; print(*{'psycopg', 'sqlite3'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
