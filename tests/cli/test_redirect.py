"""The listener for a consent's answer: what it believes, how much it reads, how long it waits."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xborder_sdk.cli.redirect import LONGEST, Redirect, code_from
from xborder_sdk.errors import AuthenticationFailed, DeadlineExceeded, InvalidRequest, XborderError

STATE = "s" * 43
GOOD = f"/?state={STATE}&code=v%5E1.1%23i%2B1"


@pytest.fixture
def redirect() -> Iterator[Redirect]:
    with Redirect(STATE) as made:
        yield made


def waiting(redirect: Redirect, seconds: float = 20) -> Future[str]:
    """Waits in a thread."""
    found: Future[str] = Future()

    def wait() -> None:
        try:
            found.set_result(redirect.wait(seconds))
        except XborderError as error:
            found.set_exception(error)

    threading.Thread(target=wait, daemon=True).start()
    return found


def port(redirect: Redirect) -> int:
    return int(redirect.uri.rstrip("/").rpartition(":")[2])


def ask(redirect: Redirect, *parts: bytes) -> bytes:
    """Sends the parts and returns all that comes."""
    with socket.create_connection(("127.0.0.1", port(redirect)), timeout=10) as browser:
        for part in parts:
            browser.sendall(part)
        found = b""
        while chunk := browser.recv(4096):
            found += chunk
        return found


def request(target: str, method: str = "GET") -> bytes:
    return f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n\r\n".encode()


def test_the_right_answer_gives_its_code_decoded_once(redirect: Redirect) -> None:
    found = waiting(redirect)
    answer = ask(redirect, request(GOOD)[:30], request(GOOD)[30:])
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"default-src 'none'" in answer
    assert b"no-store" in answer
    assert STATE.encode() not in answer
    assert found.result(10) == "v^1.1#i+1"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (request(f"/?state={STATE[1:]}&code=evil"), b"400"),
        (request("/?code=evil"), b"400"),
        (request("/favicon.ico"), b"400"),
        (request(GOOD, "POST"), b"405"),
        (b"nonsense\r\n\r\n", b"405"),
        (b"GET /?state=\xff\xfe&code=evil HTTP/1.1\r\n\r\n", b"400"),
    ],
)
def test_any_other_answer_is_refused_and_ends_nothing(sent: bytes, status: bytes, redirect: Redirect) -> None:
    found = waiting(redirect)
    assert ask(redirect, sent).split(b" ")[1] == status
    assert not found.done()
    ask(redirect, request(GOOD))
    assert found.result(10) == "v^1.1#i+1"


def test_a_refusal_ends_it(redirect: Redirect) -> None:
    found = waiting(redirect)
    assert b"not given" in ask(redirect, request(f"/?state={STATE}&error=access_denied"))
    with pytest.raises(AuthenticationFailed) as caught:
        found.result(10)
    assert caught.value.code == "access_denied"


def test_connections_that_say_nothing_hold_nobody_up(redirect: Redirect) -> None:
    found = waiting(redirect)
    idle = [socket.create_connection(("127.0.0.1", port(redirect)), timeout=10) for _ in range(40)]
    try:
        ask(redirect, request(GOOD))
        assert found.result(10) == "v^1.1#i+1"
    finally:
        for one in idle:
            one.close()


def test_a_request_without_end_is_cut(redirect: Redirect) -> None:
    found = waiting(redirect)
    with (
        socket.create_connection(("127.0.0.1", port(redirect)), timeout=10) as greedy,
        pytest.raises((ConnectionResetError, BrokenPipeError)),
    ):
        greedy.sendall(b"x" * LONGEST * 10_000)
    ask(redirect, request(GOOD))
    assert found.result(10) == "v^1.1#i+1"


def test_it_waits_no_longer_than_told_whoever_comes() -> None:
    moments = iter([0.0, 1.0, 2.0, 31.0])
    with (
        Redirect(STATE, now=lambda: next(moments)) as redirect,
        socket.create_connection(("127.0.0.1", port(redirect)), timeout=10) as browser,
    ):
        browser.sendall(request("/favicon.ico"))
        with pytest.raises(DeadlineExceeded):
            redirect.wait(30)
    assert next(moments, None) is None


def test_it_is_on_this_machine_only(redirect: Redirect) -> None:
    assert redirect.uri.startswith("http://127.0.0.1:")
    assert redirect._listener.getsockname()[0] == "127.0.0.1"


def test_the_state_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[bytes, bytes]] = []

    def compare(one: bytes, other: bytes) -> bool:
        asked.append((one, other))
        return False

    monkeypatch.setattr("xborder_sdk.cli.redirect.hmac.compare_digest", compare)
    with pytest.raises(InvalidRequest, match="another consent"):
        code_from(GOOD, STATE)
    assert asked == [(STATE.encode(), STATE.encode())]


@given(st.text(max_size=200))
def test_no_text_is_believed_without_the_state(text: str) -> None:
    for address in (text, "https://shop.example/?" + text, "/?code=x&state=" + text):
        with pytest.raises(InvalidRequest):
            code_from(address, STATE)


@given(st.text(min_size=1, max_size=80))
def test_any_code_comes_out_as_it_was(code: str) -> None:
    from urllib.parse import urlencode

    quoted: Callable[..., str] = urlencode
    try:
        query = quoted({"state": STATE, "code": code})
    except UnicodeEncodeError:  # a lone surrogate is no text
        return
    assert code_from(f"https://shop.example/x?{query}", STATE) == code
