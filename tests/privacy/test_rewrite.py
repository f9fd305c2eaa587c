"""Why a purged file is written anew: SQLite leaves copies of moved rows in the gaps of its pages.

The writes below are chosen so that, with deleting and emptying the log alone, a row survives (seen with SQLite 3.40).
"""

from __future__ import annotations

import random
from pathlib import Path

from xborder_sdk.ledger.sqlite_database import SqliteDatabase
from xborder_sdk.ledger.sqlite_file import Layout

_LAYOUT = Layout("a test", 0x58425431, ("CREATE TABLE t (a TEXT, o TEXT, j TEXT, k TEXT, PRIMARY KEY (a, o))",), False)


def test_what_was_deleted_is_in_no_file_afterwards(tmp_path: Path) -> None:
    dice = random.Random(38)
    database = SqliteDatabase(tmp_path / "x.db", _LAYOUT, 5)
    count = dice.randint(20, 300)
    numbers = list(range(count))
    dice.shuffle(numbers)
    with database.use() as connection:
        for number in numbers:
            words = f"CANARY-{number:05}-" + "y" * dice.choice([10, 200, 900, 3000, 9000])
            connection.execute("INSERT INTO t (a, o, j) VALUES (?, ?, ?)", ("s", f"O-{number:05}", words))
            if dice.random() < 0.5:
                again = dice.choice(numbers)
                words = f"CANARY-{again:05}-" + "z" * dice.choice([5, 300, 2500, 6000])
                connection.execute("UPDATE t SET j = ? WHERE o = ?", (words, f"O-{again:05}"))
        gone = dice.sample(numbers, count // 2)
        for number in gone:
            connection.execute("DELETE FROM t WHERE o = ?", (f"O-{number:05}",))
    database.rewrite()
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert {number for number in numbers if f"CANARY-{number:05}".encode() in left} == set(numbers) - set(gone)
    database.close()
