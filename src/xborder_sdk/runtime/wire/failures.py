"""What the exceptions of HTTP libraries mean. "Never sent" needs positive proof; all else may have been sent."""

from __future__ import annotations

from xborder_sdk.runtime.commands import Exchange, WireError
from xborder_sdk.runtime.retry import Happened
from xborder_sdk.runtime.wire.sending import Sending, TooLateToSend

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


def failure_of(error: Exception, sending: Sending, exchange: Exchange) -> Exception:
    """What an exception of the HTTP library means; an exception of anybody else comes back as it is.

    "Never sent" needs proof: our network made the connection and nothing was written to it; or, where an own transport
    hides the network, the type *and* a cause that names a failed connection.
    """
    if isinstance(error, WireError):
        return error
    if isinstance(error, TooLateToSend):
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
