"""The two executors: they do what the engine asks, one by blocking, one by awaiting. All decisions are the engine's.

`asyncio` is imported where it is used: a program that blocks should not pay for it at its start.
"""

from __future__ import annotations

import socket
import time
from typing import Any, Protocol, TypeVar

from xborder_sdk.runtime.commands import Command, Exchange, Invoke, Wait, Wire, WireError
from xborder_sdk.runtime.engine import Engine
from xborder_sdk.runtime.retry import Happened
from xborder_sdk.steps import Response

T = TypeVar("T")


class Exchanger(Protocol):
    """Sends a request and reads its answer, blocking."""

    def exchange(self, exchange: Exchange) -> Response:
        """Raises `WireError` where there is no answer."""
        ...


class AsyncExchanger(Protocol):
    """Sends a request and reads its answer, awaiting."""

    async def exchange(self, exchange: Exchange) -> Response:
        """Raises `WireError` where there is no answer."""
        ...


def run(engine: Engine[T], wire: Exchanger) -> T:
    """Runs an engine to its result, blocking the calling thread.

    Args:
        engine: The call.
        wire: What sends.
    """
    reply: object = None
    error: BaseException | None = None
    while True:
        try:
            command = engine.send(reply) if error is None else engine.throw(error)
        except StopIteration as stop:
            result: T = stop.value
            return result
        reply, error = None, None
        try:
            reply = _do(command, wire)
        except BaseException as failure:  # noqa: BLE001 - Ctrl-C too must reach the engine, which writes down doubt
            error = failure


def _do(command: Command, wire: Exchanger) -> object:
    match command:
        case Exchange():
            return wire.exchange(command)
        case Invoke():
            return command.function(*command.arguments)
        case Wait():
            time.sleep(command.seconds)
            return None
        case Wire():
            return _over_tcp(command)


async def run_async(engine: Engine[T], wire: AsyncExchanger) -> T:
    """Runs an engine to its result on the running event loop, never blocking it.

    Args:
        engine: The call.
        wire: What sends.
    """
    reply: object = None
    error: BaseException | None = None
    while True:
        try:
            command = engine.send(reply) if error is None else engine.throw(error)
        except StopIteration as stop:
            result: T = stop.value
            return result
        reply, error = None, None
        try:
            reply = await _do_async(command, wire)
        except BaseException as failure:  # noqa: BLE001 - a cancelled task too must reach the engine
            error = failure


async def _do_async(command: Command, wire: AsyncExchanger) -> object:
    match command:
        case Exchange():
            return await wire.exchange(command)
        case Invoke():
            return await _to_the_end(command.function, *command.arguments)
        case Wait():
            import asyncio

            await asyncio.sleep(command.seconds)
            return None
        case Wire():
            return await _to_the_end(_over_tcp, command)


async def _to_the_end(function: Any, *arguments: object) -> object:
    """A blocking call in a thread. A cancelled task waits for its end: half a ledger write must not go unseen."""
    import asyncio

    call = asyncio.ensure_future(asyncio.to_thread(function, *arguments))
    try:
        return await asyncio.shield(call)
    except asyncio.CancelledError:
        await asyncio.wait({call})
        if not call.cancelled():
            call.exception()  # looked at, so that the loop does not report it a second time
        raise


def _over_tcp(command: Wire) -> bytes:
    step = command.step
    sent = False
    try:
        with socket.create_connection((step.host, step.port), timeout=_left(command)) as connection:
            sent = True
            connection.settimeout(_left(command))
            connection.sendall(step.data)
            return _reply(connection, command)
    except TimeoutError:
        raise WireError(Happened.SILENT, "no answer in time", never_sent=not sent) from None
    except OSError as error:
        happened = Happened.LOST if sent else Happened.NOT_SENT
        raise WireError(happened, type(error).__name__, never_sent=not sent) from None


def _reply(connection: socket.socket, command: Wire) -> bytes:
    step = command.step
    answer = b""
    until = time.monotonic() + (command.timeout_s if step.reply_within_s is None else step.reply_within_s)
    while len(answer) < step.reply_bytes:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(min(left, _left(command)))
        part = connection.recv(step.reply_bytes - len(answer))
        answer += part
        if not part or answer.count(step.reply_end) >= step.reply_ends:
            break
    return answer


def _left(command: Wire) -> float:
    if command.deadline is None:
        return command.timeout_s
    return max(0.001, min(command.timeout_s, command.deadline - time.monotonic()))
