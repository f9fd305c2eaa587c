"""What each kind of fault does to an exchange. One function per kind."""

from __future__ import annotations

import asyncio
import contextlib
import json
import zlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TypeAlias

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from xborder_sandbox.errors import NoSocketError
from xborder_sandbox.faults import Fault
from xborder_sandbox.requests import Json
from xborder_sandbox.transport import Connection, connection_of

Headers: TypeAlias = "list[tuple[bytes, bytes]]"

_JSON: Headers = [(b"content-type", b"application/json")]
_DEFAULT_HUGE = 200_000_000


@dataclass
class Answer:
    """A vendor's answer, held back."""

    status: int = 500
    headers: Headers = field(default_factory=list)
    body: bytes = b""

    @property
    def succeeded(self) -> bool:
        """Whether the vendor meant it as a success."""
        return 200 <= self.status < 300


@dataclass
class Exchange:
    """One request on its way to a vendor, and the way back."""

    app: ASGIApp
    scope: Scope
    receive: Receive
    send: Send
    expire_tokens: Callable[[], None]

    async def pass_on(self) -> None:
        """Let the vendor answer as if nothing were wrong."""
        await self.app(self.scope, self.receive, self.send)

    async def answer(self) -> Answer:
        """Let the vendor do what was asked, and keep its answer."""
        answer = Answer()

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = [(bytes(name), bytes(value)) for name, value in message.get("headers", [])]
            elif message["type"] == "http.response.body":
                answer.body += message.get("body", b"")

        await self.app(self.scope, self.receive, keep)
        return answer

    async def reply(self, status: int, headers: Headers, body: bytes) -> None:
        """Answer with this."""
        await self.send({"type": "http.response.start", "status": status, "headers": _sized(headers, len(body))})
        await self.send({"type": "http.response.body", "body": body})

    async def gone(self) -> None:
        """Wait until the connection has ended, without answering.

        Returning earlier would make the server answer 500.
        """
        while (await self.receive())["type"] != "http.disconnect":
            pass

    @property
    def connection(self) -> Connection:
        """The connection.

        Raises:
            NoSocketError: If there is none.
        """
        connection = connection_of(self.scope)
        if connection is None:
            raise NoSocketError("this fault needs a real connection: serve the sandbox with running()")
        return connection


def _sized(headers: Headers, length: int) -> Headers:
    kept = [(name, value) for name, value in headers if name.lower() != b"content-length"]
    return [*kept, (b"content-length", str(length).encode())]


async def _status(fault: Fault, exchange: Exchange) -> None:
    if fault.flag("after"):
        await exchange.answer()
    body = fault.options.get("body", {"message": "injected by the sandbox"})
    headers = [] if isinstance(body, str) else list(_JSON)
    given = fault.options.get("headers")
    if isinstance(given, dict):
        names = {name.lower() for name in given}
        headers = [pair for pair in headers if pair[0].decode() not in names]
        headers += [(name.lower().encode(), str(value).encode()) for name, value in given.items()]
    if "retry_after" in fault.options:
        seconds = fault.number("retry_after", 0)
        if fault.options.get("retry_after_form") == "date":
            # The client's clock is the real one, so the date has to be as well.
            instant = datetime.now(UTC) + timedelta(seconds=seconds)
            value = format_datetime(instant, usegmt=True)
        else:
            value = f"{seconds:g}"
        headers.append((b"retry-after", value.encode()))
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    status = int(fault.number("status", 500))
    await exchange.reply(status, headers, b"" if status in (204, 304) else content)


async def _silence(fault: Fault, exchange: Exchange) -> None:
    connection = exchange.connection
    if fault.flag("after"):
        await exchange.answer()
    connection.held = True
    await exchange.gone()


async def _delay(fault: Fault, exchange: Exchange) -> None:
    await asyncio.sleep(fault.number("seconds", 0))
    await exchange.pass_on()


async def _reset(fault: Fault, exchange: Exchange) -> None:
    connection = exchange.connection
    if fault.flag("after"):
        await exchange.answer()
    connection.reset()
    await exchange.gone()


async def _close(fault: Fault, exchange: Exchange) -> None:
    connection = exchange.connection
    if fault.flag("after"):
        await exchange.answer()
    connection.close()
    await exchange.gone()


async def _half(fault: Fault, exchange: Exchange) -> None:  # noqa: ARG001 - one signature for all kinds
    connection = exchange.connection
    answer = await exchange.answer()
    body = answer.body or b"{}"
    headers = _sized(answer.headers, len(body))
    await exchange.send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await exchange.send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    connection.close()
    await exchange.gone()


async def _truncated(fault: Fault, exchange: Exchange) -> None:  # noqa: ARG001
    answer = await exchange.answer()
    body = answer.body or b"{}"
    await exchange.reply(answer.status, answer.headers, body[: max(1, len(body) // 2)])


async def _html(fault: Fault, exchange: Exchange) -> None:  # noqa: ARG001
    answer = await exchange.answer()
    page = b"<!DOCTYPE html><html><head><title>Please wait</title></head><body>Please wait</body></html>"
    headers: Headers = [(b"content-type", b"text/html; charset=utf-8")]
    await exchange.reply(answer.status if answer.succeeded else 200, headers, page)


async def _empty(fault: Fault, exchange: Exchange) -> None:  # noqa: ARG001
    answer = await exchange.answer()
    await exchange.reply(answer.status if answer.succeeded else 200, answer.headers, b"")


async def _huge(fault: Fault, exchange: Exchange) -> None:
    answer = await exchange.answer()
    left = int(fault.number("bytes", _DEFAULT_HUGE))
    headers = _sized(_JSON, left)
    await exchange.send({"type": "http.response.start", "status": answer.status, "headers": headers})
    chunk = b" " * 65536
    while left > 0:
        connection = connection_of(exchange.scope)
        if connection is not None and connection.closing:
            return
        piece = chunk[:left]
        left -= len(piece)
        await exchange.send({"type": "http.response.body", "body": piece, "more_body": left > 0})
        await asyncio.sleep(0)


def bomb(size: int) -> bytes:
    """Return a small gzip body that inflates to `size` bytes of spaces.

    A block ended by a full flush does not depend on what stood before it, so one compressed block is
    repeated instead of compressing everything.
    """
    block = b" " * 1_000_000
    whole, rest = divmod(size, len(block))
    checksum = 0
    for _ in range(whole):
        checksum = zlib.crc32(block, checksum)
    checksum = zlib.crc32(block[:rest], checksum)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = (packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)) * whole
    last = zlib.compressobj(9, zlib.DEFLATED, -15)
    body += last.compress(block[:rest]) + last.flush()
    head = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
    return head + body + checksum.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little")


async def _gzip_bomb(fault: Fault, exchange: Exchange) -> None:
    answer = await exchange.answer()
    body = await asyncio.to_thread(bomb, int(fault.number("bytes", _DEFAULT_HUGE)))
    await exchange.reply(answer.status, [*_JSON, (b"content-encoding", b"gzip")], body)


async def _drip(fault: Fault, exchange: Exchange) -> None:
    connection = exchange.connection
    answer = await exchange.answer()
    connection.held = True
    headers = [*_sized(answer.headers, len(answer.body)), (b"connection", b"close")]
    head = b"HTTP/1.1 %d \r\n" % answer.status
    head += b"".join(name + b": " + value + b"\r\n" for name, value in headers) + b"\r\n"
    slowly = head + answer.body if fault.flag("headers") else answer.body
    if not fault.flag("headers"):
        connection.write(head)
    interval = fault.number("interval", 1)
    for byte in slowly:
        if connection.closing:
            break
        connection.write(bytes((byte,)))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(exchange.gone(), interval)
    connection.close()
    await exchange.gone()


async def _unknown_code(fault: Fault, exchange: Exchange) -> None:
    answer = await exchange.answer()
    value = str(fault.options.get("value", "SANDBOX_UNKNOWN_CODE"))

    def replace(holder: dict[str, Json] | list[Json], key: str | int) -> None:
        if isinstance(_get(holder, key), str):
            _put(holder, key, value)

    await exchange.reply(answer.status, answer.headers, _changed(answer.body, str(fault.options["path"]), replace))


async def _mutate(fault: Fault, exchange: Exchange) -> None:
    answer = await exchange.answer()
    op = fault.options["op"]

    def change(holder: dict[str, Json] | list[Json], key: str | int) -> None:
        value = _get(holder, key)
        if op == "drop":
            holder.pop(key)  # type: ignore[arg-type]
        elif op == "null":
            _put(holder, key, None)
        elif not isinstance(value, str):
            _put(holder, key, json.dumps(value))

    await exchange.reply(answer.status, answer.headers, _changed(answer.body, str(fault.options["path"]), change))


async def _token_expired(fault: Fault, exchange: Exchange) -> None:  # noqa: ARG001
    exchange.expire_tokens()
    await exchange.pass_on()


def _changed(body: bytes, path: str, change: Callable[[dict[str, Json] | list[Json], str | int], None]) -> bytes:
    """Apply `change` wherever `path` leads; `*` is every member, a number the member of a list."""
    try:
        document: Json = json.loads(body)
    except ValueError:
        return body
    *way, last = path.split(".")
    places: list[Json] = [document]
    for step in way:
        places = [_get(place, key) for place in places for key in _keys(place, step)]
    for place in places:
        if isinstance(place, dict | list):
            # From the back, so that dropping a member does not shift those still to come.
            for key in reversed(_keys(place, last)):
                change(place, key)
    return json.dumps(document, ensure_ascii=False).encode()


def _keys(place: Json, step: str) -> Sequence[str | int]:
    if isinstance(place, dict):
        return list(place) if step == "*" else [step] if step in place else []
    if isinstance(place, list):
        if step == "*":
            return list(range(len(place)))
        with contextlib.suppress(ValueError):
            return [int(step)] if 0 <= int(step) < len(place) else []
    return []


def _get(place: Json, key: str | int) -> Json:
    if isinstance(place, dict) and isinstance(key, str):
        return place[key]
    if isinstance(place, list) and isinstance(key, int):
        return place[key]
    return None


def _put(place: dict[str, Json] | list[Json], key: str | int, value: Json) -> None:
    place[key] = value  # type: ignore[index]  # _keys gave a key of the place's own kind


_KINDS: dict[str, Callable[[Fault, Exchange], Awaitable[None]]] = {
    "status": _status,
    "silence": _silence,
    "delay": _delay,
    "reset": _reset,
    "close": _close,
    "half": _half,
    "truncated": _truncated,
    "html": _html,
    "empty": _empty,
    "huge": _huge,
    "gzip_bomb": _gzip_bomb,
    "drip": _drip,
    "unknown_code": _unknown_code,
    "mutate": _mutate,
    "token_expired": _token_expired,
}


async def apply(fault: Fault, exchange: Exchange) -> None:
    """Let the exchange meet its fault."""
    await _KINDS[fault.kind](fault, exchange)
