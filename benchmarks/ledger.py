"""What the guarantee costs: claim, send mark, answer and settlement of an effect, each on the disk with an fsync."""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import httpx
from material import TOKEN, ebay_account
from measuring import Figure, told

from xborder_sdk import Client
from xborder_sdk.hookspecs import DeclareShipment
from xborder_sdk.ledger import open_store
from xborder_sdk.models import LineQuantity

_EFFECTS = 60
_ROUNDS = 5


def measure() -> list[Figure]:
    """All figures."""
    from xborder_sdk.ledger.sqlite import SqliteStore

    folder = Path(tempfile.mkdtemp(prefix="benchmark-", dir=Path.cwd()))  # the temporary folder may lie in memory
    try:
        numbers = count(1)
        with _client(open_store(str(folder / "ledger.db"))) as durable, _client(SqliteStore(None)) as in_memory:
            found: tuple[list[float], list[float]] = ([], [])
            for _ in range(_ROUNDS):
                found[0].append(_per_effect(durable, numbers))
                found[1].append(_per_effect(in_memory, numbers))
        sync_us = _fsync_us(folder)
    finally:
        shutil.rmtree(folder)
    ours, memory = statistics.median(found[0]), statistics.median(found[1])
    return [
        told("one effect with its rows on the disk", f"{ours:,.0f} us ({1e6 / ours:,.0f}/s)"),
        Figure("the same against rows in memory", f"{ours:,.0f} us", f"{memory:,.0f} us", ours / memory),
        told("one write with fsync on this disk", f"{sync_us:,.0f} us"),
    ]


def _client(store: object) -> Client:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/token"):
            return httpx.Response(200, content=TOKEN)
        return httpx.Response(201, headers={"Location": "https://api.example/shipping_fulfillment/1Z999"})

    accounts = {"shop": ebay_account("http://127.0.0.1:9")}
    return Client(accounts=accounts, store=store, transport=httpx.MockTransport(answer))  # type: ignore[arg-type]


def _per_effect(client: Client, numbers: Iterator[int]) -> float:
    started = time.perf_counter()
    for _ in range(_EFFECTS):
        client.declare_shipment(
            "shop",
            DeclareShipment(
                order_id=f"order-{next(numbers)}",
                tracking_number="1234567890",
                carrier="dhl",
                lines=(LineQuantity(line_id="1", quantity=1),),
            ),
        )
    return (time.perf_counter() - started) / _EFFECTS * 1e6


def _fsync_us(folder: Path) -> float:
    import os

    taken = []
    with (folder / "probe").open("wb", buffering=0) as file:
        for _ in range(100):
            started = time.perf_counter()
            file.write(b"x" * 4096)
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - started)
    return statistics.median(taken) * 1e6
