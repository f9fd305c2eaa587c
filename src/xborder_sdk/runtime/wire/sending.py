"""One exchange under way, as its socket sees it: what is proven about bytes that left."""

from __future__ import annotations

import logging
from contextvars import ContextVar
from dataclasses import dataclass

import httpcore

from xborder_sdk.runtime.account import Clock


@dataclass(slots=True)
class Sending:
    """One exchange under way, seen from the socket."""

    clock: Clock
    deadline: float | None
    send_before: float | None
    begun: bool = False
    watched: bool = False
    sent: bool = False

    @property
    def proves_unsent(self) -> bool:
        """Positive proof: no transport had it, or our own network served it and nothing was written to it."""
        return not self.begun or (self.watched and not self.sent)

    def begin(self) -> None:
        """Called before a transport gets the request: an own transport does not tell when it writes."""
        self.look_at_the_lease()
        self.begun = True

    def left(self, timeout: float | None) -> float | None:
        """The time a read or write may take."""
        if self.deadline is None:
            return timeout
        remaining = self.deadline - self.clock.monotonic()
        if remaining <= 0:
            raise httpcore.ReadTimeout("deadline")
        return remaining if timeout is None else min(timeout, remaining)

    def about_to_write(self) -> None:
        """Called before bytes of the request leave: the last moment to notice that the lease ran out."""
        if not self.sent:
            self.look_at_the_lease()
        self.sent = True

    def look_at_the_lease(self) -> None:
        if self.send_before is not None and self.clock.now().timestamp() > self.send_before:
            raise TooLateToSend


class TooLateToSend(Exception):
    """The lease ran out before the first byte left."""


current: ContextVar[Sending | None] = ContextVar("xborder_sending", default=None)


class Silence(logging.Filter):
    """Drops the HTTP library's own records of our exchanges: its lines hold URLs, headers and tokens."""

    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002 - the shape of logging
        return current.get() is None


_LIBRARY_LOGGERS = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy",
                    "httpcore.socks", "asyncio", "aiohttp.client", "aiohttp.internal")  # fmt: skip
_silence = Silence()
for _name in _LIBRARY_LOGGERS:
    logging.getLogger(_name).addFilter(_silence)
