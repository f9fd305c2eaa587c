"""When a step may go out again: one pure decision, and nothing in it knows of clocks or sockets.

`read` and `idempotent` steps repeat freely. A `once` step repeats only where it is proven that nothing was done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum, auto

from xborder_sdk.steps import Effect


class Happened(Enum):
    """What came of one try."""

    GOOD = auto()
    REFUSED = auto()
    THROTTLED = auto()
    TOKEN_EXPIRED = auto()
    DOWN = auto()
    NOT_SENT = auto()
    LOST = auto()
    SILENT = auto()
    TOO_LARGE = auto()
    UNREADABLE = auto()
    UNSENDABLE = auto()
    DEADLINE = auto()


@dataclass(frozen=True, slots=True)
class Outcome:
    """One try's end.

    Attributes:
        happened: What came of it.
        not_executed: Whether it proves that nothing was done.
        retry_after_s: Seconds the vendor asked to wait.
    """

    happened: Happened
    not_executed: bool = False
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How patiently to try.

    Attributes:
        attempts: Most tries.
        first_s, longest_s: The first pause and the cap of its doubling.
        patience_s: Longest pause a vendor may ask for; a longer one becomes an error at once.
    """

    attempts: int = 4
    first_s: float = 0.5
    longest_s: float = 8.0
    patience_s: float = 60.0


_REPEATABLE = frozenset({Happened.THROTTLED, Happened.DOWN, Happened.NOT_SENT, Happened.LOST, Happened.SILENT})


def decide(attempt: int, effect: Effect, outcome: Outcome, policy: RetryPolicy, jitter: float) -> float | None:
    """Seconds to wait before the next try, or None to give up.

    Args:
        attempt: How many tries there were, at least 1.
        effect: What the step does to the world.
        outcome: What came of the last try.
        policy: How patiently to try.
        jitter: A number in [0, 1) that spreads the pauses.
    """
    if attempt >= policy.attempts or outcome.happened not in _REPEATABLE:
        return None
    if effect is Effect.ONCE and not outcome.not_executed:
        return None
    if outcome.retry_after_s is not None:
        return outcome.retry_after_s if outcome.retry_after_s <= policy.patience_s else None
    pause = min(policy.first_s * 2 ** (attempt - 1), policy.longest_s)
    return float(pause * (0.5 + 0.5 * jitter))


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds of a `Retry-After` header in either form (RFC 9110 section 10.2.3); None where it is unreadable.

    Args:
        value: The header.
        now: The present, aware.
    """
    if value is None:
        return None
    text = value.strip()
    try:
        seconds = float(text)
    except ValueError:
        moment = http_date(text)
        if moment is None:
            return None
        seconds = (moment - now).total_seconds()
    if seconds != seconds or seconds == float("inf"):  # NaN
        return None
    return max(0.0, seconds)


def http_date(value: str | None) -> datetime | None:
    """The moment of an HTTP date header; None where there is none or it is unreadable."""
    if value is None:
        return None
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
