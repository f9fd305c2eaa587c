"""A connection that can misbehave: resets, closes early, or lets bytes out by hand.

uvicorn hands an application no transport, and ASGI has no word for a reset. This protocol puts the
connection into the scope, so that the faults that need it can reach it.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any, cast

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

EXTENSION = "xborder_sandbox.connection"


class Connection:
    """The connection of one request."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self.held = False

    @property
    def peer(self) -> str:
        """The client's `host:port`; two requests with one peer came over one connection."""
        host, port = self._transport.get_extra_info("peername")[:2]
        return f"{host}:{port}"

    def write(self, data: bytes) -> None:
        """Send raw bytes past the HTTP layer."""
        self._transport.write(data)

    def close(self) -> None:
        """End the connection in good order (FIN), after what is buffered has left."""
        self._transport.close()

    def reset(self) -> None:
        """End it at once with a TCP RST."""
        raw: socket.socket | None = self._transport.get_extra_info("socket")
        if raw is not None:
            # Lingering zero seconds makes close() send RST instead of FIN.
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()

    @property
    def closing(self) -> bool:
        """Whether it is closed, or about to be."""
        return self._transport.is_closing()


class SandboxProtocol(H11Protocol):
    """uvicorn's protocol, with the connection in `scope["extensions"]`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        inner = self.app
        self._connection: Connection | None = None

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            self._connection = Connection(self.transport)
            scope.setdefault("extensions", {})[EXTENSION] = self._connection
            await inner(cast("Any", scope), cast("Any", receive), cast("Any", send))

        self.app = cast("Any", app)

    def shutdown(self) -> None:
        """Stop as uvicorn does, and do not wait for a request that a fault keeps unanswered."""
        if self._connection is not None and self._connection.held:
            self.transport.abort()
        else:
            super().shutdown()


def connection_of(scope: Scope) -> Connection | None:
    """Return the request's connection; None when it did not come over a socket (in-process tests)."""
    connection = scope.get("extensions", {}).get(EXTENSION)
    return connection if isinstance(connection, Connection) else None
