"""What a vendor's "later" means for the calls that follow, and which transports may carry an effect."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import httpx
import pytest

from xborder_sdk.client import AsyncClient, Client
from xborder_sdk.errors import BrokenPlugin, InvalidRequest, Throttled
from xborder_sdk.hookspecs import Connector, Limit, Settings, hookimpl
from xborder_sdk.ledger import SqliteStore
from xborder_sdk.runtime.account import Clock
from xborder_sdk.runtime.registry import provided_by
from xborder_sdk.steps import Effect


class Shop(Connector[Settings]):
    name = "shop"
    title = "Shop"

    def hosts(self) -> dict[str, str]:
        return {"api": "http://127.0.0.1:9"}

    def limits(self) -> tuple[Limit, ...]:
        return (Limit("calls", 100, 1.0, None, "invented"),)


def test_a_long_pause_is_kept_by_the_next_call_and_by_other_processes() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(429, headers={"Retry-After": "600"})

    store = SqliteStore(None)
    time = [1000.0]
    clock = Clock(now=lambda: datetime.fromtimestamp(time[0], UTC), monotonic=lambda: time[0])
    with Client(
        accounts={"shop": {"connector": "shop"}},
        connectors=[Shop],
        store=store,
        transport=httpx.MockTransport(answer),
        clock=clock,
    ) as client:
        with pytest.raises(Throttled) as first:
            client.request("shop", "GET", "/a", effect=Effect.READ)
        with pytest.raises(Throttled) as second:
            client.request("shop", "GET", "/b", effect=Effect.READ)
    assert asked == ["/a"]
    assert first.value.retry_after_s == 600
    assert second.value.retry_after_s == 600
    assert store.reserve("shop/calls", 0.01, 0.99, 0.0) > 500
    store.close()


async def _put_once() -> None:
    aiohttp = pytest.importorskip("httpx_aiohttp")
    async with AsyncClient(
        accounts={"shop": {"connector": "shop"}},
        connectors=[Shop],
        store=SqliteStore(None),
        transport=aiohttp.AiohttpTransport(),
    ) as client:
        await client.request("shop", "PUT", "/label", effect=Effect.ONCE, intent="label-1", json={})


def test_a_transport_that_repeats_put_carries_no_effect_by_put() -> None:
    import asyncio

    with pytest.raises(InvalidRequest, match="repeats PUT"):
        asyncio.run(_put_once())


def _plugin(core: str) -> object:
    class Other(Shop):
        pass

    Other.core = core

    class Plugin:
        @hookimpl
        def register_connectors(self) -> Sequence[type[Shop]]:
            return [Other]

    return Plugin()


@pytest.mark.parametrize("core", [">=0.1,<0.2", "==0.1.0", ">0.0.9", "!=0.2"])
def test_a_connector_that_fits_this_core_is_taken(core: str) -> None:
    assert provided_by(_plugin(core))


@pytest.mark.parametrize("core", [">=0.2", "<0.1", "~=0.1", ""])
def test_a_connector_of_another_core_is_refused(core: str) -> None:
    with pytest.raises(BrokenPlugin):
        provided_by(_plugin(core))
