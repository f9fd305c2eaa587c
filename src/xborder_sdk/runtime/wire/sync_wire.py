"""Exchanges that block."""

from __future__ import annotations

import ssl
import threading
from typing import TYPE_CHECKING, Any

import httpcore

from xborder_sdk.runtime.account import Clock
from xborder_sdk.runtime.commands import Exchange, WireError
from xborder_sdk.runtime.retry import Happened
from xborder_sdk.runtime.wire.answers import head, read
from xborder_sdk.runtime.wire.failures import failure_of
from xborder_sdk.runtime.wire.network import Network
from xborder_sdk.runtime.wire.pools import BaseWire, Gates
from xborder_sdk.runtime.wire.sending import Sending, current
from xborder_sdk.steps import Response

if TYPE_CHECKING:
    import httpx


class SyncWire(BaseWire):
    """Exchanges for the sync executor.

    Args:
        transport: An own transport for all exchanges; None for the default.
        tls: A TLS context; it must check certificates.
        in_flight: Most exchanges at once per host.
        clock: The clock by which leases and deadlines are told.
    """

    def __init__(
        self,
        transport: httpx.BaseTransport | None = None,
        tls: ssl.SSLContext | None = None,
        in_flight: int = 8,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(tls, clock)
        self._own = transport
        self._gates = Gates(in_flight, threading.BoundedSemaphore)

    def _make(self, *, fresh: bool, secure: bool, proxy: str | None) -> httpcore.ConnectionPool:
        settings = self._pool_settings(fresh=fresh, secure=secure)
        if proxy is None:
            return httpcore.ConnectionPool(network_backend=Network(), **settings)
        return httpcore.HTTPProxy(proxy, network_backend=Network(), **settings)

    def exchange(self, exchange: Exchange) -> Response:
        """Sends and reads.

        Raises:
            WireError: There is no answer.
        """
        request = self._written(exchange)
        gate = self._gates.of(exchange.request.url)
        if not gate.acquire(timeout=self._seconds_left(exchange)):
            raise WireError(Happened.DEADLINE, "too many requests are under way", never_sent=True)
        sending = Sending(self._clock, exchange.deadline, exchange.send_before)
        token = current.set(sending)
        try:
            transport: Any = self._own or self._pool(exchange)
            sending.begin()
            answer = transport.handle_request(request)
            try:
                status, headers = head(answer)
                content = read(answer.stream, headers, exchange, sending)
            finally:
                answer.close()
            return Response(status, headers, content)
        except Exception as error:  # noqa: BLE001 - sorted by failure_of, which returns what is not the wire's
            raise failure_of(error, sending, exchange) from None
        finally:
            current.reset(token)
            gate.release()

    def close(self) -> None:
        """Closes all connections; an own transport is left to its owner."""
        with self._lock:
            for pool in self._pools.values():
                pool.close()
            self._pools.clear()
