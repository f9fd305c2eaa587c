"""The clock, the world's chance, the log of requests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xborder_sandbox import World
from xborder_sandbox.clock import Clock
from xborder_sandbox.requests import RequestLog

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SOON = timedelta(seconds=20)


def test_it_starts_where_it_is_told_and_runs_on():
    clock = Clock(START)
    first = clock.now()
    assert START <= first < START + SOON
    assert first.tzinfo is UTC
    assert clock.now() >= first


def test_it_runs_on_with_the_machines_clock(monkeypatch):
    ticks = iter([100.0, 107.5])
    monkeypatch.setattr("xborder_sandbox.clock.time.monotonic", lambda: next(ticks))
    assert Clock(START).now() == START + timedelta(seconds=7.5)


@given(st.floats(0, 1e8))
def test_advancing(seconds):
    clock = Clock(START)
    clock.advance(seconds)
    assert START + timedelta(seconds=seconds) <= clock.now() < START + timedelta(seconds=seconds) + SOON


@pytest.mark.parametrize("seconds", [-1, -0.001, float("nan")])
def test_it_is_not_advanced_backwards(seconds):
    with pytest.raises(ValueError, match="not negative"):
        Clock(START).advance(seconds)


def test_setting_takes_any_zone_and_goes_back():
    clock = Clock(START)
    clock.set(datetime(2025, 1, 1, 8, tzinfo=timezone(timedelta(hours=8))))
    assert datetime(2025, 1, 1, tzinfo=UTC) <= clock.now() < datetime(2025, 1, 1, tzinfo=UTC) + SOON


def test_times_without_a_zone_are_refused():
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - that is the point
    with pytest.raises(ValueError, match="time zone"):
        Clock(naive)
    with pytest.raises(ValueError, match="time zone"):
        Clock(START).set(naive)


def test_listeners_hear_of_each_move():
    clock, heard = Clock(START), []
    clock.on_move(lambda: heard.append(clock.now()))
    clock.advance(60)
    clock.set(START)
    assert len(heard) == 2
    assert heard[0] >= START + timedelta(seconds=60)


def test_a_stream_depends_on_seed_and_name_alone():
    one, two = World(seed=1), World(seed=1)
    two.random.random()
    two.stream("other").random()
    assert one.stream("ebay").random() == two.stream("ebay").random()
    assert one.stream("ebay").random() != one.stream("dhl").random()
    assert World(seed=2).stream("ebay").random() != one.stream("ebay").random()


def log_one(log, **more):
    given = {
        "vendor": "ebay",
        "host": "api",
        "method": "GET",
        "path": "/x/1",
        "query": "a=1",
        "time": START,
        "connection": "",
        "headers": [("Authorization", "Basic sandbox-secret"), ("Content-Type", "text/plain")],
        "body": b"hello",
    }
    return log.add(**{**given, **more})


def test_the_log_keeps_no_credential():
    log = RequestLog()
    record = log_one(log)
    assert record.header_names == ("authorization", "content-type")
    assert record.headers == {"content-type": "text/plain"}
    assert "sandbox-secret" not in str(record.picture())
    assert record.picture()["body"] == "hello"
    assert log_one(log, body=b"\xff").picture()["body_base64"] == "/w=="


def test_the_log_is_bounded_and_searched():
    log = RequestLog(size=3)
    for place in range(5):
        log_one(log, path=f"/x/{place}", method="POST" if place == 4 else "GET")
    assert [record.id for record in log.find()] == [3, 4, 5]
    assert [record.path for record in log.find(path="/x/[23]")] == ["/x/2", "/x/3"]
    assert [record.path for record in log.find(method="post")] == ["/x/4"]
    assert log.find(vendor="dhl") == []
    log.clear()
    assert log.find() == []
