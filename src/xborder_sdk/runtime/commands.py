"""What the engine asks its executor for. The engine decides, the executor does; nothing else does I/O."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from xborder_sdk.runtime.retry import Happened
from xborder_sdk.steps import Transmit, WireRequest


@dataclass(frozen=True, slots=True)
class Exchange:
    """Send a request, read the answer whole and bounded.

    Attributes:
        fresh: Use a connection of its own: on a stale kept one a lost answer cannot be told from a late one.
        timeout_s: Longest silence.
        deadline: Monotonic moment after which nothing more is read or sent; None for none.
        send_before: Wall-clock moment (Unix seconds) after which the first byte must not leave; None for none.
        max_bytes: Largest answer, after decompression.
        proxy: Proxy URL, or None for the environment's.
        direct: Pass by the environment's proxies: what is on the local network is none of theirs.
    """

    request: WireRequest
    fresh: bool
    timeout_s: float
    deadline: float | None
    send_before: float | None
    max_bytes: int
    proxy: str | None = field(default=None, repr=False)
    direct: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """Let time pass."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Invoke:
    """Call something that blocks; in async it runs in a thread and is finished even when the task is cancelled."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Wire:
    """Bytes over plain TCP."""

    step: Transmit
    timeout_s: float
    deadline: float | None


Command = Exchange | Wait | Invoke | Wire


class WireError(Exception):
    """An exchange without an answer.

    Attributes:
        happened: What came of it.
        never_sent: Positive proof that not one byte of the request left.
        detail: What went wrong, in words that hold no data.
    """

    def __init__(self, happened: Happened, detail: str, *, never_sent: bool = False) -> None:
        super().__init__(detail)
        self.happened = happened
        self.never_sent = never_sent
        self.detail = detail
