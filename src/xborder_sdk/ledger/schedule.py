"""The arithmetic of rate budgets: virtual scheduling, in whole microseconds.

A budget is one moment: when everything booked so far will have been paid for at one request per interval. A request
may leave up to its tolerance before its turn. Whatever mix of callers books, at most `(window + burst) / interval + 1`
requests leave in any window.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """What one caller asks of a budget, in microseconds.

    Attributes:
        interval: What one request costs.
        tolerance: How long before its turn it may leave.
    """

    interval: int
    tolerance: int

    @classmethod
    def of(cls, interval_s: float, burst_s: float, headroom_s: float) -> Pace:
        """Rounded to the slow side, so that no rounding exceeds a vendor's limit.

        Raises:
            ValueError: One of them is negative.
        """
        if min(interval_s, burst_s, headroom_s) < 0:
            raise ValueError("interval, burst and headroom are seconds from zero up")
        return cls(math.ceil(interval_s * 1e6), max(0, math.floor((burst_s - headroom_s) * 1e6)))

    def wait_s(self, empty_at: int, blocked_until: int, now: int) -> float:
        """Seconds until the request just booked may leave.

        Args:
            empty_at: The budget after the booking.
            blocked_until: Until when the vendor wants silence.
            now: The store's time.
        """
        turn = empty_at - self.interval
        return (max(turn - self.tolerance, blocked_until, now) - now) / 1e6


def booked(empty_at: int, blocked_until: int, now: int, pace: Pace) -> int:
    """The budget after one more request."""
    return max(empty_at, blocked_until, now) + pace.interval
