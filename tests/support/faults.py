"""A loopback server on raw sockets that misbehaves exactly as told, and counts what reached it."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Received:
    """A request that arrived whole."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Act:
    """What the server does with one request.

    Attributes:
        play: Gets the connection; returns whether to keep it open for another request.
        early: Act as soon as the connection is there, before anything is read.
    """

    play: Callable[[FaultServer, socket.socket], bool] = field(repr=False)
    early: bool = False


def say(content: bytes, *, keep: bool = False) -> Act:
    """Writes raw bytes; then closes, or waits for the next request."""

    def play(server: FaultServer, connection: socket.socket) -> bool:
        connection.sendall(content)
        return keep

    return Act(play)


def message(status: int, body: bytes, headers: Iterable[tuple[str, str]] = (), kind: str = "application/json") -> bytes:
    """An HTTP answer as bytes."""
    lines = [f"HTTP/1.1 {status} Reason", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def answer(status: int = 200, body: object = None, headers: Iterable[tuple[str, str]] = ()) -> Act:
    """A whole answer with a JSON body (or bytes as they are), on a connection that stays open."""
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return say(message(status, content, headers), keep=True)


def html(status: int = 200) -> Act:
    return say(message(status, b"<!DOCTYPE html><html><body>maintenance</body></html>", kind="text/html"), keep=True)


def half_body(body: bytes) -> Act:
    """Promises the whole body and closes after half of it."""
    whole = message(200, body)
    return say(whole[: len(whole) - len(body) // 2])


def silence() -> Act:
    def play(server: FaultServer, connection: socket.socket) -> bool:
        server.stopping.wait(20)
        return False

    return Act(play)


def close() -> Act:
    return say(b"")


def reset(*, early: bool = False) -> Act:
    """Ends the connection with a TCP reset."""

    def play(server: FaultServer, connection: socket.socket) -> bool:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False

    return Act(play, early)


def drip(first: bytes, rest: bytes, every_s: float = 0.05) -> Act:
    """Sends `first` at once and `rest` byte by byte."""

    def play(server: FaultServer, connection: socket.socket) -> bool:
        connection.sendall(first)
        for byte in rest:
            if server.stopping.wait(every_s):
                break
            connection.sendall(bytes([byte]))
        return False

    return Act(play)


def stream(total: int, headers: Iterable[tuple[str, str]] = ()) -> Act:
    """As many bytes as the client takes, up to `total`."""

    def play(server: FaultServer, connection: socket.socket) -> bool:
        head = ["HTTP/1.1 200 OK", f"Content-Length: {total}", *(f"{name}: {value}" for name, value in headers), "", ""]
        connection.sendall("\r\n".join(head).encode())
        block = b"x" * 65536
        for _ in range(total // len(block)):
            connection.sendall(block)
            server.streamed += len(block)
        return False

    return Act(play)


def gzipped(body: bytes, after: bytes = b"") -> Act:
    """A gzip answer, with bytes after the end of the compressed data if wanted."""
    packer = zlib.compressobj(9, wbits=31)
    content = packer.compress(body) + packer.flush() + after
    return say(message(200, content, [("Content-Encoding", "gzip")]), keep=True)


def bomb(size: int) -> Act:
    packer = zlib.compressobj(9, wbits=31)
    block = bytes(1024 * 1024)
    content = b"".join(packer.compress(block) for _ in range(size // len(block))) + packer.flush()
    return say(message(200, content, [("Content-Encoding", "gzip")]), keep=True)


def routed(choose: Callable[[Received], Act]) -> Act:
    """Lets a function look at the request and choose."""

    def play(server: FaultServer, connection: socket.socket) -> bool:
        with server.lock:
            request = server.by_connection[connection]
        return choose(request).play(server, connection)

    return Act(play)


class FaultServer:
    """Plays one act per request (per connection, where the act is early); the last act is played again and again."""

    def __init__(self, *acts: Act) -> None:
        self.acts = list(acts)
        self.requests: list[Received] = []
        self.connections = 0
        self.streamed = 0
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.by_connection: dict[socket.socket, Received] = {}
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._start(self._accept)

    def __enter__(self) -> FaultServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def posts(self, path: str | None = None) -> list[Received]:
        return [r for r in self.requests if r.method == "POST" and path in (None, r.path)]

    def wait_for(self, count: int, seconds: float = 5.0) -> None:
        """Waits until so many requests have arrived."""
        until = time.monotonic() + seconds
        while len(self.requests) < count:
            assert time.monotonic() < until, f"only {len(self.requests)} of {count} requests arrived"
            time.sleep(0.002)

    def stop(self) -> None:
        self.stopping.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        with self.lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
        for thread in self._threads:
            thread.join(5)
        self._listener.close()

    def _start(self, work: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return  # shut down by `stop`
            with self.lock:
                self.connections += 1
                self._open.add(connection)
            self._start(self._serve, connection)

    def _next(self) -> Act:
        return self.acts.pop(0) if len(self.acts) > 1 else self.acts[0]

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with self.lock:
                    act = self._next() if self.acts[0].early else None
                if act is not None:
                    act.play(self, connection)
                    return
                reader = connection.makefile("rb")
                with reader:
                    while (request := _read_request(reader)) is not None:
                        with self.lock:
                            self.requests.append(request)
                            self.by_connection[connection] = request
                            act = self._next()
                        if not act.play(self, connection):
                            return
        except OSError:
            pass  # the client went away, as it should in many of these situations
        finally:
            with self.lock:
                self._open.discard(connection)
                self.by_connection.pop(connection, None)


def _read_request(reader: Any) -> Received | None:
    line = reader.readline()
    if not line.strip():
        return None
    words = line.decode("latin-1").split(" ", 2)
    if len(words) != 3:
        return None  # not HTTP: a TLS hello, for example
    method, target, _ = words
    headers: dict[str, str] = {}
    while (line := reader.readline().strip()) != b"":
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    body = reader.read(int(headers.get("content-length", "0")))
    return Received(method, target, headers, body)


def unused_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
