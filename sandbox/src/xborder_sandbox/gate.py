"""The way into the simulators: every request is logged here and may meet a fault."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from xborder_sandbox.fault_kinds import Exchange, apply
from xborder_sandbox.transport import connection_of
from xborder_sandbox.world import World


class Gate:
    """Middleware around one vendor's app. The vendor knows nothing of it.

    Args:
        app: The vendor's app.
        vendor: Its name.
        world: Where the log and the faults are.
        expire_tokens: Drops the vendor's current access tokens.
    """

    def __init__(self, app: ASGIApp, vendor: str, world: World, expire_tokens: Callable[[], None]) -> None:
        self._app = app
        self._vendor = vendor
        self._world = world
        self._expire_tokens = expire_tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a request in."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        host, path = _below_host(scope)
        body = await _read(receive)
        connection = connection_of(scope)
        record = self._world.requests.add(
            vendor=self._vendor,
            host=host,
            method=scope["method"],
            path=path,
            query=scope.get("query_string", b"").decode("latin-1"),
            time=self._world.clock.now(),
            connection=connection.peer if connection else "",
            headers=((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]),
            body=body,
        )
        given = False

        async def replay() -> Message:
            nonlocal given
            if not given:
                given = True
                return {"type": "http.request", "body": body, "more_body": False}
            return await receive()

        async def note(message: Message) -> None:
            if message["type"] == "http.response.start":
                record.status = message["status"]
            await send(message)

        fault = self._world.faults.take(self._vendor, host, scope["method"], path)
        if fault is None:
            await self._app(scope, replay, note)
            return
        record.fault = fault.kind
        await apply(fault, Exchange(self._app, scope, replay, note, self._expire_tokens))


def _below_host(scope: Scope) -> tuple[str, str]:
    """Return the vendor's host segment and the path below it, of `/<vendor>/<host>/...`."""
    parts = scope["path"].split("/", 3)
    host = parts[2] if len(parts) > 2 else ""
    return host, "/" + (parts[3] if len(parts) > 3 else "")


async def _read(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(body)
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)
