"""Rate bookings of fast limits, taken from the store a few at a time.

A trip to the store costs more than the request itself where hundreds of them fit into a second. So what fits into a
blink is booked together: a vendor cannot tell requests a few milliseconds apart from requests at once, since no network
keeps such distances. Slower limits are booked one by one.

What is booked together may be used a little later than it was booked: beyond the store's promise, a process may so let
through one block more in any window, which is five milliseconds of the budget.
"""

from __future__ import annotations

import threading

BLINK_S = 0.005
_MOST = 50
_KEPT_S = 0.1


def block_of(interval_s: float) -> int:
    """How many requests to book together.

    Args:
        interval_s: Seconds one request costs.
    """
    return max(1, min(_MOST, int(BLINK_S / interval_s)))


class Bookings:
    """What was booked and is not used yet, by budget. What nobody uses soon is lost."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, float], tuple[int, float]] = {}
        self._lock = threading.Lock()

    def take(self, key: str, headroom_s: float, now: float) -> float | None:
        """One booking: seconds to wait before it may be used; None where there is none.

        Args:
            key: Which budget.
            headroom_s: What the booking leaves to more urgent callers; each kind of caller has its own bookings.
            now: The monotonic clock.
        """
        with self._lock:
            left, begins = self._held.get((key, headroom_s), (0, 0.0))
            if not left or now > begins + _KEPT_S:
                return None
            self._held[key, headroom_s] = (left - 1, begins)
            return max(0.0, begins - now)

    def keep(self, key: str, headroom_s: float, count: int, begins: float) -> None:
        """Holds bookings for the requests that follow.

        Args:
            key: Which budget.
            headroom_s: As for `take`.
            count: How many.
            begins: Monotonic moment from which they may be used.
        """
        with self._lock:
            self._held[key, headroom_s] = (count, begins)
