"""Several accounts asked at once: the slowest sets the time, and a deadline is kept."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
from loopback import serving
from material import ORDER_ID, ORDER_PATH, ebay_account, ebay_answers
from measuring import Figure, alone, told

from xborder_sdk import AsyncClient, Client, Outcome
from xborder_sdk.hookspecs import GetOrder, OrderSource

_ROUNDS = 15
_REQUEST = GetOrder(order_id=ORDER_ID)
_EQUAL = ("one", "two", "three")
_UNEQUAL = ("one", "two", "late")


def measure() -> list[Figure]:
    """All figures."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(ebay_answers(delay_s=0.1)) as quick,
        serving(ebay_answers(delay_s=3.0)) as slow,
    ):
        accounts = {name: ebay_account(quick) for name in _EQUAL} | {"late": ebay_account(slow)}
        with Client(accounts=accounts, store=Path(folder, "sync.db")) as client:
            with httpx.Client(base_url=quick) as plain:
                _timed(client, _EQUAL)
                turns = [(_timed(client, _EQUAL)[0], _plainly(plain)) for _ in range(_ROUNDS)]
            threads, ones = zip(*turns, strict=True)
            threads_partial = _timed(client, _UNEQUAL, deadline_s=0.5)
        tasks, tasks_partial = asyncio.run(_in_tasks(accounts, Path(folder, "async.db")))
    return [
        alone("three accounts of 100 ms, threads, least disturbed", min(threads) * 1e3, 103, "ms"),
        alone("three accounts of 100 ms, tasks, least disturbed", min(tasks) * 1e3, 103, "ms"),
        told("the same, medians of threads and of tasks", f"{_median_ms(threads)}, {_median_ms(tasks)}"),
        told("one plain httpx request, least disturbed and median", f"{min(ones) * 1e3:.1f} ms, {_median_ms(ones)}"),
        _partial("one of three takes 3 s, deadline 500 ms, threads", *threads_partial),
        _partial("one of three takes 3 s, deadline 500 ms, tasks", *tasks_partial),
        told("waiting for one after another would take", "300 ms"),
    ]


def _plainly(plain: httpx.Client) -> float:
    """What one account takes: the server's 100 ms, rounded up by its timer, and a plain request."""
    started = time.perf_counter()
    plain.get(ORDER_PATH).raise_for_status()
    return time.perf_counter() - started


def _median_ms(seconds: Sequence[float]) -> str:
    return f"{statistics.median(seconds) * 1e3:.1f} ms"


def _partial(what: str, seconds: float, values: int) -> Figure:
    met = seconds <= 0.51 and values == 2
    return Figure(what, f"{seconds * 1e3:.0f} ms, {values} values", "", None, "<= 510 ms, 2 values", met)


def _values(outcomes: Sequence[Outcome[object]]) -> int:
    return sum(outcome.ok for outcome in outcomes)


def _timed(client: Client, names: Sequence[str], deadline_s: float = 10.0) -> tuple[float, int]:
    started = time.perf_counter()
    outcomes = client.fan_out(names, OrderSource.get_order, _REQUEST, deadline_s=deadline_s)
    return time.perf_counter() - started, _values(outcomes)


async def _in_tasks(accounts: dict[str, object], ledger: Path) -> tuple[list[float], tuple[float, int]]:
    async with AsyncClient(accounts=accounts, store=ledger) as client:

        async def timed(names: Sequence[str], deadline_s: float = 10.0) -> tuple[float, int]:
            started = time.perf_counter()
            outcomes = await client.fan_out(names, OrderSource.get_order, _REQUEST, deadline_s=deadline_s)
            return time.perf_counter() - started, _values(outcomes)

        await timed(_EQUAL)
        equal = [(await timed(_EQUAL))[0] for _ in range(_ROUNDS)]
        return equal, await timed(_UNEQUAL, 0.5)
