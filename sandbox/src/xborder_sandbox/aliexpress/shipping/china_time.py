"""Times of the logistics APIs. Their zone is not stated; GMT+8 is assumed (AliExpress reference, section 2.3)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
_FORM = "%Y-%m-%d %H:%M:%S"


def write_china(at: datetime) -> str:
    """Return a time as text."""
    return at.astimezone(CHINA).strftime(_FORM)


def read_china(text: str) -> datetime:
    """Read a time.

    Raises:
        ValueError: If it is not `yyyy-MM-dd HH:mm:ss`.
    """
    return datetime.strptime(text, _FORM).replace(tzinfo=CHINA)
