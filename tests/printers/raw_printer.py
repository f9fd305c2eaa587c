"""A printer at a TCP port, in memory: keeps what arrives, answers `~HS`, and misbehaves as told."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable


def host_status(**flags: int) -> bytes:
    """The three strings of `~HS` (ZPL II programming guide); flags by the letters of the guide."""
    flag = dict.fromkeys("bcfghjklnopqrst", 0) | flags
    first = [30, *(flag[n] for n in "bc"), 1200, "000", *(flag[n] for n in "fgh"), "000", *(flag[n] for n in "jkl")]
    second = ["001", *(flag[n] for n in "nopqrst"), "00000000", 1, "000"]
    return b"".join(b"\x02" + ",".join(map(str, one)).encode() + b"\x03\r\n" for one in (first, second, [1234, 0]))


class RawPrinter:
    """The printer.

    Attributes:
        jobs: What arrived, one entry per connection, whole once the sender said that nothing follows.
        status: Answer to `~HS`; None for silence.
        pieces: Whether the answer comes in small pieces.
        on_job: What it does when a job begins, instead of reading it.
    """

    def __init__(self) -> None:
        self.jobs: list[bytes] = []
        self.questions = 0
        self.status: bytes | None = host_status()
        self.pieces = False
        self.greets = False
        self.on_job: Callable[[socket.socket], None] | None = None
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._start(self._accept)

    def stop(self) -> None:
        self._stopping.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
        self._listener.close()

    def wait_for(self, jobs: int) -> None:
        """Waits until so many jobs have arrived whole."""
        until = time.monotonic() + 5
        while len(self.jobs) < jobs:
            assert time.monotonic() < until, "the job did not arrive"
            time.sleep(0.002)

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection:
                connection.settimeout(5)
                first = connection.recv(65536)
                if first.strip() == b"~HS":
                    self._answer(connection)
                    return
                if self.greets:
                    connection.sendall(b"unasked words")
                if self.on_job is not None:
                    self.on_job(connection)
                    return
                whole = first
                while part := connection.recv(65536):
                    whole += part
                self.jobs.append(whole)
        except OSError:
            pass  # the sender went away

    def _answer(self, connection: socket.socket) -> None:
        self.questions += 1
        if self.status is None:
            self._stopping.wait(2)
            return
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        step = 7 if self.pieces else len(self.status) or 1
        for at in range(0, len(self.status), step):
            connection.sendall(self.status[at : at + step])
            if self.pieces:
                time.sleep(0.001)
        connection.recv(1)  # printers keep the connection open


def vanish(connection: socket.socket) -> None:
    """Resets the connection, as a printer does that is switched off and on."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
