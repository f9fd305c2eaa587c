"""Exchanges that are awaited."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any

import httpcore

from xborder_sdk.runtime.account import Clock
from xborder_sdk.runtime.commands import Exchange, WireError
from xborder_sdk.runtime.retry import Happened
from xborder_sdk.runtime.wire.answers import head, read_async
from xborder_sdk.runtime.wire.failures import failure_of
from xborder_sdk.runtime.wire.network import AsyncNetwork
from xborder_sdk.runtime.wire.pools import BaseWire, Gates
from xborder_sdk.runtime.wire.sending import Sending, current
from xborder_sdk.steps import Response

if TYPE_CHECKING:
    import httpx

# aiohttp 3.14 sends again what it calls idempotent (GET, HEAD, OPTIONS, TRACE, PUT, DELETE); seen for GET and PUT.
_SENT_ONCE_BY_AIOHTTP = frozenset({"POST", "PATCH"})


class AsyncWire(BaseWire):
    """Exchanges for the async executor; arguments as for `SyncWire`."""

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport | None = None,
        tls: ssl.SSLContext | None = None,
        in_flight: int = 8,
        clock: Clock | None = None,
    ) -> None:
        import asyncio

        super().__init__(tls, clock)
        self._own = transport
        self._gates = Gates(in_flight, asyncio.BoundedSemaphore)

    def _make(self, *, fresh: bool, secure: bool, proxy: str | None) -> httpcore.AsyncConnectionPool:
        settings = self._pool_settings(fresh=fresh, secure=secure)
        if proxy is None:
            return httpcore.AsyncConnectionPool(network_backend=AsyncNetwork(), **settings)
        return httpcore.AsyncHTTPProxy(proxy, network_backend=AsyncNetwork(), **settings)

    async def exchange(self, exchange: Exchange) -> Response:
        """Sends and reads.

        Raises:
            WireError: There is no answer.
        """
        self._refuse_what_repeats(exchange)
        request = self._written(exchange)
        # The deadline is the event loop's business here.
        sending = Sending(self._clock, None, exchange.send_before)
        token = current.set(sending)
        from asyncio import timeout

        budget = timeout(self._seconds_left(exchange))
        try:
            async with budget, self._gates.of(exchange.request.url):
                transport: Any = self._own or self._pool(exchange)
                sending.begin()
                answer = await transport.handle_async_request(request)
                try:
                    status, headers = head(answer)
                    content = await read_async(answer.stream, headers, exchange)
                finally:
                    await answer.aclose()
                return Response(status, headers, content)
        except Exception as error:  # noqa: BLE001 - sorted by failure_of, which returns what is not the wire's
            if budget.expired() and isinstance(error, TimeoutError):
                error = WireError(Happened.DEADLINE, "the deadline passed", never_sent=sending.proves_unsent)
            raise failure_of(error, sending, exchange) from None
        finally:
            current.reset(token)

    def _refuse_what_repeats(self, exchange: Exchange) -> None:
        """Some transports repeat a request by themselves when a kept connection turns out to be closed."""
        repeats = type(self._own).__module__.partition(".")[0] in {"httpx_aiohttp", "aiohttp"}
        if repeats and exchange.fresh and exchange.request.method not in _SENT_ONCE_BY_AIOHTTP:
            raise WireError(
                Happened.UNSENDABLE,
                f"the transport repeats {exchange.request.method} by itself, and this must not happen twice",
                never_sent=True,
            )

    async def aclose(self) -> None:
        """Closes all connections; an own transport is left to its owner."""
        with self._lock:
            pools = list(self._pools.values())
            self._pools.clear()
        for pool in pools:
            await pool.aclose()
