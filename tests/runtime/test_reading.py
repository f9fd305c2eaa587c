"""Answers are bounded while they are read, held to their type, and end at the deadline."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import tracemalloc
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from tests.support import faults
from tests.support.drivers import Caller
from tests.support.faults import Act, FaultServer
from tests.support.times import Waits
from tests.support.tiny import account, quote

from xborder_sdk.errors import (
    AnswerTooLarge,
    Conflict,
    ConnectionLost,
    DeadlineExceeded,
    InvalidRequest,
    MalformedResponse,
    NotFound,
    PermissionDenied,
    Refused,
    TimedOut,
    UsageError,
    VendorDown,
)
from xborder_sdk.hookspecs import GetOrder
from xborder_sdk.steps import Effect

ROOT = Path(__file__).parents[2]
ORDER = GetOrder(order_id="O-1")
LIMIT = 1024 * 1024
GOOD = b'{"id": "O-1"}'


@cache
def bomb() -> Act:
    return faults.bomb(64 * 1024 * 1024)


def packed_then(total: int) -> Act:
    """A small gzip answer, and behind its end as many bytes as the client takes."""
    packer = zlib.compressobj(9, wbits=31)
    small = packer.compress(GOOD) + packer.flush()

    def play(server: FaultServer, connection: socket.socket) -> bool:
        head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {total + len(small)}\r\n\r\n"
        connection.sendall(head.encode() + small)
        block = b"x" * 65536
        for _ in range(total // len(block)):
            connection.sendall(block)
            server.streamed += len(block)
        return False

    return Act(play)


@pytest.mark.parametrize("what", ["a gzip bomb", "200 MB", "200 MB behind the end of a gzip"])
def test_an_oversize_answer_is_cut_off_in_small_memory_and_not_asked_for_again(
    what: str, serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    size = 200 * 1024 * 1024
    acts = {"a gzip bomb": bomb, "200 MB": lambda: faults.stream(size)}
    server = serve(acts.get(what, lambda: packed_then(size))())
    client = caller({"tiny": account(server.url, max_answer_bytes=LIMIT, timeout_s=10)})
    tracemalloc.start()
    with pytest.raises(AnswerTooLarge, match="max_answer_bytes"):
        client.get_order("tiny", ORDER)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 * LIMIT
    assert len(server.requests) == 1
    assert server.streamed < size / 4


def test_an_answer_of_exactly_the_limit_is_read(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    body = GOOD + b" " * (1000 - len(GOOD))
    server = serve(faults.answer(200, body), faults.gzipped(body), faults.gzipped(body + b" "))
    client = caller({"tiny": account(server.url, max_answer_bytes=1000)})
    client.get_order("tiny", ORDER)
    client.get_order("tiny", ORDER)
    with pytest.raises(AnswerTooLarge):
        client.get_order("tiny", ORDER)


def deflated(body: bytes, wbits: int) -> Act:
    packer = zlib.compressobj(9, wbits=wbits)
    content = packer.compress(body) + packer.flush()
    return faults.say(faults.message(200, content, [("Content-Encoding", "deflate")]), keep=True)


@pytest.mark.parametrize(
    "act",
    [
        faults.gzipped(GOOD),
        deflated(GOOD, 15),
        deflated(GOOD, -15),  # without its wrapper, as some servers send it
        faults.say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n" + GOOD[:5] + b"\r\n8\r\n" + GOOD[5:]
                   + b"\r\n0\r\n\r\n", keep=True),
        faults.say(b"HTTP/1.0 200 OK\r\n\r\n" + GOOD),
        faults.say(b"HTTP/1.1 103 Early Hints\r\n\r\n" + faults.message(200, GOOD), keep=True),
    ],
    ids=["gzip", "deflate", "bare deflate", "chunked", "until close", "early hints"],
)  # fmt: skip
def test_the_forms_an_answer_may_have(
    act: Act, serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    server = serve(act)
    assert caller({"tiny": account(server.url)}).get_order("tiny", ORDER).order_id == "O-1"
    assert server.requests[0].headers["accept-encoding"] == "gzip, deflate"


@pytest.mark.parametrize(
    "act",
    [
        faults.html(),
        faults.answer(200, GOOD[:-3]),
        faults.answer(200, b""),
        faults.answer(200, b"[]"),
        faults.answer(200, b'{"id": NaN}'),
        faults.answer(200, b"[" * 100_000),
        faults.answer(200, b"\xff\xfe\x00"),
        faults.say(faults.message(200, GOOD, [("Content-Encoding", "br")])),
        faults.say(faults.message(200, GOOD, [("Content-Encoding", "gzip")])),
        faults.say(faults.message(200, zlib.compress(GOOD, wbits=31)[:-9], [("Content-Encoding", "gzip")])),
    ],
    ids=["a web page", "cut", "empty", "a list", "NaN", "deep", "no text", "an encoding nobody offered",
         "damaged gzip", "cut gzip"],
)  # fmt: skip
def test_what_is_not_the_answer_is_malformed_and_not_asked_for_again(
    act: Act, serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    server = serve(act)
    with pytest.raises(MalformedResponse):
        caller({"tiny": account(server.url)}).get_order("tiny", ORDER)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (faults.answer(500, {}), VendorDown),
        (faults.answer(503, {}), VendorDown),
        (faults.html(502), VendorDown),
        (faults.silence(), TimedOut),
        (faults.reset(), ConnectionLost),
        (faults.close(), ConnectionLost),
        (faults.half_body(GOOD), ConnectionLost),
        (faults.say(b"HTTP/1.1 20"), ConnectionLost),
        (faults.say(b"garbage\r\n\r\n"), ConnectionLost),
    ],
    ids=["500", "503", "502 as a page", "silence", "reset", "close", "half a body", "half a status", "garbage"],
)
def test_a_read_is_tried_again_and_then_fails_as_what_it_was(
    act: Act,
    expected: type[Exception],
    serve: Callable[..., FaultServer],
    caller: Callable[..., Caller],
    waits: Waits,
) -> None:
    """A POST that reads, because one library repeats a GET by itself where a kept connection ends."""
    server = serve(act, act, faults.answer(200, {"price": "1.5"}), act)
    client = caller({"tiny": account(server.url, timeout_s=0.15, max_attempts=3)})
    assert len(client.quote("tiny", quote())) == 1
    assert waits == [0.25, 0.5]
    with pytest.raises(expected):
        client.quote("tiny", quote())
    assert len(server.posts()) == 6


@pytest.mark.parametrize(
    ("status", "expected"),
    [(400, Refused), (403, PermissionDenied), (404, NotFound), (409, Conflict), (422, Refused), (302, Refused)],
)
def test_a_refusal_is_typed_and_not_repeated(
    status: int, expected: type[Refused], serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    body = {"code": "E7", "message": "no", "request": "req-9"}
    server = serve(faults.answer(status, body, [("Location", "/moved")]))
    with pytest.raises(expected) as caught:
        caller({"tiny": account(server.url)}).get_order("tiny", ORDER)
    assert type(caught.value) is expected
    assert (caught.value.status, caught.value.code, caught.value.request_id) == (status, "E7", "req-9")
    assert [request.path for request in server.requests] == ["/orders/O-1"]


def test_a_connection_closed_while_idle_is_replaced(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    server = serve(faults.say(faults.message(200, GOOD)))  # says nothing of closing, and closes
    client = caller({"tiny": account(server.url, max_attempts=1)})
    client.get_order("tiny", ORDER)
    time.sleep(0.02)
    client.get_order("tiny", ORDER)
    assert len(server.requests) == 2


def test_accounts_share_connections_but_no_cookies(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    server = serve(faults.answer(200, GOOD, [("Set-Cookie", "session=of-one; Path=/")]))
    client = caller({"one": account(server.url), "two": account(server.url)})
    for name in ("one", "two", "one"):
        client.get_order(name, ORDER)
    assert all("cookie" not in request.headers for request in server.requests)
    assert server.connections == 1


@pytest.mark.parametrize("what", ["a dripping body", "dripping headers", "silence"])
def test_a_call_ends_at_its_deadline(
    what: str, serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    acts = {
        "a dripping body": faults.drip(b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n", b"x" * 400),
        "dripping headers": faults.drip(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x" * 400),
        "silence": faults.silence(),
    }
    server = serve(acts[what])
    client = caller({"tiny": account(server.url, timeout_s=10)})
    started = time.monotonic()
    with pytest.raises(DeadlineExceeded):
        client.get_order("tiny", ORDER, deadline_s=0.5)
    assert 0.4 < time.monotonic() - started < 0.7
    assert len(server.requests) == 1


def test_the_deadline_holds_over_all_tries(
    serve: Callable[..., FaultServer], caller: Callable[..., Caller], waits: Waits
) -> None:
    server = serve(faults.answer(503, {}, [("Retry-After", "4")]))
    client = caller({"tiny": account(server.url, max_attempts=9)}, clock=waits.clock())
    with pytest.raises(VendorDown):
        client.get_order("tiny", ORDER, deadline_s=10)
    assert waits == [4.0, 4.0]
    assert len(server.requests) == 3


def test_a_wait_takes_its_time(serve: Callable[..., FaultServer], caller: Callable[..., Caller]) -> None:
    server = serve(faults.answer(503, {}, [("Retry-After", "0.05")]), faults.answer(200, GOOD))
    started = time.monotonic()
    assert caller({"tiny": account(server.url)}).get_order("tiny", ORDER).order_id == "O-1"
    assert time.monotonic() - started >= 0.05


def test_no_request_leaves_after_the_deadline(serve: Callable[..., FaultServer], caller: Callable[..., Caller]) -> None:
    server = serve(faults.answer(200, GOOD))
    with pytest.raises(DeadlineExceeded):
        caller({"tiny": account(server.url)}).get_order("tiny", ORDER, deadline_s=0)
    assert server.requests == []


@pytest.mark.parametrize("path", [".elsewhere.example/x", "@elsewhere.example/x", "x", ""])
def test_a_path_cannot_change_the_host(path: str, caller: Callable[..., Caller]) -> None:
    with pytest.raises(UsageError, match="slash"):
        caller({"tiny": account("http://127.0.0.1:1")}).request("tiny", "GET", path, effect=Effect.READ)


@pytest.mark.parametrize("value", ["two\r\nX-Other: lines", "Zürich", "nul\x00"])
def test_a_header_that_http_does_not_carry_is_refused_before_anything_is_sent(
    value: str, serve: Callable[..., FaultServer], caller: Callable[..., Caller]
) -> None:
    server = serve(faults.answer(200, GOOD))
    with pytest.raises(InvalidRequest) as caught:
        caller({"tiny": account(server.url)}).request("tiny", "GET", "/x", effect=Effect.READ, headers={"X-Odd": value})
    assert "X-Odd" in str(caught.value)
    assert value not in str(caught.value)
    assert server.connections == 0


_EXIT = """
import sys, time
from tests.support.tiny import Tiny, TinyCarrier, account, quote
from xborder_sdk import Client, LogisticsProvider
from xborder_sdk.ledger import SqliteStore
from xborder_sdk.steps import Call, Effect

class Stuck(TinyCarrier):
    def quote(self, request):
        yield Call(Effect.READ, time.sleep, (30,))

class Slow(Tiny):
    kinds = (Stuck,)

client = Client(accounts={"tiny": account("http://127.0.0.1:1")}, connectors=(Slow,), store=SqliteStore(None))
(outcome,) = client.fan_out(["tiny"], LogisticsProvider.quote, quote(), deadline_s=0.2)
print(type(outcome.error).__name__)
"""


def test_a_late_thread_does_not_hold_the_process() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _EXIT], check=False, cwd=ROOT, capture_output=True, text=True, timeout=20
    )
    assert (done.stdout, done.returncode) == ("DeadlineExceeded\n", 0), done.stderr
