"""Rate budgets: the arithmetic, and that every store keeps to it."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xborder_sdk.ledger import Store
from xborder_sdk.ledger.schedule import Pace, booked

_keys = itertools.count()


@pytest.fixture
def key() -> str:
    return f"budget-{next(_keys)}"


def test_requests_are_spaced(store: Store, key: str) -> None:
    assert [store.reserve(key, 2.0, 0.0, 0.0) for _ in range(4)] == [0.0, 2.0, 4.0, 6.0]


def test_a_burst_goes_out_at_once(store: Store, clock: Any, key: str) -> None:
    assert [store.reserve(key, 2.0, 4.0, 0.0) for _ in range(5)] == [0.0, 0.0, 0.0, 2.0, 4.0]
    clock.move(4)
    assert store.reserve(key, 2.0, 4.0, 0.0) == 2.0


def test_an_idle_budget_fills_up_to_its_burst_and_no_further(store: Store, clock: Any, key: str) -> None:
    store.reserve(key, 1.0, 1.0, 0.0)
    clock.move(1000)
    assert [store.reserve(key, 1.0, 1.0, 0.0) for _ in range(3)] == [0.0, 0.0, 1.0]


def test_headroom_is_left_to_urgent_callers(store: Store, key: str) -> None:
    patient = [store.reserve(key, 1.0, 5.0, 3.0) for _ in range(4)]
    assert patient == [0.0, 0.0, 0.0, 1.0]
    assert [store.reserve(key, 1.0, 5.0, 0.0) for _ in range(3)] == [0.0, 0.0, 1.0]


def test_headroom_above_the_burst_still_lets_through_what_comes_in_turn(store: Store, clock: Any, key: str) -> None:
    assert [store.reserve(key, 1.0, 2.0, 9.0) for _ in range(2)] == [0.0, 1.0]
    clock.move(5)
    assert store.reserve(key, 1.0, 2.0, 9.0) == 0.0


def test_a_block_holds_everybody(store: Store, clock: Any, key: str) -> None:
    store.block(key, 30.0)
    assert [store.reserve(key, 1.0, 1.0, 0.0) for _ in range(3)] == [30.0, 30.0, 31.0]
    clock.move(10)
    assert store.reserve(key, 1.0, 1.0, 0.0) == 22.0
    store.block(key, 5.0)
    assert store.reserve(key, 1.0, 100.0, 0.0) == 20.0
    clock.move(60)
    assert store.reserve(key, 1.0, 1.0, 0.0) == 0.0


def test_the_longest_block_holds(store: Store, clock: Any, key: str) -> None:
    store.reserve(key, 1.0, 0.0, 0.0)
    store.block(key, 3.0)
    store.block(key, 30.0)
    store.block(key, 3.0)
    assert store.reserve(key, 1.0, 0.0, 0.0) == 30.0


def test_budgets_do_not_touch_each_other(store: Store, key: str) -> None:
    store.block(key, 30.0)
    assert store.reserve(key + "-other", 1.0, 0.0, 0.0) == 0.0


@pytest.mark.parametrize("values", [(-1.0, 0.0, 0.0), (1.0, -1.0, 0.0), (1.0, 0.0, -1.0)])
def test_negative_seconds_are_refused(store: Store, key: str, values: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="zero"):
        store.reserve(key, *values)


def test_budgets_outlive_the_store(place: Any, key: str) -> None:
    store = place.open()
    store.reserve(key, 7.0, 0.0, 0.0)
    store.close()
    store = place.open()
    assert store.reserve(key, 7.0, 0.0, 0.0) == 7.0
    store.close()


Moves = st.lists(
    st.tuples(
        st.sampled_from(["patient", "urgent", "urgent", "pause", "block"]),
        st.integers(min_value=0, max_value=5_000_000),
    ),
    max_size=60,
)


def _no_window_is_too_full(sent: list[int], interval: int, burst: int) -> None:
    sent.sort()
    for first, start in enumerate(sent):
        for last in range(first, len(sent)):
            assert last - first + 1 <= (sent[last] - start + burst) // interval + 1


@given(
    moves=Moves,
    interval=st.integers(min_value=1, max_value=3_000_000),
    burst=st.integers(min_value=0, max_value=10_000_000),
    headroom=st.integers(min_value=0, max_value=12_000_000),
)
def test_never_more_than_allowed_in_any_window(
    moves: list[tuple[str, int]], interval: int, burst: int, headroom: int
) -> None:
    now, empty_at, blocked_until = 1_900_000_000_000_000, 0, 0
    sent: list[int] = []
    for move, amount in moves:
        if move == "pause":
            now += amount
        elif move == "block":
            blocked_until = max(blocked_until, now + amount)
        else:
            pace = Pace(interval, max(0, burst - (headroom if move == "patient" else 0)))
            empty_at = booked(empty_at, blocked_until, now, pace)
            leaves = now + round(pace.wait_s(empty_at, blocked_until, now) * 1e6)
            assert leaves >= max(now, blocked_until)
            sent.append(leaves)
    _no_window_is_too_full(sent, interval, burst)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=Moves, burst_s=st.sampled_from([0.0, 0.5, 3.0]), headroom_s=st.sampled_from([0.0, 0.25, 9.0]))
def test_stores_keep_to_the_arithmetic(
    store: Store, clock: Any, moves: list[tuple[str, int]], burst_s: float, headroom_s: float
) -> None:
    key, interval_s = f"budget-{next(_keys)}", 0.7
    begin = clock.now
    sent: list[int] = []
    blocked_until = 0
    for move, amount in moves:
        now = round((clock.now - begin).total_seconds() * 1e6)
        if move == "pause":
            clock.move(amount / 1e6)
        elif move == "block":
            store.block(key, amount / 1e6)
            blocked_until = max(blocked_until, now + amount)
        else:
            wait = store.reserve(key, interval_s, burst_s, headroom_s if move == "patient" else 0.0)
            sent.append(now + round(wait * 1e6))
            assert sent[-1] >= max(now, blocked_until)
    _no_window_is_too_full(sent, round(interval_s * 1e6), round(burst_s * 1e6))


@given(interval_s=st.floats(0, 100), burst_s=st.floats(0, 100), headroom_s=st.floats(0, 100))
def test_rounding_is_to_the_slow_side(interval_s: float, burst_s: float, headroom_s: float) -> None:
    pace = Pace.of(interval_s, burst_s, headroom_s)
    assert pace.interval >= interval_s * 1e6
    assert 0 <= pace.tolerance <= max(0.0, (burst_s - headroom_s) * 1e6)
