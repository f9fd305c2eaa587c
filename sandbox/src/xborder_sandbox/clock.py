"""The sandbox's clock: real time, plus what a test or an operator moved it by."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """A clock that runs on with real time and can be moved.

    Args:
        start: The instant it shows at first; aware. Default: the real time.

    Raises:
        ValueError: If `start` has no time zone.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], None]] = []
        self._instant = _utc(start or datetime.now(UTC))
        self._at = time.monotonic()

    def now(self) -> datetime:
        """Return the sandbox's time, aware, in UTC."""
        with self._lock:
            return self._instant + timedelta(seconds=time.monotonic() - self._at)

    def advance(self, seconds: float) -> None:
        """Move the clock forward.

        Args:
            seconds: How far; not negative (`set` goes back).

        Raises:
            ValueError: If `seconds` is negative.
        """
        if not seconds >= 0:
            raise ValueError("a clock is advanced by a number of seconds that is not negative")
        with self._lock:
            self._instant += timedelta(seconds=seconds)
        self._moved()

    def set(self, instant: datetime) -> None:
        """Show this instant from now on.

        Args:
            instant: An aware datetime, before or after the present one.

        Raises:
            ValueError: If it has no time zone.
        """
        with self._lock:
            self._instant = _utc(instant)
            self._at = time.monotonic()
        self._moved()

    def on_move(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each `advance` and `set`."""
        self._listeners.append(listener)

    def _moved(self) -> None:
        for listener in list(self._listeners):
            listener()


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("the clock needs an instant with a time zone")
    return instant.astimezone(UTC)
