"""The end of a consent: the address to which the vendor sends the browser, caught on this machine or pasted.

Whoever can reach this port, or talk the operator into pasting something, may try to slip in a code of his own: nothing
is believed without the `state` that this run invented.
"""

from __future__ import annotations

import hmac
import selectors
import socket
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

from xborder_sdk.errors import AuthenticationFailed, ConfigurationError, DeadlineExceeded, InvalidRequest

LONGEST = 16 * 1024
"""Most bytes of a pasted address, and of a browser's request."""

_MOST_AT_ONCE = 16
_HEAD = (
    "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {length}\r\n"
    "Content-Security-Policy: default-src 'none'\r\nReferrer-Policy: no-referrer\r\nCache-Control: no-store\r\n"
    "X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
)
_PAGE = "<!DOCTYPE html><html lang=en><title>xborder</title><p>{words}</p></html>"
_THANKS = "The consent has arrived. You can close this window and go back to the terminal."
_NO = "This is not the answer that xborder is waiting for."


class WrongState(InvalidRequest):
    """An answer to a consent that this run did not ask for."""


def code_from(address: str, state: str) -> str:
    """The code in the address at which a browser arrived after a consent.

    Args:
        address: The whole address, or what follows the host.
        state: What this run sent along.

    Raises:
        InvalidRequest: It is no such address, or belongs to another consent.
        AuthenticationFailed: The consent was refused.
    """
    if len(address) > LONGEST:
        raise InvalidRequest("this is too long for the address of a consent")
    try:
        query = parse_qs(urlsplit(address.strip()).query, keep_blank_values=True, max_num_fields=50)
    except ValueError:
        query = {}
    given = _only(query, "state")
    if given is None:
        raise InvalidRequest(
            "this is not the address at which the browser arrived after the consent",
            hint="copy the whole address from the browser's address bar, with its code= and state=",
        )
    # Bytes: compare_digest takes no text beyond ASCII.
    if not hmac.compare_digest(given.encode(), state.encode()):
        raise WrongState(
            "this address belongs to another consent", hint="run xborder login again, and finish what it opens"
        )
    if "error" in query:
        raise AuthenticationFailed(
            "the consent was not given", code=_plain(query["error"][0]), hint="run xborder login again"
        )
    code = _only(query, "code")
    if not code:
        raise InvalidRequest("the address has no code", hint="run xborder login again")
    return code


def _only(query: dict[str, list[str]], name: str) -> str | None:
    found = query.get(name, [])
    return found[0] if len(found) == 1 else None


def _plain(code: str) -> str:
    return "".join(mark for mark in code[:64] if mark.isascii() and (mark.isalnum() or mark in "_-."))


class Redirect:
    """Waits on 127.0.0.1 for one browser to come back from a consent.

    Every connection may send one small request; several may be open, since browsers open some that they never use.
    The first answer with the right state ends it, any other is refused and changes nothing.

    Args:
        state: What this run sent along.
        port: The port; 0 takes a free one.
        now: A clock that never jumps, in seconds.

    Attributes:
        uri: Where the browser is to come.

    Raises:
        ConfigurationError: The port is taken.
    """

    def __init__(self, state: str, port: int = 0, now: Callable[[], float] = time.monotonic) -> None:
        self._state = state
        self._now = now
        self._selector = selectors.DefaultSelector()
        self._heads: dict[socket.socket, bytes] = {}
        try:
            self._listener = socket.create_server(("127.0.0.1", port), backlog=_MOST_AT_ONCE)
        except OSError as error:
            self._selector.close()
            raise ConfigurationError(
                f"nothing can listen on port {port} of this machine ({error.strerror})", hint="name another --port"
            ) from None
        self._listener.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self.uri = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection in (*self._heads, self._listener):
            connection.close()
        self._heads.clear()
        self._selector.close()

    def wait(self, seconds: float) -> str:
        """The code of the consent.

        Args:
            seconds: Longest wait.

        Raises:
            DeadlineExceeded: Nobody came in time.
            AuthenticationFailed: The consent was refused.
        """
        until = self._now() + seconds
        while (left := until - self._now()) > 0:
            for key, _ in self._selector.select(left):
                if key.fileobj is self._listener:
                    self._welcome()
                    continue
                connection = key.fileobj
                assert isinstance(connection, socket.socket)  # noqa: S101 - nothing else is registered
                code = self._hear(connection)
                if code is not None:
                    return code
        raise DeadlineExceeded(
            "nobody came back from the consent in time", hint="run xborder login again; --timeout allows more time"
        )

    def _welcome(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:  # gone before it was welcomed
            return
        if len(self._heads) >= _MOST_AT_ONCE:
            self._drop(next(iter(self._heads)))
        connection.setblocking(False)
        self._heads[connection] = b""
        self._selector.register(connection, selectors.EVENT_READ)

    def _hear(self, connection: socket.socket) -> str | None:
        try:
            part = connection.recv(4096)
        except BlockingIOError:
            return None
        except OSError:
            part = b""
        head = self._heads[connection] = self._heads[connection] + part
        if b"\r\n\r\n" in head:
            return self._answer(connection, head)
        if not part or len(head) > LONGEST:
            self._drop(connection)
        return None

    def _answer(self, connection: socket.socket, head: bytes) -> str | None:
        words = head.split(b"\r\n", 1)[0].split(b" ")
        if len(words) != 3 or words[0] != b"GET":
            self._reply(connection, "405 Method Not Allowed", _NO)
            return None
        try:
            code = code_from(words[1].decode("ascii"), self._state)
        except AuthenticationFailed:
            self._reply(connection, "200 OK", "The consent was not given. You can close this window.")
            raise
        except (InvalidRequest, UnicodeDecodeError):
            self._reply(connection, "400 Bad Request", _NO)
            return None
        self._reply(connection, "200 OK", _THANKS)
        return code

    def _reply(self, connection: socket.socket, status: str, words: str) -> None:
        page = _PAGE.format(words=words).encode()
        # A socket's buffer takes this at once; a browser that is gone misses only a friendly word.
        try:
            connection.send(_HEAD.format(status=status, length=len(page)).encode() + page)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        self._drop(connection)

    def _drop(self, connection: socket.socket) -> None:
        self._selector.unregister(connection)
        self._heads.pop(connection, None)
        connection.close()
