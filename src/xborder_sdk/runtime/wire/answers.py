"""Reads an answer whole, counting while it decompresses, never after."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any

import httpcore

from xborder_sdk.runtime.commands import Exchange, WireError
from xborder_sdk.runtime.retry import Happened
from xborder_sdk.runtime.wire.sending import Sending

_PACKING = 1024
"""More bytes than a compressed body may have beyond what it unpacks to."""


def head(answer: Any) -> tuple[int, list[tuple[str, str]]]:
    """Status and headers of an answer, of whichever half of the library."""
    if isinstance(answer, httpcore.Response):
        return answer.status, [(_text(name), _text(value)) for name, value in answer.headers]
    return answer.status_code, answer.headers.multi_items()


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


class Counted:
    """Decompresses piece by piece and counts, so that a small bomb never becomes a large string."""

    def __init__(self, headers: Iterable[tuple[str, str]], limit: int) -> None:
        encodings = [value.strip().lower() for name, value in headers if name.lower() == "content-encoding"]
        encoding = ", ".join(encodings)
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0
        self._received = 0
        self._may_be_bare = encoding == "deflate"
        self._unpack: Any = None
        if encoding in {"gzip", "x-gzip"}:
            self._unpack = zlib.decompressobj(wbits=31)
        elif encoding == "deflate":
            self._unpack = zlib.decompressobj()
        elif encoding not in {"", "identity"}:
            raise WireError(Happened.UNREADABLE, "it is compressed in a way that was not offered")

    def add(self, chunk: bytes) -> None:
        if self._unpack is not None:
            self._received += len(chunk)
            if self._received > self._limit + _PACKING:
                raise WireError(Happened.TOO_LARGE, f"over {self._limit} bytes")
            if self._unpack.eof:  # bytes behind the end: the decoder would hoard them
                return
            chunk = self._unpacked(chunk)
        self._size += len(chunk)
        if self._size > self._limit or (self._unpack is not None and self._unpack.unconsumed_tail):
            raise WireError(Happened.TOO_LARGE, f"over {self._limit} bytes")
        self._parts.append(chunk)

    def _unpacked(self, chunk: bytes) -> bytes:
        most = self._limit - self._size + 1
        try:
            found: bytes = self._unpack.decompress(chunk, most)
        except zlib.error:
            if not self._may_be_bare or self._received != len(chunk):
                raise WireError(Happened.UNREADABLE, "its compressed body is damaged") from None
            # Some servers send `deflate` without the wrapper that RFC 9110 section 8.4.1.2 asks for.
            self._may_be_bare = False
            self._unpack = zlib.decompressobj(wbits=-15)
            return self._unpacked(chunk)
        return found

    def whole(self) -> bytes:
        if self._unpack is not None and self._size and not self._unpack.eof:
            raise WireError(Happened.UNREADABLE, "its compressed body was cut off")
        return b"".join(self._parts)


def read(stream: Any, headers: Iterable[tuple[str, str]], exchange: Exchange, sending: Sending) -> bytes:
    counted = Counted(headers, exchange.max_bytes)
    for chunk in stream:
        if exchange.deadline is not None and sending.clock.monotonic() > exchange.deadline:
            raise WireError(Happened.DEADLINE, "the answer came too slowly")
        counted.add(chunk)
    return counted.whole()


async def read_async(stream: Any, headers: Iterable[tuple[str, str]], exchange: Exchange) -> bytes:
    counted = Counted(headers, exchange.max_bytes)
    async for chunk in stream:
        counted.add(chunk)
    return counted.whole()
