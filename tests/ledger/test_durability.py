"""An fsync lies between what an SQLite store writes and what its caller does next."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from xborder_sdk.ledger import SqliteStore

CONTENDER = Path(__file__).with_name("contender.py")
FULL, NORMAL = 2, 1
DURABLE = ("claim", "mark_sent", "store_answer", "settle", "put_token")


def test_the_connections_in_use_wait_for_the_disk_where_they_must(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "ledger.db")) as store:
        with store._effects.use() as connection:
            assert connection.execute("PRAGMA synchronous").fetchone() == (FULL,)
            assert connection.execute("PRAGMA fullfsync").fetchone() == (1,)
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        with store._budgets.use() as connection:
            assert connection.execute("PRAGMA synchronous").fetchone() == (NORMAL,)
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def _syncs_of_each_step(folder: Path, fullness: str) -> dict[str, int]:
    """How many times the process forced the ledger's files to the disk before each `step` mark, by `strace`."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    trace = folder / "trace"
    command = [strace, "-f", "-y", "-e", "trace=fsync,fdatasync,write", "-o", str(trace)]
    command += [sys.executable, str(CONTENDER), "sqlite", str(folder / "ledger.db"), "steps", fullness]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if "PTRACE" in done.stderr:
        pytest.skip("strace may not trace here")
    assert done.returncode == 0, done.stderr
    syncs: dict[str, int] = {}
    seen = 0
    for line in trace.read_text().splitlines():
        if re.search(r"f(?:data)?sync\(\d+<[^>]*ledger\.db[^>]*>\)\s+= 0", line):
            seen += 1
        elif step := re.search(r'write\(2<.*"step (\w+)', line):
            syncs[step[1]] = seen
            seen = 0
    return syncs


def test_each_durable_method_forces_the_disk_before_it_returns(tmp_path: Path) -> None:
    syncs = _syncs_of_each_step(tmp_path, "full")
    assert [name for name in DURABLE if syncs[name] < 1] == []
    assert syncs["reserve"] == 0, "bookings must not cost an fsync each"


def test_the_trace_would_see_a_missing_sync(tmp_path: Path) -> None:
    syncs = _syncs_of_each_step(tmp_path, "weakened")
    assert {name: syncs[name] for name in DURABLE} == dict.fromkeys(DURABLE, 0)
