"""The wire: the only file that knows the HTTP client library.

Requests of the default transport go straight to the library's connection pool (`httpcore`); the library's larger half
(`httpx`) is loaded when an application hands over a transport of its own, or for an address that needs normalising.

Rules for whoever edits it:

* "never sent" needs positive proof (see `failure_of`); everything else may have been sent;
* an answer is counted while it is decompressed, never after;
* requests go to the transport itself, below the library's client: no redirect is followed, no cookie is kept, and no
  URL is logged;
* `asyncio`, `httpx` and `urllib.request` are imported where they are used: most programs need none of them, and
  together they would be half of what a short one costs.
"""

from __future__ import annotations

import logging
import os
import re
import ssl
import sys
import threading
import zlib
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import httpcore

from xborder_sdk.errors import InvalidSettings
from xborder_sdk.runtime.account import Clock
from xborder_sdk.runtime.commands import Exchange, WireError
from xborder_sdk.runtime.retry import Happened
from xborder_sdk.steps import Response

if TYPE_CHECKING:
    import httpx

KEEPALIVE_S = 4.0
"""Below the five seconds at which common servers close an idle connection, so that the race is seldom met."""

_CONNECTIONS = 100
_UNFIT = "characters that HTTP does not carry"
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(slots=True)
class _Sending:
    """One exchange under way, seen from the socket."""

    clock: Clock
    deadline: float | None
    send_before: float | None
    begun: bool = False
    watched: bool = False
    sent: bool = False

    @property
    def proves_unsent(self) -> bool:
        """Positive proof: no transport had it, or our own network served it and nothing was written to it."""
        return not self.begun or (self.watched and not self.sent)

    def begin(self) -> None:
        """Called before a transport gets the request: an own transport does not tell when it writes."""
        self.look_at_the_lease()
        self.begun = True

    def left(self, timeout: float | None) -> float | None:
        """The time a read or write may take."""
        if self.deadline is None:
            return timeout
        remaining = self.deadline - self.clock.monotonic()
        if remaining <= 0:
            raise httpcore.ReadTimeout("deadline")
        return remaining if timeout is None else min(timeout, remaining)

    def about_to_write(self) -> None:
        """Called before bytes of the request leave: the last moment to notice that the lease ran out."""
        if not self.sent:
            self.look_at_the_lease()
        self.sent = True

    def look_at_the_lease(self) -> None:
        if self.send_before is not None and self.clock.now().timestamp() > self.send_before:
            raise _TooLateToSend


class _TooLateToSend(Exception):
    """The lease ran out before the first byte left."""


_sending: ContextVar[_Sending | None] = ContextVar("xborder_sending", default=None)


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        sending = _sending.get()
        return self._inner.read(max_bytes, timeout if sending is None else sending.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        sending = _sending.get()
        if sending is not None:
            timeout = sending.left(timeout)
            sending.about_to_write()
        self._inner.write(buffer, timeout)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        sending = _sending.get()
        left = timeout if sending is None else sending.left(timeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Network(httpcore.NetworkBackend):
    """Lends every read and write only the time left, so that a dripping server cannot hold a thread."""

    def __init__(self) -> None:
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        sending = _sending.get()
        left = timeout
        if sending is not None:
            sending.watched = True
            left = sending.left(timeout)
        return _Stream(self._inner.connect_tcp(host, port, left, local_address, socket_options))

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


class _AsyncStream(httpcore.AsyncNetworkStream):
    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - the library's shape
        return await self._inner.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        sending = _sending.get()
        if sending is not None:
            sending.about_to_write()
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        return _AsyncStream(await self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _AsyncNetwork(httpcore.AsyncNetworkBackend):
    def __init__(self) -> None:
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        sending = _sending.get()
        if sending is not None:
            sending.watched = True
        return _AsyncStream(await self._inner.connect_tcp(host, port, timeout, local_address, socket_options))

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


class _Tls:
    """One TLS context for all connections, made when the first is needed (it takes some 20 ms)."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        if context is not None and (context.verify_mode is not ssl.CERT_REQUIRED or not context.check_hostname):
            raise InvalidSettings(
                "the TLS context does not check certificates and host names",
                hint="add your authority's certificate to the context instead of switching the check off",
            )
        self._context = context
        self._lock = threading.Lock()

    def get(self) -> ssl.SSLContext:
        with self._lock:
            if self._context is None:
                self._context = _default_context()
            return self._context


def _default_context() -> ssl.SSLContext:
    """The authorities that the HTTP library would trust: those of the environment, else those it ships with."""
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if file or folder:
        return ssl.create_default_context(cafile=file or None, capath=None if file else folder)
    import certifi

    return ssl.create_default_context(cafile=certifi.where())


def _environment_proxies() -> Mapping[str, str]:
    system_wide = sys.platform in {"darwin", "win32"}
    if not system_wide and not any(name.lower().endswith("_proxy") for name in os.environ):
        return {}
    from urllib.request import getproxies

    return getproxies()


class _Silence(logging.Filter):
    """Drops the HTTP library's own records of our exchanges: its lines hold URLs, headers and tokens."""

    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002 - the shape of logging
        return _sending.get() is None


_LIBRARY_LOGGERS = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy",
                    "httpcore.socks", "asyncio", "aiohttp.client", "aiohttp.internal")  # fmt: skip
_silence = _Silence()
for _name in _LIBRARY_LOGGERS:
    logging.getLogger(_name).addFilter(_silence)


class _Gates:
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


class _Wire:
    """What both colours share: which pool serves an exchange."""

    def __init__(self, tls: ssl.SSLContext | None, clock: Clock | None) -> None:
        self._own: Any = None
        self._tls = _Tls(tls)
        self._clock = clock or Clock()
        self._lock = threading.Lock()
        self._pools: dict[tuple[bool, bool, str | None], Any] = {}
        self._environment = _environment_proxies()

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
        return _core_request(exchange, left) if self._own is None else _http_request(exchange, left)

    def _seconds_left(self, exchange: Exchange) -> float | None:
        return None if exchange.deadline is None else max(0.0, exchange.deadline - self._clock.monotonic())

    def _pool_settings(self, *, fresh: bool, secure: bool) -> dict[str, Any]:
        return {
            "ssl_context": self._tls.get() if secure else None,
            "max_connections": _CONNECTIONS,
            "max_keepalive_connections": 0 if fresh else _CONNECTIONS,
            "keepalive_expiry": KEEPALIVE_S,
        }


class SyncWire(_Wire):
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
        self._gates = _Gates(in_flight, threading.BoundedSemaphore)

    def _make(self, *, fresh: bool, secure: bool, proxy: str | None) -> httpcore.ConnectionPool:
        settings = self._pool_settings(fresh=fresh, secure=secure)
        if proxy is None:
            return httpcore.ConnectionPool(network_backend=_Network(), **settings)
        return httpcore.HTTPProxy(proxy, network_backend=_Network(), **settings)

    def exchange(self, exchange: Exchange) -> Response:
        """Sends and reads.

        Raises:
            WireError: There is no answer.
        """
        request = self._written(exchange)
        gate = self._gates.of(exchange.request.url)
        if not gate.acquire(timeout=self._seconds_left(exchange)):
            raise WireError(Happened.DEADLINE, "too many requests are under way", never_sent=True)
        sending = _Sending(self._clock, exchange.deadline, exchange.send_before)
        token = _sending.set(sending)
        try:
            transport: Any = self._own or self._pool(exchange)
            sending.begin()
            answer = transport.handle_request(request)
            try:
                status, headers = _head(answer)
                content = _read(answer.stream, headers, exchange, sending)
            finally:
                answer.close()
            return Response(status, headers, content)
        except Exception as error:  # noqa: BLE001 - sorted by failure_of, which returns what is not the wire's
            raise failure_of(error, sending, exchange) from None
        finally:
            _sending.reset(token)
            gate.release()

    def close(self) -> None:
        """Closes all connections; an own transport is left to its owner."""
        with self._lock:
            for pool in self._pools.values():
                pool.close()
            self._pools.clear()


def _remember_what_is_missing() -> None:
    """Spares each exchange some seven searches of the whole import path, which cost more than all else we do for it.

    The library's locks try to import `sniffio` every time; Python remembers only imports that succeed. None under its
    name makes the next try fail at once, with the same exception.
    """
    if "sniffio" not in sys.modules and find_spec("sniffio") is None:
        sys.modules["sniffio"] = None  # type: ignore[assignment]


class AsyncWire(_Wire):
    """Exchanges for the async executor; arguments as for `SyncWire`."""

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport | None = None,
        tls: ssl.SSLContext | None = None,
        in_flight: int = 8,
        clock: Clock | None = None,
    ) -> None:
        import asyncio

        _remember_what_is_missing()
        super().__init__(tls, clock)
        self._own = transport
        self._gates = _Gates(in_flight, asyncio.BoundedSemaphore)

    def _make(self, *, fresh: bool, secure: bool, proxy: str | None) -> httpcore.AsyncConnectionPool:
        settings = self._pool_settings(fresh=fresh, secure=secure)
        if proxy is None:
            return httpcore.AsyncConnectionPool(network_backend=_AsyncNetwork(), **settings)
        return httpcore.AsyncHTTPProxy(proxy, network_backend=_AsyncNetwork(), **settings)

    async def exchange(self, exchange: Exchange) -> Response:
        """Sends and reads.

        Raises:
            WireError: There is no answer.
        """
        request = self._written(exchange)
        # The deadline is the event loop's business here.
        sending = _Sending(self._clock, None, exchange.send_before)
        token = _sending.set(sending)
        from asyncio import timeout

        budget = timeout(self._seconds_left(exchange))
        try:
            async with budget, self._gates.of(exchange.request.url):
                transport: Any = self._own or self._pool(exchange)
                sending.begin()
                answer = await transport.handle_async_request(request)
                try:
                    status, headers = _head(answer)
                    content = await _read_async(answer.stream, headers, exchange)
                finally:
                    await answer.aclose()
                return Response(status, headers, content)
        except Exception as error:  # noqa: BLE001 - as above
            if budget.expired() and isinstance(error, TimeoutError):
                error = WireError(Happened.DEADLINE, "the deadline passed", never_sent=sending.proves_unsent)
            raise failure_of(error, sending, exchange) from None
        finally:
            _sending.reset(token)

    async def aclose(self) -> None:
        """Closes all connections; an own transport is left to its owner."""
        with self._lock:
            pools = list(self._pools.values())
            self._pools.clear()
        for pool in pools:
            await pool.aclose()


def _http_request(exchange: Exchange, left: float | None) -> httpx.Request:
    import httpx

    request = exchange.request
    headers = _headers(exchange)
    try:
        return httpx.Request(
            request.method,
            request.url,
            headers=headers,
            content=request.content or None,
            extensions={"timeout": _timeouts(exchange, left)},
        )
    except (httpx.InvalidURL, ValueError):  # neither may be shown: it quotes the address
        raise WireError(Happened.UNSENDABLE, f"{_UNFIT} in its address", never_sent=True) from None


# Addresses that the HTTP library would write exactly as they are. Everything else takes its way through the library:
# capitals, credentials and default ports in the host, dot segments, characters that must be escaped.
_PLAIN_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9][a-z0-9.-]*)(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<target>(?!/\.|[^?]*/\.)/(?:[A-Za-z0-9._~!$&()*+,;=:@/-]|%[0-9A-Fa-f]{2})*"
    r"(?:\?(?:[A-Za-z0-9._~!$&()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?)",
    re.ASCII,
)
_DEFAULT_PORT = {"http": "80", "https": "443"}
_HAS_BODY = frozenset({"POST", "PUT", "PATCH"})


def _core_request(exchange: Exchange, left: float | None) -> httpcore.Request:
    request = exchange.request
    plain = _PLAIN_URL.fullmatch(request.url)
    if plain is None or plain["port"] == _DEFAULT_PORT[plain["scheme"]] or not request.method.isupper():
        return _normalised(_http_request(exchange, left))
    host, port = plain["host"], plain["port"]
    headers = _headers(exchange)
    named = {name.lower() for name, _ in headers}
    if "host" not in named:
        headers.insert(0, ("Host", host if port is None else f"{host}:{port}"))
    if "content-length" not in named and (request.content or request.method in _HAS_BODY):
        headers.append(("Content-Length", str(len(request.content))))
    return httpcore.Request(
        request.method,
        httpcore.URL(
            scheme=plain["scheme"].encode(),
            host=host.encode(),
            port=None if port is None else int(port),
            target=plain["target"].encode(),
        ),
        headers=headers,
        content=request.content,
        extensions={"timeout": _timeouts(exchange, left)},
    )


def _normalised(request: httpx.Request) -> httpcore.Request:
    url = request.url
    return httpcore.Request(
        method=request.method,
        url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=request.headers.raw,
        content=request.content,
        extensions=request.extensions,
    )


def _timeouts(exchange: Exchange, left: float | None) -> dict[str, float]:
    seconds = exchange.timeout_s
    if left is not None:
        seconds = min(seconds, max(left, 0.001))
    return {"connect": seconds, "read": seconds, "write": seconds, "pool": seconds}


def _headers(exchange: Exchange) -> list[tuple[str, str]]:
    # The library offers every decoder that happens to be installed; we can only count what we decode ourselves.
    headers = [*exchange.request.headers, ("Accept-Encoding", "gzip, deflate")]
    for name, value in headers:
        if not name.isascii() or not value.isascii() or _CONTROL.search(name + value):
            raise WireError(Happened.UNSENDABLE, f"{_UNFIT} in header {name}", never_sent=True)
    return headers


def _head(answer: Any) -> tuple[int, list[tuple[str, str]]]:
    """Status and headers of an answer, of whichever half of the library."""
    if isinstance(answer, httpcore.Response):
        return answer.status, [(_text(name), _text(value)) for name, value in answer.headers]
    return answer.status_code, answer.headers.multi_items()


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


_PACKING = 1024
"""More bytes than a compressed body may have beyond what it unpacks to."""


class _Counted:
    """Decompresses piece by piece and counts, so that a small bomb never becomes a large string."""

    def __init__(self, headers: Iterable[tuple[str, str]], limit: int) -> None:
        encodings = [value.strip().lower() for name, value in headers if name.lower() == "content-encoding"]
        encoding = ", ".join(encodings)
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0
        self._received = 0
        self._may_be_bare = encoding == "deflate"
        self._unpack: Any = None
        if encoding in {"gzip", "x-gzip"}:
            self._unpack = zlib.decompressobj(wbits=31)
        elif encoding == "deflate":
            self._unpack = zlib.decompressobj()
        elif encoding not in {"", "identity"}:
            raise WireError(Happened.UNREADABLE, "it is compressed in a way that was not offered")

    def add(self, chunk: bytes) -> None:
        if self._unpack is not None:
            self._received += len(chunk)
            if self._received > self._limit + _PACKING:
                raise WireError(Happened.TOO_LARGE, f"over {self._limit} bytes")
            if self._unpack.eof:  # bytes behind the end: the decoder would hoard them
                return
            chunk = self._unpacked(chunk)
        self._size += len(chunk)
        if self._size > self._limit or (self._unpack is not None and self._unpack.unconsumed_tail):
            raise WireError(Happened.TOO_LARGE, f"over {self._limit} bytes")
        self._parts.append(chunk)

    def _unpacked(self, chunk: bytes) -> bytes:
        most = self._limit - self._size + 1
        try:
            found: bytes = self._unpack.decompress(chunk, most)
        except zlib.error:
            if not self._may_be_bare or self._received != len(chunk):
                raise WireError(Happened.UNREADABLE, "its compressed body is damaged") from None
            # Some servers send `deflate` without the wrapper that RFC 9110 section 8.4.1.2 asks for.
            self._may_be_bare = False
            self._unpack = zlib.decompressobj(wbits=-15)
            return self._unpacked(chunk)
        return found

    def whole(self) -> bytes:
        if self._unpack is not None and self._size and not self._unpack.eof:
            raise WireError(Happened.UNREADABLE, "its compressed body was cut off")
        return b"".join(self._parts)


def _read(stream: Any, headers: Iterable[tuple[str, str]], exchange: Exchange, sending: _Sending) -> bytes:
    counted = _Counted(headers, exchange.max_bytes)
    for chunk in stream:
        if exchange.deadline is not None and sending.clock.monotonic() > exchange.deadline:
            raise WireError(Happened.DEADLINE, "the answer came too slowly")
        counted.add(chunk)
    return counted.whole()


async def _read_async(stream: Any, headers: Iterable[tuple[str, str]], exchange: Exchange) -> bytes:
    counted = _Counted(headers, exchange.max_bytes)
    async for chunk in stream:
        counted.add(chunk)
    return counted.whole()


_NEVER_SENT_NAMES = frozenset({"ConnectError", "ConnectTimeout", "PoolTimeout", "UnsupportedProtocol"})

# Causes under which the aiohttp transport's `ConnectTimeout` is a failed connection. It gives the same name to a
# reset after the request was sent (ClientOSError) and to a server that hung up (ServerDisconnectedError).
_AIOHTTP_NEVER_SENT = frozenset(
    {
        "ClientConnectorError",
        "ClientConnectorDNSError",
        "ClientConnectorSSLError",
        "ClientConnectorCertificateError",
        "ClientProxyConnectionError",
        "ConnectionTimeoutError",
        "NonHttpUrlClientError",
        "InvalidUrlClientError",
    }
)


def failure_of(error: Exception, sending: _Sending, exchange: Exchange) -> Exception:
    """What an exception of the HTTP library means; an exception of anybody else comes back as it is.

    "Never sent" needs proof: our network made the connection and nothing was written to it; or, where an own transport
    hides the network, the type *and* a cause that names a failed connection.
    """
    if isinstance(error, WireError):
        return error
    if isinstance(error, _TooLateToSend):
        return WireError(Happened.NOT_SENT, "its lease ran out before the first byte left", never_sent=True)
    module = type(error).__module__.partition(".")[0]
    if module not in {"httpx", "httpcore", "aiohttp", "httpx_aiohttp"}:
        return error
    name = type(error).__name__
    now = sending.clock.monotonic()
    unsent = name in _NEVER_SENT_NAMES and not sending.sent and _connection_failed(error, module)
    if unsent or sending.proves_unsent:
        detail = "the address is not http" if name == "UnsupportedProtocol" else "no connection"
        if exchange.deadline is not None and now >= exchange.deadline:
            return WireError(Happened.DEADLINE, "the deadline passed before a connection", never_sent=True)
        return WireError(Happened.NOT_SENT, f"{detail} ({name})", never_sent=True)
    if exchange.deadline is not None and now >= exchange.deadline - 0.001 and "Timeout" in name:
        return WireError(Happened.DEADLINE, "the deadline passed")
    if name in {"ReadTimeout", "WriteTimeout", "ServerTimeoutError", "SocketTimeoutError"}:
        return WireError(Happened.SILENT, name)
    return WireError(Happened.LOST, name)


def _connection_failed(error: Exception, module: str) -> bool:
    if module == "httpcore":
        return True
    cause = error.__cause__
    if cause is None:
        return module == "httpx"
    if type(cause).__module__.startswith("httpcore"):
        return True
    return type(cause).__name__ in _AIOHTTP_NEVER_SENT
