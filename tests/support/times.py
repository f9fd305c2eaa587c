"""Time that passes when a test says so."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from xborder_sdk.runtime.account import Clock

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Turned:
    """A wall clock that stands still until it is turned; monotonic time runs, and jumps along."""

    def __init__(self) -> None:
        self.turned = 0.0

    def now(self) -> datetime:
        """The wall clock."""
        return START + timedelta(seconds=self.turned)

    def monotonic(self) -> float:
        """The other clock."""
        return time.monotonic() + self.turned

    def pass_(self, seconds: float) -> None:
        """Lets time pass."""
        self.turned += seconds

    def clock(self) -> Clock:
        """Both clocks, for a client."""
        return Clock(now=self.now, monotonic=self.monotonic)


class Waits(list[float]):
    """The waits asked for, with a clock on which they pass."""

    def __init__(self) -> None:
        super().__init__()
        self.turned = Turned()

    def append(self, seconds: float) -> None:
        super().append(seconds)
        self.turned.pass_(seconds)

    def clock(self) -> Clock:
        """A clock that the waits move on."""
        return self.turned.clock()
