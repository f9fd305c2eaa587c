"""A small HTTP server in a process of its own: fixed answers on loopback, so that both sides meet the same floor.

with serving({"/order": Answer(b"{}"), "/slow": Answer(b"{}", delay_s=0.1)}) as url: ...
"""

from __future__ import annotations

import asyncio
import base64
import json
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


async def _serve() -> None:
    listed = json.loads(sys.stdin.readline())
    answers = {path.encode(): (_written(base64.b64decode(body)), delay) for path, body, delay in listed}

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                target = head.split(b" ", 2)[1].partition(b"?")[0]
                for line in head.split(b"\r\n"):
                    if line.lower().startswith(b"content-length:"):
                        await reader.readexactly(int(line.partition(b":")[2]))
                answer, delay = answers[target]
                if delay:
                    await asyncio.sleep(delay)
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)  # until whoever started it closes the pipe
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve())
