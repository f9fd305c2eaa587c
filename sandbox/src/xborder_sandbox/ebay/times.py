"""Times as eBay writes them: UTC, milliseconds, Z."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_FORM = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$")


def write_time(instant: datetime) -> str:
    """Return `2026-03-01T08:25:43.511Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03d}Z"


def read_time(text: str) -> datetime:
    """Read that form, and no other.

    Raises:
        ValueError: If the text is not in it, or is no date.
    """
    if not _FORM.match(text):
        raise ValueError("not a time with milliseconds and Z")
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def to_milliseconds(instant: datetime) -> datetime:
    """Cut the instant to what eBay's form can hold, so that comparing and writing agree."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)
