"""The awaiting executor: it does what the engine asks and never blocks the event loop.

A module of its own, so that a program that blocks does not load `asyncio`.
"""

from __future__ import annotations

import asyncio
from typing import Any, Protocol, TypeVar

from xborder_sdk.runtime.call import Engine
from xborder_sdk.runtime.commands import Command, Exchange, Invoke, Wait, Wire
from xborder_sdk.runtime.executors import over_tcp
from xborder_sdk.steps import Response

T = TypeVar("T")


class AsyncExchanger(Protocol):
    """Sends a request and reads its answer, awaiting."""

    async def exchange(self, exchange: Exchange) -> Response:
        """Raises `WireError` where there is no answer."""
        ...


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
            await asyncio.sleep(command.seconds)
            return None
        case Wire():
            return await _to_the_end(over_tcp, command)


async def _to_the_end(function: Any, *arguments: object) -> object:
    """A blocking call in a thread. A cancelled task waits for its end: half a ledger write must not go unseen."""
    call = asyncio.ensure_future(asyncio.to_thread(function, *arguments))
    try:
        return await asyncio.shield(call)
    except asyncio.CancelledError:
        await asyncio.wait({call})
        if not call.cancelled():
            call.exception()  # looked at, so that the loop does not report it a second time
        raise
