"""Which pool serves an exchange, through which proxy, and how many exchanges a host gets at once."""

from __future__ import annotations

import os
import ssl
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any

from xborder_sdk.runtime.account import Clock
from xborder_sdk.runtime.commands import Exchange
from xborder_sdk.runtime.wire.requests import core_request, http_request
from xborder_sdk.runtime.wire.tls import Tls

KEEPALIVE_S = 4.0
"""Below the five seconds at which common servers close an idle connection, so that the race is seldom met."""

_CONNECTIONS = 100


def environment_proxies() -> Mapping[str, str]:
    system_wide = sys.platform in {"darwin", "win32"}
    if not system_wide and not any(name.lower().endswith("_proxy") for name in os.environ):
        return {}
    from urllib.request import getproxies

    return getproxies()


class Gates:
    """At most so many exchanges in flight per host: the library slows down quadratically with its pool."""

    def __init__(self, size: int, make: Callable[[int], Any]) -> None:
        self._size = size
        self._make = make
        self._gates: dict[str, Any] = {}
        self._lock = threading.Lock()

    def of(self, url: str) -> Any:
        origin = url.split("/", 3)[2]
        with self._lock:
            gate = self._gates.get(origin)
            if gate is None:
                gate = self._gates[origin] = self._make(self._size)
            return gate


class BaseWire:
    """What both colours share: which pool serves an exchange."""

    def __init__(self, tls: ssl.SSLContext | None, clock: Clock | None) -> None:
        self._own: Any = None
        self._tls = Tls(tls)
        self._clock = clock or Clock()
        self._lock = threading.Lock()
        self._pools: dict[tuple[bool, bool, str | None], Any] = {}
        self._environment = environment_proxies()

    def _pool(self, exchange: Exchange) -> Any:
        secure = exchange.request.url.startswith("https:")
        proxy = exchange.proxy
        if proxy is None and not exchange.direct:
            proxy = self._environment_proxy(exchange.request.url)
        key = (exchange.fresh, secure, proxy)
        with self._lock:
            found = self._pools.get(key)
            if found is None:
                found = self._pools[key] = self._make(fresh=exchange.fresh, secure=secure, proxy=proxy)
            return found

    def _environment_proxy(self, url: str) -> str | None:
        if not self._environment:
            return None
        from urllib.request import proxy_bypass

        scheme, _, rest = url.partition("://")
        host = rest.split("/", 1)[0]
        if proxy_bypass(host):
            return None
        return self._environment.get(scheme) or self._environment.get("all")

    def _make(self, *, fresh: bool, secure: bool, proxy: str | None) -> Any:
        raise NotImplementedError

    def _written(self, exchange: Exchange) -> Any:
        """The request as the library takes it: an own transport takes the larger half's, our pools the smaller's.

        Raises:
            WireError: It cannot be written as HTTP.
        """
        left = self._seconds_left(exchange)
        return core_request(exchange, left) if self._own is None else http_request(exchange, left)

    def _seconds_left(self, exchange: Exchange) -> float | None:
        return None if exchange.deadline is None else max(0.0, exchange.deadline - self._clock.monotonic())

    def _pool_settings(self, *, fresh: bool, secure: bool) -> dict[str, Any]:
        return {
            "ssl_context": self._tls.get() if secure else None,
            "max_connections": _CONNECTIONS,
            "max_keepalive_connections": 0 if fresh else _CONNECTIONS,
            "keepalive_expiry": KEEPALIVE_S,
        }
