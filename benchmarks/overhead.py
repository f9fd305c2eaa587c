"""What a unified call costs beyond the request and the reading of its answer.

Ours: `get_order` with a rate limit, three policies, two observers and an open ledger. Theirs: one `httpx` client, the
same request, and the connector's own reading function.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import httpx
from loopback import serving
from material import ORDER_BYTES, ORDER_ID, ORDER_PATH, TOKEN, ebay_account, ebay_answers, everything_on
from measuring import Figure, at_most, in_turns, in_turns_async

from xborder_ebay.order_reading import read_order
from xborder_sdk import AsyncClient, Client
from xborder_sdk.hookspecs import GetOrder
from xborder_sdk.models import Order, Raw
from xborder_sdk.reading import as_object, parse_json

_ROUNDS = 800
_HEADERS = {"Authorization": "Bearer benchmark-token", "Accept": "application/json"}
_REQUEST = GetOrder(order_id=ORDER_ID)
_NO_HOST = "http://127.0.0.1:9"


def measure() -> list[Figure]:
    """All figures."""
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        with serving(ebay_answers()) as url:
            figures += [
                at_most("sync, loopback", *_sync(url, folder, None), 1.1),
                at_most("async, loopback", *asyncio.run(_async(url, folder, None)), 1.1),
            ]
        mock = httpx.MockTransport(_answer)
        figures += [
            at_most("sync, mock transport", *_sync(_NO_HOST, folder, mock), 1.3),
            at_most("async, mock transport", *asyncio.run(_async(_NO_HOST, folder, mock)), 1.3),
            at_most("sync, mock transport, no rate limit", *_sync(_NO_HOST, folder, mock, limited=False), None),
            at_most(
                "async, mock transport, no rate limit",
                *asyncio.run(_async(_NO_HOST, folder, mock, limited=False)),
                None,
            ),
        ]
    return figures


def _answer(request: httpx.Request) -> httpx.Response:
    content = ORDER_BYTES if request.method == "GET" else TOKEN
    return httpx.Response(200, content=content, headers={"Content-Type": "application/json"})


def _read(content: bytes) -> Order:
    return read_order(as_object(parse_json(content)).data, "shop", Raw(content))


def _account(url: str, limited: bool) -> dict[str, object]:
    limit = {"rate_per_second": 1e6} if limited else {}
    return dict(ebay_account(url, **limit))


def _sync(url: str, folder: str, transport: httpx.MockTransport | None, *, limited: bool = True) -> tuple[float, float]:
    ledger = Path(folder, "sync.db")
    hooks = everything_on()
    with (
        Client(accounts={"shop": _account(url, limited)}, store=ledger, hooks=hooks, transport=transport) as client,
        httpx.Client(base_url=url, transport=transport) as plain,
    ):

        def ours() -> Order:
            return client.get_order("shop", _REQUEST)

        def theirs() -> Order:
            return _read(plain.get(ORDER_PATH, headers=_HEADERS).raise_for_status().content)

        assert ours() == theirs()
        return in_turns(ours, theirs, _ROUNDS)


async def _async(
    url: str, folder: str, transport: httpx.MockTransport | None, *, limited: bool = True
) -> tuple[float, float]:
    ledger = Path(folder, "async.db")
    hooks = everything_on()
    async with (
        AsyncClient(
            accounts={"shop": _account(url, limited)}, store=ledger, hooks=hooks, transport=transport
        ) as client,
        httpx.AsyncClient(base_url=url, transport=transport) as plain,
    ):

        async def ours() -> Order:
            return await client.get_order("shop", _REQUEST)

        async def theirs() -> Order:
            return _read((await plain.get(ORDER_PATH, headers=_HEADERS)).raise_for_status().content)

        assert await ours() == await theirs()
        return await in_turns_async(ours, theirs, _ROUNDS)
