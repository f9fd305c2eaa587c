"""The wall-clock time of the US Pacific coast, in which the platform tells all times of orders.

AliExpress reference, section 2.3: `yyyy-MM-dd HH:mm:ss`, with daylight saving.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")
_FORM = "%Y-%m-%d %H:%M:%S"
_TEXT = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}", re.ASCII)


def write(instant: datetime | None) -> str:
    """Return an instant as text; nothing for None."""
    return "" if instant is None else instant.astimezone(PACIFIC).strftime(_FORM)


def read(text: str, ambiguous_hour: str) -> datetime:
    """Return the instant a text means.

    Args:
        text: Such as `2026-03-02 08:15:00`.
        ambiguous_hour: `first` or `second`: what an hour means that the clocks show twice.

    Raises:
        ValueError: If it is no such text.
    """
    if not _TEXT.fullmatch(text):
        raise ValueError("not yyyy-MM-dd HH:mm:ss")
    local = datetime.strptime(text, _FORM).replace(tzinfo=PACIFIC, fold=int(ambiguous_hour == "second"))
    try:
        return local.astimezone(UTC)
    except OverflowError:
        raise ValueError("beyond the calendar") from None
