"""A small HTTP server in a process of its own: fixed answers on loopback, so that both sides meet the same floor.

with serving({"/order": Answer(b"{}"), "/slow": Answer(b"{}", delay_s=0.1)}) as url: ...
"""

from __future__ import annotations

import asyncio
import base64
import json
import selectors
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """What a path is answered with, whatever the verb and the query."""

    body: bytes
    delay_s: float = 0.0


@contextmanager
def serving(answers: Mapping[str, Answer]) -> Iterator[str]:
    """Serves the answers, by path, until the block ends; gives the base URL."""
    wanted = [(path, base64.b64encode(answer.body).decode(), answer.delay_s) for path, answer in answers.items()]
    process = subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(wanted).encode() + b"\n")
        process.stdin.flush()
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.stdin.close()  # the server ends with it
        process.wait()
        process.stdout.close()


def _written(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


class _Talk(asyncio.Protocol):
    """One connection, as cheap as it can be: the server must not be what is measured."""

    def __init__(self, answers: Mapping[bytes, tuple[bytes, float]]) -> None:
        self._answers = answers
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            head = self._received[:end].lower()
            _, found, length = head.partition(b"content-length:")
            size = end + 4 + (int(length.split(b"\r\n", 1)[0]) if found else 0)
            if len(self._received) < size:
                return
            target = self._received.split(b" ", 2)[1].partition(b"?")[0]
            self._received = self._received[size:]
            answer, delay = self._answers[target]
            if delay:
                asyncio.get_running_loop().call_later(delay, self._transport.write, answer)
            else:
                self._transport.write(answer)


async def _serve() -> None:
    listed = json.loads(sys.stdin.readline())
    answers = {path.encode(): (_written(base64.b64decode(body)), delay) for path, body, delay in listed}
    server = await asyncio.get_running_loop().create_server(lambda: _Talk(answers), "127.0.0.1", 0, backlog=200)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)  # until whoever started it closes the pipe
    server.close()


def _exact_loop() -> asyncio.AbstractEventLoop:
    """A loop whose timers are not rounded up to whole milliseconds, as epoll's are."""
    return asyncio.SelectorEventLoop(selectors.SelectSelector())


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=_exact_loop) as runner:
        runner.run(_serve())
