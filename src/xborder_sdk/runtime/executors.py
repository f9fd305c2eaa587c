"""The blocking executor: it does what the engine asks. All decisions are the engine's."""

from __future__ import annotations

import socket
import time
from typing import Protocol, TypeVar

from xborder_sdk.runtime.call import Engine
from xborder_sdk.runtime.commands import Command, Exchange, Invoke, Wait, Wire, WireError
from xborder_sdk.runtime.retry import Happened
from xborder_sdk.steps import Response

T = TypeVar("T")

_FAREWELL_S = 1.0


class Exchanger(Protocol):
    """Sends a request and reads its answer, blocking."""

    def exchange(self, exchange: Exchange) -> Response:
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
            return over_tcp(command)


def over_tcp(command: Wire) -> bytes:
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
    if not step.reply_bytes:
        return _told_the_end(connection, command)
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


def _told_the_end(connection: socket.socket, command: Wire) -> bytes:
    """Says that nothing follows, and waits a moment for the device to say the same.

    Closing at once would reset the connection if the device had said anything, and with it drop what it has not read.
    """
    connection.shutdown(socket.SHUT_WR)
    until = time.monotonic() + _FAREWELL_S
    while (left := until - time.monotonic()) > 0:
        connection.settimeout(min(left, _left(command)))
        try:
            if not connection.recv(4096):
                break
        except TimeoutError:  # it keeps the connection open, as many printers do
            break
    return b""


def _left(command: Wire) -> float:
    if command.deadline is None:
        return command.timeout_s
    return max(0.001, min(command.timeout_s, command.deadline - time.monotonic()))
