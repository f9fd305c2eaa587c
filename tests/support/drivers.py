"""The same call through each driver and transport: blocking, awaited, and awaited over aiohttp."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from functools import cache
from typing import Any

from xborder_sdk.client import AsyncClient, Client
from xborder_sdk.ledger import SqliteStore

from .tiny import Tiny, TinyTokens

DRIVERS = ("sync", "async", "aiohttp")


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


class Caller:
    """One client of either colour with blocking calls.

    Args:
        driver: One of `DRIVERS`.
        accounts: As `Client` takes them.
        store: The ledger; None for one in memory.
        **more: Further arguments of the client.
    """

    def __init__(self, driver: str, accounts: Any, store: Any = None, **more: Any) -> None:
        self.driver = driver
        self.store = SqliteStore(None) if store is None else store
        self._owns_store = store is None
        self._own_transport: Any = None
        more = {"connectors": (Tiny, TinyTokens), "random": lambda: 0.0, "store": self.store, **more}
        self._runner: asyncio.Runner | None = None
        self.client: Any
        if driver == "sync":
            self.client = Client(accounts=accounts, **more)
            return
        self._runner = asyncio.Runner()
        if driver == "aiohttp" and "transport" not in more:
            from httpx_aiohttp import AiohttpTransport

            self._own_transport = more["transport"] = AiohttpTransport(verify=_tls())
        self.client = AsyncClient(accounts=accounts, **more)

    def __enter__(self) -> Caller:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """A method of the client, run to its end."""
        method = getattr(self.client, name)

        def call(*arguments: Any, **keywords: Any) -> Any:
            found = method(*arguments, **keywords)
            if hasattr(found, "__aiter__"):
                return self.run(_collected(found))
            if self._runner is None or not asyncio.iscoroutine(found):
                return found
            return self.run(found)

        return call

    def run(self, awaitable: Any) -> Any:
        """Runs a coroutine on this client's loop."""
        assert self._runner is not None
        return self._runner.run(_awaited(awaitable))

    def close(self) -> None:
        """Closes the client and what it was given."""
        if self._runner is None:
            self.client.close()
        else:
            self.run(self.client.aclose())
            if self._own_transport is not None:
                self.run(self._own_transport.aclose())
            self._runner.close()
        if self._owns_store:
            self.store.close()


async def _awaited(awaitable: Any) -> Any:
    return await awaitable


async def _collected(iterator: Any) -> list[Any]:
    return [item async for item in iterator]
