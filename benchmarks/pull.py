"""Ten thousand orders pulled page by page from the sandbox, and what memory it takes when they are iterated.

Ours: `client.iter_orders`. Theirs: a plain loop over the same pages with one `httpx` client, which builds the same
models with the same reading function, a page at a time. A loop that forgets each order before it reads the next is
shown too: it leaves the garbage collector nothing to do, and no application can use it.

Run as a script with the sandbox's settings, this file measures memory.
"""

from __future__ import annotations

import gc
import json
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from material import LIST_PATH, TOKEN_PATH
from measuring import Figure, alone, at_least

from xborder_ebay.order_reading import read_order
from xborder_sdk import Client
from xborder_sdk.models import Order, Raw
from xborder_sdk.reading import as_object, parse_json

_ORDERS = 10_000
_FEW, _MANY = 2_000, 20_000
_ROUNDS = 4
_PAGE = 200


def measure() -> list[Figure]:
    """All figures."""
    with (
        _sandbox("bulk") as (_, settings),
        tempfile.TemporaryDirectory() as folder,
        Client(accounts=_accounts(settings), store=Path(folder, "ledger.db")) as client,
    ):
        ours, pages, forgetful = _in_turns(
            lambda: sum(1 for _ in client.iter_orders("shop")),
            lambda: sum(len(list(page)) for page in _plainly(settings)),
            lambda: sum(1 for page in _plainly(settings) for _ in page),
        )
    with _sandbox("empty") as (url, settings):
        few, many = (_peak_kb(url, settings, count) for count in (_FEW, _MANY))
    return [
        at_least(f"{_ORDERS:,} orders, wall", ours[0], pages[0], 0.95, "orders/s"),
        at_least(f"{_ORDERS:,} orders, CPU", ours[1], pages[1], 0.95, "orders/s"),
        at_least("the same against a loop that forgets each order, CPU", ours[1], forgetful[1], None, "orders/s"),
        alone(f"peak memory of {_MANY:,} orders over that of {_FEW:,}", many / few, 1.1, "times"),
        Figure("peak memory while iterating", f"{many:,.0f} kB", f"{few:,.0f} kB"),
    ]


@contextmanager
def _sandbox(scenario: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    command = [sys.executable, "-m", "xborder_sandbox", "--scenario", scenario, "--vendor", "ebay", "--seed", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            url = process.stdout.readline().split()[3]
            account = next(a for a in httpx.get(f"{url}/_admin/accounts").json() if a["name"] == "ebay-us")
            yield url, account["settings"]
        finally:
            process.terminate()


def _accounts(settings: Mapping[str, Any]) -> dict[str, Any]:
    known = {"client_id", "client_secret", "refresh_token", "hosts"}
    return {"shop": {"connector": "ebay", **{key: value for key, value in settings.items() if key in known}}}


def _plainly(settings: Mapping[str, Any]) -> Iterator[Iterator[Order]]:
    """The loop that a program without the SDK would run: pages of orders, each order read when it is asked for."""
    credentials = (settings["client_id"], settings["client_secret"])
    form = {"grant_type": "refresh_token", "refresh_token": settings["refresh_token"]}
    offset = 0
    with httpx.Client(base_url=settings["hosts"]["api"]) as plain:
        token = plain.post(TOKEN_PATH, data=form, auth=credentials).raise_for_status().json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        more = True
        while more:
            query = {"limit": _PAGE, "offset": offset}
            content = plain.get(LIST_PATH, params=query, headers=headers).raise_for_status().content
            page = as_object(parse_json(content)).data
            orders = page["orders"]
            assert isinstance(orders, list)
            yield (read_order(data, "shop", Raw(content, ("orders", index))) for index, data in enumerate(orders))
            offset += len(orders)
            more = "next" in page


def _in_turns(*pulls: Callable[[], int]) -> list[tuple[float, float]]:
    """Orders per second of wall and of CPU time, of each."""
    taken: list[list[tuple[float, float]]] = [[] for _ in pulls]
    for number in range(_ROUNDS):
        turn = list(enumerate(pulls))
        for side, pull in reversed(turn) if number % 2 else turn:
            gc.collect()
            wall, cpu = time.perf_counter(), time.process_time()
            assert pull() == _ORDERS
            taken[side].append((time.perf_counter() - wall, time.process_time() - cpu))
    return [_rates(found) for found in taken]


def _rates(taken: list[tuple[float, float]]) -> tuple[float, float]:
    wall, cpu = (statistics.median(column) for column in zip(*taken, strict=True))
    return _ORDERS / wall, _ORDERS / cpu


def _peak_kb(url: str, settings: Mapping[str, Any], count: int) -> float:
    httpx.post(f"{url}/_admin/reset", json={"scenario": "empty"}).raise_for_status()
    httpx.post(f"{url}/_admin/ebay/generate", json={"count": count}, timeout=120).raise_for_status()
    told = json.dumps({"accounts": _accounts(settings), "count": count})
    child = subprocess.run([sys.executable, __file__], input=told, capture_output=True, text=True, check=True)
    return float(child.stdout)


def _iterate_and_tell() -> None:
    told = json.loads(sys.stdin.read())
    with (
        tempfile.TemporaryDirectory() as folder,
        Client(accounts=told["accounts"], store=Path(folder, "ledger.db")) as client,
    ):
        tracemalloc.start()
        count = sum(1 for _ in client.iter_orders("shop"))
        peak = tracemalloc.get_traced_memory()[1]
    assert count == told["count"], f"{count} orders instead of {told['count']}"
    print(peak / 1024)


if __name__ == "__main__":
    _iterate_and_tell()
