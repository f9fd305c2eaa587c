"""Dates: when a shipment is tendered, the cut-off, business days."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

# RateRequest/CreateShipmentRequest.plannedShippingDateAndTime: YYYY-MM-DDTHH:MM:SS GMT+HH:MM; the document's
# examples are written with and without the blank.
_PLANNED = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}) ?GMT([+-]\d{2}:\d{2})")
DAYS_AHEAD = 10  # "should not be in the past or more than 10 days in the future", same field

CUTOFF = time(17, 0)
PICKUP_EARLIEST = time(9, 0)
PICKUP_LATEST = time(18, 0)


def read_planned(text: str) -> datetime | None:
    """Return the planned time, aware, with the offset it was written with; None when it is malformed."""
    match = _PLANNED.fullmatch(text)
    if match is None:
        return None
    try:
        return datetime.fromisoformat(match[1] + match[2])
    except ValueError:
        return None


def outside_window(planned: datetime, now: datetime) -> bool:
    """Tell whether the planned date lies in the past or too far ahead, by the calendar of its own offset."""
    today = now.astimezone(planned.tzinfo).date()
    return not today <= planned.date() <= today + timedelta(days=DAYS_AHEAD)


def is_business_day(day: date) -> bool:
    """Tell Monday to Friday from the weekend; the sandbox has no holidays."""
    return day.weekday() < 5


def pickup_day(planned: datetime) -> date:
    """Return the day a courier comes: the planned one, or the next business day after the cut-off."""
    day = planned.date()
    if planned.time() > CUTOFF:
        day += timedelta(days=1)
    while not is_business_day(day):
        day += timedelta(days=1)
    return day


def add_business_days(day: date, days: int) -> date:
    """Return the day this many business days later."""
    while days > 0:
        day += timedelta(days=1)
        if is_business_day(day):
            days -= 1
    return day


def day_number(day: date) -> int:
    """Return 1 for Monday to 7 for Sunday."""
    return day.isoweekday()


def utc(instant: datetime) -> datetime:
    """Return the instant in UTC."""
    return instant.astimezone(UTC)


def offset_text(local: datetime) -> str:
    """Return the offset of a local time as `+08:00`."""
    text = local.strftime("%z")
    return f"{text[:3]}:{text[3:5]}"
