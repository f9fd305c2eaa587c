"""Fast limits: what fits into a blink is booked together, and no more."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xborder_sdk.client import Client
from xborder_sdk.hookspecs import Connector, Limit, Settings
from xborder_sdk.ledger import SqliteStore
from xborder_sdk.runtime.account import Clock
from xborder_sdk.runtime.bookings import BLINK_S, Bookings, block_of
from xborder_sdk.steps import Effect


@given(st.floats(min_value=1e-7, max_value=1e6))
def test_a_block_never_holds_more_than_a_blink(interval: float) -> None:
    block = block_of(interval)
    assert block >= 1
    assert block == 1 or block * interval <= BLINK_S


def test_bookings_are_used_once_each_and_only_soon() -> None:
    bookings = Bookings()
    assert bookings.take("shop/calls", 0.0, now=10.0) is None
    bookings.keep("shop/calls", 0.0, 2, begins=10.5)
    assert bookings.take("shop/calls", 0.0, now=10.0) == pytest.approx(0.5)
    assert bookings.take("shop/calls", 0.2, now=10.5) is None
    assert bookings.take("other/calls", 0.0, now=10.5) is None
    assert bookings.take("shop/calls", 0.0, now=10.5) == 0.0
    assert bookings.take("shop/calls", 0.0, now=10.5) is None
    bookings.keep("shop/calls", 0.0, 2, begins=10.5)
    assert bookings.take("shop/calls", 0.0, now=10.65) is None


class _Counting(SqliteStore):
    def __init__(self) -> None:
        super().__init__(None)
        self.intervals: list[float] = []

    def reserve(self, key: str, interval_s: float, burst_s: float, headroom_s: float) -> float:
        self.intervals.append(interval_s)
        return super().reserve(key, interval_s, burst_s, headroom_s)


def _shop(requests: int) -> type[Connector[Settings]]:
    class Shop(Connector[Settings]):
        name = "shop"
        title = "Shop"

        def hosts(self) -> dict[str, str]:
            return {"api": "http://127.0.0.1:9"}

        def limits(self) -> tuple[Limit, ...]:
            return (Limit("calls", requests, 1.0, None, "invented"),)

    return Shop


@pytest.mark.parametrize(
    ("per_second", "calls", "booked"),
    [(10_000, 60, [0.005, 0.005]), (1_000, 6, [0.005, 0.005]), (100, 3, [0.01, 0.01, 0.01])],
)
def test_every_request_is_booked_and_slow_limits_one_by_one(per_second: int, calls: int, booked: list[float]) -> None:
    store = _Counting()
    with Client(
        accounts={"shop": {"connector": "shop"}},
        connectors=[_shop(per_second)],
        store=store,
        transport=httpx.MockTransport(lambda request: httpx.Response(200)),
        clock=Clock(monotonic=lambda: 1000.0),
    ) as client:
        for _ in range(calls):
            client.request("shop", "GET", "/a", effect=Effect.READ)
    store.close()
    assert store.intervals == pytest.approx(booked)
    assert sum(store.intervals) * per_second >= calls
