"""Fifty reads in flight of a 30 kB answer: orders of one page.

Rates are reads per second of the client's own CPU time, which is what bounds them, and not the server's beside it.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
from loopback import serving
from material import LIST_PATH, ebay_account, ebay_answers, page_of
from measuring import Figure, at_least, told

from xborder_ebay.order_reading import read_order
from xborder_sdk import AsyncClient, Effect
from xborder_sdk.hookspecs import ListOrders
from xborder_sdk.models import Order, Raw
from xborder_sdk.reading import as_object, parse_json

_FLYING = 50
_READS = 300
_ROUNDS = 7
_HEADERS = {"Authorization": "Bearer benchmark-token", "Accept": "application/json"}
_ALL_AT_ONCE = httpx.Limits(max_connections=_FLYING, max_keepalive_connections=_FLYING)


def measure() -> list[Figure]:
    """All figures."""
    page = page_of(next(count for count in range(1, 50) if len(page_of(count)) >= 30_000))
    with tempfile.TemporaryDirectory() as folder, serving(ebay_answers(page=page)) as url:
        return asyncio.run(_measured(url, Path(folder), len(page)))


async def _measured(url: str, folder: Path, size: int) -> list[Figure]:
    accounts = {"shop": ebay_account(url)}
    query = {"limit": "200", "offset": "0"}

    def ours(**more: Any) -> AsyncClient:
        return AsyncClient(accounts=accounts, store=folder / "ledger.db", **more)

    def theirs() -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=url, limits=_ALL_AT_ONCE)

    async def page(client: AsyncClient) -> object:
        return await client.list_orders("shop", ListOrders())

    async def page_raw(client: AsyncClient) -> object:
        return (await client.request("shop", "GET", LIST_PATH, effect=Effect.READ, query=query)).json()

    async def plain(client: httpx.AsyncClient) -> object:
        return _read((await client.get(LIST_PATH, params=query, headers=_HEADERS)).content)

    async def plain_raw(client: httpx.AsyncClient) -> object:
        return parse_json((await client.get(LIST_PATH, params=query, headers=_HEADERS)).content)

    figures = [
        told("the answer", f"{size:,} bytes"),
        at_least(
            "default transport, JSON, against a pool of 50", *await _rates(ours, page_raw, theirs, plain_raw), 3.0
        ),
        at_least("default transport, models, against a pool of 50", *await _rates(ours, page, theirs, plain), None),
    ]
    try:
        from httpx_aiohttp import AiohttpTransport
    except ImportError:
        return [*figures, told("aiohttp transport", "skipped: the extra `aiohttp` is not installed")]

    def theirs_with_aiohttp() -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=url, transport=AiohttpTransport())

    async with AiohttpTransport() as transport:

        def ours_with_aiohttp() -> AsyncClient:
            return ours(transport=transport, in_flight=_FLYING)

        rates = await _rates(ours_with_aiohttp, page, theirs_with_aiohttp, plain, warm=True)
    return [*figures, at_least("aiohttp transport, models, against httpx with it", *rates, 0.9)]


def _read(content: bytes) -> list[Order]:
    orders = as_object(parse_json(content)).data["orders"]
    assert isinstance(orders, list)
    return [read_order(data, "shop", Raw(content, ("orders", index))) for index, data in enumerate(orders)]


async def _rates(
    ours: Callable[[], AsyncClient],
    our_read: Callable[[AsyncClient], Awaitable[object]],
    theirs: Callable[[], httpx.AsyncClient],
    their_read: Callable[[httpx.AsyncClient], Awaitable[object]],
    *,
    warm: bool = False,
) -> tuple[float, float]:
    """Reads per second of CPU time of both, in turns.

    Each run has a new client, of which fifty reads are asked at once: only then does a pool of fifty have fifty
    connections, and show what it costs to look after them. `warm` lets both read once beforehand.
    """
    found: tuple[list[float], list[float]] = ([], [])
    for _ in range(_ROUNDS):
        async with ours() as client:
            if warm:
                await our_read(client)
            found[0].append(await _rate(lambda client=client: our_read(client)))  # type: ignore[misc]
        async with theirs() as plain:
            if warm:
                await their_read(plain)
            found[1].append(await _rate(lambda plain=plain: their_read(plain)))  # type: ignore[misc]
    return statistics.median(found[0]), statistics.median(found[1])


async def _rate(read: Callable[[], Awaitable[object]]) -> float:
    left = iter(range(_READS))

    async def work() -> None:
        for _ in left:
            await read()

    gc.collect()
    started = time.process_time()
    await asyncio.gather(*(work() for _ in range(_FLYING)))
    return _READS / (time.process_time() - started)
