"""Times as 17TRACK writes and reads them."""

from __future__ import annotations

from datetime import UTC, datetime


def write_utc(instant: datetime) -> str:
    """Return `2022-05-02T18:34:00Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def write_local(instant: datetime) -> str:
    """Return `2022-05-02T14:34:00-04:00`."""
    return instant.isoformat(timespec="seconds")


def read(text: str) -> datetime | None:
    """Return an instant of ISO 8601, in UTC where no zone is given; None if it is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
