"""The record of handled notifications: one at a time, taken over, remembered, forgotten, shared."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from xborder_sdk.errors import LedgerError
from xborder_sdk.notifications import SqliteSeen, Standing


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_new_then_busy_then_seen(clock: Clock) -> None:
    seen = SqliteSeen(None, clock=clock)
    assert seen.begin("a", "n", "one", 60) is Standing.NEW
    assert seen.begin("a", "n", "two", 60) is Standing.BUSY
    assert seen.begin("b", "n", "two", 60) is Standing.NEW
    seen.finish("a", "n", "one")
    assert seen.begin("a", "n", "two", 60) is Standing.SEEN
    clock.now += timedelta(seconds=61)
    assert seen.begin("a", "n", "two", 60) is Standing.SEEN
    seen.close()


def test_what_is_given_back_is_new_and_only_its_owner_gives_it_back(clock: Clock) -> None:
    seen = SqliteSeen(None, clock=clock)
    seen.begin("a", "n", "one", 60)
    seen.abandon("a", "n", "somebody else")
    assert seen.begin("a", "n", "two", 60) is Standing.BUSY
    seen.abandon("a", "n", "one")
    assert seen.begin("a", "n", "two", 60) is Standing.NEW
    seen.close()


def test_who_was_taken_over_may_still_finish_but_no_longer_give_back(clock: Clock) -> None:
    seen = SqliteSeen(None, clock=clock)
    seen.begin("a", "n", "slow", 60)
    clock.now += timedelta(seconds=60)
    assert seen.begin("a", "n", "quick", 60) is Standing.NEW
    seen.abandon("a", "n", "slow")
    assert seen.begin("a", "n", "third", 60) is Standing.BUSY
    seen.finish("a", "n", "slow")
    seen.abandon("a", "n", "quick")
    assert seen.begin("a", "n", "third", 60) is Standing.SEEN
    seen.close()


def test_it_is_bounded_in_time(clock: Clock) -> None:
    seen = SqliteSeen(None, keep=timedelta(days=2), clock=clock)
    seen.begin("a", "old", "one", 60)
    seen.finish("a", "old", "one")
    clock.now += timedelta(days=2, seconds=1)
    assert seen.begin("a", "new", "one", 60) is Standing.NEW
    assert seen.purge(clock.now + timedelta(days=1)) == 1  # the old one went when the new one came
    seen.close()


def test_it_is_shared_and_survives(tmp_path: Path, clock: Clock) -> None:
    one, two = (SqliteSeen(tmp_path / "seen.db", clock=clock) for _ in range(2))
    assert one.begin("a", "n", "one", 60) is Standing.NEW
    assert two.begin("a", "n", "two", 60) is Standing.BUSY
    one.finish("a", "n", "one")
    one.close()
    two.close()
    again = SqliteSeen(tmp_path / "seen.db", clock=clock)
    assert again.begin("a", "n", "two", 60) is Standing.SEEN
    again.close()
    assert (tmp_path / "seen.db").stat().st_mode & 0o077 == 0


def test_of_many_threads_one_wins(tmp_path: Path, clock: Clock) -> None:
    stores = [SqliteSeen(tmp_path / "seen.db", clock=clock) for _ in range(4)]
    start, found = threading.Barrier(8), list[Standing]()

    def take(number: int) -> None:
        start.wait()
        found.append(stores[number % 4].begin("a", "n", f"owner {number}", 60))

    threads = [threading.Thread(target=take, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [Standing.BUSY] * 7 + [Standing.NEW]
    for store in stores:
        store.close()


def test_any_text_is_an_id(clock: Clock) -> None:
    seen = SqliteSeen(None, clock=clock)
    for number in ("", "\x00", "\ud800", "x" * 100_000, "'; DROP TABLE xborder_seen; --"):
        assert seen.begin("a", number, "one", 60) is Standing.NEW
        assert seen.begin("a", number, "two", 60) is Standing.BUSY
    seen.close()


def test_a_closed_or_foreign_file_is_told(tmp_path: Path, clock: Clock) -> None:
    seen = SqliteSeen(None, clock=clock)
    seen.close()
    with pytest.raises(LedgerError, match="closed"):
        seen.begin("a", "n", "one", 60)
    (tmp_path / "other.db").write_bytes(b"no database at all" * 100)
    other = SqliteSeen(tmp_path / "other.db", clock=clock)
    with pytest.raises(LedgerError):
        other.begin("a", "n", "one", 60)
    other.close()
